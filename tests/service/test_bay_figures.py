"""Tests of what a bay's page is told: figures of a period, rules through time, and nothing made up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from geo.bays import read_bays
from service.ingest.inventory import Inventory, save_inventory
from service.store.database import writing
from tests.service.world import BAYS, World, bays_document

PATH = f"/api/v1/bays/{BAYS[0]}/figures"
WEEK = f"{PATH}?weeks=1&until=2026-03-10"
TUESDAY_NOON = 24 + 12
"""The hour of the week that ends at the world's now: 12 h in Paris, while the clock of UTC says 11."""
RULE = {"days": ["mo", "tu"], "start": "07:00", "end": "20:00", "max_stay_min": 30}


def figures(world: World, path: str = WEEK) -> dict[str, Any]:
    """Return what the page is told."""
    answer = world.client().get(path)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def change_rules(world: World, rules: list[dict[str, Any]], since_on: date) -> None:
    """Import the first bay with other rules."""
    document = bays_document()
    document["features"][0]["properties"]["rules"] = rules
    with writing(world.engine) as session:
        save_inventory(session, Inventory(read_bays(document).bays, rules_since_on=since_on))


def counts(told: dict[str, Any], name: str, kind: str = "van") -> dict[int, int]:
    """Return how many stays of a class lasted how long, by lower end in minutes, where any did."""
    dwell = told["dwell"]
    pairs = zip(dwell["from_min"], dwell["classes"][kind][name], strict=True)
    return {from_min: count for from_min, count in pairs if count}


def test_what_was_never_seen_is_unknown(world: World) -> None:
    """Every figure of a bay without observation is null, and only its place and its rule are told."""
    told = figures(world)
    unknown = {"value": None, "low": None, "high": None}
    assert told["coverage"] == 0
    assert told["occupancy"] == told["turnover"] == told["arrivals_per_day"]["van"] == unknown
    assert (
        told["full_share"] is told["stays"] is told["double_parked_s"] is told["forecast"] is None
    )
    assert set(told["week"]["occupancy"]) == set(told["week"]["full"]) == {None}
    assert told["class_mix"] == {"arrivals": {}, "time": {}}
    assert told["unseen"] == [{"reason": "unreported", "share": 1.0}]
    assert (told["name"], told["commune"]["name"], told["capacity"]) == ("Rue 0", "Un", 2)
    assert [one["from_on"] for one in told["rule_history"]] == [None]


def test_a_seen_hour_without_vehicle_is_zero_and_its_neighbours_stay_unknown(world: World) -> None:
    """Seen and empty is a figure; the hour before, which nobody saw, is none."""
    world.take(world.reports(-59, 0))
    told = figures(world)
    assert told["week"]["occupancy"][TUESDAY_NOON] == told["week"]["turnover"][TUESDAY_NOON] == 0
    assert told["week"]["occupancy"][TUESDAY_NOON - 1] is None
    assert (told["stays"], told["double_parked_s"]) == (0, 0)
    assert told["arrivals_per_day"]["all"]["value"] == 0
    assert told["arrivals_per_day"]["all"]["low"] is None


@pytest.mark.parametrize(("minutes", "is_enough"), [(42, True), (41, False)])
def test_an_hour_is_hatched_below_the_house_threshold(
    world: World, minutes: int, *, is_enough: bool
) -> None:
    """Seven tenths of an hour are enough, a minute less is not."""
    world.take(world.reports(1 - minutes, 0))
    told = figures(world)
    enough = world.client().get("/api/v1/status").json()["enough_coverage"]
    assert (told["week"]["coverage"][TUESDAY_NOON] >= enough) is is_enough


def test_overstays_count_only_under_a_maximum_at_arrival(world: World) -> None:
    """Of two vans that stay 80 minutes only that of Tuesday came while a rule set a maximum; the car kept to it."""
    world.take([*world.reports(-119, 0), *world.stay(-100, -20), *world.stay(-60, -30, "car")])
    world.now += timedelta(days=1)
    world.take([*world.reports(-119, 0), *world.stay(-100, -20)])
    told = figures(world, f"{PATH}?weeks=1&until=2026-03-11")
    assert counts(told, "limited") == counts(told, "free") == {80: 1}
    assert told["dwell"]["classes"]["van"]["overstays"] == {"longer": 1, "limited": 1}
    assert told["dwell"]["classes"]["car"]["overstays"] == {"longer": 0, "limited": 1}
    assert counts(told, "limited", "car") == {30: 1}
    assert told["dwell"]["unended"] == 0


