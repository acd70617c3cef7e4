"""Tests of what is taken of a batch and what is refused."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from geo.errors import BatchTooLarge, ClockOff
from geo.events import BANNED_FIELDS, MAX_BATCH_EVENTS
from geo.words import VehicleClass
from service.facts import StayFact
from service.security import Profile
from service.store.axis import bay_axis
from service.store.coverage import seen_near, unseen_near
from service.store.database import reading, writing
from service.store.stays import list_stays
from tests.service.world import BAYS, World, device_uuid, zone

FAR_S = 10**10


def stays(world: World, bay: str = BAYS[0]) -> list[StayFact]:
    """Return all stays of a bay."""
    with reading(world.engine) as session:
        return list_stays(session, [bay], 0, FAR_S)


def minutes(world: World, at_s: int | None) -> int | None:
    """Return an instant as minutes from now."""
    return None if at_s is None else (at_s - world.now_s) // 60


def seen(world: World, bay: str = BAYS[0]) -> list[tuple[int | None, int | None]]:
    """Return the seen intervals of a bay in minutes from now."""
    with reading(world.engine) as session:
        near = seen_near(session, [bay], 0, FAR_S)[bay]
    return sorted((minutes(world, start), minutes(world, end)) for start, end in near)


def only_failure(world: World, item: Any) -> tuple[str, str]:
    """Take one item and return code and sentence of its failure."""
    answer = world.take([item])
    assert (answer.success, answer.total, len(answer.failures)) == (0, 1, 1)
    return answer.failures[0].error, answer.failures[0].error_description


def test_a_stay_and_its_coverage_are_taken(world: World) -> None:
    """Reports become one seen interval and park events one stay."""
    answer = world.take([*world.reports(-9, 0), *world.stay(-8, -3)])
    assert (answer.success, answer.total, answer.failures) == (12, 12, ())
    (stay,) = stays(world)
    assert (minutes(world, stay.arrived_s), minutes(world, stay.departed_s)) == (-8, -3)
    assert stay.vehicle_class is VehicleClass.VAN
    assert seen(world) == [(-10, 0)]


def test_repeats_are_successes_that_change_nothing(world: World) -> None:
    """The same batch again, whole or in part or within one batch, leaves every table as it was."""
    batch = [*world.reports(-9, 0), *world.stay(-8, -3)]
    world.take(batch)
    before = dump(world)
    assert world.take(batch).success == len(batch)
    assert world.take([*batch[3:5], *batch[3:5]]).success == 4
    assert dump(world) == before


@pytest.mark.parametrize("name", sorted(BANNED_FIELDS))
def test_a_field_that_identifies_a_vehicle_is_refused(world: World, name: str) -> None:
    """The item fails, named by the field only; its value is nowhere in the store, the others are taken."""
    good, bad = world.report(-1), {**world.report(-2), name: "AB-123-CD"}
    answer = world.take([good, bad])
    assert answer.success == 1
    (failure,) = answer.failures
    assert (failure.position, failure.error) == (1, "banned_field")
    assert name in failure.error_description
    assert "AB-123-CD" not in answer.model_dump_json()
    assert "AB-123-CD" not in repr(dump(world))


@pytest.mark.parametrize(
    "place",
    [
        {"custom_attributes": {"vehicle_license_plate": "AB-123-CD"}},
        {"curb_occupants": [{"type": "van", "vehicle_license_plate": "AB-123-CD"}]},
    ],
)
def test_a_banned_field_is_found_inside_the_event(world: World, place: dict[str, Any]) -> None:
    """The device is told, rather than the plate silently thrown away."""
    (failure,) = world.take([{**world.report(-1), **place}]).failures
    assert failure.error == "banned_field"
    assert "AB-123-CD" not in failure.model_dump_json()


def test_more_vehicles_than_a_bay_can_hold_are_refused(world: World) -> None:
    """A count that no slot figure can hold fails its item, and not all that is sent with it."""
    key = world.add_key("counter", profile=Profile.COUNTS)
    reports = [world.report(minute, ["van"] * 200, device="counter") for minute in range(-30, 0)]
    answer = world.take([*reports, world.report(0, ["van"], device="counter")], key)
    assert answer.success == 1
    assert "has 200 vehicles: wanted at most 64" in answer.failures[0].error_description


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"event_time": "2026-03-10T11:59:00Z"}, "/event_time"),
        ({"event_id": "x"}, "/event_id"),
        ({"colour": "red"}, "/colour"),
        ({"curb_occupants": [{"type": "van", "plate": "x"}]}, "/curb_occupants/0/plate"),
    ],
)
def test_an_item_that_is_no_event_is_told_where(
    world: World, change: dict[str, Any], pointer: str
) -> None:
    """Each fault of a malformed item is named by its place."""
    answer = world.take([{**world.report(-1), **change}])
    (failure,) = answer.failures
    assert failure.error == "invalid_event"
    assert any(detail.startswith(pointer) for detail in failure.error_details)


@pytest.mark.parametrize("item", [None, 3, "event", [], {}])
def test_anything_may_stand_in_a_batch(world: World, item: Any) -> None:
    """An item that is no object at all is one failure."""
    assert only_failure(world, item)[0] == "invalid_event"


def test_unknown_zones_and_other_communes_are_refused(world: World) -> None:
    """A bay must be known and lie in the key's commune."""
    stray = {**world.report(-1), "curb_zone_id": str(uuid.uuid4())}
    assert only_failure(world, stray)[0] == "unknown_bay"
    code, sentence = only_failure(world, world.report(-1, bay="99002-0001"))
    assert code == "out_of_scope"
    assert "99002" in sentence


