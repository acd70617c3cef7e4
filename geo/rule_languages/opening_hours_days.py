"""Which days a rule of OSM opening hours selects: years, dates, months, weeks, weekdays, holidays."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import MONTHS, WEEKS_OF_MONTH, in_order
from geo.rule_languages.opening_hours_tokens import Tokens
from geo.rules import ALL_DAYS, DAY_END, MIDNIGHT, WEEK
from geo.words import SCHOOL_HOLIDAYS, Day, TimeRule

MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
"""Most days that each month can have."""

FIRST_YEAR, LAST_YEAR = 1900, 9999
"""Between them the grammar counts years: a rule from the first on has no first day, one until the last no end."""

LAST_WEEK = 53

_WEEKS: dict[tuple[int, ...], dict[str, Any]] = {
    tuple(range(1, LAST_WEEK + 1)): {},
    tuple(range(1, LAST_WEEK + 1, 2)): {"week_parity": "odd"},
    tuple(range(2, LAST_WEEK + 1, 2)): {"week_parity": "even"},
}
"""The sets of ISO weeks that a time rule can say."""


Fields = dict[str, Any]
"""Conditions of a time rule by field."""


def read_days(tokens: Tokens) -> tuple[TimeRule, ...]:
    """Read the selectors before the times; each rule returned is of all hours of days that are selected.

    Raises
    ------
    InvalidTimeRule
        A selector that a time rule cannot say.
    """
    if tokens.takes("24/7"):
        return (_whole_day({"days": ALL_DAYS}),)
    dates: list[Fields] = [{}]
    if tokens.sees(*MONTH_NAMES, "<year>"):
        dates = merged_dates(_dates(tokens))
    weeks: Fields = _weeks(tokens) if tokens.takes("week") else {}
    tokens.takes(":")
    days: list[Fields] = [{"days": ALL_DAYS}]
    if tokens.sees(*WEEK, "ph", "sh"):
        days = _weekdays(tokens)
    return tuple(_whole_day({**one, **weeks, **other}) for one, other in product(dates, days))


def _whole_day(fields: Fields) -> TimeRule:
    return TimeRule(start=MIDNIGHT, end=DAY_END, **fields)


def _weekdays(tokens: Tokens) -> list[Fields]:
    """Read ``Mo-Fr,PH``, ``Mo[1,3]``, ``SH Mo-Fr``."""
    start_with_holiday = tokens.sees("ph", "sh")
    selected = _weekday_list(tokens)
    if not tokens.sees(*WEEK, "ph", "sh"):
        return selected
    if not start_with_holiday or any(one.get("only_periods") is None for one in selected):
        raise tokens.refuse("wanted a comma, for holidays on certain weekdays have no name")
    return [{**one, "only_periods": (SCHOOL_HOLIDAYS,)} for one in _weekday_list(tokens)]


def _weekday_list(tokens: Tokens) -> list[Fields]:
    plain: set[Day] = set()
    by_weeks: dict[tuple[int, ...], set[Day]] = {}
    others: list[Fields] = []
    while True:
        if tokens.takes("sh"):
            others.append({"days": ALL_DAYS, "only_periods": (SCHOOL_HOLIDAYS,)})
        elif tokens.takes("ph"):
            plain.add(Day.PH)
        else:
            days = _weekday_range(tokens)
            if tokens.takes("["):
                by_weeks.setdefault(_nth(tokens), set()).update(days)
            else:
                plain.update(days)
        if tokens.sees("+", "-"):
            raise tokens.refuse("wanted no shift by days")
        if not (tokens.sees(",") and tokens.sees(*WEEK, "ph", "sh", ahead=1)):
            break
        tokens.take(",")
    if plain >= set(WEEK):
        plain.add(Day.PH)
    found: list[Fields] = [{"days": in_order(plain)}] if plain else []
    found += [{"days": in_order(days), "weeks_of_month": weeks} for weeks, days in by_weeks.items()]
    return found + others


def _weekday_range(tokens: Tokens) -> list[Day]:
    first = last = Day(tokens.take(*WEEK).casefold())
    if tokens.sees("-") and tokens.sees(*WEEK, ahead=1):
        tokens.take("-")
        last = Day(tokens.take(*WEEK).casefold())
    start, end = WEEK.index(first), WEEK.index(last)
    return [WEEK[at % 7] for at in range(start, end + 1 if start <= end else end + 8)]


def _nth(tokens: Tokens) -> tuple[int, ...]:
    """Read ``1,3]`` or ``1-3]``: which such weekdays of the month."""
    weeks: set[int] = set()
    while True:
        if tokens.sees("-"):
            raise tokens.refuse("wanted weeks counted from the first, 1 to 5")
        first, last = _range(tokens, 1, len(WEEKS_OF_MONTH))
        weeks.update(range(first, last + 1))
        if not tokens.takes(","):
            break
    tokens.take("]")
    return tuple(sorted(weeks))


def _weeks(tokens: Tokens) -> Fields:
    """Read ``01-53/2`` after ``week``: every other week, or all."""
    first, last = _range(tokens, 1, LAST_WEEK)
    step = int(tokens.take("<number>")) if tokens.takes("/") else 1
    weeks = tuple(range(first, last + 1, step or LAST_WEEK))
    if tokens.sees(",") or weeks not in _WEEKS:
        raise tokens.refuse(
            f"wanted all weeks, odd ones (01-53/2) or even ones (02-53/2), not {first}-{last}/{step}"
        )
    return _WEEKS[weeks]


def _range(tokens: Tokens, least: int, most: int) -> tuple[int, int]:
    first = last = int(tokens.take("<number>"))
    if tokens.takes("-"):
        last = int(tokens.take("<number>"))
    if not least <= first <= last <= most:
        raise tokens.refuse(f"wanted numbers from {least} to {most} in order, not {first}-{last}")
    return first, last


def _dates(tokens: Tokens) -> list[Fields]:
    found: list[Fields] = []
    while True:
        year = _year(tokens)
        if tokens.sees(*MONTH_NAMES):
            found += _month_days(tokens) if year is None else [_dated(tokens, year)]
        elif year is not None:
            found.append(_years(tokens, year))
        if not (tokens.sees(",") and tokens.sees(*MONTH_NAMES, "<year>", ahead=1)):
            return found
        tokens.take(",")


def _year(tokens: Tokens) -> int | None:
    return int(tokens.take("<year>")) if tokens.sees("<year>") else None


def _years(tokens: Tokens, first: int) -> Fields:
    last = first
    if tokens.takes("+"):
        last = LAST_YEAR
    elif tokens.takes("-"):
        last = int(tokens.take("<year>"))
    if tokens.sees("/"):
        raise tokens.refuse("wanted years without a step")
    return _period(date(first, 1, 1), date(last, 12, 31))


def _dated(tokens: Tokens, year: int) -> Fields:
    """Read the rest of ``2025 Mar 01-2025 Jun 30``, ``2025 Mar-Jun``, ``2025 Mar 01+``."""
    month, day = _month(tokens), _day(tokens)
    first = _date(tokens, year, month, day or 1)
    if tokens.takes("+"):
        return _period(first, date(LAST_YEAR, 12, 31))
    if tokens.takes("-"):
        if tokens.sees("<number>"):
            return _period(first, _date(tokens, year, month, _day(tokens)))
        year = _year(tokens) or year
        month, day = _month(tokens), _day(tokens)
    return _period(first, _date(tokens, year, month, day))


def _date(tokens: Tokens, year: int, month: int, day: int | None) -> date:
    """Return a date; without a day the last of its month."""
    try:
        if day is not None:
            return date(year, month, day)
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except ValueError as error:
        raise tokens.refuse(f"wanted a date that exists, not {year}-{month}-{day}") from error


def _period(first: date, last: date) -> Fields:
    """Return the fields of a period of days, both ends included."""
    if first > last:
        raise InvalidTimeRule(f"period is {first} to {last}: wanted its days in order")
    return {
        "from_on": None if first == date(FIRST_YEAR, 1, 1) else first,
        "until_on": None if last == date(LAST_YEAR, 12, 31) else last + timedelta(days=1),
    }


def _month_days(tokens: Tokens) -> list[Fields]:
    """Read ``Jan-Mar``, ``Dec 24-26``, ``Dec 20-Jan 05``: days of each year."""
    month, day = _month(tokens), _day(tokens)
    if not tokens.takes("-"):
        return [_fields(month, day, day), *_more_days(tokens, month, day)]
    if tokens.sees("<number>"):
        last_day = _day(tokens)
        return [_fields(month, day, last_day), *_more_days(tokens, month, day)]
    last_month, last_day = _month(tokens), _day(tokens)
    if (day is None) != (last_day is None):
        raise tokens.refuse("wanted a day at both ends or at none")
    return _across(tokens, (month, day), (last_month, last_day))


def _more_days(tokens: Tokens, month: int, day: int | None) -> list[Fields]:
    """Read ``,26,28-30`` after ``Dec 24``."""
    found: list[Fields] = []
    while day is not None and tokens.sees(",") and tokens.sees("<number>", ahead=1):
        tokens.take(",")
        first, last = _range(tokens, 1, LONGEST[month - 1])
        found.append(_fields(month, first, last))
    return found


def _across(
    tokens: Tokens, first: tuple[int, int | None], last: tuple[int, int | None]
) -> list[Fields]:
    """Return the conditions of a range that runs over the ends of months, and of the year where it wraps."""
    (month, day), (last_month, last_day) = first, last
    if month == last_month and day is not None and last_day is not None:
        if day > last_day:
            raise tokens.refuse("wanted days of one month in order")
        return [_fields(month, day, last_day)]
    between = [(month + step - 1) % 12 + 1 for step in range((last_month - month) % 12 + 1)]
    if day is None:
        return [{"months": tuple(sorted(between))}]
    whole = tuple(sorted(between[1:-1]))
    return [
        _fields(month, day, LONGEST[month - 1]),
        *([{"months": whole}] if whole else []),
        _fields(last_month, 1, last_day),
    ]


def _fields(month: int, first: int | None, last: int | None) -> Fields:
    if first is None or last is None:
        return {"months": (month,)}
    if not 1 <= first <= last <= LONGEST[month - 1]:
        raise InvalidTimeRule(
            f"days are {first}-{last} of {MONTH_NAMES[month - 1]}: wanted days of that month in order"
        )
    if (first, last) == (1, LONGEST[month - 1]):
        return {"months": (month,)}
    return {"months": (month,), "days_of_month": tuple(range(first, last + 1))}


def _month(tokens: Tokens) -> int:
    return MONTH_NAMES.index(tokens.take(*MONTH_NAMES).casefold()) + 1


def _day(tokens: Tokens) -> int | None:
    return int(tokens.take("<number>")) if tokens.sees("<number>") else None


def merged_dates(selected: list[Fields]) -> list[Fields]:
    """Return conditions with the months of the same days together, and the days of the same months."""
    by_days: dict[tuple[int, ...], set[int]] = {}
    by_month: dict[int, set[int]] = {}
    others = [one for one in selected if "months" not in one]
    for one in (one for one in selected if "months" in one):
        for month in one["months"]:
            days = one.get("days_of_month") or range(1, LONGEST[month - 1] + 1)
            by_month.setdefault(month, set()).update(days)
    for month, days in by_month.items():
        is_whole = len(days) == LONGEST[month - 1]
        by_days.setdefault(() if is_whole else tuple(sorted(days)), set()).add(month)
    return others + [
        {
            "months": () if months == set(MONTHS) else tuple(sorted(months)),
            "days_of_month": found,
        }
        for found, months in by_days.items()
    ]
