"""Tests of reading events back by CDS, and of the status of devices."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient

from geo.events import MAX_BATCH_EVENTS
from service.cds.answers import PAGE_SIZE
from service.cds.logged import operator_id
from service.security import Role
from service.store.database import writing
from service.store.keys import revoke_keys
from tests.service.kerb_history import MOVED, NEW_ZONE, OLD_ZONE, give_history
from tests.service.world import BAYS, World, device_uuid, zone

PATH = "/cds/99001/events/events"
STATUS = "/cds/99001/events/status"


def events(client: TestClient, world: World, name: str = "officer", **params: Any) -> list[Any]:
    """Return the events found."""
    answer = client.get(PATH, params=params, headers=world.bearer(name))
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["data"]["events"]
    return found


def minutes(world: World, found: list[Any]) -> list[int]:
    """Return how many minutes from now events took place."""
    return [(event["event_time"] // 1000 - world.now_s) // 60 for event in found]


def test_the_last_hour_is_given_newest_first(world: World) -> None:
    """Without a time the 60 minutes before the last complete slot are read back, as they were sent."""
    client = world.client()
    world.now += timedelta(minutes=7)
    sent = [*world.reports(-70, 0, ["van", "car"]), *world.stay(-30, -20, "truck")]
    world.take(sent)
    found = events(client, world)
    assert minutes(world, found) == sorted(minutes(world, found), reverse=True)
    assert set(minutes(world, found)) == set(range(-67, -7))
    by_id = {event["event_id"]: event for event in found}
    (start,) = [event for event in sent if event["event_type"] == "park_start"]
    assert by_id[start["event_id"]] == {
        **{name: start[name] for name in ("event_id", "event_type", "event_time", "curb_zone_id")},
        "event_publication_time": world.now_s * 1000,
        "data_source_type": "camera",
        "data_source_device_id": device_uuid("camera"),
        "data_source_operator_id": operator_id("99001"),
        "event_session_id": start["event_session_id"],
        "vehicle_type": "truck",
        "vehicle_type_confidence": 90,
    }
    report = by_id[sent[30]["event_id"]]
    assert report["curb_occupants"] == [{"type": "van"}, {"type": "car"}]
    assert report["custom_attributes"] == {"window_s": "60", "observed_s": "60"}


def test_unseen_time_counts_no_vehicles(world: World) -> None:
    """A report that saw nothing gives no list of occupants: that would say empty."""
    world.take([world.report(-20, observed_s=0, reason="dark")])
    (found,) = events(world.client(), world)
    assert "curb_occupants" not in found
    assert found["custom_attributes"] == {"window_s": "60", "observed_s": "0", "reason": "dark"}


def test_only_complete_slots_are_given_unless_live(world: World) -> None:
    """What a slot that is not over holds stays here; the setting gives it, and is off by default."""
    world.now += timedelta(minutes=14)
    world.take(world.reports(-29, 0))
    hour = world.now.strftime("%Y-%m-%dT%H")
    still, live = world.client(), world.client(live=True)
    assert minutes(world, events(still, world)) == list(range(-15, -30, -1))
    assert events(still, world, event_time=hour) == []
    assert minutes(world, events(live, world)) == list(range(0, -30, -1))
    assert minutes(world, events(live, world, event_time=hour)) == list(range(0, -15, -1))


def test_an_hour_is_half_open_and_in_utc(world: World) -> None:
    """The event of the first second belongs to the hour, that of the last to the next."""
    world.take(world.reports(-121, -59))
    found = events(world.client(), world, event_time="2026-03-10T10")
    assert (min(minutes(world, found)), max(minutes(world, found)), len(found)) == (-120, -61, 60)
    assert events(world.client(), world, event_time="2026-03-10T13") == []


def test_a_time_that_is_no_hour_is_refused(world: World) -> None:
    """Minutes, dates, offsets and hours that do not exist are 400."""
    client = world.client()
    for text in (
        "2026-03-10",
        "2026-03-10T10:00",
        "2026-03-10T24",
        "2026-02-30T10",
        "now",
        "1969-12-31T23",
        "",
    ):
        answer = client.get(PATH, params={"event_time": text}, headers=world.bearer("officer"))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_period"), text


def test_places_choose_events(world: World) -> None:
    """A zone gives its own; nothing was ever tied to an area, a space or an object."""
    world.take([world.report(-20), world.report(-20, bay=BAYS[1])])
    client = world.client()
    (found,) = events(client, world, curb_zone_id=zone(BAYS[1]))
    assert found["curb_zone_id"] == zone(BAYS[1])
    assert events(client, world, curb_zone_id=str(uuid4())) == []
    for name in ("curb_area_id", "curb_space_id", "curb_object_id"):
        assert events(client, world, **{name: str(uuid4())}) == []
    wrong = client.get(PATH, params={"curb_zone_id": "x"}, headers=world.bearer("officer"))
    assert wrong.status_code == 400


def test_an_event_is_of_the_zone_of_its_time(world: World) -> None:
    """Events of before a bay moved stand under its old zone, later ones under its new one."""
    world.now = MOVED + timedelta(hours=1)
    world.take(world.reports(-120, -15))
    give_history(world)
    client = world.client()
    before = events(client, world, event_time="2026-02-02T08")
    assert {event["curb_zone_id"] for event in before} == {OLD_ZONE}
    after = events(client, world, event_time="2026-02-02T09")
    assert {event["curb_zone_id"] for event in after} == {NEW_ZONE}
    assert len(events(client, world, curb_zone_id=OLD_ZONE, event_time="2026-02-02T08")) == len(
        before
    )
    assert events(client, world, curb_zone_id=NEW_ZONE, event_time="2026-02-02T08") == []
    assert events(client, world, curb_zone_id=OLD_ZONE, event_time="2026-02-02T09") == []


def test_a_key_opens_its_own_commune(world: World) -> None:
    """Without a key 401, with one of elsewhere 403; a device reads back only what it sent."""
    client = world.client()
    other = world.add_key("other")
    world.take([world.report(-20)])
    world.take([world.report(-20, device="other", bay=BAYS[1])], other)
    assert client.get(PATH).status_code == 401
    world.add_key("elsewhere", Role.OFFICER, insee="99002")
    assert client.get(PATH, headers=world.bearer("elsewhere")).status_code == 403
    assert len(events(client, world)) == 2
    assert [event["curb_zone_id"] for event in events(client, world, "other")] == [zone(BAYS[1])]


def test_events_about_no_bay_are_of_their_device(world: World) -> None:
    """A lost line is read back in the commune of the device's key only."""
    lost = world.event("comms_lost", -20)
    del lost["curb_zone_id"]
    world.take([lost])
    world.add_key("all", Role.OFFICER, insee=None)
    client = world.client()
    (found,) = events(client, world)
    assert (found["event_type"], "curb_zone_id" in found) == ("comms_lost", False)
    elsewhere = client.get("/cds/99002/events/events", headers=world.bearer("all"))
    assert elsewhere.json()["data"]["events"] == []


