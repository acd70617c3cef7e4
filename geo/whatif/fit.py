"""How often a vehicle finds a gap beside those that are parked: parked vehicles leave gaps that nobody can use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.compiled import compiled
from geo.words import VEHICLE_CLASSES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FRONT = 0.7
"""Share of drivers who park at the front of the gap, the others anywhere in it (science brief, 2.2)."""

EVENTS = 400_000
"""Arrivals and departures played for one length (science brief, 2.2)."""

SEED = 20_04
"""Any number: the same events are played for every length, so that the table changes smoothly with it."""

DAY_MIX = (0.76, 0.12, 0.1, 0.01, 0.01)
"""Share of arrivals per class in reserved hours; assumption of ours."""

NIGHT_MIX = (0.15, 0.05, 0.7, 0.05, 0.05)
"""The same in shared hours; assumption of ours."""

USUAL_CALM, USUAL_BUSY, CALM, BUSY = 0.25, 0.95, 0.2, 1.5
"""Arrivals per van's stay in reserved hours of usual bays, and of a calm and a busy one; assumptions of ours."""

NIGHT = 0.75
"""The same in shared hours, which follow the reserved ones; assumption of ours."""

STAY: Floats = np.array([1.0, 1.6, 3.0, 1.0, 1.0])
"""Mean stays per class in units of a van's; assumption of ours."""

USUAL_M = 24.0
"""Bays that are longer than this are played with more arrivals, in proportion; a parameter of ours."""

TRUST_VISITS = 60.0
"""Visits to a composition that weigh as much as the pooled chance; assumption of ours."""

CODES = 65_536
"""Compositions kept at most for one length: 2.6 MB of chances."""

RARE_MOST = 6
"""Two-wheelers, and vehicles of class other, that are told apart at most; more count as these."""

SLACK_M = 0.5
"""Width of the classes of spare length over which the chance is pooled; parameter of ours."""

TOUCH_M = 1e-6
"""Lengths closer than this are equal."""


@dataclass(frozen=True)
class GapTable:
    """Chance that a vehicle finds a gap, given what is parked.

    Attributes
    ----------
    radix, most
        Shape ``(5,)`` over ``VEHICLE_CLASSES``: what is there has the code ``sum_i min(count_i, most_i) * radix_i``.
    chance
        Shape ``(codes, 5)``, probability 0..1 that a vehicle of each class finds a gap.
    """

    radix: Ints
    most: Ints
    chance: Floats

    def code(self, counts: Ints) -> Ints:
        """Return the codes of counts of shape ``(..., 5)``; larger counts are clipped to ``most``."""
        return np.asarray(np.minimum(counts, self.most) @ self.radix)

    @classmethod
    def of_length_sum(cls, length_m: float, vehicle_length_m: tuple[float, ...]) -> GapTable:
        """Return the naive table: whoever fits by the sum of lengths finds a gap. A baseline: it flatters every bay."""
        lengths = np.asarray(vehicle_length_m, dtype=np.float64)
        radix, most = _codes(length_m, lengths)
        spare = length_m - _counts(radix, most) @ lengths
        return cls(radix, most, (spare[:, None] >= lengths - TOUCH_M).astype(np.float64))


def gap_table(length_m: float, vehicle_length_m: tuple[float, ...]) -> GapTable:
    """Return the chances at a bay of a length, from playing ``EVENTS`` arrivals and departures with positions.

    Parameters
    ----------
    length_m
        Length of the bay, rounded to 0.1 m.
    vehicle_length_m
        Kerb that a vehicle takes, in the order of ``VEHICLE_CLASSES``.

    Notes
    -----
    Compositions that are hardly visited lean on the chance of others with as many vehicles and as much spare length,
    and never above the chance with one vehicle less. The same arguments give the same table; it is kept in process.
    Source: science brief, 2.2.
    """
    return _table(round(float(length_m), 1), tuple(float(length) for length in vehicle_length_m))


