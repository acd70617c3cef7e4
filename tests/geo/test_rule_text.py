"""Rules in words."""

from __future__ import annotations

from typing import Any

import pytest

from geo.rule_conditions_text import ACTIVITY_LABELS, CONTROL_LABELS
from geo.rule_text import rules_text
from geo.words import Activity, Control, Day, TimeRule

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


TUESDAY: dict[str, Any] = {"days": ("tu",), "start": "07:00", "end": "11:00"}


@pytest.mark.parametrize(
    ("more", "french", "english"),
    [
        (
            {"weeks_of_month": (1, 3)},
            "le 1er et 3e mardi du mois de 7 h à 11 h",
            "on the 1st and 3rd Tuesday of the month from 07:00 to 11:00",
        ),
        (
            {"week_parity": "odd", "except_periods": ("market_days",)},
            "le mardi de 7 h à 11 h, semaines impaires, sauf jours de marché",
            "on Tuesday from 07:00 to 11:00, odd weeks, except market days",
        ),
        (
            {"max_stay_min": 30, "max_weight_t": 3.5},
            "le mardi de 7 h à 11 h (30 min au plus), jusqu'à 3,5 t",
            "on Tuesday from 07:00 to 11:00 (at most 30 min), up to 3.5 t",
        ),
        (
            {"from_on": "2026-03-01", "until_on": "2026-11-01"},
            "le mardi de 7 h à 11 h, du 1er mars au 31 octobre 2026",
            "on Tuesday from 07:00 to 11:00, from 1 March to 31 October 2026",
        ),
        (
            {"from_on": "2026-12-01", "until_on": "2027-02-01"},
            "le mardi de 7 h à 11 h, du 1er décembre 2026 au 31 janvier 2027",
            "on Tuesday from 07:00 to 11:00, from 1 December 2026 to 31 January 2027",
        ),
        (
            {"from_on": "2026-03-01"},
            "le mardi de 7 h à 11 h, à partir du 1er mars 2026",
            "on Tuesday from 07:00 to 11:00, from 1 March 2026",
        ),
        (
            {"until_on": "2026-03-01"},
            "le mardi de 7 h à 11 h, jusqu'au 28 février 2026",
            "on Tuesday from 07:00 to 11:00, until 28 February 2026",
        ),
        (
            {"from_on": "2026-03-01", "until_on": "2026-03-02"},
            "le mardi de 7 h à 11 h, le 1er mars 2026",
            "on Tuesday from 07:00 to 11:00, on 1 March 2026",
        ),
        (
            {"days_of_month": (15, 1), "months": (10, 8, 9)},
            "le mardi de 7 h à 11 h, les 1er et 15 du mois, d'août à octobre",
            "on Tuesday from 07:00 to 11:00, on the 1st and 15th of the month, from August to October",
        ),
        (
            {"months": (1, 12), "only_periods": ("school_days", "foire")},
            "le mardi de 7 h à 11 h, en janvier et décembre, seulement jours d'école ou jours « foire »",
            "on Tuesday from 07:00 to 11:00, in January and December, only on school days or “foire” days",
        ),
        (
            {"activity": "no stopping", "control": "disc", "except_user_classes": ("taxi",)},
            "arrêt interdit : le mardi de 7 h à 11 h, sauf pour taxi, contrôle par disque",
            "no stopping: on Tuesday from 07:00 to 11:00, not for taxi, checked by disc",
        ),
    ],
)
def test_conditions_follow_the_hours(more: dict[str, Any], french: str, english: str) -> None:
    """Each condition in plain words, the last day included."""
    held = TimeRule.model_validate({**TUESDAY, **more})
    assert rules_text((held,), "fr") == french
    assert rules_text((held,), "en") == english


def test_every_activity_and_control_has_its_words() -> None:
    """No value of a closed list is left without a label."""
    assert set(ACTIVITY_LABELS) == set(Activity)
    assert set(CONTROL_LABELS) == set(Control)


def test_windows_of_other_conditions_stand_apart() -> None:
    """Two windows of the same days share a phrase only where their conditions are the same."""
    plain = TimeRule.model_validate(TUESDAY)
    later = TimeRule.model_validate(
        {**TUESDAY, "start": "14:00", "end": "16:00", "max_weight_t": 7.5}
    )
    assert rules_text((plain, later), "fr") == (
        "le mardi de 7 h à 11 h ; le mardi de 14 h à 16 h, jusqu'à 7,5 t"
    )
