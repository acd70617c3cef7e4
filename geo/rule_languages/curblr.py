"""Time rules from regulations of CurbLR 1.1. Source: https://github.com/curblr/curblr-spec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from typing import Any

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import (
    ALWAYS,
    in_order,
    read_clock,
)
from geo.rule_languages.cerema import HOLIDAYS
from geo.rule_languages.checked import checked_rule
from geo.rule_languages.midnight import window_of, within_days
from geo.rule_languages.opening_hours_days import MONTH_NAMES, merged_dates, read_days
from geo.rule_languages.opening_hours_tokens import Tokens
from geo.rule_languages.reading import Reading, reading, unranked
from geo.rules import ALL_DAYS, DAY_MIN, WEEK
from geo.words import Activity, Day, TimeRule

ACTIVITIES = {
    "parking": Activity.PARKING,
    "no parking": Activity.NO_PARKING,
    "standing": Activity.STOPPING,
    "no standing": Activity.NO_STOPPING,
    "loading": Activity.LOADING,
    "no loading": Activity.NO_LOADING,
}
"""CurbLR's activities in the words of CDS, which calls standing, with the driver there, stopping."""

LAST_MINUTE = DAY_MIN - 1
"""``23:59``, by which CurbLR means the end of the day: its times have no 24:00."""

Fields = dict[str, Any]

OCCURRENCES = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5}
"""Which such weekdays of the month."""

_RULE_FIELDS = {
    "activity",
    "priorityCategory",
    "maxStay",
    "noReturn",
    "payment",
    "reason",
    "authority",
}
_SPAN_FIELDS = {"effectiveDates", "daysOfWeek", "daysOfMonth", "timesOfDay", "designatedPeriods"}


def read_regulations(
    regulations: Sequence[Mapping[str, Any]], hierarchy: Sequence[str] = ()
) -> tuple[TimeRule, ...]:
    """Return the time rules of the regulations of one CurbLR feature, in canonical form.

    Parameters
    ----------
    regulations
        ``properties.regulations`` of the feature.
    hierarchy
        ``manifest.priorityHierarchy`` of the file, the category that takes precedence first. With it rules carry
        the rank of their ``priorityCategory`` where regulations differ in rank; without it none does.

    Raises
    ------
    InvalidTimeRule
        A regulation says what time rules cannot; its text names the field and the value.
    """
    return read_regulations_with_notes(regulations, hierarchy).rules


def read_regulations_with_notes(
    regulations: Sequence[Mapping[str, Any]], hierarchy: Sequence[str] = ()
) -> Reading:
    """Return what `read_regulations` does with a note for each thing that time rules leave out, such as payment."""
    notes: list[str] = []
    rules: list[TimeRule] = []
    for regulation in _objects(regulations, "regulations"):
        unknown = set(regulation) - {"rule", "userClasses", "timeSpans", "payment"}
        if unknown:
            raise InvalidTimeRule(
                f"regulation has the field {min(unknown)!r}: wanted those of CurbLR"
            )
        said = _rule(regulation.get("rule"), hierarchy, notes)
        hours = list(_hours(regulation.get("timeSpans")))
        for users in _users(regulation.get("userClasses")):
            rules += [
                checked_rule("CurbLR rule", {**dict(one), **said, "user_classes": users})
                for one in hours
            ]
    return reading(unranked(rules), notes)


def _objects(said: Any, name: str) -> list[Mapping[str, Any]]:
    found = [] if said is None else said
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise InvalidTimeRule(f"{name} are {str(said)[:80]!r}: wanted a list of objects")
    if not all(isinstance(one, Mapping) for one in found):
        raise InvalidTimeRule(f"{name} are {str(said)[:80]!r}: wanted a list of objects")
    return list(found)


