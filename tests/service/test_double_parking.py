"""Tests of double parking: taken with reports, kept by slot of the local day, told with a bay's week."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from service.store.database import reading, writing
from service.store.double_parking import add_double_parking, read_double_parking
from tests.service.world import BAYS, World

WEEK = f"/api/v1/bays/{BAYS[0]}/week?weeks=1&until=2026-03-10"
TODAY = date(2026, 3, 10)


def double(world: World, minutes: float, seconds: str) -> dict[str, Any]:
    """Build the report of a minute in which a vehicle stood double-parked."""
    event = world.report(minutes, [])
    event["custom_attributes"]["double_parked_s"] = seconds
    return event


def kept(world: World, on: date = TODAY) -> dict[int, int]:
    """Return the seconds kept of a day, by slot that has any."""
    with reading(world.engine) as session:
        day = read_double_parking(session, BAYS[0], on, on).get(on, np.zeros(0, np.int64))
    return {int(slot): int(day[slot]) for slot in np.flatnonzero(day)}


def test_seconds_add_up_in_the_slot_in_which_a_window_begins(world: World) -> None:
    """Noon by UTC is 13 h in Paris: its slot is the 52nd, and the minute that ends then belongs to the one before."""
    world.take([double(world, -1, "40"), double(world, 0, "20"), double(world, 1, "60")])
    assert kept(world) == {51: 60, 52: 60}
    assert world.client().get(WEEK).json()["double_parked_s"] == 120


def test_a_repeat_adds_nothing(world: World) -> None:
    """An event already known is a success and changes nothing."""
    batch = [double(world, -1, "40"), double(world, -2, "0")]
    assert world.take(batch).success == world.take(batch).success == 2
    assert kept(world) == {51: 40}


def test_no_slot_holds_more_than_its_length(world: World) -> None:
    """Two cameras on one bay, or a device that says too much, cannot make more of a quarter of an hour than it has."""
    world.take([double(world, -(i % 10), "60") for i in range(30)])
    assert kept(world) == {51: 900}


@pytest.mark.parametrize("seconds", ["61", "-1", "a minute", "1.5"])
def test_seconds_that_no_minute_has_fail_their_item(world: World, seconds: str) -> None:
    """The value found and the values wanted are named; the rest of the batch is taken."""
    answer = world.take([double(world, -1, seconds), world.report(-2)])
    (failure,) = answer.failures
    assert (failure.error, answer.success) == ("invalid_event", 1)
    assert seconds in failure.error_description
    assert kept(world) == {}


def test_the_hour_that_comes_twice_has_its_own_slots(world: World) -> None:
    """On the last Sunday of October the local day has 100 slots, and both hours from two to three keep their own."""
    world.now = datetime(2026, 10, 25, 2, 0, tzinfo=UTC)
    world.take([double(world, -119, "10"), double(world, -59, "20")])
    assert kept(world, date(2026, 10, 25)) == {8: 10, 12: 20}


def test_excluded_slots_are_not_told(world: World) -> None:
    """What an officer took out is not counted, and comes back when that is undone."""
    world.take([double(world, -1, "40"), double(world, -31, "30")])
    client = world.client()
    body = {
        "bay_id": BAYS[0],
        "from": "2026-03-10T11:50:00Z",
        "to": "2026-03-10T12:00:00Z",
        "reason": "works",
    }
    made = client.post("/api/v1/exclusions", json=body, headers=world.bearer("officer")).json()
    assert client.get(WEEK).json()["double_parked_s"] == 30
    client.delete(f"/api/v1/exclusions/{made['id']}", headers=world.bearer("officer"))
    assert client.get(WEEK).json()["double_parked_s"] == 70


def test_days_before_and_after_are_left_out(world: World) -> None:
    """A week tells its own days, and none told is none seen."""
    far = np.zeros(96, np.int64)
    far[7] = 300
    with writing(world.engine) as session:
        add_double_parking(session, {(BAYS[0], date(2026, 3, 1)): far, (BAYS[1], TODAY): far})
    assert world.client().get(WEEK).json()["double_parked_s"] == 0
