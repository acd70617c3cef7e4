"""Which sides of a box are a vehicle's own, and which end at the frame's edge or at a nearer vehicle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vision.detector import SURE_SCORE

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

EDGE_PX = 3.0
"""Distance from the frame's edge, pixels, within which a side of a box is cut off and tells nothing."""

EDGE_SHARE = 0.03
"""The same, over the box's extent: half the error of a side (assumption)."""

TOUCH_SHARE = 0.06
"""Distance between two boxes, over the nearer's extent, within which they touch: the error of a side (`vision.cuboid`)."""

NEARER_SHARE = 0.1
"""How much lower a box must end than another, over the other's height, to stand before it for sure (assumption)."""

COVERED_SHARE = 0.5
"""Share of a side that must lie at or in a nearer box for the vehicle to go on behind it (assumption)."""


def cut_sides(boxes_xyxy: Floats, size_wh: tuple[int, int]) -> Mask:
    """Tell which sides of boxes, shape (n, 4), lie at the frame's edge."""
    width, height = size_wh
    near_px = EDGE_PX + EDGE_SHARE * (boxes_xyxy[:, 2:] - boxes_xyxy[:, :2])
    low = boxes_xyxy[:, :2] <= near_px
    high = boxes_xyxy[:, 2:] >= np.array([width, height]) - near_px
    return np.concatenate([low, high], axis=1)


def covered_sides(boxes_xyxy: Floats, scores: NDArray[np.float32]) -> Mask:
    """Tell which sides of boxes, shape (n, 4), end at or in the box of a nearer vehicle: what is seen may be a part.

    A vehicle is nearer where its box ends clearly lower in the picture; upper sides are never covered by nearer ones.
    """
    size = boxes_xyxy[:, 2:] - boxes_xyxy[:, :2]
    low = boxes_xyxy[:, :2] - TOUCH_SHARE * size
    high = boxes_xyxy[:, 2:] + TOUCH_SHARE * size
    lower = boxes_xyxy[None, :, 3] - boxes_xyxy[:, None, 3]
    is_nearer = (lower > NEARER_SHARE * size[:, None, 1]) & (scores >= SURE_SCORE)[None]
    common = np.minimum(boxes_xyxy[:, None, 2:], high[None]) - np.maximum(
        boxes_xyxy[:, None, :2], low[None]
    )
    shares = np.clip(common, 0, None) / np.maximum(size[:, None], 1e-6)
    is_beside = is_nearer & (shares[..., 1] >= COVERED_SHARE)
    is_under = is_nearer & (shares[..., 0] >= COVERED_SHARE)
    covered = np.zeros(boxes_xyxy.shape, bool)
    for side, may_cover in ((0, is_beside), (2, is_beside), (3, is_under)):
        coordinate = side % 2
        place = boxes_xyxy[:, None, side]
        within = (place >= low[None, :, coordinate]) & (place <= high[None, :, coordinate])
        covered[:, side] = (may_cover & within).any(axis=1)
    return covered
