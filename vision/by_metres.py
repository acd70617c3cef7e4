"""Footprints where the view is calibrated: each box explained by cuboids of vehicle sizes that stand parallel to the bay."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.calibration import Calibration, to_ground
from vision.bay_view import BayView
from vision.cuboid import Boxes, Fits, fit_cuboids
from vision.detector import Detections
from vision.ground import Cuboids, Footprints
from vision.partial import covered_sides, cut_sides
from vision.pose import Camera
from vision.vehicle_class import build_posterior, class_log

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

SAME_AXIS_RAD = 0.09
"""Bays whose long sides differ by less than this (five degrees) share one fit."""

ACROSS_TOLERANCE_M = 0.35
"""How far beyond the bay's sides a vehicle's middle still counts as inside: a vehicle parked over the line is in the bay, one
in the lane has its middle a metre out or more (assumption)."""

ALONG_TOLERANCE_M = 0.5
"""The same beyond the bay's ends."""

PLACE_SIGMA_M = 0.2
"""Standard deviation, metres, that calibration and outline add to every position (assumption: clicks of a decimetre or two)."""

LOGISTIC = 1.702
"""Factor that brings the logistic curve within .01 of the normal distribution's (Johnson and Kotz 1970)."""

STANDING_SHARE = 0.25
"""Height, over a box's, at which its middle meets the ground under the vehicle: a first guess only."""


def metric_footprints(
    calibration: Calibration, camera: Camera, views: tuple[BayView, ...], found: Detections
) -> Footprints:
    """Estimate the footprints of a frame's vehicles in a calibrated view; boxes that concern no bay have none."""
    rows = np.flatnonzero(_concerns(views, found.boxes_xyxy))
    groups = _same_axis(views)
    axes_rad = np.array([views[bays[0]].axis_rad for bays in groups])
    fits = _fits(calibration, camera, axes_rad, found, rows)
    worth = np.stack([fit.evidence.max(axis=1, initial=-np.inf) for fit in fits])
    shape = (len(found), len(views))
    along, across, inside = (
        np.full((*shape, 2), np.nan),
        np.full((*shape, 2), np.nan),
        np.zeros(shape),
    )
    for fit, bays, share in zip(fits, groups, _axis_shares(worth), strict=True):
        builds = build_posterior(found.classes[rows], fit.evidence)
        best = np.arange(len(rows)), builds.argmax(axis=1)
        for bay in bays:
            at_m = _in_bay(views[bay], fit.centre_m)
            spans = _spans(views[bay], at_m[best], fit.size_m[best])
            along[rows, bay], across[rows, bay] = np.where(share[:, None] > 0, spans, np.nan)
            odds = _probability(views[bay], at_m, fit.centre_covariance)
            inside[rows, bay] = share * (builds * odds).sum(axis=1)
    cuboids, evidence = _likeliest(found, rows, fits, axes_rad, worth)
    return Footprints(
        along=along,
        across=across,
        inside=inside,
        class_log=class_log(found.classes, evidence),
        is_vague=np.zeros(len(found), bool),
        cuboids=cuboids,
    )


def _fits(
    calibration: Calibration,
    camera: Camera,
    axes_rad: Floats,
    found: Detections,
    rows: Rows,
) -> list[Fits]:
    boxes = found.boxes_xyxy.astype(np.float64)
    trusted = Boxes(
        boxes[rows],
        cut_sides(boxes[rows], camera.size_wh),
        covered_sides(boxes, found.scores)[rows],
    )
    start = _standing_points(calibration, boxes[rows], camera.size_wh)
    return [fit_cuboids(camera, float(axis_rad), trusted, start) for axis_rad in axes_rad]


