"""Which outline holds how much of a place, in metres, and which of them it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.local_plane import degree_m

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Geometries = NDArray[np.object_]

LINE, AREA = 1, 2
"""Dimensions of geometries."""


@dataclass(frozen=True)
class Touches:
    """Pairs of a place and an outline that have at least a point in common, shape ``(k,)`` each."""

    place: Ints
    outline: Ints
    held: Floats
    """How much of the place lies in the outline: m² of an area, metres of a line, 0 for a point."""
    border_m: Floats
    """Metres of the outline's border inside the place; 0 where it lies wholly inside, or is no area."""


@dataclass(frozen=True)
class Winners:
    """The outline of each of n places."""

    outline: Ints
    """Position of the outline, -1 where none is touched."""
    is_on_border: NDArray[np.bool_]
    """Whether several outlines hold it alike, or more of it lies outside of all of them than within."""


def touches(places: Geometries, outlines: Geometries) -> Touches:
    """Return every pair of a place and an outline that meet; geometries in WGS 84, longitude then latitude."""
    tree = shapely.STRtree(places)
    outline, place = tree.query(outlines, predicate="intersects")
    whole_outline, whole_place = tree.query(outlines, predicate="covers")
    covered = _pairs(whole_outline, whole_place, len(places))
    crossed = np.flatnonzero(~np.isin(_pairs(outline, place, len(places)), covered))
    size = sizes(places)
    held, border_m = size[place], np.zeros(len(place))
    if len(crossed):
        at_lat = centre_lat(places)[place[crossed]]
        pieces, whole = places[place[crossed]], outlines[outline[crossed]]
        held[crossed] = _size(in_metres(shapely.intersection(whole, pieces), at_lat), pieces)
        border = shapely.intersection(shapely.boundary(whole), pieces)
        border_m[crossed] = shapely.length(in_metres(border, at_lat))
    return Touches(place, outline, held, border_m)


def winners(found: Touches, size: Floats, favourite: Ints, precision_m: float) -> Winners:
    """Return the outline that holds most of each place.

    Parameters
    ----------
    found
        Pairs of n places and outlines; the order of the outlines settles ties.
    size
        Shape ``(n,)``, of each whole place, as ``sizes`` gives it.
    favourite
        Shape ``(n,)``, the outline that a tie goes to if it is one of those that tie; -1 for the first in order.
    precision_m
        How far the border may truly lie from where it is drawn. Moving it by so much takes from one side and gives
        to the other the precision times the length of border inside the place: what differs by no more is a tie.
    """
    n = len(size)
    border_m = np.zeros(n)
    np.maximum.at(border_m, found.place, found.border_m)
    tolerance = 2 * precision_m * np.where(border_m > 0, border_m, 1.0)
    most = np.full(n, -np.inf)
    np.maximum.at(most, found.place, found.held)
    ties = found.held >= (most - tolerance)[found.place]
    place, outline = found.place[ties], found.outline[ties]
    rank = np.where(outline == favourite[place], -1, outline)
    best = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(best, place, rank)
    inside = np.bincount(found.place, found.held, minlength=n)
    is_on_border = (np.bincount(place, minlength=n) > 1) | ((2 * inside < size) & (most > -np.inf))
    first = np.where(best == np.iinfo(np.int64).max, -1, best)
    return Winners(np.where(best == -1, favourite, first), is_on_border)


def distances_m(places: Geometries, outlines: Geometries) -> Floats:
    """Return the metres from each place to the outline at the same position, 0 where they meet, shape ``(n,)``."""
    at_lat = centre_lat(places)
    return np.asarray(
        shapely.distance(in_metres(places, at_lat), in_metres(outlines, at_lat)), np.float64
    )


def sizes(places: Geometries) -> Floats:
    """Return m² of areas, metres of lines, 0 of points, shape ``(n,)``."""
    return _size(in_metres(places, centre_lat(places)), places)


def centre_lat(places: Geometries) -> Floats:
    """Return the latitude of the middle of each place, shape ``(n,)``, degrees; NaN where it is empty."""
    bounds = shapely.bounds(places)
    return np.asarray((bounds[:, 1] + bounds[:, 3]) / 2, np.float64)


def in_metres(geometries: Geometries, at_lat: Floats) -> Geometries:
    """Return geometries with degrees turned into metres as they are at a latitude.

    Good for what lies near: a few millimetres over the length of a bay, a share of the distance beyond; the axes
    are metres east and north, their origin is no place.

    Parameters
    ----------
    geometries
        Shape ``(n,)``, longitude then latitude.
    at_lat
        Shape ``(n,)``, degrees.
    """
    coordinates, position = shapely.get_coordinates(geometries, return_index=True)
    scaled = coordinates * degree_m(at_lat)[position]
    return np.asarray(shapely.set_coordinates(np.array(geometries, copy=True), scaled))


def _size(measured: Geometries, of: Geometries) -> Floats:
    dimension = shapely.get_dimensions(of)
    length = np.where(dimension == LINE, shapely.length(measured), 0.0)
    return np.where(dimension == AREA, shapely.area(measured), length)


def _pairs(outline: Ints, place: Ints, places: int) -> Ints:
    return np.asarray(outline * places + place, np.int64)
