"""Time rules from regulations of CurbLR."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geo.errors import InvalidTimeRule
from geo.rule_languages.curblr import read_regulations, read_regulations_with_notes
from geo.rules import ALL_DAYS, WEEK
from geo.words import Activity, Day, TimeRule

LOADING = {"activity": "loading", "maxStay": 30}


def regulation(*spans: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a regulation of loading in some spans."""
    return {"rule": LOADING, "userClasses": [{}], "timeSpans": list(spans), **fields}


def test_regulation_without_spans_always_applies() -> None:
    """No time span means every minute of every day."""
    assert read_regulations([regulation()]) == (
        TimeRule(days=ALL_DAYS, start="00:00", end="24:00", max_stay_min=30),
    )


def test_spans_are_windows_and_the_last_minute_is_midnight() -> None:
    """Each time of day is a window; 23:59 is the end of the day; the exception takes holidays out."""
    span = {
        "daysOfWeek": {"days": ["mo", "tu", "we", "th", "fr", "sa", "su"]},
        "timesOfDay": [{"from": "00:00", "to": "08:00"}, {"from": "19:00", "to": "23:59"}],
        "designatedPeriods": [{"name": "holidays", "apply": "except during"}],
    }
    assert read_regulations([regulation(span)]) == (
        TimeRule(days=WEEK, start="00:00", end="08:00", max_stay_min=30),
        TimeRule(days=WEEK, start="19:00", end="24:00", max_stay_min=30),
    )


def test_dates_weeks_and_days_of_the_month_are_conditions() -> None:
    """Annual dates, the second and fourth Tuesday, odd days and a named period each restrict the rule."""
    rules = read_regulations(
        [
            regulation(
                {
                    "daysOfWeek": {"days": ["tu"], "occurrencesInMonth": ["2nd", "4th"]},
                    "effectiveDates": [{"from": "04-01", "to": "11-30"}],
                    "designatedPeriods": [{"name": "snow", "apply": "only_during"}],
                },
                {
                    "daysOfMonth": ["odd"],
                    "effectiveDates": [{"from": "2019-07-19", "to": "2020-01-10"}],
                },
            )
        ]
    )
    assert {(rule.months, rule.weeks_of_month, rule.only_periods) for rule in rules} == {
        (tuple(range(4, 12)), (2, 4), ("snow",)),
        ((), (), ()),
    }
    dated = next(rule for rule in rules if rule.from_on)
    assert (dated.from_on, dated.until_on) == (date(2019, 7, 19), date(2020, 1, 11))
    assert dated.days_of_month == tuple(range(1, 32, 2))


def test_each_class_with_each_subclass_is_one_rule() -> None:
    """Any of several classes may load; a subclass must hold together with its class."""
    rules = read_regulations(
        [
            regulation(
                userClasses=[
                    {"classes": ["truck"], "subclasses": ["commercial"]},
                    {"classes": ["taxi", "bus"]},
                ]
            )
        ]
    )
    assert sorted(rule.user_classes for rule in rules) == [
        ("bus",),
        ("commercial", "truck"),
        ("taxi",),
    ]


def test_rank_comes_from_the_hierarchy_where_regulations_differ() -> None:
    """The category that the manifest names first has the lowest number."""
    given = [
        regulation(rule={**LOADING, "priorityCategory": "loading"}),
        regulation(rule={"activity": "no standing", "priorityCategory": "construction"}),
    ]
    hierarchy = ("construction", "parking", "loading")
    assert {(rule.activity, rule.priority) for rule in read_regulations(given, hierarchy)} == {
        (Activity.LOADING, 3),
        (Activity.NO_STOPPING, 1),
    }
    assert {rule.priority for rule in read_regulations(given)} == {None}
    assert {rule.priority for rule in read_regulations(given[:1], hierarchy)} == {None}


@pytest.mark.parametrize(
    ("broken", "piece"),
    [
        ({"rule": {"activity": "sleeping"}}, "sleeping"),
        ({"rule": None}, "None"),
        ({"rule": {**LOADING, "colour": "red"}}, "colour"),
        ({"rule": {**LOADING, "maxStay": "long"}}, "long"),
        ({"rule": {**LOADING, "priorityCategory": "other"}}, "other"),
        ({"userClasses": [{"maxHeight": 6}]}, "maxHeight 6"),
        ({"userClasses": "truck"}, "truck"),
        ({"userClasses": [{"classes": "truck"}]}, "truck"),
        ({"timeSpans": [{"daysOfMonth": "14"}]}, "14"),
        (
            {
                "timeSpans": [
                    {"daysOfMonth": ["15"], "effectiveDates": [{"from": "02-20", "to": "03-10"}]}
                ]
            },
            "15",
        ),
        ({"timeSpans": [{"season": "summer"}]}, "season"),
        ({"timeSpans": [{"daysOfWeek": {"days": ["lundi"]}}]}, "lundi"),
        (
            {"timeSpans": [{"daysOfWeek": {"days": ["mo"], "occurrencesInMonth": ["last"]}}]},
            "last",
        ),
        ({"timeSpans": [{"daysOfMonth": ["last"]}]}, "last"),
        ({"timeSpans": [{"timesOfDay": [{"from": "7h", "to": "20h"}]}]}, "7h"),
        ({"timeSpans": [{"effectiveDates": [{"from": "soon", "to": "later"}]}]}, "soon"),
        ({"timeSpans": [{"designatedPeriods": [{"name": "snow", "apply": "often"}]}]}, "often"),
        ({"image": "x.png"}, "image"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(broken: dict[str, Any], piece: str) -> None:
    """A regulation that time rules cannot say is refused, and the message holds the piece."""
    with pytest.raises(InvalidTimeRule) as caught:
        read_regulations([{**regulation(), **broken}], hierarchy=("loading",))
    assert piece in str(caught.value)


def test_every_feature_of_portland_is_read(shared: Path) -> None:
    """All 416 kerb segments are read; 46 have a regulation of loading; payment is noted where there is any."""
    file = shared / "data/bays/portland_curblr/downtown_portland_2020-07-30.curblr.json"
    given = json.loads(file.read_text(encoding="utf-8"))
    hierarchy = given["manifest"]["priorityHierarchy"]
    found: Counter[Activity] = Counter()
    paid = 0
    for feature in given["features"]:
        reading = read_regulations_with_notes(feature["properties"]["regulations"], hierarchy)
        assert reading.rules
        found.update({rule.activity for rule in reading.rules})
        paid += any("payment" in note for note in reading.notes)
    assert len(given["features"]) == 416
    assert found[Activity.LOADING] == 46
    assert paid == 85


def test_holidays_alone_are_the_day_ph() -> None:
    """A span of holidays alone applies on holidays of any weekday."""
    span = {"designatedPeriods": [{"name": "holidays", "apply": "only during"}]}
    assert read_regulations([regulation(span)])[0].days == (Day.PH,)


def test_days_of_the_month_are_kept_where_the_dates_have_them() -> None:
    """From 20 February to 10 March the 25th is a day of February alone."""
    span = {"daysOfMonth": {"days": ["25"]}, "effectiveDates": [{"from": "02-20", "to": "03-10"}]}
    (rule,) = read_regulations([regulation(span)])
    assert (rule.months, rule.days_of_month) == ((2,), (25,))
