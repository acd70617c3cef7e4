"""Rules of one bay that contradict each other, never apply, or say the same twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.rule_conflicts import MOST_RULES, RuleConflict, rule_conflicts
from geo.rule_dates import common_days
from geo.words import BayType, Day, TimeRule


def rule(days: str = "mo tu we th fr", hours: str = "07:00-11:00", **more: Any) -> TimeRule:
    """Return a window, its days in words with spaces between."""
    start, end = hours.split("-")
    return TimeRule(days=tuple(Day(day) for day in days.split()), start=start, end=end, **more)


def codes(*rules: TimeRule, bay_type: BayType | None = None) -> list[str]:
    """Return the codes of what is wrong, in order."""
    return [one.code for one in rule_conflicts(rules, bay_type)]


def only(*rules: TimeRule) -> RuleConflict:
    """Return the one thing that is wrong."""
    (found,) = rule_conflicts(rules)
    return found


def test_a_contradiction_is_told_with_its_days_and_hours() -> None:
    """Loading and a ban on stopping, an hour on Mondays and Tuesdays, in both languages."""
    found = only(rule("mo tu we"), rule("mo tu sa", "10:00-12:00", activity="no stopping"))
    assert (found.code, found.severity, found.rules) == ("activities_contradict", "error", (0, 1))
    assert (found.days, found.start, found.end) == ((Day.MO, Day.TU), "10:00", "11:00")
    assert found.text.fr == (
        "Le lundi et mardi de 10 h à 11 h, deux règles de même rang se contredisent : "
        "« du lundi au mercredi de 7 h à 11 h » et « arrêt interdit : le lundi et mardi et le samedi "
        "de 10 h à 12 h »."
    )
    assert found.text.en.startswith(
        "On Monday and Tuesday from 10:00 to 11:00, two rules of one rank"
    )


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ({}, {"activity": "no parking"}, []),
        ({}, {"activity": "unloading"}, []),
        ({}, {"activity": "parking"}, ["activities_contradict", "never_in_force"]),
        ({"priority": 1}, {"activity": "parking", "priority": 2, "hours": "08:00-12:00"}, []),
        ({"max_stay_min": 30}, {"max_stay_min": 15, "hours": "10:00-12:00"}, ["max_stays_differ"]),
        ({}, {"hours": "08:00-10:00"}, ["window_inside"]),
        ({}, {"hours": "10:00-12:00"}, ["windows_overlap"]),
        ({}, {"hours": "11:00-12:00"}, []),
        ({}, {"days": "sa"}, []),
        ({"week_parity": "odd"}, {"week_parity": "even"}, []),
        ({"user_classes": ("taxi",)}, {"activity": "parking"}, []),
        (
            {"only_periods": ("school_days",)},
            {"only_periods": ("school_holidays",), "activity": "parking"},
            [],
        ),
        (
            {"except_periods": ("market_days",)},
            {"only_periods": ("market_days",), "activity": "no stopping"},
            [],
        ),
    ],
)
def test_pairs_of_rules(first: dict[str, Any], second: dict[str, Any], wanted: list[str]) -> None:
    """Only what can be in force together, for the same vehicles and at one rank, is a conflict."""
    assert codes(rule(**first), rule(**second)) == wanted


def test_dates_that_never_meet_are_no_conflict() -> None:
    """The first Tuesday falls on the 1st to the 7th: on the 7th it may, on the 8th it never does."""
    first_tuesday = rule("tu", weeks_of_month=(1,))
    on_8th = rule("tu", days_of_month=(8,), activity="no stopping")
    on_7th = rule("tu", days_of_month=(7,), activity="no stopping")
    assert codes(first_tuesday, on_8th) == []
    assert codes(first_tuesday, on_7th) == ["activities_contradict"]


@pytest.mark.parametrize(
    "more",
    [
        {"months": (2,), "days_of_month": (30,)},
        {"days": "sa", "only_periods": ("school_days",)},
        {"only_periods": ("market",), "except_periods": ("market",)},
        {"months": (3,), "from_on": date(2026, 4, 1), "until_on": date(2027, 1, 1)},
    ],
)
def test_a_rule_whose_conditions_never_meet_is_told(more: dict[str, Any]) -> None:
    """The 30th of February, school on Saturday, March from April to December."""
    assert codes(rule(**more)) == ["never_in_force"]


def test_a_rule_that_others_always_hide_is_told() -> None:
    """Two bans together leave no minute of the window between them; one leaves some."""
    window = rule("mo", "08:00-12:00", priority=5)
    early = rule("mo tu", "07:00-10:00", activity="no stopping", priority=1)
    late = rule("mo", "10:00-13:00", activity="no stopping", priority=1)
    assert codes(window, early) == []
    assert codes(window, early, late) == ["never_in_force"]


def test_versions_in_time_neither_overlap_nor_leave_gaps() -> None:
    """A month without a version is named by its first and last day."""
    before = rule(until_on=date(2026, 3, 1))
    assert codes(before, rule(from_on=date(2026, 3, 1), hours="07:00-12:00")) == []
    assert codes(before, rule(from_on=date(2026, 2, 1))) == ["versions_overlap"]
    gap = only(before, rule(from_on=date(2026, 4, 1)))
    assert gap.text.fr == "Aucune version de la règle ne vaut du 1er mars au 31 mars 2026."
    assert codes(before, rule(from_on=date(2026, 4, 1)), rule("sa")) == []


def test_a_permanent_bay_has_no_hours() -> None:
    """Reserved always is no window; anything else is."""
    always = rule("mo tu we th fr sa su ph", "00:00-24:00")
    assert codes(always, bay_type=BayType.PERMANENT) == []
    assert codes(rule(), bay_type=BayType.PERMANENT) == ["permanent_with_hours"]
    assert codes(rule(), bay_type=BayType.PERIODIC) == []


def test_more_rules_than_any_bay_has_are_not_compared() -> None:
    """A hostile file does not cost the square of its rules."""
    assert codes(*[rule()] * (MOST_RULES + 1)) == ["too_many_rules"]


@given(
    st.sets(st.integers(1, 12)),
    st.sets(st.integers(1, 31)),
    st.sets(st.integers(1, 5)),
    st.sampled_from([None, "odd", "even"]),
)
def test_days_found_over_the_cycle_are_those_of_the_calendar(
    months: set[int], days: set[int], weeks: set[int], parity: Any
) -> None:
    """The 28 years looked at give the weekdays that a count of single dates gives."""
    held = rule(
        "mo tu we th fr sa su",
        months=tuple(months),
        days_of_month=tuple(days),
        weeks_of_month=tuple(weeks),
        week_parity=parity,
        from_on=date(2026, 1, 1),
        until_on=date(2028, 1, 1),
    )
    found = {
        on.weekday()
        for on in map(date.fromordinal, range(held.from_on.toordinal(), held.until_on.toordinal()))  # type: ignore[union-attr]
        if (not months or on.month in months)
        and (not days or on.day in days)
        and (not weeks or (on.day + 6) // 7 in weeks)
        and (parity is None or (on.isocalendar()[1] % 2 == 1) == (parity == "odd"))
    }
    assert {list(Day).index(day) for day in common_days((held,))} == found
