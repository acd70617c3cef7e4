"""CDS zones with their policies, and CurbLR lines: what is a delivery bay, where it lies and when it is one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shapely.geometry import Polygon

from geo.bay_details import Arrangement, Guess, State
from geo.rule_languages.cds import write_policies
from geo.rules import WEEK
from geo.words import BayType, FoundBay, TimeRule
from tests.geo.inventory.files import at, read
from tests.geo.places import collection, ring

HOURS = TimeRule(days=WEEK[:5], start="07:00", end="11:00", max_stay_min=30)


def policies(*rules: TimeRule) -> list[dict[str, Any]]:
    """Return CDS policies of rules."""
    bay = FoundBay.model_validate(
        {
            "bay_id": "a",
            "length_m": 12,
            "capacity": 2,
            "bay_type": "periodic",
            "rules": rules,
            "polygon_lonlat": ring(),
        }
    )
    return write_policies(bay)


def zone(policy_ids: list[str], **changed: Any) -> dict[str, Any]:
    """Return a CDS zone of another maker."""
    return {
        "curb_zone_id": "c4028e0c-20a9-5293-97cf-c8a442156887",
        "geometry": {"type": "Polygon", "coordinates": [ring()]},
        "curb_policy_ids": policy_ids,
        "published_date": 1764547200000,
        "last_updated_date": 1764547200000,
        "start_date": 1764547200000,
        "user_zone_id": "Z-1",
        "street_name": "Rue Exemple",
        "address_number": "12",
        "length": 1200,
        "width": 250,
        "num_spaces": 2,
        "parking_angle": "angled",
        "custom_attributes": {"code_insee": "99001", "colour": "yellow"},
        **changed,
    }


def answer(**data: Any) -> dict[str, Any]:
    """Return a CDS answer."""
    return {"version": "1.1.0", "time_zone": "Europe/Paris", "data": data}


def _ids(given: list[dict[str, Any]]) -> list[str]:
    return [policy["curb_policy_id"] for policy in given]


def test_a_zone_with_its_policies_is_a_bay() -> None:
    """Centimetres become metres, policies rules, fields without one of ours stay as text."""
    given = policies(HOURS)
    (bay,) = read(answer(zones=[zone(_ids(given))], policies=given)).bays
    assert (bay.bay_id, bay.commune, bay.capacity, bay.length_m) == ("Z-1", "99001", 2, 12.0)
    assert bay.rules == (HOURS,)
    assert bay.bay_type is BayType.PERIODIC
    assert (bay.details.width_m, bay.details.address) == (2.5, "12 Rue Exemple")
    assert bay.details.arrangement is Arrangement.ANGLED
    assert bay.details.source_uuid == "c4028e0c-20a9-5293-97cf-c8a442156887"
    assert bay.details.extra["colour"] == "yellow"


@pytest.mark.parametrize("form", ["answer", "bare", "list", "features"])
def test_zones_and_policies_come_in_several_forms(form: str) -> None:
    """One answer with both, without its envelope, a list of two answers, or zones as features."""
    given = policies(HOURS)
    one = zone(_ids(given))
    document: Any = {
        "answer": answer(zones=[one], policies=given),
        "bare": {"zones": [one], "policies": given},
        "list": [answer(zones=[one]), answer(policies=given)],
        "features": collection(
            {
                "type": "Feature",
                "properties": {name: value for name, value in one.items() if name != "geometry"},
                "geometry": one["geometry"],
            }
        )
        | {"policies": given},
    }[form]
    found = read(json.dumps(document))
    assert found.file_format == "cds"
    assert [bay.rules for bay in found.bays] == [(HOURS,)]


def test_a_zone_on_a_line_is_drawn_along_it() -> None:
    """CDS 1.1 allows a line."""
    line = {"type": "LineString", "coordinates": [at(0, 0), at(12, 0)]}
    given = policies(HOURS)
    (bay,) = read(answer(zones=[zone(_ids(given), geometry=line)], policies=given)).bays
    assert Polygon(bay.polygon_lonlat).is_valid
    assert bay.length_m == 12.0


def test_a_zone_without_loading_is_no_delivery_bay() -> None:
    """The sentence says what its policies allow."""
    given = [policy for policy in policies(HOURS) if policy["rules"][0]["activity"] == "parking"]
    (refusal,) = read(answer(zones=[zone(_ids(given))], policies=given)).refused
    assert refusal.code == "not_a_delivery_bay"
    assert "parking" in refusal.message


def test_policies_that_are_missing_are_told() -> None:
    """The zone is taken, its hours are unknown."""
    found = read(answer(zones=[zone(["6b1d9c0e-0000-4000-8000-000000000000"])]))
    assert found.bays[0].rules == ()
    assert [note.code for note in found.warnings] == ["no_policy"]


def test_a_policy_that_is_not_understood_refuses_its_zone() -> None:
    """Its text names the policy's fault."""
    given = policies(HOURS)
    for policy in given:
        policy["priority"] = "high"
    (refusal,) = read(answer(zones=[zone(_ids(given))], policies=given)).refused
    assert refusal.code == "invalid_time_rule"
    assert "high" in refusal.message


