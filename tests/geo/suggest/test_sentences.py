"""Sentences of suggestions in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from geo.suggest.record import Effect, Range
from geo.suggest.sentences import Grounds, chance, considerants, number, reason
from geo.words import Day, TimeRule


def around(mean: float) -> Range:
    """Return a figure with an interval of one to each side."""
    return Range(mean=mean, p05=mean - 1, p95=mean + 1)


def test_numbers_are_written_as_each_language_writes_them() -> None:
    """Decimal comma and narrow space in French, a true minus sign in both."""
    assert number(-1234.56) == ("\u22121\u202f234,6", "\u22121,234.6")


@pytest.mark.parametrize(("value", "french"), [(1.0, "de plus de 99"), (0.93, "de 93")])
def test_no_probability_is_told_as_certain(value: float, french: str) -> None:
    """A chance of one in a hundred draws is more than 99 %, never 100 %."""
    assert chance(value)[0].startswith(french)
    assert "100" not in "".join(chance(value))


def test_a_reason_says_its_figures_in_both_languages() -> None:
    """Pairs of values are French and English; single ones serve both."""
    text = reason("shorter_stay", count=number(1.6))
    assert "1,6 livraisons" in text.fr
    assert "1.6 more deliveries" in text.en


def test_the_reasons_of_an_order_give_period_figures_and_what_they_are_not() -> None:
    """Saved deliveries are said as a gain, with their interval the right way round, and as no legal act."""
    rule = TimeRule(days=(Day.MO,), start="06:00", end="11:00", max_stay_min=30)
    effect = Effect(
        unserved_per_day=around(-3.0),
        resident_hours_per_week=around(40.0),
        double_park_min_per_day=around(-30.0),
        cut_short_per_day=around(0.0),
    )
    grounds = Grounds(
        bay_id="A-1",
        first_on=date(2026, 3, 2),
        last_on=date(2026, 4, 26),
        coverage=0.93,
        demand_per_day=around(14.0),
        unserved_now=around(5.0),
        rules_now=(rule,),
        rules_new=(rule,),
        effect=effect,
        p_gain=0.96,
    )
    text = considerants(grounds)
    assert "du 02/03/2026 au 26/04/2026" in text.fr
    assert "3,0 (2,0 à 4,0)" in text.fr
    assert "sans valeur d'acte" in text.fr
    assert "3.0 (2.0 to 4.0)" in text.en
    assert "not a legal act" in text.en
