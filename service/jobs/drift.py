"""Lets suggestions expire whose bay is no longer as it was when they were made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import Engine

from geo.drift import FEWEST_WEEKS, Drift
from geo.effect.panel import Panel, panel
from geo.effect.register import Outcome
from geo.effect.watch import DAYS_IN_WEEK, bay_drift
from geo.study.folder import open_study
from service.jobs.study_files import StudyWanted
from service.jobs.suggest import study_folder
from service.lifecycle import OPEN
from service.store.database import reading, writing
from service.store.figures import figure_days
from service.store.runs import Run, get_run, lock_commune
from service.store.suggestions import (
    Suggestion,
    Wanted,
    expire,
    get_suggestion,
    list_suggestions,
)

QUANTITIES = {"deliveries": "deliveries", "overstays": "the share of deliveries that stay too long"}
"""What is watched, in plain words."""


@dataclass(frozen=True)
class _Gone:
    """A suggestion that no longer holds, and why."""

    suggestion: Suggestion
    reason: str


def expire_drifted(engine: Engine, now_at: datetime) -> int:
    """Let open suggestions expire whose bay changed since they were made; return how many.

    A bay of which too few weeks were seen before is left alone: nothing can be said of it.
    """
    with reading(engine) as session:
        by_run: dict[int, list[Suggestion]] = defaultdict(list)
        for item in list_suggestions(session, Wanted()):
            if item.status in OPEN:
                by_run[item.run_id].append(item)
        runs = [get_run(session, run_id) for run_id in sorted(by_run)]
        known = figure_days(session)
    if known is None:
        return 0
    last_on = min(known[1], now_at.date() - timedelta(days=1))
    gone = 0
    for run in runs:
        if (last_on - run.last_on).days >= DAYS_IN_WEEK:
            found = _no_longer_holding(engine, run, last_on, by_run[run.id])
            gone += _expire(engine, run, found, now_at)
    return gone


def has_enough(found: Panel, bay_id: str, made_from: tuple[date, date]) -> bool:
    """Return whether enough weeks of a bay were seen before for its suggestion to be watched.

    Parameters
    ----------
    found
        Holds the bay.
    bay_id
        Which bay.
    made_from
        First day, and the day after the last, that the suggestion was made from.
    """
    first_on, end_on = made_from
    weeks = (end_on - first_on).days // DAYS_IN_WEEK
    before = found.weeks(Outcome.DELIVERIES, first_on, weeks)[found.bay_ids.index(bay_id)]
    return int(np.isfinite(before).sum()) >= FEWEST_WEEKS


def reason_of(told: Drift, end_on: date) -> str:
    """Return in plain words which quantity went up or down, from which week on, and in which week it was found.

    Parameters
    ----------
    told
        Says that a suggestion no longer holds.
    end_on
        First day of the weeks since.
    """
    name, _, way = (told.reason or "").rpartition("_")
    began_on, found_on = (end_on + timedelta(weeks=week or 0) for week in (told.began, told.week))
    size = f"{abs(told.change or 0.0) * 100:.0f}"
    by = f"{size} %" if name == "deliveries" else f"{size} percentage points"
    return (
        f"no longer holds: {QUANTITIES[name]} went {way} by {by} from the week of {began_on} on, "
        f"found in the week of {found_on}"
    )


def _no_longer_holding(
    engine: Engine, run: Run, last_on: date, items: Sequence[Suggestion]
) -> list[_Gone]:
    """Return which suggestions of a run no longer hold at the end of a day."""
    made_from = run.first_on, run.last_on + timedelta(days=1)
    study = StudyWanted(run.insee, run.first_on, last_on, run.parameters)
    with study_folder(engine, study) as folder:
        found = panel(open_study(folder), [item.bay_id for item in items])
    told = [
        (item, bay_drift(found, item.bay_id, made_from))
        for item in items
        if has_enough(found, item.bay_id, made_from)
    ]
    return [_Gone(item, reason_of(one, made_from[1])) for item, one in told if not one.holds]


def _expire(engine: Engine, run: Run, found: Sequence[_Gone], now_at: datetime) -> int:
    """Let suggestions expire that are still open and that no newer run has repeated meanwhile; return how many."""
    gone = 0
    with writing(engine) as session:
        lock_commune(session, run.insee)
        for one in found:
            now = get_suggestion(session, one.suggestion.id)
            if now.run_id == run.id and now.status in OPEN:
                expire(session, now.id, now_at, one.reason)
                gone += 1
    return gone
