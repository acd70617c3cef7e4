"""The ground that each vehicle covers, told from its box: by metres where the view is calibrated, else by the bay's own shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.calibration import project
from vision.bay_view import BayView
from vision.by_metres import metric_footprints
from vision.detector import Detections
from vision.ground import Footprints
from vision.partial import cut_sides
from vision.scene import Scene
from vision.vehicle_class import label_log

Floats = NDArray[np.float64]

TOLERANCE_SHARE = 0.15
"""How far beyond a bay drawn in the picture alone a footprint counts as inside, over the bay's width or one place's length."""

ALONG_SHARES = (0.35, 0.5, 0.65, 0.8, 0.95)
"""Lengths tried for a vehicle without metres, over the length of one place of the bay."""

ACROSS_SHARE = 0.8
"""Width of a vehicle over its bay's: 1.8 m in 2.2 m."""

HEIGHT_SHARES = (0.05, 0.75)
"""Least and most of a box that is the vehicle's height rather than the ground behind it."""


def footprints(scene: Scene, views: tuple[BayView, ...], found: Detections) -> Footprints:
    """Estimate the footprints of a frame's vehicles.

    With a calibration each box is fitted by cuboids of known vehicle sizes that stand parallel to the bay; without one
    the vehicle is taken to have the bay's own perspective, its length from the width of the box.
    """
    camera = views[0].camera
    if scene.calibration is not None and camera is not None:
        return metric_footprints(scene.calibration, camera, views, found)
    along, across = _picture_footprints(views, found)
    slack = np.array([[TOLERANCE_SHARE / view.capacity, TOLERANCE_SHARE] for view in views])
    inside = _inside(along, slack[:, 0]) * _inside(across, slack[:, 1])
    is_cut_below = cut_sides(found.boxes_xyxy.astype(np.float64), scene.image_size_wh)[:, 3]
    inside[is_cut_below[:, None] & _lies_within(scene.image_size_wh, views)] = 0.0
    return Footprints(
        along=along,
        across=across,
        inside=np.nan_to_num(inside),
        class_log=label_log(found.classes),
        is_vague=is_cut_below,
    )


def _lies_within(size_wh: tuple[int, int], views: tuple[BayView, ...]) -> NDArray[np.bool_]:
    """Tell, shape (b,), which bays end above the frame's lower edge: a vehicle in one has its wheels in the picture."""
    return np.array([view.polygon_px[:, 1].max() < size_wh[1] - 1 for view in views])


def _inside(spans: Floats, slack: Floats) -> Floats:
    """Return the share of spans, shape (n, b, 2), that lies in 0..1 or so near to it, shape (n, b)."""
    low, high = spans[..., 0], spans[..., 1]
    common = np.clip(np.minimum(high, 1 + slack) - np.maximum(low, -slack), 0, None)
    return np.asarray(np.minimum(1, common / np.minimum(high - low, 1.0)))


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
