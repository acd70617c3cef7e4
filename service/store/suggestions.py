"""Suggestions in the database: runs are kept whole, and the same proposal of two runs keeps what was decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from geo.errors import NotFound
from geo.suggest.record import BaySuggestion
from geo.suggest.record import Decision as DecisionName
from service.lifecycle import OPEN, Decision, Status, check_step
from service.security import AccessKey
from service.store.runs import RUN_NAME, lock_commune
from service.store.tables import (
    BAY,
    SUGGESTION,
    SUGGESTION_RECORD,
    SuggestionEventRow,
    SuggestionRecordRow,
    SuggestionRow,
)

DECISIONS = get_args(DecisionName)
"""What the engine may say of a bay."""


class UnknownSuggestion(NotFound):
    """No suggestion has this identifier."""

    code = "unknown_suggestion"


@dataclass(frozen=True)
class Suggestion:
    """What runs say about one bay, and what was decided."""

    id: int
    bay_id: str
    insee: str
    run_id: int
    """The newest run that says so."""
    decision: str
    status: Status | None
    """None where no change is proposed."""
    grade: str | None
    gain: float | None
    p_gain: float | None
    adopted_on: date | None
    name: str
    """Name of the bay."""
    text: str
    """The record as the engine gave it, JSON."""

    @property
    def record(self) -> BaySuggestion:
        """The record, read; lists show parts of its text, which costs a tenth of reading it."""
        return BaySuggestion.model_validate_json(self.text)


@dataclass(frozen=True)
class Step:
    """One entry of the audit trail."""

    id: int
    run_id: int
    at: datetime
    by_key: str | None
    by_name: str
    from_status: Status | None
    to_status: Status
    reason: str | None
    adopted_on: date | None


@dataclass(frozen=True)
class Wanted:
    """Which suggestions are asked for; None does not matter."""

    insee: str | None = None
    bay_id: str | None = None
    status: Status | None = None
    decision: str | None = None
    grade: str | None = None


@dataclass(frozen=True)
class Told:
    """What is written into the trail: who, when, and under which run."""

    run_id: int
    at: datetime
    by_name: str
    by_key: str | None = None
    reason: str | None = None
    adopted_on: date | None = None


def signature(record: BaySuggestion) -> str:
    """Return what makes two records the same proposal: the decision, the rules now and the rules proposed."""
    plain = record.model_dump(mode="json", include={"decision", "rule_now", "rules_new"})
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def save_records(
    session: Session, insee: str, run_id: int, records: Sequence[BaySuggestion], made_at: datetime
) -> None:
    """Keep what a run says of a commune's bays; open suggestions that it does not repeat expire."""
    lock_commune(session, insee)
    known = session.scalars(
        select(SuggestionRow).where(col(SuggestionRow.insee) == insee).order_by(SUGGESTION.c.id)
    ).all()
    newest = {(row.bay_id, row.signature): row for row in known}
    told = Told(run_id, made_at, RUN_NAME)
    repeated = set()
    for record in records:
        row = newest.get((record.bay_id, signature(record)))
        if row is None or row.status == Status.EXPIRED:
            row = _add(session, insee, record, told, 0 if row is None else row.round + 1)
        _refresh(session, row, record, run_id)
        repeated.add(row.id)
    for row in known:
        if row.id not in repeated and row.status in OPEN:
            reason = f"run {run_id} proposes something else"
            _step(session, row, Status.EXPIRED, Told(run_id, made_at, RUN_NAME, reason=reason))


def expire(session: Session, suggestion_id: int, at: datetime, reason: str) -> None:
    """Let a suggestion expire because its data is too old or it no longer holds; one that is at its end stays."""
    row = _locked(session, suggestion_id)
    if row.status in OPEN:
        _step(session, row, Status.EXPIRED, Told(row.run_id, at, RUN_NAME, reason=reason))


def decide(
    session: Session, suggestion_id: int, key: AccessKey, decision: Decision, at: datetime
) -> Suggestion:
    """Write down an officer's decision and return the suggestion as it is then.

    Two officers who decide at once do so one after the other; the second is refused, as she saw another status.

    Raises
    ------
    UnknownSuggestion
        None has this identifier, or it proposes no change.
    DecidedMeanwhile, IllegalTransition, IncompleteDecision
        See ``service.lifecycle.check_step``.
    """
    row = _locked(session, suggestion_id)
    if row.status is None:
        raise UnknownSuggestion(
            f"suggestion {suggestion_id} says {row.decision!r}: wanted one that proposes a change"
        )
    check_step(Status(row.status), decision)
    told = Told(row.run_id, at, key.name, key.key_id, decision.reason, decision.adopted_on)
    _step(session, row, decision.to_status, told)
    return get_suggestion(session, suggestion_id)


def get_suggestion(session: Session, suggestion_id: int) -> Suggestion:
    """Return a suggestion with the record of the newest run that says so.

    Raises
    ------
    UnknownSuggestion
        None has this identifier.
    """
    found = next(_select(session, SUGGESTION.c.id == suggestion_id), None)
    if found is None:
        raise UnknownSuggestion(f"no suggestion has the identifier {suggestion_id}")
    return found


def list_suggestions(session: Session, wanted: Wanted) -> list[Suggestion]:
    """Return suggestions by rank: the surest and largest gain first, then by bay.

    Without a status those that stand are given: what the newest run says, and what was accepted or adopted.
    """
    asked = {"insee", "bay_id", "status", "decision", "grade"}
    conditions = [
        SUGGESTION.c[name] == getattr(wanted, name)
        for name in sorted(asked)
        if getattr(wanted, name) is not None
    ]
    if wanted.status is None:
        conditions.append(stands())
    return sorted(_select(session, *conditions), key=_rank)


