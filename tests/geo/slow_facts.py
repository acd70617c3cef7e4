"""What the compiled sweep must say, told minute by minute in plain Python."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from geo.calendar import day_kind
from geo.facts.bay_facts import DAY_KINDS, DWELL_EDGES_MIN
from geo.rules import rule_at
from geo.study.folder import bounds_s
from geo.study.stays import OPEN_S, UNKNOWN_ARRIVAL_S, StaysPart
from geo.study.words import Study, StudyBay
from geo.whatif.fit import GapTable, gap_table
from geo.words import VEHICLE_CLASSES

MINUTE_S = 60
FACT_KIND = {0: 0, 1: 1, 3: 4, 4: 5}


@dataclass
class Slow:
    """Facts by key; whatever is absent is zero."""

    seen_s: Counter[tuple[int, int, int]] = field(default_factory=Counter)
    exposure_s: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)
    vehicle_s: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)
    arrivals: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)
    departures: Counter[tuple[int, int, int, int]] = field(default_factory=Counter)
    day_arrivals: Counter[tuple[int, int]] = field(default_factory=Counter)
    dwell: Counter[tuple[str, int, int, int]] = field(default_factory=Counter)
    looks: Counter[str] = field(default_factory=Counter)


def slow_facts(study: Study, part: StaysPart, index: int) -> Slow:
    """Return the facts of one bay; every instant must lie on a whole minute."""
    start_s, end_s = bounds_s(study.period)
    minutes = list(range(start_s, end_s, MINUTE_S))
    dark = part.unseen_bay == index
    unseen = list(zip(part.unseen_from_s[dark], part.unseen_to_s[dark], strict=True))
    seen = {m for m in minutes if not any(a <= m < b for a, b in unseen)}
    rows = part.bay == index
    raw = zip(part.vehicle_class[rows], part.arrived_s[rows], part.departed_s[rows], strict=True)
    stays = [
        (int(k), int(a), int(d), *_there(int(a), int(d), seen, start_s, end_s)) for k, a, d in raw
    ]
    bay, slow = study.bays[index], Slow()
    table = gap_table(bay.length_m, tuple(study.length_m[kind] for kind in VEHICLE_CLASSES))
    cells = {m: _cell(study, bay, m) for m in minutes}
    for kind, a, d, begin, end in stays:
        _count(slow, cells, seen, study, (kind, a, d, begin, end))
    _integrate(slow, {m: cells[m] for m in seen}, table, stays)
    _look(slow, cells, seen, minutes, stays)
    return slow


def _there(a: int, d: int, seen: set[int], start_s: int, end_s: int) -> tuple[int, int]:
    """Return when a vehicle is taken to be there."""
    if a == UNKNOWN_ARRIVAL_S:
        before = [m for m in range(start_s, d, MINUTE_S) if m in seen]
        return (_run_begin(before[-1], seen), d) if before else (d, d)
    if d == OPEN_S:
        after = [m for m in range(max(a, start_s), end_s, MINUTE_S) if m in seen]
        return (a, _run_end(after[0], seen)) if after else (a, a)
    return a, d


def _run_begin(m: int, seen: set[int]) -> int:
    while m - MINUTE_S in seen:
        m -= MINUTE_S
    return m


def _run_end(m: int, seen: set[int]) -> int:
    while m in seen:
        m += MINUTE_S
    return m


def _cell(study: Study, bay: StudyBay, at_s: int) -> tuple[int, int, int, int | None]:
    """Return kind of day, regime, half hour and maximum stay in force."""
    local = datetime.fromtimestamp(at_s, UTC).astimezone(ZoneInfo(study.period.time_zone))
    is_holiday = local.date() in study.period.holidays_on
    rules = next(v.rules for v in bay.history if v.from_s <= at_s < v.to_s)
    rule = rule_at(rules, local, is_public_holiday=is_holiday)
    kind = DAY_KINDS.index(day_kind(local.date(), study.period.holidays_on))
    limit = -1 if rule is None else rule.max_stay_min or 0
    return kind, int(rule is not None), local.hour * 2 + local.minute // 30, limit


def _fact_kind(kind: int, begin: int, end: int) -> int:
    return FACT_KIND.get(kind, 3 if end - begin > 7200 else 2)


def _count(slow: Slow, cells: dict, seen: set[int], study: Study, stay: tuple[int, ...]) -> None:
    kind, a, d, begin, end = stay
    fact = _fact_kind(kind, begin, end)
    if d in seen and d - MINUTE_S in seen:
        slow.departures[(*cells[d][:3], fact)] += 1
    if not (a in seen and a - MINUTE_S in seen):
        return
    slow.arrivals[(*cells[a][:3], fact)] += 1
    on = datetime.fromtimestamp(a, ZoneInfo(study.period.time_zone)).date()
    slow.day_arrivals[(on - study.period.first_on).days, fact] += 1
    last = a
    while last in seen and last < d:
        last += MINUTE_S
    what = "ended" if last == d and d in seen else "cut"
    length = int(np.searchsorted(DWELL_EDGES_MIN, (last - a) / 60, side="right")) - 1
    slow.dwell[what, cells[a][3], fact, length] += 1


def _integrate(slow: Slow, seen_cells: dict, table: GapTable, stays: list) -> None:
    for m, cell_of in seen_cells.items():
        there = [(k, _fact_kind(k, b, e)) for k, _, _, b, e in stays if b <= m < e]
        counts = np.bincount([k for k, _ in there], minlength=5)
        chance = table.chance[table.code(counts)]
        cell = cell_of[:3]
        slow.seen_s[cell] += MINUTE_S
        for fact, of_class in enumerate((0, 1, 2, 2, 3, 4)):
            slow.exposure_s[(*cell, fact)] += MINUTE_S * float(chance[of_class])
        for _, fact in there:
            slow.vehicle_s[(*cell, fact)] += MINUTE_S


def _look(slow: Slow, cells: dict, seen: set[int], minutes: list[int], stays: list) -> None:
    for before, at_s in pairwise(minutes):
        if not (cells[before][1] == 0 and cells[at_s][1] == 1):
            continue
        for name, earlier_min in (("edge", 0), ("control", 100)):
            present_s = at_s - (45 + earlier_min) * MINUTE_S
            gone_s = at_s + (10 - earlier_min) * MINUTE_S
            is_seen = all(m in seen for m in range(present_s, gone_s, MINUTE_S))
            shared = all(m in cells and cells[m][1] == 0 for m in range(present_s, at_s, MINUTE_S))
            if is_seen and shared:
                cars = [end for k, _, _, begin, end in stays if k == 2 and begin <= present_s < end]
                slow.looks[f"{name}_present"] += len(cars)
                slow.looks[f"{name}_gone"] += sum(end <= gone_s for end in cars)
