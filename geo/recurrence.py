"""Days of a repeating calendar entry (RRULE), bounded in time and in work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any, Literal

from geo.errors import InvalidFile
from geo.rules import WEEK
from geo.words import Day

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
"""Parts that days need (RFC 5545, 3.3.10); BYHOUR and finer, BYYEARDAY and BYWEEKNO are refused."""

FREQUENCIES: tuple[Frequency, ...] = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")

MOST_INTERVAL = 10_000
"""Largest INTERVAL taken: about the days of a calendar (convention)."""


@dataclass(frozen=True)
class Recurrence:
    """A repetition, in days."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    last_on: date | None = None
    """Last day on which it may fall."""
    weekdays: tuple[tuple[int, int], ...] = ()
    """Which such day of the month or year, counted from the end where negative, 0 for each; and weekday, Monday 0."""
    days_of_month: tuple[int, ...] = ()
    """Counted from the end where negative."""
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    """Which of the days of one period count, from the end where negative; empty for all."""
    week_starts: int = 0
    """Weekday, Monday 0."""


def read_recurrence(parts: Mapping[str, Sequence[Any]]) -> Recurrence:
    """Read the parts of an RRULE, by name in capitals, each a list of values.

    Raises
    ------
    InvalidFile
        A part that days do not need or that is not of its form.
    """
    unknown = sorted(set(parts) - KNOWN)
    if unknown:
        raise InvalidFile(
            f"RRULE has {', '.join(unknown)}: wanted only {', '.join(sorted(KNOWN))} in a calendar of days"
        )
    frequency = str(_first(parts, "FREQ"))
    named = next((one for one in FREQUENCIES if one == frequency.upper()), None)
    if named is None:
        raise InvalidFile(f"RRULE has FREQ={frequency}: wanted one of {', '.join(FREQUENCIES)}")
    return Recurrence(
        named,
        _whole(_first(parts, "INTERVAL") or 1, "INTERVAL", 1, MOST_INTERVAL),
        None
        if _first(parts, "COUNT") is None
        else _whole(_first(parts, "COUNT"), "COUNT", 1, 10**9),
        _day(_first(parts, "UNTIL")),
        tuple(_weekday(str(one)) for one in parts.get("BYDAY", ())),
        tuple(_whole(one, "BYMONTHDAY", -31, 31) for one in parts.get("BYMONTHDAY", ())),
        tuple(_whole(one, "BYMONTH", 1, 12) for one in parts.get("BYMONTH", ())),
        tuple(_whole(one, "BYSETPOS", -366, 366) for one in parts.get("BYSETPOS", ())),
        _weekday(str(_first(parts, "WKST") or "MO"))[1],
    )


def recurring_days(rule: Recurrence, start_on: date, until_on: date) -> Iterator[date]:
    """Yield the days of a repetition that starts on a day, in order, up to a day that is excluded.

    Work is in proportion to the days from the first to the last.
    """
    if rule.last_on is not None:
        until_on = min(until_on, rule.last_on + timedelta(days=1))
    found = (
        on
        for period in _periods(rule, start_on, until_on)
        for on in _chosen(rule, [on for on in period if _matches(rule, on, start_on)])
        if start_on <= on < until_on
    )
    return islice(found, rule.count)


def _periods(rule: Recurrence, start_on: date, until_on: date) -> Iterator[list[date]]:
    """Yield the days of each period that the interval keeps, in order."""
    first, step = start_on, 0
    if rule.frequency == "WEEKLY":
        first -= timedelta(days=(start_on.weekday() - rule.week_starts) % len(WEEK))
    elif rule.frequency == "MONTHLY":
        first = first.replace(day=1)
    elif rule.frequency == "YEARLY":
        first = first.replace(month=1, day=1)
    while (begin := _later(first, rule.frequency, step)) < until_on:
        end = _later(first, rule.frequency, step + 1)
        yield [begin + timedelta(days=i) for i in range((end - begin).days)]
        step += rule.interval


