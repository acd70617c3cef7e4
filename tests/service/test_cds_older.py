"""Tests of policies said in the words of CDS 1.0."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from geo.in_force import applies_on, day_book
from geo.rule_languages.cds import read_policies, write_policies
from geo.words import BayType, FoundBay, TimeRule
from service.cds.older import in_version
from service.errors import NotAcceptable

GOODS = {"delivery", "freight"}

DAYS_ON = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]

RING = ((2.6, 48.9), (2.7, 48.9), (2.7, 49.0), (2.6, 48.9))


def policies(**more: Any) -> list[dict[str, Any]]:
    """Return the policies of a bay with one rule."""
    rule = TimeRule.model_validate(
        {"days": ["mo", "tu"], "start": "07:00", "end": "20:00", "max_stay_min": 30, **more}
    )
    bay = FoundBay(
        bay_id="a",
        length_m=12,
        capacity=2,
        bay_type=BayType.PERIODIC,
        rules=(rule,),
        polygon_lonlat=RING,
    )
    return write_policies(bay)


def applying(rules: tuple[TimeRule, ...]) -> set[tuple[Any, ...]]:
    """Return on which days of a year which window applies to whom, goods being goods."""
    book = day_book("99001", "Europe/Paris")
    return {
        (
            on,
            rule.activity,
            rule.start,
            rule.end,
            rule.max_stay_min,
            tuple(set(rule.user_classes) - GOODS),
        )
        for rule in rules
        for on in DAYS_ON
        if applies_on(rule, on, book)
    }


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"days": ["mo", "tu", "we", "th", "fr", "sa", "su", "ph"]},
        {"days": ["sa"], "weeks_of_month": [2, 5]},
        {"weeks_of_month": [1], "days_of_month": [1, 2, 3, 15]},
        {"months": [1, 2]},
        {"user_classes": ["truck"]},
        {"max_weight_t": 3.5},
        {"from_on": "2026-03-01", "until_on": "2026-10-01"},
        {"activity": "parking", "max_stay_min": 120},
    ],
    ids=str,
)
def test_a_reader_of_1_0_understands_the_same(more: dict[str, Any]) -> None:
    """What 1.0 is told applies on the same days, in the same hours, to the same vehicles."""
    newer = policies(**more)
    older = [in_version(policy, "1.0") for policy in newer]
    found = applying(read_policies(older, version="1.0.1"))
    assert found == applying(read_policies(newer))
    assert found
    assert not any("purposes" in rule for policy in older for rule in policy["rules"])
    assert not any(
        "weeks_of_month" in span for policy in older for span in policy.get("time_spans", ())
    )


@pytest.mark.parametrize(
    "more",
    [
        {"except_user_classes": ["car"]},
        {"except_periods": ["school_holidays"]},
        {"only_periods": ["market"]},
        {"weeks_of_month": [1], "days_of_month": [31]},
    ],
    ids=str,
)
def test_what_1_0_cannot_say_is_refused(more: dict[str, Any]) -> None:
    """A policy that would change its meaning is named, not said wrongly; 1.1 says it."""
    newer = policies(**more)
    with pytest.raises(NotAcceptable, match=newer[0]["curb_policy_id"]):
        in_version(newer[0], "1.0")
    assert in_version(newer[0], "1.1") == newer[0]
