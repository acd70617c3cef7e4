"""When a suggestion no longer holds: weekly sums of how far demand or behaviour went from what it was made from.

Source: Page (1954), "Continuous inspection schemes", Biometrika 41; the science brief, section 8, asks for it weekly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import InvalidInput

Floats = NDArray[np.float64]

ALLOWANCE = 1.25
"""Deviations, in standard deviations of a week, that are let pass each week.

Half of what a change of 30 % makes of a bay with twenty deliveries a day, the smallest that must be found in a month.
"""

ALARM = 2.5
"""Sum of deviations beyond the allowance at which a suggestion no longer holds, where one thing is watched.

Chosen by simulation: fewer than one stable bay in twenty gives an alarm within a year (``tests/geo/test_drift.py``).
"""

WEEK_CV = 0.08
"""Coefficient of variation of a week beyond that of its counts.

Source: day effects of the science brief, section 6 (0.15 of the bay's own and 0.12 of the city's), over seven days.
"""

WEIGHT_OF_CV = 20.0
"""Weeks that ``WEEK_CV`` is worth against the spread of the weeks learnt from (assumption of ours)."""

REFERENCE = 2.0
"""How many times the uncertainty of the mean of the weeks learnt from counts: it leans on every week in the same way.

Chosen by the same simulation, so that four weeks to learn from give hardly more false alarms than eight.
"""

FEWEST_WEEKS = 3
"""Weeks a suggestion must have been made from to be watched (parameter of ours)."""


@dataclass(frozen=True)
class Drift:
    """Whether a suggestion still holds."""

    holds: bool
    week: int | None
    """Week in which it was found no longer to hold, counted from 0 after those it was made from; None where it holds."""
    began: int | None
    """Week in which the deviations began that led there."""
    reason: str | None
    """Name of what changed and ``up`` or ``down``, for example ``deliveries_up``."""
    change: float | None
    """Relative change of it from the week in which it began, for example 0.3; a difference for shares."""


@dataclass(frozen=True)
class Watched:
    """One thing that is watched week by week.

    Attributes
    ----------
    made_from, since
        Shape ``(weeks,)``: counts of the weeks that a suggestion was made from, corrected for unseen time, and of
        those since. NaN where too little was seen: such a week says nothing.
    trials_made_from, trials_since
        Of how many the counts are, where a share is watched (cars that stay in reserved hours, deliveries that stay too
        long); None where the count itself is.
    """

    made_from: Floats
    since: Floats
    trials_made_from: Floats | None = None
    trials_since: Floats | None = None


HOLDS = Drift(holds=True, week=None, began=None, reason=None, change=None)


def drift(watched: Mapping[str, Watched]) -> Drift:
    """Return whether a suggestion still holds, and otherwise since when and why.

    The first week in which anything watched went too far counts; in the same week the one that comes first in the
    mapping. The more is watched, the higher the alarm, so that a stable bay is not stopped the more often: the time to
    a false alarm grows as ``exp(2 * allowance * alarm)`` (Siegmund, "Sequential Analysis", 1985, chapter 2).

    Parameters
    ----------
    watched
        By name, for example ``deliveries``, ``cars_in_reserved_hours``, ``overstays``.

    Raises
    ------
    InvalidInput
        Fewer than ``FEWEST_WEEKS`` weeks of anything were seen before.
    """
    alarm = ALARM + np.log(max(len(watched), 1)) / (2 * ALLOWANCE)
    found = [
        one
        for name, what in watched.items()
        if (one := _of_one(name, what, float(alarm))) is not None
    ]
    return min(found, key=lambda one: one.week or 0, default=HOLDS)


def cusum(deviations: Floats) -> tuple[Floats, Floats]:
    """Return the sums of deviations upwards and downwards after each week, each of shape ``(weeks,)``.

    Parameters
    ----------
    deviations
        In standard deviations of a week; NaN leaves the sums as they are.
    """
    up, down = np.zeros(len(deviations)), np.zeros(len(deviations))
    high = low = 0.0
    for week, z in enumerate(deviations):
        if np.isfinite(z):
            high, low = max(0.0, high + z - ALLOWANCE), max(0.0, low - z - ALLOWANCE)
        up[week], down[week] = high, low
    return up, down


def _of_one(name: str, what: Watched, alarm: float) -> Drift | None:
    sums = np.stack(cusum(_deviations(name, what)))
    over = np.flatnonzero((sums >= alarm).any(axis=0))
    if not len(over):
        return None
    week = int(over[0])
    side = int(np.argmax(sums[:, week]))
    quiet = np.flatnonzero(sums[side, :week] == 0)
    began = int(quiet[-1]) + 1 if len(quiet) else 0
    return Drift(
        holds=False,
        week=week,
        began=began,
        reason=f"{name}_{('up', 'down')[side]}",
        change=_change(what, began, week),
    )


def _deviations(name: str, what: Watched) -> Floats:
    """Return how far each week is from what is expected, in its standard deviations."""
    known = np.isfinite(what.made_from)
    if known.sum() < FEWEST_WEEKS:
        raise InvalidInput(
            f"{name} was seen in {known.sum()} of the weeks the suggestion was made from: wanted {FEWEST_WEEKS} or more"
        )
    if what.trials_made_from is not None and what.trials_since is not None:
        return _of_share(what.made_from[known], what.trials_made_from[known], what)
    counts = what.made_from[known]
    mean = max(float(counts.mean()), 1.0)
    spread = _pooled_variance(counts, mean + (WEEK_CV * mean) ** 2, mean)
    return np.asarray(
        (what.since - mean) / np.sqrt(spread * (1 + REFERENCE / len(counts))), np.float64
    )


def _of_share(counts: Floats, trials: Floats, what: Watched) -> Floats:
    """Return deviations of a share, shrunk so that none is certain."""
    total = float(trials.sum())
    share = (float(counts.sum()) + 0.5) / (total + 1.0)
    now = np.asarray(what.trials_since, np.float64)
    over = _pooled_variance(
        (counts - trials * share) / np.sqrt(np.maximum(trials * share * (1 - share), 1e-9)),
        1.0,
        0.0,
    )
    variance = now * share * (1 - share) * over * (1 + REFERENCE * now / max(total, 1.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(now > 0, (what.since - now * share) / np.sqrt(variance), np.nan)


def _pooled_variance(values: Floats, expected: float, mean: float) -> float:
    """Return the variance of a week: what is expected of it, moved by the spread of the weeks; never below it."""
    freedom = len(values) - 1
    found = float(((values - (values.mean() if mean else 0.0)) ** 2).sum())
    pooled = (WEIGHT_OF_CV * expected + found) / (WEIGHT_OF_CV + freedom)
    return max(pooled, expected)


def _change(what: Watched, began: int, week: int) -> float:
    now = what.since[began : week + 1]
    if what.trials_made_from is None or what.trials_since is None:
        return float(np.nanmean(now) / max(float(np.nanmean(what.made_from)), 1.0) - 1.0)
    trials = what.trials_since[began : week + 1]
    before = np.nansum(what.made_from) / max(float(np.nansum(what.trials_made_from)), 1.0)
    return float(np.nansum(now) / max(float(np.nansum(trials)), 1.0) - before)


def weekly(days: Sequence[float]) -> Floats:
    """Sum whole weeks of days, from the first; a week with an unknown day is unknown."""
    values = np.asarray(days, np.float64)
    return np.asarray(values[: len(values) // 7 * 7].reshape(-1, 7).sum(axis=1), np.float64)
