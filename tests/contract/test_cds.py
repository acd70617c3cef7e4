"""Contract tests: what goes over the wire is CDS 1.1 by the published schemas."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update

from geo.events import CDS_TO_CLASS, CLASS_TO_CDS, BatchAnswer, CurbEvent
from service.security import Profile
from service.store.database import writing
from service.store.tables import BAY
from tests.contract.cds_schemas import CdsSchemas
from tests.service.world import BAYS, World


def test_events_built_for_tests_are_what_cds_says(schemas: CdsSchemas, world: World) -> None:
    """Reports with and without seen time, and both park events, validate by the published schema."""
    events = [world.report(-1, ["van"]), world.report(-2, observed_s=0), *world.stay(-9, -3)]
    for event in events:
        assert schemas.object_faults("events", "curb_event", event) == []


def test_events_as_we_model_them_are_what_cds_says(schemas: CdsSchemas, world: World) -> None:
    """What the shared wire model writes validates by the published schema."""
    for event in [world.report(-1, ["truck"]), *world.stay(-9, -3)]:
        written = CurbEvent.model_validate(event).model_dump(mode="json", exclude_none=True)
        assert schemas.object_faults("events", "curb_event", written) == []


def test_vehicle_types_are_those_of_cds(schemas: CdsSchemas, world: World) -> None:
    """Every type we send or accept is one of the published list."""
    for name in {*CDS_TO_CLASS, *CLASS_TO_CDS.values()}:
        event = world.stay(-9, None, name)[0]
        assert schemas.object_faults("events", "curb_event", event) == []


def test_status_is_what_cds_says(schemas: CdsSchemas, world: World) -> None:
    """The answer about the devices' status validates."""
    answer = world.client().get("/cds/99001/events/status", headers=world.bearer())
    assert answer.status_code == 200
    assert answer.json()["data"]["status"]
    assert schemas.answer_faults("events", "/events/status", 200, answer.json()) == []


def test_answers_are_what_cds_says(schemas: CdsSchemas, world: World) -> None:
    """The answer to a push validates, and a failure names its event; only what is no event cannot be named as one."""
    answer = world.post(world.client(), [world.report(-1)])
    assert schemas.answer_faults("events", "/events/event", 200, answer.json(), "post") == []
    strange = {**world.report(-2), "curb_zone_id": str(uuid4())}
    banned = {**world.report(-2), "vehicle_color": "red"}
    failed = world.post(world.client(), [strange, banned])
    assert len(failed.json()["failures"]) == 2
    assert schemas.answer_faults("events", "/events/event", 200, failed.json(), "post") == []
    empty = world.post(world.client(), [{}, world.report(-2)])
    faults = schemas.answer_faults("events", "/events/event", 200, empty.json(), "post")
    assert faults
    assert all(fault.startswith("/failures/0/item: ") for fault in faults)
    assert BatchAnswer.model_validate(empty.json()).failures[0].position == 0


def test_errors_are_what_cds_says(schemas: CdsSchemas, world: World) -> None:
    """A refused batch is a CDS error object."""
    refused = world.client().post("/cds/99001/events/event", json=[])
    assert refused.status_code == 401
    assert schemas.answer_faults("events", "/events/event", 401, refused.json(), "post") == []


def test_the_published_example_is_taken(shared: Path, world: World) -> None:
    """The example of a push by another maker's camera is accepted, once its bay and device are known."""
    path = shared / "standards" / "examples" / "cds_events_post.json"
    if not path.is_file():
        pytest.skip(f"no example at {path}")
    batch: list[dict[str, Any]] = json.loads(path.read_text())
    world.now = datetime.fromtimestamp(batch[-1]["event_publication_time"] / 1000, UTC)
    with writing(world.engine) as session:
        chosen = update(BAY).where(BAY.c.bay_id == BAYS[0])
        session.execute(chosen.values(zone_id=batch[0]["curb_zone_id"]))
    world.add_key("example", device_id=batch[0]["data_source_device_id"])
    answer = world.post(world.client(), batch, "example")
    assert answer.json() == {"success": 3, "total": 3, "failures": []}
    assert world.client().get("/api/v1/status").json()["stays"] == 1
    assert stays_of_15_min(world) == 0, "its end was not seen: the example reports one minute only"
    seen = [
        {**batch[0], "event_id": str(uuid4()), "event_time": batch[0]["event_time"] + n * 60_000}
        | {"event_publication_time": batch[-1]["event_publication_time"]}
        for n in range(1, 17)
    ]
    assert world.post(world.client(), seen, "example").json() == {
        "success": 16,
        "total": 16,
        "failures": [],
    }
    assert stays_of_15_min(world) == 1


def stays_of_15_min(world: World) -> int:
    """Return how many stays of the first bay lasted 15 to 20 minutes, of those seen to end."""
    dwell = world.client().get(f"/api/v1/bays/{BAYS[0]}/week?weeks=1").json()["dwell"]
    return int(dwell["stays"][dwell["from_min"].index(15)])


def test_a_counting_maker_needs_no_sessions(world: World) -> None:
    """A device that only counts gives occupancy through reports without our attributes."""
    key = world.add_key("counter", profile=Profile.COUNTS)
    reports = [
        world.event("scheduled_report", minute, device="counter", curb_occupants=[{"type": "car"}])
        for minute in range(-14, 1)
    ]
    assert world.take(reports, key).failures == ()
    item = world.client().get("/api/v1/occupancy").json()["items"][0]
    assert (item["occupancy"], item["coverage"]) == (0.5, 1)
