"""Tests of the door for devices, over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from geo.errors import BadKey
from geo.events import MAX_BATCH_BYTES
from service.cds.media import ANSWERED
from service.security import Role
from service.store.database import writing
from service.store.keys import revoke_keys
from tests.service.world import BAYS, World

PATH = "/cds/99001/events/event"


@pytest.mark.parametrize("path", [PATH, "/cds/99001/events/events"])
def test_both_paths_take_a_batch(world: World, path: str) -> None:
    """CDS names two paths; both answer counts in its media type."""
    answer = world.client().post(path, json=world.reports(-3, 0), headers=world.bearer())
    assert answer.status_code == 200
    assert answer.json() == {"success": 4, "total": 4, "failures": []}
    assert answer.headers["content-type"] == ANSWERED
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_one_event_may_come_without_an_array(world: World) -> None:
    """A bare object is a batch of one."""
    assert world.post(world.client(), world.report(-1)).json()["total"] == 1


def test_an_empty_batch_is_fine(world: World) -> None:
    """Nothing to say is not an error."""
    assert world.post(world.client(), []).json() == {"success": 0, "total": 0, "failures": []}


def test_a_failed_item_is_told_beside_the_taken_ones(world: World) -> None:
    """A partial failure is 200 with the item's position, in the order of the batch."""
    bad = {**world.report(-2), "vehicle_color": "red"}
    answer = world.post(world.client(), [bad, world.report(-1), "x"])
    assert answer.status_code == 200
    found = [(item["position"], item["error"]) for item in answer.json()["failures"]]
    assert found == [(0, "banned_field"), (2, "invalid_event")]
    assert answer.json()["success"] == 1


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer alv_000000000000_x", "Bearer alv_'; --_x", "Basic eDp5"]
)
def test_without_a_good_key_nothing_is_read(world: World, authorization: str) -> None:
    """A missing or unknown key is 401 with the scheme, before the body is looked at."""
    answer = world.client().post(PATH, content=b"no json", headers={"Authorization": authorization})
    assert (answer.status_code, answer.json()["error"]) == (401, BadKey.code)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_wrong_secret_is_refused(world: World) -> None:
    """The identifier alone opens nothing."""
    key = world.bearer()["Authorization"][:-4] + "AAAA"
    assert world.client().post(PATH, json=[], headers={"Authorization": key}).status_code == 401


def test_a_revoked_key_is_refused_at_once(world: World) -> None:
    """Revoking a device takes effect on the next request."""
    client = world.client()
    assert world.post(client, []).status_code == 200
    with writing(world.engine) as session:
        revoke_keys(session, world.device.device_id or "", Role.DEVICE, world.now)
    assert world.post(client, []).status_code == 401


def test_an_expired_key_is_refused(world: World) -> None:
    """A key past its end is 401."""
    world.add_key("old", expires_at=world.now - timedelta(seconds=1))
    assert world.post(world.client(), [], "old").status_code == 401


def test_two_live_keys_of_one_device_allow_rotation(world: World) -> None:
    """Old and new key of a device both work until the old one is revoked."""
    world.keys["first"] = world.keys["camera"]
    world.add_key("camera")
    client = world.client()
    assert world.post(client, [world.report(-1)], "first").json()["success"] == 1
    assert world.post(client, [world.report(-2)], "camera").json()["success"] == 1


def test_another_commune_or_role_is_forbidden(world: World) -> None:
    """A good key on another commune's path, or an officer's, is 403."""
    client = world.client()
    assert world.post(client, [], insee="99002").status_code == 403
    answer = world.post(client, [], "officer")
    assert (answer.status_code, answer.json()["error"]) == (403, "out_of_scope")


def test_a_key_for_all_communes_needs_a_known_one(world: World) -> None:
    """The commune of the path must exist."""
    world.add_key("roamer", insee=None)
    client = world.client()
    assert world.post(client, [], "roamer", "99002").status_code == 200
    assert world.post(client, [], "roamer", "99999").status_code == 404


def test_a_clock_that_is_off_is_a_conflict(world: World) -> None:
    """A device an hour off gets 409 with both instants."""
    event = world.report(-1)
    event["event_publication_time"] -= 3600_000
    answer = world.post(world.client(), [event])
    assert (answer.status_code, answer.json()["error"]) == (409, "clock_off")
    assert "2026-03-10T11:00:00Z" in answer.json()["error_description"]


@pytest.mark.parametrize("body", [b"", b"{", b'"text"', b"12", b"\xff\xfe", b"[" * 200_000])
def test_a_body_that_is_no_batch_is_a_bad_request(world: World, body: bytes) -> None:
    """Unreadable JSON, however deep, is 400."""
    answer = world.client().post(PATH, content=body, headers=world.bearer())
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_input")


@pytest.mark.parametrize(
    "item",
    [
        b'{"\\ud800":1}',
        b'{"event_id":"\\ud800"}',
        b'{"event_time":1e400}',
        b'{"event_type":"\\u0000"}',
        b'{"event_publication_time":NaN}',
    ],
)
def test_strange_text_and_numbers_are_failures_of_their_item(world: World, item: bytes) -> None:
    """Half characters, infinities and NUL in an item never fail the batch."""
    answer = world.client().post(PATH, content=b"[" + item + b"]", headers=world.bearer())
    assert (answer.status_code, len(answer.json()["failures"])) == (200, 1)


