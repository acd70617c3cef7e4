"""When vehicles leave: mean stays by vehicle-time, and the hours at which long cars go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.demand.counts import Stacked
from geo.demand.lengths import CLASSES, Lengths
from geo.demand.parameters import CHAIN_KINDS
from geo.demand.shares import SharesOfCommune
from geo.demand.stays import LATE_MIN, StaysOfKind, lengths_min, mean_min, mean_until_min
from geo.facts.bay_facts import BINS, FACT_KINDS, LONG_S, RESERVED, SHARED, BayFacts

Floats = NDArray[np.float64]

LONG = FACT_KINDS.index("long_car")

WORTH = 20.0
"""Departures that the smoothed course of the day is worth against one half hour; parameter of ours."""

SMOOTH_BINS = 1.5
"""Width of the smoothing over half hours; parameter of ours."""

NATIONAL_LONG_PER_H = 0.25
"""Departures of a long car per hour where none was seen: the inverse of four hours; assumption of ours."""


ENOUGH_STAYS = 50
"""Stays from which on vehicle-time is believed rather than the lognormal; parameter of ours."""

RATIO_LIMITS = (0.7, 1.4)
"""The two means differ by no more; parameter of ours."""


@dataclass(frozen=True)
class KnownStays:
    """Stays by length with what was learned from them.

    Attributes
    ----------
    found
        Stays owed to their true class.
    read
        Shape ``(X, 3 true, 3 read)``, stays of each length over all bays.
    stays
        Of each of ``CHAIN_KINDS``.
    keeps
        Of each of ``CLASSES``.
    """

    found: Lengths
    read: Floats
    stays: Sequence[StaysOfKind]
    keeps: Sequence[SharesOfCommune]


def long_leave_per_h(facts: Sequence[BayFacts]) -> Floats:
    """Return departures per hour of a long car that is there, by regime and half hour, shape ``(G, 48)``.

    Pooled over the bays; the half hours before and after a window starts are left out, where cars make room.
    """
    left, hours = np.zeros((2, BINS)), np.zeros((2, BINS))
    for one in facts:
        away = ~_at_starts(one)[:, None]
        left += (one.departures[..., LONG] * away).sum(0)
        hours += (one.vehicle_s[..., LONG] * away).sum(0) / 3600.0
    overall = (left.sum() + 4.0 * NATIONAL_LONG_PER_H) / (hours.sum() + 4.0)
    both = _smoothed(left.sum(0), overall) / _smoothed(hours.sum(0), 1.0)
    worth = WORTH / both
    pooled = (left.sum(0) + WORTH) / (hours.sum(0) + worth)
    worth = WORTH / pooled
    return np.asarray((left + WORTH) / (hours + worth))


def mean_ratio(stacked: Stacked, counts: Floats, extra: float, known: KnownStays) -> Floats:
    """Return the ratio of the mean stay by vehicle-time to that of the lognormal with its limits, shape ``(4,)``.

    Vehicle-time does not mind that a stay was split or cut, nor whether lengths are lognormal. It is owed to true
    classes as the stays of each length are. Long cars, whose departures are counted by the hour, have 1.

    Parameters
    ----------
    stacked
        Facts as read.
    counts
        Shape ``(B, D, G, 48, 6)``, stays read that are owed to each kind.
    extra
        Extra stays per stay.
    known
        Lengths with what was learned from them.
    """
    ratio = np.ones(len(CHAIN_KINDS))
    shares = time_shares(known.read)
    for k, name in enumerate(CHAIN_KINDS[:-1]):
        of_class = CLASSES.index(name.removeprefix("short_"))
        regimes = slice(SHARED, SHARED + 1) if of_class == CLASSES.index("car") else slice(None)
        read_min = stacked.vehicle_s[:, :, regimes, :, :3].sum((0, 1, 2, 3)) / 60.0
        stays = counts[:, :, regimes, :, k].sum() / (1.0 + extra)
        expected = _expected_min(known, of_class, k)
        if stays >= ENOUGH_STAYS:
            ratio[k] = (shares[of_class] @ read_min) / (stays * expected)
    return np.clip(ratio, *RATIO_LIMITS)


def time_shares(read: Floats) -> Floats:
    """Return which share of the vehicle-time read as van, truck and short car is owed to each class, shape ``(3, 3)``.

    Parameters
    ----------
    read
        Shape ``(X, 3 true, 3 read)``, stays of each length, owed to true classes.
    """
    at = lengths_min()
    minutes = read * at[:, None, None]
    short = at < LONG_S / 60
    minutes = np.stack(
        [minutes[..., 0].sum(0), minutes[..., 1].sum(0), minutes[short, :, 2].sum(0)], axis=1
    )
    return np.asarray(minutes / np.maximum(minutes.sum(0), 1e-9))


def _expected_min(known: KnownStays, of_class: int, kind: int) -> float:
    """Return the mean stay that the lognormal predicts under the limits met."""
    stays, keeps = known.stays[kind], known.keeps[of_class].mean
    spread = float(np.hypot(stays.sigma, stays.between))
    free = float(mean_min(stays.mu, spread))
    if CLASSES[of_class] == "car":
        return free
    weight = (known.found.ended + known.found.cut)[:, :, of_class].sum((0, 2))
    means = [
        free
        if limit <= 0
        else (1 - keeps) * free
        + keeps * float(mean_until_min(max(float(limit) - LATE_MIN, 1.0), stays.mu, spread))
        for limit in known.found.limits_min
    ]
    return float(weight @ np.array(means) / max(weight.sum(), 1e-9))


def _at_starts(one: BayFacts) -> NDArray[np.bool_]:
    """Tell which half hours touch a window's start, by kind of day, shape ``(D, 48)``."""
    reserved, shared = one.seen_s[:, RESERVED] > 0, one.seen_s[:, SHARED] > 0
    starts = reserved & np.roll(shared, 1, 1) & ~np.roll(reserved, 1, 1)
    inside = reserved & shared
    starts = starts | (inside & ~np.roll(reserved, 1, 1))
    return np.asarray(starts | np.roll(starts, -1, 1))


def _smoothed(values: Floats, worth: float) -> Floats:
    away = np.minimum(np.arange(BINS), BINS - np.arange(BINS))
    kernel = np.exp(-0.5 * (away / SMOOTH_BINS) ** 2)
    around = np.stack([np.roll(kernel, s) for s in range(BINS)])
    return np.asarray(around @ values + worth)
