"""The compiled loops of the sweep, over packed arrays: what is there, second by second, and what follows from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.compiled import compiled
from geo.facts.bay_facts import BINS, DAY_KINDS, DWELL_EDGES_MIN, FACT_KINDS, LONG_S
from geo.study.stays import OPEN_S, UNKNOWN_ARRIVAL_S
from geo.words import VEHICLE_CLASSES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

START, END, KIND, CLASS, ARRIVES, LEAVES, LENGTH, ENDS = range(8)
"""Columns of packed stays: epoch seconds in which the vehicle is taken to be there, index into ``FACT_KINDS`` and
``VEHICLE_CLASSES``, whether its arrival and its departure were seen, what was seen of its stay from the arrival on,
in seconds, and whether that is the whole of it."""

FROM, CELL, DAY, LIMIT = range(4)
"""Rows of packed segments: epoch second at which it begins, index of kind of day x regime x half hour, local day, and
index of the maximum stay. The last column only ends the period."""

CELLS = len(DAY_KINDS) * 2 * BINS

KINDS = len(FACT_KINDS)

SEEN = 0
"""Column of seconds: seen, then exposures by kind, then vehicle-seconds by kind."""

CAR = VEHICLE_CLASSES.index("car")

KIND_OF_CLASS: Ints = np.array([0, 1, 2, 4, 5], np.int64)
"""Index into ``FACT_KINDS`` of each vehicle class; cars are short here."""

CLASS_OF_KIND: Ints = np.array([0, 1, 2, 2, 3, 4], np.int64)

BEFORE_S, AFTER_S, EARLIER_S = 45 * 60, 10 * 60, 100 * 60
"""Cars are counted 45 minutes before a window starts and 10 minutes after, and both 100 minutes earlier (science
brief, 2.3)."""

MINUTE_S = 60


@compiled
def packed(vehicle_class: NDArray[np.int8], arrived_s: Ints, departed_s: Ints, seen: Ints) -> Ints:
    """Return stays in order of their start as packed rows, shape ``(n, 8)``.

    A vehicle whose arrival is unknown was there when that seeing began in which it left, one whose departure is
    unknown until that seeing ends in which it came, or the first after.

    Parameters
    ----------
    vehicle_class, arrived_s, departed_s
        Shape ``(m,)``; stays that were never seen are left out.
    seen
        Shape ``(2, k)``, disjoint times in order.
    """
    stays = np.empty((len(arrived_s), 8), np.int64)
    n = 0
    for i in range(len(arrived_s)):
        start, end = arrived_s[i], departed_s[i]
        if start == UNKNOWN_ARRIVAL_S:
            last = np.searchsorted(seen[0], end) - 1
            start = seen[0, last] if last >= 0 else end
            arrives = False
        else:
            first = np.searchsorted(seen[1], start, side="right")
            arrives = first < seen.shape[1] and seen[0, first] < start
            if end == OPEN_S:
                end = seen[1, first] if first < seen.shape[1] else start
        if end > start or arrives:
            stays[n, START], stays[n, END] = start, end
            stays[n, CLASS], stays[n, ARRIVES] = vehicle_class[i], arrives
            _judge(stays[n], departed_s[i], seen)
            n += 1
    kept = stays[:n]
    return kept[np.argsort(kept[:, START], kind="mergesort")]


@compiled
def _judge(stay: Ints, departed_s: int, seen: Ints) -> None:
    """Fill in what was seen of one stay."""
    before = np.searchsorted(seen[0], departed_s) - 1
    stay[LEAVES] = before >= 0 and departed_s < seen[1, before]
    stay[KIND] = KIND_OF_CLASS[stay[CLASS]]
    if stay[CLASS] == CAR and stay[END] - stay[START] > LONG_S:
        stay[KIND] += 1
    stay[LENGTH], stay[ENDS] = 0, False
    if stay[ARRIVES]:
        cut_s = seen[1, np.searchsorted(seen[1], stay[START], side="right")]
        stay[ENDS] = departed_s < cut_s
        stay[LENGTH] = min(departed_s, cut_s) - stay[START]


@compiled
def swept(
    segments: Ints, toggles: Ints, stays: Ints, chance: Floats, coding: Ints
) -> tuple[Floats, Ints, Floats, Ints, Ints]:
    """Go through a period once.

    Parameters
    ----------
    segments
        Shape ``(4, N + 1)``.
    toggles
        Shape ``(2 k,)``, epoch seconds at which seeing begins and ends, by turns.
    stays
        Shape ``(n, 8)``, in order of their start.
    chance
        Shape ``(codes, 5)``, probability of a gap by code of what is there.
    coding
        Shape ``(2, 5)``: radix and most of each class.

    Returns
    -------
    Seconds by cell ``(CELLS, 1 + 2 F)``; arrivals and departures by cell ``(CELLS, 2, F)``; seen and exposed seconds
    by day ``(Y, 1 + F)``; arrivals by day ``(Y, F)``; ended and cut stays ``(2, L, F, len(DWELL_EDGES_MIN))``.
    """
    days, limits = segments[DAY].max() + 1, segments[LIMIT].max() + 1
    seconds, events = np.zeros((CELLS, 1 + 2 * KINDS)), np.zeros((CELLS, 2, KINDS), np.int64)
    by_day, arrivals = np.zeros((days, 1 + KINDS)), np.zeros((days, KINDS), np.int64)
    dwell = np.zeros((2, limits, KINDS, len(DWELL_EDGES_MIN)), np.int64)
    leaving = np.argsort(stays[:, END], kind="mergesort")
    # Every row of events ends with one that never comes.
    turns, starts = np.append(toggles, OPEN_S), np.append(stays[:, START], OPEN_S)
    ends = np.append(stays[leaving, END], OPEN_S)
    there = np.zeros(KINDS, np.int64)
    found = chance[0]
    come = gone = turn = 0
    at_s = segments[FROM, 0]
    for segment in range(segments.shape[1] - 1):
        cell, day, limit = segments[CELL:, segment]
        until_s = segments[FROM, segment + 1]
        while at_s < until_s:
            moved = come + gone
            while turns[turn] <= at_s:
                turn += 1
            while ends[gone] <= at_s:
                _leave(stays[leaving[gone]], there, events[cell])
                gone += 1
            while starts[come] <= at_s:
                _come(stays[come], there, events[cell], arrivals[day], dwell[:, limit])
                come += 1
            if come + gone > moved:
                found = chance[_code(there, coding)]
            next_s = min(until_s, turns[turn], ends[gone], starts[come])
            if turn % 2:
                _add(next_s - at_s, found, there, seconds[cell], by_day[day])
            at_s = next_s
    return seconds, events, by_day, arrivals, dwell


@compiled
def _leave(stay: Ints, there: Ints, events: Ints) -> None:
    """Take a vehicle away; one without any length was never put there."""
    kind = stay[KIND]
    if stay[END] > stay[START]:
        there[kind] -= 1
    if stay[LEAVES]:
        events[1, kind] += 1


@compiled
def _come(stay: Ints, there: Ints, events: Ints, arrivals: Ints, dwell: Ints) -> None:
    kind = stay[KIND]
    if stay[END] > stay[START]:
        there[kind] += 1
    if stay[ARRIVES]:
        events[0, kind] += 1
        arrivals[kind] += 1
        length = np.searchsorted(DWELL_EDGES_MIN, stay[LENGTH] / MINUTE_S, side="right") - 1
        dwell[0 if stay[ENDS] else 1, kind, length] += 1


@compiled
def _code(there: Ints, coding: Ints) -> int:
    """Return the code of what is there; counts are clipped to those that the table tells apart."""
    code = 0
    for kind in range(KINDS):
        if kind == CAR + 1:
            continue
        count = there[kind] + (there[kind + 1] if kind == CAR else 0)
        of_class = CLASS_OF_KIND[kind]
        code += min(count, coding[1, of_class]) * coding[0, of_class]
    return code


@compiled
def _add(length_s: int, found: Floats, there: Ints, seconds: Floats, by_day: Floats) -> None:
    seconds[SEEN] += length_s
    by_day[SEEN] += length_s
    for kind in range(KINDS):
        exposed_s = found[CLASS_OF_KIND[kind]] * length_s
        seconds[1 + kind] += exposed_s
        by_day[1 + kind] += exposed_s
        seconds[1 + KINDS + kind] += there[kind] * length_s


@compiled
def looks(starts_s: Ints, shared_s: Ints, seen: Ints, stays: Ints) -> Ints:
    """Count cars before and after the windows that start, shape ``(2, 2)``: present and gone, at edges and earlier.

    Only times that were seen without a gap and lie in shared hours until the window starts.

    Parameters
    ----------
    starts_s, shared_s
        Shape ``(w,)``, epoch seconds at which windows start, and since when the hours before each are shared.
    seen
        Shape ``(2, k)``.
    stays
        Shape ``(n, 8)``.
    """
    found = np.zeros((2, 2), np.int64)
    for earlier in range(2):
        present_s = starts_s - BEFORE_S - earlier * EARLIER_S
        gone_s = starts_s + AFTER_S - earlier * EARLIER_S
        usable = np.zeros(len(starts_s), np.bool_)
        for i in range(len(starts_s)):
            first = np.searchsorted(seen[0], present_s[i], side="right") - 1
            is_seen = first >= 0 and seen[1, first] >= gone_s[i]
            usable[i] = is_seen and shared_s[i] <= present_s[i]
        present_s, gone_s = present_s[usable], gone_s[usable]
        _look(present_s, gone_s, stays, found[earlier])
    return found


@compiled
def _look(present_s: Ints, gone_s: Ints, stays: Ints, found: Ints) -> None:
    for stay in stays:
        if stay[CLASS] == CAR:
            look = np.searchsorted(present_s, stay[START])
            while look < len(present_s) and present_s[look] < stay[END]:
                found[0] += 1
                found[1] += stay[END] <= gone_s[look]
                look += 1
