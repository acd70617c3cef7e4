"""What of each vehicle a camera sees, without drawing the street: cuboids, the nearer before the farther.

A vehicle is rounder than its cuboid, so a box is a little larger than the drawn one; `tests/scenes/test_chance.py` says by
how much. The exact boxes of `sample_data.scene.witness` need a browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, sin
from types import MappingProxyType

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from sample_data.scene.camera import FRAME_WH, PinholeCamera
from sample_data.scene.motion import Pose
from sample_data.scene.timetable import MODELS

HEIGHTS_M = MappingProxyType(
    {
        "hatchback": 1.45,
        "saloon": 1.42,
        "panel_van": 2.5,
        "small_van": 1.8,
        "box_truck": 3.1,
        "lorry": 3.4,
        "cargo_bike": 1.75,
    }
)
"""Height of each model over the road, after `sample_data/scene/recipes/vehicles.py`."""

FRAME = shapely.box(0, 0, *FRAME_WH)

LEAST_PX = 40
"""Smallest area, in pixels, that counts as seeing a vehicle, as in `sample_data.scene.witness`."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sight:
    """One vehicle as it appears in a frame."""

    key: str
    box_xyxy: tuple[float, float, float, float]
    """Around its visible part, pixels."""
    visible_share: float
    """Share of its outline in the frame that nothing nearer covers, 0..1."""


def sights(camera: PinholeCamera, standing: dict[str, tuple[str, Pose]]) -> list[Sight]:
    """Return the vehicles of which something is seen, the nearest first; `standing` gives model and pose by key."""
    eye = np.array(camera.eye[:2])
    near_first = sorted(standing, key=lambda key: np.hypot(*(standing[key][1][:2] - eye)))
    covered: BaseGeometry = shapely.Polygon()
    seen = []
    for key in near_first:
        whole = outline_px(camera, *standing[key]).intersection(FRAME)
        open_part = whole.difference(covered)
        if open_part.area >= LEAST_PX:
            x0, y0, x1, y1 = open_part.bounds
            seen.append(Sight(key, (x0, y0, x1, y1), open_part.area / whole.area))
        covered = covered.union(whole)
    return seen


def outline_px(camera: PinholeCamera, model: str, pose: Pose) -> BaseGeometry:
    """Return the outline of a vehicle's cuboid in the picture; empty when a part of it lies behind the camera."""
    ground_xy = ground_corners(model, pose)
    levels = (np.column_stack([ground_xy, np.full(4, z)]) for z in (0.0, HEIGHTS_M[model]))
    points_px = camera.pixels(np.vstack(list(levels)))
    if np.isnan(points_px).any():
        return shapely.Polygon()
    return shapely.MultiPoint(points_px).convex_hull


def ground_corners(model: str, pose: Pose) -> Floats:
    """Return the corners of the ground that a vehicle covers, street metres, shape ``(4, 2)``, in order around it."""
    x, y, heading = pose
    half = np.array([MODELS[model].length_m, MODELS[model].width_m]) / 2
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    turn = np.array([[cos(heading), sin(heading)], [-sin(heading), cos(heading)]])
    return np.asarray((signs * half) @ turn + np.array([x, y]))


def ground_polygon(model: str, pose: Pose) -> shapely.Polygon:
    """Return the ground that a vehicle covers, street metres."""
    return shapely.Polygon(ground_corners(model, pose))
