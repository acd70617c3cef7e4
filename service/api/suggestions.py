"""Routes of suggestions: the ranked list, one with all that explains it, and what an officer decides."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlmodel import Session

from geo.suggest.record import BaySuggestion
from service.api.answers import answer, encode
from service.api.exclusions import MAX_REASON, printable
from service.api.parameters import PRINTABLE, Insee
from service.context import Ctx, OfficerKey
from service.jobs.suggest import recompute
from service.lifecycle import Decision, Status
from service.security import check_commune
from service.store.bays import get_bay, get_commune, list_communes
from service.store.database import reading, writing
from service.store.keys import note_use
from service.store.runs import Run, get_run, newest_runs
from service.store.suggestions import (
    Step,
    Suggestion,
    Wanted,
    count_decisions,
    count_statuses,
    decide,
    get_suggestion,
    list_suggestions,
    trail,
)

SUGGESTION_DECIDED = "suggestion_decided"
"""An officer decided on a suggestion."""

IN_LIST = ("gain", "rule_now", "rules_new", "effect", "needs_days", "seen_days", "coverage")
"""Parts of a record that the list shows."""

router = APIRouter(prefix="/api/v1/suggestions", tags=["suggestions"])
log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

SuggestionId = Annotated[int, Path(ge=1, le=2**31 - 1, description="As the list gives it.")]


class DecisionWanted(BaseModel):
    """What an officer decides, and the status that stood on her screen."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    to: Literal["accepted", "refused", "more_data", "adopted"]
    """New status."""
    seen: Literal["proposed", "more_data", "accepted", "refused", "adopted", "expired"]
    """Status that was shown; another one by now means that someone else decided."""
    reason: Annotated[
        str | None,
        Field(min_length=1, max_length=MAX_REASON),
        AfterValidator(lambda text: None if text is None else printable(text)),
    ] = None
    """Why, for the record; wanted with a refusal."""
    adopted_on: date | None = None
    """First day on which the rule is in force; wanted with an adoption."""


@router.get("")
def get_suggestions(  # noqa: PLR0913, PLR0917 - each parameter is one of the query
    request: Request,
    context: Ctx,
    insee: Insee = None,
    bay_id: Annotated[
        str | None, Query(alias="bay", pattern=PRINTABLE, description="Identifier of a bay.")
    ] = None,
    status: Annotated[
        Status | None, Query(description="One status; those that stand if left out.")
    ] = None,
    decision: Annotated[
        str | None, Query(pattern="^(change|keep|need_data)$", description="What the engine says.")
    ] = None,
    grade: Annotated[
        str | None, Query(pattern="^[A-D]$", description="How sure the engine is.")
    ] = None,
) -> Response:
    """Return suggestions by rank, how many there are of each status, and the newest run of each commune.

    Without a status those that stand are given: what the newest run of each commune says, and what was accepted or
    adopted. `counts` and `decisions` are of the commune asked for, or of all, whatever the other filters.
    """
    wanted = Wanted(insee, bay_id, status, decision, grade)
    with reading(context.engine) as session:
        names = {commune.insee: commune.name for commune in list_communes(session)}
        content = {
            "items": [_in_list(item) for item in list_suggestions(session, wanted)],
            "counts": count_statuses(session, insee),
            "decisions": count_decisions(session, insee),
            "runs": [
                {**_run(run), "commune_name": names[run.insee]} for run in newest_runs(session)
            ],
        }
    return answer(request, content)


@router.get("/{suggestion_id}")
def get_one_suggestion(request: Request, context: Ctx, suggestion_id: SuggestionId) -> Response:
    """Return a suggestion with its record, its bay, the run that made it, and its audit trail.

    `standing` is the suggestion that the newest run makes for the bay, where that is another one.
    """
    with reading(context.engine) as session:
        return answer(request, _whole(session, suggestion_id))


@router.post("/{suggestion_id}/decision")
def post_decision(
    suggestion_id: SuggestionId, wanted: DecisionWanted, context: Ctx, key: OfficerKey
) -> Response:
    """Accept, refuse, ask for more data, or write down the adoption; each step stays on the audit trail."""
    now_at = context.clock()
    decision = Decision(Status(wanted.to), Status(wanted.seen), wanted.reason, wanted.adopted_on)
    with writing(context.engine) as session:
        check_commune(key, get_suggestion(session, suggestion_id).insee)
        note_use(session, key, now_at)
        decide(session, suggestion_id, key, decision, now_at)
        content = _whole(session, suggestion_id)
    log.info(SUGGESTION_DECIDED, suggestion=suggestion_id, to=wanted.to, by=key.key_id)
    return Response(encode(content), media_type="application/json")


@router.post("/{suggestion_id}/recompute")
def post_recompute(suggestion_id: SuggestionId, context: Ctx, key: OfficerKey) -> Response:
    """Compute a suggestion again from the facts as they are now, and tell whether it comes out equal."""
    with reading(context.engine) as session:
        check_commune(key, get_suggestion(session, suggestion_id).insee)
    found = recompute(context.engine, context.advisor, suggestion_id)
    return Response(encode(vars(found)), media_type="application/json")


def _in_list(item: Suggestion) -> dict[str, Any]:
    record = json.loads(item.text)
    return {
        "id": item.id,
        "bay_id": item.bay_id,
        "name": item.name,
        "commune": item.insee,
        "run_id": item.run_id,
        "decision": item.decision,
        "status": item.status,
        "grade": item.grade,
        "p_gain": item.p_gain,
        "adopted_on": item.adopted_on.isoformat() if item.adopted_on else None,
        **{name: record[name] for name in IN_LIST},
    }


def _whole(session: Session, suggestion_id: int) -> dict[str, Any]:
    item = get_suggestion(session, suggestion_id)
    bay = get_bay(session, item.bay_id)["properties"]
    return {
        **_in_list(item),
        "commune_name": get_commune(session, item.insee).name,
        "record": item.record.model_dump(mode="json"),
        "bay": {name: bay[name] for name in ("length_m", "capacity", "bay_type")},
        "neighbours": _neighbours(session, item.record),
        "run": _run(get_run(session, item.run_id)),
        "trail": [_step(step) for step in trail(session, suggestion_id)],
        "standing": _standing(session, item),
    }


def _neighbours(session: Session, record: BaySuggestion) -> list[dict[str, str]]:
    return [
        {"bay_id": bay_id, "name": get_bay(session, bay_id)["properties"]["name"]}
        for bay_id in record.neighbours_affected
    ]


def _standing(session: Session, item: Suggestion) -> int | None:
    found = list_suggestions(session, Wanted(insee=item.insee, bay_id=item.bay_id))
    newest = max((one.run_id, one.id) for one in found)
    return None if newest[1] == item.id else newest[1]


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "commune": run.insee,
        "made_at": run.made_at.isoformat(timespec="seconds"),
        "engine_version": run.engine_version,
        "data_hash": run.data_hash,
        "seed": run.seed,
        "weights": dict(run.weights),
        "weights_by": run.weights_by,
        "first_on": run.first_on.isoformat(),
        "last_on": run.last_on.isoformat(),
        "commune_plans": list(run.commune_plans),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        **vars(step),
        "at": step.at.isoformat(timespec="seconds"),
        "adopted_on": step.adopted_on.isoformat() if step.adopted_on else None,
    }
