"""Runs of the suggestion engine in the database: all that is needed to compute one again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from geo.errors import NotFound
from service.store.tables import COMMUNE, SUGGESTION_RUN, SuggestionRunRow

RUN_NAME = "airelib"
"""Who stands in the trail where a run did it."""


class UnknownRun(NotFound):
    """No run of the suggestion engine has this identifier, or the commune has had none."""

    code = "unknown_run"


@dataclass(frozen=True)
class Run:
    """One run over a commune."""

    id: int
    insee: str
    made_at: datetime
    engine_version: str
    data_hash: str
    seed: int
    weights: Mapping[str, float]
    weights_by: str
    first_on: date
    last_on: date
    """Included."""
    parameters: Mapping[str, Any]
    """``params`` and ``audit`` of the study, as in its files."""
    commune_plans: tuple[Mapping[str, Any], ...]


def add_run(session: Session, run: Run) -> int:
    """Keep a run and return the identifier it is given; the one it carries is not read."""
    plain = {name: value for name, value in vars(run).items() if name != "id"}
    row = SuggestionRunRow(
        **{
            **plain,
            "weights": json.dumps(dict(run.weights), sort_keys=True),
            "parameters": json.dumps(dict(run.parameters), sort_keys=True),
            "commune_plans": json.dumps([dict(plan) for plan in run.commune_plans]),
        }
    )
    session.add(row)
    session.flush()
    return row.id or 0


def get_run(session: Session, run_id: int) -> Run:
    """Return a run.

    Raises
    ------
    UnknownRun
        None has this identifier.
    """
    row = session.get(SuggestionRunRow, run_id)
    if row is None:
        raise UnknownRun(f"no run has the identifier {run_id}")
    return _run(row)


def newest_run(session: Session, insee: str) -> Run:
    """Return the newest run over a commune.

    Raises
    ------
    UnknownRun
        The commune has had none.
    """
    statement = (
        select(SuggestionRunRow)
        .where(col(SuggestionRunRow.insee) == insee)
        .order_by(SUGGESTION_RUN.c.id.desc())
        .limit(1)
    )
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise UnknownRun(f"commune {insee} has no run: wanted 'airelib suggestions run' first")
    return _run(row)


def newest_runs(session: Session) -> list[Run]:
    """Return the newest run over each commune that has had one, by code."""
    last = select(func.max(SUGGESTION_RUN.c.id)).group_by(SUGGESTION_RUN.c.insee)
    rows = session.scalars(select(SuggestionRunRow).where(col(SuggestionRunRow.id).in_(last)))
    return sorted((_run(row) for row in rows), key=lambda run: run.insee)


def lock_commune(session: Session, insee: str) -> None:
    """Make other runs over a commune wait for this transaction."""
    statement = select(COMMUNE.c.insee).where(COMMUNE.c.insee == insee).with_for_update()
    session.execute(statement).all()


def _run(row: SuggestionRunRow) -> Run:
    return Run(
        **{
            **row.model_dump(),
            "weights": json.loads(row.weights),
            "parameters": json.loads(row.parameters),
            "commune_plans": tuple(json.loads(row.commune_plans)),
        }
    )
