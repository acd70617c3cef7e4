"""A camera's pose from its ground homography, so that a vehicle can be raised to a box above the road."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.calibration import Calibration, ground_to_image

Floats = NDArray[np.float64]

FOCAL_RANGE = (0.45, 6.0)
"""Plausible focal length over the frame's longer side: a view of 95 degrees to one of 10 (assumption)."""

DEFAULT_FOCAL = 1.0
"""Focal length over the frame's longer side where the view does not tell it, as from straight above (assumption)."""


def projection(calibration: Calibration, size_wh: tuple[int, int]) -> Floats:
    """Return the camera matrix, shape (3, 4), from local metres (east, north, up) to pixels, homogeneous.

    The picture is taken as free of distortion, its pixels as square and its principal point as the centre. The focal
    length comes from the homography where that gives a plausible one.

    Notes
    -----
    Zhang 2000, "A flexible new technique for camera calibration", section 3.1: the first two columns of the rotation
    have the same length and are orthogonal.
    """
    scale = np.diag([size_wh[0], size_wh[1], 1.0])
    plane = scale @ ground_to_image(calibration)
    to_centre = np.array([[1, 0, -size_wh[0] / 2], [0, 1, -size_wh[1] / 2], [0, 0, 1.0]])
    centred = to_centre @ plane
    focal_px = focal_length_px(centred, max(size_wh))
    rays = np.diag([1 / focal_px, 1 / focal_px, 1.0]) @ centred
    length = (np.linalg.norm(rays[:, 0]) + np.linalg.norm(rays[:, 1])) / 2
    up = np.cross(rays[:, 0], rays[:, 1]) / length
    column = np.linalg.inv(to_centre) @ np.diag([focal_px, focal_px, 1.0]) @ up
    return np.column_stack([plane[:, :2], column, plane[:, 2]])


def focal_length_px(centred: Floats, longer_side_px: int) -> float:
    """Return the focal length in pixels of a ground homography, shape (3, 3), whose image origin is the principal point."""
    first, second = centred[:, 0], centred[:, 1]
    xy = np.array([first[:2] @ second[:2], first[:2] @ first[:2] - second[:2] @ second[:2]])
    w = np.array([first[2] * second[2], first[2] ** 2 - second[2] ** 2])
    inverse_square = -float(xy @ w) / float(xy @ xy)
    default = DEFAULT_FOCAL * longer_side_px
    if inverse_square <= 0:
        return default
    focal = float(inverse_square**-0.5)
    low, high = (limit * longer_side_px for limit in FOCAL_RANGE)
    return focal if low <= focal <= high else default


def project_points(matrix: Floats, points_xyz: Floats) -> Floats:
    """Return pixels, shape (..., 2), of points in local metres, shape (..., 3); NaN behind the camera."""
    homogeneous = points_xyz @ matrix[:, :3].T + matrix[:, 3]
    divisor = np.where(homogeneous[..., 2:] > 0, homogeneous[..., 2:], np.nan)
    return np.asarray(homogeneous[..., :2] / divisor)
