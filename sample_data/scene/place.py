"""Where the scene stands: its own metres along and across the street, the country's metres, and longitude and latitude.

In street metres x runs along the kerb and y across it, to the left of x: the road has y below 0, the pavement above.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from geo.crs import to_lonlat
from sample_data.quarter.camera_street import (
    BAY_WIDTH_M,
    BAYS_M,
    BEARING_DEG,
    ORIGIN_XY,
    camera_bays,
)

CRS = "EPSG:2154"

COMMUNE = "99001"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SceneBay:
    """One bay in street metres: it reaches from `start_m` to `end_m` along the kerb."""

    bay_id: str
    start_m: float
    end_m: float
    capacity: int

    @property
    def middle_m(self) -> float:
        """Return the middle of the bay along the kerb."""
        return (self.start_m + self.end_m) / 2

    def corners_xy(self) -> Floats:
        """Return the four corners in street metres, shape ``(4, 2)``, counter-clockwise, open."""
        x0, x1, y0 = self.start_m, self.end_m, -BAY_WIDTH_M
        return np.array([[x0, y0], [x1, y0], [x1, 0.0], [x0, 0.0]])


BAYS = tuple(
    SceneBay(f"{COMMUNE}-{number:04d}", start_m, end_m, bay.capacity)
    for number, ((start_m, end_m), bay) in enumerate(
        zip(BAYS_M, camera_bays(), strict=True), start=1
    )
)
"""The bays of the street, which are bays of the quarter."""


def to_country(street_xy: Floats) -> Floats:
    """Bring street metres, shape ``(n, 2)``, to easting and northing in EPSG:2154."""
    turn = radians(90.0 - BEARING_DEG)
    axes = np.array([[cos(turn), sin(turn)], [-sin(turn), cos(turn)]])
    return np.asarray(street_xy @ axes + np.array(ORIGIN_XY))


def street_lonlat(street_xy: Floats) -> Floats:
    """Bring street metres, shape ``(n, 2)``, to longitude and latitude in WGS 84."""
    return to_lonlat(to_country(street_xy), CRS)
