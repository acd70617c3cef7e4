"""Time rules to and from Cerema's TEMPORALITE_CDS."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import canonical, in_common, is_permanent, reserves
from geo.rule_languages.cerema import read_temporality, write_temporality
from geo.rule_languages.opening_hours import read_opening_hours, write_opening_hours
from geo.rules import ALL_DAYS, WEEK
from geo.words import Activity, Day, TimeRule
from tests.geo.rule_languages.made_rules import full_rules, rule_sets

EXAMPLE = (
    '[{"days_of_week":["mon","tue","wed","thu","fri"],"times_of_day":[["08:00","12:00"],["14:00","18:00"]]},'
    '{"days_of_week":["sat"],"times_of_day":[["09:00","12:00"]]}]'
)


def test_several_ranges_are_several_windows() -> None:
    """An item with two ranges is two windows, and is written as one item again."""
    rules = read_temporality(EXAMPLE, max_stay_min=30)
    assert [(rule.days, rule.start, rule.end, rule.max_stay_min) for rule in rules] == [
        (WEEK[:5], "08:00", "12:00", 30),
        (WEEK[:5], "14:00", "18:00", 30),
        ((Day.SA,), "09:00", "12:00", 30),
    ]
    assert write_temporality(rules) == EXAMPLE


def test_permanent_bay_has_an_empty_cell() -> None:
    """The schema demands an empty cell for a permanent bay; an empty cell is no window."""
    rule = TimeRule(days=ALL_DAYS, start="00:00", end="24:00", max_stay_min=30)
    assert write_temporality([rule]) == ""
    assert read_temporality(" ") == ()


def test_range_past_midnight_is_split() -> None:
    """A range from evening to morning is two windows, the second on the day after."""
    rules = read_temporality('[{"days_of_week":["sun"],"times_of_day":[["20:00","07:00"]]}]')
    assert rules == (
        TimeRule(days=(Day.MO,), start="00:00", end="07:00"),
        TimeRule(days=(Day.SU,), start="20:00", end="24:00"),
    )


def test_whole_week_includes_holidays_and_less_does_not() -> None:
    """Seven days mean every day; a week without holidays is written so that it stays one."""
    every = TimeRule(days=ALL_DAYS, start="07:00", end="20:00")
    week = TimeRule(days=WEEK, start="07:00", end="20:00")
    assert json.loads(write_temporality([every]))[0]["days_of_week"][-1] == "sun"
    assert read_temporality(write_temporality([every])) == (every,)
    assert read_temporality(write_temporality([week])) == (week,)


def test_item_of_excepted_holidays_is_understood() -> None:
    """The exception of CDS 1.1, an item of its own, takes holidays out of all items."""
    text = '[{"times_of_day":[["07:00","20:00"]]},{"designated_period":"holidays","designated_period_except":true}]'
    assert read_temporality(text) == (TimeRule(days=WEEK, start="07:00", end="20:00"),)


def test_hours_of_parking_are_left_out() -> None:
    """The column holds reserved hours only."""
    parking = TimeRule(activity=Activity.PARKING, days=WEEK, start="20:00", end="24:00")
    assert write_temporality([parking]) == ""


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("Mo-Sa 07:00-20:00", "Mo-Sa"),
        ("{}", "{}"),
        ("[1]", "[1]"),
        ("[" * 50_000, "[[["),
        ("[" * 100_001, "100001 characters"),
        ('[{"days_of_week":["lundi"],"times_of_day":[["07:00","20:00"]]}]', "lundi"),
        ('[{"days_of_week":[],"times_of_day":[["07:00","20:00"]]}]', "[]"),
        ('[{"days_of_week":["mon"],"times_of_day":["07:00","20:00"]}]', "07:00"),
        ('[{"days_of_week":["mon"],"times_of_day":[["07:00","20:75"]]}]', "20:75"),
        ('[{"days_of_week":["mon"],"times_of_day":[["07:00","07:00"]]}]', "07:00"),
        ('[{"days_of_week":["mon"],"times_of_day":[["07:00"]]}]', "07:00"),
        ('[{"days_of_week":["mon"],"times_of_day":[]}]', "[]"),
        ('[{"days_of_week":["mon"],"hours":"7-20"}]', "hours"),
        ('[{"designated_period":"snow emergency"}]', "snow emergency"),
        ('[{"days_of_week":["mon"],"max_stay":"long"}]', "long"),
        ('[{"designated_period":"holidays","times_of_day":[["20:00","07:00"]]}]', "holidays"),
        (
            '[{"days_of_week":["mon"],"designated_period":"holidays","designated_period_except":true}]',
            "mon",
        ),
    ],
)
def test_what_is_not_understood_is_refused_by_name(text: str, piece: str) -> None:
    """A cell that is no list of such items is refused, and the message holds the piece."""
    with pytest.raises(InvalidTimeRule) as caught:
        read_temporality(text)
    assert piece in str(caught.value)


@given(rule_sets(full_rules()))
@settings(max_examples=80, deadline=None)
def test_rules_come_back(rules: tuple[TimeRule, ...]) -> None:
    """Reserved hours written and read are the same, with what stands in columns of their own."""
    kept = canonical(rule for rule in rules if reserves(rule))
    text = write_temporality(rules)
    read = read_temporality(text, in_common(kept, "max_stay_min"), in_common(kept, "control"))
    assert read == kept or (text == "" and is_permanent(kept))


def test_examples_of_the_schema_are_understood(shared: Path) -> None:
    """All texts of the official example file say the same as their neighbour column, and are written as they are."""
    with (shared / "data/bays/lyon_cerema" / "exemple-grand-lyon.csv").open(
        encoding="utf-8"
    ) as file:
        rows = list(csv.DictReader(file))
    texts = [row["TEMPORALITE_CDS"] for row in rows]
    assert sum(map(bool, texts)) == 12
    for row in rows:
        rules = read_temporality(row["TEMPORALITE_CDS"])
        assert write_temporality(rules) == row["TEMPORALITE_CDS"]
        assert rules == read_opening_hours(row["TEMPORALITE_OSM"])
        assert read_opening_hours(write_opening_hours(rules)) == rules


def test_examples_of_the_documentation_come_back_as_they_are(shared: Path) -> None:
    """The three one-line examples of the schema's page are written as they stand."""
    page = (shared / "data/bays/lyon_cerema" / "Exemples_TEMPORALITE_CDS.md").read_text(
        encoding="utf-8"
    )
    lines = [line for line in page.splitlines() if line.startswith("[{")]
    assert len(lines) == 3
    assert [write_temporality(read_temporality(line)) for line in lines] == lines
