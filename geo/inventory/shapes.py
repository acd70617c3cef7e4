"""Where a row says a bay lies: GeoJSON, WKT, WKB or two numbers, as plain points."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.bays import MIN_RING_POINTS
from geo.errors import InvalidFile, RowRefused
from geo.inventory.cells import Row, read_number, shown
from geo.inventory.codes import Reason
from geo.inventory.json_rows import crs_code

MIN_LINE_POINTS = 2

PLACEHOLDERS = frozenset({(0.0, 0.0), (1.0, 1.0), (-1.0, -1.0), (99.0, 99.0), (999.0, 999.0)})
"""Points that files write where they know none."""

ONE_BRACKET = re.compile(r"\s*POLYGON\s*\(([^()]+)\)\s*", re.IGNORECASE)
"""``POLYGON(4.85 45.7, …)``, which the example of Cerema's schema writes: one pair of brackets is missing."""

SRID = re.compile(r"\s*SRID\s*=\s*(\d{1,9})\s*;", re.IGNORECASE)
"""Reference system before a text of PostGIS (EWKT)."""

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Shape:
    """A point, a line or a closed outer ring, as the file gives it."""

    kind: Literal["point", "line", "ring"]
    points_xy: Points
    """Easting then northing, or longitude then latitude."""
    crs: str | None = None
    """Reference system that the value itself names."""
    is_mended: bool = False
    """Whether its text had to be put right."""

    @property
    def is_placeholder(self) -> bool:
        """Whether every point is one that files write where they know none."""
        return all(point in PLACEHOLDERS for point in self.points_xy)


def from_geojson(geometry: Any) -> Shape | None:
    """Return the shape of a GeoJSON object, None where there is none.

    Raises
    ------
    RowRefused
        Another kind of geometry, several parts, holes, or points that are no finite numbers.
    """
    if geometry is None:
        return None
    kind, coordinates = _single(geometry)
    if kind == "Point":
        return Shape("point", points([coordinates]))
    if kind == "LineString":
        line = points(coordinates)
        if len(set(line)) < MIN_LINE_POINTS:
            raise bad(f"the line has {len(set(line))} points: wanted at least {MIN_LINE_POINTS}")
        return Shape("line", line)
    if kind == "Polygon":
        return ring_shape(coordinates)
    raise bad(f"the geometry is {shown(kind)}: wanted one Point, LineString or Polygon")


def _single(geometry: Any) -> tuple[Any, Sequence[Any]]:
    """Return the kind and coordinates of a geometry, those of the one part where it has only one."""
    if not isinstance(geometry, Mapping):
        raise bad(f"the geometry is {shown(geometry)}: wanted a GeoJSON object")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if not isinstance(coordinates, Sequence) or isinstance(coordinates, str):
        raise bad(
            f"the geometry is {shown(kind)} without coordinates: wanted a Point, LineString or Polygon"
        )
    if str(kind).startswith("Multi") and len(coordinates) == 1:
        return str(kind).removeprefix("Multi"), coordinates[0]
    return kind, coordinates


def ring_shape(rings: Any) -> Shape:
    """Return the shape of a polygon's rings: one, closed.

    Raises
    ------
    RowRefused
        Several rings, or one that is too short or open.
    """
    if not isinstance(rings, Sequence) or len(rings) != 1:
        count = len(rings) if isinstance(rings, Sequence) else 0
        raise bad(f"the polygon has {count} rings: wanted one outer ring without holes")
    ring = points(rings[0])
    if len(ring) < MIN_RING_POINTS or ring[0] != ring[-1]:
        raise bad(
            f"the ring has {len(ring)} points from {ring[0] if ring else None} to {ring[-1] if ring else None}: "
            "wanted at least four, the last equal to the first"
        )
    return Shape("ring", ring)


