"""Takes one batch of pushed events: checks it, keeps what is new, and brings the figures up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from geo.errors import BatchTooLarge
from geo.events import MAX_BATCH_EVENTS, BatchAnswer, CurbEvent
from service.ingest.derive import derive
from service.ingest.items import Limits, check_clock, read_items, take_events
from service.security import AccessKey
from service.store.axis import lock_bays, places_of_zones
from service.store.events import add_events


def take_batch(
    session: Session, key: AccessKey, items: Sequence[Any], now_s: int, limits: Limits
) -> BatchAnswer:
    """Take a batch: all that can be taken, or, on an error, nothing.

    Items that cannot be taken are failures of the answer; an event already known is a success and
    changes nothing, and any order of batches gives the same facts.

    Raises
    ------
    BatchTooLarge
        More than ``MAX_BATCH_EVENTS`` items.
    ClockOff
        The device's clock is too far from the service's.
    """
    if len(items) > MAX_BATCH_EVENTS:
        raise BatchTooLarge(f"the batch has {len(items)} events: wanted at most {MAX_BATCH_EVENTS}")
    check_clock(items, now_s, limits)
    events, failures = read_items(items)
    places = places_of_zones(session, _zones(events.values()))
    found = take_events(events, places, key, now_s, limits)
    lock_bays(session, {event.bay_id for event in found.taken if event.bay_id is not None})
    new = add_events(session, found.taken, now_s)
    if new and key.device_id is not None:
        derive(session, key.device_id, key.profile, new)
    failed = sorted([*failures, *found.failures], key=lambda item: item.position)
    return BatchAnswer(success=len(found.taken), total=len(items), failures=tuple(failed))


def _zones(events: Any) -> set[str]:
    return {
        str(event.curb_zone_id)
        for event in events
        if isinstance(event, CurbEvent) and event.curb_zone_id is not None
    }
