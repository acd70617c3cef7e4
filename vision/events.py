"""From stays and minutes to the wire: CDS 1.1 events with identifiers that a repetition does not change."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from geo.events import CLASS_TO_CDS, CurbEvent, Occupant
from geo.local_time import floor_minute
from geo.words import curb_zone_id
from vision.coverage import WINDOW_S, WindowReport
from vision.stays import Arrived, StayEvent
from vision.watch import Outcome


@dataclass(frozen=True)
class Sender:
    """Who sends, and for which commune."""

    insee: str
    device_id: uuid.UUID
    camera_id: str
    salt: uuid.UUID
    """Random, made once for an outbox: identifiers derived from it tell nothing and repeat exactly."""
    calibration_id: str = ""
    """Name of the calibration in use (`Scene.calibration_id`); empty where the scene has none."""


def curb_events(sender: Sender, outcome: Outcome) -> tuple[CurbEvent, ...]:
    """Return the events of an outcome; times are floored to the minute, nothing finer leaves the device."""
    stays = (stay_event(sender, event) for event in outcome.stays)
    return (*stays, *(report_event(sender, report) for report in outcome.reports))


def stay_event(sender: Sender, event: StayEvent) -> CurbEvent:
    """Return `park_start` or `park_end`; both carry the stay's session identifier and its class by vote."""
    presence = event.presence
    session_id = _derived(sender, f"stay:{event.bay_id}:{presence.number}")
    is_start = isinstance(event, Arrived)
    at_ms = _minute_ms(presence.arrived_s if is_start else presence.departed_s)
    return CurbEvent(
        event_id=uuid.uuid5(session_id, "start" if is_start else "end"),
        event_type="park_start" if is_start else "park_end",
        event_time=at_ms,
        event_publication_time=at_ms,
        data_source_type="camera",
        data_source_device_id=sender.device_id,
        curb_zone_id=curb_zone_id(sender.insee, event.bay_id),
        event_session_id=session_id,
        vehicle_type=CLASS_TO_CDS[presence.vehicle_class],
        vehicle_type_confidence=min(100, max(1, round(100 * presence.class_confidence))),
    )


def report_event(sender: Sender, report: WindowReport) -> CurbEvent:
    """Return the `scheduled_report` of one bay and minute, dated to the window's end.

    Seconds are whole: the observed ones rounded, the occupied ones never more. Without an observed second the list of
    occupants is left out, since an empty list would say free. The calibration and the seconds of double parking are left
    out where there are none.
    """
    observed_s = min(WINDOW_S, round(report.observed_s))
    occupied_s = min(observed_s, math.ceil(report.occupied_s))
    present = tuple(Occupant(type=CLASS_TO_CDS[one]) for one in report.present)
    return CurbEvent(
        event_id=_derived(sender, f"report:{report.bay_id}:{report.end_s}"),
        event_type="scheduled_report",
        event_time=report.end_s * 1000,
        event_publication_time=report.end_s * 1000,
        data_source_type="camera",
        data_source_device_id=sender.device_id,
        curb_zone_id=curb_zone_id(sender.insee, report.bay_id),
        curb_occupants=present if observed_s else None,
        custom_attributes={
            "window_s": str(WINDOW_S),
            "observed_s": str(observed_s),
            "occupied_s": str(occupied_s),
            "reason": report.reason,
            **_where_any("calibration", sender.calibration_id),
            **_where_any("double_parked_s", _double_parked(report)),
        },
    )


def wire_json(event: CurbEvent) -> str:
    """Return an event as JSON, fields without a value left out."""
    return event.model_dump_json(exclude_none=True)


def _double_parked(report: WindowReport) -> str:
    seconds = min(WINDOW_S, round(report.double_parked_s))
    return str(seconds) if seconds else ""


def _where_any(name: str, value: str) -> dict[str, str]:
    return {name: value} if value else {}


def _derived(sender: Sender, name: str) -> uuid.UUID:
    return uuid.uuid5(sender.salt, f"{sender.camera_id}:{name}")


def _minute_ms(at_s: float) -> int:
    return int(floor_minute(datetime.fromtimestamp(at_s, UTC)).timestamp()) * 1000
