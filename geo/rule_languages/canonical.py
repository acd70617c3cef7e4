"""One form of rules that mean the same: windows joined and grouped, conditions in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from geo.rules import ALL_DAYS, DAY_END, MIDNIGHT, RESERVING, clock_of, minutes
from geo.words import Activity, Day, TimeRule

MONTHS = tuple(range(1, 13))
DAYS_OF_MONTH = tuple(range(1, 32))
WEEKS_OF_MONTH = tuple(range(1, 6))

PURPOSES = frozenset(
    {
        "construction",
        "delivery",
        "disabled_parking_permit",
        "emergency_use",
        "freight",
        "parking",
        "permit",
        "rideshare",
        "carshare",
        "school",
        "service_vehicles",
        "special_events",
        "taxi",
        "utilities",
        "valet",
        "vending",
        "waste_management",
    }
)
"""User classes that say what for (CDS 1.1, Rule.purposes); the others say which vehicle or permit."""

GOODS = ("delivery", "freight")
"""Purposes that every rule of loading has: naming these two and no other adds nothing."""

DATES = (
    "days_of_month",
    "weeks_of_month",
    "months",
    "week_parity",
    "from_on",
    "until_on",
    "only_periods",
    "except_periods",
)
"""Conditions that single out days beyond weekdays and holidays."""

TIMES = ("days", "start", "end", *DATES)
"""Fields that say when a rule applies; the others say what, to whom and how."""

ALWAYS = TimeRule(days=ALL_DAYS, start=MIDNIGHT, end=DAY_END)
"""All hours of all days, holidays included."""

Window = tuple[int, int]
"""Half-open minutes of a local day, 0..1440."""

Windows = tuple[Window, ...]
"""Windows of one day in order, none touching the next."""


def canonical(rules: Iterable[TimeRule]) -> tuple[TimeRule, ...]:
    """Return rules of the same meaning in one form, the same for all that differ in writing only.

    Windows of the same conditions that touch or overlap are joined, days with the same window are grouped, lists
    are sorted, a list that names every value is left out,
    and so is a rule that never applies because it excepts the periods it is for. The order is by first day, start, end, conditions.
    """
    groups: dict[str, list[TimeRule]] = {}
    for rule in rules:
        for one in _for_each_period(_tidy(rule)):
            groups.setdefault(conditions(one), []).append(one)
    joined = [one for group in groups.values() for one in _joined(group)]
    return tuple(sorted(_with_their_periods(joined), key=_rank))


def reserved_hours(rules: Iterable[TimeRule]) -> tuple[TimeRule, ...]:
    """Return when rules reserve a bay, without what, to whom and how: plain loading rules in canonical form.

    Rules of ``parking``, ``stopping`` and ``travel`` reserve nothing and are left out.
    """
    return canonical(
        TimeRule.model_validate({name: getattr(rule, name) for name in TIMES})
        for rule in rules
        if reserves(rule)
    )


def reserves(rule: TimeRule) -> bool:
    """Tell whether a rule keeps others away while it applies."""
    return rule.activity not in (Activity.PARKING, Activity.STOPPING, Activity.TRAVEL)


def in_common(rules: Sequence[TimeRule], name: str) -> Any:
    """Return the value that all rules have in one field; None where they differ or there is no rule."""
    values = [getattr(rule, name) for rule in rules]
    return values[0] if values and all(value == values[0] for value in values) else None


def conditions(rule: TimeRule) -> str:
    """Return all that a rule says but its days and window, as one comparable text."""
    return rule.model_dump_json(exclude={"days", "start", "end"})


def is_permanent(rules: Sequence[TimeRule]) -> bool:
    """Tell whether rules are one window of all hours of all days, holidays included, under no condition of time."""
    return reserved_hours(rules) == (ALWAYS,)


def windows_by_day(rules: Iterable[TimeRule]) -> dict[Day, Windows]:
    """Return the joined windows of each day that has any, conditions aside."""
    found: dict[Day, list[Window]] = {}
    for rule in rules:
        for day in rule.days:
            found.setdefault(day, []).append((minutes(rule.start), minutes(rule.end)))
    return {day: union(found[day]) for day in ALL_DAYS if day in found}


def days_by_windows(rules: Iterable[TimeRule]) -> dict[Windows, tuple[Day, ...]]:
    """Return the days that have the same joined windows, in order of their first day."""
    found: dict[Windows, tuple[Day, ...]] = {}
    for day, windows in windows_by_day(rules).items():
        found[windows] = (*found.get(windows, ()), day)
    return found


def union(windows: Iterable[Window]) -> Windows:
    """Return half-open windows in order, those that touch or overlap joined."""
    joined: list[Window] = []
    for start, end in sorted(windows):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def read_clock(text: object) -> int | None:
    """Return ``HH:MM``, ``24:00`` included, as minutes since midnight; None for any other text."""
    if not isinstance(text, str) or not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d|24:00", text):
        return None
    return minutes(text)


def in_order(days: Iterable[Day]) -> tuple[Day, ...]:
    """Return days once each, Monday first, the holiday last."""
    wanted = set(days)
    return tuple(day for day in ALL_DAYS if day in wanted)


def runs(numbers: Iterable[int]) -> list[list[int]]:
    """Return numbers in order, those that follow each other together."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] + 1 == number:
            found[-1].append(number)
        else:
            found.append([number])
    return found


