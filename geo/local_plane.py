"""Metres on the plane that touches the earth at a point: for lengths in a street and distances in a town."""

from __future__ import annotations

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
    apart = np.asarray(points_lonlat, np.float64) - origin_lonlat
    return np.asarray(apart * degree_m(np.float64(origin_lonlat[1])))


def degree_m(at_lat: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    """Return the metres of a degree eastward and northward at latitudes.

    Parameters
    ----------
    at_lat
        Shape ``(...)``, degrees, WGS 84.

    Returns
    -------
    NDArray[np.float64]
        Shape ``(..., 2)``: east, north.
    """
    lat = np.radians(at_lat)
    flatness = 1 - ECCENTRICITY_2 * np.sin(lat) ** 2
    east_m = EQUATOR_M / np.sqrt(flatness) * np.cos(lat)
    north_m = EQUATOR_M * (1 - ECCENTRICITY_2) / flatness**1.5
    return np.asarray(np.radians(1) * np.stack([east_m, north_m], axis=-1))
