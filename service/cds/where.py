"""Which curb places a request is about: those that touch a box, or lie around a point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar

import numpy as np
from fastapi import Depends, Query
from shapely import Polygon, box
from shapely.geometry import Point

from geo.errors import InvalidInput
from geo.local_plane import local_xy

CM = 100
"""Centimetres in a metre: CDS lengths are in centimetres."""

Ring = Sequence[tuple[float, float]]

T = TypeVar("T")

IN_BOX = "Box, degrees; the four together."

NEAR = "Centre of a circle, degrees; with radius."

BoxLat = Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False, description=IN_BOX)]
BoxLng = Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False, description=IN_BOX)]
LatQuery = Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False, description=NEAR)]
LngQuery = Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False, description=NEAR)]
RadiusQuery = Annotated[
    float | None, Query(ge=0, allow_inf_nan=False, description="Centimetres from lat and lng.")
]


@dataclass(frozen=True)
class Box:
    """Places that touch a box, degrees."""

    west: float
    south: float
    east: float
    north: float

    def choose(self, items: Sequence[T], ring_of: Callable[[T], Ring]) -> list[T]:
        """Return the places that touch the box, in their order."""
        area = box(self.west, self.south, self.east, self.north)
        return [item for item in items if area.intersects(Polygon(ring_of(item)))]


@dataclass(frozen=True)
class Around:
    """Places within a distance of a point, nearest first."""

    lon: float
    lat: float
    radius_m: float

    def choose(self, items: Sequence[T], ring_of: Callable[[T], Ring]) -> list[T]:
        """Return the places within the distance, by distance from their nearest edge; 0 where the point is inside."""
        far_m = [(self._far_m(ring_of(item)), item) for item in items]
        near = [(metres, item) for metres, item in far_m if metres <= self.radius_m]
        return [item for _, item in sorted(near, key=lambda pair: pair[0])]

    def _far_m(self, ring: Ring) -> float:
        points_xy = local_xy(np.array(ring, np.float64), (self.lon, self.lat))
        return float(Polygon(points_xy).distance(Point(0, 0)))


@dataclass(frozen=True)
class Everywhere:
    """All places."""

    def choose(self, items: Sequence[T], ring_of: Callable[[T], Ring]) -> list[T]:
        """Return all places, in their order."""
        return [item for item in items if ring_of(item)]


def where_of(  # noqa: PLR0913, PLR0917 - each parameter is one of the query
    min_lat: BoxLat = None,
    min_lng: BoxLng = None,
    max_lat: BoxLat = None,
    max_lng: BoxLng = None,
    lat: LatQuery = None,
    lng: LngQuery = None,
    radius: RadiusQuery = None,
) -> Box | Around | Everywhere:
    """Return what a request is about.

    Raises
    ------
    InvalidInput
        Only some of the parameters of a box or circle are given, both are, or a box is turned inside out.
    """
    bounds = {"min_lat": min_lat, "min_lng": min_lng, "max_lat": max_lat, "max_lng": max_lng}
    circle = {"lat": lat, "lng": lng, "radius": radius}
    given = [_all_or_none(bounds), _all_or_none(circle)]
    if all(given):
        raise InvalidInput(
            f"both {', '.join(bounds)} and {', '.join(circle)} are given: wanted one of the two"
        )
    if min_lat is not None and min_lng is not None and max_lat is not None and max_lng is not None:
        if min_lat > max_lat or min_lng > max_lng:
            raise InvalidInput(
                f"the box runs from {min_lat} to {max_lat} north and {min_lng} to {max_lng} east: "
                "wanted the smaller number first"
            )
        return Box(min_lng, min_lat, max_lng, max_lat)
    if lat is not None and lng is not None and radius is not None:
        return Around(lng, lat, radius / CM)
    return Everywhere()


def _all_or_none(group: dict[str, float | None]) -> bool:
    """Tell whether the parameters of a group are given."""
    missing = [name for name, value in group.items() if value is None]
    if missing and len(missing) < len(group):
        raise InvalidInput(f"{', '.join(missing)} is missing: wanted {', '.join(group)} together")
    return not missing


Where = Annotated[Box | Around | Everywhere, Depends(where_of)]
"""The places a request is about."""
