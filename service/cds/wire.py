"""The objects of CDS 1.1 as this service answers them; the published OpenAPI is made from them.

Source: Curb Data Specification 1.1, Curbs and Events APIs (Open Mobility Foundation). What a field leaves out is
unknown or does not apply.
"""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from geo.events import CurbEvent
from geo.words import Activity

Timestamp = int
"""Whole milliseconds since 1970, UTC."""


class Wire(BaseModel):
    """Base of what is answered."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class CdsError(Wire):
    """Why a request was refused."""

    error: str
    """Stable code."""
    error_description: str
    error_details: list[str] = []


class Links(Wire):
    """Where the other pages are; null leads nowhere."""

    first: str | None
    last: str | None
    prev: str | None
    next: str | None


class Envelope(Wire):
    """What stands around the data of every answer."""

    version: Literal["1.1.0", "1.0.1"]
    time_zone: str
    last_updated: Timestamp
    currency: str
    author: str
    links: Links


class Polygon(Wire):
    """GeoJSON polygon, WGS 84, longitude then latitude."""

    type: Literal["Polygon"] = "Polygon"
    coordinates: list[list[tuple[float, float]]]


class Reference(Wire):
    """Link to a document."""

    reference_url: str
    name: str
    identifier_name: str | None = None
    ids: list[str] | None = None


class PreviousPolicies(Wire):
    """Policies that a zone had, half-open."""

    curb_policy_ids: list[UUID]
    start_date: Timestamp
    end_date: Timestamp


class CurbZone(Wire):
    """A delivery bay."""

    curb_zone_id: UUID
    geometry: Polygon | None = None
    """Left out where the request says ``include_geometry=false``."""
    curb_policy_ids: list[UUID]
    published_date: Timestamp
    """0 where the polygon was known before the store noted when."""
    last_updated_date: Timestamp
    start_date: Timestamp
    end_date: Timestamp | None = None
    prev_policies: list[PreviousPolicies] | None = None
    """Most recent first."""
    prev_curb_zone_ids: list[UUID] | None = None
    """Most recent first."""
    name: str | None = None
    user_zone_id: str
    """Identifier of the bay in the inventory."""
    street_name: str | None = None
    address_number: str | None = None
    length: int = Field(gt=0)
    """Centimetres."""
    width: int | None = Field(default=None, gt=0)
    """Centimetres."""
    parking_angle: Literal["parallel", "perpendicular", "angled"] | None = None
    num_spaces: int
    """Vehicles that fit."""
    median: bool | None = None
    available: bool | None = None
    """Whether the inventory says that the bay is in service; never whether it is free."""
    jurisdiction_type: Literal["public"] = "public"
    curb_space_ids: list[UUID] | None = None
    custom_attributes: dict[str, str]
    external_references: list[Reference] | None = None


class CurbSpace(Wire):
    """One of the equal parts of a bay, one for each vehicle that fits."""

    curb_space_id: UUID
    geometry: Polygon
    name: str
    published_date: Timestamp
    last_updated_date: Timestamp
    curb_zone_id: UUID
    space_number: int
    length: int
    """Centimetres."""
    width: int | None = None
    """Centimetres."""
    custom_attributes: dict[str, str]


class Rule(Wire):
    """What a policy allows or forbids."""

    activity: Activity
    name: str | None = None
    description: str | None = None
    max_stay: int | None = None
    max_stay_unit: str | None = None
    user_classes: list[str] | None = None
    user_classes_except: list[str] | None = None
    purposes: list[str] | None = None


class TimeSpan(Wire):
    """When a policy applies, in local time."""

    start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    days_of_week: list[Literal["sun", "mon", "tue", "wed", "thu", "fri", "sat"]] | None = None
    days_of_month: list[int] | None = None
    weeks_of_month: list[int] | None = None
    months: list[int] | None = None
    time_of_day_start: str | None = None
    time_of_day_end: str | None = None
    designated_period: str | None = None
    designated_period_except: bool | None = None


class CurbPolicy(Wire):
    """A regulation; another one has another identifier."""

    curb_policy_id: UUID
    name: str | None = None
    description: str | None = None
    published_date: Timestamp
    priority: int
    rules: list[Rule]
    time_spans: list[TimeSpan] | None = None


class SourceStatus(Wire):
    """A device."""

    data_source_device_id: UUID
    data_source_type: Literal["camera"] = "camera"
    data_source_operator_id: UUID
    sensor_status_is_commissioned: bool
    sensor_status_is_online: bool


class Zones(Wire):
    """Some zones."""

    zones: list[CurbZone]


class Spaces(Wire):
    """Some spaces."""

    spaces: list[CurbSpace]


class Policies(Wire):
    """Some policies."""

    policies: list[CurbPolicy]


class Events(Wire):
    """Some events, newest first."""

    events: list[CurbEvent]


class Statuses(Wire):
    """Some devices."""

    status: list[SourceStatus]


class Endpoint(Wire):
    """A part of CDS that is served."""

    name: str
    url: str


class Endpoints(Wire):
    """What is served under a base."""

    endpoints: list[Endpoint]


class ZonesAnswer(Envelope):
    """Zones in their envelope."""

    data: Zones


class ZoneAnswer(Envelope):
    """A zone in its envelope."""

    data: CurbZone


class SpacesAnswer(Envelope):
    """Spaces in their envelope."""

    data: Spaces


class SpaceAnswer(Envelope):
    """A space in its envelope."""

    data: CurbSpace


class PoliciesAnswer(Envelope):
    """Policies in their envelope."""

    data: Policies


class PolicyAnswer(Envelope):
    """A policy in its envelope."""

    data: CurbPolicy


class EventsAnswer(Envelope):
    """Events in their envelope."""

    data: Events


class StatusAnswer(Envelope):
    """Devices in their envelope."""

    data: Statuses


class BaseAnswer(Envelope):
    """What is served, in its envelope."""

    data: Endpoints


def plain(model: BaseModel) -> dict[str, Any]:
    """Return an object as it is answered: without what is unknown."""
    said: dict[str, Any] = model.model_dump(mode="json", exclude_none=True)
    return said
