"""The street of the camera scene on the ground: its axis and the four bays that the camera sees."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

ORIGIN_XY = (690_000.0, 6_862_000.0)
"""Beginning of the scene's kerb line in EPSG:2154."""

BEARING_DEG = 78.0
"""Direction of the street, clockwise from north."""

ROAD_WIDTH_M = 9.2
"""From kerb to kerb; the road lies to the right of the kerb line."""

BAYS_M = ((0.0, 12.0), (14.0, 26.0), (28.0, 43.0), (45.0, 57.0))
"""Beginning and end of each bay along the kerb."""

BAY_WIDTH_M = 2.2


@dataclass(frozen=True)
class CameraBay:
    """A bay of the scene as a closed ring in EPSG:2154."""

    ring_xy: tuple[tuple[float, float], ...]
    length_m: float
    capacity: int


def street_axis_xy() -> NDArray[np.float64]:
    """Return two points on the middle of the scene's road, EPSG:2154, shape ``(2, 2)``."""
    return _on_ground(np.array([[-60.0, -ROAD_WIDTH_M / 2], [100.0, -ROAD_WIDTH_M / 2]]))


def camera_bays() -> tuple[CameraBay, ...]:
    """Return the bays that the camera sees, in the order of their identifiers."""
    return tuple(_bay(start_m, end_m) for start_m, end_m in BAYS_M)


def _bay(start_m: float, end_m: float) -> CameraBay:
    corners = [
        [start_m, -BAY_WIDTH_M],
        [end_m, -BAY_WIDTH_M],
        [end_m, 0.0],
        [start_m, 0.0],
        [start_m, -BAY_WIDTH_M],
    ]
    ring = tuple((float(x), float(y)) for x, y in _on_ground(np.array(corners)))
    return CameraBay(ring, end_m - start_m, max(1, int((end_m - start_m + 1.0) // 7.0)))


def _on_ground(local_xy: NDArray[np.float64]) -> NDArray[np.float64]:
    turn = radians(90.0 - BEARING_DEG)
    axes = np.array([[cos(turn), sin(turn)], [-sin(turn), cos(turn)]])
    return np.asarray(local_xy @ axes + np.array(ORIGIN_XY), np.float64)
