"""Which vehicle stands in which bay: each in one at most, all vehicles of a frame together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon, box, union_all

from geo.words import VEHICLE_CLASSES, VehicleClass
from vision.bay_view import BayView, cells_px
from vision.detector import SURE_SCORE, Detections
from vision.footprint import Footprints

Floats = NDArray[np.float64]

MIN_OVERLAP = 0.5
"""Share of a footprint that must lie in a bay for the vehicle to stand there: more in than out."""

ACROSS_TOLERANCE_M = 0.35
"""How far beyond the bay's sides a footprint still counts as inside: the error of a fitted footprint (assumption)."""

TOLERANCE_SHARE = 0.15
"""The same without metres, over the bay's width or the length of one place."""

ALONG_TOLERANCE_M = 0.5
"""The same beyond the bay's ends."""

HIDDEN_SHARE = 0.6
"""A place is hidden when nearer vehicles cover this share of what a car there would fill."""

SAME_GROUND = 0.5
"""Two boxes in a bay that share more of the shorter's length than this are one vehicle: vehicles do not stand in each other."""

PART_INSIDE = 0.85
"""Share of a box inside a larger one from which it may be a part of that vehicle (assumption)."""

SAME_FOOT = 0.12
"""Distance between the lower sides of two boxes, over the larger's height, below which they stand equally far (assumption)."""

MIN_VEHICLE_PX = 24.0
"""Longer side of a vehicle's expected box below which the embedded detector is not trusted (vision brief: recall falls under 45 px)."""

MIN_SEEN_SHARE = 0.4
"""Share of a bay that must lie inside the frame for its state to be told (assumption)."""


@dataclass(frozen=True)
class Placement:
    """Where the vehicles of one frame stand."""

    bay_of: NDArray[np.intp]
    """Shape (n,): the bay of each vehicle, -1 for none."""
    hidden: tuple[tuple[bool, ...], ...]
    """For each bay and each of its places, in order along it: covered by a nearer vehicle that is not in the bay."""
    hidden_share: Floats
    """Shape (b,): mean covered share of a bay's places, 0..1."""
    nearer: tuple[NDArray[np.bool_], ...]
    """For each bay, shape (n,): vehicles that stand before it, seen from the camera, and not in it."""


def place_vehicles(views: tuple[BayView, ...], found: Detections, ground: Footprints) -> Placement:
    """Give each vehicle to the bay that holds most of it, or to none.

    The sum of overlaps above the minimum, weighted by score, is made as large as possible over the whole frame, with at most
    as many vehicles in a bay as its capacity, so that no vehicle is in two bays by construction. Two boxes on the same ground
    are one vehicle, and a box that is a part of another's is none. Only sure boxes hide what is behind them.
    """
    overlap = overlaps(views, ground)
    fits = overlap >= MIN_OVERLAP
    parts = _parts(found, np.asarray(~fits.any(axis=1)))
    usable = fits & ~_doubles(fits, ground.along, found.scores) & ~parts[:, None]
    gains = np.where(usable, (overlap - MIN_OVERLAP + 1e-3) * found.scores[:, None], 0.0)
    bay_of = _solve(gains, views)
    is_sure = found.scores >= SURE_SCORE
    nearer = tuple(
        (bay_of != bay) & ~fits[:, bay] & is_sure & _is_nearer(view, found.boxes_xyxy)
        for bay, view in enumerate(views)
    )
    covered = _covered(views, found, nearer)
    hidden = tuple(tuple(bool(share >= HIDDEN_SHARE) for share in row) for row in covered)
    return Placement(bay_of, hidden, np.asarray([np.mean(row) for row in covered]), nearer)


def overlaps(views: tuple[BayView, ...], ground: Footprints) -> Floats:
    """Return the share of each footprint inside each bay, shape (n, b), 0..1; 0 where there is no footprint."""
    n = ground.along.shape[0]
    result = np.zeros((n, len(views)))
    for bay, view in enumerate(views):
        along_slack, across_slack = _slack(view)
        result[:, bay] = _inside(ground.along[:, bay], along_slack) * _inside(
            ground.across[:, bay], across_slack
        )
    return np.nan_to_num(result)


