"""The hours of loading of one date: what figures that know the date count as reserved."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from types import MappingProxyType

from geo.errors import UnknownDays
from geo.in_force import DayBook, applies_on
from geo.rules import day_of, is_plain, loading_windows
from geo.words import Day, TimeRule

Periods = Mapping[str, Container[date]]
"""Named sets of days, as in a day book."""

NO_PERIODS: Periods = MappingProxyType({})


def windows_on(
    rules: tuple[TimeRule, ...],
    on: date,
    time_zone: str,
    holidays_on: AbstractSet[date],
    periods: Periods = NO_PERIODS,
) -> tuple[TimeRule, ...]:
    """Return the windows of loading of a local date, each under the name of the day; plain rules as they are.

    Hours in which a rule of another activity comes first are cut out. A rule whose days nobody knows is left out: its
    hours are then not counted as reserved.
    """
    day = day_of(on, is_public_holiday=on in holidays_on)
    if is_plain(rules):
        return tuple(rule for rule in rules if day in rule.days)
    book = DayBook(time_zone, holidays_on, periods)
    return loading_windows(tuple(rule for rule in rules if _holds(rule, on, book)), day)


def dated_windows(
    rules: tuple[TimeRule, ...],
    days_on: Sequence[date],
    time_zone: str,
    holidays_on: AbstractSet[date],
    periods: Periods = NO_PERIODS,
) -> tuple[list[tuple[TimeRule, ...]], list[int]]:
    """Return the different sets of windows of some dates, and which of them each date has; windows as of `windows_on`.

    Plain rules have one set for each named day, so that long periods cost little.
    """
    place: dict[Day | tuple[TimeRule, ...], int] = {}
    distinct: list[tuple[TimeRule, ...]] = []
    which = []
    plain = is_plain(rules)
    for on in days_on:
        day = day_of(on, is_public_holiday=on in holidays_on)
        key: Day | tuple[TimeRule, ...] = day
        if not plain:
            key = windows_on(rules, on, time_zone, holidays_on, periods)
        if key not in place:
            place[key] = len(distinct)
            distinct.append(windows_on(rules, on, time_zone, holidays_on, periods))
        which.append(place[key])
    return distinct, which


def _holds(rule: TimeRule, on: date, book: DayBook) -> bool:
    try:
        return applies_on(rule, on, book)
    except UnknownDays:
        return False
