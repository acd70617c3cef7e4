"""The wire: CDS 1.1 curb events as Airelib sends and accepts them.

Source: Curb Data Specification 1.1, Events API (Open Mobility Foundation).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from geo.words import VehicleClass

MAX_BATCH_EVENTS = 500
"""Events in one batch; ADR "CDS as the wire"."""

MAX_BATCH_BYTES = 1 << 20
"""Bytes in one batch body (1 MiB)."""

MAX_CALIBRATION_CHARS = 64
"""Longest name of a calibration; ours have 22 characters."""

CALIBRATION_PATTERN = (
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d))-[0-9a-f]{4,16}"
)
"""Name of a calibration: the instant it was made, and the first digits of a hash of its points and bays.

Nothing else fits the form: free text could carry what must not be kept.
"""

BANNED_FIELDS = frozenset(
    {
        "vehicle_id",
        "vehicle_license_plate",
        "vehicle_license_plate_jurisdiction",
        "vehicle_license_plate_confidence",
        "vehicle_permit_number",
        "vehicle_color",
        "vehicle_color_confidence",
        "vehicle_company_name",
        "vehicle_company_name_confidence",
        "vehicle_run_id",
        "vehicle_run_id_confidence",
    }
)
"""CDS fields that identify a vehicle; an event that carries one is refused (privacy by construction)."""

ENFORCEMENT_TYPES = frozenset(
    {"vehicle_detected", "vehicle_violation_start", "vehicle_violation_end", "citation_issued"}
)
"""Event types that CDS 1.1 added for enforcement; none is taken (statistics, never offences)."""

ENFORCEMENT_FIELD = "enforcement"
"""Field of such events."""

CDS_TO_CLASS = {
    "van": VehicleClass.VAN,
    "truck": VehicleClass.TRUCK,
    "freight": VehicleClass.TRUCK,
    "car": VehicleClass.CAR,
    "bicycle": VehicleClass.TWO_WHEELER,
    "cargo_bicycle": VehicleClass.TWO_WHEELER,
    "scooter": VehicleClass.TWO_WHEELER,
    "scooter_standing": VehicleClass.TWO_WHEELER,
    "scooter_seated": VehicleClass.TWO_WHEELER,
    "moped": VehicleClass.TWO_WHEELER,
    "motorcycle": VehicleClass.TWO_WHEELER,
    "bus": VehicleClass.OTHER,
    "delivery_robot": VehicleClass.OTHER,
    "other": VehicleClass.OTHER,
    "unspecified": VehicleClass.OTHER,
}
"""Vehicle type on the wire to our class."""

CLASS_TO_CDS = {
    VehicleClass.VAN: "van",
    VehicleClass.TRUCK: "truck",
    VehicleClass.CAR: "car",
    VehicleClass.TWO_WHEELER: "motorcycle",
    VehicleClass.OTHER: "other",
}
"""Our class to the vehicle type sent."""


@lru_cache(maxsize=1024)
def calibration_made_at(calibration: str) -> datetime | None:
    """Return when a calibration was made, aware, in UTC; None where the text is no calibration's name."""
    found = re.fullmatch(CALIBRATION_PATTERN, calibration, re.ASCII)
    if found is None or len(calibration) > MAX_CALIBRATION_CHARS:
        return None
    try:
        return datetime.fromisoformat(found[1]).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


EventType = Literal[
    "comms_lost",
    "comms_restored",
    "decommissioned",
    "park_start",
    "park_end",
    "scheduled_report",
    "enter_area",
    "exit_area",
]

SourceType = Literal[
    "data_feed", "camera", "above_ground", "in_ground", "meter", "payment", "in_person", "other"
]

INSTANT_TEXT = r"\d{13}"
"""Milliseconds written as text, as the examples of CDS 1.0.1 do: thirteen digits, the years 2001 to 2286."""


def read_instant_ms(value: Any) -> Any:
    """Return milliseconds that stand in a text as the number they are, and anything else as it is."""
    if isinstance(value, str) and re.fullmatch(INSTANT_TEXT, value, re.ASCII):
        return int(value)
    return value


Milliseconds = Annotated[int, BeforeValidator(read_instant_ms), Field(gt=0, strict=True)]
"""An instant as whole milliseconds since 1970, UTC; thirteen digits of text are taken too."""


class WireModel(BaseModel):
    """Base of wire models: immutable, and refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Occupant(WireModel):
    """One vehicle present at the kerb."""

    type: str
    length: float | None = None
    """Centimetres."""
    linear_location: tuple[float, float] | None = None
    """Centimetres from the start of the zone."""


class Point(WireModel):
    """GeoJSON point, longitude then latitude, of WGS 84; a height may follow."""

    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float] | tuple[float, float, float]


class PointFeature(BaseModel):
    """Where an event took place as CDS 1.0.1 writes it: a GeoJSON feature with its time."""

    model_config = ConfigDict(frozen=True)

    type: Literal["Feature"]
    geometry: Point
    properties: dict[str, Any] | None = None


class CurbEvent(WireModel):
    """One CDS 1.1 event; instants are integer milliseconds since the epoch.

    The fields of the second part are those of 1.0.1 and 1.1 that nothing here is made from: they may come, and
    are dropped.
    """

    event_id: UUID
    event_type: EventType
    event_time: Milliseconds
    event_publication_time: Milliseconds
    data_source_type: SourceType
    data_source_device_id: UUID
    curb_zone_id: UUID | None = None
    event_session_id: UUID | None = None
    data_source_operator_id: UUID | None = None
    vehicle_type: str | None = None
    vehicle_type_confidence: int | None = Field(default=None, ge=1, le=100)
    curb_occupants: tuple[Occupant, ...] | None = None
    custom_attributes: dict[str, str] | None = None

    event_location: Point | PointFeature | None = None
    event_purpose: str | None = None
    curb_area_ids: tuple[UUID, ...] | None = None
    curb_space_id: UUID | None = None
    curb_object_id: UUID | None = None
    data_source_operator_name: str | None = None
    data_source_device_name: str | None = None
    data_source_manufacturer: str | None = None
    data_source_model: str | None = None
    sensor_status_is_commissioned: bool | None = None
    sensor_status_is_online: bool | None = None
    vehicle_length: float | None = None
    vehicle_propulsion_types: tuple[str, ...] | None = None
    vehicle_blocked_lane_types: tuple[str, ...] | None = None
    external_references: tuple[dict[str, Any], ...] | None = None
    currency: str | None = None
    actual_cost: int | None = None
    payment_channel: str | None = None
    payment_method: str | None = None
    payment_transaction_id: str | None = None


class NamedEvent(WireModel):
    """What names a refused event to its sender: the fields that CDS requires, each only where it can be read."""

    event_id: UUID | None = None
    event_type: str | None = None
    event_time: int | None = None
    event_publication_time: int | None = None
    data_source_type: SourceType | None = None
    data_source_device_id: UUID | None = None


class BatchFailure(WireModel):
    """Why one item of a batch was refused."""

    item: NamedEvent = NamedEvent()
    """The event, without what it was refused for: CDS repeats it, but nothing banned is sent back."""
    position: int
    """Position in the batch, from 0."""
    error: str
    error_description: str
    error_details: tuple[str, ...] = ()


class BatchAnswer(WireModel):
    """Answer to a pushed batch; an event already known counts as a success."""

    success: int
    total: int
    failures: tuple[BatchFailure, ...] = ()
