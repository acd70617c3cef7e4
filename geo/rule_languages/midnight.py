"""Windows that go on past midnight, split so that each part lies within a day."""

from __future__ import annotations

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import DATES, Window, changed
from geo.rules import ALL_DAYS, DAY_MIN, MIDNIGHT, WEEK, clock_of
from geo.words import Day, TimeRule


def window_of(start: int | None, end: int | None) -> Window | None:
    """Return two times of a clock, minutes since midnight, 0..1440, as a half-open window.

    One that ends before it starts goes on until the day after, up to 2880. None where a time is unknown, both are the
    same or the start is the end of the day: no range.
    """
    if start is None or end is None or start in (end, DAY_MIN):
        return None
    return start, end if start < end else end + DAY_MIN


def within_days(rule: TimeRule, start: int, end: int) -> list[TimeRule]:
    """Return a rule with a window that starts on its days, the part past midnight on the days after.

    Parameters
    ----------
    rule
        Its own window is not looked at.
    start, end
        Minutes since midnight of the first day, half-open, 0..2880.

    Raises
    ------
    InvalidTimeRule
        The days after have no name: after a holiday that stands for itself, or under conditions on dates.
    """
    evening = changed(rule, start=clock_of(start), end=clock_of(min(end, DAY_MIN)))
    if end <= DAY_MIN:
        return [evening]
    return [
        evening,
        changed(rule, days=_days_after(rule, end), start=MIDNIGHT, end=clock_of(end - DAY_MIN)),
    ]


def _days_after(rule: TimeRule, end: int) -> tuple[Day, ...]:
    window = f"a window until {clock_of(end - DAY_MIN)} of the day after"
    if any(getattr(rule, name) for name in DATES):
        raise InvalidTimeRule(
            f"{window} has other conditions than weekdays: wanted two windows, split at midnight"
        )
    if rule.days == ALL_DAYS:
        return ALL_DAYS
    if Day.PH in rule.days:
        raise InvalidTimeRule(
            f"{window} is on holidays: wanted two windows, for the day after a holiday has no name"
        )
    return tuple(WEEK[(WEEK.index(day) + 1) % 7] for day in rule.days)
