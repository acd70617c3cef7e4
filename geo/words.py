"""The nouns of the kerb: bay, commune, time rule, stay, coverage and their closed lists of values."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

ENOUGH_COVERAGE = 0.70
"""Share of a time that must be seen before its figure is shown as a figure.

House rule: below it a figure is hatched on screen, left out of public exports and never averaged as free.
"""

SLOT_S = 900
"""Length of a slot in seconds: a half-open quarter of an hour."""

INSEE_PATTERN = r"^(\d{2}|2A|2B)\d{3}$"
"""Five characters; Corsica's departments carry a letter (INSEE, code officiel géographique)."""


class VehicleClass(StrEnum):
    """The five vehicle classes used everywhere."""

    VAN = "van"
    TRUCK = "truck"
    CAR = "car"
    TWO_WHEELER = "two_wheeler"
    OTHER = "other"


VEHICLE_CLASSES = tuple(VehicleClass)
"""Fixed order of classes; arrays with a class axis follow it."""


class BayType(StrEnum):
    """Cerema's three types of delivery bay (schema-aire-livraison 1.0.0, column TYPE)."""

    PERIODIC = "periodic"
    PERMANENT = "permanent"
    GOODS_ZONE = "goods_zone"


class Day(StrEnum):
    """Days a rule may name; ``ph`` is a public holiday, on which only rules that name it apply."""

    MO = "mo"
    TU = "tu"
    WE = "we"
    TH = "th"
    FR = "fr"
    SA = "sa"
    SU = "su"
    PH = "ph"


class Frozen(BaseModel):
    """Base of all words: immutable, and refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


LocalTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
"""Local wall time ``HH:MM``; ``24:00`` is the end of the day."""


class TimeRule(Frozen):
    """One reserved window on a set of days."""

    activity: Literal["loading"] = "loading"
    days: tuple[Day, ...] = Field(min_length=1)
    start: LocalTime
    """First local minute of the window, included."""
    end: LocalTime
    """End of the window, excluded; ``24:00`` allowed."""
    max_stay_min: int | None = Field(default=None, gt=0)
    """Maximum stay in minutes; None where the rule sets none."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"start {self.start} must be before end {self.end}; split at midnight")
        return self


class Bay(Frozen):
    """A kerbside polygon reserved for loading."""

    bay_id: str = Field(min_length=1, max_length=64)
    commune: str = Field(pattern=INSEE_PATTERN)
    name: str = ""
    length_m: float = Field(gt=0)
    capacity: int = Field(gt=0)
    """Vehicles that fit."""
    bay_type: BayType
    rules: tuple[TimeRule, ...] = ()
    polygon_lonlat: tuple[tuple[float, float], ...] = Field(min_length=4)
    """Closed outer ring, longitude then latitude, WGS 84, counter-clockwise (RFC 7946)."""


class Commune(Frozen):
    """A municipality with its outline."""

    insee: str = Field(pattern=INSEE_PATTERN)
    name: str = Field(min_length=1)
    population: int | None = None
    time_zone: str = "Europe/Paris"


class Stay(Frozen):
    """One vehicle in one bay from arrival to departure."""

    bay_id: str
    vehicle_class: VehicleClass
    arrived_at: datetime
    """Instant of arrival, aware."""
    departed_at: datetime | None = None
    """Instant of departure, aware; None while the vehicle is there or when its end was not seen."""
    arrival_uncertainty_s: float | None = None
    """Seconds before `arrived_at` in which it may have come; None where nobody knows."""
    departure_uncertainty_s: float | None = None
    """Seconds after `departed_at` in which it may have gone; None where nobody knows."""
    class_confidence: float | None = None
    """Probability of the class, 0..1; None where nobody knows."""


class Unseen(Frozen):
    """A half-open time in which a bay was not seen, with the reason."""

    bay_id: str
    from_at: datetime
    to_at: datetime
    reason: str


def curb_zone_id(insee: str, bay_id: str, geometry_version: int = 1) -> uuid.UUID:
    """Return the CDS zone identifier of a bay, the same on every import of the same geometry.

    Source: CDS 1.1, "geometry change means a new id"; UUID version 5 of RFC 4122.
    """
    return uuid.uuid5(uuid.NAMESPACE_URL, f"airelib:{insee}:{bay_id}:{geometry_version}")


def is_insee(code: str) -> bool:
    """Tell whether a text has the form of an INSEE commune code."""
    return re.fullmatch(INSEE_PATTERN, code) is not None
