"""One compiled sweep through a bay's stays, unseen times and rules: counts, and the exposure that censoring needs."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.facts.bay_facts import BINS, DAY_KINDS, FACT_KINDS, NOT_RESERVED, RESERVED, BayFacts
from geo.facts.clock import clock, regimes
from geo.facts.kernel import looks, packed, swept
from geo.study.folder import OpenStudy
from geo.study.stays import StaysPart
from geo.study.words import Period, RuleVersion, Study
from geo.whatif.fit import GapTable, gap_table
from geo.words import VEHICLE_CLASSES

Ints = NDArray[np.int64]

TIMELINES = 256
"""Rule histories kept ready in one process: 0.6 MB each for a year; parameter of ours."""


@dataclass(frozen=True)
class Timeline:
    """A period as the compiled loops take it, the same for all bays of one rule history.

    Attributes
    ----------
    segments
        Shape ``(4, N + 1)``, as in ``geo.facts.kernel``.
    limits_min
        Shape ``(L,)``, maximum stays in force at some time, in order.
    starts_s, shared_s
        Shape ``(w,)``, epoch seconds at which reserved hours follow shared ones, and since when those are shared.
    day_kind
        Shape ``(Y,)``.
    """

    segments: Ints
    limits_min: Ints
    starts_s: Ints
    shared_s: Ints
    day_kind: Ints


def study_facts(opened: OpenStudy, workers: int = 2) -> Iterator[BayFacts]:
    """Yield the facts of every bay in order; parts are read ahead while others are swept.

    The compiled loops free the interpreter, so that threads do what processes would; memory is bounded by
    ``workers + 1`` parts.
    """
    waiting: deque[Future[list[BayFacts]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for part in opened.parts():
            waiting.append(pool.submit(bay_facts, opened.study, part))
            if len(waiting) > workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def bay_facts(study: Study, part: StaysPart) -> list[BayFacts]:
    """Return the facts of each bay of a part.

    Time that was not seen is never counted. A vehicle that is there when seeing begins, or comes in the very second,
    is state and no arrival; a stay is censored where seeing ends. Stays may overlap, exceed the capacity or lie in
    unseen time.
    """
    lengths = tuple(study.length_m[kind] for kind in VEHICLE_CLASSES)
    axis = np.arange(part.bays.start, part.bays.stop + 1)
    stays, dark = np.searchsorted(part.bay, axis), np.searchsorted(part.unseen_bay, axis)
    found = []
    for i, bay in enumerate(study.bays[part.bays.start : part.bays.stop]):
        of_bay, unseen = slice(stays[i], stays[i + 1]), slice(dark[i], dark[i + 1])
        timeline = _timeline(bay.history, study.period)
        seen = _seen(part.unseen_from_s[unseen], part.unseen_to_s[unseen], timeline)
        rows = packed(
            part.vehicle_class[of_bay], part.arrived_s[of_bay], part.departed_s[of_bay], seen
        )
        found.append(_facts(timeline, seen, rows, gap_table(bay.length_m, lengths)))
    return found


@lru_cache(maxsize=TIMELINES)
def _timeline(history: tuple[RuleVersion, ...], period: Period) -> Timeline:
    hours, rules = clock(period), regimes(history, period)
    from_s = np.union1d(hours.from_s, rules.from_s)
    hour = np.searchsorted(hours.from_s, from_s[:-1], side="right") - 1
    rule = np.searchsorted(rules.from_s, from_s[:-1], side="right") - 1
    limits_min, limit = np.unique(rules.limit_min, return_inverse=True)
    is_reserved = (rules.limit_min != NOT_RESERVED).astype(np.int64)
    day = hours.day[hour]
    cell = (hours.day_kind[day] * 2 + is_reserved[rule] * RESERVED) * BINS + hours.bin[hour]
    columns = [cell, day, limit[rule]]
    segments = np.stack([from_s, *(np.append(column, 0) for column in columns)])
    turns = np.flatnonzero((is_reserved[1:] == 1) & (is_reserved[:-1] == 0)) + 1
    return Timeline(
        segments, limits_min, rules.from_s[turns], rules.from_s[turns - 1], hours.day_kind
    )


def _seen(unseen_from_s: Ints, unseen_to_s: Ints, timeline: Timeline) -> Ints:
    """Return what is left of the period, shape ``(2, k)``, disjoint and in order."""
    start_s, end_s = timeline.segments[0, [0, -1]]
    seen = np.stack([np.append(start_s, unseen_to_s), np.append(unseen_from_s, end_s)])
    return np.ascontiguousarray(seen[:, seen[0] < seen[1]])


def _facts(timeline: Timeline, seen: Ints, stays: Ints, table: GapTable) -> BayFacts:
    coding = np.stack([table.radix, table.most])
    seconds, events, by_day, day_arrivals, dwell = swept(
        timeline.segments, seen.T.ravel(), stays, table.chance, coding
    )
    cars = looks(timeline.starts_s, timeline.shared_s, seen, stays)
    shape: Sequence[int] = (len(DAY_KINDS), 2, BINS)
    kinds = len(FACT_KINDS)
    seen_s = seconds[:, 0].reshape(shape)
    exposure_s = seconds[:, 1 : 1 + kinds].reshape(*shape, kinds)
    used = dwell.any(axis=(0, 2, 3))
    return BayFacts(
        arrivals=events[:, 0].reshape(*shape, kinds),
        exposure_s=exposure_s,
        seen_s=seen_s,
        vehicle_s=seconds[:, 1 + kinds :].reshape(*shape, kinds),
        departures=events[:, 1].reshape(*shape, kinds),
        full_s=seen_s - exposure_s[..., 0],
        day_arrivals=day_arrivals,
        day_exposure_s=by_day[:, 1:],
        day_seen_s=by_day[:, 0],
        day_kind=timeline.day_kind,
        limits_min=timeline.limits_min[used],
        ended=dwell[0, used],
        cut=dwell[1, used],
        edge_present=int(cars[0, 0]),
        edge_gone=int(cars[0, 1]),
        control_present=int(cars[1, 0]),
        control_gone=int(cars[1, 1]),
    )
