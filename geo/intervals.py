"""Uncertainty of figures: 90 % intervals by resampling whole days, seeded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 1000
"""Resamplings: the simulation error of a 5 % quantile is then about 0.7 % of the distribution (binomial)."""

MIN_DAYS = 5
"""Fewest days with a figure for an interval to be given; a parameter of ours: a bootstrap of less shows nothing."""

TAIL = 0.05
"""Share left out at each end of an interval: 90 % intervals throughout."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    """A figure with its 90 % interval; None where nothing was seen, or too few days for an interval."""

    value: float | None
    low: float | None = None
    high: float | None = None


def day_weights(kinds: Ints, seed: int, draws: int = DRAWS) -> Ints:
    """Return how often each day is drawn, shape ``(draws, D)``, resampled within each kind of day.

    Whole days are drawn because the hours of a day depend on each other; within kinds because the calendar of a
    month is no chance.

    Source: block bootstrap, Künsch (1989), Annals of Statistics 17(3), with the local day as the block.

    Parameters
    ----------
    kinds
        Shape ``(D,)``, kind of each day.
    seed
        Same seed, same weights.
    draws
        Number of resamplings.
    """
    rng = np.random.default_rng(seed)
    weights = np.zeros((draws, len(kinds)), np.int64)
    for kind in np.unique(kinds):
        of_kind = np.flatnonzero(kinds == kind)
        weights[:, of_kind] = rng.multinomial(
            len(of_kind), np.full(len(of_kind), 1 / len(of_kind)), draws
        )
    return weights


def share_interval(part: Ints, whole: Ints, weights: Ints) -> Interval:
    """Return a share of sums over days with its interval.

    Parameters
    ----------
    part, whole
        Shape ``(D,)``, numerator and denominator of each day.
    weights
        Shape ``(draws, D)`` from ``day_weights``.
    """
    if whole.sum() <= 0:
        return Interval(None)
    value = float(part.sum() / whole.sum())
    if np.count_nonzero(whole) < MIN_DAYS:
        return Interval(value)
    below = weights @ whole
    drawn = (weights @ part)[below > 0] / below[below > 0]
    return Interval(value, *_ends(drawn))


def median_interval(values: Floats, day: Ints, weights: Ints) -> Interval:
    """Return a median over all values with its interval from resampled days.

    Parameters
    ----------
    values
        Shape ``(n,)``.
    day
        Shape ``(n,)``, day of each value as a column of ``weights``.
    weights
        Shape ``(draws, D)`` from ``day_weights``.
    """
    if len(values) == 0:
        return Interval(None)
    value = float(np.median(values))
    if len(np.unique(day)) < MIN_DAYS:
        return Interval(value)
    sorted_values, position = np.unique(values, return_inverse=True)
    per_day = np.zeros((weights.shape[1], len(sorted_values)))
    np.add.at(per_day, (day, position), 1.0)
    up_to = np.cumsum(weights.astype(np.float64) @ per_day, axis=1)
    up_to = up_to[up_to[:, -1] > 0]
    middle = np.argmax(up_to >= up_to[:, -1:] / 2, axis=1)
    return Interval(value, *_ends(sorted_values[middle]))


def _ends(drawn: Floats) -> tuple[float, float]:
    low, high = np.quantile(drawn, [TAIL, 1 - TAIL])
    return float(low), float(high)
