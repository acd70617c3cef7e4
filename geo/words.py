"""The nouns of the kerb: bay, commune, time rule, stay, coverage and their closed lists of values."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from geo.bay_details import BayDetails
from geo.frozen import Frozen

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


class Activity(StrEnum):
    """What a rule allows or forbids (CDS 1.1, Curbs API, Rule.activity).

    ``loading`` is loading and unloading of goods, as on every French delivery bay.
    """

    LOADING = "loading"
    NO_LOADING = "no loading"
    UNLOADING = "unloading"
    NO_UNLOADING = "no unloading"
    PARKING = "parking"
    NO_PARKING = "no parking"
    STOPPING = "stopping"
    NO_STOPPING = "no stopping"
    TRAVEL = "travel"
    NO_TRAVEL = "no travel"


class Control(StrEnum):
    """How a maximum stay is checked (Cerema schema-aire-livraison 1.0.0, column DUREE_CONTROLE)."""

    CAMERA = "camera"
    SENSOR = "sensor"
    DISC = "disc"
    OTHER = "other"


SCHOOL_DAYS, SCHOOL_HOLIDAYS = "school_days", "school_holidays"
"""Named periods of rules that need no calendar where the commune lies in a school zone."""

LocalTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")]
"""Local wall time ``HH:MM``; ``24:00`` is the end of the day."""


class TimeRule(Frozen):
    """One window on a set of days, with the conditions under which it applies.

    Every condition that is given must hold; one that is left out does not restrict. What is left out is left
    out of JSON too, so that a plain weekly window reads ``activity, days, start, end, max_stay_min``.
    """

    CONDITIONS: ClassVar[tuple[str, ...]] = (
        "days_of_month",
        "weeks_of_month",
        "months",
        "week_parity",
        "from_on",
        "until_on",
        "only_periods",
        "except_periods",
        "max_weight_t",
        "control",
        "user_classes",
        "except_user_classes",
        "priority",
    )
    """Fields beyond the plain weekly window."""

    activity: Activity = Activity.LOADING
    days: tuple[Day, ...] = Field(min_length=1)
    start: LocalTime
    """First local minute of the window, included."""
    end: LocalTime
    """End of the window, excluded; ``24:00`` allowed."""
    max_stay_min: int | None = Field(default=None, gt=0)
    """Maximum stay in minutes; None where the rule sets none."""
    days_of_month: tuple[Annotated[int, Field(ge=1, le=31)], ...] = ()
    weeks_of_month: tuple[Annotated[int, Field(ge=1, le=5)], ...] = ()
    """The n-th such weekday of the month: 1 is days 1 to 7, 5 is days 29 to 31."""
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()
    week_parity: Literal["odd", "even"] | None = None
    """Parity of the ISO 8601 week."""
    from_on: date | None = None
    """First local day on which the rule is in force, included."""
    until_on: date | None = None
    """First local day on which it no longer is (excluded)."""
    only_periods: tuple[str, ...] = ()
    """Named sets of days on which alone it applies: ``school_days``, ``school_holidays`` or a calendar's name."""
    except_periods: tuple[str, ...] = ()
    """Named sets of days on which it does not apply."""
    max_weight_t: float | None = Field(default=None, gt=0)
    """Heaviest vehicle concerned, gross weight in tonnes (PTAC)."""
    control: Control | None = None
    """How the maximum stay is checked."""
    user_classes: tuple[str, ...] = ()
    """Who it is for, in the words of CDS; empty: whoever does the activity."""
    except_user_classes: tuple[str, ...] = ()
    """Who it is not for, in the words of CDS."""
    priority: int | None = None
    """Rank among rules in force together, lowest first, where the source gives one (CDS); None: by activity."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"start {self.start} must be before end {self.end}; split at midnight")
        if self.from_on and self.until_on and self.from_on >= self.until_on:
            raise ValueError(f"from_on {self.from_on} must be before until_on {self.until_on}")
        return self

    @model_serializer(mode="wrap")
    def _without_absent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out conditions that are not given."""
        said: Mapping[str, Any] = handler(self)
        absent: tuple[Any, ...] = (None, (), [])
        return {
            name: value
            for name, value in said.items()
            if name not in self.CONDITIONS or value not in absent
        }

    @property
    def is_weekly(self) -> bool:
        """Whether the rule holds alike in every week, for all who load: what demand and what-if reason about."""
        return self.activity is Activity.LOADING and all(
            getattr(self, name) in (None, ()) for name in self.CONDITIONS if name != "control"
        )


class KerbBay(Frozen):
    """A kerbside polygon reserved for loading, wherever it lies."""

    bay_id: str = Field(min_length=1, max_length=64)
    name: str = ""
    length_m: float = Field(gt=0)
    capacity: int = Field(gt=0)
    """Vehicles that fit."""
    bay_type: BayType
    rules: tuple[TimeRule, ...] = ()
    polygon_lonlat: tuple[tuple[float, float], ...] = Field(min_length=4)
    """Closed outer ring, longitude then latitude, WGS 84, counter-clockwise (RFC 7946)."""
    details: BayDetails = BayDetails()
    """What inventories say of the bay beyond what figures need."""


class Bay(KerbBay):
    """A bay of a known commune."""

    commune: str = Field(pattern=INSEE_PATTERN)


class FoundBay(KerbBay):
    """A bay of an inventory, whose commune may be unknown."""

    commune: str | None = Field(default=None, pattern=INSEE_PATTERN)


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
