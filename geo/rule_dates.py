"""On which days rules can hold together, over every date that there is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geo.rules import ALL_DAYS, WEEK
from geo.words import SCHOOL_DAYS, SCHOOL_HOLIDAYS, Day, TimeRule

Mask = NDArray[np.bool_]

CYCLE_DAYS = 28 * 365 + 7
"""Days after which weekdays, dates, leap years and ISO weeks fall alike again, from 1901 to 2099 (Gregorian calendar)."""

CYCLE_FROM_ON = date(2000, 1, 1)
"""Where the cycle starts for rules without dates (any day of these centuries would do)."""

EXCLUSIVE = (frozenset({SCHOOL_DAYS, SCHOOL_HOLIDAYS}),)
"""Periods that never share a day."""

LESSON_DAYS = (Day.MO, Day.TU, Day.WE, Day.TH, Day.FR)
"""Days that may be school days; public holidays never are (see `geo.school.SchoolDays`)."""


def common_days(rules: Sequence[TimeRule]) -> tuple[Day, ...]:
    """Return the named days on which all of one or more rules can apply on the same date, Monday first.

    Any date may be a public holiday, and two calendars may share a day unless they are known not to.
    """
    if _periods_exclude(rules):
        return ()
    days = [day for day in ALL_DAYS if all(day in rule.days for rule in rules)]
    if any(rule.only_periods == (SCHOOL_DAYS,) for rule in rules):
        days = [day for day in days if day in LESSON_DAYS]
    if not any(_has_dates(rule) for rule in rules):
        return tuple(days)
    from_on, span_days = _span(rules)
    if span_days <= 0:
        return ()
    calendar = _Calendar(from_on, span_days)
    together = np.logical_and.reduce([calendar.holds(rule) for rule in rules])
    found = set(calendar.weekday[together].tolist())
    return tuple(day for day in days if (found if day is Day.PH else WEEK.index(day) in found))


def holds_whenever(outer: TimeRule, inner: TimeRule) -> bool:
    """Tell whether a rule applies on every date on which another does, days of the week and hours aside."""
    return (
        _periods_hold(outer, inner) and _dates_enclose(outer, inner) and _cycle_holds(outer, inner)
    )


class _Calendar:
    """Months, days and weeks of a run of dates, as arrays of its length."""

    def __init__(self, from_on: date, span_days: int) -> None:
        on = np.datetime64(from_on, "D") + np.arange(span_days)
        months = on.astype("datetime64[M]")
        self.month = months.astype(np.int64) % 12 + 1
        self.day = (on - months).astype(np.int64) + 1
        self.weekday = (on.astype(np.int64) + WEEK.index(Day.TH)) % len(WEEK)
        self.is_odd = _iso_week(on, self.weekday) % 2 == 1

    def holds(self, rule: TimeRule) -> Mask:
        """Tell of each date whether a rule's months, weeks and days of the month allow it."""
        held = np.ones(len(self.day), bool)
        if rule.months:
            held &= np.isin(self.month, rule.months)
        if rule.days_of_month:
            held &= np.isin(self.day, rule.days_of_month)
        if rule.weeks_of_month:
            held &= np.isin((self.day - 1) // 7 + 1, rule.weeks_of_month)
        if rule.week_parity is not None:
            held &= self.is_odd == (rule.week_parity == "odd")
        return held


def _iso_week(on: NDArray[np.datetime64], weekday: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return ISO 8601 weeks: that of a date is that of its Thursday, counted from the Thursday's year."""
    thursday = on + (WEEK.index(Day.TH) - weekday)
    new_year = thursday.astype("datetime64[Y]").astype("datetime64[D]")
    return np.asarray((thursday - new_year).astype(np.int64) // 7 + 1)


def _span(rules: Sequence[TimeRule]) -> tuple[date, int]:
    """Return the first date on which all may apply, and how many dates are worth a look."""
    from_on = max((rule.from_on for rule in rules if rule.from_on), default=CYCLE_FROM_ON)
    until_on = min((rule.until_on for rule in rules if rule.until_on), default=date.max)
    if not any(rule.from_on for rule in rules) and until_on < date.max:
        from_on = date.fromordinal(max(1, until_on.toordinal() - CYCLE_DAYS))
    return from_on, min((until_on - from_on).days, CYCLE_DAYS)


def _has_dates(rule: TimeRule) -> bool:
    named = (rule.months, rule.days_of_month, rule.weeks_of_month)
    return any(named) or any((rule.week_parity, rule.from_on, rule.until_on))


def _periods_exclude(rules: Sequence[TimeRule]) -> bool:
    """Tell whether one rule wants periods that a rule excludes, or two want periods that never meet."""
    return any(
        one.only_periods and set(one.only_periods) <= set(other.except_periods)
        for one in rules
        for other in rules
    ) or any(
        one.only_periods
        and other.only_periods
        and all(
            frozenset({name, beside}) in EXCLUSIVE
            for name in one.only_periods
            for beside in other.only_periods
        )
        for one in rules
        for other in rules
    )


def _periods_hold(outer: TimeRule, inner: TimeRule) -> bool:
    wanted = not outer.only_periods or (
        bool(inner.only_periods) and set(inner.only_periods) <= set(outer.only_periods)
    )
    return wanted and set(outer.except_periods) <= set(inner.except_periods)


def _dates_enclose(outer: TimeRule, inner: TimeRule) -> bool:
    begins = (outer.from_on or date.min) <= (inner.from_on or date.min)
    return begins and (outer.until_on or date.max) >= (inner.until_on or date.max)


def _cycle_holds(outer: TimeRule, inner: TimeRule) -> bool:
    if not (outer.months or outer.days_of_month or outer.weeks_of_month or outer.week_parity):
        return True
    from_on, span_days = _span([inner])
    calendar = _Calendar(from_on, span_days)
    return not bool((calendar.holds(inner) & ~calendar.holds(outer)).any())
