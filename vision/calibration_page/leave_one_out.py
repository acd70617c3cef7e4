"""Calibrations that may still be wrong: their error pair by pair, and bays raised above the road."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.calibration import (
    BEYOND_HORIZON_M,
    MAX_CONDITION_LEFT_OUT,
    MIN_PAIRS_TO_VERIFY,
    Calibration,
    fit_homography,
    project,
)
from geo.crs import metric_crs, to_metric
from geo.errors import InvalidGeometry
from vision.pose import project_points, projection

Floats = NDArray[np.float64]


def fitted(image_points: Floats, ground_points_lonlat: Floats) -> Calibration:
    """Return the calibration of four pairs or more, however loose it is; arguments as for `geo.calibration.calibrate`."""
    crs = metric_crs(float(ground_points_lonlat[0, 0]), float(ground_points_lonlat[0, 1]))
    ground = to_metric(ground_points_lonlat, crs)
    origin = ground.mean(axis=0)
    matrix = fit_homography(image_points, ground - origin)
    known = [e for e in errors_m(image_points, ground - origin) if e is not None]
    residual_m = float(np.sqrt(np.mean(np.square(known)))) if known else None
    return Calibration(
        crs, (float(origin[0]), float(origin[1])), matrix, len(image_points), residual_m
    )


def errors_m(image_points: Floats, ground_m: Floats) -> tuple[float | None, ...]:
    """Return how far the other pairs place each pair from where it is, in metres; None where they do not tell."""
    if len(image_points) < MIN_PAIRS_TO_VERIFY:
        return (None,) * len(image_points)
    return tuple(_left_out_m(image_points, ground_m, i) for i in range(len(image_points)))


def raised_box_px(
    calibration: Calibration, size_wh: tuple[int, int], ring_local_m: Floats, height_m: float
) -> Floats:
    """Return a ring on the ground, then the same at a height, shape (2n, 2), pixels; NaN behind the camera."""
    levels = [
        np.column_stack([ring_local_m, np.full(len(ring_local_m), z)]) for z in (0.0, height_m)
    ]
    return project_points(projection(calibration, size_wh), np.vstack(levels))


def _left_out_m(image: Floats, ground: Floats, left_out: int) -> float | None:
    rest = np.arange(len(image)) != left_out
    try:
        matrix = fit_homography(image[rest], ground[rest], MAX_CONDITION_LEFT_OUT)
    except InvalidGeometry:
        return None
    predicted = project(matrix, image[left_out : left_out + 1])[0]
    return float(np.nan_to_num(np.hypot(*(predicted - ground[left_out])), nan=BEYOND_HORIZON_M))