def gap_tables(length_m: float, vehicle_length_m: tuple[float, ...]) -> tuple[GapTable, GapTable]:
    """Return the chances on calm and on busy days: the same vehicles stand closer where they came one by one.

    Arguments as for ``gap_table``; ``CALM`` and ``BUSY`` say how many arrivals these days have.
    """
    rounded, lengths = round(float(length_m), 1), tuple(map(float, vehicle_length_m))
    return _table(rounded, lengths, (CALM, CALM, NIGHT)), _table(
        rounded, lengths, (BUSY, BUSY, NIGHT)
    )


@lru_cache(maxsize=2048)
def _table(
    length_m: float,
    vehicle_length_m: tuple[float, ...],
    hours: tuple[float, ...] = (USUAL_CALM, USUAL_BUSY, NIGHT),
) -> GapTable:
    lengths = np.asarray(vehicle_length_m)
    radix, most = _codes(length_m, lengths)
    mix = np.array([DAY_MIX] * (len(hours) - 1) + [NIGHT_MIX])
    load = np.array(hours) * max(1.0, length_m / USUAL_M)
    come = mix * load[:, None] * (lengths <= length_m + TOUCH_M)
    if not come.any():
        return GapTable.of_length_sum(length_m, vehicle_length_m)
    classes = np.stack([lengths, 1.0 / STAY])
    sums = _play(length_m, classes, np.cumsum(come, axis=1), _uniforms(), np.stack([radix, most]))
    visits, time, found = sums[:, 0], sums[:, 1], sums[:, 2:]
    counts = _counts(radix, most)
    pooled = _pooled(length_m - counts @ lengths, counts.sum(axis=1), lengths, time, found)
    chance = _leaned(pooled, counts, radix, visits, found / np.maximum(time, 1e-300)[:, None])
    # Whoever is shorter finds a gap at least as often.
    order = np.argsort(-lengths, kind="stable")
    chance[:, order] = np.maximum.accumulate(chance[:, order], axis=1)
    return GapTable(radix, most, chance)


@lru_cache(maxsize=1)
def _uniforms() -> Floats:
    return np.random.default_rng(SEED).random((EVENTS, 2))


def _codes(length_m: float, lengths: Floats) -> tuple[Ints, Ints]:
    most = np.floor(length_m / lengths + TOUCH_M).astype(np.int64)
    rare = [VEHICLE_CLASSES.index(name) for name in ("two_wheeler", "other")]
    most[rare] = np.minimum(most[rare], RARE_MOST)
    while np.prod(most + 1.0) > CODES:
        most[np.argmax(most)] -= 1
    return np.concatenate([[1], np.cumprod(most[:-1] + 1)]).astype(np.int64), most


