"""What inventories say of a bay beyond what figures need: address, marking, sign, order, equipment."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import (
    AwareDatetime,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from geo.frozen import Frozen


class Arrangement(StrEnum):
    """How vehicles stand to the kerb (Cerema DISPOSITION; CDS parking_angle)."""

    PARALLEL = "parallel"
    PERPENDICULAR = "perpendicular"
    ANGLED = "angled"


class Placement(StrEnum):
    """Where the bay lies in the street (Cerema LOCALISATION)."""

    CARRIAGEWAY = "carriageway"
    RECESS = "recess"
    MEDIAN = "median"
    PEDESTRIAN_AREA = "pedestrian_area"
    CAR_PARK = "car_park"


class Parity(StrEnum):
    """Which side of the street, by its house numbers (Cerema PARITE_TROTTOIR)."""

    ODD = "odd"
    EVEN = "even"
    UNKNOWN = "unknown"


class State(StrEnum):
    """Condition of a marking or a sign (Cerema MARQUAGE_ETAT, PANNEAU_ETAT)."""

    GOOD = "good"
    DEGRADED = "degraded"
    ABSENT = "absent"
    NOT_APPLICABLE = "not_applicable"


class Guess(StrEnum):
    """What of a bay was not in its source but taken from a rule of thumb."""

    POSITION = "position"
    ORIENTATION = "orientation"
    LENGTH = "length"
    WIDTH = "width"
    CAPACITY = "capacity"
    HOURS = "hours"
    DAYS = "days"


class BayDetails(Frozen):
    """Attributes of the national schema (Cerema schema-aire-livraison 1.0.0) and of its neighbours; None is unknown."""

    address: str | None = None
    postal_code: str | None = None
    commune_name: str | None = None
    """Name of the commune as the source writes it."""
    arrondissement: str | None = Field(default=None, pattern=r"^(75|69|13)\d{3}$")
    """INSEE code of the municipal arrondissement (Paris 75101 to 75120, Lyon 69381 to 69389, Marseille 13201 to 13216)."""
    width_m: float | None = Field(default=None, gt=0)
    """Measured width; a source's default for every bay is not one."""
    arrangement: Arrangement | None = None
    placement: Placement | None = None
    parity: Parity | None = None
    marking_state: State | None = None
    marking_conforms: bool | None = None
    sign_present: bool | None = None
    sign_state: State | None = None
    order_present: bool | None = None
    order_url: str | None = None
    order_ref: str | None = None
    order_on: date | None = None
    is_active: bool | None = None
    max_stay_min: int | None = Field(default=None, gt=0)
    """Maximum stay that the source gives for the whole bay, kept where no rule carries it."""
    control: str | None = None
    """How it is checked, kept where no rule carries it (values of ``geo.words.Control``)."""
    equipment: tuple[str, ...] = ()
    """Words of the national schema, as they are: ``candélabre``, ``capteur caméra`` …"""
    charging_kw: float | None = Field(default=None, ge=0)
    dropped_kerb: bool | None = None
    comment: str | None = None
    surveyed_at: AwareDatetime | None = None
    """When the source last changed the bay (Cerema DATE_MAJ)."""
    source_uuid: str | None = None
    """Identifier of the source that is a UUID (Cerema UUID, CDS curb_zone_id)."""
    estimated: tuple[Guess, ...] = ()
    """What was not in the source."""
    extra: dict[str, str] = Field(default_factory=dict)
    """Columns of the source that have no field here, as text."""

    @model_serializer(mode="wrap")
    def _only_known(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is unknown."""
        said: dict[str, Any] = handler(self)
        return {name: value for name, value in said.items() if value not in (None, (), [], {})}
