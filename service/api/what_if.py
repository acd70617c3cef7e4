"""Route that answers what another rule would change at a bay."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from geo.rules import read_rules, set_aside
from service.api.answers import encode
from service.api.parameters import PRINTABLE
from service.context import Context, Ctx
from service.engine_port import Desk, WhatIf
from service.jobs.suggest import open_desk
from service.store.bays import get_bay
from service.store.database import reading
from service.store.runs import Run, newest_run

MAX_WINDOWS = 21
"""Windows that one question may name: three on each day of the week."""

router = APIRouter(prefix="/api/v1", tags=["suggestions"])


class Question(BaseModel):
    """A bay and the rules that it might have."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    bay_id: Annotated[str, Field(pattern=PRINTABLE)]
    """Identifier of the bay."""
    rules: Annotated[list[dict[str, Any]], Field(max_length=MAX_WINDOWS)]
    """Windows as in `bays.geojson`; an empty list leaves the bay shared at all hours."""


@router.post("/what-if")
def post_what_if(question: Question, context: Ctx) -> Response:
    """Answer what rules would change at a bay, from the estimates of its commune's newest run.

    The first question about a commune reads its facts and takes some seconds; the others are answered at once.
    Nothing is kept. Rules that do not hold in every week are left out of the answer and listed in `rules_set_aside`.
    """
    rules = read_rules(question.rules)
    with reading(context.engine) as session:
        insee = get_bay(session, question.bay_id)["properties"]["commune"]
        run = newest_run(session, insee)
    found = _ask(context, run).what_if(question.bay_id, rules)
    aside = [rule.model_dump(mode="json") for rule in set_aside(rules)]
    shown = {**_shown(found, run), "rules_set_aside": aside}
    return Response(encode(shown), media_type="application/json")


def _ask(context: Context, run: Run) -> Desk:
    return context.desks.get(run.id, lambda: open_desk(context.engine, context.advisor, run))


def _shown(found: WhatIf, run: Run) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "before": dict(found.before),
        "after": dict(found.after),
        "effect": found.effect.model_dump(),
        "gain": found.gain.model_dump(),
        "p_gain": found.p_gain,
    }
