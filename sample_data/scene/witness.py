"""What a perfect detector would see in a shot: boxes of vehicles, and how much of each bay lies open to the camera."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sample_data.scene.camera import FRAME_WH, PinholeCamera
from sample_data.scene.place import SceneBay
from sample_data.scene.studio import Shot
from sample_data.scene.timetable import Scenario, Vehicle
from sample_data.scene.truth import standing

BOX_COLUMNS = (
    "frame",
    "vehicle_class",
    "confidence",
    "x0",
    "y0",
    "x1",
    "y1",
    "visible_share",
    "vehicle",
)
SIGHT_COLUMNS = ("ground_share", "vehicle_share")

MIN_PX = 40
"""Fewest pixels that count as seeing a vehicle (assumption)."""

Mask = NDArray[np.bool_]


def box_rows(scenario: Scenario, frame: int, shot: Shot) -> Iterator[tuple[object, ...]]:
    """Yield one row of boxes.csv for each vehicle of which something is seen: the box of its visible pixels."""
    for number, vehicle in enumerate(scenario.vehicles, start=1):
        if vehicle.key not in shot.whole_px:
            continue
        rows, columns = np.nonzero(shot.shown == number)
        if len(rows) < MIN_PX:
            continue
        corners = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        share = len(rows) / max(shot.whole_px[vehicle.key], 1)
        yield (
            frame,
            vehicle.vehicle_class.value,
            1,
            *map(int, corners),
            f"{min(share, 1):.3f}",
            vehicle.key,
        )


def sight_shares(scenario: Scenario, bay: SceneBay, at_s: float, shot: Shot) -> tuple[str, str]:
    """Return two shares in 0..1 of what the camera sees of a bay.

    The first is the share of its ground in view that no vehicle from elsewhere hides; the second the visible share of
    the vehicle in it that is seen best, empty when none stands there.
    """
    own = standing(scenario, bay, at_s)
    numbers = [scenario.vehicles.index(vehicle) + 1 for vehicle in own]
    ground = _ground_mask(scenario.camera, bay)
    shown = shot.shown[ground]
    others = (shown > 0) & ~np.isin(shown, numbers)
    ground_share = 1 - others.sum() / max(len(shown), 1)
    best = max((_visible_share(scenario, vehicle, shot) for vehicle in own), default=None)
    return f"{ground_share:.3f}", "" if best is None else f"{best:.3f}"


def _visible_share(scenario: Scenario, vehicle: Vehicle, shot: Shot) -> float:
    seen = int((shot.shown == scenario.vehicles.index(vehicle) + 1).sum())
    return min(1.0, seen / max(shot.whole_px[vehicle.key], 1))


@lru_cache(maxsize=16)
def _ground_mask(camera: PinholeCamera, bay: SceneBay) -> Mask:
    """Return the pixels of the frame in which the ground of a bay lies, shape ``(720, 1280)``."""
    polygon = camera.ground_pixels(bay.corners_xy())
    x, y = np.meshgrid(np.arange(FRAME_WH[0]) + 0.5, np.arange(FRAME_WH[1]) + 0.5)
    sides = [
        (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])
        for a, b in zip(polygon, np.roll(polygon, -1, axis=0), strict=True)
    ]
    return np.asarray(np.all(np.array(sides) >= 0, axis=0) | np.all(np.array(sides) <= 0, axis=0))
