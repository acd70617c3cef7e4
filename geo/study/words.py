"""The nouns of a study: its period, bays, rule history, search limits, audit and weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from geo.dated_rules import Periods
from geo.words import BayType, Day, TimeRule, VehicleClass

DEFAULT_LENGTH_M: Mapping[VehicleClass, float] = MappingProxyType(
    {
        VehicleClass.VAN: 6.0,
        VehicleClass.TRUCK: 10.0,
        VehicleClass.CAR: 5.0,
        VehicleClass.TWO_WHEELER: 2.2,
        VehicleClass.OTHER: 6.0,
    }
)
"""Kerb that a vehicle of each class needs, in metres; parameters (files reference, ``params.json``), other as a van."""


@dataclass(frozen=True)
class Period:
    """Whole local days that were observed."""

    first_on: date
    last_on: date
    """Included."""
    time_zone: str = "Europe/Paris"
    holidays_on: frozenset[date] = frozenset()
    """Public holidays within the period: only rules that name ``ph`` apply."""
    periods: Periods = field(default_factory=dict, compare=False)
    """Named sets of days; a rule whose days are not among them is left out."""


@dataclass(frozen=True)
class RuleVersion:
    """Rules of a bay during a half-open time."""

    from_s: int
    """Epoch second, included."""
    to_s: int
    """Epoch second, excluded."""
    rules: tuple[TimeRule, ...]


@dataclass(frozen=True)
class StudyBay:
    """A bay of a study."""

    bay_id: str
    commune: str
    length_m: float
    capacity: int
    bay_type: BayType
    rules: tuple[TimeRule, ...]
    """Rules at the end of the period: what a suggestion would change."""
    history: tuple[RuleVersion, ...]
    """Covers the whole period without gap, in order; one version with ``rules`` where nothing ever changed."""
    centre_lonlat: tuple[float, float] | None = None
    """Longitude, latitude (WGS 84); None where the file gives no geometry."""


@dataclass(frozen=True)
class Search:
    """Which rules may be proposed (``search`` of ``params.json``)."""

    grid_min: int = 30
    """Windows start and end on multiples of this many minutes after midnight."""
    min_window_h: float = 2.0
    """Shortest window, and shortest shared time between two windows of a day."""
    max_windows: int = 2
    max_stay_min: tuple[int, ...] = (15, 20, 30, 45, 60)
    same_days: tuple[Day, ...] | None = None
    """Days that must share one rule and are the only ones to change; None: Monday to Friday, Saturday, and Sunday
    may each have their own."""


@dataclass(frozen=True)
class Audit:
    """How well the detector reads, from a sample labelled by people (``audit.json``)."""

    recall: Mapping[VehicleClass, float] = field(default_factory=dict)
    """Share of true vehicles that are seen at all; unlisted = 1."""
    split_rate: float = 0.0
    """Extra stays per true stay."""
    confusion: Mapping[VehicleClass, Mapping[VehicleClass, float]] = field(default_factory=dict)
    """``confusion[true][observed]``: share of seen vehicles of a class read as another; unlisted = 0."""
    sample: int | None = None
    """Labelled vehicles; None where there was no audit."""
    dated_on: date | None = None


@dataclass(frozen=True)
class Neighbour:
    """Two bays near enough for a refused driver to try the other."""

    bay_id: str
    neighbour_id: str
    distance_m: float


@dataclass(frozen=True)
class Weights:
    """Points per day of each physical quantity (``weights.json``); a lower score is better."""

    unserved_per_day: float = 1.0
    shared_car_hour: float = -0.05
    cut_short_per_day: float = 0.3
    reserved_car_hour: float = 0.0
    change_per_day: float = 0.5
    """Points that a change must save to be worth its signs."""


@dataclass(frozen=True)
class Study:
    """All of a study but its stays, which are read bay by bay (``geo.study.folder``)."""

    period: Period
    bays: tuple[StudyBay, ...]
    """The bays axis, sorted by ``bay_id``."""
    length_m: Mapping[VehicleClass, float]
    search: Search
    audit: Audit
    neighbours: tuple[Neighbour, ...]
    data_hash: str
    """SHA-256 over what was read: the same files give the same hash, whatever their row order or format."""
