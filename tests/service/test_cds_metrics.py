"""Tests of the hourly aggregates that CDS reads as a table."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from service.security import Role
from tests.service.kerb_history import MOVED, NEW_ZONE, OLD_ZONE, give_history, ms
from tests.service.world import BAYS, IMPORTED, World, zone

PATH = "/cds/99001/metrics/aggregates"

HEADER = "curb_place_type,curb_place_id,metric_type,date,hour,value"

MEDIA = "application/vnd.cds+csv;version=1.1"


def rows(client: TestClient, world: World, **params: Any) -> dict[tuple[str, str, int], float]:
    """Return the values found by metric, date and hour."""
    answer = client.get(PATH, params=params, headers=world.bearer("officer"))
    assert answer.status_code == 200, answer.text
    assert answer.text.splitlines()[0] == HEADER
    found = {}
    for row in csv.DictReader(io.StringIO(answer.text)):
        assert row["curb_place_type"] == "zone"
        found[row["metric_type"], row["date"], int(row["hour"])] = float(row["value"])
    return found


def fill(world: World, stays: int = 6, seen_min: int = 60, minutes: int = 5) -> None:
    """Let the first bay be seen in the hour before last, with stays of some minutes that began in it."""
    world.take(world.reports(-119, -120 + seen_min))
    for number in range(stays):
        first = -120 + 1 + number * 9
        world.take(world.stay(first, first + minutes))


def test_an_hour_with_enough_stays_is_given(world: World) -> None:
    """Number, turnover, mean length in minutes and vehicle time over the hour, by local date and hour."""
    fill(world)
    found = rows(world.client(), world)
    at = ("2026-03-10", 11)
    assert found == {
        ("total_sessions", *at): 6,
        ("turnover", *at): 6,
        ("average_dwell_time", *at): 5,
        ("occupancy_percent", *at): 0.5,
    }


@pytest.mark.parametrize(
    ("stays", "seen_min", "given"), [(4, 60, 0), (5, 60, 4), (5, 42, 4), (5, 41, 0)]
)
def test_little_is_left_out(world: World, stays: int, seen_min: int, given: int) -> None:
    """Fewer than five stays, or less than 70 % of the hour seen, and the row is not there."""
    fill(world, stays, seen_min)
    assert len(rows(world.client(), world)) == given


def test_turnover_is_per_hour_of_seen_time(world: World) -> None:
    """Where 45 minutes were seen, stays count for that time."""
    fill(world, 5, 45)
    found = rows(world.client(), world)
    assert found["total_sessions", "2026-03-10", 11] == 5
    assert found["turnover", "2026-03-10", 11] == pytest.approx(5 / 0.75, abs=0.001)


def test_a_stay_without_an_end_has_no_mean(world: World) -> None:
    """Where the end of one stay is not known the mean is left out, and the rest is given."""
    fill(world, 5)
    world.take(world.stay(-61, None))
    found = rows(world.client(), world)
    assert {metric for metric, *_ in found} == {"total_sessions", "turnover", "occupancy_percent"}


def test_only_whole_hours_of_complete_slots_count(world: World) -> None:
    """The hour that is not over is not there, nor one that the period cuts."""
    world.now += timedelta(minutes=59)
    world.take([event for i in range(6) for event in world.stay(-58 + 9 * i, -53 + 9 * i)])
    world.take(world.reports(-58, 0))
    assert rows(world.client(), world) == {}
    world.now += timedelta(minutes=1)
    world.take([world.report(0)])
    client = world.client()
    assert len(rows(client, world)) == 4
    hour = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    assert rows(client, world, start_time=ms(hour) + 1) == {}
    assert rows(client, world, end_time=ms(hour + timedelta(hours=1)) - 1) == {}
    exact = {"start_time": ms(hour), "end_time": ms(hour + timedelta(hours=1))}
    assert len(rows(client, world, **exact)) == 4


def test_the_hour_that_is_there_twice_is_one_row(world: World) -> None:
    """On the last Sunday of October both hours from two to three are summed; turnover stays per hour."""
    world.now = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
    world.take(world.reports(-179, -60))
    world.take([event for i in range(12) for event in world.stay(-180 + 9 * i, -175 + 9 * i)])
    found = rows(world.client(), world)
    assert found["total_sessions", "2026-10-25", 2] == 12
    assert found["turnover", "2026-10-25", 2] == 6
    assert len(found) == 4


def test_places_and_metrics_choose_rows(world: World) -> None:
    """One zone, one box or one metric; two of the three parameters of a place are refused."""
    fill(world)
    client = world.client()
    zones = {"curb_place_type": "zone", "curb_place_id": zone(BAYS[0])}
    assert len(rows(client, world, **zones)) == 4
    assert rows(client, world, **zones | {"curb_place_id": str(uuid4())}) == {}
    assert set(rows(client, world, metric_type="turnover")) == {("turnover", "2026-03-10", 11)}
    box = {"min_lat": 48, "min_lng": 2.615, "max_lat": 49, "max_lng": 3}
    assert rows(client, world, **box) == {}
    assert len(rows(client, world, lat=48.91, lng=2.61, radius=100)) == 4


def test_a_bay_that_moved_is_counted_as_the_zone_it_was(world: World) -> None:
    """Hours before the move stand under the old zone; the hour of the move under neither."""
    world.now = MOVED
    fill(world)
    give_history(world)
    world.now += timedelta(hours=1)
    client = world.client()
    text = client.get(PATH, headers=world.bearer("officer")).text
    assert OLD_ZONE in text
    assert NEW_ZONE not in text


def test_what_was_seen_before_the_import_counts(world: World) -> None:
    """Facts may be older than the inventory: they belong to the first zone of their bay."""
    world.now = IMPORTED - timedelta(days=3)
    fill(world)
    assert len(rows(world.client(), world)) == 4


def test_what_cannot_be_asked_is_refused(world: World) -> None:
    """Faults are 400, and what is not made 501, each in the words of CDS."""
    client = world.client()
    day = 86_400_000
    for params, status in (
        ({"curb_place_type": "zone"}, 400),
        ({"curb_place_id": str(uuid4())}, 400),
        ({"curb_place_type": "street", "curb_place_id": str(uuid4())}, 400),
        ({"metric_type": "violations"}, 400),
        ({"start_time": 2 * day, "end_time": day}, 400),
        ({"start_time": day, "end_time": 102 * day}, 400),
        ({"start_time": day}, 400),
        ({"lat": 48}, 400),
        ({"metric_type": "total_events"}, 501),
        ({"curb_place_type": "space", "curb_place_id": str(uuid4())}, 501),
    ):
        answer = client.get(PATH, params=params, headers=world.bearer("officer"))
        assert answer.status_code == status, params
        assert set(answer.json()) == {"error", "error_description", "error_details"}


def test_officers_of_the_commune_read(world: World) -> None:
    """Aggregates need an officer's key of the commune."""
    world.add_key("elsewhere", Role.OFFICER, insee="99002")
    client = world.client()
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers=world.bearer("camera")).status_code == 403
    assert client.get(PATH, headers=world.bearer("elsewhere")).status_code == 403


def test_the_table_has_the_type_of_cds(world: World) -> None:
    """A plain table is text/csv where that is asked for; JSON is not made."""
    client, key = world.client(), world.bearer("officer")
    for accept, found in (
        ("*/*", MEDIA),
        (MEDIA, MEDIA),
        ("application/vnd.cds+csv;version=1.0", "application/vnd.cds+csv;version=1.0"),
        ("text/csv", "text/csv; charset=utf-8"),
    ):
        answer = client.get(PATH, headers={**key, "Accept": accept})
        assert answer.headers["content-type"] == found
    assert client.get(PATH, headers={**key, "Accept": "application/json"}).status_code == 406
