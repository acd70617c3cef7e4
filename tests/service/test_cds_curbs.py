"""Tests of the CDS Curbs API: bays as zones through time, spaces and policies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from geo.bays import read_bays
from service.cds.media import ANSWERED, VENDOR
from service.cds.zone_object import split_address
from service.ingest.inventory import Inventory, save_inventory
from service.security import Role
from service.store.database import writing
from tests.service.kerb_history import (
    MOVED,
    NEW_ZONE,
    OLD_ZONE,
    PUBLISHED,
    RULED_ON,
    give_history,
    ms,
)
from tests.service.world import BAYS, World, bays_document, zone

BASE = "/cds/99001/curbs"


def get(client: TestClient, path: str, **params: Any) -> Any:
    """Return the data of an answer."""
    answer = client.get(f"{BASE}/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def zones(client: TestClient, **params: Any) -> list[str]:
    """Return which bays are found."""
    return [item["user_zone_id"] for item in get(client, "zones", **params)["zones"]]


def test_anyone_may_read_the_bays_of_one_commune(world: World) -> None:
    """The kerb is public, and a base shows its own commune only."""
    answer = world.client().get(f"{BASE}/zones")
    assert (answer.status_code, answer.headers["content-type"]) == (200, ANSWERED)
    assert [item["user_zone_id"] for item in answer.json()["data"]["zones"]] == list(BAYS[:4])
    assert answer.json() | {"data": 0, "links": 0} == {
        "version": "1.1.0",
        "time_zone": "Europe/Paris",
        "last_updated": answer.json()["last_updated"],
        "currency": "EUR",
        "author": "Un",
        "data": 0,
        "links": 0,
    }


def test_a_zone_says_what_the_inventory_says(world: World) -> None:
    """Details become fields of CDS, the rest text; free text and columns of the source stay here."""
    give_history(world)
    found = get(world.client(), f"zones/{NEW_ZONE}")
    assert found | {"geometry": 0, "curb_policy_ids": 0, "prev_policies": 0} == {
        "curb_zone_id": NEW_ZONE,
        "geometry": 0,
        "curb_policy_ids": 0,
        "published_date": ms(MOVED),
        "last_updated_date": ms(MOVED + timedelta(days=14)),
        "start_date": ms(MOVED),
        "prev_policies": 0,
        "prev_curb_zone_ids": [OLD_ZONE],
        "name": "Rue 0",
        "user_zone_id": BAYS[0],
        "street_name": "rue des Fleurs",
        "address_number": "12 bis",
        "length": 1200,
        "width": 220,
        "parking_angle": "parallel",
        "num_spaces": 2,
        "median": False,
        "available": True,
        "jurisdiction_type": "public",
        "curb_space_ids": found["curb_space_ids"],
        "custom_attributes": {
            "insee": "99001",
            "bay_type": "periodic",
            "placement": "carriageway",
            "sign_present": "true",
            "order_url": "https://example.org/arrêté n° 4.pdf",
            "order_ref": "2024-117",
            "equipment": "candélabre",
            "charging_kw": "22.0",
            "estimated": "width",
        },
        "external_references": [
            {
                "reference_url": "https://example.org/arr%C3%AAt%C3%A9%20n%C2%B0%204.pdf",
                "name": "Arrêté",
                "identifier_name": "order_ref",
                "ids": ["2024-117"],
            }
        ],
    }


def test_a_bay_that_moved_is_another_zone(world: World) -> None:
    """The old polygon holds until the new one, and is found by its time, or when history is asked for."""
    give_history(world)
    client = world.client()
    before, after = ms(MOVED) - 1, ms(MOVED)
    at = {name: zone_ids(client, time=name) for name in (before, after)}
    assert OLD_ZONE in at[before]
    assert NEW_ZONE not in at[before]
    assert NEW_ZONE in at[after]
    assert OLD_ZONE not in at[after]
    assert zone_ids(client, time=ms(PUBLISHED) - 1) == set()
    assert client.get(f"{BASE}/zones/{OLD_ZONE}").status_code == 404
    assert client.get(f"{BASE}/zones/{NEW_ZONE}", params={"time": before}).status_code == 404
    found = get(client, f"zones/{OLD_ZONE}", show_historic="true")
    assert found == get(client, f"zones/{OLD_ZONE}", time=before)
    assert (found["start_date"], found["end_date"]) == (ms(PUBLISHED), ms(MOVED))
    assert found["geometry"] != get(client, f"zones/{NEW_ZONE}")["geometry"]


def zone_ids(client: TestClient, **params: Any) -> set[str]:
    """Return the identifiers of the zones found."""
    return {item["curb_zone_id"] for item in get(client, "zones", **params)["zones"]}


def test_rules_that_changed_are_previous_policies(world: World) -> None:
    """A zone keeps its identifier when its rules change, and says what they were and until which local midnight."""
    give_history(world)
    client = world.client()
    changed = datetime(RULED_ON.year, RULED_ON.month, RULED_ON.day, tzinfo=ZoneInfo("Europe/Paris"))
    now = get(client, f"zones/{NEW_ZONE}")
    (past,) = now["prev_policies"]
    assert (past["start_date"], past["end_date"]) == (ms(MOVED), ms(changed))
    parking = set(past["curb_policy_ids"]) & set(now["curb_policy_ids"])
    assert len(parking) == 1, "only the rest of the time is ruled alike"
    then = get(client, f"zones/{NEW_ZONE}", time=ms(changed) - 1)
    assert then["curb_policy_ids"] == past["curb_policy_ids"]
    assert "prev_policies" not in then
    known = {item["curb_policy_id"]: item for item in get(client, "policies")["policies"]}
    assert {*now["curb_policy_ids"], *past["curb_policy_ids"]} <= set(known)
    assert known[past["curb_policy_ids"][0]]["published_date"] == ms(PUBLISHED)


def test_policies_are_chosen_by_their_identifiers(world: World) -> None:
    """A comma list gives those that are known of it; one is found alone; nonsense is refused."""
    client = world.client()
    every = [item["curb_policy_id"] for item in get(client, "policies")["policies"]]
    assert len(every) == len(set(every)) > 0
    some = get(client, "policies", ids=f"{every[0]},{uuid4()}")["policies"]
    assert [item["curb_policy_id"] for item in some] == every[:1]
    assert get(client, f"policies/{every[0].upper()}") == some[0]
    assert client.get(f"{BASE}/policies/{uuid4()}").json()["error"] == "unknown_curb_place"
    assert client.get(f"{BASE}/policies", params={"ids": "a"}).status_code == 400
    many = ",".join(str(uuid4()) for _ in range(201))
    assert client.get(f"{BASE}/policies", params={"ids": many}).status_code == 400


def test_a_box_finds_what_it_touches(world: World) -> None:
    """All four sides are needed; a bay that only touches is found."""
    client = world.client()
    box = {"min_lat": 48.9, "max_lat": 48.92, "min_lng": 2.6111, "max_lng": 2.6115}
    assert zones(client, **box) == [BAYS[1]]
    assert zones(client, **box | {"max_lng": 2.6121}) == list(BAYS[1:3])


def test_around_a_point_the_nearest_comes_first(world: World) -> None:
    """Distances are centimetres to the nearest edge, and order the answer."""
    client = world.client()
    around = {"lat": 48.91005, "lng": 2.6123}
    assert zones(client, **around, radius=5000) == [BAYS[2]]
    assert zones(client, **around, radius=20_000) == [BAYS[2], BAYS[3], BAYS[1], BAYS[0]]
    assert zones(client, lat=48.91005, lng=2.61005, radius=0) == [BAYS[0]]


WRONG: tuple[dict[str, Any], ...] = (
    {"min_lat": 48},
    {"min_lat": 48, "min_lng": 2, "max_lat": 49},
    {"lat": 48, "lng": 2},
    {"min_lat": 48, "min_lng": 2, "max_lat": 49, "max_lng": 3, "lat": 48, "lng": 2, "radius": 1},
    {"min_lat": 49, "min_lng": 2, "max_lat": 48, "max_lng": 3},
    {"lat": "nan", "lng": 2, "radius": 1},
    {"lat": 91, "lng": 2, "radius": 1},
    {"lat": 48, "lng": 2, "radius": -1},
    {"time": "now"},
    {"time": -1},
    {"include_geometry": "maybe"},
    {"area": "here"},
    {"page": 0},
)


def test_parameters_that_cannot_be_used_are_refused(world: World) -> None:
    """A fault of the query is 400 with the error object of CDS."""
    client = world.client()
    for params in WRONG:
        answer = client.get(f"{BASE}/zones", params=params)
        assert answer.status_code == 400, params
        assert set(answer.json()) == {"error", "error_description", "error_details"}
        assert answer.headers["content-type"] == ANSWERED


def test_geometry_may_be_left_out(world: World) -> None:
    """Clients that only count bays need no polygons."""
    found = get(world.client(), "zones", include_geometry="false")["zones"]
    assert all("geometry" not in item for item in found)
    assert len(found) == 4


def test_no_bay_lies_in_an_area(world: World) -> None:
    """Areas are not served, so nothing lies in one."""
    assert zones(world.client(), area=str(uuid4())) == []


def test_spaces_divide_a_bay(world: World) -> None:
    """A bay for two has two spaces, found by its zone, near a point, and by themselves."""
    client = world.client()
    every = get(client, "spaces")["spaces"]
    assert [item["space_number"] for item in every] == [1, 2] * 4
    mine = get(client, "spaces", zone=zone(BAYS[1]))["spaces"]
    assert {item["curb_zone_id"] for item in mine} == {zone(BAYS[1])}
    assert [item["length"] for item in mine] == [600, 600]
    assert get(client, f"spaces/{mine[1]['curb_space_id']}") == mine[1]
    named = get(client, f"zones/{zone(BAYS[1])}")["curb_space_ids"]
    assert named == [item["curb_space_id"] for item in mine]
    near = get(client, "spaces", lat=48.91, lng=2.61105, radius=100)["spaces"]
    assert [item["curb_space_id"] for item in near] == named[:1]
    assert client.get(f"{BASE}/spaces/{uuid4()}").status_code == 404


def test_what_is_not_served_says_so(world: World) -> None:
    """Optional endpoints answer 501, as CDS asks."""
    client = world.client()
    for path in ("curbs/areas", "curbs/objects", f"curbs/areas/{uuid4()}", "metrics/sessions"):
        answer = client.get(f"/cds/99001/{path}")
        assert (answer.status_code, answer.json()["error"]) == (501, "not_served")


def test_an_unknown_commune_is_not_found(world: World) -> None:
    """Whatever stands for the commune, 404 in the words of CDS."""
    world.add_key("all", Role.OFFICER, insee=None)
    client = world.client()
    for insee in ("99999", "x", "2A00", "99001%00"):
        for path in ("curbs/zones", "curbs/areas", "metrics/aggregates", "events/events", ""):
            answer = client.get(f"/cds/{insee}/{path}".rstrip("/"), headers=world.bearer("all"))
            assert (answer.status_code, answer.json()["error"]) == (404, "unknown_commune")


def test_an_answer_is_known_by_its_tag(world: World) -> None:
    """A client that has the answer already is told so, and each version has its own."""
    client = world.client()
    first = client.get(f"{BASE}/zones")
    again = client.get(f"{BASE}/zones", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Accept" in again.headers["vary"]
    older = {"Accept": "application/vnd.cds+json;version=1.0"}
    assert client.get(f"{BASE}/zones", headers=older).headers["etag"] != first.headers["etag"]


def test_head_is_get_without_its_body(world: World) -> None:
    """HEAD has the headers of GET; other methods are refused with those that are served."""
    client = world.client()
    whole, head = client.get(f"{BASE}/zones"), client.head(f"{BASE}/zones")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == whole.headers["etag"]
    for method in ("POST", "DELETE", "OPTIONS"):
        answer = client.request(method, f"{BASE}/zones")
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
        assert answer.json()["error"] == "method_not_allowed"
    both = client.put("/cds/99001/events/events")
    assert (both.status_code, both.headers["allow"]) == (405, "GET, HEAD, POST")


def test_a_base_names_what_it_serves(world: World) -> None:
    """The root of a commune lists its endpoints, each of which answers."""
    client = world.client()
    found = client.get("/cds/99001").json()["data"]["endpoints"]
    assert {item["name"] for item in found} >= {"curbs/zones", "events/event", "metrics/aggregates"}
    for item in found:
        answer = client.get(item["url"], headers=world.bearer("officer"))
        assert answer.status_code in {200, 405}


def test_the_version_is_negotiated(world: World) -> None:
    """What is preferred is answered, and said in the media type; 406 is for what is not made."""
    client = world.client()
    for accept, version in (
        ("", "1.1.0"),
        ("application/json", "1.1.0"),
        (VENDOR, "1.1.0"),
        (f"{VENDOR};version=1.0", "1.0.1"),
        (f"{VENDOR};version=1.0, {VENDOR};version=1.1", "1.1.0"),
        (f"{VENDOR};version=1.1;q=0.5, {VENDOR};version=1.0", "1.0.1"),
        ("text/html, */*;q=0.1", "1.1.0"),
    ):
        answer = client.get(f"{BASE}/zones", headers={"Accept": accept})
        assert answer.json()["version"] == version
        assert answer.headers["content-type"] == f"{VENDOR};version={version[:3]}"
    for accept in (f"{VENDOR};version=2.0", "text/csv", "application/json;q=0"):
        answer = client.get(f"{BASE}/zones", headers={"Accept": accept})
        assert (answer.status_code, answer.json()["error"]) == (406, "not_acceptable")


@pytest.mark.parametrize(
    ("address", "street", "number"),
    [
        ("12 rue des Fleurs", "rue des Fleurs", "12"),
        ("12, rue des Fleurs", "rue des Fleurs", "12"),
        ("12 bis rue des Fleurs", "rue des Fleurs", "12 bis"),
        ("12B rue des Fleurs", "rue des Fleurs", "12B"),
        ("12-14 avenue Foch", "avenue Foch", "12-14"),
        ("12 à 14 avenue Foch", "avenue Foch", "12 à 14"),
        ("8 boulevard", "boulevard", "8"),
        ("Place de la Mairie", "Place de la Mairie", None),
        ("face au 12 rue des Fleurs", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_an_address_is_split_where_it_is_certain(
    address: str | None, street: str | None, number: str | None
) -> None:
    """Number and street are fields of CDS; what could be either is left out."""
    assert split_address(address) == (street, number)


def test_an_import_shows_at_once(world: World) -> None:
    """What was kept of the last answer gives way as soon as the inventory changes."""
    client = world.client()
    before = get(client, "zones")["zones"]
    assert before == get(client, "zones")["zones"]
    with writing(world.engine) as session:
        bays = read_bays(bays_document(capacity=1)).bays
        save_inventory(session, Inventory(bays, made_at=world.now))
    after = get(client, "zones")["zones"]
    assert {item["num_spaces"] for item in before} == {2}
    assert {item["num_spaces"] for item in after} == {1}
    assert {item["last_updated_date"] for item in after} == {ms(world.now)}