def _doubles(
    fits: NDArray[np.bool_], along: Floats, scores: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Tell, shape (n, b), which boxes share their ground in a bay with one that says more.

    Score times the root of the length decides: a lorry's cab is often surer than the whole lorry, and yet a part of it.
    """
    doubles = np.zeros_like(fits)
    for bay in range(fits.shape[1]):
        worth = scores * np.sqrt(along[:, bay, 1] - along[:, bay, 0])
        kept: list[int] = []
        here = np.flatnonzero(fits[:, bay])
        for row in here[np.argsort(-worth[here], kind="stable")]:
            if any(_shared(along[row, bay], along[other, bay]) > SAME_GROUND for other in kept):
                doubles[row, bay] = True
            else:
                kept.append(int(row))
    return doubles


def _parts(found: Detections, is_outside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell, shape (n,), which boxes are parts of a truck outside the bays: a lorry's cab, which alone might stand in one.

    They lie in a larger box that says more and stand as far from the camera: what stands before or behind does not.
    """
    boxes = found.boxes_xyxy.astype(np.float64)
    size = boxes[:, 2:] - boxes[:, :2]
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    is_inside = common >= PART_INSIDE * size.prod(axis=1)[:, None]
    feet_apart = np.abs(boxes[:, None, 3] - boxes[None, :, 3])
    is_level = feet_apart <= SAME_FOOT * size[None, :, 1]
    worth = found.scores * np.sqrt(size.prod(axis=1))
    is_truck = found.classes == VEHICLE_CLASSES.index(VehicleClass.TRUCK)
    holds = is_inside & is_level & (worth[:, None] < worth[None]) & (is_truck & is_outside)[None]
    return np.asarray(holds.any(axis=1))


def _shared(first: Floats, second: Floats) -> float:
    common = min(first[1], second[1]) - max(first[0], second[0])
    return float(common / min(first[1] - first[0], second[1] - second[0]))


def _slack(view: BayView) -> tuple[float, float]:
    if view.size_m is None:
        return TOLERANCE_SHARE / view.capacity, TOLERANCE_SHARE
    return ALONG_TOLERANCE_M / view.size_m[0], ACROSS_TOLERANCE_M / view.size_m[1]


def _inside(interval: Floats, slack: float) -> Floats:
    low, high = interval[:, 0], interval[:, 1]
    common = np.clip(np.minimum(high, 1 + slack) - np.maximum(low, -slack), 0, None)
    return np.asarray(np.minimum(1, common / np.minimum(high - low, 1.0)))


def _solve(gains: Floats, views: tuple[BayView, ...]) -> NDArray[np.intp]:
    places = np.repeat(np.arange(len(views)), [view.capacity for view in views])
    bay_of = np.full(len(gains), -1, np.intp)
    rows = np.flatnonzero(gains.any(axis=1))
    if len(rows):
        for row, place in best_pairs(gains[np.ix_(rows, places)]):
            bay_of[rows[row]] = places[place]
    return bay_of


def best_pairs(gains: Floats) -> list[tuple[int, int]]:
    """Return the pairs (row, column), each row and column once, with the largest sum of gains; zero gains are no pairs.

    Notes
    -----
    Hungarian method with potentials, shortest augmenting paths: Jonker and Volgenant 1987.
    """
    n = max(gains.shape)
    cost = np.zeros((n + 1, n + 1))
    cost[1 : gains.shape[0] + 1, 1 : gains.shape[1] + 1] = -gains
    row_potential, column_potential = np.zeros(n + 1), np.zeros(n + 1)
    row_at = np.zeros(n + 1, np.intp)
    for row in range(1, n + 1):
        row_at[0] = row
        _augment(cost, row_potential, column_potential, row_at)
    pairs = [(int(row_at[c]) - 1, c - 1) for c in range(1, gains.shape[1] + 1)]
    return sorted((r, c) for r, c in pairs if r < gains.shape[0] and gains[r, c] > 0)


def _augment(
    cost: Floats, row_potential: Floats, column_potential: Floats, row_at: NDArray[np.intp]
) -> None:
    n = len(cost) - 1
    shortest, came_from = np.full(n + 1, np.inf), np.zeros(n + 1, np.intp)
    used = np.zeros(n + 1, bool)
    column = 0
    while row_at[column] != 0:
        used[column] = True
        row = row_at[column]
        reduced = cost[row] - row_potential[row] - column_potential
        closer = ~used & (reduced < shortest)
        shortest[closer], came_from[closer] = reduced[closer], column
        nearest = int(np.where(used, np.inf, shortest).argmin())
        delta = shortest[nearest]
        row_potential[row_at[used]] += delta
        column_potential[used] -= delta
        shortest[~used] -= delta
        column = nearest
    while column:
        row_at[column] = row_at[came_from[column]]
        column = int(came_from[column])


def _covered(
    views: tuple[BayView, ...], found: Detections, nearer: tuple[NDArray[np.bool_], ...]
) -> list[list[float]]:
    boxes = found.boxes_xyxy.astype(np.float64)
    return [
        [_covered_share(cell, boxes[before]) for cell in cells_px(view)]
        for view, before in zip(views, nearer, strict=True)
    ]


def _is_nearer(view: BayView, boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which boxes stand on the road before the bay: their lower side is below the bay's centre in the picture."""
    return np.asarray(boxes[:, 3] > view.corners_px[:, 1].mean())


def _covered_share(cell: Polygon, boxes: Floats) -> float:
    x0, y0, x1, y1 = cell.bounds
    near = boxes[(boxes[:, 0] < x1) & (boxes[:, 2] > x0) & (boxes[:, 1] < y1) & (boxes[:, 3] > y0)]
    if not len(near) or cell.area == 0:
        return 0.0
    cover = union_all([box(*row) for row in near])
    return float(cell.intersection(cover).area / cell.area)