def _rule(rule: Any, hierarchy: Sequence[str], notes: list[str]) -> Fields:
    if not isinstance(rule, Mapping) or str(rule.get("activity")).casefold() not in ACTIVITIES:
        raise InvalidTimeRule(
            f"rule is {str(rule)[:80]}: wanted an activity of {', '.join(ACTIVITIES)}"
        )
    unknown = set(rule) - _RULE_FIELDS
    if unknown:
        raise InvalidTimeRule(f"rule has the field {min(unknown)!r}: wanted those of CurbLR")
    notes.extend(
        f"{name} {rule[name]!r} was left out: time rules do not say it"
        for name in ("payment", "noReturn")
        if rule.get(name)
    )
    return {
        "activity": ACTIVITIES[str(rule["activity"]).casefold()],
        "max_stay_min": rule.get("maxStay"),
        "priority": _rank(rule.get("priorityCategory"), hierarchy),
    }


def _rank(category: Any, hierarchy: Sequence[str]) -> int | None:
    if not hierarchy or category is None:
        return None
    if category not in hierarchy:
        raise InvalidTimeRule(
            f"priorityCategory is {category!r}: wanted one of the manifest, {', '.join(hierarchy)}"
        )
    return list(hierarchy).index(category) + 1


def _users(said: Any) -> list[tuple[str, ...]]:
    """Return the user classes of one rule each: any of the classes, with any of its subclasses."""
    found: list[tuple[str, ...]] = []
    for users in _objects(said, "userClasses"):
        unknown = set(users) - {"classes", "subclasses"}
        if unknown:
            name = min(unknown)
            raise InvalidTimeRule(f"userClasses has {name} {users[name]!r}: wanted classes")
        classes, subclasses = _texts(users, "classes"), _texts(users, "subclasses")
        found += list(product(*filter(None, (classes, subclasses))))
    return list(dict.fromkeys(found)) or [()]


def _texts(given: Mapping[str, Any], name: str) -> list[str]:
    said = given.get(name)
    if said is None:
        return []
    if not isinstance(said, Sequence) or isinstance(said, str):
        raise InvalidTimeRule(f"{name} is {said!r}: wanted a list of texts")
    return [str(one) for one in said]


def _hours(said: Any) -> Iterator[TimeRule]:
    """Yield when any of the spans applies; none is always."""
    spans = _objects(said, "timeSpans")
    if not spans:
        yield ALWAYS
    for span in spans:
        unknown = set(span) - _SPAN_FIELDS
        if unknown:
            raise InvalidTimeRule(
                f"time span has the field {min(unknown)!r}: wanted those of CurbLR"
            )
        days = _with_periods(_days(span), span.get("designatedPeriods"))
        dates = _within_month(_dates(span), _days_of_month(span))
        if not dates:
            raise InvalidTimeRule(
                f"daysOfMonth is {span['daysOfMonth']!r}: wanted days within the effective dates"
            )
        for when, (start, end) in product(dates, _times(span)):
            rule = checked_rule("CurbLR time span", {**dict(ALWAYS), **when, **days})
            yield from within_days(rule, start, end)


def _days(span: Mapping[str, Any]) -> Fields:
    """Return weekdays, all with their holidays, and which of the month."""
    said = span.get("daysOfWeek")
    if said is None:
        return {"days": ALL_DAYS}
    given = said if isinstance(said, Mapping) else {"days": said}
    names = [name.casefold()[:2] for name in _texts(given, "days") or WEEK]
    if not set(names) <= set(WEEK):
        raise InvalidTimeRule(f"daysOfWeek is {said!r}: wanted days mo to su")
    days = in_order(Day(name) for name in names)
    occurrences = [
        name
        for key in ("occurrencesInMonth", "occurrences_in_month")
        for name in _texts(given, key)
    ]
    if not set(occurrences) <= set(OCCURRENCES):
        raise InvalidTimeRule(
            f"daysOfWeek is {said!r}: wanted occurrences in the month of {', '.join(OCCURRENCES)}"
        )
    return {
        "days": ALL_DAYS if days == WEEK else days,
        "weeks_of_month": tuple(OCCURRENCES[name] for name in occurrences),
    }


