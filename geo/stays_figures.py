"""Figures of stays: dwell times, classes, and stays longer than the rule allows."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.dated_rules import NO_PERIODS, Periods, windows_on
from geo.local_time import EPOCH_ON
from geo.occupancy import OPEN_S, StayArrays
from geo.rules import ALL_DAYS, DAY_MIN, WEEK, is_plain, minute_table, minutes
from geo.sums import local_s
from geo.words import VEHICLE_CLASSES, Day, TimeRule

DAY_S = 86_400

EPOCH_WEEKDAY = 3

NO_LIMIT_MIN = np.iinfo(np.int32).max
"""Maximum stay where no rule sets one, or time left in a window that runs on past midnight."""


@dataclass(frozen=True)
class Dwell:
    """Dwell times of the stays whose end was seen, in minutes; None where there is none."""

    median_min: float | None
    p90_min: float | None
    complete: int
    """Stays whose end was seen."""
    censored: int
    """Stays left out because their end was not seen."""


@dataclass(frozen=True)
class Overstays:
    """Stays longer than the maximum of the rule in force when they began: a statistic, never an offence."""

    longer: int
    limited: int
    """Stays with a seen end that began under a rule with a maximum."""

    @property
    def share(self) -> float | None:
        """Share of the limited stays that were longer, 0..1; None where no stay was limited."""
        return self.longer / self.limited if self.limited else None


def durations_min(stays: StayArrays) -> NDArray[np.float64]:
    """Return the length of each stay in minutes, NaN where its end was not seen."""
    length = np.full(len(stays.bay), np.nan)
    ended = stays.departed_s != OPEN_S
    length[ended] = (stays.departed_s[ended] - stays.arrived_s[ended]) / 60
    return length


def dwell(stays: StayArrays) -> Dwell:
    """Return median and ninth decile of dwell times; stays whose end was not seen are left out and counted."""
    length = durations_min(stays)
    known = length[~np.isnan(length)]
    censored = len(length) - len(known)
    if len(known) == 0:
        return Dwell(None, None, 0, censored)
    median, p90 = np.quantile(known, [0.5, 0.9])
    return Dwell(float(median), float(p90), len(known), censored)


def class_mix(stays: StayArrays) -> dict[str, float]:
    """Return the share of each vehicle class among stays, 0..1, summing to 1; empty where there is no stay."""
    counts = np.bincount(stays.vehicle_class, minlength=len(VEHICLE_CLASSES))
    if counts.sum() == 0:
        return {}
    return {
        kind.value: float(n / counts.sum()) for kind, n in zip(VEHICLE_CLASSES, counts, strict=True)
    }


def overstays(
    stays: StayArrays,
    rules: Sequence[tuple[TimeRule, ...]],
    time_zone: str,
    holidays_on: AbstractSet[date],
    periods: Periods = NO_PERIODS,
) -> Overstays:
    """Count the stays longer than the maximum of the rule in force at their arrival.

    Only the part of a stay inside the window counts: after its end parking is free. A window that ends at 24:00
    is taken to run on. Times are floored to the minute, so a stay is longer only from the next whole minute.

    Parameters
    ----------
    stays
        Any number; those whose end was not seen are left out.
    rules
        Rules of each bay of the bays axis.
    time_zone
        Of the commune.
    holidays_on
        Public holidays.
    periods
        Named sets of days; a rule whose days are not among them is left out.
    """
    limited, longer = overstay_flags(stays, rules, time_zone, holidays_on, periods)
    return Overstays(int(longer.sum()), int(limited.sum()))


def overstay_flags(
    stays: StayArrays,
    rules: Sequence[tuple[TimeRule, ...]],
    time_zone: str,
    holidays_on: AbstractSet[date],
    periods: Periods = NO_PERIODS,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell of each stay whether ``overstays`` counts it as limited, and as longer; both of shape ``(n,)``."""
    if len(stays.bay) == 0:
        return np.zeros(0, np.bool_), np.zeros(0, np.bool_)
    sets, of_bay = _distinct(rules)
    limit_min, left_min = _tables([one if is_plain(one) else () for one in sets])
    day, minute = _local_minutes(stays, time_zone, holidays_on)
    at = (of_bay[stays.bay], day, minute)
    limits_min, lefts_min = limit_min[at], left_min[at]
    on = local_s(stays.arrived_s, time_zone) // DAY_S
    for position in (i for i, one in enumerate(sets) if not is_plain(one)):
        mine = of_bay[stays.bay] == position
        for ordinal in np.unique(on[mine]).tolist():
            here, date_on = mine & (on == ordinal), EPOCH_ON + timedelta(days=ordinal)
            windows = windows_on(sets[position], date_on, time_zone, holidays_on, periods)
            limits_min[here], lefts_min[here] = _window_table(windows)[:, minute[here]]
    inside_min = np.minimum(durations_min(stays), lefts_min)
    limited = (limits_min < NO_LIMIT_MIN) & ~np.isnan(inside_min)
    return limited, limited & (inside_min > limits_min)


def _distinct(
    rules: Sequence[tuple[TimeRule, ...]],
) -> tuple[list[tuple[TimeRule, ...]], NDArray[np.int64]]:
    """Return the different sets of rules and the set of each bay: a commune has few."""
    position: dict[tuple[TimeRule, ...], int] = {}
    of_bay = [position.setdefault(one, len(position)) for one in rules]
    return list(position), np.array(of_bay, np.int64)


def _tables(sets: Sequence[tuple[TimeRule, ...]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return maximum stay and time left in the window, in minutes, by set of rules, named day and local minute."""
    both = np.stack([_week_table(rules) for rules in sets], axis=1)
    return both[0], both[1]


@lru_cache(maxsize=256)
def _week_table(rules: tuple[TimeRule, ...]) -> NDArray[np.int32]:
    """Return maximum stay and time left, shape ``(2, 8, 1440)``: a commune's bays share few sets of rules."""
    by_day = [tuple(rule for rule in rules if day in rule.days) for day in ALL_DAYS]
    return np.stack([_window_table(windows) for windows in by_day], axis=1)


@lru_cache(maxsize=4096)
def _window_table(windows: tuple[TimeRule, ...]) -> NDArray[np.int32]:
    """Return maximum stay and time left at each minute of a day of given windows, shape ``(2, 1440)``."""
    table = np.full((2, DAY_MIN), NO_LIMIT_MIN, np.int32)
    for minute, rule in enumerate(minute_table(windows)):
        if rule is not None:
            end = minutes(rule.end)
            table[0, minute] = rule.max_stay_min or NO_LIMIT_MIN
            table[1, minute] = NO_LIMIT_MIN if end == DAY_MIN else end - minute
    return table


def _local_minutes(
    stays: StayArrays, time_zone: str, holidays_on: AbstractSet[date]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the named day, as an index into ``ALL_DAYS``, and the local minute of each arrival."""
    at_s = local_s(stays.arrived_s, time_zone)
    ordinal = at_s // DAY_S
    found, back = np.unique(ordinal, return_inverse=True)
    is_holiday = np.array([EPOCH_ON + timedelta(days=int(d)) in holidays_on for d in found])
    day = np.where(is_holiday[back], ALL_DAYS.index(Day.PH), (ordinal + EPOCH_WEEKDAY) % len(WEEK))
    return day, at_s % DAY_S // 60
