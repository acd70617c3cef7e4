"""Runs the suggestion engine over a commune, keeps what it says, and computes a run again to compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from geo.errors import UnknownBay
from geo.study.words import Weights
from geo.suggest.record import BaySuggestion, Suggestions
from service.engine_port import Advisor, Desk
from service.jobs.study_files import StudyWanted, last_weeks, write_study
from service.lifecycle import OPEN
from service.store.database import reading, writing
from service.store.runs import Run, add_run, get_run, newest_runs
from service.store.suggestions import (
    Wanted,
    expire,
    get_suggestion,
    list_suggestions,
    record_of_run,
    save_records,
)

MAX_AGE_DAYS = 180
"""Days after the last day of its data from which a suggestion that nobody decided on no longer stands.

The age at which an audit no longer supports the best grade (science brief, 3.4).
"""

DEFAULT_WEEKS = 8
"""Weeks read by default: past a month the behaviour of drivers sets the floor (science brief, section 6)."""


@dataclass(frozen=True)
class RunWanted:
    """What a run is asked to do."""

    insee: str
    weeks: int = DEFAULT_WEEKS
    seed: int = 1
    weights: Weights = Weights()  # noqa: RUF009 - frozen
    weights_by: str = "airelib"
    """Who set the weights: they are a political choice."""
    parameters: Mapping[str, Any] | None = None
    """``params`` and ``audit`` of the study, each as in its file."""


@dataclass(frozen=True)
class Recomputed:
    """Whether a run gives the same again."""

    equal: bool
    """Same data, same engine, same record."""
    data_hash: str
    data_hash_now: str
    engine_version: str
    engine_version_now: str
    differences: tuple[str, ...]
    """Fields of the record that differ."""


def run_suggestions(engine: Engine, advisor: Advisor, wanted: RunWanted, now_at: datetime) -> Run:
    """Run the engine over the newest weeks of a commune and keep what it says.

    Raises
    ------
    InvalidPeriod
        Nothing was seen yet.
    UnknownCommune, UnknownBay
        There is no such commune, or it has no bay.
    """
    with reading(engine) as session:
        first_on, last_on = last_weeks(session, wanted.weeks, now_at.date())
    study = StudyWanted(wanted.insee, first_on, last_on, wanted.parameters or {})
    with study_folder(engine, study) as folder:
        said = advisor.suggest(folder, wanted.weights, wanted.seed)
    run = _run_of(said, study, wanted, now_at)
    with writing(engine) as session:
        run_id = add_run(session, run)
        save_records(session, wanted.insee, run_id, said.bays, now_at)
        return get_run(session, run_id)


def recompute(
    engine: Engine, advisor: Advisor, suggestion_id: int, run_id: int | None = None
) -> Recomputed:
    """Compute what a run said about a suggestion again, from the store as it is now, and compare.

    Parameters
    ----------
    run_id
        The run; None for the newest that says so.

    Raises
    ------
    UnknownSuggestion
        None has this identifier, or that run did not say it.
    """
    with reading(engine) as session:
        suggestion = get_suggestion(session, suggestion_id)
        run = get_run(session, run_id or suggestion.run_id)
        before = record_of_run(session, suggestion_id, run.id)
    with study_folder(engine, _study_of(run)) as folder:
        said = advisor.suggest(folder, Weights(**run.weights), run.seed)
    after = next((bay for bay in said.bays if bay.bay_id == before.bay_id), None)
    if after is None:
        raise UnknownBay(f"the engine says nothing of bay {before.bay_id}: wanted a record")
    differences = _differences(before, after)
    same = (run.data_hash, run.engine_version) == (said.data_hash, said.engine_version)
    return Recomputed(
        equal=same and not differences,
        data_hash=run.data_hash,
        data_hash_now=said.data_hash,
        engine_version=run.engine_version,
        engine_version_now=said.engine_version,
        differences=differences,
    )


def open_desk(engine: Engine, advisor: Advisor, run: Run) -> Desk:
    """Return the desk of the study that a run read."""
    with study_folder(engine, _study_of(run)) as folder:
        return advisor.desk(folder, Weights(**run.weights), run.seed)


def expire_old(engine: Engine, now_at: datetime, max_age_days: int = MAX_AGE_DAYS) -> int:
    """Let suggestions expire whose data ended too long ago; return how many."""
    before_on = now_at.date() - timedelta(days=max_age_days)
    gone = 0
    with writing(engine) as session:
        for run in newest_runs(session):
            if run.last_on >= before_on:
                continue
            for item in list_suggestions(session, Wanted(insee=run.insee)):
                if item.status in OPEN:
                    expire(session, item.id, now_at, f"its data ends on {run.last_on}")
                    gone += 1
    return gone


@contextmanager
def study_folder(engine: Engine, study: StudyWanted) -> Iterator[Path]:
    """Give a folder with the files of a study, and remove it afterwards."""
    with TemporaryDirectory(prefix="airelib-study-") as name:
        with reading(engine) as session:
            write_study(session, study, Path(name))
        yield Path(name)


def _study_of(run: Run) -> StudyWanted:
    return StudyWanted(run.insee, run.first_on, run.last_on, run.parameters)


def _run_of(said: Suggestions, study: StudyWanted, wanted: RunWanted, now_at: datetime) -> Run:
    return Run(
        id=0,
        insee=wanted.insee,
        made_at=now_at,
        engine_version=said.engine_version,
        data_hash=said.data_hash,
        seed=said.seed,
        weights=asdict(wanted.weights),
        weights_by=wanted.weights_by,
        first_on=study.first_on,
        last_on=study.last_on,
        parameters=study.parameters,
        commune_plans=tuple(plan.model_dump(mode="json") for plan in said.commune_plans),
    )


def _differences(before: BaySuggestion, after: BaySuggestion) -> tuple[str, ...]:
    return tuple(
        name for name in BaySuggestion.model_fields if getattr(before, name) != getattr(after, name)
    )
