"""Stays by length behind an imperfect detector, and what they say of maximum stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.demand.parameters import CHAIN_KINDS, DELIVERIES
from geo.demand.reading import Reading, allotted, true_counts
from geo.demand.stays import EARLY_MIN, LATE_MIN, StaySample, lengths_min, sample
from geo.facts.bay_facts import DWELL_EDGES_MIN, FACT_KINDS, LONG_S, NOT_RESERVED, BayFacts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES = ("van", "truck", "car")
"""Axis of the classes whose lengths are kept."""

LONG_LENGTHS_MIN, NEAR_LENGTHS = 90.0, (2.5, 1.25)
"""Ratios of lengths over which stays are averaged before they are owed to classes, the first from 90 minutes on, where
few deliveries are left among many cars; parameters of ours."""

LONGEST_DELIVERY_MIN = 240.0
"""A vehicle that stays longer tells nothing of the length of deliveries; assumption of ours."""

ENOUGH_SHARED = 200
"""Car stays outside windows from which on lengths of cars are learned from these alone; parameter of ours."""


@dataclass(frozen=True)
class Lengths:
    """Stays of B bays by limit and length class, owed to their true class.

    Attributes
    ----------
    limits_min
        Shape ``(L,)``, all limits of the commune.
    ended, cut
        Shape ``(B, L, 3, X)``, over ``CLASSES``.
    """

    limits_min: Ints
    ended: Floats
    cut: Floats


def reading_by_length(facts: Sequence[BayFacts], reading: Reading) -> Floats:
    """Return which share of the stays read as each class is owed to each true one.

    Returns
    -------
    Shape ``(2, X, 5 true, 5 read)``: outside and inside windows, where vans and cars are mixed otherwise.
    """
    total = np.zeros((2, 5, _X))
    for one in facts:
        for row, limit in enumerate(one.limits_min):
            total[int(limit != NOT_RESERVED)] += _by_class(one.ended[row] + one.cut[row])
    around = np.swapaxes(_around(total), 1, 2)
    true = true_counts(around, reading.seen_as)
    return np.stack(
        [allotted(np.broadcast_to(unit, true.shape), reading.seen_as, true) for unit in np.eye(5)],
        axis=3,
    )


def lengths(facts: Sequence[BayFacts], limits_min: Ints, owed: Floats) -> Lengths:
    """Return stays by length owed to their true class, on the limits given."""
    parts: list[Floats] = []
    for name in ("ended", "cut"):
        read = np.zeros((len(facts), len(limits_min), 5, _X))
        for b, one in enumerate(facts):
            for row, limit in enumerate(one.limits_min):
                read[b, np.searchsorted(limits_min, limit)] += _by_class(getattr(one, name)[row])
        regime = owed[(limits_min != NOT_RESERVED).astype(np.int64), :, :3]
        parts.append(np.einsum("lxtr,blrx->bltx", regime, read, optimize=True))
    return _without_tails(Lengths(limits_min, parts[0], parts[1]))


def _without_tails(stays: Lengths) -> Lengths:
    """Return stays of which deliveries of ``LONG_LENGTHS_MIN`` and more only tell that they were long.

    Beyond that the few deliveries are told from the many cars read as such by a difference of large numbers, and a
    lognormal follows its tail.
    """
    at, vans_trucks = lengths_min(), slice(0, DELIVERIES)
    ended, cut = stays.ended.copy(), stays.cut.copy()
    is_long, is_too_long = at >= LONG_LENGTHS_MIN, at >= LONGEST_DELIVERY_MIN
    long = is_long & ~is_too_long
    first = int(np.argmax(is_long))
    some = (ended + cut)[:, :, vans_trucks, :]
    cut[:, :, vans_trucks, first] = (some * long).sum(-1)
    cut[:, :, vans_trucks, first + 1 :] = 0.0
    ended[:, :, vans_trucks, first:] = 0.0
    return Lengths(stays.limits_min, ended, cut)


def limits_of(facts: Sequence[BayFacts]) -> Ints:
    """Return every limit that was in force somewhere, in order, and always ``NOT_RESERVED``."""
    return np.unique(np.concatenate([np.array([NOT_RESERVED]), *(one.limits_min for one in facts)]))


def sample_of(stays: Lengths, kind: int, *, cars_shared: bool) -> StaySample:
    """Return the stays of a position on ``CHAIN_KINDS`` for the lognormal.

    Short and long cars are told apart by their length; with ``cars_shared`` only those outside windows are used,
    since a maximum stay makes long cars look short.
    """
    of_class = CLASSES.index(CHAIN_KINDS[kind].removeprefix("short_").removeprefix("long_"))
    ended, cut = stays.ended[:, :, of_class], stays.cut[:, :, of_class]
    if CLASSES[of_class] != "car":
        return sample(ended, cut, stays.limits_min)
    is_long = DWELL_EDGES_MIN >= LONG_S / 60
    wants_long = kind == CHAIN_KINDS.index("long_car")
    rows = (stays.limits_min == NOT_RESERVED) | (not cars_shared)
    weight = rows[:, None] * (is_long if wants_long else ~is_long)
    limits = np.zeros_like(stays.limits_min) if wants_long else stays.limits_min
    return sample(ended * weight, cut * weight, limits)


def has_shared_cars(stays: Lengths) -> bool:
    """Tell whether enough cars were seen outside windows to learn their lengths there."""
    return bool(stays.ended[:, stays.limits_min == NOT_RESERVED, 2].sum() >= ENOUGH_SHARED)


def keepers(stays: Lengths, of_class: int, survives: Floats) -> tuple[Floats, Floats, Floats]:
    """Return who outstayed the maximum, of how many that came near it, and the chance of it for who ignores it.

    Parameters
    ----------
    stays
        Of the bays.
    of_class
        Position on ``CLASSES``.
    survives
        Shape ``(B, L)``, share of stays of ``limit - 5`` minutes that last beyond ``limit + 2`` where nothing limits
        them.

    Returns
    -------
    Three arrays of shape ``(B,)``.
    """
    at = lengths_min()
    outstayed, near, chance = (np.zeros(len(stays.ended)) for _ in range(3))
    for row, limit in enumerate(stays.limits_min):
        if limit <= 0:
            continue
        beyond = at > limit + LATE_MIN
        close = (at >= limit - EARLY_MIN) & ~beyond
        ended, cut = stays.ended[:, row, of_class], stays.cut[:, row, of_class]
        over = ((ended + cut) * beyond).sum(1)
        reached = over + (ended * close).sum(1)
        outstayed, near = outstayed + over, near + reached
        chance = chance + reached * survives[:, row]
    return outstayed, near, np.where(near > 0, chance / np.maximum(near, 1e-9), 0.9)


def car_survival(stays: Lengths) -> Floats:
    """Return the share of cars outside windows that outlast each limit once near it, shape ``(L,)``; 0.9 if unknown."""
    at = lengths_min()
    shared = stays.limits_min == NOT_RESERVED
    total = (stays.ended + stays.cut)[:, shared, 2].sum((0, 1))
    found = []
    for limit in stays.limits_min:
        near, beyond = total[at >= limit - EARLY_MIN].sum(), total[at > limit + LATE_MIN].sum()
        found.append((beyond + 9.0) / (near + 10.0))
    return np.array(found)


def _around(total: Floats) -> Floats:
    """Return stays ``(..., 5, X)`` averaged over lengths that are much alike, long ones over a wider range."""
    at = lengths_min()
    is_long = np.minimum(at[:, None], at) >= LONG_LENGTHS_MIN
    near = np.abs(np.log(at[:, None] / at)) < np.log(np.where(is_long, *NEAR_LENGTHS))
    return np.asarray(total @ near.T / near.sum(1))


def _by_class(by_kind: Floats | Ints) -> Floats:
    """Return ``(F, X)`` summed over short and long cars, shape ``(5, X)``, in the order of vehicle classes."""
    index = {name: i for i, name in enumerate(FACT_KINDS)}
    cars = by_kind[index["short_car"]] + by_kind[index["long_car"]]
    rest = [by_kind[index[name]] for name in ("van", "truck")]
    return np.stack([*rest, cars, by_kind[index["two_wheeler"]], by_kind[index["other"]]]).astype(
        np.float64
    )


_X = len(DWELL_EDGES_MIN)
