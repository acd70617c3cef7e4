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


def metric_crs(lon: float, lat: float) -> str:
    """Return the metric reference system of the territory that holds a point in WGS 84."""
    for crs, (west, south, east, north) in METRIC_CRS:
        if west <= lon <= east and south <= lat <= north:
            return crs
    raise UnknownCrs(
        f"no metric reference system for longitude {lon}, latitude {lat}: "
        "wanted a point in mainland France, the Antilles, Guyane, La Réunion or Mayotte"
    )


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
