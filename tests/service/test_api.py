"""Tests of the native API over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.store.database import writing
from service.store.notes import SAMPLE, set_note
from tests.service.world import BAYS, World

HOURS = 168


@pytest.fixture
def lived(world: World) -> World:
    """Give a world in which bay 1 was seen for the last two hours, with one van of 30 minutes."""
    world.take([*world.reports(-119, 0), *world.stay(-45, -15)])
    return world


def item(answer: Any, name: str) -> dict[str, Any]:
    """Return one item of an answer."""
    return next(item for item in answer.json()["items"] if item["id"] == name)


def test_status_tells_what_is_there(lived: World) -> None:
    """Counts, period, last complete slot and the statistical mode."""
    told = lived.client().get("/api/v1/status").json()
    assert told.pop("version")
    assert told == {
        "sample": False,
        "live_display": False,
        "enough_coverage": 0.7,
        "first_on": "2026-03-10",
        "last_on": "2026-03-10",
        "last_complete_slot_at": "2026-03-10T11:45:00Z",
        "communes": 2,
        "bays": 5,
        "stays": 1,
    }


def test_status_of_an_empty_store(world: World) -> None:
    """Before anything was seen the period is unknown, not today."""
    told = world.client().get("/api/v1/status").json()
    assert (told["first_on"], told["last_complete_slot_at"], told["stays"]) == (None, None, 0)


def test_sample_data_says_so(world: World) -> None:
    """The store remembers that its data is made up."""
    with writing(world.engine) as session:
        set_note(session, SAMPLE, "true")
    assert world.client().get("/api/v1/status").json()["sample"] is True


def test_a_slot_that_goes_on_is_not_shown(lived: World) -> None:
    """The last complete slot ends before now, however new the last report is."""
    lived.now = lived.now.replace(minute=7)
    lived.take(lived.reports(-6, 0))
    told = lived.client().get("/api/v1/status").json()
    assert told["last_complete_slot_at"] == "2026-03-10T11:45:00Z"


def test_places_are_geojson(world: World) -> None:
    """Communes and bays are features with their identifiers and rules."""
    client = world.client()
    communes = client.get("/api/v1/communes")
    assert communes.headers["content-type"] == "application/geo+json"
    first = communes.json()["features"][0]
    assert (first["id"], first["properties"]["bays"]) == ("99001", 4)
    bays = client.get("/api/v1/bays").json()["features"]
    assert [bay["id"] for bay in bays] == list(BAYS)
    assert bays[0]["properties"]["rules"][0]["start"] == "07:00"
    assert client.get("/api/v1/streets").json()["features"] == []


def test_bays_can_be_chosen(world: World) -> None:
    """By commune, or by a box they touch."""
    client = world.client()
    by_commune = client.get("/api/v1/bays?commune=99002").json()["features"]
    assert [bay["id"] for bay in by_commune] == ["99002-0001"]
    by_box = client.get("/api/v1/bays?bbox=2.6105,48.9,2.6125,48.95").json()["features"]
    assert [bay["id"] for bay in by_box] == ["99001-0002", "99001-0003"]


@pytest.mark.parametrize(
    "query",
    [
        "bays?bbox=1,2,3",
        "bays?bbox=3,2,1,4",
        "bays?bbox=nan,1,2,3",
        "bays?commune=paris",
        "occupancy?from=2026-03-10T10:00:00Z",
        "occupancy?from=2026-03-10T10:00:00&to=2026-03-10T11:00:00Z",
        "occupancy?from=2026-03-10T11:00:00Z&to=2026-03-10T11:00:00Z",
        "occupancy?from=2025-01-01T00:00:00Z&to=2026-03-10T11:00:00Z",
        "occupancy?from=tomorrow&to=2026-03-10T11:00:00Z",
        "occupancy?class=plane",
        "occupancy/week?until=2026-13-01",
        "occupancy/week?weeks=0",
        "communes/99001/figures?month=2026-3",
        "communes/99001/figures",
        "communes/99001/figures?month=1900-01",
        "occupancy/week?until=9999-12-31",
        "occupancy/week?until=0001-01-01",
        "occupancy?from=0001-01-01T00:00:00%2B14:00&to=0001-01-01T01:00:00%2B14:00",
        "bays/a%00b/week",
        "bays?bbox=1e400,1,1e400,1",
    ],
)
def test_parameters_that_cannot_be_are_told(lived: World, query: str) -> None:
    """Each malformed parameter is a problem document that is no server's failure."""
    answer = lived.client().get(f"/api/v1/{query}")
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "occupancy?commune=99999",
        "occupancy/week?commune=99999",
        "communes/99999/figures?month=2026-03",
        "communes/99999/report/csv?month=2026-03",
        "bays/none/week",
    ],
)
def test_unknown_places_are_not_found(lived: World, path: str) -> None:
    """A place that does not exist is 404 with its code."""
    answer = lived.client().get(f"/api/v1/{path}")
    assert answer.status_code == 404
    assert answer.json()["code"].startswith("unknown_")


