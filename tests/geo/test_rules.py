"""Time rules: half-open windows, holidays, midnight."""

from __future__ import annotations

from datetime import datetime

import pytest

from geo.errors import InvalidTimeRule
from geo.rules import read_rules, reserved_minutes, rule_at
from geo.words import Day

WORKDAYS = [
    {"days": ["mo", "tu", "we", "th", "fr"], "start": "07:00", "end": "20:00", "max_stay_min": 30}
]


@pytest.mark.parametrize(
    ("clock", "inside"), [("06:59", False), ("07:00", True), ("19:59", True), ("20:00", False)]
)
def test_a_window_is_half_open(clock: str, inside: bool) -> None:  # noqa: FBT001 (a table of expectations)
    """The first minute belongs to the window, its end does not."""
    at_local = datetime.fromisoformat(f"2026-03-02T{clock}")
    assert (rule_at(read_rules(WORKDAYS), at_local, is_public_holiday=False) is not None) is inside


def test_on_a_public_holiday_only_rules_that_name_it_apply() -> None:
    """A Monday that is a holiday is no Monday to a rule."""
    at_local = datetime.fromisoformat("2026-04-06T10:00")
    always = read_rules([{"days": ["mo", "ph"], "start": "00:00", "end": "24:00"}])
    assert rule_at(read_rules(WORKDAYS), at_local, is_public_holiday=True) is None
    assert rule_at(always, at_local, is_public_holiday=True) == always[0]


def test_a_window_across_midnight_is_split() -> None:
    """The night of Saturday to Sunday ends on Sunday morning."""
    evening, morning = read_rules([{"days": ["sa"], "start": "22:00", "end": "06:00"}])
    assert (evening.days, evening.start, evening.end) == ((Day.SA,), "22:00", "24:00")
    assert (morning.days, morning.start, morning.end) == ((Day.SU,), "00:00", "06:00")


def test_a_holiday_night_is_refused() -> None:
    """The day after a public holiday has no name, so the window must be written as two."""
    with pytest.raises(InvalidTimeRule, match="crosses midnight"):
        read_rules([{"days": ["ph"], "start": "22:00", "end": "06:00"}])


@pytest.mark.parametrize(
    "rules",
    [
        "07-20",
        [3],
        [{"days": [], "start": "07:00", "end": "20:00"}],
        [{"days": ["mo"], "start": "07:00", "end": "07:00"}],
        [{"days": ["mo"], "start": "07:00", "end": "20:00", "max_stay_min": -5}],
    ],
)
def test_what_is_no_rule_is_refused(rules: object) -> None:
    """Each refusal is of the family and says what was found."""
    with pytest.raises(InvalidTimeRule):
        read_rules(rules)


def test_the_table_of_minutes_agrees_with_single_questions() -> None:
    """Minute by minute, the table holds the rule that is in force; the shorter stay wins where windows overlap."""
    rules = read_rules(
        [*WORKDAYS, {"days": ["mo"], "start": "11:30", "end": "13:30", "max_stay_min": 15}]
    )
    table = reserved_minutes(rules, Day.MO)
    for minute in range(1440):
        at_local = datetime(2026, 3, 2, minute // 60, minute % 60)  # noqa: DTZ001 (rules are local)
        assert table[minute] == rule_at(rules, at_local, is_public_holiday=False)
    assert table[12 * 60].max_stay_min == 15