def count_statuses(session: Session, insee: str | None) -> dict[str, int]:
    """Return how many suggestions of a commune, or of all, have each status; those that have none are left out."""
    statement = select(SUGGESTION.c.status, func.count()).where(SUGGESTION.c.status.is_not(None))
    if insee is not None:
        statement = statement.where(SUGGESTION.c.insee == insee)
    found = session.execute(statement.group_by(SUGGESTION.c.status))
    counts: dict[str, int] = {row[0]: row[1] for row in found}
    return {status.value: counts.get(status.value, 0) for status in Status}


def count_decisions(session: Session, insee: str | None) -> dict[str, int]:
    """Return of how many bays the newest run of a commune, or of each, says what."""
    statement = select(SUGGESTION.c.decision, func.count()).where(_of_newest_run())
    if insee is not None:
        statement = statement.where(SUGGESTION.c.insee == insee)
    found = session.execute(statement.group_by(SUGGESTION.c.decision))
    counts: dict[str, int] = {row[0]: row[1] for row in found}
    return {name: counts.get(name, 0) for name in DECISIONS}


def trail(session: Session, suggestion_id: int) -> list[Step]:
    """Return the transitions of a suggestion, oldest first."""
    rows = session.scalars(
        select(SuggestionEventRow)
        .where(col(SuggestionEventRow.suggestion_id) == suggestion_id)
        .order_by(col(SuggestionEventRow.id))
    )
    return [_told(row) for row in rows]


def record_of_run(session: Session, suggestion_id: int, run_id: int) -> BaySuggestion:
    """Return what one run said.

    Raises
    ------
    UnknownSuggestion
        That run did not say it.
    """
    row = session.get(SuggestionRecordRow, (suggestion_id, run_id))
    if row is None:
        raise UnknownSuggestion(f"run {run_id} said nothing under suggestion {suggestion_id}")
    return BaySuggestion.model_validate_json(row.record)


def _of_newest_run() -> ColumnElement[bool]:
    other = SUGGESTION.alias("other")
    newest = select(func.max(other.c.run_id)).where(other.c.insee == SUGGESTION.c.insee)
    return SUGGESTION.c.run_id == newest.scalar_subquery()


def stands() -> ColumnElement[bool]:
    """Return what a suggestion that stands fulfils: the newest run says so, or it was accepted or adopted."""
    return SUGGESTION.c.status.in_([Status.ACCEPTED, Status.ADOPTED]) | _of_newest_run()


def _rank(item: Suggestion) -> tuple[float, float, str]:
    return -(item.p_gain or 0.0) * (item.gain or 0.0), -(item.gain or 0.0), item.bay_id


def _locked(session: Session, suggestion_id: int) -> SuggestionRow:
    """Return a suggestion that no other transaction can change until this one ends."""
    statement = select(SuggestionRow).where(col(SuggestionRow.id) == suggestion_id)
    row = session.scalars(statement.with_for_update()).one_or_none()
    if row is None:
        raise UnknownSuggestion(f"no suggestion has the identifier {suggestion_id}")
    return row


def _add(
    session: Session, insee: str, record: BaySuggestion, told: Told, times: int
) -> SuggestionRow:
    row = SuggestionRow(
        bay_id=record.bay_id,
        insee=insee,
        signature=signature(record),
        round=times,
        run_id=told.run_id,
        decision=record.decision,
    )
    session.add(row)
    session.flush()
    if record.decision == "change":
        _step(session, row, Status.PROPOSED, told)
    return row


def _refresh(session: Session, row: SuggestionRow, record: BaySuggestion, run_id: int) -> None:
    row.run_id, row.grade, row.p_gain = run_id, record.grade, record.p_gain
    row.gain = record.gain.mean if record.gain else None
    text = record.model_dump_json()
    session.add(SuggestionRecordRow(suggestion_id=row.id or 0, run_id=run_id, record=text))
    session.flush()


def _step(session: Session, row: SuggestionRow, to_status: Status, told: Told) -> None:
    session.add(
        SuggestionEventRow(
            suggestion_id=row.id or 0, from_status=row.status, to_status=to_status, **vars(told)
        )
    )
    row.status = to_status
    row.adopted_on = told.adopted_on
    session.flush()


def _told(row: SuggestionEventRow) -> Step:
    said = row.model_dump(exclude={"suggestion_id"})
    before = Status(row.from_status) if row.from_status else None
    return Step(**{**said, "from_status": before, "to_status": Status(row.to_status)})


_COLUMNS = (
    SUGGESTION.c.id,
    SUGGESTION.c.bay_id,
    SUGGESTION.c.insee,
    SUGGESTION.c.run_id,
    SUGGESTION.c.decision,
    SUGGESTION.c.status,
    SUGGESTION.c.grade,
    SUGGESTION.c.gain,
    SUGGESTION.c.p_gain,
    SUGGESTION.c.adopted_on,
    BAY.c.name,
    SUGGESTION_RECORD.c.record.label("text"),
)
"""Columns in the order of ``Suggestion``."""


def _select(session: Session, *conditions: ColumnElement[bool]) -> Iterator[Suggestion]:
    statement = (
        select(*_COLUMNS)
        .join(BAY, BAY.c.bay_id == SUGGESTION.c.bay_id)
        .join(
            SUGGESTION_RECORD,
            (SUGGESTION_RECORD.c.suggestion_id == SUGGESTION.c.id)
            & (SUGGESTION_RECORD.c.run_id == SUGGESTION.c.run_id),
        )
        .where(*conditions)
    )
    for row in session.execute(statement).mappings():
        yield Suggestion(
            **{
                **row,
                "status": Status(row["status"]) if row["status"] else None,
            }
        )