def test_times_inside_a_slot_name_the_edges(lived: World) -> None:
    """A period must lie on slot edges; the nearest two are named."""
    answer = lived.client().get(
        "/api/v1/occupancy?from=2026-03-10T10:07:00Z&to=2026-03-10T11:00:00Z"
    )
    assert answer.json()["code"] == "invalid_period"
    assert "2026-03-10T10:00:00Z" in answer.json()["detail"]
    assert "2026-03-10T10:15:00Z" in answer.json()["detail"]


def test_the_last_complete_slot_comes_by_default(lived: World) -> None:
    """Without a period the map gets the last complete slot: free and seen, unknown where unseen."""
    answer = lived.client().get("/api/v1/occupancy")
    assert (answer.json()["from"], answer.json()["to"]) == (
        "2026-03-10T11:45:00Z",
        "2026-03-10T12:00:00Z",
    )
    assert item(answer, BAYS[0])["occupancy"] == 0
    unseen = item(answer, BAYS[1])
    assert (unseen["occupancy"], unseen["full_share"], unseen["coverage"]) == (None, None, 0)


def test_a_period_sums_its_slots(lived: World) -> None:
    """One van for 30 of 120 minutes in a bay of two is an eighth, whatever the offset of the request."""
    client = lived.client()
    utc = client.get("/api/v1/occupancy?from=2026-03-10T10:00:00Z&to=2026-03-10T12:00:00Z")
    paris = client.get(
        "/api/v1/occupancy",
        params={"from": "2026-03-10T11:00:00+01:00", "to": "2026-03-10T13:00:00+01:00"},
    )
    assert utc.json() == paris.json()
    found = item(utc, BAYS[0])
    assert (found["occupancy"], found["arrivals"], found["seen_s"]) == (0.125, 1, 7200)


def test_communes_sum_their_bays(lived: World) -> None:
    """A commune's coverage counts the bays that were not seen; its occupancy does not."""
    answer = lived.client().get(
        "/api/v1/occupancy?from=2026-03-10T10:00:00Z&to=2026-03-10T12:00:00Z&level=commune"
    )
    found = item(answer, "99001")
    assert (found["occupancy"], found["coverage"]) == (0.125, 0.25)
    assert item(answer, "99002")["occupancy"] is None


def test_classes_can_be_told_apart(lived: World) -> None:
    """One class's share of the places and its arrivals."""
    period = "from=2026-03-10T10:00:00Z&to=2026-03-10T12:00:00Z"
    client = lived.client()
    vans = item(client.get(f"/api/v1/occupancy?{period}&class=van"), BAYS[0])
    cars = item(client.get(f"/api/v1/occupancy?{period}&class=car"), BAYS[0])
    assert (vans["occupancy"], vans["arrivals"]) == (0.125, 1)
    assert (cars["occupancy"], cars["arrivals"]) == (0, 0)


