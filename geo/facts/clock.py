"""Local half hours, days and regimes of a period as epoch seconds, exact through both changes of the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from geo.calendar import day_kind, days
from geo.dated_rules import dated_windows
from geo.facts.bay_facts import BIN_S, DAY_KINDS, NO_LIMIT, NOT_RESERVED
from geo.local_time import EPOCH_ON, day_bounds_s, midnight_s
from geo.rules import minute_table
from geo.study.words import Period, RuleVersion
from geo.sums import local_s
from geo.words import SLOT_S, TimeRule

Ints = NDArray[np.int64]

DAY_S, DAY_MIN, MINUTE_S = 86_400, 1440, 60


@dataclass(frozen=True)
class Clock:
    """Consecutive times that lie in one half hour of local wall time of one local day.

    Attributes
    ----------
    from_s
        Shape ``(C + 1,)``, epoch seconds: each time is half-open until the next; the last entry ends the period.
    bin, day
        Shape ``(C,)``, half hour of local wall time and index of the local day.
    day_kind
        Shape ``(Y,)``, index into ``DAY_KINDS`` of each local day.
    """

    from_s: Ints
    bin: Ints
    day: Ints
    day_kind: Ints


@dataclass(frozen=True)
class Regimes:
    """Consecutive times with one maximum stay.

    Attributes
    ----------
    from_s
        Shape ``(R,)``, epoch seconds, half-open until the next, the last until the period ends.
    limit_min
        Shape ``(R,)``, maximum stay in minutes, ``NO_LIMIT`` or ``NOT_RESERVED``; neighbours differ.
    """

    from_s: Ints
    limit_min: Ints


def clock(period: Period) -> Clock:
    """Return the half hours of a period; the hour that a change of clock repeats comes twice, the skipped one never."""
    start_s = midnight_s(period.first_on, period.time_zone)
    end_s = day_bounds_s(period.last_on, period.time_zone)[1]
    at_s = np.arange(start_s, end_s, SLOT_S, dtype=np.int64)
    wall_s = local_s(at_s, period.time_zone)
    begins = np.flatnonzero(np.diff(wall_s // BIN_S, prepend=-1))
    wall_s = wall_s[begins]
    first = (period.first_on - EPOCH_ON).days
    kinds = [DAY_KINDS.index(day_kind(on, period.holidays_on)) for on in local_days(period)]
    return Clock(
        np.append(at_s[begins], end_s),
        wall_s % DAY_S // BIN_S,
        wall_s // DAY_S - first,
        np.array(kinds, np.int64),
    )


def local_days(period: Period) -> list[date]:
    """Return the local days of a period, in order."""
    return days(period.first_on, period.last_on + timedelta(days=1))


def regimes(history: Sequence[RuleVersion], period: Period) -> Regimes:
    """Return the regimes of a bay whose versions cover a period; public holidays know only rules that name ``ph``."""
    begins: list[Ints] = []
    limits: list[Ints] = []
    for version in history:
        from_s, limit_min = _always(version.rules, period)
        first = int(np.searchsorted(from_s, version.from_s, side="right")) - 1
        last = int(np.searchsorted(from_s, version.to_s, side="left"))
        begins.append(np.maximum(from_s[first:last], version.from_s))
        limits.append(limit_min[first:last])
    return _joined(np.concatenate(begins), np.concatenate(limits))


def _always(rules: tuple[TimeRule, ...], period: Period) -> tuple[Ints, Ints]:
    """Return the regimes that rules would make over a whole period."""
    days_on = local_days(period)
    named = (period.time_zone, period.holidays_on, period.periods)
    distinct, which = dated_windows(rules, days_on, *named)
    tables = [_minutes(windows) for windows in distinct]
    begins: list[Ints] = []
    limits: list[Ints] = []
    for on, position in zip(days_on, which, strict=True):
        table = tables[position]
        start_s, end_s = day_bounds_s(on, period.time_zone)
        if end_s - start_s != DAY_S:
            at_s = np.arange(start_s, end_s, MINUTE_S, dtype=np.int64)
            table = table[local_s(at_s, period.time_zone) % DAY_S // MINUTE_S]
        changes = np.flatnonzero(np.diff(table, prepend=-2))
        begins.append(start_s + MINUTE_S * changes)
        limits.append(table[changes])
    joined = _joined(np.concatenate(begins), np.concatenate(limits))
    return joined.from_s, joined.limit_min


def _minutes(windows: tuple[TimeRule, ...]) -> Ints:
    """Return the maximum stay of each minute of a day of given windows, shape ``(1440,)``."""
    limits = [
        NOT_RESERVED if one is None else one.max_stay_min or NO_LIMIT
        for one in minute_table(windows)
    ]
    return np.array(limits, np.int64)


def _joined(from_s: Ints, limit_min: Ints) -> Regimes:
    kept = np.ones(len(from_s), bool)
    kept[1:] = limit_min[1:] != limit_min[:-1]
    return Regimes(from_s[kept], limit_min[kept])
