"""The ground that each vehicle covers, told from its box: by metres where the view is calibrated, else by the bay's own shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.calibration import Calibration, project, to_ground
from vision.bay_view import BayView
from vision.detector import Detections
from vision.pose import project_points, projection
from vision.scene import Scene
from vision.vehicle_class import PROTOTYPES, class_posterior, label_posterior

Floats = NDArray[np.float64]

STEPS = 6
"""Gauss-Newton steps of the fit; the residual no longer changes after four."""

STEP_M = 0.05
"""Shift for the numerical derivative, metres."""

LARGEST_STEP_M = 4.0
"""Largest move of one step, metres, so that a poor start near the horizon cannot jump away."""

NO_FIT = 9.0
"""Residual given to a box that cannot be explained, in units of the box's longer side."""

EDGE_PX = 3.0
"""Distance from the frame's edge, pixels, within which a side of a box is cut off and tells nothing."""

SAME_AXIS_RAD = 0.09
"""Bays whose long sides differ by less than this (five degrees) share one fit."""

ALONG_SHARES = (0.35, 0.5, 0.65, 0.8, 0.95)
"""Lengths tried for a vehicle without metres, over the length of one place of the bay."""

ACROSS_SHARE = 0.8
"""Width of a vehicle over its bay's: 1.8 m in 2.2 m."""

HEIGHT_SHARES = (0.05, 0.75)
"""Least and most of a box that is the vehicle's height rather than the ground behind it."""


@dataclass(frozen=True)
class Footprints:
    """Where each vehicle of a frame stands, seen from each bay's frame.

    Axes: vehicle, bay, then start and end. Units: the bay's length and width, so that 0..1 is inside. NaN: no such fit.
    """

    along: Floats
    """Shape (n, b, 2)."""
    across: Floats
    """Shape (n, b, 2)."""
    class_scores: Floats
    """Shape (n, 5), sums to 1: probability of each class in the order of `geo.words.VEHICLE_CLASSES`."""


def footprints(scene: Scene, views: tuple[BayView, ...], found: Detections) -> Footprints:
    """Estimate the footprints of a frame's vehicles.

    With a calibration each box is fitted by cuboids of known vehicle sizes that stand parallel to the bay; without one
    the vehicle is taken to have the bay's own perspective, its length from the width of the box.
    """
    if scene.calibration is not None:
        return _metric_footprints(scene, scene.calibration, views, found)
    along, across = _picture_footprints(views, found)
    return Footprints(along, across, label_posterior(found.classes))


def _metric_footprints(
    scene: Scene, calibration: Calibration, views: tuple[BayView, ...], found: Detections
) -> Footprints:
    n, b = len(found), len(views)
    along, across = np.full((n, b, 2), np.nan), np.full((n, b, 2), np.nan)
    camera = projection(calibration, scene.image_size_wh)
    classes, best_residual = label_posterior(found.classes), np.full(n, np.inf)
    for bays in _same_axis(views):
        axis = views[bays[0]].axis_rad
        centres, residuals = _fit(camera, calibration, axis, found, scene.image_size_wh)
        posterior, best = class_posterior(found.classes, residuals)
        rows = np.arange(n)
        better = residuals[rows, best] < best_residual
        classes[better], best_residual = (
            posterior[better],
            np.minimum(best_residual, residuals[rows, best]),
        )
        size = PROTOTYPES.size_m[best]
        for bay in bays:
            along[:, bay], across[:, bay] = _in_bay(views[bay], centres[rows, best], size)
    unfit = best_residual >= NO_FIT
    along[unfit], across[unfit] = np.nan, np.nan
    return Footprints(along, across, classes)


def _same_axis(views: tuple[BayView, ...]) -> list[list[int]]:
    groups: list[list[int]] = []
    for bay, view in enumerate(views):
        for group in groups:
            turn = (view.axis_rad - views[group[0]].axis_rad + np.pi / 2) % np.pi - np.pi / 2
            if abs(turn) < SAME_AXIS_RAD:
                group.append(bay)
                break
        else:
            groups.append([bay])
    return groups


def _fit(
    camera: Floats,
    calibration: Calibration,
    axis_rad: float,
    found: Detections,
    size_wh: tuple[int, int],
) -> tuple[Floats, Floats]:
    """Return for each vehicle and prototype the best ground centre, shape (n, k, 2), metres, and the residual, shape (n, k).

    The residual is the root mean square distance of the four sides, over the longer side of the box.
    """
    boxes = found.boxes_xyxy.astype(np.float64)
    weights = _side_weights(boxes, size_wh)
    longer = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    corners = _cuboids(axis_rad)
    start = _standing_points(calibration, boxes, size_wh)
    centres = np.repeat(start[:, None], len(corners), axis=1)

    def errors(at: Floats) -> Floats:
        points = (
            corners[None] + np.concatenate([at, np.zeros((*at.shape[:2], 1))], axis=2)[:, :, None]
        )
        pixels = project_points(camera, points)
        sides = np.concatenate([pixels.min(axis=2), pixels.max(axis=2)], axis=2)
        return np.asarray((sides - boxes[:, None]) * weights[:, None] / longer[:, None, None])

    for _ in range(STEPS):
        centres = centres + _step(errors, centres)
    squared = errors(centres) ** 2
    residuals = np.sqrt(squared.sum(axis=2) / np.maximum(weights.sum(axis=1), 1)[:, None])
    return np.nan_to_num(centres), np.nan_to_num(residuals, nan=NO_FIT)