def test_the_origin_of_an_event_is_given_back(world: World) -> None:
    """Kind of source and operator are as the maker said."""
    operator = str(uuid4())
    event = {
        **world.report(-20),
        "data_source_type": "in_ground",
        "data_source_operator_id": operator,
    }
    world.take([event])
    (found,) = events(world.client(), world)
    assert (found["data_source_type"], found["data_source_operator_id"]) == ("in_ground", operator)


def test_links_lead_through_every_event_once(world: World) -> None:
    """Following next from the first page gives all events, and ends with null; so does prev from the last."""
    sent = [world.event("comms_lost", -1 - i / 40) for i in range(2 * PAGE_SIZE + 100)]
    for first in range(0, len(sent), MAX_BATCH_EVENTS):
        world.take(sent[first : first + MAX_BATCH_EVENTS])
    client, url = world.client(), PATH
    found: list[str] = []
    pages: list[dict[str, str]] = []
    while url is not None:
        answer = client.get(url, headers=world.bearer("officer")).json()
        found += [event["event_id"] for event in answer["data"]["events"]]
        pages.append(answer["links"])
        url = answer["links"]["next"]
    assert found == [event["event_id"] for event in sent]
    assert [len(pages), pages[0]["prev"]] == [3, None]
    assert pages[0]["last"] == pages[1]["next"] == pages[2]["last"]
    assert pages[2]["prev"] == pages[0]["next"]
    beyond = client.get(PATH, params={"page": 9}, headers=world.bearer("officer")).json()
    assert (beyond["data"]["events"], beyond["links"]["next"]) == ([], None)
    assert beyond["links"]["prev"] == pages[0]["last"]


def test_status_tells_each_device_once(world: World) -> None:
    """A device with two keys is one; it is online while it sends, and commissioned while a key is in force."""
    world.add_key("silent")
    world.keys["first"] = world.keys["camera"]
    world.add_key("camera")
    world.take([world.report(-1)])
    with writing(world.engine) as session:
        revoke_keys(session, device_uuid("silent"), Role.DEVICE, world.now)
    client = world.client()
    answer = client.get(STATUS, headers=world.bearer("officer")).json()
    found = {item["data_source_device_id"]: item for item in answer["data"]["status"]}
    assert set(found) == {device_uuid("camera"), device_uuid("silent")}
    assert found[device_uuid("camera")] == {
        "data_source_device_id": device_uuid("camera"),
        "data_source_type": "camera",
        "data_source_operator_id": operator_id("99001"),
        "sensor_status_is_commissioned": True,
        "sensor_status_is_online": True,
    }
    assert found[device_uuid("silent")]["sensor_status_is_commissioned"] is False
    assert found[device_uuid("silent")]["sensor_status_is_online"] is False
    params = {"curb_zone_id": zone(BAYS[0])}
    of_zone = client.get(STATUS, params=params, headers=world.bearer("officer")).json()
    assert [item["data_source_device_id"] for item in of_zone["data"]["status"]] == [
        device_uuid("camera")
    ]
    nowhere = client.get(
        STATUS, params={"curb_space_id": str(uuid4())}, headers=world.bearer("officer")
    )
    assert nowhere.json()["data"]["status"] == []


def test_reading_where_one_pushes_is_refused(world: World) -> None:
    """The singular path is for POST only."""
    answer = world.client().get("/cds/99001/events/event")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.json()["error"] == "method_not_allowed"
