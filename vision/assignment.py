"""Which vehicle stands in which bay: each in one at most, all vehicles of a frame together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.words import VEHICLE_CLASSES, VehicleClass
from vision.bay_view import BayView
from vision.detector import SURE_SCORE, Detections
from vision.ground import Footprints
from vision.occlusion import covered_points

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

MIN_INSIDE = 0.5
"""Probability, or share of a footprint without metres, from which a vehicle stands in a bay: more in than out."""

DOUBTFUL_INSIDE = 0.25
"""Probability from which a vehicle that is given to no bay may yet stand in one, so that the bay is not free for sure."""

SURE_INSIDE = 0.65
"""Probability below which a vehicle given to a bay may yet stand elsewhere, so that the bay is not occupied for sure."""

HIDDEN_SHARE = 0.6
"""A place is hidden when nearer vehicles cover this share of the points of a car there."""

OWN_GROUND = 0.3
"""Share of a place under a vehicle of the same bay from which the place is that vehicle's and not hidden by it."""

SAME_GROUND = 0.5
"""Two boxes in a bay that share more of the shorter's length than this are one vehicle: vehicles do not stand in each other."""

PART_INSIDE = 0.85
"""Share of a box inside a larger one from which it may be a part of that vehicle (assumption)."""

SAME_FOOT = 0.12
"""Distance between the lower sides of two boxes, over the larger's height, below which they stand equally far (assumption)."""

BESIDE_M = 3.0
"""How far out from a bay's side the middle of a double-parked vehicle stands at most: it fills the lane beside the bay."""

BESIDE_WIDTHS = 1.35
"""The same without metres, in the bay's width: 3 m beside 2.2 m."""

BESIDE_SHARE = 0.5
"""Share of a vehicle's length, or of the bay's where that is shorter, that must lie along the bay for it to stand beside it."""


@dataclass(frozen=True)
class Placement:
    """Where the vehicles of one frame stand."""

    bay_of: NDArray[np.intp]
    """Shape (n,): the bay of each vehicle, -1 for none."""
    beside: NDArray[np.intp]
    """Shape (n,): the bay beside which each vehicle stands, or drives past; -1 for none."""
    doubtful: Mask
    """Shape (b,): bays in which a vehicle may stand or not, as its box allows both."""
    hidden: tuple[tuple[bool, ...], ...]
    """For each bay and each of its places, in order along it: covered by a nearer vehicle that does not stand there."""
    hidden_share: Floats
    """Shape (b,): mean covered share of a bay's places, 0..1."""
    nearer: tuple[Mask, ...]
    """For each bay, shape (n,): vehicles that stand before it, seen from the camera, and not in it."""


def place_vehicles(views: tuple[BayView, ...], found: Detections, ground: Footprints) -> Placement:
    """Give each vehicle to the bay that most likely holds it, or to none.

    The sum of probabilities above the minimum, weighted by score, is made as large as possible over the whole frame, with at
    most as many vehicles in a bay as its capacity, so that no vehicle is in two bays by construction. Two boxes on the same
    ground are one vehicle, and a box that is a part of another's is none. Only sure boxes hide what is behind them.
    """
    fits = ground.inside >= MIN_INSIDE
    is_sure = found.scores >= SURE_SCORE
    parts = _parts(found, np.asarray(~fits.any(axis=1)))
    doubles = _doubles(fits, ground.along, found.scores)
    usable = fits & ~doubles & ~parts[:, None]
    gains = np.where(usable, (ground.inside - MIN_INSIDE + 1e-3) * found.scores[:, None], 0.0)
    bay_of = _solve(gains, np.array([view.capacity for view in views]))
    doubtful = _doubtful(ground, bay_of, is_sure & ~parts)
    covered = _covered(views, found, ground)
    before = _before(views, found, ground, covered)
    nearer = tuple(
        (bay_of != bay) & ~fits[:, bay] & is_sure & before[bay] for bay in range(len(views))
    )
    shares = [
        _hidden_shares(one, is_sure & (bay_of == bay), nearer[bay], ground.along[:, bay])
        for bay, one in enumerate(covered)
    ]
    return Placement(
        bay_of=bay_of,
        beside=_beside(views, ground, bay_of, is_sure & ~parts),
        doubtful=doubtful,
        hidden=tuple(tuple(bool(share >= HIDDEN_SHARE) for share in row) for row in shares),
        hidden_share=np.asarray([row.mean() for row in shares]),
        nearer=nearer,
    )


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
    size = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
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


