"""Divides a bay into one place for each vehicle that fits, where its drawing allows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.bay_details import Arrangement, Guess
from geo.geojson import rounded
from geo.local_plane import local_xy
from geo.words import KerbBay

PLACE_M = 5.0
"""Shortest place in which a vehicle stands along the kerb (NF P 91-120, length of a parking place)."""

STRAIGHT_M = 0.05
"""A corner this near to the line between its neighbours is none: drawings carry such points."""

SQUARE = 0.17
"""Largest cosine of a corner: ten degrees from a right angle."""

ALIKE = 0.10
"""Largest difference of a side from its opposite, or from the length written down, as a share."""

GUESSED = frozenset({Guess.POSITION, Guess.ORIENTATION, Guess.LENGTH, Guess.CAPACITY})
"""What must not be a guess where places are drawn."""

CORNERS = 4

Ring = tuple[tuple[float, float], ...]
Floats = NDArray[np.float64]


def bay_places(bay: KerbBay) -> tuple[Ring, ...]:
    """Return the places of a bay one after the other along its length, or none where they would be invented.

    Places are equal parts of a rectangle whose long side is the bay's length, for vehicles that stand along the kerb
    (or where nothing says otherwise). There are none where the drawing is no rectangle, is not as long as the bay,
    is a guess, or leaves a place too short for a vehicle.

    Returns
    -------
    tuple of rings
        Closed, longitude then latitude, WGS 84, turning as the bay's own.
    """
    is_along = bay.details.arrangement in {None, Arrangement.PARALLEL}
    if not is_along or GUESSED & set(bay.details.estimated):
        return ()
    corners = _corners(np.array(bay.polygon_lonlat[:-1], np.float64))
    if len(corners) != CORNERS:
        return ()
    first = _first_long_side(corners, bay.length_m)
    if first is None or bay.length_m / bay.capacity < PLACE_M:
        return ()
    return _divided(np.roll(corners, -first, axis=0), bay.capacity)


def _corners(points_lonlat: Floats) -> Floats:
    """Return the points at which a ring turns."""
    points_xy = local_xy(points_lonlat, (points_lonlat[0, 0], points_lonlat[0, 1]))
    chord = np.roll(points_xy, -1, axis=0) - np.roll(points_xy, 1, axis=0)
    arm = points_xy - np.roll(points_xy, 1, axis=0)
    length_m = np.maximum(np.hypot(*chord.T), STRAIGHT_M)
    off_m = np.abs(chord[:, 0] * arm[:, 1] - chord[:, 1] * arm[:, 0]) / length_m
    turns: Floats = points_lonlat[off_m > STRAIGHT_M]
    return turns


def _first_long_side(corners: Floats, length_m: float) -> int | None:
    """Return which side of a rectangle runs along its length, 0 or 1; None where it is no rectangle of that length."""
    points_xy = local_xy(corners, (corners[0, 0], corners[0, 1]))
    sides = np.roll(points_xy, -1, axis=0) - points_xy
    sides_m = np.hypot(*sides.T)
    turns = np.abs((sides * np.roll(sides, -1, axis=0)).sum(axis=1))
    is_square = (turns <= SQUARE * sides_m * np.roll(sides_m, -1)).all()
    is_even = (np.abs(sides_m[:2] - sides_m[2:]) <= ALIKE * sides_m[:2]).all()
    means_m = (sides_m[:2] + sides_m[2:]) / 2
    fits = np.abs(means_m - length_m) <= ALIKE * length_m
    if not (is_square and is_even) or fits.all() or not fits.any():
        return None
    return int(np.flatnonzero(fits)[0])


def _divided(corners: Floats, count: int) -> tuple[Ring, ...]:
    """Return the parts of a rectangle cut across its first side."""
    shares = np.linspace(0, 1, count + 1)[:, None]
    near = corners[0] + shares * (corners[1] - corners[0])
    far = corners[3] + shares * (corners[2] - corners[3])
    rings = []
    for i in range(count):
        ring = rounded([p.tolist() for p in (near[i], near[i + 1], far[i + 1], far[i], near[i])])
        rings.append(tuple((lon, lat) for lon, lat in ring))
    return tuple(rings)
