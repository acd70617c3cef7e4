"""Which rule is in force: dates, periods, ranks, and both changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.calendar import public_holidays
from geo.errors import InvalidInput, UnknownDays
from geo.in_force import applies_on, changes, day_book, day_states, in_force, next_change
from geo.rules import ALL_DAYS, rule_at
from geo.school import school_zone
from geo.words import Activity, Day, TimeRule
from tests.geo.rule_oracle import compare

PARIS = ZoneInfo("Europe/Paris")
BOOK = day_book("75056", "Europe/Paris")


def rule(days: str = "mo tu we th fr", hours: str = "07:00-20:00", **more: Any) -> TimeRule:
    """Return a window, its days in words with spaces between."""
    start, end = hours.split("-")
    return TimeRule(days=tuple(Day(day) for day in days.split()), start=start, end=end, **more)


def at(text: str) -> datetime:
    """Return an instant of Paris, or with its own distance from UTC."""
    given_at = datetime.fromisoformat(text)
    return given_at if given_at.tzinfo else given_at.replace(tzinfo=PARIS)


def test_the_rule_in_force_agrees_with_a_table_of_minutes() -> None:
    """Random rules with all conditions, over both changes of the clock, agree with an oracle of other code."""
    assert compare(cases=2000, seed=2026) == []


@pytest.mark.parametrize(
    ("on", "more", "applies"),
    [
        ("2026-03-02", {"months": (3, 4)}, True),
        ("2026-03-02", {"months": (4,)}, False),
        ("2026-03-03", {"days_of_month": (3,)}, True),
        ("2026-03-03", {"weeks_of_month": (1, 3)}, True),
        ("2026-03-10", {"weeks_of_month": (1, 3)}, False),
        ("2026-03-31", {"weeks_of_month": (5,)}, True),
        ("2026-12-31", {"week_parity": "odd"}, True),
        ("2024-12-31", {"week_parity": "odd"}, True),
        ("2026-03-01", {"from_on": date(2026, 3, 1)}, True),
        ("2026-03-01", {"until_on": date(2026, 3, 1)}, False),
        ("2026-04-21", {"only_periods": ("school_holidays",)}, True),
        ("2026-03-03", {"only_periods": ("school_holidays", "school_days")}, True),
        ("2026-03-10", {"except_periods": ("school_days",)}, False),
        ("2026-05-15", {"only_periods": ("school_days",)}, False),
    ],
)
def test_each_condition_must_hold(on: str, more: dict[str, Any], applies: bool) -> None:  # noqa: FBT001 (a table of expectations)
    """A condition that is given restricts; the bridge after Ascension has no class."""
    every = rule("mo tu we th fr sa su ph", **more)
    assert applies_on(every, date.fromisoformat(on), BOOK) is applies


def test_on_a_public_holiday_only_rules_that_name_it_apply() -> None:
    """Good Friday is a Friday in Paris and a holiday in Strasbourg; Mayotte has a day of its own."""
    friday = rule("fr")
    alsace, mayotte = day_book("67482", "Europe/Paris"), day_book("97608", "Indian/Mayotte")
    assert applies_on(friday, date(2026, 4, 3), BOOK)
    assert not applies_on(friday, date(2026, 4, 3), alsace)
    assert applies_on(rule("ph"), date(2026, 4, 27), mayotte)
    assert not applies_on(rule("ph"), date(2026, 4, 27), BOOK)


@pytest.mark.parametrize(
    ("insee", "on"), [("97801", date(2026, 5, 28)), ("97701", date(2026, 10, 9))]
)
def test_the_islands_of_the_north_keep_their_own_day(insee: str, on: date) -> None:
    """Saint-Martin and Saint-Barthélemy commemorate the abolition on days of their own."""
    assert on in public_holidays(insee, on, on + timedelta(days=1))
    assert on not in public_holidays("75056", on, on + timedelta(days=1))


def test_a_window_in_the_repeated_hour_happens_twice() -> None:
    """From 2 to 3 on the last Sunday of October is two hours long, and the rule holds in both."""
    night = rule("su", "02:15-02:45")
    found = list(changes([night], at("2026-10-25T00:00"), at("2026-10-26T00:00"), BOOK))
    assert [(one.at, one.rule is not None) for one in found[1:]] == [
        (datetime(2026, 10, 25, 0, 15, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 0, 45, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 1, 15, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 1, 45, tzinfo=UTC), False),
    ]


def test_a_window_in_the_skipped_hour_does_not_happen() -> None:
    """From 2 to 3 on the last Sunday of March is no time; a window around it is an hour shorter."""
    start, end = at("2026-03-29T00:00"), at("2026-03-30T00:00")
    skipped = list(changes([rule("su", "02:00-03:00")], start, end, BOOK))
    around = list(changes([rule("su", "01:30-03:30")], start, end, BOOK))
    assert [one.rule for one in skipped] == [None]
    assert around[2].at - around[1].at == timedelta(hours=1)


def test_the_next_change_is_told_to_the_instant() -> None:
    """On a Saturday evening the next change is Monday at 7, in summer time, though it was asked in winter time."""
    workdays = rule()
    found = next_change([workdays], at("2026-03-28T21:30"), BOOK)
    assert found is not None
    assert (found.at, found.rule) == (datetime(2026, 3, 30, 5, 0, tzinfo=UTC), workdays)
    assert (
        next_change([rule(" ".join(ALL_DAYS), "00:00-24:00")], at("2026-03-28T21:30"), BOOK) is None
    )


def test_a_horizon_may_be_as_far_as_one_likes() -> None:
    """A rule that never applies has no next change, in a year or in all years that there are."""
    never = rule("mo", months=(2,), days_of_month=(30,))
    assert next_change([never], at("2198-06-01T00:00"), BOOK, horizon_days=10**9) is None


def test_windows_that_meet_and_say_the_same_are_no_change() -> None:
    """A night written as two windows goes through midnight."""
    night = [rule("mo", "22:00-24:00"), rule("tu", "00:00-06:00")]
    found = next_change(night, at("2026-03-02T23:00"), BOOK)
    assert found is not None
    assert found.at == at("2026-03-03T06:00")


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        ({"priority": 2, "activity": "no stopping"}, {"priority": 1}, 1),
        ({"activity": "no stopping"}, {"priority": 9, "activity": "parking"}, 1),
        ({"activity": "no parking"}, {}, 1),
        ({}, {"activity": "no stopping"}, 1),
        ({"max_stay_min": 30}, {"max_stay_min": 15}, 1),
        ({}, {"max_stay_min": 30}, 1),
        ({}, {"control": "disc"}, 0),
    ],
)
def test_of_rules_in_force_together_one_is_told(
    first: dict[str, Any], second: dict[str, Any], wins: int
) -> None:
    """A rank comes first, then the most restrictive activity, the shortest stay, and the order given."""
    rules = [rule(**first), rule(**second)]
    assert in_force(rules, at("2026-03-02T10:00"), BOOK) is rules[wins]


def test_a_period_that_nobody_told_is_no_empty_one() -> None:
    """Market days without a calendar, and school days of a year that no calendar covers, are errors."""
    market = rule(except_periods=("market_days",))
    with pytest.raises(UnknownDays, match="market_days"):
        in_force([market], at("2026-03-02T10:00"), BOOK)
    told = day_book("75056", "Europe/Paris", {"market_days": frozenset({date(2026, 3, 2)})})
    assert in_force([market], at("2026-03-02T10:00"), told) is None
    assert in_force([market], at("2026-03-03T10:00"), told) is market
    with pytest.raises(UnknownDays, match="2040-03-05"):
        in_force([rule(only_periods=("school_days",))], at("2040-03-05T10:00"), BOOK)


def test_a_rule_that_has_ended_asks_for_no_calendar() -> None:
    """What no longer applies does not make a later year unknown."""
    ended = rule(only_periods=("school_days",), until_on=date(2027, 1, 1))
    assert in_force([ended, rule("mo")], at("2040-03-05T10:00"), BOOK) == rule("mo")


def test_corsica_and_overseas_are_in_no_school_zone() -> None:
    """Their school days are unknown until a calendar tells them; a zone may also be named."""
    corsica = day_book("2A004", "Europe/Paris")
    holidays = rule(only_periods=("school_holidays",))
    with pytest.raises(UnknownDays):
        applies_on(holidays, date(2026, 4, 21), corsica)
    own = {"school_holidays": frozenset({date(2026, 4, 21)})}
    assert applies_on(holidays, date(2026, 4, 21), day_book("2A004", "Europe/Paris", own))
    assert applies_on(
        holidays, date(2026, 4, 21), day_book("2A004", "Europe/Paris", school_zone="C")
    )


def test_each_mainland_department_lies_in_one_school_zone() -> None:
    """94 departments of the mainland outside Corsica, none left out and none twice."""
    mainland = [f"{number:02d}" for number in range(1, 96) if number != 20]
    assert all(school_zone(f"{number}001") in {"A", "B", "C"} for number in mainland)
    assert {school_zone(one) for one in ("2A004", "2B033", "97411", "98818")} == {None}
    assert [school_zone(one) for one in ("69123", "13055", "75056")] == ["A", "B", "C"]


def test_what_cannot_be_asked_is_refused() -> None:
    """An instant without its distance from UTC, an unknown time zone and an unknown school zone."""
    with pytest.raises(InvalidInput, match="distance from UTC"):
        in_force([], datetime(2026, 3, 2), BOOK)  # noqa: DTZ001 (what is refused)
    for year in (1, 9999):
        with pytest.raises(InvalidInput, match="1900 to 2199"):
            next_change([], datetime(year, 1, 1, tzinfo=UTC), BOOK)
    with pytest.raises(InvalidInput, match="IANA"):
        day_book("75056", "Europe/Nowhere")
    with pytest.raises(InvalidInput, match="school zone"):
        day_book("75056", "Europe/Paris", school_zone="D")


CLOCKS = st.integers(0, 1440).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")


@st.composite
def plain_rules(draw: st.DrawFn) -> TimeRule:
    """Draw a plain weekly window."""
    start, end = sorted(draw(st.lists(CLOCKS, min_size=2, max_size=2, unique=True)))
    days = draw(st.lists(st.sampled_from(list(Day)), min_size=1, unique=True))
    return TimeRule(
        days=tuple(days), start=start, end=end, max_stay_min=draw(st.sampled_from([None, 15, 30]))
    )


MINUTES = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)).map(  # noqa: DTZ001 (made aware beside)
    lambda when: when.replace(tzinfo=UTC)
)


@given(st.lists(plain_rules(), max_size=4), MINUTES)
def test_plain_rules_apply_as_in_a_plain_week(rules: list[TimeRule], when: datetime) -> None:
    """Without conditions the rule in force is that of the named day and the clock."""
    local = when.astimezone(PARIS)
    is_holiday = local.date() in public_holidays(
        "75056", local.date(), local.date() + timedelta(days=1)
    )
    assert in_force(rules, when, BOOK) is rule_at(rules, local, is_public_holiday=is_holiday)


@settings(max_examples=50)
@given(st.lists(plain_rules(), max_size=4), MINUTES, st.integers(0, 20_000))
def test_nothing_changes_before_the_next_change(
    rules: list[TimeRule], when: datetime, later_min: int
) -> None:
    """Until the instant told the same is said, and at it something else."""
    found = next_change(rules, when, BOOK)
    now, between = in_force(rules, when, BOOK), when + timedelta(minutes=later_min)
    if found is None or between < found.at:
        assert _said(in_force(rules, between, BOOK)) == _said(now)
    if found is not None:
        assert _said(in_force(rules, found.at, BOOK)) == _said(found.rule) != _said(now)


def _said(held: TimeRule | None) -> object:
    return None if held is None else held.max_stay_min or 0


@given(st.lists(plain_rules(), max_size=4), st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_the_states_of_a_day_begin_at_midnight_and_rise(rules: list[TimeRule], on: date) -> None:
    """Each minute of a day has one state."""
    begins = [begin for begin, _ in day_states(rules, on, BOOK)]
    assert begins[0] == 0
    assert begins == sorted(set(begins))
    assert begins[-1] < 1440


def test_activities_have_one_order() -> None:
    """Every activity is ranked, so that no two rules are left without an order."""
    told = [rule(activity=activity) for activity in Activity]
    assert in_force(told, at("2026-03-02T10:00"), BOOK) == rule(activity=Activity.NO_TRAVEL)