def test_too_many_events_are_too_large(world: World) -> None:
    """501 events are 413, naming both numbers."""
    answer = world.post(world.client(), [{}] * 501)
    assert (answer.status_code, answer.json()["error"]) == (413, "batch_too_large")
    assert "501" in answer.json()["error_description"]
    assert "500" in answer.json()["error_description"]


def test_bytes_are_counted_while_they_come_in(world: World) -> None:
    """A body over the limit is 413 although it names no length, and reading stops there."""
    sent = 0

    def stream() -> Iterator[bytes]:
        nonlocal sent
        while sent < 4 * MAX_BATCH_BYTES:
            sent += 65_536
            yield b" " * 65_536

    answer = world.client().post(PATH, content=stream(), headers=world.bearer())
    assert answer.status_code == 413
    assert str(MAX_BATCH_BYTES) in answer.json()["error_description"]


def test_a_full_batch_of_the_largest_size_is_taken(world: World) -> None:
    """500 events and just under 1 MiB go in."""
    batch = world.reports(-499, 0)
    body = json.dumps(batch).encode()
    padded = body + b" " * (MAX_BATCH_BYTES - len(body))
    answer = world.client().post(PATH, content=padded, headers=world.bearer())
    assert answer.json()["success"] == 500


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("Accept", "application/vnd.cds+json;version=2.0", 406),
        ("Accept", "text/html", 406),
        ("Accept", "text/html, application/vnd.cds+json; version=1.0", 200),
        ("Accept", "*/*", 200),
        ("Content-Type", "application/vnd.cds+json;version=1.1", 200),
        ("Content-Type", "application/json; charset=utf-8", 200),
        ("Content-Type", "application/vnd.cds+json;version=0.9", 415),
        ("Content-Type", "text/csv", 415),
    ],
)
def test_media_types_are_those_of_cds(world: World, name: str, value: str, status: int) -> None:
    """Versions 1.0 and 1.1 and plain JSON are understood; others are 406 or 415."""
    answer = world.client().post(PATH, content=b"[]", headers={**world.bearer(), name: value})
    assert answer.status_code == status


def test_a_busy_database_is_told_and_nothing_is_lost(world: World) -> None:
    """While another connection holds the lock the answer is 503 with a time to wait; then the same batch is taken."""
    client = world.client()
    batch = world.reports(-3, 0)
    other = create_engine(world.url, isolation_level="AUTOCOMMIT")
    lock = "BEGIN IMMEDIATE" if "sqlite" in world.url else "BEGIN; LOCK TABLE event, bay"
    with other.connect() as holder:
        holder.execute(text(lock))
        answer = world.post(client, batch)
        holder.execute(text("ROLLBACK"))
    other.dispose()
    assert (answer.status_code, answer.json()["error"]) == (503, "database_busy")
    assert int(answer.headers["retry-after"]) > 0
    assert world.post(client, batch).json()["success"] == 4


def test_batches_at_the_same_time_stay_right(world: World) -> None:
    """Many threads posting minutes of the same bays, some twice, give one interval and every stay once."""
    batches = [
        [
            *world.reports(-200 + 10 * i, -191 + 10 * i, bay=bay),
            *world.stay(-195 + 10 * i, -190 + 10 * i, bay=bay),
        ]
        for i in range(20)
        for bay in BAYS[:2]
    ]
    client = world.client()
    statuses: list[int] = []

    def post(mine: list[list[dict[str, object]]]) -> None:
        for batch in mine:
            answer = world.post(client, batch)
            while answer.status_code == 503:
                answer = world.post(client, batch)
            statuses.append(answer.status_code)

    threads = [
        threading.Thread(target=post, args=([*batches[i::4], *batches[i::8]],)) for i in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) == {200}
    with world.engine.connect() as connection:
        seen = connection.execute(text("SELECT bay_id, from_s, to_s FROM seen_interval ORDER BY 1"))
        expected = (world.now_s - 201 * 60, world.now_s - 60)
        assert [tuple(row) for row in seen] == [(bay, *expected) for bay in BAYS[:2]]
        stays = connection.execute(text("SELECT COUNT(*) FROM stay")).scalar_one()
        assert stays == len(batches)
    figures = client.get(
        "/api/v1/occupancy", params={"from": "2026-03-10T08:30:00Z", "to": "2026-03-10T12:00:00Z"}
    )
    assert [item["arrivals"] for item in figures.json()["items"][:2]] == [20, 20]


def test_use_of_a_key_is_noted(world: World) -> None:
    """The last use of a device's key is known to the officer, with its last event and coverage."""
    client = world.client()
    world.post(client, world.reports(-29, 0))
    (device,) = client.get("/api/v1/devices", headers=world.bearer("officer")).json()["items"]
    assert device["last_used_at"] == "2026-03-10T12:00:00+00:00"
    assert device["last_event_at"] == "2026-03-10T12:00:00Z"
    assert device["coverage_last_hour"] == 0.5