def _counts(radix: Ints, most: Ints) -> Ints:
    """Return what each code stands for, shape ``(codes, 5)``."""
    codes = np.arange(int(radix @ most) + 1)
    return np.asarray((codes[:, None] // radix) % (most + 1))


def _pooled(
    spare_m: Floats, vehicles: Ints, lengths: Floats, time: Floats, found: Floats
) -> Floats:
    """Return the chance of each code and class from all codes with as many vehicles and as much length to spare."""
    chance = np.zeros(found.shape)
    for k, need_m in enumerate(lengths):
        slack = np.floor((spare_m - need_m + TOUCH_M) / SLACK_M).astype(np.int64)
        fits = slack >= 0
        cell = vehicles[fits] * (slack[fits].max(initial=0) + 1) + slack[fits]
        size = int(cell.max(initial=0)) + 1
        seen = np.bincount(cell, time[fits], size)
        some = np.bincount(cell, found[fits, k], size)
        # Without any visit, one in two: nothing is known but that the lengths would allow it.
        chance[fits, k] = ((some + 0.5) / (seen + 1.0))[cell]
    chance[0] = spare_m[0] >= lengths - TOUCH_M
    return chance


@compiled
def _leaned(pooled: Floats, counts: Ints, radix: Ints, visits: Floats, raw: Floats) -> Floats:
    chance = np.empty_like(pooled)
    for code in range(len(pooled)):
        for k in range(pooled.shape[1]):
            rule = pooled[code, k]
            for i in range(len(radix)):
                if counts[code, i] > 0:
                    rule = min(rule, chance[code - radix[i], k])
            weight = visits[code] / (visits[code] + TRUST_VISITS)
            chance[code, k] = weight * raw[code, k] + (1.0 - weight) * rule
    return chance


@compiled
def _play(
    length_m: float, classes: Floats, comes: Floats, uniforms: Floats, coding: Ints
) -> Floats:
    """Return per code of what is there: events, expected time, and the time with a gap for each class.

    Parameters
    ----------
    length_m
        Length of the bay.
    classes
        Shape ``(2, classes)``: lengths, departures per time.
    comes
        Shape ``(hours, classes)``: arrivals per time of a class and those before it; the hours are played in turn.
    uniforms
        Shape ``(events, 2)``.
    coding
        Shape ``(2, classes)``: radix and most.
    """
    lengths, leave = classes
    kinds = len(lengths)
    sums = np.zeros((int((coding[0] * coding[1]).sum()) + 1, 2 + kinds))
    room = int(length_m / lengths.min()) + 2
    # The row of the parked ends with the end of the bay.
    start, kind = np.full(room, length_m), np.zeros(room, np.int64)
    count = np.zeros(kinds, np.int64)
    there = 0
    for event in range(len(uniforms)):
        hour = comes[event * len(comes) // len(uniforms)]
        come = hour[-1]
        go = (count * leave).sum()
        widest = _widest(lengths, start[: there + 1], kind)
        row = sums[(np.minimum(count, coding[1]) * coding[0]).sum()]
        row[0] += 1.0
        row[1] += 1.0 / (come + go)
        for i in range(kinds):
            if widest >= lengths[i] - TOUCH_M:
                row[2 + i] += 1.0 / (come + go)
        at = uniforms[event, 0] * (come + go)
        if at >= come:
            count[_leaves(at - come, leave, start[: there + 1], kind)] -= 1
            there -= 1
            continue
        who = np.searchsorted(hour, at, "right")
        if widest >= lengths[who] - TOUCH_M:
            _park(lengths, start[: there + 2], kind, who, uniforms[event, 1])
            there += 1
            count[who] += 1
    return sums


@compiled
def _widest(lengths: Floats, start: Floats, kind: Ints) -> float:
    widest: float = start[0]
    for place in range(len(start) - 1):
        widest = max(widest, start[place + 1] - start[place] - lengths[kind[place]])
    return widest


@compiled
def _park(lengths: Floats, start: Floats, kind: Ints, who: int, drawn: float) -> None:
    """Put a vehicle into the first gap that admits it, and keep the row in order."""
    there = len(start) - 2
    front = np.zeros(there + 1)
    for place in range(there):
        front[place + 1] = start[place] + lengths[kind[place]]
    slack = start[: there + 1] - front - lengths[who]
    gap = np.flatnonzero(slack >= -TOUCH_M)[0]
    for place in range(there + 1, gap, -1):
        start[place], kind[place] = start[place - 1], kind[place - 1]
    aside = max(drawn - FRONT, 0.0) / (1.0 - FRONT)
    start[gap], kind[gap] = front[gap] + aside * max(slack[gap], 0.0), who


@compiled
def _leaves(at: float, leave: Floats, start: Floats, kind: Ints) -> int:
    """Take one vehicle out of the row, chosen by departures per time, and return its class."""
    place, last = 0, len(start) - 2
    while place < last and at >= leave[kind[place]]:
        at -= leave[kind[place]]
        place += 1
    who: int = kind[place]
    for after in range(place, last + 1):
        start[after], kind[after] = start[after + 1], kind[after + 1]
    return who
