"""How far chance alone moves a figure: bootstrap intervals over units that are drawn again, whole and with replacement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Interval = tuple[float, float] | None
"""Low and high end; None where there are fewer than two units or the figure is not defined."""

INTERVAL_SHARE = 0.9
"""Share of the draws that lie within an interval: 5 % lie below it and 5 % above (Efron 1979, percentile method)."""

TAIL = (1 - INTERVAL_SHARE) / 2

BATCH = 64
"""Draws that are computed together, so that memory stays bounded."""


@dataclass(frozen=True)
class Figure:
    """A figure that follows from sums of counts."""

    value: Callable[[Floats], Floats]
    """From sums, shape ``(..., columns)``, to the figure, shape ``(...)``; NaN where it is not defined."""
    bases: tuple[tuple[int, ...], ...] = ()
    """For a share in 0..1: the columns of each of its denominators; empty for a figure that is no share."""


@dataclass(frozen=True)
class Chance:
    """How often is drawn, and from which seed; the same seed gives the same intervals."""

    resamples: int = 1000
    seed: int = 1


def point(figure: Figure, counts: Floats) -> float | None:
    """Return a figure of all units, counts of shape ``(units, columns)``; None where it is not defined."""
    return finite(float(figure.value(counts.sum(axis=0))))


def interval(figure: Figure, counts: Floats, chance: Chance) -> Interval:
    """Return the interval of a figure.

    Notes
    -----
    Where every draw gives 1 (or 0) the draws tell nothing of what did not happen. Then the open end is the exact bound of
    Clopper and Pearson 1934 for n of n: 0.05 to the power 1/n, n the units that the share's smallest denominator counts.
    """
    if len(counts) < 2:  # noqa: PLR2004 - one unit drawn again is itself
        return None
    values = figure.value(np.concatenate([some @ counts for some in _draws(len(counts), chance)]))
    found = percentiles(values)
    if found is None or not figure.bases or found[0] != found[1] or found[0] not in {0.0, 1.0}:
        return found
    units = min(int((counts[:, list(base)].sum(axis=1) > 0).sum()) for base in figure.bases)
    bound = TAIL ** (1 / max(units, 1))
    return (bound, 1.0) if found[0] == 1.0 else (0.0, 1 - bound)


def quantile_interval(
    values: Sequence[float], units: Sequence[int], count: int, share: float, chance: Chance
) -> Interval:
    """Return the interval of a quantile of values that belong to units, numbered from 0 to `count`, excluded."""
    if count < 2 or not values:  # noqa: PLR2004 - as above
        return None
    order = np.argsort(values, kind="stable")
    ordered = np.asarray(values, np.float64)[order]
    drawn: list[Floats] = []
    for weights in _draws(count, chance):
        heights = np.cumsum(weights[:, np.asarray(units)[order]], axis=1)
        some = heights[heights[:, -1] > 0]
        places = (some < share * some[:, -1:]).sum(axis=1)
        drawn.append(ordered[np.minimum(places, len(ordered) - 1)])
    return percentiles(np.concatenate(drawn))


def percentiles(values: Floats) -> Interval:
    """Return the ends between which `INTERVAL_SHARE` of the defined values lie; None when none is defined."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, (TAIL, 1 - TAIL))
    return float(low), float(high)


def ratio(part: Floats, whole: Floats) -> Floats:
    """Return part over whole, NaN where the whole is 0."""
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0))


def finite(value: float) -> float | None:
    """Return the value, None for NaN."""
    return value if np.isfinite(value) else None


def _draws(units: int, chance: Chance) -> Iterator[Floats]:
    """Yield how often each unit is drawn in each draw, shape ``(draws, units)``, some draws at a time; rows sum to `units`."""
    weights = _weights(units, chance)
    for start in range(0, len(weights), BATCH):
        yield weights[start : start + BATCH].astype(np.float64)


@lru_cache(maxsize=4)
def _weights(units: int, chance: Chance) -> NDArray[np.int16]:
    """Return all draws: the same for every figure of the same units, so that figures of one draw belong together."""
    rng = np.random.default_rng(chance.seed)
    even = np.full(units, 1 / units)
    batches = range(0, chance.resamples, BATCH)
    drawn = [
        rng.multinomial(units, even, min(BATCH, chance.resamples - start)) for start in batches
    ]
    return np.concatenate(drawn).astype(np.int16)
