"""Where establishments and bays lie: on which street, and which bays are near."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import metric_crs, to_metric
from geo.need.establishments import Establishment
from geo.need.street_names import plain_street
from geo.streets import Street
from geo.words import KerbBay

Ints = NDArray[np.int64]
Geometries = NDArray[np.object_]

NOWHERE = -1
"""Position of a segment where there is none."""

WATER = "river"
"""Kind of lines that are no street."""


@dataclass(frozen=True)
class Spot:
    """The street of an establishment."""

    name: str | None
    """As the file of streets writes it, else as the establishment's row does; None where neither tells."""
    commune: str | None
    segment: int
    """Position in the file of streets; ``NOWHERE`` where the place is not known or no street is near."""


def spots_of(
    establishments: Sequence[Establishment], streets: Sequence[Street], snap_m: float
) -> list[Spot]:
    """Return the street of each establishment.

    It is the nearest named line within reach, one of the name that its row gives before any other. Without a place, or
    with no line within reach, it is the name that its row gives, if any.

    Parameters
    ----------
    establishments
        In any order.
    streets
        Lines; those without a name and water are no streets.
    snap_m
        Farthest distance to a line, metres.
    """
    placed = [i for i, one in enumerate(establishments) if one.lonlat is not None]
    points = np.array(
        [shapely.Point(*(establishments[i].lonlat or ())) for i in placed], dtype=object
    )
    wanted = [plain_street(establishments[i].street or "") for i in placed]
    segments = np.full(len(establishments), NOWHERE)
    segments[placed] = nearest_segments(points, wanted, streets, snap_m)
    known = {
        (plain_street(street.name), street.commune): street
        for street in reversed(streets)
        if is_street(street)
    }
    return [
        _spot(one, int(segment), streets, known)
        for one, segment in zip(establishments, segments, strict=True)
    ]


def nearest_segments(
    shapes: Geometries, wanted: Sequence[str], streets: Sequence[Street], within_m: float
) -> Ints:
    """Return the position of the line nearest to each shape in WGS 84, one of the wanted plain name first."""
    segments = np.full(len(shapes), NOWHERE)
    kept = np.array([i for i, street in enumerate(streets) if is_street(street)], np.int64)
    lines = np.array([shapely.LineString(streets[i].line_lonlat) for i in kept], dtype=object)
    names = np.array([plain_street(streets[i].name) for i in kept], dtype=object)
    asked = np.array(wanted, dtype=object)
    for here, there, shapes_m, lines_m in _by_territory(shapes, lines):
        shape, line = shapely.STRtree(lines_m).query(
            shapes_m, predicate="dwithin", distance=within_m
        )
        metres = np.round(shapely.distance(shapes_m[shape], lines_m[line]), 2)
        other_name = asked[here[shape]] != names[there[line]]
        order = np.lexsort((kept[there[line]], metres, other_name, shape))
        first, position = np.unique(shape[order], return_index=True)
        segments[here[first]] = kept[there[line[order][position]]]
    return segments


def near_bays(
    establishments: Sequence[Establishment], bays: Sequence[KerbBay], within_m: float
) -> list[bool | None]:
    """Tell of each establishment whether a bay is within a distance in a straight line; None where its place is not known."""
    found: list[bool | None] = [None if one.lonlat is None else False for one in establishments]
    placed = np.array([i for i, one in enumerate(establishments) if one.lonlat is not None], int)
    points = np.array([shapely.Point(*(establishments[i].lonlat or ())) for i in placed], object)
    for here, _, points_m, bays_m in _by_territory(points, bay_shapes(bays)):
        point, _ = shapely.STRtree(bays_m).query(points_m, predicate="dwithin", distance=within_m)
        for i in np.unique(point):
            found[placed[here[i]]] = True
    return found


def bay_shapes(bays: Sequence[KerbBay]) -> Geometries:
    """Return the polygons of bays in WGS 84, shape ``(n,)``."""
    return np.array([shapely.Polygon(bay.polygon_lonlat) for bay in bays], dtype=object)


def _by_territory(
    shapes: Geometries, others: Geometries
) -> Iterator[tuple[Ints, Ints, Geometries, Geometries]]:
    """Yield positions and metric shapes of both, territory by territory: each has its own plane."""
    systems, other_systems = _systems(shapes), _systems(others)
    for crs in sorted({str(crs) for crs in systems} & {str(crs) for crs in other_systems}):
        here, there = np.flatnonzero(systems == crs), np.flatnonzero(other_systems == crs)
        yield here, there, _in_plane(shapes[here], crs), _in_plane(others[there], crs)


def _systems(shapes: Geometries) -> NDArray[np.str_]:
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    return np.array([metric_crs(west, south) for west, south, _, _ in bounds], dtype=np.str_)


def _in_plane(shapes: Geometries, crs: str) -> Geometries:
    return np.asarray(shapely.transform(shapes, lambda points: to_metric(points, crs)), object)


def is_street(street: Street) -> bool:
    """Tell whether a line is a street with a name."""
    return bool(street.name) and street.kind != WATER


def _spot(
    one: Establishment,
    segment: int,
    streets: Sequence[Street],
    known: dict[tuple[str, str | None], Street],
) -> Spot:
    if segment != NOWHERE:
        return Spot(streets[segment].name, streets[segment].commune or one.commune, segment)
    plain = plain_street(one.street or "")
    named = known.get((plain, one.commune)) or known.get((plain, None))
    if named is not None:
        return Spot(named.name, named.commune or one.commune, NOWHERE)
    return Spot(one.street, one.commune, NOWHERE)
