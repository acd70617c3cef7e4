"""The uplink: batches within limits, refusals kept or dropped as they concern all or one, over real HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from geo.errors import AirelibError, BadKey, BatchTooLarge, ClockOff, OutOfScope
from geo.events import MAX_BATCH_BYTES
from vision.outbox import Outbox, Waiting
from vision.uplink import Idle, Refused, Sent, Unreached, address, attempt, fitting, stamped, wait_s

NOW_MS = 1_780_000_000_000


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    """Return an outbox with three events."""
    held = Outbox(tmp_path / "o.sqlite", 64)
    held.save("cam", b"{}", [event(i) for i in range(3)])
    return held


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """Return an HTTP client."""
    with httpx.Client(timeout=5) as made:
        yield made


def event(number: int, padding: int = 0) -> str:
    """Return the JSON of a numbered event."""
    return json.dumps(
        {
            "event_id": str(number),
            "event_type": "park_start",
            "event_publication_time": 1,
            "x": "x" * padding,
        }
    )


def test_a_batch_carries_key_type_and_time_of_sending(
    outbox: Outbox, client: httpx.Client, receiver: Any
) -> None:
    """One POST holds all events as CDS asks, stamped now, and they leave the outbox."""
    result = attempt(
        outbox, client, address(receiver.url + "/", "99001", "alv_a_b"), lambda: NOW_MS
    )
    assert result == Sent(3, ())
    (post,) = receiver.posts
    assert post["path"] == "/cds/99001/events/event"
    assert post["headers"]["Authorization"] == "Bearer alv_a_b"
    assert post["headers"]["Content-Type"] == "application/vnd.cds+json;version=1.1"
    assert [one["event_publication_time"] for one in post["events"]] == [NOW_MS] * 3
    assert outbox.waiting() == 0
    assert attempt(outbox, client, address(receiver.url, "99001", "k"), lambda: NOW_MS) == Idle()


def test_refused_items_are_dropped_and_counted(
    outbox: Outbox, client: httpx.Client, receiver: Any
) -> None:
    """An event of an unknown bay is dropped with its reason; the others count as posted."""
    receiver.failing = lambda one: "unknown_bay" if one["event_id"] == "1" else None
    result = attempt(outbox, client, address(receiver.url, "99001", "k"), lambda: NOW_MS)
    assert result == Sent(3, ("unknown_bay: no",))
    assert outbox.counters() == {"posted": 2, "dropped": 1}
    assert outbox.waiting() == 0


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, BadKey), (403, OutOfScope), (409, ClockOff), (413, BatchTooLarge), (400, AirelibError)],
)
def test_a_refused_batch_is_kept(
    outbox: Outbox, client: httpx.Client, receiver: Any, status: int, error: type[AirelibError]
) -> None:
    """A refusal of the whole batch names status and reason, and no event is lost."""
    receiver.answers = [(status, {"detail": "the reason"})]
    result = attempt(outbox, client, address(receiver.url, "99001", "k"), lambda: NOW_MS)
    assert isinstance(result, Refused)
    assert isinstance(result.error, error)
    assert f"{status}: the reason" in str(result.error)
    assert outbox.waiting() == 3


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_busy_service_is_tried_again(
    outbox: Outbox, client: httpx.Client, receiver: Any, status: int
) -> None:
    """On 5xx and 429 every event is kept for the next try, which sends the same identifiers with a new time."""
    receiver.answers = [(status, {"detail": "busy"})]
    to = address(receiver.url, "99001", "k")
    assert isinstance(attempt(outbox, client, to, lambda: NOW_MS), Unreached)
    assert outbox.waiting() == 3
    assert attempt(outbox, client, to, lambda: NOW_MS + 5) == Sent(3, ())
    first, second = receiver.posts
    assert [one["event_id"] for one in first["events"]] == [
        one["event_id"] for one in second["events"]
    ]
    assert second["events"][0]["event_publication_time"] == NOW_MS + 5


def test_nobody_there_keeps_everything(outbox: Outbox, client: httpx.Client) -> None:
    """Without a service nothing is lost."""
    result = attempt(outbox, client, address("http://127.0.0.1:9", "99001", "k"), lambda: NOW_MS)
    assert isinstance(result, Unreached)
    assert outbox.waiting() == 3


def test_an_answer_that_is_no_verdict_keeps_everything(
    outbox: Outbox, client: httpx.Client, receiver: Any
) -> None:
    """A 200 from something that is not the service, such as a portal, is not taken for a receipt."""
    receiver.answers = [(200, {"hello": "guest"})]
    assert isinstance(
        attempt(outbox, client, address(receiver.url, "99001", "k"), lambda: NOW_MS), Unreached
    )
    assert outbox.waiting() == 3


def test_batches_stay_within_both_limits(
    outbox: Outbox, client: httpx.Client, receiver: Any
) -> None:
    """Twelve hundred events leave in batches of at most 500."""
    outbox.save("cam", b"{}", [event(i) for i in range(3, 1200)])
    to = address(receiver.url, "99001", "k")
    while attempt(outbox, client, to, lambda: NOW_MS) != Idle():
        pass
    assert [len(post["events"]) for post in receiver.posts] == [500, 500, 200]
    assert len(receiver.events) == 1200


def test_large_events_make_smaller_batches() -> None:
    """A body never exceeds one mebibyte, its stamps included."""
    waiting = [Waiting(i, event(i, padding=30_000)) for i in range(100)]
    batch = fitting(waiting)
    assert 30 < len(batch) < 36
    assert len(stamped(batch, NOW_MS)) <= MAX_BATCH_BYTES


def test_waits_double_up_to_a_minute() -> None:
    """The wait doubles from about a second, never passes a minute, and a Retry-After is obeyed within it."""
    waits = [wait_s(failures) for failures in range(1, 12)]
    assert 0.8 <= waits[0] <= 1.0
    assert 3.2 <= waits[2] <= 4.0
    assert all(48 <= one <= 60 for one in waits[7:])
    assert (wait_s(1, 7.0), wait_s(1, 900.0)) == (7.0, 60.0)
