"""The days of a simulation on the clock of the place: half hours through both changes, and rules in force."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind, day_kind
from geo.facts.bay_facts import BIN_S, BINS, DAY_KINDS, NO_LIMIT, NOT_RESERVED
from geo.local_time import midnight_s
from geo.rules import day_of
from geo.simulation.events import Timetable
from geo.whatif.outcome import DayRule, day_rule
from geo.words import TimeRule

Ints = NDArray[np.int64]

DAY_S = 86_400


@dataclass(frozen=True)
class Calendar:
    """The days of a simulation, consecutive."""

    days: tuple[date, ...]
    time_zone: str
    holidays_on: AbstractSet[date] = frozenset()

    @cached_property
    def start_s(self) -> int:
        """Epoch second of the first midnight."""
        return midnight_s(self.days[0], self.time_zone)

    @cached_property
    def end_s(self) -> int:
        """Epoch second of the midnight after the last day."""
        return midnight_s(self.days[-1] + timedelta(days=1), self.time_zone)

    @cached_property
    def kinds(self) -> Ints:
        """Return the kind of each day, index into ``DAY_KINDS``."""
        kinds: list[DayKind] = [day_kind(on, self.holidays_on) for on in self.days]
        return np.array([DAY_KINDS.index(kind) for kind in kinds], np.int64)

    @cached_property
    def midnights_s(self) -> Ints:
        """Return the epoch second at which each day starts, and that at which the last one ends."""
        after = self.days[-1] + timedelta(days=1)
        return np.array([midnight_s(on, self.time_zone) for on in (*self.days, after)], np.int64)

    @cached_property
    def half_hours(self) -> tuple[Ints, Ints, Ints]:
        """Return start (epoch second), day and half hour of wall time of each half hour that really passes."""
        midnights_s = self.midnights_s
        start_s = np.arange(midnights_s[0], midnights_s[-1], BIN_S)
        day = np.searchsorted(midnights_s, start_s, side="right") - 1
        half = (start_s - midnights_s[day]) // BIN_S
        zone = ZoneInfo(self.time_zone)
        for changed in np.flatnonzero(np.diff(midnights_s) != DAY_S):
            for row in np.flatnonzero(day == changed):
                at_local = datetime.fromtimestamp(int(start_s[row]), UTC).astimezone(zone)
                half[row] = 2 * at_local.hour + at_local.minute // 30
        return start_s, day, np.minimum(half, BINS - 1)

    def before(self, count: int) -> Calendar:
        """Return the calendar with some ordinary days before its first."""
        first = self.days[0]
        earlier = tuple(first - timedelta(days=count - i) for i in range(count))
        return Calendar(earlier + self.days, self.time_zone, self.holidays_on)


def timetable(
    versions: Sequence[tuple[int, tuple[TimeRule, ...]]], calendar: Calendar
) -> Timetable:
    """Return the rules in force along a calendar.

    Parameters
    ----------
    versions
        Index of the day from whose midnight on rules hold, and the rules; in order, the first also before its day.
    calendar
        Whose epoch seconds the timetable is on.
    """
    zone = ZoneInfo(calendar.time_zone)
    starts = np.array([first for first, _ in versions])
    parts = {calendar.start_s: NOT_RESERVED}
    known: dict[tuple[int, str], DayRule] = {}
    for i, on in enumerate(calendar.days):
        version = max(int(np.searchsorted(starts, i, side="right")) - 1, 0)
        name = day_of(on, is_public_holiday=on in calendar.holidays_on)
        if (version, name) not in known:
            known[version, name] = day_rule(versions[version][1], name)
        for window in known[version, name]:
            limit = NO_LIMIT if window.max_stay_min is None else window.max_stay_min
            start_s, end_s = _at_s(on, window.start_min, zone), _at_s(on, window.end_min, zone)
            if start_s < end_s:
                parts |= {start_s: limit, end_s: NOT_RESERVED}
    return _merged(parts)


def cyclic_timetable(days: Sequence[DayRule], count: int) -> Timetable:
    """Return rules of days of 86,400 s that repeat, ``count`` days from second 0 on."""
    parts = {0: NOT_RESERVED}
    for i, rule in enumerate(days):
        parts.setdefault(i * DAY_S, NOT_RESERVED)
        for window in rule:
            limit = NO_LIMIT if window.max_stay_min is None else window.max_stay_min
            parts[i * DAY_S + 60 * window.start_min] = limit
            parts[i * DAY_S + 60 * window.end_min] = NOT_RESERVED
    parts.pop(len(days) * DAY_S, None)
    edges = np.array(sorted(parts), np.int64)
    cycles = -(-count // len(days))
    starts_s = np.arange(cycles)[:, None] * (len(days) * DAY_S) + edges
    limits = np.tile(np.array([parts[at] for at in edges.tolist()], np.int64), cycles)
    return _without_repeats(starts_s.ravel(), limits)


def _merged(parts: dict[int, int]) -> Timetable:
    """Return parts in order, without those that only go on with the one before."""
    from_s = np.array(sorted(parts), np.int64)
    limit_min = np.array([parts[at] for at in from_s.tolist()], np.int64)
    return _without_repeats(from_s, limit_min)


def _without_repeats(from_s: Ints, limit_min: Ints) -> Timetable:
    kept = np.concatenate([[True], limit_min[1:] != limit_min[:-1]])
    return Timetable(from_s[kept], limit_min[kept])


def _at_s(on: date, minute: int, zone: ZoneInfo) -> int:
    if minute == 24 * 60:
        return midnight_s(on + timedelta(days=1), zone.key)
    return int(datetime.combine(on, time(minute // 60, minute % 60), tzinfo=zone).timestamp())
