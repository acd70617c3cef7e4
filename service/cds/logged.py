"""Writes kept events in the words of CDS."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from geo.events import CLASS_TO_CDS
from service.cds.answers import MS
from service.facts import Report, read_origin, read_parked, read_report
from service.store.event_log import LoggedEvent

REPORT = "scheduled_report"

PARK_EVENTS = frozenset({"park_start", "park_end"})


def operator_id(insee: str) -> str:
    """Return the identifier of a commune as an operator of devices: CDS lets each city define its own."""
    return str(uuid5(NAMESPACE_URL, f"airelib:operator:{insee}"))


def logged_event(insee: str, event: LoggedEvent) -> dict[str, Any]:
    """Return an event as CDS writes it: what was kept of it, and nothing of a vehicle but its class.

    An event was published when it came in here. The commune stands for an operator that was not named.
    """
    origin = read_origin(event.detail)
    said: dict[str, Any] = {
        "event_id": event.event_id,
        "event_type": event.event_type,
        "event_time": event.event_s * MS,
        "event_publication_time": event.received_s * MS,
        "data_source_type": origin.source_type,
        "data_source_device_id": event.device_id,
        "data_source_operator_id": origin.operator_id or operator_id(insee),
    }
    if event.zone_id is not None:
        said["curb_zone_id"] = event.zone_id
    if event.event_type == REPORT:
        said |= _report(read_report(event.detail))
    elif event.event_type in PARK_EVENTS:
        said |= _park(event)
    return said


def _report(report: Report) -> dict[str, Any]:
    attributes = {"window_s": str(report.window_s), "observed_s": str(report.observed_s)}
    if report.reason:
        attributes["reason"] = report.reason
    if not report.observed_s:
        return {"custom_attributes": attributes}
    occupants = [
        {"type": CLASS_TO_CDS[name]} for name, number in report.occupants for _ in range(number)
    ]
    return {"custom_attributes": attributes, "curb_occupants": occupants}


def _park(event: LoggedEvent) -> dict[str, Any]:
    if not json.loads(event.detail):
        return {}
    parked = read_parked(event.detail)
    said: dict[str, Any] = {"vehicle_type": CLASS_TO_CDS[parked.vehicle_class]}
    if parked.confidence is not None:
        said["vehicle_type_confidence"] = parked.confidence
    if event.session_id is not None:
        said["event_session_id"] = event.session_id
    return said
