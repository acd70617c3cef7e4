"""The typical week of each bay: how likely it is to be occupied, by day of the week and slot.

A bay's own counts are weighed against what is expected of it: its level applied to the profile of its commune. The
method is that of the science brief, section 5, in three steps from coarse to fine: commune profile by kind of day;
level of the bay and of the bay on that kind of day; the bay's own counts by slot, then by day of the week.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.special import expit, logit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Counts = Ints | Floats

DAYS, SLOTS = 7, 96
"""Days of the week, Monday first, and slots of a local day; a public holiday counts as a Sunday."""

KIND_OF_DAY = np.array([0, 0, 0, 0, 0, 1, 2])
"""Kind of each day of the week, in the order of ``geo.calendar.DayKind``."""

KINDS = 3

WIDTH_SLOTS = 3.0
"""Standard deviation of the smoothing over the slots of a day, 45 minutes.

Parameter of ours: chosen among 15 to 60 minutes on Philadelphia's loading zones before the weeks of the test.
"""

WEEKDAY_WIDTH_SLOTS = 4.0
"""The same for one day of the week, which has a fifth of the counts."""

DEPENDENT_SLOTS = 8.0
"""Slots that weigh as one where a level is estimated: a vehicle fills several, and so do busy days (parameter of ours)."""

LEVEL_VARIANCE, KIND_VARIANCE = 4.0, 0.4
"""Prior variances, in squared log odds, of a bay's level and of its deviation on one kind of day (assumptions of ours)."""

P_LOWEST = 1e-4
"""Nothing is certain: probabilities stay between this and one minus this."""

_NEWTON_STEPS = 25
_LARGEST_STEP = 2.0


@dataclass(frozen=True)
class Strengths:
    """How many days the expectation weighs against a bay's own counts."""

    slot_days: float
    """The ``a`` of the science brief: level and profile against the bay's counts of the same kind of day."""
    weekday_days: float
    """The kind of day against the bay's counts of the same day of the week."""


DEFAULT_STRENGTHS = Strengths(3.0, 40.0)
"""Where no weeks can be held out to choose them; what was chosen on Philadelphia's loading zones."""

CHOICES = tuple(Strengths(a, d) for a, d in product((1.0, 3.0, 10.0, 30.0), (10.0, 40.0, 160.0)))
"""Among which the held-out weeks choose."""


@dataclass(frozen=True)
class Expected:
    """What is expected of bays before their counts by slot are looked at, with those counts.

    Attributes
    ----------
    share
        Shape ``(B, 3, 96)``, level of the bay applied to the profile, 0..1.
    kind_k, kind_n
        Shape ``(B, 3, 96)``, smoothed occupied and seen slots by kind of day.
    day_k, day_n
        Shape ``(B, 7, 96)``, the same by day of the week.
    """

    share: Floats
    kind_k: Floats
    kind_n: Floats
    day_k: Floats
    day_n: Floats


def expected(occupied_slots: Counts, seen_slots: Counts) -> Expected:
    """Return what is expected of the bays of one commune.

    Parameters
    ----------
    occupied_slots, seen_slots
        Shape ``(B, 7, 96)``, slots seen to be occupied and slots seen, by day of the week and slot; at least one
        slot is seen.
    """
    k = by_kind(occupied_slots.astype(np.float64))
    n = by_kind(seen_slots.astype(np.float64))
    profile = _profile(k.sum(axis=0), n.sum(axis=0))
    level = _log_odds(k, n, logit(profile)[None], LEVEL_VARIANCE, axes=(1, 2))
    base = logit(profile)[None] + level
    own = _log_odds(k, n, base, KIND_VARIANCE, axes=(2,))
    return Expected(
        clipped(expit(base + own)),
        smoothed(k, WIDTH_SLOTS),
        smoothed(n, WIDTH_SLOTS),
        smoothed(occupied_slots.astype(np.float64), WEEKDAY_WIDTH_SLOTS),
        smoothed(seen_slots.astype(np.float64), WEEKDAY_WIDTH_SLOTS),
    )


def posterior(prior: Expected, strengths: Strengths) -> tuple[Floats, Floats]:
    """Return the probability of an occupied slot and the days it is worth, each of shape ``(B, 7, 96)``.

    The days say how sure the probability is: as sure as a share counted on so many independent days. Neighbouring
    slots that were smoothed in are not counted, so that it is rather too few than too many.
    """
    a, d = strengths.slot_days, strengths.weekday_days
    kind = (prior.kind_k + a * prior.share) / (prior.kind_n + a)
    p = (prior.day_k + d * kind[:, KIND_OF_DAY]) / (prior.day_n + d)
    behind = 1.0 / (1.0 / d + 1.0 / (prior.kind_n + a))
    return clipped(p), prior.day_n + behind[:, KIND_OF_DAY]


def chosen(
    before: tuple[Ints, Ints],
    held_out: tuple[Ints, Ints],
    choices: Iterable[Strengths] = CHOICES,
) -> Strengths:
    """Return the strengths under which the held-out weeks are most likely.

    Parameters
    ----------
    before, held_out
        Occupied and seen slots, each of shape ``(B, 7, 96)``, of the training weeks without the last two, and of the
        last two.
    choices
        The first of equals wins.
    """
    if not before[1].any() or not held_out[1].any():
        return DEFAULT_STRENGTHS
    prior = expected(*before)
    return min(choices, key=lambda one: _loss(posterior(prior, one)[0], *held_out))


def by_kind(values: Floats) -> Floats:
    """Sum the days of the week of an array ``(B, 7, 96)`` into kinds of day, ``(B, 3, 96)``."""
    return np.stack([values[:, kind == KIND_OF_DAY].sum(axis=1) for kind in range(KINDS)], axis=1)


def smoothed(values: Floats, width_slots: float) -> Floats:
    """Smooth over the slots of a day, the last axis, which closes on itself at midnight."""
    return np.asarray(gaussian_filter1d(values, width_slots, axis=-1, mode="wrap"), np.float64)


def clipped(p: Floats) -> Floats:
    """Keep probabilities from being certain."""
    return np.clip(p, P_LOWEST, 1.0 - P_LOWEST)


def _profile(k: Floats, n: Floats) -> Floats:
    """Return the commune's share by kind of day and slot, ``(3, 96)``; its mean where nothing was seen."""
    mean = k.sum() / n.sum()
    above, below = smoothed(k, WIDTH_SLOTS), smoothed(n, WIDTH_SLOTS)
    return clipped((above + mean) / (below + 1.0))


def _log_odds(k: Floats, n: Floats, base: Floats, variance: float, axes: tuple[int, ...]) -> Floats:
    """Return the shift in log odds of each row that its counts ask for, shrunk to 0 (Newton's method).

    Parameters
    ----------
    k, n
        Occupied and seen slots, ``(B, 3, 96)``.
    base
        Log odds without shift, of a shape that fits.
    variance
        Prior variance of the shift.
    axes
        Over which one shift holds.
    """
    shift: Floats = np.zeros_like(k.sum(axis=axes, keepdims=True))
    for _ in range(_NEWTON_STEPS):
        p = expit(base + shift)
        slope = (k - n * p).sum(axis=axes, keepdims=True) / DEPENDENT_SLOTS - shift / variance
        bend = (n * p * (1 - p)).sum(axis=axes, keepdims=True) / DEPENDENT_SLOTS + 1 / variance
        shift = shift + np.clip(slope / bend, -_LARGEST_STEP, _LARGEST_STEP)
    return shift


def _loss(p: Floats, k: Ints, n: Ints) -> float:
    return float(-(k * np.log(p) + (n - k) * np.log1p(-p)).sum())