def from_text(text: str) -> Shape:
    """Return the shape that a cell holds: GeoJSON, WKT or EWKT; Cerema's polygon with one bracket is put right.

    Raises
    ------
    RowRefused
        The text is none of them.
    """
    if text.lstrip().startswith("{"):
        try:
            found = from_geojson(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise bad(f"the geometry is {shown(text)}: wanted GeoJSON or WKT") from error
        if found is not None:
            return found
    named = SRID.match(text)
    body = text[named.end() :] if named else text
    single = ONE_BRACKET.fullmatch(body)
    wkt = f"POLYGON(({single[1]}))" if single else body
    try:
        geometry = shapely.from_wkt(wkt)
    except (ShapelyError, ValueError) as error:
        raise bad(f"the geometry is {shown(text)}: wanted GeoJSON or WKT") from error
    shape = from_shapely(geometry)
    crs = f"EPSG:{named[1]}" if named else None
    if crs is not None and not _is_known_crs(crs):
        raise bad(
            f"the geometry is in {crs}, which is not known: wanted a system such as EPSG:2154"
        )
    return Shape(shape.kind, shape.points_xy, crs, bool(single))


def from_wkb(wkb: bytes) -> Shape:
    """Return the shape of a well-known binary.

    Raises
    ------
    RowRefused
        The bytes are no geometry that is read.
    """
    try:
        return from_shapely(shapely.from_wkb(wkb))
    except (ShapelyError, ValueError) as error:
        raise bad(f"the geometry cannot be read: {error}") from error


def from_shapely(geometry: BaseGeometry | None) -> Shape:
    """Return the shape of a geometry, its heights left out."""
    if geometry is None or geometry.is_empty:
        raise RowRefused(
            Reason.NO_POSITION, "the geometry is empty: wanted a Point, LineString or Polygon"
        )
    found = from_geojson(mapping(shapely.force_2d(geometry)))
    if found is None:
        raise bad(f"the geometry is a {geometry.geom_type}: wanted a Point, LineString or Polygon")
    return found


def from_pair(text: str | None, what: str, *, is_lat_first: bool) -> Shape | None:
    """Return the point of a cell ``x,y``, or ``lat,lon`` where that order is said; None where the cell is empty."""
    if text is None:
        return None
    parts = re.split(r"\s*[,;\s]\s*", text.strip("()[] "))
    if len(parts) != 2:  # noqa: PLR2004 - two coordinates
        raise bad(f"{what} is {shown(text)}: wanted two numbers")
    first, second = (read_number(part, what) for part in parts)
    return Shape("point", ((second, first) if is_lat_first else (first, second),))


def from_columns(row: Row, x: Sequence[str], y: Sequence[str]) -> Shape | None:
    """Return the point of two columns, None where either is missing."""
    lon, lat = row.number(*x), row.number(*y)
    return None if lon is None or lat is None else Shape("point", ((lon, lat),))


def points(given: Any) -> Points:
    """Return points as pairs of finite numbers, heights left out.

    Raises
    ------
    RowRefused
        Something else than numbers, or none.
    """
    try:
        found = tuple((float(point[0]), float(point[1])) for point in given)
    except (TypeError, ValueError, IndexError, KeyError, OverflowError) as error:
        raise bad(f"the geometry holds something else than numbers: {str(error)[:100]}") from error
    unbounded = [point for point in found if not all(math.isfinite(part) for part in point)]
    if unbounded or not found:
        raise bad(
            f"the geometry holds {unbounded[0] if unbounded else 'no point'}: wanted finite numbers"
        )
    return found


def bad(message: str) -> RowRefused:
    """Return the refusal of a geometry."""
    return RowRefused(Reason.INVALID_GEOMETRY, message)


def row_geometry(row: Row) -> Shape | None:
    """Return the shape of a feature's own geometry, None for a row of a table without one."""
    if isinstance(row.geometry, bytes):
        return from_wkb(row.geometry)
    return from_geojson(row.geometry)


def open_data_shape(row: Row) -> Shape | None:
    """Return the shape of an Opendatasoft row: its geometry, ``geo_shape``, or ``geo_point_2d`` as ``lat,lon``."""
    own = row_geometry(row)
    if own is not None:
        return own
    shape = row.text("geo_shape")
    if shape is not None:
        return from_text(shape)
    return from_pair(row.text("geo_point_2d", "geo_point"), "geo_point_2d", is_lat_first=True)


def checked_crs(name: str) -> str:
    """Return a reference system's short name.

    Raises
    ------
    InvalidFile
        No such system is known.
    """
    code = crs_code(name)
    if not _is_known_crs(code):
        raise InvalidFile(f"the reference system {code} is not known: wanted one such as EPSG:2154")
    return code


@lru_cache(maxsize=256)
def _is_known_crs(code: str) -> bool:
    try:
        CRS.from_user_input(code)
    except CRSError:
        return False
    return True