def test_figures_come_as_geojson_too(lived: World) -> None:
    """Features carry the properties of the place and its figures."""
    answer = lived.client().get("/api/v1/occupancy?format=geojson&commune=99001")
    features = answer.json()["features"]
    assert [feature["id"] for feature in features] == list(BAYS[:4])
    assert {"name", "capacity", "occupancy", "coverage"} <= features[0]["properties"].keys()


def test_typical_week_puts_hours_in_their_local_place(lived: World) -> None:
    """Tuesday 12 h to 13 h in Paris is hour 36: the van stood there from 12:15 to 12:45."""
    answer = lived.client().get("/api/v1/occupancy/week?weeks=1")
    assert (answer.json()["from_on"], answer.json()["to_on"]) == ("2026-03-04", "2026-03-10")
    found = item(answer, BAYS[0])
    assert [len(found[name]) for name in ("occupancy", "coverage", "full")] == [HOURS] * 3
    assert found["occupancy"][24 + 12] == 0.25
    assert found["coverage"][24 + 12] == 1
    assert found["occupancy"][0] is None
    assert found["coverage"][0] == 0


def test_typical_week_averages_over_weeks(lived: World) -> None:
    """Over two weeks the hour was seen once in two; its occupancy stays that of the seen time."""
    found = item(lived.client().get("/api/v1/occupancy/week?weeks=2"), BAYS[0])
    assert (found["occupancy"][36], found["coverage"][36]) == (0.25, 0.5)


def test_a_bay_has_its_week_and_dwell_times(lived: World) -> None:
    """The same arrays for one bay, and how long its stays lasted."""
    told = lived.client().get(f"/api/v1/bays/{BAYS[0]}/week?weeks=1").json()
    assert told["occupancy"][36] == 0.25
    assert sum(told["dwell"]["stays"]) == 1
    position = told["dwell"]["from_min"].index(30)
    assert told["dwell"]["stays"][position] == 1


def test_a_month_has_its_figures(lived: World) -> None:
    """Occupancy, stays, dwell times and hours of a commune; intervals only with enough days."""
    told = lived.client().get("/api/v1/communes/99001/figures?month=2026-03").json()
    assert (told["name"], told["month"], told["sample"]) == ("Un", "2026-03", False)
    assert told["period"] == {"from_on": "2026-03-01", "to_on": "2026-03-31"}
    assert told["occupancy"] == {"value": 0.125, "low": None, "high": None}
    assert (told["stays"], told["dwell_min"]["median"], told["class_mix"]["van"]) == (1, 30, 1)
    assert [len(told["hours"][kind]) for kind in ("weekday", "weekend")] == [24, 24]
    assert told["hours"]["weekday"][12]["occupancy"] == 0.25
    assert [bay["bay_id"] for bay in told["bays"]] == list(BAYS[:4])
    assert told["previous"] is None


def test_the_month_before_is_told(lived: World) -> None:
    """Main figures of the previous month come along."""
    told = lived.client().get("/api/v1/communes/99001/figures?month=2026-04").json()
    assert told["occupancy"]["value"] is None
    previous = told["previous"]
    assert (previous["month"], previous["occupancy"], previous["stays"]) == ("2026-03", 0.125, 1)


