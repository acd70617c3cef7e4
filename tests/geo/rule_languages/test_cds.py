"""Time rules to and from policies of CDS 1.1."""

from __future__ import annotations

import ast
import copy
import csv
import json
import uuid
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import canonical
from geo.rule_languages.cds import read_policies, read_policies_with_notes, write_policies
from geo.rules import ALL_DAYS, WEEK
from geo.words import Activity, Bay, BayType, Day, TimeRule
from tests.geo.rule_languages.made_rules import full_rules, rule_sets

PERIODIC = TimeRule(days=WEEK[:6], start="07:00", end="20:00", max_stay_min=30)
PERMANENT = TimeRule(days=ALL_DAYS, start="00:00", end="24:00", max_stay_min=30)
MONDAY_TO_SATURDAY = ["mon", "tue", "wed", "thu", "fri", "sat"]


def bay(*rules: TimeRule, bay_id: str = "a") -> Bay:
    """Return a bay with some rules."""
    return Bay(
        bay_id=bay_id,
        length_m=12,
        capacity=2,
        bay_type=BayType.PERIODIC,
        commune="92024",
        rules=rules,
        polygon_lonlat=((2.3, 48.9), (2.3001, 48.9), (2.3001, 48.9001), (2.3, 48.9)),
    )


def policy(*rules: dict[str, Any], spans: Any = None, priority: int = 1) -> dict[str, Any]:
    """Return a policy as another vendor writes it."""
    return {
        "curb_policy_id": str(uuid.uuid4()),
        "published_date": 0,
        "priority": priority,
        "rules": list(rules),
        "time_spans": spans,
    }


def test_periodic_bay_is_written_as_the_french_table_says() -> None:
    """Loading, unloading and no parking have the same spans, then comes parking for the rest of the time."""
    written = write_policies(bay(PERIODIC))
    assert [(one["priority"], one["rules"][0]["activity"]) for one in written] == [
        (1, "loading"),
        (2, "unloading"),
        (3, "no parking"),
        (4, "parking"),
    ]
    assert written[0]["rules"] == [
        {
            "activity": "loading",
            "max_stay": 30,
            "max_stay_unit": "minute",
            "purposes": ["delivery", "freight"],
        }
    ]
    assert written[0]["time_spans"] == [
        {
            "days_of_week": MONDAY_TO_SATURDAY,
            "time_of_day_start": "07:00",
            "time_of_day_end": "20:00",
        },
        {"designated_period": "holidays", "designated_period_except": True},
    ]
    assert written[1]["time_spans"] == written[2]["time_spans"] == written[0]["time_spans"]
    assert "time_spans" not in written[3]


def test_permanent_bay_has_no_spans_and_no_parking() -> None:
    """Loading, unloading, then no parking, at all times."""
    written = write_policies(bay(PERMANENT))
    assert [one["rules"][0]["activity"] for one in written] == [
        "loading",
        "unloading",
        "no parking",
    ]
    assert not any("time_spans" in one for one in written)


def test_bay_without_rules_has_no_policies() -> None:
    """Nothing is known, so nothing is written."""
    assert write_policies(bay()) == []


def test_identifier_hangs_on_the_content_alone() -> None:
    """The same rules have the same identifiers in every bay and at every date, other rules have others."""
    first = write_policies(bay(PERIODIC))
    again = write_policies(bay(PERIODIC, bay_id="b"), published_at=datetime(2026, 3, 1, tzinfo=UTC))
    other = write_policies(bay(PERIODIC.model_copy(update={"end": "19:00"})))
    assert [one["curb_policy_id"] for one in first] == [one["curb_policy_id"] for one in again]
    assert not {one["curb_policy_id"] for one in first[:3]} & {
        one["curb_policy_id"] for one in other
    }
    assert first[3]["curb_policy_id"] == other[3]["curb_policy_id"]


def test_midnight_and_dates_are_written_in_local_time() -> None:
    """A rule's dates are instants of local midnight in milliseconds; midnight itself is left out."""
    rule = TimeRule(
        days=ALL_DAYS,
        start="20:00",
        end="24:00",
        from_on=date(2026, 3, 1),
        until_on=date(2026, 7, 1),
    )
    span = write_policies(bay(rule))[0]["time_spans"][0]
    assert span == {
        "start_date": 1_772_319_600_000,
        "end_date": 1_782_856_800_000,
        "time_of_day_start": "20:00",
    }