def _days_of_month(span: Mapping[str, Any]) -> set[int]:
    """Return the days of the month, empty where none are named."""
    said = span.get("daysOfMonth")
    given = said if isinstance(said, Mapping) else {"days": said}
    days: set[int] = set()
    for name in _texts(given, "days"):
        if name in ("odd", "even"):
            days.update(range(1 if name == "odd" else 2, 32, 2))
        elif name.isdecimal():
            days.add(int(name))
        else:
            raise InvalidTimeRule(f"daysOfMonth is {said!r}: wanted 1 to 31, odd or even")
    return days


def _within_month(dates: Sequence[Fields], days: set[int]) -> list[Fields]:
    """Return the dates that hold some of the days of the month, narrowed to them."""
    if not days:
        return list(dates)
    found = [
        {**one, "days_of_month": days & set(one.get("days_of_month") or days)} for one in dates
    ]
    return [
        {**one, "days_of_month": tuple(sorted(one["days_of_month"]))}
        for one in found
        if one["days_of_month"]
    ]


def _with_periods(fields: Fields, said: Any) -> Fields:
    """Return days and conditions with the designated periods, of which holidays are days of their own."""
    days = fields["days"]
    only: list[str] = []
    excepted: list[str] = []
    for period in _objects(said, "designatedPeriods"):
        name, apply = str(period.get("name")), str(period.get("apply")).replace("_", " ")
        if apply not in ("only during", "except during"):
            raise InvalidTimeRule(
                f"designated period applies {period.get('apply')!r}: wanted only during or except during"
            )
        if name == HOLIDAYS:
            if apply == "only during" and days != ALL_DAYS:
                raise InvalidTimeRule(
                    "time span is of holidays on certain weekdays: wanted any day"
                )
            days = (
                (Day.PH,) if apply == "only during" else tuple(d for d in days if d is not Day.PH)
            )
        else:
            (only if apply == "only during" else excepted).append(name)
    if len(only) > 1:
        raise InvalidTimeRule(f"time span is of {' and '.join(only)} together: wanted one period")
    return {**fields, "days": days, "only_periods": tuple(only), "except_periods": tuple(excepted)}


def _dates(span: Mapping[str, Any]) -> list[Fields]:
    """Return the conditions of effective dates, any of which is enough; both ends are included."""
    found: list[Fields] = []
    for dates in _objects(span.get("effectiveDates"), "effectiveDates"):
        first, last = (str(dates.get("from")), str(dates.get("to", dates.get("until"))))
        if re.fullmatch(r"\d\d-\d\d", first) and re.fullmatch(r"\d\d-\d\d", last):
            found += _annual(first, last)
        else:
            found.append({"from_on": _date(first), "until_on": _date(last) + timedelta(days=1)})
    return merged_dates(found) or [{}]


def _annual(first: str, last: str) -> list[Fields]:
    """Return the conditions of days of every year, as opening hours have them."""
    text = "-".join(f"{MONTH_NAMES[(int(one[:2]) - 1) % 12]} {one[3:]}" for one in (first, last))
    return [
        {"months": rule.months, "days_of_month": rule.days_of_month}
        for rule in read_days(Tokens(text))
    ]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidTimeRule(f"effective date is {text!r}: wanted YYYY-MM-DD or MM-DD") from error


def _times(span: Mapping[str, Any]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for times in _objects(span.get("timesOfDay"), "timesOfDay"):
        window = window_of(
            read_clock(times.get("from")), read_clock(times.get("to", times.get("until")))
        )
        if window is None:
            raise InvalidTimeRule(f"timesOfDay has {dict(times)!r}: wanted from and to as HH:MM")
        start, end = window
        found.append((start, DAY_MIN if end == LAST_MINUTE else end))
    return found or [(0, DAY_MIN)]