@pytest.mark.parametrize(
    "path",
    [
        "status",
        "communes",
        "bays",
        "streets",
        "occupancy",
        "occupancy/week",
        "communes/99001/figures?month=2026-03",
        "bays/99001-0001/week",
    ],
)
def test_asking_again_is_cheap_until_something_changes(lived: World, path: str) -> None:
    """The same answer is 304; after a new fact a figure's answer is sent anew."""
    client = lived.client()
    first = client.get(f"/api/v1/{path}")
    assert first.headers["cache-control"] == "no-cache"
    asked = {"If-None-Match": first.headers["etag"]}
    again = client.get(f"/api/v1/{path}", headers=asked)
    assert (again.status_code, again.content) == (304, b"")
    lived.take([*lived.reports(-150, -120), *lived.stay(-14, -2, "car")])
    later = client.get(f"/api/v1/{path}", headers=asked)
    assert later.status_code == (304 if path in {"communes", "bays", "streets"} else 200)


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("csv", "text/csv", b"\xef\xbb\xbfbay_id"),
        ("gpkg", "application/geopackage", b"SQLite"),
        ("pdf", "application/pdf", b"%PDF"),
    ],
)
def test_a_month_can_be_downloaded(lived: World, form: str, kind: str, begins: bytes) -> None:
    """The report's files come with their type and a name."""
    answer = lived.client().get(f"/api/v1/communes/99001/report/{form}?month=2026-03&lang=en")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert f".{form}" in answer.headers["content-disposition"]
    assert answer.content.startswith(begins)


def test_large_answers_are_compressed(lived: World) -> None:
    """A week of five bays goes over the line in a fraction of its size."""
    answer = lived.client().get("/api/v1/occupancy/week")
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(answer.content) / 5


