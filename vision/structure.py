"""Does a bay look like bare ground or does something stand in it: told from the picture alone, without the detector."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.bay_view import UNIT_SQUARE, BayView

Floats = NDArray[np.float64]
Luma = NDArray[np.uint8]

PATCH_WH = (64, 32)
"""Samples along and across one place: a car then spans some fifty, and the sensor's noise is averaged away."""

OVERSAMPLE = 4
"""Samples a side that are averaged into one, so that a near bay is not read by a few of its pixels."""

RIM = 4
"""Samples left out at each side: the bay's painted lines and the neighbour's mirror lie there."""

FLOOR_LUMA = 15.0
"""Added to a place's brightness before contrasts are divided by it, 0..255: a night camera's noise is no contrast (assumption)."""

LOG_FLOORS = (0.02, 0.005)
"""Added to contrast and gradient before their logarithm: the rounding of eight bits."""

WEIGHTS = (5.2, 5.0, 0.9)
"""Constant, weight of log contrast and of log gradient in the log-likelihood ratio.

Logistic regression on the 1200 bays of car_park_ufpr05, classes weighted equally, ridge of one; on the other clips it was
only tried: docs/how-to/camera-health.md.
"""

LOG_RATIO_LIMIT = 5.0
"""Largest weight of a look, either way: beyond it the regression is not supported by frames (1 in 150)."""

MIN_OPEN_SHARE = 0.3
"""Share of a place that must be in sight, not behind a vehicle and not outside the frame, for its look to say anything."""


def log_ratios(view: BayView, luma: Luma, others_xyxy: NDArray[np.float32]) -> Floats:
    """Return for each place of a bay how much its look speaks for a vehicle.

    Parameters
    ----------
    view
        The bay.
    luma
        Shape (height, width), 0..255.
    others_xyxy
        Shape (n, 4), pixels: boxes of vehicles that do not stand in the bay; what they cover is left out.

    Returns
    -------
    Floats
        Shape (places,): log of the likelihood with a vehicle over that of bare ground; NaN where too little is in sight.
    """
    to_picture = np.asarray(np.linalg.inv(view.to_frame), np.float64)
    return np.asarray(
        [
            _log_ratio(*_patch(view, place, to_picture, luma, others_xyxy))
            for place in range(view.places)
        ]
    )


def _log_ratio(patch: NDArray[np.float32], is_open: NDArray[np.bool_]) -> float:
    if is_open.mean() < MIN_OPEN_SHARE:
        return np.nan
    smooth = cv2.GaussianBlur(patch, (0, 0), 1)
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)) / 4
    inner = (slice(RIM, -RIM), slice(RIM, -RIM))
    seen = patch[inner][is_open]
    low, middle, high = np.percentile(seen, [10, 50, 90])
    contrast = (high - low) / (middle + FLOOR_LUMA)
    gradient = np.median(slope[inner][is_open]) / (middle + FLOOR_LUMA)
    constant, of_contrast, of_gradient = WEIGHTS
    ratio = (
        constant
        + of_contrast * np.log(contrast + LOG_FLOORS[0])
        + of_gradient * np.log(gradient + LOG_FLOORS[1])
    )
    return float(np.clip(ratio, -LOG_RATIO_LIMIT, LOG_RATIO_LIMIT))


def _patch(
    view: BayView, place: int, to_picture: Floats, luma: Luma, others_xyxy: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return a place straightened, shape (32, 64), and which of its inner samples are in sight."""
    width, height = PATCH_WH
    square = (UNIT_SQUARE + np.array([place, 0])) / np.array([view.places, 1])
    corners_px = _projected(to_picture, square).astype(np.float32)
    large_wh = (width * OVERSAMPLE, height * OVERSAMPLE)
    target = (UNIT_SQUARE * large_wh).astype(np.float32)
    straighten = cv2.getPerspectiveTransform(corners_px, target)
    large = cv2.warpPerspective(luma, straighten, large_wh, borderMode=cv2.BORDER_REPLICATE)
    patch = cv2.resize(large, PATCH_WH, interpolation=cv2.INTER_AREA).astype(np.float32)
    x, y = np.meshgrid(np.arange(RIM, width - RIM) + 0.5, np.arange(RIM, height - RIM) + 0.5)
    inside = np.stack([(x / width + place) / view.places, y / height], axis=-1)
    return patch, _is_open(_projected(to_picture, inside), luma.shape, others_xyxy)


def _projected(matrix: Floats, points: Floats) -> Floats:
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(mapped[..., :2] / mapped[..., 2:])


def _is_open(
    points_px: Floats, shape: tuple[int, ...], others_xyxy: NDArray[np.float32]
) -> NDArray[np.bool_]:
    x, y = points_px[..., 0], points_px[..., 1]
    is_open = (x >= 0) & (y >= 0) & (x < shape[1]) & (y < shape[0])
    low, high = points_px.min(axis=(0, 1)), points_px.max(axis=(0, 1))
    for x0, y0, x1, y1 in others_xyxy:
        if x0 < high[0] and x1 > low[0] and y0 < high[1] and y1 > low[1]:
            is_open &= (x < x0) | (x > x1) | (y < y0) | (y > y1)
    return np.asarray(is_open)