def test_what_cds_has_no_field_for_is_written_where_it_allows_words_of_ours() -> None:
    """Weight is a local user class, parity and calendars are designated periods, control is in the description."""
    rule = TimeRule(
        days=(Day.TU, Day.PH),
        start="05:00",
        end="14:00",
        week_parity="odd",
        only_periods=("marché",),
        except_periods=("school_holidays",),
        max_weight_t=3.5,
        control="disc",
        user_classes=("van", "taxi"),
    )
    first = write_policies(bay(rule))[0]
    assert first["rules"][0] == {
        "activity": "loading",
        "description": "control=disc",
        "user_classes": ["van", "max_weight_3.5t"],
        "purposes": ["taxi"],
    }
    times = {"time_of_day_start": "05:00", "time_of_day_end": "14:00"}
    assert first["time_spans"] == [
        {"days_of_week": ["tue"], **times, "designated_period": "odd weeks and marché"},
        {**times, "designated_period": "holidays and odd weeks and marché"},
        {"designated_period": "school holidays", "designated_period_except": True},
    ]


@given(rule_sets(full_rules()))
@settings(max_examples=80, deadline=None)
def test_rules_come_back(rules: tuple[TimeRule, ...]) -> None:
    """Rules written and read, in any order of policies, are the same; priorities and identifiers are distinct."""
    written = write_policies(bay(*rules))
    assert read_policies(written[::-1]) == canonical(rules)
    assert [one["priority"] for one in written] == list(range(1, len(written) + 1))
    assert len({one["curb_policy_id"] for one in written}) == len(written)
    assert all(len(one["rules"]) == 1 for one in written)


@given(rule_sets(full_rules()))
@settings(max_examples=60, deadline=None)
def test_policies_are_valid(shared: Path, rules: tuple[TimeRule, ...]) -> None:
    """Every policy is valid against the OpenAPI schema of CDS 1.1, and none of its spans crosses midnight."""
    document = json.loads((shared / "standards/cds/curbs.patched.json").read_text())
    registry: Registry[Any] = Registry().with_resource("urn:cds", Resource(document, DRAFT202012))
    check = Draft202012Validator(
        {"$ref": "urn:cds#/components/schemas/curb_policy"},
        registry=registry,
        format_checker=FormatChecker(),
    )
    for one in write_policies(bay(*rules)):
        assert [error.message for error in check.iter_errors(one)] == []
        for span in one.get("time_spans", ()):
            assert span.get("time_of_day_start", "00:00") < span.get("time_of_day_end", "24:00")


def test_validated_example_is_understood_and_written_alike(shared: Path) -> None:
    """The policies of the standards brief are a periodic and a permanent bay of 30 minutes, and come back alike."""
    example = json.loads((shared / "standards/examples/cds_curbs_policies.json").read_text())
    policies = example["data"]["policies"]
    periodic, permanent = policies[:4], policies[4:]
    assert read_policies(periodic) == (PERIODIC,)
    assert read_policies(permanent) == (PERMANENT,)
    for given_policies, rule in ((periodic, PERIODIC), (permanent, PERMANENT)):
        written = write_policies(bay(rule))
        for mine, theirs in zip(written, given_policies, strict=True):
            assert mine.get("time_spans") == theirs.get("time_spans")
            assert mine["rules"][0]["activity"] == theirs["rules"][0]["activity"]


def test_priorities_of_others_are_kept_where_they_differ() -> None:
    """Of two rules in force together the policy with the lower number is known to come first."""
    rules = read_policies(
        [
            policy({"activity": "loading", "max_stay": 1, "max_stay_unit": "hour"}, priority=50),
            policy({"activity": "no stopping"}, spans=[{"days_of_week": ["mon"]}], priority=20),
        ]
    )
    assert {(rule.activity, rule.priority, rule.max_stay_min) for rule in rules} == {
        (Activity.LOADING, 50, 60),
        (Activity.NO_STOPPING, 20, None),
    }


def test_loading_and_unloading_that_differ_stay_two_rules() -> None:
    """Only twins become one."""
    rules = read_policies(
        [
            policy({"activity": "loading", "max_stay": 30}),
            policy({"activity": "unloading", "max_stay": 10}, priority=2),
        ]
    )
    assert {rule.activity for rule in rules} == {Activity.LOADING, Activity.UNLOADING}


def test_words_of_1_0_1_are_understood() -> None:
    """Delivery and freight were user classes, and an exception held outside the period it names."""
    spans = [
        {
            "days_of_week": ["mon"],
            "time_of_day_start": "07:00",
            "designated_period": "game days",
            "designated_period_except": True,
        }
    ]
    old = [policy({"activity": "loading", "user_classes": ["delivery", "freight"]}, spans=spans)]
    assert read_policies(old, version="1.0.1") == (
        TimeRule(days=(Day.MO,), start="07:00", end="24:00", except_periods=("game days",)),
    )
    new = read_policies(old)
    assert TimeRule(days=(Day.MO,), start="00:00", end="07:00") in new
    assert all(rule.except_periods or rule.start == "00:00" for rule in new)


