"""From the windows of a week back to rules as files write them."""

from __future__ import annotations

from geo.rules import WEEK, clock_of, minutes, set_aside, weekly
from geo.whatif.outcome import DayRule, WeekRule, Window
from geo.words import Day, TimeRule


def rules_of_week(week: WeekRule, keep: tuple[TimeRule, ...] = ()) -> tuple[TimeRule, ...]:
    """Return the rules of a week: one per window and set of days that share it, in order of the first day and hour.

    Parameters
    ----------
    week
        Windows of each day, Monday first.
    keep
        Rules as they were: what they say of public holidays stays as it is, for a week says nothing of them, and so
        do rules that no plain week holds (`geo.rules.set_aside`).
    """
    holidays = {_window(rule) for rule in weekly(keep) if Day.PH in rule.days}
    days: dict[Window, list[Day]] = {}
    for day, windows in zip(WEEK, week.days, strict=True):
        for window in windows:
            days.setdefault(window, []).append(day)
    for window in sorted(holidays, key=_order):
        days.setdefault(window, []).append(Day.PH)
    return (*(_rule(window, tuple(named)) for window, named in days.items()), *set_aside(keep))


def changed_days(week: WeekRule, days: tuple[Day, ...], rule: DayRule) -> WeekRule:
    """Return a week in which the named days have another rule; public holidays among them are no day of a week."""
    return WeekRule(
        tuple(rule if day in days else now for day, now in zip(WEEK, week.days, strict=True))
    )


def _order(window: Window) -> tuple[int, int, int]:
    return window.start_min, window.end_min, window.max_stay_min or 0


def _window(rule: TimeRule) -> Window:
    start, end = minutes(rule.start), minutes(rule.end)
    return Window(start, end, rule.max_stay_min)


def _rule(window: Window, days: tuple[Day, ...]) -> TimeRule:
    return TimeRule(
        days=days,
        start=clock_of(window.start_min),
        end=clock_of(window.end_min),
        max_stay_min=window.max_stay_min,
    )