def _solve(gains: Floats, capacities: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the bay of each row of gains, shape (n, b), -1 for none; the pairs are searched only where vehicles compete."""
    wanted = gains > 0
    bay_of = np.where(wanted.any(axis=1), gains.argmax(axis=1), -1)
    if (wanted.sum(axis=1) <= 1).all() and (wanted.sum(axis=0) <= capacities).all():
        return bay_of
    places = np.repeat(np.arange(len(capacities)), capacities)
    rows = np.flatnonzero(wanted.any(axis=1))
    bay_of = np.full(len(gains), -1, np.intp)
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


def _doubtful(ground: Footprints, bay_of: NDArray[np.intp], is_telling: Mask) -> Mask:
    """Tell, shape (b,), for which bays the frame allows both: no vehicle surely in it, and one that may be or not.

    Without metres the error of a place is not known, and only a vehicle whose wheels the frame cuts off is doubted.
    """
    is_here = bay_of[:, None] == np.arange(ground.inside.shape[1])
    if ground.cuboids is None:
        is_surely_here = is_here & ~ground.is_vague[:, None]
        may_be_here = is_here
    else:
        is_surely_here = is_here & (ground.inside >= SURE_INSIDE)
        may_be_here = (is_here | (bay_of[:, None] < 0)) & (ground.inside >= DOUBTFUL_INSIDE)
    return np.asarray((may_be_here & is_telling[:, None]).any(axis=0) & ~is_surely_here.any(axis=0))


def _beside(
    views: tuple[BayView, ...], ground: Footprints, bay_of: NDArray[np.intp], is_telling: Mask
) -> NDArray[np.intp]:
    """Return beside which bay each vehicle stands, shape (n,), the one whose length it shares most; -1 for none.

    Either side of a bay counts, as its outline does not tell the road's; a pavement has no vehicles.
    """
    low, high = ground.along[..., 0], ground.along[..., 1]
    common = np.minimum(high, 1) - np.maximum(low, 0)
    share = common / np.minimum(high - low, 1)
    out = np.abs(ground.across.mean(axis=2) - 0.5) - 0.5
    widths = np.array(
        [BESIDE_M / view.size_m[1] if view.size_m else BESIDE_WIDTHS for view in views]
    )
    is_beside = (share > BESIDE_SHARE) & (out > 0) & (out <= widths) & (ground.inside < MIN_INSIDE)
    share = np.where(is_beside, np.nan_to_num(share), 0.0)
    best = share.argmax(axis=1)
    is_free = (bay_of < 0) & is_telling & (share.max(axis=1) > 0)
    return np.asarray(np.where(is_free, best, -1))


def _covered(views: tuple[BayView, ...], found: Detections, ground: Footprints) -> list[Mask]:
    boxes = found.boxes_xyxy.astype(np.float64)
    return [covered_points(view, boxes, ground.cuboids) for view in views]


def _before(
    views: tuple[BayView, ...], found: Detections, ground: Footprints, covered: list[Mask]
) -> list[Mask]:
    """Tell, shape (n,) for each bay, which boxes stand before it.

    With metres those that cover a point of it, else those whose lower side is below the bay's middle in the picture.
    """
    is_known = np.zeros(len(found), bool) if ground.cuboids is None else ground.cuboids.is_known
    return [
        np.where(
            is_known, points.any(axis=(1, 2)), found.boxes_xyxy[:, 3] > view.corners_px[:, 1].mean()
        )
        for view, points in zip(views, covered, strict=True)
    ]


def _hidden_shares(covered: Mask, is_here: Mask, is_nearer: Mask, along: Floats) -> Floats:
    """Return the share of each place's points, shape (places,), that vehicles before the bay, or elsewhere in it, cover."""
    places = covered.shape[1]
    start = np.arange(places) / places
    common = np.minimum(along[:, 1:], start + 1 / places) - np.maximum(along[:, :1], start)
    is_elsewhere = is_here[:, None] & (np.nan_to_num(common) * places < OWN_GROUND)
    hides = is_nearer[:, None] | is_elsewhere
    return np.asarray((covered & hides[..., None]).any(axis=0).mean(axis=1))