def test_what_a_policy_says_beyond_time_rules_is_told() -> None:
    """A price is left out with a remark."""
    given = policies(HOURS)
    for policy in given:
        policy["curb_policy_id"] = policy["curb_policy_id"][::-1]
        policy["rules"][0]["rate"] = [{"rate": 100, "rate_unit": "hour"}]
    found = read(answer(zones=[zone(_ids(given))], policies=given))
    assert {note.code for note in found.warnings} == {"left_out"}


def test_our_own_attributes_become_details_again() -> None:
    """What CDS has no field for is text in our feed; the made-up identifier of the zone is not the source's."""
    attributes = {
        "insee": "99001",
        "bay_type": "goods_zone",
        "marking_state": "degraded",
        "marking_conforms": "false",
        "equipment": "candélabre,capteur sol",
        "charging_kw": "22.0",
        "order_on": "2023-04-11",
        "estimated": "width,capacity",
    }
    given = policies(HOURS)
    (bay,) = read(
        answer(zones=[zone(_ids(given), custom_attributes=attributes)], policies=given)
    ).bays
    details = bay.details
    assert (bay.bay_type, bay.commune) == (BayType.GOODS_ZONE, "99001")
    assert (details.marking_state, details.marking_conforms) == (State.DEGRADED, False)
    assert details.equipment == ("candélabre", "capteur sol")
    assert details.estimated == (Guess.WIDTH, Guess.CAPACITY)
    assert (details.charging_kw, str(details.order_on)) == (22.0, "2023-04-11")
    assert (details.source_uuid, details.surveyed_at, details.extra) == (None, None, {})


def kerb(activity: str, x_m: float = 0.0, **rule: Any) -> dict[str, Any]:
    """Return a CurbLR feature."""
    return {
        "type": "Feature",
        "properties": {
            "location": {
                "shstRefId": "4be012a3f73d5352aae97adc6db39fdd",
                "sideOfStreet": "right",
                "shstLocationStart": x_m,
                "shstLocationEnd": x_m + 15,
                "assetType": "sign",
                "baysAngle": "parallel",
            },
            "regulations": [
                {
                    "rule": {"activity": activity, "priorityCategory": activity, **rule},
                    "userClasses": [{}],
                    "timeSpans": [
                        {
                            "daysOfWeek": {"days": ["mo", "tu"]},
                            "timesOfDay": [{"from": "07:00", "to": "19:00"}],
                        }
                    ],
                }
            ],
        },
        "geometry": {"type": "LineString", "coordinates": [at(x_m, 0), at(x_m + 15, 0)]},
    }


def test_loading_kerbs_become_bays_and_others_are_refused() -> None:
    """The bay lies along its line; what the others say stands in the reason."""
    document = collection(kerb("loading", maxStay=15), kerb("no standing", 30), kerb("parking", 60))
    document["manifest"] = {"priorityHierarchy": ["no standing", "loading", "parking"]}
    found = read(document)
    (bay,) = found.bays
    assert found.file_format == "curblr"
    assert bay.bay_id == "4be012a3f73d5352aae97adc6db39fdd:right:0.0-15.0"
    assert bay.length_m == pytest.approx(15.0, abs=0.02)
    assert [(rule.days, rule.start, rule.end, rule.max_stay_min) for rule in bay.rules] == [
        (WEEK[:2], "07:00", "19:00", 15)
    ]
    assert bay.details.arrangement is Arrangement.PARALLEL
    assert [(note.row, note.code) for note in found.refused] == [
        (2, "not_a_delivery_bay"),
        (3, "not_a_delivery_bay"),
    ]
    assert "no standing" in found.refused[0].message


def test_a_feature_that_is_no_zone_keeps_its_row() -> None:
    """Zones as features are counted as features."""
    given = policies(HOURS)
    whole = {name: value for name, value in zone(_ids(given)).items() if name != "geometry"}
    feature = {"type": "Feature", "properties": whole, "geometry": zone([])["geometry"]}
    document = collection({"type": "Feature"}, feature) | {"policies": given}
    found = read(document)
    assert [(note.row, note.code) for note in found.refused] == [(1, "invalid_value")]
    assert found.rows_of_bays == (2,)