def test_a_stay_whose_end_was_not_seen_has_no_length(world: World) -> None:
    """A van that is still there counts as an arrival and as unended, and in no class of dwell times."""
    world.take([*world.reports(-59, 0, ["van"]), *world.stay(-50, None)])
    told = figures(world)
    assert (told["stays"], told["dwell"]["unended"]) == (1, 1)
    assert counts(told, "limited") == counts(told, "free") == {}
    assert told["class_mix"]["time"]["van"] == 1.0


def test_each_stay_is_judged_by_the_rule_of_its_day(world: World) -> None:
    """A longer maximum from Tuesday on leaves Monday's overstay one and makes Tuesday's none."""
    world.now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    world.take([*world.reports(-119, 0), *world.stay(-100, -60)])
    world.now += timedelta(days=1)
    world.take([*world.reports(-119, 0), *world.stay(-100, -60)])
    change_rules(world, [{**RULE, "max_stay_min": 60}], date(2026, 3, 10))
    told = figures(world)
    assert told["dwell"]["classes"]["van"]["overstays"] == {"longer": 1, "limited": 2}
    history = [(one["from_on"], one["until_on"]) for one in told["rule_history"]]
    assert history == [(None, "2026-03-10"), ("2026-03-10", None)]
    assert [one["rules"][0]["max_stay_min"] for one in told["rule_history"]] == [30, 60]
    assert told["rules"] == told["rule_history"][-1]["rules"]
    assert [set(one) for one in told["rule_texts"]] == [{"fr", "en"}] * len(told["rules"])


def test_only_a_change_of_rules_makes_history(world: World) -> None:
    """The same import again keeps nothing, and of two changes on one day the last counts."""
    change_rules(world, [RULE], date(2026, 3, 3))
    assert len(figures(world)["rule_history"]) == 1
    change_rules(world, [], date(2026, 3, 3))
    change_rules(world, [{**RULE, "end": "12:00"}], date(2026, 3, 3))
    found = figures(world)["rule_history"]
    assert [len(one["rules"]) for one in found] == [1, 1]
    assert [one["rules"][0]["end"] for one in found] == ["20:00", "12:00"]


def test_reserved_hours_follow_the_rules_of_the_time(world: World) -> None:
    """Hours that were not reserved when they were seen do not count as reserved now."""
    world.take(world.reports(-59, 0))
    assert figures(world)["reserved_occupancy"]["value"] == 0
    change_rules(world, [], date(2026, 3, 10))
    assert figures(world)["reserved_occupancy"]["value"] is None


def test_an_unchanged_answer_is_not_made_again(world: World) -> None:
    """The tag answers 304 until a stay, an exclusion or a rule changes what is told."""
    world.take([*world.reports(-59, 0), *world.stay(-50, -20)])
    client = world.client()
    first = client.get(WEEK)
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(WEEK, headers=known).status_code == 304
    change_rules(world, [], date(2026, 3, 1))
    assert client.get(WEEK, headers=known).status_code == 200


def test_excluded_time_is_not_told(world: World) -> None:
    """What an officer took out leaves arrivals, dwell times and coverage."""
    world.take([*world.reports(-59, 0), *world.stay(-50, -20)])
    body = {
        "bay_id": BAYS[0],
        "from": "2026-03-10T11:00:00Z",
        "to": "2026-03-10T12:00:00Z",
        "reason": "works",
    }
    made = world.client().post("/api/v1/exclusions", json=body, headers=world.bearer("officer"))
    assert made.status_code == 201
    told = figures(world)
    assert (told["coverage"], told["stays"]) == (0, None)
    assert counts(told, "limited") == {}


def test_the_forecast_is_of_a_bay_without_room(world: World) -> None:
    """An hour seen full is likelier to be full than one seen empty, and each interval holds its value."""
    full = [*world.stay(-59, 0), *world.stay(-59, 0)]
    world.take([*world.reports(-119, -60), *world.reports(-59, 0, ["van", "van"]), *full])
    forecast = figures(world)["forecast"]
    at = TUESDAY_NOON
    assert forecast["p"][at] > forecast["p"][at - 6]
    assert all(
        low <= p <= high
        for low, p, high in zip(forecast["low"], forecast["p"], forecast["high"], strict=True)
    )
    assert (forecast["from_on"], forecast["to_on"]) == ("2026-01-14", "2026-03-10")


def test_an_unknown_bay_is_said(world: World) -> None:
    """A bay that nobody imported is a 404 with its code."""
    answer = world.client().get("/api/v1/bays/nowhere/figures")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_bay")
