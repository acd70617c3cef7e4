"""The uplink: waiting events leave in batches, each until the service has answered for it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import ValidationError

from geo.errors import AirelibError, BadKey, BatchTooLarge, ClockOff, OutOfScope, Unavailable
from geo.events import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, BatchAnswer
from vision.outbox import Outbox, Waiting

MEDIA_TYPE = "application/vnd.cds+json;version=1.1"
"""CDS 1.1, "Versioning"."""

TIMEOUT_S = 15.0
"""Longest wait for an answer (parameter)."""

FIRST_WAIT_S = 1.0
"""Wait after the first failure; each further one doubles it."""

LONGEST_WAIT_S = 60.0
"""Longest wait between two tries, also the wait after a batch was refused as a whole."""

STAMP_ROOM_BYTES = 48
"""Bytes that the time of sending adds to an event."""

RETRYABLE = frozenset({408, 425, 429})
"""Statuses below 500 after which the same request may succeed (RFC 9110, RFC 6585)."""


@dataclass(frozen=True)
class Sent:
    """The service has answered for each event of a batch."""

    count: int
    failures: tuple[str, ...]
    """Code and description of each event that it refused for good; they are dropped."""


@dataclass(frozen=True)
class Refused:
    """The service refused the batch as a whole; every event is kept."""

    error: AirelibError


@dataclass(frozen=True)
class Unreached:
    """No answer, or one that asks to come again."""

    error: AirelibError
    retry_after_s: float | None


@dataclass(frozen=True)
class Idle:
    """Nothing waits."""


Attempt = Sent | Refused | Unreached | Idle


@dataclass(frozen=True)
class Address:
    """Where to post, and as whom."""

    url: str
    """Full address of the commune's event endpoint."""
    key: str


def address(service_url: str, insee: str, key: str) -> Address:
    """Return the address of a commune's events at a service."""
    return Address(f"{service_url.rstrip('/')}/cds/{insee}/events/event", key)


def attempt(
    outbox: Outbox,
    client: httpx.Client,
    to: Address,
    now_ms: Callable[[], int],
    limit: int = MAX_BATCH_EVENTS,
) -> Attempt:
    """Try to send the oldest events once; what was answered for leaves the outbox.

    Parameters
    ----------
    outbox
        Where events wait.
    client
        HTTP client.
    to
        Where to post.
    now_ms
        The device's clock, milliseconds since the epoch: each try carries its own time of sending.
    limit
        Most events in the batch.
    """
    batch = fitting(outbox.oldest(min(limit, MAX_BATCH_EVENTS)))
    if not batch:
        return Idle()
    try:
        answer = client.post(
            to.url,
            content=stamped(batch, now_ms()),
            headers={
                "Authorization": f"Bearer {to.key}",
                "Content-Type": MEDIA_TYPE,
                "Accept": MEDIA_TYPE,
            },
        )
    except httpx.TransportError as error:
        return Unreached(Unavailable(f"{to.url} does not answer: {error!r}"), None)
    if answer.status_code != httpx.codes.OK:
        return _not_taken(answer, to)
    return _taken(outbox, batch, answer, to)


def fitting(waiting: list[Waiting]) -> list[Waiting]:
    """Return as many of the first events as one body may hold."""
    size = 2
    batch: list[Waiting] = []
    for event in waiting:
        size += len(event.body.encode()) + STAMP_ROOM_BYTES + 1
        if size > MAX_BATCH_BYTES and batch:
            break
        batch.append(event)
    return batch


def stamped(batch: list[Waiting], now_ms: int) -> bytes:
    """Return the body of a batch, every event with this time of sending."""
    events = [{**json.loads(event.body), "event_publication_time": now_ms} for event in batch]
    return json.dumps(events, separators=(",", ":")).encode()


def wait_s(failures: int, retry_after_s: float | None = None) -> float:
    """Return how long to wait after a number of failures in a row: doubled each time, spread by a fifth, at most a minute."""
    if retry_after_s is not None:
        return min(retry_after_s, LONGEST_WAIT_S)
    base_s = min(FIRST_WAIT_S * 2 ** min(failures - 1, 10), LONGEST_WAIT_S)
    return float(base_s * random.uniform(0.8, 1.0))  # noqa: S311 - spreads devices over time, protects nothing


def _taken(outbox: Outbox, batch: list[Waiting], answer: httpx.Response, to: Address) -> Attempt:
    try:
        verdict = BatchAnswer.model_validate_json(answer.content)
    except ValidationError as error:
        first = error.errors()[0]
        return Unreached(
            Unavailable(f"{to.url} answers 200 without a verdict: {first['loc']}: {first['msg']}"),
            None,
        )
    outbox.remove(batch, dropped=len(verdict.failures))
    failures = tuple(
        f"{failure.error}: {failure.error_description}" for failure in verdict.failures
    )
    return Sent(len(batch), failures)


def _not_taken(answer: httpx.Response, to: Address) -> Attempt:
    status = answer.status_code
    said = _detail(answer)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in RETRYABLE:
        return Unreached(Unavailable(f"{to.url} answers {status}: {said}"), _retry_after_s(answer))
    kind = REFUSALS.get(status, Unavailable)
    return Refused(kind(f"{to.url} refuses the batch with {status}: {said}; every event is kept"))


REFUSALS: dict[int, type[AirelibError]] = {
    401: BadKey,
    403: OutOfScope,
    409: ClockOff,
    413: BatchTooLarge,
}
"""Statuses that concern the batch as a whole; any other is kept and tried again as well."""


def _detail(answer: httpx.Response) -> str:
    try:
        document: Any = answer.json()
    except ValueError:
        return answer.reason_phrase
    if not isinstance(document, dict):
        return answer.reason_phrase
    said = document.get("detail") or document.get("error_description") or document.get("title")
    return str(said or answer.reason_phrase)


def _retry_after_s(answer: httpx.Response) -> float | None:
    text = str(answer.headers.get("Retry-After", ""))
    return float(text) if text.isdigit() else None
