"""Windows of hours as inventories write them: without days, across midnight, or none at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from geo.errors import InvalidTimeRule
from geo.inventory.cells import shown
from geo.rules import ALL_DAYS, DAY_END, MIDNIGHT, read_rules
from geo.words import Activity, BayType, Control, Day, TimeRule

CLOCK = re.compile(r"(\d{1,2})\s*(?:[:hH]\s*(\d{2})?)?(?::\d{2})?")
"""``7:00``, ``07:00:00``, ``7h``, ``7h30`` or ``7``."""

PERMANENT_RULE = TimeRule(days=ALL_DAYS, start=MIDNIGHT, end=DAY_END)
"""Reserved at all times: what a permanent bay without hours says."""


def clock(text: str) -> str:
    """Return a wall time as ``HH:MM``.

    Raises
    ------
    InvalidTimeRule
        No time of day.
    """
    match = CLOCK.fullmatch(text.strip())
    hours, minutes = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    if (hours, minutes) > (24, 0) or minutes > 59:  # noqa: PLR2004 - hours and minutes of a day
        raise InvalidTimeRule(f"the time is {shown(text)}: wanted one such as 07:00")
    return f"{hours:02d}:{minutes:02d}"


def window(days: Sequence[Day], start: str, end: str, **conditions: Any) -> tuple[TimeRule, ...]:
    """Return one window as rules, split at midnight where it crosses it.

    Raises
    ------
    InvalidTimeRule
        A window on public holidays and some other days crosses midnight: the day after one has no name.
    """
    given = {"days": days, "start": start, "end": end, **conditions}
    if set(days) == set(ALL_DAYS) and end not in {MIDNIGHT, DAY_END} and end <= start:
        evening, morning = given | {"end": DAY_END}, given | {"start": MIDNIGHT}
        return read_rules([evening] if end == start else [evening, morning])
    return read_rules([given])


def united(windows: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str]], bool]:
    """Return windows of one day with overlapping ones joined, and whether any were.

    Windows across midnight are left as they are.
    """
    within = sorted(pair for pair in windows if pair[0] < pair[1])
    across = [pair for pair in windows if pair[0] >= pair[1]]
    joined: list[tuple[str, str]] = []
    for start, end in within:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return [*joined, *across], len(joined) < len(within)


def limited(
    rules: Sequence[TimeRule], max_stay_min: int | None, control: Control | None = None
) -> tuple[TimeRule, ...]:
    """Return rules with the bay's maximum stay and its control where they have none; only what reserves is limited."""
    return tuple(
        rule
        if rule.activity is not Activity.LOADING
        else rule.model_copy(
            update={
                "max_stay_min": rule.max_stay_min or max_stay_min,
                "control": rule.control or control,
            }
        )
        for rule in rules
    )


def type_of(rules: Sequence[TimeRule]) -> BayType:
    """Return the type that hours tell: permanent where a bay is reserved at all times, else periodic."""
    whole = {
        day
        for rule in rules
        if (rule.start, rule.end) == (MIDNIGHT, DAY_END) and rule.activity is Activity.LOADING
        for day in rule.days
    }
    return BayType.PERMANENT if not rules or whole >= set(ALL_DAYS) - {Day.PH} else BayType.PERIODIC
