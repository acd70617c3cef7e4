"""Rules in words."""

from __future__ import annotations

from geo.rule_text import rules_text
from geo.words import Day, TimeRule

WEEKDAYS = (Day.MO, Day.TU, Day.WE, Day.TH, Day.FR)


def rule(days: tuple[Day, ...], start: str, end: str, limit: int | None = None) -> TimeRule:
    """Return one window."""
    return TimeRule(days=days, start=start, end=end, max_stay_min=limit)


def test_a_run_of_days_is_written_from_its_first_to_its_last() -> None:
    """Three days in a row or more are a run, in both languages, with the maximum stay."""
    rules = (rule(WEEKDAYS, "07:30", "11:00", 30),)
    assert rules_text(rules, "fr") == "du lundi au vendredi de 7 h 30 à 11 h (30 min au plus)"
    assert rules_text(rules, "en") == "from Monday to Friday from 07:30 to 11:00 (at most 30 min)"


def test_windows_of_the_same_days_stand_together_and_other_days_follow() -> None:
    """Two windows share their days; Saturday and holidays come after, whatever the order given."""
    rules = (
        rule((Day.SA, Day.PH), "09:00", "24:00"),
        rule(WEEKDAYS, "14:00", "19:00"),
        rule(WEEKDAYS, "08:00", "12:00"),
    )
    assert rules_text(rules, "fr") == (
        "du lundi au vendredi de 8 h à 12 h et de 14 h à 19 h ; le samedi et les jours fériés de 9 h à 24 h"
    )


def test_no_rule_is_said_and_not_left_empty() -> None:
    """A bay without windows has no reserved hours, which is a sentence."""
    assert rules_text((), "fr") == "aucune heure réservée"
    assert rules_text((), "en") == "no reserved hours"


def test_days_with_a_gap_are_named_one_by_one() -> None:
    """Monday and Wednesday are no run."""
    assert (
        rules_text((rule((Day.MO, Day.WE), "08:00", "10:00"),), "en")
        == "on Monday and on Wednesday from 08:00 to 10:00"
    )
