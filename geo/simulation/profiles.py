"""Parameters of the demand process, each with its source or marked as an assumption."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind
from geo.words import VehicleClass

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StayLength:
    """Lognormal length of stays."""

    median_min: float
    sigma: float
    """Standard deviation of the logarithm."""


@dataclass(frozen=True)
class LandUse:
    """What the ground floors along a kerb ask for; all numbers are assumptions unless marked."""

    name: str
    deliveries_per_day: float
    """Median of a bay's weekday deliveries; the science brief's city has 3 to 60 a day, ours is busier by half."""
    delivery_hours: tuple[float, ...]
    """Weight of each hour 0..23."""
    saturday: float
    """Saturday's deliveries as a share of a weekday's."""
    sunday: float
    cars_per_day: float
    """Median of the cars that would like to stop or park at one bay on a day."""
    share: float
    """Share of bays."""


def _hours(**weights: float) -> tuple[float, ...]:
    """Return 24 weights from ``h7=2.0`` and so on; hours not named have a fiftieth of the largest."""
    rest = max(weights.values()) / 50
    return tuple(weights.get(f"h{hour}", rest) for hour in range(24))


LAND_USES = (
    LandUse(
        "shops",
        27.0,
        _hours(
            h6=1.5, h7=4, h8=6, h9=7, h10=7, h11=5, h12=2, h13=2, h14=4, h15=4, h16=3, h17=2, h18=1
        ),
        0.55,
        0.04,
        19.0,
        0.34,
    ),
    LandUse(
        "food",
        33.0,
        _hours(
            h5=2, h6=6, h7=9, h8=8, h9=7, h10=6, h11=4, h12=1, h14=1, h15=3, h16=4, h17=3, h18=1
        ),
        0.85,
        0.18,
        22.0,
        0.22,
    ),
    LandUse(
        "offices",
        19.0,
        _hours(h7=1, h8=3, h9=6, h10=7, h11=6, h12=2, h13=2, h14=5, h15=5, h16=4, h17=2),
        0.10,
        0.01,
        14.0,
        0.16,
    ),
    LandUse(
        "homes",
        14.0,
        _hours(
            h8=1, h9=3, h10=5, h11=5, h12=3, h13=3, h14=4, h15=4, h16=5, h17=5, h18=4, h19=3, h20=1
        ),
        0.65,
        0.05,
        17.0,
        0.28,
    ),
)

CAR_HOURS = _hours(
    h6=2,
    h7=4,
    h8=7,
    h9=7,
    h10=7,
    h11=7,
    h12=6,
    h13=5,
    h14=6,
    h15=6,
    h16=6,
    h17=7,
    h18=6,
    h19=5,
    h20=4,
    h21=3,
    h22=2,
)
"""Hours at which cars look for a place at the kerb (assumption: work and shops by day, residents in the evening)."""

CAR_DAY = {DayKind.WEEKDAY: 1.0, DayKind.SATURDAY: 1.15, DayKind.SUNDAY: 0.75}
"""Cars by kind of day (assumption)."""

WEEKDAY_FACTORS = (0.93, 1.04, 1.00, 1.05, 1.08, 1.0, 1.0)
"""Deliveries from Monday to Sunday around the mean of a weekday (assumption)."""

DELIVERY_CLASSES = {
    VehicleClass.VAN: 0.68,
    VehicleClass.TRUCK: 0.14,
    VehicleClass.CAR: 0.09,
    VehicleClass.TWO_WHEELER: 0.07,
    VehicleClass.OTHER: 0.02,
}
"""Classes of delivering vehicles (assumption)."""

DELIVERY_STAYS = {
    VehicleClass.VAN: StayLength(14.0, 0.75),
    VehicleClass.TRUCK: StayLength(22.0, 0.65),
    VehicleClass.CAR: StayLength(8.0, 0.60),
    VehicleClass.TWO_WHEELER: StayLength(5.0, 0.60),
    VehicleClass.OTHER: StayLength(12.0, 0.70),
}
"""Lengths of deliveries: between Cerema's mean of about 10 minutes and the median of 24 minutes of Philadelphia's
loading zones (science brief, sections 1.2 and 5); split by class and spread are assumptions."""

SHORT_CAR, LONG_CAR, NIGHT_CAR = (
    StayLength(8.0, 0.80),
    StayLength(80.0, 0.70),
    StayLength(620.0, 0.18),
)
"""Cars that stop, stay, or park for the night (assumptions)."""

LONG_CAR_SHARE = 0.30
"""Share of long stays among cars by day (assumption)."""

NIGHT_FROM_H, NIGHT_SHARE = 18, 0.38
"""From this local hour on, share of cars that stay for the night (assumption)."""

RESERVED_SHORT_SHARE = 0.25
"""Share of short stops among the cars that park in reserved hours (assumption)."""

VEHICLE_LENGTH_M = {
    VehicleClass.VAN: 6.0,
    VehicleClass.TRUCK: 10.0,
    VehicleClass.CAR: 5.0,
    VehicleClass.TWO_WHEELER: 2.2,
    VehicleClass.OTHER: 6.0,
}
"""Metres; the product's defaults (files reference, ``params.json``), other as a van."""

GAP_M = 1.0
"""Free kerb between two parked vehicles (assumption; stands for the fragmentation of the science brief, 2.2)."""


@dataclass(frozen=True)
class Behaviour:
    """How drivers answer to rules; means over bays."""

    rho: float = 0.35
    """Share of car demand that still parks in reserved hours. Science brief, section 9: invented, none measured."""
    rho_spread: float = 0.10
    """Standard deviation of rho between bays (assumption)."""
    kappa: float = 0.70
    """Share of parked cars gone when the reserved window starts. Same source."""
    keeps_max_stay: dict[VehicleClass, float] = field(
        default_factory=lambda: {
            VehicleClass.VAN: 0.6,
            VehicleClass.TRUCK: 0.6,
            VehicleClass.CAR: 0.4,
            VehicleClass.TWO_WHEELER: 0.6,
            VehicleClass.OTHER: 0.6,
        }
    )
    """Share of drivers who keep the maximum stay (c_T of the science brief: 0.6 deliveries, 0.4 cars)."""
    bay_spread: float = 0.60
    """Standard deviation of the logarithm of a bay's level (assumption: 3 to 60 deliveries a day over a city)."""
    day_cv_bay: float = 0.15
    """Day-to-day variation of a bay; science brief, section 6."""
    day_cv_city: float = 0.12
    """Day-to-day variation common to all bays; same source."""


@dataclass(frozen=True)
class Outages:
    """How often bays are not seen; all numbers are assumptions."""

    power_per_week: float = 0.10
    """Power cuts or silent devices of one camera in a week."""
    power_h: tuple[float, float] = (1.0, 14.0)
    blocked_per_day: float = 0.35
    """Times a day that something stands before one bay."""
    blocked_min: tuple[int, int] = (4, 45)
    dark_share: float = 0.09
    """Share of cameras that see nothing at night."""
    weak_share: float = 0.05
    """Share of cameras that fail on most days."""
    bays_per_camera: int = 4