def _likeliest(
    found: Detections, rows: Rows, fits: list[Fits], axes_rad: Floats, worth: Floats
) -> tuple[Cuboids, Floats]:
    """Return the likeliest cuboid of each vehicle, and the evidence of each build, shape (n, k); zeros where none is known."""
    n, m = len(found), np.arange(len(rows))
    group = worth.argmax(axis=0)
    evidence = np.stack([fit.evidence for fit in fits])[group, m]
    best = group, m, build_posterior(found.classes[rows], evidence).argmax(axis=1)
    is_known = np.isfinite(worth.max(axis=0))
    cuboids = Cuboids(
        _spread(n, rows, np.stack([fit.centre_m for fit in fits])[best]),
        _spread(n, rows, np.stack([fit.size_m for fit in fits])[best]),
        _spread(n, rows, axes_rad[group]),
        _spread(n, rows, is_known),
    )
    return cuboids, _spread(n, rows, np.where(is_known[:, None], evidence, 0.0))


def _spread(n: int, rows: Rows, values: NDArray[Any]) -> NDArray[Any]:
    """Return an array of n rows that has values in some and zeros in the rest."""
    result = np.zeros((n, *values.shape[1:]), values.dtype)
    result[rows] = values
    return result


def _concerns(views: tuple[BayView, ...], boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which boxes touch the part of the frame in which vehicles in or beside some bay appear."""
    reach = np.array([view.reach_xyxy for view in views])
    apart = (boxes[:, None, :2] > reach[:, 2:]) | (boxes[:, None, 2:] < reach[:, :2])
    is_apart = np.asarray(apart.any(axis=2))
    return np.asarray(~is_apart.all(axis=1))


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


def _axis_shares(worth: Floats) -> Floats:
    """Return how likely each direction is beside the best one, shape (g, m), 0..1; 0 where nothing explains the box."""
    best = worth.max(axis=0)
    return np.where(np.isfinite(best), np.exp(worth - np.where(np.isfinite(best), best, 0)), 0.0)


def _standing_points(calibration: Calibration, boxes: Floats, size_wh: tuple[int, int]) -> Floats:
    """Return a first guess of each vehicle's ground centre: a point in the lower part of its box."""
    x = (boxes[:, 0] + boxes[:, 2]) / 2
    y = boxes[:, 3] - STANDING_SHARE * (boxes[:, 3] - boxes[:, 1])
    return to_ground(calibration, np.stack([x, y], axis=1) / np.asarray(size_wh, np.float64))


def _in_bay(view: BayView, centre_m: Floats) -> Floats:
    """Return metres from the bay's middle, along and across it, of points, shape (..., 2)."""
    cos, sin = np.cos(view.axis_rad), np.sin(view.axis_rad)
    return np.asarray((centre_m - np.asarray(view.centre_m)) @ np.array([[cos, -sin], [sin, cos]]))


def _spans(view: BayView, at_m: Floats, size_m: Floats) -> Floats:
    """Return start and end along and across the bay, shape (2, n, 2), in shares of it."""
    ends = np.stack([at_m - size_m[:, :2] / 2, at_m + size_m[:, :2] / 2], axis=2)
    return np.asarray(np.swapaxes(ends, 0, 1) / _size(view)[:, None, None] + 0.5)


def _probability(view: BayView, at_m: Floats, covariance: Floats) -> Floats:
    """Return the probability, shape (m, k), that the middle of a vehicle lies in a bay, under normal errors of it."""
    variance = np.diagonal(covariance, axis1=2, axis2=3) + PLACE_SIGMA_M**2
    half = _size(view) / 2 + np.array([ALONG_TOLERANCE_M, ACROSS_TOLERANCE_M])
    scale = LOGISTIC / np.sqrt(variance)
    within = _logistic((half - at_m) * scale) - _logistic((-half - at_m) * scale)
    return np.asarray(within.prod(axis=2))


def _logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -30, 30))))


def _size(view: BayView) -> Floats:
    if view.size_m is None:
        raise ValueError("a bay without metres cannot place a metric footprint")
    return np.asarray(view.size_m)
