"""The scene language: who stands, passes and walks in the street when, under which sky and before which camera."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from geo.words import VehicleClass
from sample_data.scene.camera import PinholeCamera
from sample_data.scene.motion import Drives, Pose, Stops, Walks
from sample_data.scene.place import BAYS, SceneBay

Weather = Literal["day", "rain", "dusk"]
Rgb = tuple[float, float, float]

BAY_Y = -1.15
"""Middle of a parked vehicle across the kerb."""

BESIDE_Y = -3.7
"""Middle of a double-parked one."""


@dataclass(frozen=True)
class Model:
    """One kind of vehicle that the scene can show."""

    vehicle_class: VehicleClass
    length_m: float
    width_m: float


MODELS = MappingProxyType(
    {
        "hatchback": Model(VehicleClass.CAR, 4.2, 1.8),
        "saloon": Model(VehicleClass.CAR, 4.65, 1.85),
        "panel_van": Model(VehicleClass.VAN, 5.95, 2.05),
        "small_van": Model(VehicleClass.VAN, 4.5, 1.85),
        "box_truck": Model(VehicleClass.TRUCK, 6.65, 2.25),
        "lorry": Model(VehicleClass.TRUCK, 7.65, 2.45),
        "cargo_bike": Model(VehicleClass.TWO_WHEELER, 2.5, 0.7),
    }
)
"""Vehicles by the name of their shape, with the size of what was built."""

PAINTS: MappingProxyType[str, Rgb] = MappingProxyType(
    {
        "white": (0.78, 0.79, 0.80),
        "silver": (0.42, 0.44, 0.46),
        "grey": (0.13, 0.14, 0.15),
        "black": (0.015, 0.015, 0.017),
        "red": (0.35, 0.02, 0.02),
        "blue": (0.02, 0.06, 0.25),
        "yellow": (0.75, 0.42, 0.02),
        "green": (0.03, 0.16, 0.07),
        "orange": (0.70, 0.20, 0.02),
    }
)
"""Linear RGB in 0..1."""


@dataclass(frozen=True)
class Vehicle:
    """One vehicle and what it does."""

    key: str
    model: str
    paint: str
    action: Stops | Drives
    stripe: str = "blue"
    """Colour of the lettering's place on vans and trucks."""
    bay_id: str | None = None
    """The bay that it stands in; None when it only passes or stands elsewhere."""

    @property
    def vehicle_class(self) -> VehicleClass:
        """Return the class of its model."""
        return MODELS[self.model].vehicle_class


@dataclass(frozen=True)
class Walker:
    """One person on the pavement."""

    key: str
    cloth: str
    action: Walks


@dataclass(frozen=True)
class Scenario:
    """A scene from its first frame to its last."""

    name: str
    camera: PinholeCamera
    weather: Weather
    start_at: datetime
    duration_s: int
    vehicles: tuple[Vehicle, ...]
    walkers: tuple[Walker, ...] = ()
    fps: int = 5
    seed: int = 1
    """Of the picture's noise."""
    bays: tuple[SceneBay, ...] = field(default=BAYS)
    keyframe_s: int = 4
    """Time between two keyframes of the clip."""
    crf: int = 28
    """Constant rate factor of H.264: 23 with noise is six times larger (scene brief)."""
    pairs_x_m: tuple[float, ...] = (-1.0, 13.0, 27.0, 44.0, 58.0)
    """Where along the kerb the points of the calibration lie; the camera must see enough of them."""

    @property
    def frames(self) -> int:
        """Return how many frames there are."""
        return self.duration_s * self.fps

    def poses(self, frame: int) -> dict[str, Pose]:
        """Return the pose, in a frame, of everyone who is in the street."""
        at_s = frame / self.fps
        everyone: tuple[Vehicle | Walker, ...] = (*self.vehicles, *self.walkers)
        found = ((actor.key, actor.action.pose(at_s)) for actor in everyone)
        return {key: pose for key, pose in found if pose is not None}

    def instant(self, at_s: float) -> datetime:
        """Return the instant that lies some seconds after the first frame."""
        return self.start_at + timedelta(seconds=at_s)


def parked(  # noqa: PLR0913 - a stay has this many facts
    key: str,
    look: str,
    bay_number: int,
    arrives_s: float | None,
    leaves_s: float | None,
    *,
    along_m: float = 0.0,
    out_m: float = 0.0,
) -> Vehicle:
    """Return a vehicle that stands in a bay, counted from 1, moved along the kerb and out from it.

    `look` is paint, model and, where it is not blue, the stripe, as in "white panel_van red".
    """
    bay = BAYS[bay_number - 1]
    action = Stops(bay.middle_m + along_m, BAY_Y - out_m, arrives_s, leaves_s)
    return replace(_vehicle(key, look, action), bay_id=bay.bay_id)


def passing(key: str, look: str, lane: Literal["near", "far"], enters_s: float) -> Vehicle:
    """Return a vehicle that passes."""
    speed_m_s = 5.0 if "cargo_bike" in look else 9.0
    return _vehicle(key, look, Drives(lane == "near", enters_s, speed_m_s))


def beside(
    key: str, look: str, x_m: float, arrives_s: float | None, leaves_s: float | None
) -> Vehicle:
    """Return a vehicle that is double-parked in the near lane: in no bay."""
    return _vehicle(key, look, Stops(x_m, BESIDE_Y, arrives_s, leaves_s))


def _vehicle(key: str, look: str, action: Stops | Drives) -> Vehicle:
    paint, model, *stripe = look.split()
    return Vehicle(key, model, paint, action, *stripe)