def test_pages_and_interfaces_do_not_mix(world: World) -> None:
    """Every answer has the security headers, and the policy names no other origin."""
    client = world.client()
    for path in ("/api/v1/status", "/", "/api/v1/nothing"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy


def officer(world: World) -> dict[str, str]:
    """Return the officer's header."""
    return world.bearer("officer")


def works(**more: Any) -> dict[str, Any]:
    """Return the exclusion of the quarter of an hour of the van's departure."""
    period = {"from": "2026-03-10T11:30:00Z", "to": "2026-03-10T11:45:00Z"}
    return {"bay_id": BAYS[0], **period, "reason": "travaux", **more}


def test_exclusions_change_the_figures_at_once_and_can_be_undone(lived: World) -> None:
    """What an officer takes out is unknown, and comes back when it is undone; the record stays."""
    client = lived.client()
    period = "/api/v1/occupancy?from=2026-03-10T11:15:00Z&to=2026-03-10T11:45:00Z"
    before = client.get(period).json()
    made = client.post("/api/v1/exclusions", json=works(), headers=officer(lived))
    assert made.status_code == 201
    found = item(client.get(period), BAYS[0])
    assert (found["occupancy"], found["coverage"]) == (0.5, 0.5)
    undone = client.delete(f"/api/v1/exclusions/{made.json()['id']}", headers=officer(lived))
    assert undone.json()["undone_at"]
    assert client.get(period).json() == before
    (kept,) = client.get("/api/v1/exclusions", headers=officer(lived)).json()["items"]
    assert (kept["reason"], kept["undone_by"]) == ("travaux", kept["created_by"])


@pytest.mark.parametrize(
    "period",
    [
        {"from": "2026-03-10T11:45:00Z", "to": "2026-03-10T12:00:00Z"},
        {"from": "2026-03-10T11:15:00Z", "to": "2026-03-10T11:30:00Z"},
    ],
    ids=["departure", "arrival"],
)
def test_dwell_times_of_a_bay_follow_an_exclusion(lived: World, period: dict[str, str]) -> None:
    """A stay whose arrival or departure an officer took out has no dwell time, until it is put back."""
    client = lived.client()
    path = f"/api/v1/bays/{BAYS[0]}/week?weeks=1"
    before = client.get(path).json()["dwell"]
    made = client.post("/api/v1/exclusions", json=works(**period), headers=officer(lived)).json()
    assert sum(client.get(path).json()["dwell"]["stays"]) == 0
    client.delete(f"/api/v1/exclusions/{made['id']}", headers=officer(lived))
    assert client.get(path).json()["dwell"] == before


def test_an_officer_cannot_exclude_a_device_of_another_commune(lived: World) -> None:
    """A device that has not reported yet belongs to the commune of its key all the same."""
    other = lived.add_key("elsewhere", insee="99002")
    client = lived.client()
    wanted = works(bay_id=None, device_id=other.device_id)
    answer = client.post("/api/v1/exclusions", json=wanted, headers=officer(lived))
    assert (answer.status_code, answer.json()["code"]) == (403, "out_of_scope")
    lived.take([lived.report(-25, bay=BAYS[4], device="elsewhere")], other)
    found = client.get("/api/v1/occupancy?from=2026-03-10T11:30:00Z&to=2026-03-10T11:45:00Z")
    assert item(found, BAYS[4])["seen_s"] == 60


def test_a_device_can_be_excluded(lived: World) -> None:
    """All bays a device reports on are taken out."""
    client = lived.client()
    wanted = works(bay_id=None, device_id=lived.device.device_id)
    assert client.post("/api/v1/exclusions", json=wanted, headers=officer(lived)).status_code == 201
    answer = client.get("/api/v1/occupancy?from=2026-03-10T11:30:00Z&to=2026-03-10T11:45:00Z")
    assert item(answer, BAYS[0])["occupancy"] is None


def test_late_facts_in_an_excluded_time_stay_out(lived: World) -> None:
    """What arrives later for an excluded time does not count either."""
    client = lived.client()
    client.post("/api/v1/exclusions", json=works(), headers=officer(lived))
    lived.take(lived.stay(-28, -16, "car"))
    answer = client.get("/api/v1/occupancy?from=2026-03-10T11:30:00Z&to=2026-03-10T11:45:00Z")
    assert item(answer, BAYS[0])["arrivals"] == 0


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"bay_id": "none"}, 404),
        ({"bay_id": None, "device_id": "none"}, 404),
        ({"bay_id": None}, 400),
        ({"device_id": "both"}, 400),
        ({"to": "2026-03-10T11:30:00Z"}, 400),
        ({"to": "2026-03-10T11:45:00"}, 422),
        ({"reason": ""}, 422),
        ({"reason": "two\nlines"}, 422),
        ({"reason": "x" * 201}, 422),
        ({"extra": 1}, 422),
        ({"bay_id": "99002-0001"}, 403),
        ({"bay_id": "\ud800"}, 400),
        ({"\ud800": 1}, 422),
        ({"from": "0001-01-01T00:00:00Z"}, 422),
        ({"to": "9999-12-31T00:00:00Z"}, 422),
    ],
)
def test_exclusions_that_make_no_sense_are_refused(
    lived: World, change: dict[str, Any], status: int
) -> None:
    """Each fault has its status and nothing is recorded."""
    client = lived.client()
    body = json.dumps(works(**change)).encode()
    headers = {**officer(lived), "Content-Type": "application/json"}
    answer = client.post("/api/v1/exclusions", content=body, headers=headers)
    assert answer.status_code == status
    assert client.get("/api/v1/exclusions", headers=officer(lived)).json()["items"] == []


def test_only_officers_exclude(lived: World) -> None:
    """Without a key it is 401, with a device's 403, and an unknown one to undo is 404."""
    client = lived.client()
    assert client.post("/api/v1/exclusions", json=works()).status_code == 401
    assert client.get("/api/v1/exclusions").status_code == 401
    device = lived.bearer()
    assert client.post("/api/v1/exclusions", json=works(), headers=device).status_code == 403
    assert client.get("/api/v1/devices", headers=device).status_code == 403
    assert client.delete("/api/v1/exclusions/9", headers=officer(lived)).status_code == 404
    assert client.delete(f"/api/v1/exclusions/{10**20}", headers=officer(lived)).status_code == 422


def test_the_interface_describes_itself(world: World) -> None:
    """The OpenAPI document is served, and no page that would load from elsewhere."""
    client: TestClient = world.client()
    assert "/api/v1/occupancy/week" in client.get("/api/v1/openapi.json").json()["paths"]
    assert "swagger" not in client.get("/docs").text.lower()
