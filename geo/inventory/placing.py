"""From the coordinates of a file to longitude and latitude in WGS 84, row by row refused where they cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from pyproj import CRS

from geo.crs import WGS84, is_swapped, metric_crs, to_lonlat
from geo.errors import RowRefused, UnknownCrs
from geo.inventory.cells import shown
from geo.inventory.codes import Reason, Warn
from geo.inventory.draft import Ledger, Place
from geo.inventory.shapes import Points, Shape, checked_crs

IN_DEGREES = frozenset({WGS84, "OGC:CRS84", "OGC:CRS84H", "EPSG:4979"})
"""Systems whose coordinates are taken as they are, longitude then latitude."""

LAMBERT_93 = ((0.0, 1_300_000.0), (6_000_000.0, 7_200_000.0))
"""Eastings and northings of mainland France in EPSG:2154 (IGN, RGF93)."""

FAR_KM = 100.0
"""A row farther than this from the middle of all rows is worth a look."""

KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Placed:
    """A shape in WGS 84 and the metric system of where it lies."""

    points_lonlat: Points
    crs: str


def placed(places: Sequence[Place], file_crs: str | None, ledger: Ledger) -> Mapping[int, Placed]:
    """Return the shape of each row in WGS 84; rows without a position are left out, impossible ones refused.

    Parameters
    ----------
    places
        Rows as read.
    file_crs
        Reference system of rows that name none themselves; None: WGS 84, if the numbers are degrees.
    """
    by_crs: dict[str | None, list[tuple[int, Shape]]] = {}
    for place in places:
        shape = place.shape
        if shape is not None and not shape.is_placeholder:
            by_crs.setdefault(shape.crs or file_crs, []).append((place.row, shape))
    found: dict[int, Placed] = {}
    for crs, shapes in by_crs.items():
        for (row, shape), points in zip(shapes, _lonlat(shapes, crs), strict=True):
            try:
                found[row] = _checked(shape, points, crs)
            except RowRefused as refusal:
                ledger.refuse(row, refusal)
    _warn_far(found, ledger)
    return found


def _lonlat(shapes: Sequence[tuple[int, Shape]], crs: str | None) -> list[Points]:
    """Return the points of shapes in WGS 84, all converted in one go."""
    if crs is None or crs in IN_DEGREES:
        return [shape.points_xy for _, shape in shapes]
    flat = np.array([point for _, shape in shapes for point in shape.points_xy], np.float64)
    moved = to_lonlat(flat, checked_crs(crs)).tolist()
    ends = np.cumsum([len(shape.points_xy) for _, shape in shapes])
    starts = [0, *ends[:-1].tolist()]
    return [
        tuple((lon, lat) for lon, lat in moved[start:end])
        for start, end in zip(starts, ends.tolist(), strict=True)
    ]


def _checked(shape: Shape, points: Points, crs: str | None) -> Placed:
    x, y = shape.points_xy[0]
    if crs is None and not _in_degrees(x, y):
        raise RowRefused(Reason.UNKNOWN_CRS, f"the position is {x}, {y}: {_hint(x, y)}")
    if crs is not None and _is_projected(crs) and _in_degrees(x, y):
        raise RowRefused(
            Reason.UNKNOWN_CRS,
            f"the position is {x}, {y} and the file says {crs}: wanted metres, or the option --crs EPSG:4326",
        )
    lon, lat = points[0]
    try:
        metric = tuple(metric_crs(*point) for point in points)
    except (UnknownCrs, ValueError, OverflowError) as error:
        reason = Reason.SWAPPED_AXES if is_swapped(lon, lat) else Reason.UNKNOWN_CRS
        raise RowRefused(reason, str(error)) from error
    return Placed(points, metric[0])


def _in_degrees(x: float, y: float) -> bool:
    return abs(x) <= 180 and abs(y) <= 180  # noqa: PLR2004 - degrees, in either order


def _hint(x: float, y: float) -> str:
    (west, east), (south, north) = LAMBERT_93
    if west <= x <= east and south <= y <= north:
        return "it looks like Lambert-93; wanted degrees, or the option --crs EPSG:2154"
    return f"wanted degrees, or the option --crs with the reference system of {shown((x, y))}"


@lru_cache(maxsize=32)
def _is_projected(crs: str) -> bool:
    return bool(CRS.from_user_input(checked_crs(crs)).is_projected)


def _warn_far(found: Mapping[int, Placed], ledger: Ledger) -> None:
    if not found:
        return
    rows = list(found)
    firsts = np.array([found[row].points_lonlat[0] for row in rows])
    middle = np.median(firsts, axis=0)
    east = (firsts[:, 0] - middle[0]) * np.cos(np.radians(middle[1]))
    away_km = np.hypot(east, firsts[:, 1] - middle[1]) * KM_PER_DEGREE
    for position in np.flatnonzero(away_km > FAR_KM):
        ledger.warn(
            rows[position],
            Warn.FAR_AWAY,
            f"it lies {away_km[position]:.0f} km from the middle of the file: wanted it within {FAR_KM:.0f} km",
        )
