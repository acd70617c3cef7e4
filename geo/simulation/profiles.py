"""Parameters of the demand process, each with its source or marked as an assumption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from geo.words import VehicleClass

KINDS = (
    "van",
    "truck",
    "two_wheeler",
    "other",
    "courier",
    "short_car",
    "long_car",
    "night_car",
)
"""Axis of the kinds of drivers; the first ``DELIVERIES`` deliver, a courier in a car."""

DELIVERIES = 5
"""How many of ``KINDS`` deliver."""

CLASS_OF_KIND = (
    VehicleClass.VAN,
    VehicleClass.TRUCK,
    VehicleClass.TWO_WHEELER,
    VehicleClass.OTHER,
    VehicleClass.CAR,
    VehicleClass.CAR,
    VehicleClass.CAR,
    VehicleClass.CAR,
)
"""What a perfect detector calls each of ``KINDS``."""


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
    deliveries: float
    """Deliveries of a weekday relative to the median bay of the city."""
    hours: tuple[float, ...]
    """Weight of each local hour 0..23 for deliveries on a weekday."""
    saturday: float
    """Saturday's deliveries as a share of a weekday's."""
    sunday: float
    cars_per_day: float
    """Median of the cars that would like to stop or park at a kerb of ``CAR_KERB_M`` on a weekday."""
    long_share: float
    """Share of long stays among cars before the evening."""
    share: float
    """Share of bays."""


def hours(**weights: float) -> tuple[float, ...]:
    """Return 24 weights from ``h7=2.0`` and so on; hours not named have a fiftieth of the largest."""
    rest = max(weights.values()) / 50
    return tuple(weights.get(f"h{hour}", rest) for hour in range(24))


SHOPS = LandUse(
    "shops",
    1.15,
    hours(h6=1.5, h7=4, h8=6, h9=7, h10=7, h11=5, h12=2, h13=2, h14=4, h15=4, h16=3, h17=2, h18=1),
    0.55,
    0.04,
    19.0,
    0.20,
    0.30,
)
FOOD = LandUse(
    "food",
    1.45,
    hours(h5=2, h6=6, h7=9, h8=8, h9=7, h10=6, h11=4, h12=1, h14=1, h15=3, h16=4, h17=3, h18=1),
    0.85,
    0.18,
    22.0,
    0.20,
    0.20,
)
OFFICES = LandUse(
    "offices",
    0.90,
    hours(h7=1, h8=3, h9=6, h10=7, h11=6, h12=2, h13=2, h14=5, h15=5, h16=4, h17=2),
    0.10,
    0.01,
    14.0,
    0.35,
    0.15,
)
HOMES = LandUse(
    "homes",
    0.65,
    hours(h8=1, h9=3, h10=5, h11=5, h12=3, h13=3, h14=4, h15=4, h16=5, h17=5, h18=4, h19=3, h20=1),
    0.65,
    0.05,
    17.0,
    0.30,
    0.22,
)
CRAFTS = LandUse(
    "crafts",
    1.0,
    hours(h6=3, h7=8, h8=7, h9=4, h10=3, h11=3, h12=2, h13=5, h14=5, h15=3, h16=3, h17=3),
    0.25,
    0.02,
    13.0,
    0.35,
    0.13,
)
LAND_USES = (SHOPS, FOOD, OFFICES, HOMES, CRAFTS)
"""The five land uses of the science brief's city (section 6); their profiles are assumptions."""

SATURDAY_SHAPE = (1.0,) * 10 + tuple(max(0.25, 1.0 - 0.09 * late) for late in range(1, 15))
SUNDAY_SHAPE = (1.0,) * 11 + (0.3,) * 13
"""Factors on the weekday's hours: Saturday's deliveries come earlier, Sunday's in the morning (assumption)."""

