"""When vehicles leave: mean stays by vehicle-time, and the hours at which long cars go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.demand.lengths import CLASSES, Lengths
from geo.demand.parameters import CHAIN_KINDS
from geo.demand.shares import SharesOfCommune
from geo.demand.stays import (
    StaysOfKind,
    lengths_min,
    mean_beyond_min,
    mean_min,
    mean_until_min,
)
from geo.facts.bay_facts import BINS, FACT_KINDS, LONG_S, NOT_RESERVED, RESERVED, SHARED, BayFacts

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
    stays
        Of each of ``CHAIN_KINDS``.
    keeps
        Of each of ``CLASSES``.
    """

    found: Lengths
    stays: Sequence[StaysOfKind]
    keeps: Sequence[SharesOfCommune]


def long_leave_per_h(facts: Sequence[BayFacts]) -> Floats:
    """Return departures per hour of a long car that is there, by regime and half hour, shape ``(G, 48)``.

    Pooled over the bays; the half hours before and after a window starts are left out, where cars make room.
    """
    left, hours = np.zeros((2, BINS)), np.zeros((2, BINS))
    for one in facts:
        away = ~at_starts(one)[:, None]
        left += (one.departures[..., LONG] * away).sum(0)
        hours += (one.vehicle_s[..., LONG] * away).sum(0) / 3600.0
    pooled = course_of_day(left.sum(0), hours.sum(0))
    return np.asarray((left + WORTH) / (hours + WORTH / pooled))


def course_of_day(left: Floats, hours: Floats, beforehand: float = NATIONAL_LONG_PER_H) -> Floats:
    """Return departures per hour by half hour of the day from departures and vehicle-hours, shape ``(48,)``."""
    overall = (left.sum() + 4.0 * beforehand) / (hours.sum() + 4.0)
    smooth = _smoothed(left, overall) / _smoothed(hours, 1.0)
    return np.asarray((left + WORTH) / (hours + WORTH / smooth))


def mean_ratio(known: KnownStays, extra: float) -> Floats:
    """Return the ratio of the mean stay by vehicle-time to that of the lognormal with its limits, shape ``(4,)``.

    Vehicle-time does not mind that a stay was split, nor whether lengths are lognormal; stays that were cut are
    continued as the lognormal says. Long cars, whose departures are counted by the hour, have 1.

    Parameters
    ----------
    known
        Lengths with what was learned from them.
    extra
        Extra stays per stay.
    """
    ratio = np.ones(len(CHAIN_KINDS))
    for k, name in enumerate(CHAIN_KINDS[:-1]):
        of_class = CLASSES.index(name.removeprefix("short_"))
        ended, cut = _counted(known.found, of_class)
        if ended.sum() + cut.sum() < ENOUGH_STAYS:
            continue
        stays, at = known.stays[k], lengths_min()
        spread = float(np.hypot(stays.sigma, stays.between))
        minutes = ended.sum(0) @ at + cut.sum(0) @ (at + mean_beyond_min(at, stays.mu, spread))
        found = (ended + cut).sum(1)
        keeps = known.keeps[of_class].mean
        means = [
            _mean_min(float(limit), stays.mu, spread, keeps) for limit in known.found.limits_min
        ]
        ratio[k] = minutes * (1.0 + extra) / (found @ np.array(means))
    return np.clip(ratio, *RATIO_LIMITS)


def _counted(found: Lengths, of_class: int) -> tuple[Floats, Floats]:
    """Return ended and cut stays by limit and length, ``(L, X)``; of cars the short ones outside windows."""
    ended, cut = found.ended[:, :, of_class].sum(0), found.cut[:, :, of_class].sum(0)
    if CLASSES[of_class] == "car":
        kept = (found.limits_min == NOT_RESERVED)[:, None] & (lengths_min() < LONG_S / 60)
        ended, cut = ended * kept, cut * kept
    return ended, cut


def _mean_min(limit_min: float, mu: float, sigma: float, keeps: float) -> float:
    """Return the mean stay under a limit that a share of drivers keep."""
    free = float(mean_min(mu, sigma))
    if limit_min <= 0:
        return free
    return (1 - keeps) * free + keeps * float(mean_until_min(limit_min, mu, sigma))


def at_starts(one: BayFacts) -> NDArray[np.bool_]:
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
