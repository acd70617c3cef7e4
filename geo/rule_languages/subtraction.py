"""Rules with some of their time taken away, as when a later rule takes the place of an earlier one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import (
    DAYS_OF_MONTH,
    MONTHS,
    WEEKS_OF_MONTH,
    Window,
    changed,
)
from geo.rules import ALL_DAYS, clock_of, minutes
from geo.words import TimeRule

PARITIES = ("odd", "even")

Split = tuple[list[dict[str, Any]], dict[str, Any] | None]
"""Fields of the parts outside a cut, and of the part inside; None where they share nothing."""


def without(rules: Iterable[TimeRule], cut: TimeRule) -> list[TimeRule]:
    """Return rules less the time in which another applies, what that one says aside.

    The kinds of day (seven weekdays and the holiday) share no day, so that a rule of weekdays keeps them where
    only the holiday is cut.

    Raises
    ------
    InvalidTimeRule
        The rest hangs on named periods in a way that one rule cannot say.
    """
    return [part for rule in rules for part in _rest(rule, cut)]


def _rest(rule: TimeRule, cut: TimeRule) -> list[TimeRule]:
    splits = [split(rule, cut) for split in _SPLITS]
    if any(inside is None for _, inside in splits):
        return [rule]
    parts: list[TimeRule] = []
    for split in _SPLITS:
        outside, inside = split(rule, cut)
        parts.extend(changed(rule, **fields) for fields in outside)
        rule = changed(rule, **(inside or {}))
    return parts


def _listed(
    name: str, every: Sequence[Any], *, empty_is_all: bool
) -> Callable[[TimeRule, TimeRule], Split]:
    """Return how a field that lists values is split."""

    def split(rule: TimeRule, cut: TimeRule) -> Split:
        mine = getattr(rule, name) or every
        theirs = getattr(cut, name) or every
        shared = tuple(value for value in mine if value in theirs)
        rest = tuple(value for value in mine if value not in theirs)
        kept = () if empty_is_all and len(shared) == len(every) else shared
        return [{name: rest}] if rest else [], {name: kept} if shared else None

    return split


def _parity(rule: TimeRule, cut: TimeRule) -> Split:
    if cut.week_parity is None:
        return [], {}
    if rule.week_parity is not None:
        return [], {} if rule.week_parity == cut.week_parity else None
    other = next(value for value in PARITIES if value != cut.week_parity)
    return [{"week_parity": other}], {"week_parity": cut.week_parity}


def _window(rule: TimeRule, cut: TimeRule) -> Split:
    mine: Window = minutes(rule.start), minutes(rule.end)
    theirs: Window = minutes(cut.start), minutes(cut.end)
    start, end = max(mine[0], theirs[0]), min(mine[1], theirs[1])
    if start >= end:
        return [], None
    outside = [(mine[0], start), (end, mine[1])]
    return [_times(one) for one in outside if one[0] < one[1]], _times((start, end))


def _times(window: Window) -> dict[str, Any]:
    return {"start": clock_of(window[0]), "end": clock_of(window[1])}


def _dates(rule: TimeRule, cut: TimeRule) -> Split:
    first, last = rule.from_on or date.min, rule.until_on or date.max
    start, end = max(first, cut.from_on or date.min), min(last, cut.until_on or date.max)
    if start >= end:
        return [], None
    outside = [(first, start), (end, last)]
    return [_days(*one) for one in outside if one[0] < one[1]], _days(start, end)


def _days(start: date, end: date) -> dict[str, Any]:
    return {
        "from_on": None if start == date.min else start,
        "until_on": None if end == date.max else end,
    }


def _only(rule: TimeRule, cut: TimeRule) -> Split:
    """Split where the cut applies in named periods alone; the last split, whose inside nobody needs."""
    if not cut.only_periods:
        return [], {}
    if set(rule.except_periods) >= set(cut.only_periods):
        return [], None
    if rule.only_periods and set(rule.only_periods) <= set(cut.only_periods):
        return [], {}
    return [{"except_periods": _both(rule.except_periods, cut.only_periods)}], {}


def _except(rule: TimeRule, cut: TimeRule) -> Split:
    """Split where the cut applies outside named periods."""
    if not cut.except_periods:
        return [], {}
    inside = {"except_periods": _both(rule.except_periods, cut.except_periods)}
    if not rule.only_periods:
        return [{"only_periods": cut.except_periods}], inside
    if set(rule.only_periods) <= set(cut.except_periods):
        return [], None
    raise InvalidTimeRule(_unsayable(rule.only_periods, cut.except_periods))


def _both(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _unsayable(one: Sequence[str], other: Sequence[str]) -> str:
    return (
        f"a rule of {', '.join(one)} is replaced on {', '.join(other)}: wanted rules of the same periods, "
        "for days in two periods at once have no name"
    )


_SPLITS: tuple[Callable[[TimeRule, TimeRule], Split], ...] = (
    _listed("days", ALL_DAYS, empty_is_all=False),
    _listed("months", MONTHS, empty_is_all=True),
    _listed("days_of_month", DAYS_OF_MONTH, empty_is_all=True),
    _listed("weeks_of_month", WEEKS_OF_MONTH, empty_is_all=True),
    _parity,
    _dates,
    _window,
    _except,
    _only,
)
"""How each condition of time is split, in this order: what lies inside one split is split by the next."""
