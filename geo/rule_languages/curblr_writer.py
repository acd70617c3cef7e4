"""Regulations of CurbLR 1.1 for rules of ours. Source: https://github.com/curblr/curblr-spec."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import canonical, conditions
from geo.rule_languages.cerema import HOLIDAYS
from geo.rule_languages.curblr import ACTIVITIES, LAST_MINUTE, OCCURRENCES
from geo.rules import ALL_DAYS, DAY_END, WEEK, minutes
from geo.words import Day, TimeRule

LEAP_YEAR = 2024
"""Any: in it February has all the days that it can have."""

MOST_CLASSES = 2
"""A user class may be narrowed by one subclass; more that must hold together cannot be said."""

_UNSAID = ("week_parity", "max_weight_t", "control", "except_user_classes", "priority")


def write_regulations(rules: Iterable[TimeRule]) -> list[dict[str, Any]]:
    """Return rules as the regulations of one CurbLR feature.

    The category of priority is the activity's name. The end of the day is written 23:59, as CurbLR has no 24:00.

    Raises
    ------
    InvalidTimeRule
        A rule has a condition or an activity that CurbLR has no word for.
    """
    kinds: dict[str, list[TimeRule]] = {}
    for rule in canonical(rules):
        _check(rule)
        kinds.setdefault(conditions(rule), []).append(rule)
    return [_regulation(group) for group in kinds.values()]


def _check(rule: TimeRule) -> None:
    for name in _UNSAID:
        if getattr(rule, name) not in (None, ()):
            raise InvalidTimeRule(
                f"{name} is {getattr(rule, name)!r}: wanted a condition that CurbLR can say"
            )
    if rule.activity not in ACTIVITIES.values():
        raise InvalidTimeRule(
            f"activity is {rule.activity.value!r}: wanted one of CurbLR, {', '.join(ACTIVITIES)}"
        )
    if len(rule.user_classes) > MOST_CLASSES:
        raise InvalidTimeRule(
            f"user_classes are {', '.join(rule.user_classes)} together: wanted a class and a subclass"
        )
    if LAST_MINUTE in (minutes(rule.start), minutes(rule.end)):
        raise InvalidTimeRule("a window has the time 23:59: wanted another, for it means midnight")


def _regulation(group: Sequence[TimeRule]) -> dict[str, Any]:
    first = group[0]
    activity = next(name for name, ours in ACTIVITIES.items() if ours is first.activity)
    rule = {"activity": activity, "priorityCategory": activity}
    stay = {} if first.max_stay_min is None else {"maxStay": first.max_stay_min}
    users = dict(
        zip(("classes", "subclasses"), ([name] for name in first.user_classes), strict=False)
    )
    return {
        "rule": {**rule, **stay},
        "userClasses": [users] if users else [],
        "timeSpans": [span for one in group for span in _spans(one)],
    }


def _spans(rule: TimeRule) -> Iterator[dict[str, Any]]:
    dates = list(_dates(rule))
    times = [{"from": rule.start, "to": "23:59" if rule.end == DAY_END else rule.end}]
    excepted = [{"name": name, "apply": "except during"} for name in rule.except_periods]
    for named, holiday in _days(rule):
        for only in rule.only_periods or (None,):
            periods = [
                *holiday,
                *([{"name": only, "apply": "only during"}] if only else []),
                *excepted,
            ]
            span = {
                "effectiveDates": dates,
                "daysOfWeek": named,
                "daysOfMonth": [str(day) for day in rule.days_of_month],
                "timesOfDay": times,
                "designatedPeriods": periods,
            }
            yield {name: value for name, value in span.items() if value}


def _days(rule: TimeRule) -> Iterator[tuple[dict[str, Any], list[dict[str, str]]]]:
    """Yield weekdays and what is said of holidays, which together name the days of a rule."""
    weeks = [name for name, week in OCCURRENCES.items() if week in rule.weeks_of_month]
    which = {"occurrencesInMonth": weeks} if weeks else {}
    except_holidays = [{"name": HOLIDAYS, "apply": "except during"}]
    if rule.days == ALL_DAYS:
        yield ({"days": list(WEEK), **which} if weeks else {}), []
        return
    week = [day.value for day in rule.days if day is not Day.PH]
    if week:
        yield {"days": week, **which}, except_holidays
    if Day.PH in rule.days:
        yield (
            {"days": list(WEEK), **which} if weeks else {},
            [{"name": HOLIDAYS, "apply": "only during"}],
        )


def _dates(rule: TimeRule) -> Iterator[dict[str, str]]:
    if rule.from_on or rule.until_on:
        if rule.months or rule.from_on is None or rule.until_on is None:
            raise InvalidTimeRule(
                f"dates are {rule.from_on} to {rule.until_on}: wanted both, and no months beside them"
            )
        last = rule.until_on - timedelta(days=1)
        yield {"from": rule.from_on.isoformat(), "to": last.isoformat()}
    for month in rule.months:
        last_day = monthrange(LEAP_YEAR, month)[1]
        yield {"from": f"{month:02d}-01", "to": f"{month:02d}-{last_day}"}
