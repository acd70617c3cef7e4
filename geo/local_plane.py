"""Metres on the plane that touches the earth at a point: for lengths in a street and distances in a town."""

from __future__ import annotations

from math import cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

EQUATOR_M, ECCENTRICITY_2 = 6_378_137.0, 0.006_694_379_990_14
"""Half the equator's axis of the WGS 84 ellipsoid, and its eccentricity squared (NIMA TR8350.2)."""


def local_xy(
    points_lonlat: NDArray[np.float64], origin_lonlat: tuple[float, float]
) -> NDArray[np.float64]:
    """Return points as metres east and north of an origin, anywhere on earth but at the poles.

    In France a length ten kilometres away is off by about two in a thousand, one in the same street by nothing that
    can be measured.

    Parameters
    ----------
    points_lonlat
        Shape ``(n, 2)``, longitude then latitude, WGS 84, degrees.
    origin_lonlat
        Longitude and latitude, degrees.

    Returns
    -------
    NDArray[np.float64]
        Shape ``(n, 2)``.
    """
    lon, lat = origin_lonlat
    flatness = 1 - ECCENTRICITY_2 * sin(radians(lat)) ** 2
    across_m = EQUATOR_M / sqrt(flatness) * cos(radians(lat))
    along_m = EQUATOR_M * (1 - ECCENTRICITY_2) / flatness**1.5
    turns = np.radians(np.asarray(points_lonlat, np.float64) - (lon, lat))
    return np.asarray(turns * (across_m, along_m))