def test_a_key_speaks_for_its_own_device(world: World) -> None:
    """An event of another device is out of scope."""
    assert only_failure(world, world.report(-1, device="other"))[0] == "out_of_scope"


def test_events_of_the_future_and_the_far_past_are_refused(world: World) -> None:
    """Five minutes ahead and thirty days back are the limits; times beyond the calendar do not break it."""
    assert only_failure(world, world.report(6))[0] == "event_in_future"
    assert only_failure(world, world.report(-30 * 1440 - 1))[0] == "event_too_old"
    assert only_failure(world, {**world.report(-1), "event_time": 10**30})[0] == "event_in_future"
    assert world.take([world.report(5), world.report(-30 * 1440)]).success == 2


@pytest.mark.parametrize("offset_s", [301, -301, 3600, -3600])
def test_a_clock_that_is_off_refuses_the_batch(world: World, offset_s: int) -> None:
    """The sentence names both instants and the offset, and nothing is written."""
    event = world.report(-1)
    event["event_publication_time"] += offset_s * 1000
    sign = "-" if offset_s < 0 else r"\+"
    with pytest.raises(
        ClockOff, match=rf"2026-03-10T1\d:.*2026-03-10T12:00:00Z.*{sign}{abs(offset_s)} s"
    ):
        world.take([event])
    assert seen(world) == []


def test_the_newest_publication_tells_the_clock(world: World) -> None:
    """Old events sent late are fine, as long as the newest was stamped now."""
    late = world.report(-60)
    late["event_publication_time"] -= 3600_000
    assert world.take([late, world.report(-1)]).success == 2


def test_too_many_events_are_refused_as_a_whole(world: World) -> None:
    """A batch over the limit is refused, naming both numbers."""
    with pytest.raises(BatchTooLarge, match=rf"501 events.*{MAX_BATCH_EVENTS}"):
        world.take([world.report(-1)] * (MAX_BATCH_EVENTS + 1))


@pytest.mark.parametrize(
    "said",
    [
        {"window_s": "0"},
        {"window_s": "60", "observed_s": "61"},
        {"window_s": "60", "observed_s": "-1"},
        {"window_s": "many"},
        {"window_s": "9" * 5000},
    ],
)
def test_a_report_must_make_sense(world: World, said: dict[str, str]) -> None:
    """A window or seen time that cannot be is refused with both values."""
    item = {**world.report(-1), "custom_attributes": said}
    assert only_failure(world, item)[0] == "invalid_event"