def test_span_of_others_past_midnight_is_split() -> None:
    """A span that ends before it starts goes on until the day after."""
    spans = [{"days_of_week": ["sun"], "time_of_day_start": "20:00", "time_of_day_end": "07:00"}]
    assert read_policies([policy({"activity": "loading"}, spans=spans)]) == (
        TimeRule(days=(Day.MO,), start="00:00", end="07:00"),
        TimeRule(days=(Day.SU,), start="20:00", end="24:00"),
    )


def test_what_is_left_out_is_told() -> None:
    """Rates and dates within a day are left out with a note each."""
    reading = read_policies_with_notes(
        [
            policy(
                {"activity": "parking", "rate": [{"rate": 100, "rate_unit": "hour"}]},
                spans=[{"start_date": 1_772_319_600_001}],
            )
        ]
    )
    assert reading.rules[0].from_on == date(2026, 3, 1)
    assert len(reading.notes) == 2
    assert "rate" in reading.notes[1]


@pytest.mark.parametrize(
    ("broken", "piece"),
    [
        ({"priority": None}, "priority"),
        ({"priority": "high"}, "high"),
        ({"rules": "loading"}, "loading"),
        ({"rules": [{"activity": "sleeping"}]}, "sleeping"),
        ({"rules": [{"activity": "loading", "max_stay": 0}]}, "max_stay is 0"),
        ({"rules": [{"activity": "loading", "max_stay": 1, "max_stay_unit": "month"}]}, "month"),
        ({"rules": [{"activity": "loading", "max_stay": float("inf")}]}, "inf"),
        ({"rules": [{"activity": "loading", "user_classes": "van"}]}, "van"),
        ({"rules": [{"activity": "loading", "height": 2}]}, "height"),
        ({"data_source_operator_id": ["x"]}, "operators"),
        ({"time_spans": {"days_of_week": ["mon"]}}, "mon"),
        ({"time_spans": [{"days_of_week": ["lun"]}]}, "lun"),
        ({"time_spans": [{"time_of_day_start": "7h"}]}, "7h"),
        ({"time_spans": [{"time_of_day_start": "07:00", "time_of_day_end": "07:00"}]}, "07:00"),
        ({"time_spans": [{"start_date": "2026-01-01"}]}, "2026-01-01"),
        ({"time_spans": [{"start_date": 10**20}]}, "100000000000000000000"),
        ({"time_spans": [{"months": [13]}]}, "13"),
        ({"time_spans": [{"season": "summer"}]}, "season"),
        ({"time_spans": [{"days_of_week": ["mon"], "designated_period": "holidays"}]}, "holidays"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(broken: dict[str, Any], piece: str) -> None:
    """A policy that time rules cannot say is refused, and the message holds the piece."""
    with pytest.raises(InvalidTimeRule) as caught:
        read_policies([{**policy({"activity": "loading"}), **broken}])
    assert piece in str(caught.value)


def test_reading_changes_nothing_of_what_is_given() -> None:
    """Policies are read, not altered."""
    written = write_policies(bay(PERIODIC))
    before = copy.deepcopy(written)
    read_policies(written)
    assert written == before


def test_every_policy_of_philadelphia_is_read(shared: Path) -> None:
    """All 1,092 policies of another vendor are read; 108 are of loading; each is the same after a round trip."""
    with (shared / "data/bays/philly/policy_df.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found: Counter[Activity] = Counter()
    for row in rows:
        rules = read_policies(
            [
                {
                    "curb_policy_id": row["curb_policy_id"],
                    "priority": int(row["priority"]),
                    "rules": ast.literal_eval(row["rules"]),
                    "time_spans": ast.literal_eval(row["time_spans"]),
                }
            ],
            time_zone="America/New_York",
        )
        found[rules[0].activity] += 1
        assert read_policies(write_policies(bay(*rules))) == rules
    assert sum(found.values()) == 1092
    assert found[Activity.LOADING] == 108


def test_unknown_time_zone_is_refused_and_odd_text_is_no_crash() -> None:
    """The zone comes from a feed too; half a character in a name breaks nothing."""
    with pytest.raises(InvalidTimeRule, match="Europe/Lutetia"):
        read_policies([], time_zone="Europe/Lutetia")
    assert read_policies([{**policy({"activity": "loading"}), "name": "\ud800"}])