def _step(errors: Callable[[Floats], Floats], centres: Floats) -> Floats:
    base = errors(centres)
    east = (errors(centres + np.array([STEP_M, 0])) - base) / STEP_M
    north = (errors(centres + np.array([0, STEP_M])) - base) / STEP_M
    jacobian = np.stack([east, north], axis=-1)
    normal = np.einsum("nkir,nkic->nkrc", jacobian, jacobian) + 1e-9 * np.eye(2)
    slope = np.einsum("nkir,nki->nkr", jacobian, base)
    usable = np.isfinite(normal).all(axis=(2, 3)) & np.isfinite(slope).all(axis=2)
    move = np.zeros_like(centres)
    move[usable] = -np.linalg.solve(normal[usable], slope[usable][..., None])[..., 0]
    length = np.linalg.norm(move, axis=2, keepdims=True)
    return np.asarray(move * np.minimum(1, LARGEST_STEP_M / np.maximum(length, 1e-9)))


def _side_weights(boxes: Floats, size_wh: tuple[int, int]) -> Floats:
    width, height = size_wh
    limits = np.array([EDGE_PX, EDGE_PX, width - EDGE_PX, height - EDGE_PX])
    inside = np.concatenate([boxes[:, :2] > limits[:2], boxes[:, 2:] < limits[2:]], axis=1)
    return inside.astype(np.float64)


def _standing_points(calibration: Calibration, boxes: Floats, size_wh: tuple[int, int]) -> Floats:
    """Return a first guess of each vehicle's ground centre: a point in the lower part of its box."""
    x = (boxes[:, 0] + boxes[:, 2]) / 2
    y = boxes[:, 3] - 0.25 * (boxes[:, 3] - boxes[:, 1])
    return to_ground(calibration, np.stack([x, y], axis=1) / np.asarray(size_wh, np.float64))


def _cuboids(axis_rad: float) -> Floats:
    """Return the eight corners of each prototype around its ground centre, shape (k, 8, 3), metres."""
    signs = np.array([[a, c, z] for a in (-0.5, 0.5) for c in (-0.5, 0.5) for z in (0, 1)])
    cos, sin = np.cos(axis_rad), np.sin(axis_rad)
    turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    return np.asarray(signs[None] * PROTOTYPES.size_m[:, None] @ turn)


def _in_bay(view: BayView, centres: Floats, size_m: Floats) -> tuple[Floats, Floats]:
    if view.size_m is None:
        raise ValueError("a bay without metres cannot place a metric footprint")
    offset = centres - np.asarray(view.centre_m)
    cos, sin = np.cos(view.axis_rad), np.sin(view.axis_rad)
    position = np.stack([offset @ [cos, sin], offset @ [-sin, cos]], axis=1)
    bay = np.asarray(view.size_m)
    low = (position - size_m[:, :2] / 2) / bay + 0.5
    high = (position + size_m[:, :2] / 2) / bay + 0.5
    return np.stack([low[:, 0], high[:, 0]], axis=1), np.stack([low[:, 1], high[:, 1]], axis=1)


def _picture_footprints(views: tuple[BayView, ...], found: Detections) -> tuple[Floats, Floats]:
    boxes = found.boxes_xyxy.astype(np.float64)
    n, b = len(boxes), len(views)
    along, across = np.full((n, b, 2), np.nan), np.full((n, b, 2), np.nan)
    for bay, view in enumerate(views):
        length, ground_px = _picture_length(view, boxes)
        height_px = np.clip(
            boxes[:, 3] - boxes[:, 1] - ground_px,
            *(share * (boxes[:, 3] - boxes[:, 1]) for share in HEIGHT_SHARES),
        )
        centre_px = np.stack(
            [boxes[:, [0, 2]].mean(axis=1), (boxes[:, 1] + height_px + boxes[:, 3]) / 2], axis=1
        )
        centre = project(view.to_frame, centre_px)
        half = np.stack([length / 2, np.full(n, ACROSS_SHARE / 2)], axis=1)
        along[:, bay] = np.stack([centre[:, 0] - half[:, 0], centre[:, 0] + half[:, 0]], axis=1)
        across[:, bay] = np.stack([centre[:, 1] - half[:, 1], centre[:, 1] + half[:, 1]], axis=1)
    return along, across


def _picture_length(view: BayView, boxes: Floats) -> tuple[Floats, Floats]:
    """Return each vehicle's length over the bay's, and the height of its ground in pixels, from the width of its box."""
    corners = view.corners_px
    along_px = np.abs((corners[1] - corners[0] + corners[2] - corners[3]) / 2)
    across_px = np.abs((corners[3] - corners[0] + corners[2] - corners[1]) / 2) * ACROSS_SHARE
    shares = np.asarray(ALONG_SHARES) / view.capacity
    widths = along_px[0] * shares + across_px[0]
    best = np.abs(widths[None] - (boxes[:, 2] - boxes[:, 0])[:, None]).argmin(axis=1)
    length = shares[best]
    return length, along_px[1] * length + across_px[1]
