"""Rules that mean the same have one form."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.rule_languages.canonical import canonical, changed, is_permanent, reserved_hours
from geo.rule_languages.subtraction import without
from geo.rules import ALL_DAYS, WEEK, reserved_minutes
from geo.words import Activity, Day, TimeRule
from tests.geo.rule_languages.made_rules import full_rules, rule_sets, weekly_rules


def test_touching_windows_are_joined_and_days_grouped() -> None:
    """Windows that touch become one, and days with the same window one rule."""
    rules = (
        TimeRule(days=(Day.TU,), start="07:00", end="09:00"),
        TimeRule(days=(Day.MO,), start="07:00", end="11:00"),
        TimeRule(days=(Day.TU,), start="09:00", end="11:00"),
    )
    assert canonical(rules) == (TimeRule(days=(Day.MO, Day.TU), start="07:00", end="11:00"),)


def test_conditions_that_name_everything_say_nothing() -> None:
    """All months, all weeks and both purposes of loading are left out."""
    rule = TimeRule(
        days=WEEK,
        start="07:00",
        end="09:00",
        months=tuple(range(1, 13)),
        weeks_of_month=(5, 4, 3, 2, 1),
        user_classes=("freight", "delivery"),
    )
    assert canonical([rule]) == (TimeRule(days=WEEK, start="07:00", end="09:00"),)


def test_windows_of_other_conditions_stay_apart() -> None:
    """Two windows that touch but limit the stay differently stay two rules."""
    rule = TimeRule(days=WEEK, start="07:00", end="09:00", max_stay_min=30)
    other = changed(rule, start="09:00", end="11:00", max_stay_min=15)
    assert canonical([other, rule]) == (rule, other)


def test_permanent_is_every_minute_of_every_day() -> None:
    """Holidays belong to a permanent bay, and its maximum stay does not matter."""
    rule = TimeRule(days=ALL_DAYS, start="00:00", end="24:00", max_stay_min=30)
    assert is_permanent([rule])
    assert not is_permanent([changed(rule, days=WEEK)])


def test_hours_of_parking_reserve_nothing() -> None:
    """The reserved hours leave out when anybody may park."""
    parking = TimeRule(activity=Activity.PARKING, days=WEEK, start="20:00", end="24:00")
    loading = TimeRule(days=WEEK, start="07:00", end="20:00", max_stay_min=30, priority=2)
    assert reserved_hours([parking, loading]) == (TimeRule(days=WEEK, start="07:00", end="20:00"),)


@given(rule_sets(full_rules()), st.randoms())
@settings(max_examples=80, deadline=None)
def test_form_is_one_whatever_the_order(rules: tuple[TimeRule, ...], chance: object) -> None:
    """Doing it twice, or in another order, changes nothing."""
    once = canonical(rules)
    shuffled = list(rules)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert canonical(once) == once
    assert canonical(shuffled) == once


@given(rule_sets(weekly_rules()))
@settings(max_examples=100, deadline=None)
def test_form_keeps_every_minute(rules: tuple[TimeRule, ...]) -> None:
    """The same minutes of each day are reserved before and after."""
    for day in ALL_DAYS:
        before = [rule is not None for rule in reserved_minutes(rules, day)]
        assert [rule is not None for rule in reserved_minutes(canonical(rules), day)] == before


@given(rule_sets(weekly_rules()), weekly_rules())
@settings(max_examples=100, deadline=None)
def test_what_is_cut_is_gone_and_the_rest_stays(rules: tuple[TimeRule, ...], cut: TimeRule) -> None:
    """Minutes of the cut are reserved no longer, all others as before."""
    left = without(rules, cut)
    for day in ALL_DAYS:
        gone = reserved_minutes([cut], day)
        before = [
            rule is not None and gone[at] is None
            for at, rule in enumerate(reserved_minutes(rules, day))
        ]
        assert [rule is not None for rule in reserved_minutes(left, day)] == before
