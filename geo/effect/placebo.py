"""Difference in differences whose chance is judged by placebos: what the same sum gives where nothing was done.

Source: science brief, section 4. Errors as if counts were Poisson, or as if a city had no shocks, take chance for an
effect 30 to 80 % of the time; sets of control bays taken as if they had been changed show what chance does here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVEL = 0.10
"""Chance of a verdict where there is no effect: intervals are of 90 %."""

DRAWS = 999
"""Placebo sets: the simulation error of a chance of 10 % is then 1 % (binomial)."""

SMALL_COUNT = 0.5
"""Added to counts before their logarithm is taken, so that a bay without deliveries has one."""

FEWEST_BEFORE = 2
"""Weeks before a change that a bay must have been seen in to be compared (parameter of ours)."""


@dataclass(frozen=True)
class Chance:
    """An effect in log units with what chance alone gives.

    Attributes
    ----------
    mean
        Mean change of the changed bays minus that of their controls; NaN where there are none.
    half_width
        Of the 90 % interval; NaN where there are too few controls for one.
    p_value
        Chance of an effect as large where nothing was done; NaN likewise.
    placebos
        Shape ``(N,)``, effects of placebo sets, scaled to the sizes of the real sets.
    controls
        Bays that served as controls.
    """

    mean: float
    half_width: float
    p_value: float
    placebos: Floats
    controls: int

    @property
    def is_told(self) -> bool:
        """Whether the effect is told from chance at ``LEVEL``."""
        return bool(self.p_value <= LEVEL)

    def p_below(self, bound: float) -> float:
        """Return the probability that the true effect lies below a bound; NaN where there is no interval."""
        if not np.isfinite(self.half_width):
            return float("nan")
        below = np.count_nonzero(self.mean + self.placebos < bound)
        return float((below + 0.5) / (len(self.placebos) + 1))


def log_change(before: Floats, after: Floats) -> Floats:
    """Return the logarithm of the change of a weekly count from some weeks to later ones, shape ``(n,)``.

    Parameters
    ----------
    before, after
        Shape ``(n, weeks)``, counts of each week; NaN where too little was seen. A bay with fewer than
        ``FEWEST_BEFORE`` known weeks before, or none after, is NaN.
    """
    known_before = np.isfinite(before).sum(axis=1)
    known_after = np.isfinite(after).sum(axis=1)
    is_known = (known_before >= FEWEST_BEFORE) & (known_after > 0)
    weekly = [
        (np.nansum(weeks, axis=1) + SMALL_COUNT) / np.maximum(known, 1)
        for weeks, known in ((before, known_before), (after, known_after))
    ]
    return np.where(is_known, np.log(weekly[1] / weekly[0]), np.nan)


def chance(changed: Floats, controls: Floats, seed: int, draws: int = DRAWS) -> Chance:
    """Return the effect on some bays together, and its chance.

    Parameters
    ----------
    changed
        Shape ``(m,)``, change of each bay whose rule was changed; NaN where unknown.
    controls
        Shape ``(m, C)``, change of each control over the same weeks; NaN where a bay is no control of it, or unknown.
        A bay with several changed ones as company has one column.
    seed
        Same seed, same placebo sets.
    draws
        Number of placebo sets, where there are more than can be listed.
    """
    known = np.isfinite(changed) & np.isfinite(controls).any(axis=1)
    changed, controls = changed[known], controls[known]
    columns = np.isfinite(controls).any(axis=0)
    controls = controls[:, columns]
    count = int(columns.sum())
    if not len(changed):
        return Chance(np.nan, np.nan, np.nan, np.zeros(0), count)
    mean = float((changed - np.nanmean(controls, axis=1)).mean())
    found = _placebos(controls, seed, draws)
    if len(found) == 0 or int(LEVEL * (len(found) + 1)) < 1:
        return Chance(mean, np.nan, np.nan, found, count)
    found = found * _scale(len(changed), count)
    size = np.sort(np.abs(found))[::-1]
    p_value = (1 + np.count_nonzero(size >= abs(mean))) / (len(found) + 1)
    half_width = float(size[int(LEVEL * (len(found) + 1)) - 1])
    return Chance(mean, half_width, float(p_value), found, count)


def _set_size(changed: int, controls: int) -> int:
    """Return how many controls make a placebo set: as many as were changed, at most half of the controls."""
    return max(1, min(changed, controls // 2))


def _scale(changed: int, controls: int) -> float:
    """Return what brings placebo effects to the spread of the real one.

    A placebo set leaves fewer controls to compare with, and may be smaller than the real set. Sets of several bays
    have a spread that is itself estimated from the controls: Student's quantile replaces the normal one. Single bays
    are compared by rank, which needs no such step.
    """
    drawn = _set_size(changed, controls)
    spread = np.sqrt((1 / changed + 1 / controls) / (1 / drawn + 1 / (controls - drawn)))
    if drawn == 1:
        return float(spread)
    tail = 1 - LEVEL / 2
    return float(spread * t.ppf(tail, controls - 1) / norm.ppf(tail))


def _placebos(controls: Floats, seed: int, draws: int) -> Floats:
    """Return effects of sets of controls as if they had been changed, shape ``(N,)``."""
    rows, count = controls.shape
    if count <= 1:
        return np.zeros(0)
    drawn = _set_size(rows, count)
    rng = np.random.default_rng(seed)
    if drawn == 1:
        return _singles(controls)
    row = np.argsort(rng.random((draws, rows)), axis=1)[:, :drawn]
    keys = rng.random((draws, count))
    taken = np.full((draws, drawn), -1)
    for place in range(drawn):
        free = np.where(np.isfinite(controls[row[:, place]]), keys, np.inf)
        taken[:, place] = np.argmin(free, axis=1)
        lost = ~np.isfinite(free.min(axis=1))
        taken[lost, place] = -1
        keys[np.arange(draws)[~lost], taken[~lost, place]] = np.inf
    return _effects(controls, row, taken, np.isinf(keys))


def _singles(controls: Floats) -> Floats:
    """Return each control's change against the others, averaged over the bays it is a control of."""
    number = np.isfinite(controls).sum(axis=1, keepdims=True)
    total = np.nansum(controls, axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        others = (total - controls) / (number - 1)
    found = np.where(number > 1, controls - others, np.nan)
    column = np.isfinite(found).any(axis=0)
    return np.asarray(np.nanmean(found[:, column], axis=0), np.float64)


def _effects(controls: Floats, row: Ints, taken: Ints, is_taken: NDArray[np.bool_]) -> Floats:
    """Return the effect of each placebo set against the controls that it leaves."""
    own = np.where(taken >= 0, controls[row, np.maximum(taken, 0)], np.nan)
    left = np.isfinite(controls)[row] & ~is_taken[:, None, :]
    number = left.sum(axis=2)
    total = np.where(left, controls[row], 0.0).sum(axis=2)
    against = np.where(number > 0, total / np.maximum(number, 1), np.nan)
    difference = own - against
    kept = np.isfinite(difference).any(axis=1)
    return np.asarray(np.nanmean(difference[kept], axis=1), np.float64)