def _later(first: date, frequency: Frequency, steps: int) -> date:
    """Return the start of a later period; beyond the calendar it is its last day."""
    try:
        if frequency in ("DAILY", "WEEKLY"):
            return first + timedelta(days=steps * (1 if frequency == "DAILY" else len(WEEK)))
        month = first.month - 1 + (steps if frequency == "MONTHLY" else 12 * steps)
        return first.replace(year=first.year + month // 12, month=month % 12 + 1)
    except (ValueError, OverflowError):
        return date.max


def _matches(rule: Recurrence, on: date, start_on: date) -> bool:
    if rule.months and on.month not in rule.months:
        return False
    if rule.days_of_month and not _is_day_of_month(rule, on):
        return False
    if rule.weekdays:
        return any(_is_weekday(rule, on, *one) for one in rule.weekdays)
    return bool(rule.days_of_month) or _is_as_first(rule, on, start_on)


def _is_as_first(rule: Recurrence, on: date, start_on: date) -> bool:
    """Tell whether a day is like the first one, in the way that its frequency leaves open (RFC 5545, 3.3.10)."""
    if rule.frequency == "DAILY":
        return True
    if rule.frequency == "WEEKLY":
        return on.weekday() == start_on.weekday()
    in_month = rule.frequency == "MONTHLY" or bool(rule.months) or on.month == start_on.month
    return in_month and on.day == start_on.day


def _is_day_of_month(rule: Recurrence, on: date) -> bool:
    return on.day in rule.days_of_month or on.day - _month_days(on) - 1 in rule.days_of_month


def _is_weekday(rule: Recurrence, on: date, nth: int, weekday: int) -> bool:
    if on.weekday() != weekday:
        return False
    if nth == 0 or rule.frequency in ("DAILY", "WEEKLY"):
        return True
    if rule.frequency == "YEARLY" and not rule.months:
        day, days = on.timetuple().tm_yday, date(on.year, 12, 31).timetuple().tm_yday
    else:
        day, days = on.day, _month_days(on)
    return nth in ((day - 1) // 7 + 1, -((days - day) // 7 + 1))


def _chosen(rule: Recurrence, days: list[date]) -> list[date]:
    if not rule.positions:
        return days
    places = {one - 1 if one > 0 else len(days) + one for one in rule.positions}
    return [on for place, on in enumerate(days) if place in places]


def _month_days(on: date) -> int:
    return (date(on.year + on.month // 12, on.month % 12 + 1, 1) - on.replace(day=1)).days


def _first(parts: Mapping[str, Sequence[Any]], name: str) -> Any:
    return next(iter(parts.get(name, ())), None)


def _whole(value: Any, name: str, least: int, most: int) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError) as error:
        raise InvalidFile(f"RRULE has {name}={value!r}: wanted a whole number") from error
    if not least <= number <= most or number == 0:
        raise InvalidFile(f"RRULE has {name}={number}: wanted {least} to {most}, and not 0")
    return number


def _weekday(text: str) -> tuple[int, int]:
    name = text.strip()[-2:].lower()
    rest = text.strip()[:-2] or "0"
    days = [day.value for day in WEEK]
    if name not in days or not rest.lstrip("+-").isascii() or not rest.lstrip("+-").isdigit():
        raise InvalidFile(f"RRULE has the day {text!r}: wanted one as MO, 1MO or -1FR")
    nth = int(rest)
    if abs(nth) > MOST_WEEKS:
        raise InvalidFile(f"RRULE has the day {text!r}: wanted at most the 53rd")
    return nth, WEEK.index(Day(name))


MOST_WEEKS = 53
"""Times that a weekday falls in a year, at most."""


def _day(value: Any) -> date | None:
    if value is None:
        return None
    on = value.date() if hasattr(value, "date") else value
    if not isinstance(on, date):
        raise InvalidFile(f"RRULE has UNTIL={value!r}: wanted a date")
    return on
