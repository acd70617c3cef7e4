"""Canonical rules as OSM opening hours, short."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geo.rule_languages.canonical import (
    ALWAYS,
    Windows,
    changed,
    days_by_windows,
    in_order,
    runs,
)
from geo.rule_languages.opening_hours_days import (
    FIRST_YEAR,
    LONGEST,
    MONTH_NAMES,
)
from geo.rule_languages.opening_hours_grammar import OPEN, UNKNOWN
from geo.rule_languages.rule_comment import write_comment
from geo.rules import WEEK, clock_of
from geo.words import SCHOOL_HOLIDAYS, Day, TimeRule

NARROWING = ("months", "days_of_month", "weeks_of_month", "only_periods", "except_periods")
"""Conditions on days that opening hours can say in part only; where not, they stand in the comment."""

IN_COMMENT = (
    "activity",
    "max_stay_min",
    "control",
    "max_weight_t",
    "user_classes",
    "except_user_classes",
    "priority",
    *NARROWING,
)
"""Conditions that may stand in a comment."""


@dataclass(frozen=True, order=True)
class _Selector:
    """What rules of one line share beside days and windows."""

    before: str
    """Dates, weeks and school holidays, which stand before the weekdays."""
    weeks: str
    """Which such weekday of the month: ``[1,3]``."""
    after: str
    """State and comment."""


def write(rules: Sequence[TimeRule]) -> str:
    """Return canonical rules as opening hours.

    On weekdays the first kind of rules has lines of its own days, the other kinds add to them. Public holidays
    follow and take the place of the weekday they fall on, then school holidays on which nothing applies.
    """
    if not rules:
        return ""
    rest, has_school_off = _without_school_holidays(rules)
    text = "24/7" if list(rest) == [ALWAYS] else _lines(rest)
    return f"{text}; SH off" if has_school_off else text


def _without_school_holidays(rules: Sequence[TimeRule]) -> tuple[Sequence[TimeRule], bool]:
    """Take school holidays out of the exceptions where every rule has them."""
    if any(SCHOOL_HOLIDAYS not in rule.except_periods for rule in rules):
        return rules, False
    return [
        changed(
            rule,
            except_periods=tuple(name for name in rule.except_periods if name != SCHOOL_HOLIDAYS),
        )
        for rule in rules
    ], True


def _lines(rules: Sequence[TimeRule]) -> str:
    weekday, holiday = _grouped(rules, WEEK), _grouped(rules, (Day.PH,))
    if line := _one_line(weekday, holiday):
        return line
    text = ""
    for selector, days in weekday.items():
        mark = ", " if text else "; "
        for windows, named in days.items():
            text += (mark if text else "") + _line(selector, _days(named, selector.weeks), windows)
    if text and not any(selector.before == "" for selector in holiday):
        text += "; PH off"
    mark = ", " if text.endswith("PH off") else "; "
    for selector, days in holiday.items():
        text += (mark if text else "") + _line(selector, "PH", next(iter(days)))
        mark = ", "
    return text


def _grouped(
    rules: Sequence[TimeRule], part: Sequence[Day]
) -> dict[_Selector, dict[Windows, tuple[Day, ...]]]:
    """Return the days that share windows, by what else they share, plain selectors first."""
    kinds: dict[_Selector, list[TimeRule]] = {}
    for rule in rules:
        days = tuple(day for day in rule.days if day in part)
        if days:
            kinds.setdefault(_selector(rule, part), []).append(changed(rule, days=days))
    return {selector: days_by_windows(kinds[selector]) for selector in sorted(kinds)}


def _one_line(
    weekday: dict[_Selector, dict[Windows, tuple[Day, ...]]],
    holiday: dict[_Selector, dict[Windows, tuple[Day, ...]]],
) -> str:
    """Return holidays and weekdays in one line where they say the same, else nothing."""
    if len(weekday) != 1 or list(weekday) != list(holiday):
        return ""
    ((selector, days),) = weekday.items()
    if len(days) != 1 or list(days) != list(holiday[selector]):
        return ""
    ((windows, named),) = days.items()
    return _line(selector, f"{_days(named, selector.weeks)},PH", windows)


def _line(selector: _Selector, days: str, windows: Windows) -> str:
    times = ",".join(f"{clock_of(start)}-{clock_of(end)}" for start, end in windows)
    return " ".join(filter(None, (selector.before, days, times, selector.after)))


def _days(days: Iterable[Day], weeks: str) -> str:
    """Return weekdays as ranges, round the end of the week too: ``Sa-Mo``."""
    named = in_order(days)
    if weeks:
        return ",".join(f"{day.capitalize()}{weeks}" for day in named)
    parts = runs(WEEK.index(day) for day in named)
    if len(parts) > 1 and parts[0][0] == 0 and parts[-1][-1] == len(WEEK) - 1:
        parts = [*parts[1:-1], parts[-1] + parts[0]]
    return ",".join(_range(part, lambda at: WEEK[at].capitalize()) for part in parts)


def _selector(rule: TimeRule, part: Sequence[Day]) -> _Selector:
    dates, told = _dates(rule)
    is_weekday = Day.PH not in part
    parity = {"odd": "week 01-53/2", "even": "week 02-52/2", None: ""}[rule.week_parity]
    school = ""
    if is_weekday and rule.only_periods == (SCHOOL_HOLIDAYS,):
        school, told = "SH", (*told, "only_periods")
    weeks = ""
    if is_weekday and rule.weeks_of_month:
        weeks = f"[{','.join(str(week) for week in rule.weeks_of_month)}]"
        told = (*told, "weeks_of_month")
    left = [name for name in IN_COMMENT if name not in told]
    comment = write_comment(rule, left)
    is_narrow = any(getattr(rule, name) for name in NARROWING if name in left)
    after = f'{UNKNOWN if is_narrow else OPEN} "{comment}"' if comment else ""
    return _Selector(" ".join(filter(None, (dates, parity, school))), weeks, after)


def _dates(rule: TimeRule) -> tuple[str, tuple[str, ...]]:
    """Return a rule's dates as far as they can be said, and the fields that this says."""
    if rule.from_on or rule.until_on:
        return _period(rule.from_on, rule.until_on), ()
    if not rule.months:
        return "", ()
    if not rule.days_of_month:
        names = [_range(run, _month) for run in runs(rule.months)]
        return ",".join(names), ("months",)
    if max(rule.days_of_month) > min(LONGEST[month - 1] for month in rule.months):
        return "", ()
    days = [_range(run, "{:02d}".format) for run in runs(rule.days_of_month)]
    names = [f"{_month(month)} {run}" for month in rule.months for run in days]
    return ",".join(names), ("months", "days_of_month")


def _month(month: int) -> str:
    return MONTH_NAMES[month - 1].capitalize()


def _period(from_on: date | None, until_on: date | None) -> str:
    first = _date(from_on) if from_on else f"{FIRST_YEAR} Jan 01"
    if until_on is None:
        return f"{first}+"
    return f"{first}-{_date(until_on - timedelta(days=1))}"


def _date(on: date) -> str:
    return f"{on.year:04d} {_month(on.month)} {on.day:02d}"


def _range(run: Sequence[int], name: Callable[[int], str]) -> str:
    """Return numbers that follow each other as a range: ``Jan-Mar``."""
    return name(run[0]) if len(run) == 1 else f"{name(run[0])}-{name(run[-1])}"
