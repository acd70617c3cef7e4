"""Reference systems: from longitude and latitude to metres and back, by territory."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from geo.errors import UnknownCrs

WGS84 = "EPSG:4326"

METRIC_CRS = (
    ("EPSG:2154", (-9.9, 41.1, 10.4, 51.6)),
    ("EPSG:5490", (-63.3, 14.2, -60.7, 18.3)),
    ("EPSG:2972", (-54.7, 2.0, -51.5, 6.0)),
    ("EPSG:2975", (54.7, -21.9, 56.4, -20.4)),
    ("EPSG:4471", (44.7, -13.5, 45.7, -12.2)),
)
"""Official projected system of each French territory and its box as west, south, east, north in degrees.

Source: arrêté of 5 March 2019 on the national reference system (décret 2019-165): Lambert-93, UTM 20N for the
Antilles, UTM 22N for Guyane, UTM 40S for La Réunion, UTM 38S for Mayotte.
"""


HALF_TURN = 180.0
"""Greatest longitude, degrees."""

NORTHERN_LIMIT, SOUTHERN_LIMIT = 84.0, -60.0
"""Latitudes between which there are kerbs.

UTM ends at 84 degrees north (DMA TM 8358.2); south of 60 degrees lies only Antarctica, where a longitude of the
Americas falls that was taken for a latitude.
"""


def metric_crs(lon: float, lat: float) -> str:
    """Return the metric reference system of a point in WGS 84: the territory's, or UTM in the rest of the world.

    Raises
    ------
    UnknownCrs
        The point is on no kerb, or it would lie in a French territory if longitude and latitude were exchanged.
    """
    crs = french_crs(lon, lat)
    if is_swapped(lon, lat):
        raise UnknownCrs(
            f"no metric reference system for longitude {lon}, latitude {lat}: "
            "longitude and latitude seem to be swapped"
        )
    if crs is None and not _is_kerb(lon, lat):
        raise UnknownCrs(
            f"no metric reference system for longitude {lon}, latitude {lat}: wanted degrees, longitude -180 to "
            f"180 and latitude {SOUTHERN_LIMIT:.0f} to {NORTHERN_LIMIT:.0f}"
        )
    return crs or _utm(lon, lat)


def french_crs(lon: float, lat: float) -> str | None:
    """Return the official metric system of the French territory that holds a point in WGS 84, None outside all."""
    for crs, (west, south, east, north) in METRIC_CRS:
        if west <= lon <= east and south <= lat <= north:
            return crs
    return None


def is_swapped(lon: float, lat: float) -> bool:
    """Tell whether a point is on no French kerb and would be if longitude and latitude were exchanged.

    Outside the world's kerbs any place that the exchange puts on one counts too.
    """
    if french_crs(lon, lat) is not None:
        return False
    return french_crs(lat, lon) is not None or (not _is_kerb(lon, lat) and _is_kerb(lat, lon))


def _is_kerb(lon: float, lat: float) -> bool:
    return abs(lon) <= HALF_TURN and SOUTHERN_LIMIT <= lat <= NORTHERN_LIMIT


def _utm(lon: float, lat: float) -> str:
    """Return the UTM zone of a point: 60 zones of six degrees from 180 degrees west (DMA TM 8358.2)."""
    zone = min(int((lon + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


@lru_cache(maxsize=32)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


def to_metric(points_lonlat: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    """Project points from WGS 84 to metres.

    Parameters
    ----------
    points_lonlat
        Shape ``(n, 2)``, longitude then latitude, degrees.
    crs
        A metric system such as ``EPSG:2154``.

    Returns
    -------
    NDArray[np.float64]
        Shape ``(n, 2)``, easting then northing, metres.
    """
    x, y = _transformer(WGS84, crs).transform(points_lonlat[:, 0], points_lonlat[:, 1])
    return np.stack([x, y], axis=1)


def to_lonlat(points_xy: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    """Bring metric points, shape ``(n, 2)`` as easting and northing, back to WGS 84 longitude and latitude."""
    lon, lat = _transformer(crs, WGS84).transform(points_xy[:, 0], points_xy[:, 1])
    return np.stack([lon, lat], axis=1)