CAR_HOURS = hours(
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

CAR_SATURDAY_SHAPE = (0.6,) * 10 + (1.15,) * 14
CAR_SUNDAY_SHAPE = (0.4,) * 9 + (1.1,) * 15
"""Factors on those hours at weekends: cars come later (assumption)."""

CAR_DAY = (1.0, 1.15, 0.75)
"""Cars on weekdays, Saturdays, and Sundays and holidays, relative to a weekday (assumption)."""

CAR_KERB_M = 15.0
"""Kerb to which ``cars_per_day`` relates; cars grow with the square root of the length (assumption)."""

NIGHT_FROM_H, NIGHT_SHARE = 18, 0.38
"""From this local hour on, share of cars that stay for the night (assumption)."""

WEEKDAY_FACTORS = (0.91, 1.02, 0.98, 1.03, 1.06)
"""Deliveries from Monday to Friday around the mean of a weekday (assumption)."""

STAYS: Mapping[str, StayLength] = MappingProxyType(
    {
        "van": StayLength(13.0, 0.75),
        "truck": StayLength(21.0, 0.65),
        "two_wheeler": StayLength(5.0, 0.60),
        "other": StayLength(12.0, 0.70),
        "courier": StayLength(8.0, 0.60),
        "short_car": StayLength(11.0, 0.80),
        "long_car": StayLength(170.0, 0.50),
        "night_car": StayLength(620.0, 0.18),
    }
)
"""Lengths of stays: deliveries between Cerema's mean of about 10 minutes and the median of 24 minutes of Philadelphia's
loading zones (science brief, sections 1.2 and 5); split by kind, spread and cars are assumptions."""


@dataclass(frozen=True)
class Behaviour:
    """How drivers answer to rules; means over bays and how far bays differ."""

    rho: float = 0.35
    """Share of car demand that still parks in reserved hours. Science brief, section 9: invented, none measured."""
    kappa: float = 0.70
    """Share of parked cars that make room when the reserved window starts. Same source."""
    keeps_deliveries: float = 0.6
    keeps_cars: float = 0.4
    """Share of drivers who keep the maximum stay (c_T of the science brief). Same source."""
    retry: float = 0.30
    """Share of the refused deliveries that come round again, each time anew. Science brief, section 6."""
    spread: float = 0.10
    """Standard deviation between bays of each share but the retries (assumption); values stay in 0.02..0.98."""


@dataclass(frozen=True)
class Outages:
    """How often bays are not seen; all numbers are assumptions unless marked."""

    lost_day_share: float = 0.05
    """Share of the days that a camera loses from midnight to midnight. Science brief, section 6."""
    cuts_per_day: float = 0.25
    """Random cuts of one bay: something stands before it."""
    cut_min: tuple[int, int] = (4, 45)
    power_per_week: float = 0.10
    """Power cuts or silent devices of one camera in a week."""
    power_h: tuple[float, float] = (1.0, 14.0)
    dark_share: float = 0.0
    """Share of cameras that see nothing at night."""
    weak_share: float = 0.0
    """Share of cameras that fail on most days."""
    bays_per_camera: int = 4
    lost_share: float = 0.0
    """Share of all time lost on top, in pieces of ``lost_h``; 0.2 in the regime of outages (science brief, T15)."""
    lost_h: tuple[float, float] = (1.0, 6.0)
    lost_at_peak: bool = False
    """Whether that time is lost in the morning of four days in five instead of at random."""


@dataclass(frozen=True)
class Detector:
    """Errors of the reading, as the science brief's section 6 has them."""

    recall: float = 0.95
    """Share of vehicles that are seen at all."""
    flip: float = 0.06
    """Share of vans read as cars, and of cars read as vans."""
    split: float = 0.03
    """Extra stays per stay."""
    audited_recall: float | None = None
    """What an audit believes the recall to be; None: it measured the true one."""
    audit_sample: int = 300
    """Vehicles labelled by people."""


@dataclass(frozen=True)
class City:
    """All parameters of a simulated city."""

    land_uses: tuple[LandUse, ...] = LAND_USES
    deliveries_per_day: float = 16.0
    """Median of a bay's deliveries on a weekday. Science brief, section 6."""
    level_sigma: float = 0.65
    """Standard deviation of the logarithm of a bay's level (assumption)."""
    deliveries_range: tuple[float, float] = (3.0, 60.0)
    """Least and most deliveries of a weekday. Science brief, section 6."""
    mix: float = 0.25
    """Mean share of other land uses in the profile of a bay (assumption)."""
    shares: Mapping[str, float] = field(default_factory=lambda: {"van": 0.87, "truck": 0.13})
    """Kinds of deliveries (assumption)."""
    truck_spread: float = 0.5
    """Standard deviation of the logarithm of a bay's ratio of trucks (assumption)."""
    stays: Mapping[str, StayLength] = field(default_factory=lambda: dict(STAYS))
    stay_spread: float = 0.15
    """Standard deviation between bays of the logarithm of a kind's median stay (assumption)."""
    car_sigma: float = 0.35
    """Standard deviation of the logarithm of a bay's cars (assumption)."""
    day_cv_bay: float = 0.15
    """Day-to-day variation of the deliveries of a bay, and of its cars; science brief, section 6."""
    day_cv_city: float = 0.12
    """Day-to-day variation of deliveries common to all bays; same source."""
    growth_per_week: float = 0.0
    """Growth of deliveries by week, as a share."""
    behaviour: Behaviour = field(default_factory=Behaviour)
    outages: Outages = field(default_factory=Outages)
    detector: Detector | None = field(default_factory=Detector)
    """None reads without errors."""
