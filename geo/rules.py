"""Time rules: read from files, and the one in force at a local instant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from geo.errors import InvalidTimeRule
from geo.words import Day, TimeRule

WEEK = (Day.MO, Day.TU, Day.WE, Day.TH, Day.FR, Day.SA, Day.SU)
"""Days of the week, Monday first, as ``date.weekday`` counts."""

ALL_DAYS = (*WEEK, Day.PH)
"""Days of a permanent rule."""

MIDNIGHT, DAY_END = "00:00", "24:00"


def read_rules(data: Any) -> tuple[TimeRule, ...]:
    """Read the rules of one bay; a window that crosses midnight is split, its second part on the days after.

    Parameters
    ----------
    data
        A list of objects with ``days, start, end`` and optionally ``activity, max_stay_min``; None is no rule.

    Raises
    ------
    InvalidTimeRule
        A rule cannot be read, or a window on public holidays crosses midnight: the day after one has no name.
    """
    if data is None:
        return ()
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise InvalidTimeRule(f"rules are {data!r}: wanted a list of windows")
    return tuple(rule for item in data for rule in _windows(item))


def day_of(on: date, *, is_public_holiday: bool) -> Day:
    """Return the name under which rules know a local day."""
    return Day.PH if is_public_holiday else WEEK[on.weekday()]


def rule_at(
    rules: Sequence[TimeRule], at_local: datetime, *, is_public_holiday: bool
) -> TimeRule | None:
    """Return the rule in force at a local wall time, None where parking is free to all.

    Windows are half-open. On a public holiday only rules that name ``ph`` apply. Where windows overlap the one
    with the shortest maximum stay rules.
    """
    day = day_of(at_local.date(), is_public_holiday=is_public_holiday)
    clock = at_local.strftime("%H:%M")
    found = [rule for rule in rules if day in rule.days and rule.start <= clock < rule.end]
    return min(found, key=lambda rule: rule.max_stay_min or 24 * 60, default=None)


def minutes(clock: str) -> int:
    """Return a local wall time ``HH:MM`` as minutes since midnight, 0..1440."""
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def reserved_minutes(rules: Sequence[TimeRule], day: Day) -> list[TimeRule | None]:
    """Return the rule of each minute of a named day, 1440 entries, None where parking is free to all."""
    table: list[TimeRule | None] = [None] * 1440
    ordered = sorted(rules, key=lambda rule: rule.max_stay_min or 24 * 60, reverse=True)
    for rule in (rule for rule in ordered if day in rule.days):
        start, end = minutes(rule.start), minutes(rule.end)
        table[start:end] = [rule] * (end - start)
    return table


def _windows(item: Any) -> list[TimeRule]:
    if not isinstance(item, Mapping):
        raise InvalidTimeRule(f"a rule is {item!r}: wanted an object with days, start and end")
    start, end = str(item.get("start")), str(item.get("end"))
    if start <= end or end == MIDNIGHT:
        return [_rule({**item, "end": DAY_END if end == MIDNIGHT else end})]
    evening = _rule({**item, "end": DAY_END})
    if Day.PH in evening.days:
        raise InvalidTimeRule(
            f"the window {start}-{end} on ph crosses midnight: wanted two windows, the second on named days"
        )
    days_after = [WEEK[(WEEK.index(day) + 1) % 7] for day in evening.days]
    return [evening, _rule({**item, "start": MIDNIGHT, "days": days_after})]


def _rule(item: Mapping[str, Any]) -> TimeRule:
    try:
        return TimeRule.model_validate(item)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "rule"
        raise InvalidTimeRule(f"{where} is {first.get('input')!r}: {first['msg']}") from error
