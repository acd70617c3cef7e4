"""Figures that know the date count rules with conditions on their dates, and a typical week leaves them out."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.facts.bay_facts import NOT_RESERVED
from geo.facts.clock import regimes
from geo.in_force import DayBook, in_force, named_periods
from geo.local_time import midnight_s
from geo.occupancy import StayArrays
from geo.reserved import reserved_slots
from geo.rules import read_rules, reserved_minutes, rule_at, set_aside, weekly
from geo.stays_figures import overstays
from geo.study.words import Period, RuleVersion
from geo.whatif.outcome import week_rule
from geo.whatif.rules import rules_of_week
from geo.words import Activity, Day, TimeRule

PARIS = "Europe/Paris"
MARKET_ON = date(2026, 3, 10)
PERIODS: dict[str, Container[date]] = {"market_days": frozenset({MARKET_ON})}
DAILY = [day.value for day in Day]


def rule(hours: str = "07:00-20:00", **more: Any) -> TimeRule:
    """Return a window of every day."""
    start, end = hours.split("-")
    return TimeRule.model_validate({"days": DAILY, "start": start, "end": end, **more})


def reserved_hours(rules: tuple[TimeRule, ...], on: date, **periods: Any) -> float:
    """Return the reserved hours of a day."""
    table = reserved_slots([rules], midnight_s(on, PARIS), 96, PARIS, frozenset(), **periods)
    return float(table.sum() / 4)


def test_reserved_hours_follow_the_date() -> None:
    """A rule of March, but not of market days, is of those days alone."""
    rules = (rule(months=(3,), except_periods=("market_days",)),)
    told = {"periods": PERIODS}
    assert reserved_hours(rules, date(2026, 3, 9), **told) == 13
    assert reserved_hours(rules, MARKET_ON, **told) == 0
    assert reserved_hours(rules, date(2026, 4, 1), **told) == 0


def test_a_rule_whose_days_nobody_knows_reserves_nothing() -> None:
    """It is left out beside the plain one, which stays."""
    rules = (rule("07:00-08:00"), rule(only_periods=("works",)))
    assert reserved_hours(rules, MARKET_ON, periods=PERIODS) == 1


def test_another_activity_cuts_reserved_hours() -> None:
    """A street that is swept from 8 to 9 is not reserved for deliveries then."""
    rules = (rule(), rule("08:00-09:00", activity="no stopping", week_parity="odd"))
    assert reserved_hours(rules, date(2026, 3, 9)) == 12
    assert reserved_hours(rules, date(2026, 3, 16)) == 13


def test_school_days_are_known_by_commune() -> None:
    """Paris has class on 31 March 2026 and none on 21 April."""
    rules = (rule(only_periods=("school_days",)),)
    told = {"periods": named_periods("75056")}
    assert reserved_hours(rules, date(2026, 3, 31), **told) == 13
    assert reserved_hours(rules, date(2026, 4, 21), **told) == 0


def test_overstays_follow_the_date() -> None:
    """A stay of an hour is longer than 30 minutes on the days on which those are the limit."""
    rules = (
        rule(max_stay_min=30, until_on=date(2026, 3, 10)),
        rule(max_stay_min=90, from_on=date(2026, 3, 10)),
    )
    starts = [midnight_s(date(2026, 3, day), PARIS) + 8 * 3600 for day in (9, 10)]
    stays = StayArrays.of([0, 0], [0, 0], starts, [start + 3600 for start in starts])
    found = overstays(stays, [rules], PARIS, frozenset())
    assert (found.longer, found.limited) == (1, 2)


CONDITIONS: dict[str, Any] = {
    "months": (3,),
    "week_parity": "odd",
    "weeks_of_month": (1, 3),
    "except_periods": ("market_days",),
    "until_on": date(2026, 3, 12),
    "activity": "no stopping",
    "priority": 1,
}


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["00:00-24:00", "07:00-11:00", "10:30-20:00", "02:00-03:30"]),
            st.sets(st.sampled_from(sorted(CONDITIONS))),
            st.sampled_from([None, 15, 30]),
        ),
        max_size=3,
    ),
    st.sampled_from([date(2026, 3, 7), date(2026, 3, 27), date(2026, 10, 23)]),
)
def test_tables_agree_with_the_rule_in_force(
    drawn: list[tuple[str, set[str], int | None]], first_on: date
) -> None:
    """Slot by slot, over both changes of the clock, hours are reserved while a rule of loading is told."""
    rules = tuple(
        rule(hours, max_stay_min=stay, **{name: CONDITIONS[name] for name in names})
        for hours, names, stay in drawn
    )
    book = DayBook(PARIS, frozenset(), PERIODS)
    start_s, slots = midnight_s(first_on, PARIS), 4 * 96
    table = reserved_slots([rules], start_s, slots, PARIS, frozenset(), periods=PERIODS)[0]
    last_on = first_on + timedelta(days=5)
    end_s = midnight_s(last_on + timedelta(days=1), PARIS)
    found = regimes(
        [RuleVersion(start_s, end_s, rules)], Period(first_on, last_on, PARIS, frozenset(), PERIODS)
    )
    for slot in range(0, slots, 3):
        at_s = start_s + 900 * slot
        told = in_force(rules, datetime.fromtimestamp(at_s, ZoneInfo(PARIS)), book)
        is_loading = told is not None and told.activity is Activity.LOADING
        assert table[slot] == is_loading
        regime = found.limit_min[np.searchsorted(found.from_s, at_s, side="right") - 1]
        assert (regime != NOT_RESERVED) == is_loading


def test_a_plain_week_sets_rules_with_conditions_aside() -> None:
    """A rule of odd weeks is of no plain week; a rank alone is, and what outranks it cuts its hours."""
    odd, plain = rule(week_parity="odd"), rule(max_stay_min=30)
    assert weekly([odd, plain]) == (plain,)
    assert set_aside([odd, plain]) == (odd,)
    ranked = (
        rule(max_stay_min=30, priority=2),
        rule("12:00-24:00", activity="no stopping", priority=1),
    )
    (window,) = weekly(ranked)
    assert (window.start, window.end, window.priority) == ("07:00", "12:00", None)
    assert set_aside(ranked) == ()


def test_tables_of_a_plain_week_leave_conditions_out() -> None:
    """The windows of a week, the table of minutes and the single question agree on it."""
    rules = (rule(week_parity="odd"), rule("08:00-09:00", max_stay_min=15))
    assert [window.start_min for window in week_rule(rules).days[0]] == [480]
    assert [one is not None for one in reserved_minutes(rules, Day.MO)].count(True) == 60
    assert rule_at(rules, datetime(2026, 3, 2, 10, 0), is_public_holiday=False) is None  # noqa: DTZ001 (rules are local)


def test_a_changed_week_keeps_what_it_cannot_say() -> None:
    """Rules set aside stand unchanged behind the new windows."""
    odd = rule("05:00-06:00", week_parity="odd")
    kept = (rule("08:00-09:00"), odd)
    assert rules_of_week(week_rule(kept), kept) == (
        TimeRule(days=tuple(Day), start="08:00", end="09:00"),
        odd,
    )


@pytest.mark.parametrize("data", [[{"days": ["mo"], "start": "07:00", "end": "20:00"}]])
def test_plain_rules_come_back_as_they_are(data: list[Any]) -> None:
    """Not one of them is made anew."""
    rules = read_rules(data)
    assert weekly(rules) is rules
