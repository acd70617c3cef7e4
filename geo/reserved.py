"""Which slots lie in reserved hours."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.dated_rules import NO_PERIODS, Periods, dated_windows
from geo.local_time import EPOCH_ON
from geo.rules import ALL_DAYS, DAY_MIN, day_of, is_plain, minutes
from geo.sums import local_slot_s
from geo.words import TimeRule

DAY_S = 86_400


def reserved_slots(
    rules: Sequence[tuple[TimeRule, ...]],
    start_s: int,
    slots: int,
    time_zone: str,
    holidays_on: AbstractSet[date],
    *,
    periods: Periods = NO_PERIODS,
) -> NDArray[np.bool_]:
    """Tell for each bay and slot whether hours of loading are in force when the slot starts, shape ``(B, T)``.

    Parameters
    ----------
    rules
        Rules of each bay.
    start_s, slots
        First slot in epoch seconds, and how many.
    time_zone
        In which rules are written.
    holidays_on
        Public holidays: only rules that name them apply.
    periods
        Named sets of days; a rule whose days are not among them is left out.
    """
    wall_s = local_slot_s(start_s, slots, time_zone)
    ordinal = wall_s // DAY_S
    first, last = int(ordinal[0]), int(ordinal[-1])
    on = [EPOCH_ON + timedelta(days=day) for day in range(first, last + 1)]
    named = np.array(
        [ALL_DAYS.index(day_of(one, is_public_holiday=one in holidays_on)) for one in on]
    )
    minute = wall_s % DAY_S // 60
    known: dict[tuple[TimeRule, ...], NDArray[np.bool_]] = {}
    for one in rules:
        if one in known:
            continue
        if is_plain(one):
            known[one] = _reserved(one)[named[ordinal - first], minute]
        else:
            distinct, which = dated_windows(one, on, time_zone, holidays_on, periods)
            by_set = np.stack([_reserved_minutes(windows) for windows in distinct])
            known[one] = by_set[np.array(which)[ordinal - first], minute]
    return np.stack([known[one] for one in rules])


@lru_cache(maxsize=256)
def _reserved(rules: tuple[TimeRule, ...]) -> NDArray[np.bool_]:
    """Return which minutes are reserved by named day, shape ``(8, 1440)``."""
    return np.stack(
        [_reserved_minutes(tuple(rule for rule in rules if day in rule.days)) for day in ALL_DAYS]
    )


@lru_cache(maxsize=4096)
def _reserved_minutes(windows: tuple[TimeRule, ...]) -> NDArray[np.bool_]:
    """Return which minutes of a day lie in one of its windows, shape ``(1440,)``."""
    table = np.zeros(DAY_MIN, np.bool_)
    for rule in windows:
        table[minutes(rule.start) : minutes(rule.end)] = True
    return table
