"""Time rules: read from files, and the one in force at a local instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

from pydantic import ValidationError

from geo.errors import InvalidTimeRule
from geo.words import Activity, Day, TimeRule

WEEK = (Day.MO, Day.TU, Day.WE, Day.TH, Day.FR, Day.SA, Day.SU)
"""Days of the week, Monday first, as ``date.weekday`` counts."""

ALL_DAYS = (*WEEK, Day.PH)
"""Days of a permanent rule."""

MIDNIGHT, DAY_END = "00:00", "24:00"

DAY_MIN = 24 * 60
"""Minutes on the clock of a day."""

MOST_RESTRICTIVE_FIRST = (
    Activity.NO_TRAVEL,
    Activity.NO_STOPPING,
    Activity.NO_UNLOADING,
    Activity.NO_LOADING,
    Activity.LOADING,
    Activity.UNLOADING,
    Activity.NO_PARKING,
    Activity.STOPPING,
    Activity.PARKING,
    Activity.TRAVEL,
)
"""Which of two rules in force together is told, where neither carries a priority.

What keeps every vehicle off the kerb comes first, then what forbids loading, then what keeps the kerb for loading
with the ban on parking that goes with it (a ban on parking leaves loading free, so it does not hide the hours of
loading), then what is allowed to all. Source: the order of the policies of a French bay in CDS 1.1 (loading,
unloading, no parking, parking: standards brief, 1.4) and CurbLR 1.1.0, ``priorityCategory``, in which a ban on
stopping stands above one on parking, and both above what a sign allows.
"""

RESERVING = (Activity.LOADING, Activity.UNLOADING)
"""Activities that keep the kerb for deliveries."""


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


def precedence(rule: TimeRule) -> tuple[bool, int, int, int]:
    """Return the rank of a rule among those in force together, least first; equal ranks keep their order.

    Rules with a priority come first, lowest number first (CDS 1.1, Policy.priority); then, the most restrictive
    activity; then the shortest maximum stay.
    """
    has_none = rule.priority is None
    activity = MOST_RESTRICTIVE_FIRST.index(rule.activity)
    return has_none, rule.priority or 0, activity, rule.max_stay_min or DAY_MIN


def says(rule: TimeRule | None) -> tuple[object, ...] | None:
    """Return what a rule tells whoever stops, whenever it does."""
    if rule is None:
        return None
    return (
        rule.activity,
        rule.max_stay_min,
        rule.max_weight_t,
        rule.control,
        rule.user_classes,
        rule.except_user_classes,
    )


def rule_at(
    rules: Sequence[TimeRule], at_local: datetime, *, is_public_holiday: bool
) -> TimeRule | None:
    """Return the rule of a plain week at a local wall time, None where parking is free to all.

    Windows are half-open. On a public holiday only rules that name ``ph`` apply. Where windows overlap the one
    with the shortest maximum stay rules. What does not hold alike in every week is left out (see `weekly`);
    `geo.in_force` answers for an instant.
    """
    day = day_of(at_local.date(), is_public_holiday=is_public_holiday)
    clock = at_local.strftime("%H:%M")
    found = [rule for rule in weekly(rules) if day in rule.days and rule.start <= clock < rule.end]
    return min(found, key=precedence, default=None)


def weekly(rules: Sequence[TimeRule]) -> tuple[TimeRule, ...]:
    """Return the hours of loading that hold alike in every week: what demand, what-if and suggestions reason about.

    Rules with conditions are set aside (see `set_aside`). Where sources rank their rules, the hours in which another
    activity rules are cut out and the ranks are left off; plain rules come back as they are.
    """
    given = tuple(rules)
    if is_plain(given):
        return given
    every = tuple(rule for rule in given if _is_every_week(rule))
    return every if is_plain(every) else _resolved(every)


def is_plain(rules: Sequence[TimeRule]) -> bool:
    """Tell whether all rules are hours of loading that hold alike in every week."""
    return all(rule.is_weekly for rule in rules)


def set_aside(rules: Sequence[TimeRule]) -> tuple[TimeRule, ...]:
    """Return the rules that `weekly` leaves out because they hold only on some dates or for some vehicles."""
    return tuple(rule for rule in rules if not _is_every_week(rule))


def minutes(clock: str) -> int:
    """Return a local wall time ``HH:MM`` as minutes since midnight, 0..1440."""
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def reserved_minutes(rules: Sequence[TimeRule], day: Day) -> list[TimeRule | None]:
    """Return the rule of each minute of a named day of a plain week, 1440 entries, None where parking is free to all.

    What does not hold alike in every week is left out (see `weekly`).
    """
    return minute_table(rule for rule in weekly(rules) if day in rule.days)


def minute_table(rules: Iterable[TimeRule]) -> list[TimeRule | None]:
    """Return the rule of each minute of a day on which all the given rules apply, 1440 entries."""
    table: list[TimeRule | None] = [None] * DAY_MIN
    for rule in sorted(rules, key=precedence)[::-1]:
        start, end = minutes(rule.start), minutes(rule.end)
        table[start:end] = [rule] * (end - start)
    return table


@lru_cache(maxsize=4096)
def loading_windows(rules: tuple[TimeRule, ...], day: Day) -> tuple[TimeRule, ...]:
    """Return the hours of loading of a named day on which all the given rules apply, as plain windows of that day.

    Hours in which a rule of another activity comes first are cut out.
    """
    edges = sorted({minutes(at) for rule in rules for at in (rule.start, rule.end)})
    told = minute_table(rules)
    windows = []
    for rule, run in groupby(pairwise(edges), key=lambda edge: told[edge[0]]):
        pieces = list(run)
        if rule is not None and rule.activity is Activity.LOADING:
            windows.append(
                TimeRule(
                    days=(day,),
                    start=clock_of(pieces[0][0]),
                    end=clock_of(pieces[-1][1]),
                    max_stay_min=rule.max_stay_min,
                    control=rule.control,
                )
            )
    return tuple(windows)


def clock_of(at_min: int) -> str:
    """Return minutes since midnight, 0..1440, as a local wall time ``HH:MM``."""
    return f"{at_min // 60:02d}:{at_min % 60:02d}"


def _is_every_week(rule: TimeRule) -> bool:
    """Tell whether a rule, of whatever activity and rank, holds alike in every week for everyone."""
    return rule.model_copy(update={"activity": Activity.LOADING, "priority": None}).is_weekly


@lru_cache(maxsize=1024)
def _resolved(rules: tuple[TimeRule, ...]) -> tuple[TimeRule, ...]:
    """Return windows of loading without ranks, cut where another activity rules; days that share one stand together."""
    days: dict[TimeRule, list[Day]] = {}
    for day in ALL_DAYS:
        here = tuple(rule for rule in rules if day in rule.days)
        for window in loading_windows(here, day):
            days.setdefault(window.model_copy(update={"days": (Day.MO,)}), []).append(day)
    return tuple(rule.model_copy(update={"days": tuple(on)}) for rule, on in days.items())


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