def _joined(group: Sequence[TimeRule]) -> list[TimeRule]:
    """Return rules of the same conditions with their windows joined and their days grouped."""
    days: dict[Window, list[Day]] = {}
    for day, windows in windows_by_day(group).items():
        for window in windows:
            days.setdefault(window, []).append(day)
    return [
        changed(group[0], days=in_order(named), start=clock_of(start), end=clock_of(end))
        for (start, end), named in days.items()
    ]


def _for_each_period(rule: TimeRule) -> list[TimeRule]:
    """Return a rule of several periods, any of which is enough, as one rule for each that is not excepted."""
    if not rule.only_periods:
        return [rule]
    names = [name for name in rule.only_periods if name not in rule.except_periods]
    return [changed(rule, only_periods=(name,)) for name in names]


def _with_their_periods(rules: Iterable[TimeRule]) -> list[TimeRule]:
    """Return rules that differ in their period alone as one rule of all those periods."""
    found: dict[str, list[TimeRule]] = {}
    for rule in rules:
        found.setdefault(rule.model_dump_json(exclude={"only_periods"}), []).append(rule)
    return [one for group in found.values() for one in _of_all_periods(group)]


def _of_all_periods(group: Sequence[TimeRule]) -> list[TimeRule]:
    plain = [rule for rule in group if not rule.only_periods]
    named = sorted(name for rule in group for name in rule.only_periods)
    return plain + ([changed(group[0], only_periods=tuple(named))] if named else [])


def changed(rule: TimeRule, **fields: Any) -> TimeRule:
    """Return a rule with other values in some fields, which are ours and not checked again."""
    return rule.model_copy(update=fields)


def _tidy(rule: TimeRule) -> TimeRule:
    return changed(
        rule,
        months=_unless_all(rule.months, MONTHS),
        days_of_month=_unless_all(rule.days_of_month, DAYS_OF_MONTH),
        weeks_of_month=_unless_all(rule.weeks_of_month, WEEKS_OF_MONTH),
        only_periods=_sorted(rule.only_periods),
        except_periods=_sorted(rule.except_periods),
        user_classes=_users(rule),
        except_user_classes=_sorted(rule.except_user_classes),
    )


def _unless_all(named: Sequence[int], every: Sequence[int]) -> tuple[int, ...]:
    found = tuple(sorted(set(named)))
    return () if found == tuple(every) else found


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _users(rule: TimeRule) -> tuple[str, ...]:
    named = _sorted(rule.user_classes)
    purposes = tuple(name for name in named if name in PURPOSES)
    if rule.activity in RESERVING and purposes == GOODS:
        return tuple(name for name in named if name not in GOODS)
    return named


def _rank(rule: TimeRule) -> tuple[int, str, str, tuple[int, ...], str]:
    places = tuple(ALL_DAYS.index(day) for day in rule.days)
    return places[0], rule.start, rule.end, places, conditions(rule)