def test_unseen_time_is_kept_with_its_reason(world: World) -> None:
    """A partly seen minute is seen, then unseen; free text is no reason."""
    world.take(
        [
            world.report(-2, observed_s=0, reason="dark"),
            world.report(-1, observed_s=45, reason="blocked"),
            world.report(0, observed_s=0, reason="plate AB-123-CD"),
        ]
    )
    with reading(world.engine) as session:
        near = unseen_near(session, [BAYS[0]], 0, FAR_S)[BAYS[0]]
    told = [(start - world.now_s, end - world.now_s, reason) for start, end, reason in sorted(near)]
    assert told == [(-180, -120, "dark"), (-75, -60, "blocked"), (-60, 0, "unknown")]


def test_a_foreign_report_counts_as_fully_seen(world: World) -> None:
    """Without our attributes a report saw its whole minute."""
    event = world.event("scheduled_report", -1, curb_occupants=[])
    world.take([event])
    assert seen(world) == [(-2, -1)]


def test_park_times_are_floored_to_the_minute(world: World) -> None:
    """A foreign device's finer times are not kept."""
    world.take(world.stay(-7.6, -3.2))
    (stay,) = stays(world)
    assert (stay.arrived_s % 60, stay.departed_s) == (0, world.now_s - 240)


def test_events_about_no_bay_are_kept_without_effect(world: World) -> None:
    """A device may say that it lost its connection; a report must name its bay."""
    event = world.event("comms_lost", -1)
    del event["curb_zone_id"]
    assert world.take([event]).success == 1
    assert only_failure(world, {**event, "event_type": "scheduled_report"})[0] == "invalid_event"


def test_a_park_event_needs_its_session(world: World) -> None:
    """Without a session start and end cannot be paired."""
    event = world.event("park_start", -1, vehicle_type="van")
    code, sentence = only_failure(world, event)
    assert code == "invalid_event"
    assert "event_session_id" in sentence


def test_a_lost_departure_is_cut_by_counts_and_mended_when_it_comes(world: World) -> None:
    """Two full reports end a stay; its own end, arriving later, rules."""
    start, end = world.stay(-10, -2)
    world.take([start, *world.reports(-9, -5, ["van"]), *world.reports(-4, 0)])
    (cut,) = stays(world)
    assert (minutes(world, cut.departed_s), cut.is_cut) == (-5, True)
    world.take([end])
    (mended,) = stays(world)
    assert (minutes(world, mended.departed_s), mended.is_cut) == (-2, False)


def test_a_counting_device_makes_stays(world: World) -> None:
    """Occupants of successive reports become stays; park events are not this device's to send."""
    key = world.add_key("counter", profile=Profile.COUNTS)
    sent = [
        *world.reports(-9, -5, ["car"], device="counter"),
        *world.reports(-4, 0, device="counter"),
    ]
    answer = world.take([*sent, world.stay(-3, None)[0]], key)
    assert [failure.error for failure in answer.failures] == ["out_of_scope"]
    (stay,) = stays(world)
    assert (minutes(world, stay.arrived_s), minutes(world, stay.departed_s)) == (-10, -5)
    assert (stay.source, stay.vehicle_class) == ("count", VehicleClass.CAR)


def test_a_counting_device_may_not_park(world: World) -> None:
    """A park event of a device whose profile is counts is out of scope."""
    key = world.add_key("counter", profile=Profile.COUNTS)
    event = {**world.stay(-3, None)[0], "data_source_device_id": device_uuid("counter")}
    assert [item.error for item in world.take([event], key).failures] == ["out_of_scope"]


def test_no_device_touches_another_ones_stay(world: World) -> None:
    """The same session identifier from another device is another stay."""
    start, end = world.stay(-10, -2)
    world.take([start])
    other = world.add_key("other")
    world.take([{**end, "data_source_device_id": device_uuid("other")}], other)
    (stay,) = stays(world)
    assert stay.departed_s is None


def test_zones_are_those_of_the_contract(world: World) -> None:
    """A bay is found under the identifier devices compute from commune and bay."""
    with reading(world.engine) as session:
        places = bay_axis(session).places
    assert {place.bay_id: place.zone_id for place in places} == {bay: zone(bay) for bay in BAYS}


def dump(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Return every table of facts and figures, in order."""
    with writing(world.engine) as session:
        return {
            table: sorted(tuple(row) for row in session.execute(text(f"SELECT * FROM {table}")))  # noqa: S608
            for table in ("stay", "seen_interval", "unseen_interval", "day_figure", "device_bay")
        }
