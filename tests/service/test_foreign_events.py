"""Tests of events as other makers send them: CDS 1.0.1 and 1.1, with all the fields that nothing is made from."""

from __future__ import annotations

import csv
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from geo.events import ENFORCEMENT_TYPES
from tests.service.world import BAYS, World, device_uuid, zone

FEATURE = {
    "type": "Feature",
    "properties": {"timestamp": 1773144000000},
    "geometry": {"type": "Point", "coordinates": [2.61, 48.91]},
}


@pytest.mark.parametrize(
    "more",
    [
        {"event_location": FEATURE},
        {"event_location": {"type": "Point", "coordinates": [2.61, 48.91, 34.0]}},
        {"event_location": None, "currency": "EUR", "actual_cost": 150},
        {"payment_channel": "app", "payment_method": "card", "payment_transaction_id": "t-1"},
        {"data_source_operator_id": str(uuid.uuid4()), "data_source_operator_name": "Guet"},
        {"external_references": [{"reference_url": "https://example.org/works"}]},
        {
            "event_purpose": "delivery",
            "vehicle_length": 612.5,
            "vehicle_propulsion_types": ["human"],
        },
        {"vehicle_blocked_lane_types": ["bike_lane"], "curb_area_ids": [str(uuid.uuid4())]},
        {"curb_space_id": str(uuid.uuid4()), "curb_object_id": str(uuid.uuid4())},
        {"data_source_type": "in_ground", "sensor_status_is_online": True},
    ],
    ids=lambda more: "+".join(more)[:40],
)
def test_what_other_makers_add_is_taken(world: World, more: dict[str, Any]) -> None:
    """Fields of CDS from which nothing is made do not stop an event."""
    assert world.take([{**world.report(-1), **more}]).failures == ()


def test_occupants_may_be_measured(world: World) -> None:
    """Lengths and places along the kerb may be fractions, and a kind may be unspecified."""
    occupant = {"type": "unspecified", "length": 612.5, "linear_location": [0.5, 613.0]}
    assert world.take([world.event("scheduled_report", -1, curb_occupants=[occupant])]).success == 1


def test_instants_may_stand_in_text(world: World) -> None:
    """Milliseconds as text, as the examples of 1.0.1 write them, are the same event; and tell the clock."""
    plain = world.report(-1)
    told = {**plain, "event_time": str(plain["event_time"])}
    told["event_publication_time"] = str(plain["event_publication_time"])
    assert world.take([told]).success == 1
    before = dump_events(world)
    assert world.take([plain]).success == 1
    assert dump_events(world) == before
    late = {**told, "event_publication_time": str(plain["event_publication_time"] - 3_600_000)}
    assert world.post(world.client(), [late]).json()["error"] == "clock_off"


@pytest.mark.parametrize("kind", sorted(ENFORCEMENT_TYPES))
def test_enforcement_is_refused_by_its_own_code(world: World, kind: str) -> None:
    """The four types that CDS 1.1 added for enforcement are no statistics, nor is the field."""
    assert only_code(world, world.event(kind, -1)) == "enforcement_event"
    carrying = {**world.report(-1), "enforcement": {"enforcement_id": str(uuid.uuid4())}}
    assert only_code(world, carrying) == "enforcement_event"


@pytest.mark.parametrize(
    "place",
    [
        {"event_location": {**FEATURE, "properties": {"vehicle_license_plate": "AB-123-CD"}}},
        {"external_references": [{"reference_url": "x", "ids": [{"vehicle_id": "AB-123-CD"}]}]},
        {"unheard_of": [[{"vehicle_color": "AB-123-CD"}]]},
    ],
)
def test_a_banned_field_is_found_at_any_depth(world: World, place: dict[str, Any]) -> None:
    """No nesting hides what identifies a vehicle, and it is not sent back."""
    answer = world.take([{**world.report(-1), **place}])
    assert answer.failures[0].error == "banned_field"
    assert "AB-123-CD" not in answer.model_dump_json()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"event_publication_time": None}, "/event_publication_time"),
        ({"event_location": {"type": "Polygon", "coordinates": []}}, "/event_location"),
        ({"event_time": 1773143940}, None),
        ({"plate_hash": "x"}, "/plate_hash"),
    ],
)
def test_what_is_not_cds_is_told(world: World, change: dict[str, Any], pointer: str | None) -> None:
    """A missing time of publication, a wrong geometry and a field of no standard are named; seconds are too old."""
    (failure,) = world.take([{**world.report(-1), **change}]).failures
    assert failure.error == ("invalid_event" if pointer else "event_too_old")
    assert pointer is None or any(detail.startswith(pointer) for detail in failure.error_details)


def test_a_failure_names_its_event(world: World) -> None:
    """What identifies an event comes back where it could be read; nothing else of it does."""
    event = {**world.report(-1), "vehicle_color": "red", "event_publication_time": "soon"}
    (failure,) = world.take([event]).failures
    named = failure.item.model_dump(mode="json", exclude_none=True)
    assert named == {
        name: event[name]
        for name in (
            "event_id",
            "event_type",
            "event_time",
            "data_source_type",
            "data_source_device_id",
        )
    }
    odd = {"event_id": "x", "event_type": ["a"], "data_source_type": "spy", "event_time": True}
    assert world.take([odd]).failures[0].item.model_dump(exclude_none=True) == {}


def test_sessions_of_philadelphia_are_taken_as_events(world: World, shared: Path) -> None:
    """Real sessions of a smart loading zone, written as park events of their day, all become stays."""
    file = shared / "data" / "events" / "philly_slz" / "events_export_CDS.csv"
    if not file.is_file():
        pytest.skip(f"no sessions at {file}")
    with file.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["event_time_end"]][:200]
    last_ms = max(int(row["event_time_end"]) for row in rows)
    world.now = datetime.fromtimestamp(last_ms // 1000 + 60, UTC)
    events = [event for row in rows for event in park_events(world, row)]
    answers = [world.take(events[i : i + 100]) for i in range(0, len(events), 100)]
    failures = [failure for answer in answers for failure in answer.failures]
    assert {failure.error for failure in failures} <= {"event_too_old"}
    assert sum(answer.success for answer in answers) == len(events) - len(failures)
    with world.engine.connect() as connection:
        stays = connection.execute(text("SELECT COUNT(DISTINCT session_id) FROM stay")).scalar_one()
    assert stays == len({event["event_session_id"] for event in events}) > 100


def park_events(world: World, row: dict[str, str]) -> list[dict[str, Any]]:
    """Return the two events of a session of the file, at the first bay."""
    said = {
        "event_publication_time": world.now_s * 1000,
        "data_source_type": "data_feed",
        "data_source_device_id": device_uuid("camera"),
        "curb_zone_id": zone(BAYS[0]),
        "event_session_id": row["event_session_id"],
        "vehicle_type": row["vehicle_type"],
        "vehicle_length": int(row["vehicle_length"]),
    }
    ends = {"park_start": row["event_time_start"], "park_end": row["event_time_end"]}
    return [
        {
            **said,
            "event_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{row['event_session_id']}{kind}")),
            "event_type": kind,
            "event_time": int(at_ms),
        }
        for kind, at_ms in ends.items()
    ]


def only_code(world: World, item: Any) -> str:
    """Return the code of the only failure of an item."""
    (failure,) = world.take([item]).failures
    return failure.error


def dump_events(world: World) -> list[tuple[Any, ...]]:
    """Return what is kept of events."""
    with world.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM event ORDER BY 2"))]
