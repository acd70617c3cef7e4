"""A camera's pose from its calibration, so that a vehicle or a bay can be raised to a box above the road."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.calibration import Calibration, ground_to_image
from geo.distortion import distorted

Floats = NDArray[np.float64]

FOCAL_RANGE = (0.45, 6.0)
"""Plausible focal length over the frame's longer side: a view of 95 degrees to one of 10 (assumption)."""

DEFAULT_FOCAL = 1.0
"""Focal length over the frame's longer side where the view does not tell it, as from straight above (assumption)."""

STEEPEST_DEG = 75.0
"""Tilt above which the ground's perspective no longer tells the focal length, and so the height (assumption)."""


@dataclass(frozen=True)
class Camera:
    """Where points above the ground appear in frames of one size."""

    matrix: Floats
    """Shape (3, 4): local metres (east, north, up) to pixels without distortion, homogeneous."""
    size_wh: tuple[int, int]
    distortion: float
    aspect: float
    eye_m: Floats
    """Shape (3,): the camera's place, local metres (east, north, up)."""
    focal_share: float
    """Focal length over the frame's longer side."""
    is_focal_measured: bool
    """Whether the focal length comes from the view and not from `DEFAULT_FOCAL`."""

    def pixels(self, points_xyz: Floats) -> Floats:
        """Return pixels, shape (..., 2), of points in local metres, shape (..., 3); NaN behind the camera."""
        return self.bent(project_points(self.matrix, points_xyz))[0]

    def bent(self, straight_px: Floats) -> tuple[Floats, Floats]:
        """Return where the lens shows pixels, shape (..., 2), and how much farther from the centre, shape (...)."""
        if self.distortion == 0:
            return straight_px, np.ones(straight_px.shape[:-1])
        size = np.asarray(self.size_wh, np.float64)
        pixels = distorted(straight_px / size, self.distortion, self.aspect) * size
        away = np.linalg.norm(straight_px - size / 2, axis=-1)
        bent_away = np.linalg.norm(pixels - size / 2, axis=-1)
        return pixels, np.where(away > 1, bent_away / np.maximum(away, 1.0), 1.0)


@dataclass(frozen=True)
class CameraPose:
    """Where a camera hangs and how it looks."""

    height_m: float
    """Over the ground."""
    tilt_deg: float
    """Of its middle ray below the horizon: 90 looks straight down."""
    focal_share: float
    """Focal length over the frame's longer side."""
    eye_m: tuple[float, float]
    """Its place over the ground, local metres of the calibration (east, north)."""
    is_well_posed: bool
    """Whether the pairs tell the focal length; where not, height and tilt hold for `DEFAULT_FOCAL` only."""


def camera_of(calibration: Calibration, size_wh: tuple[int, int]) -> Camera:
    """Return the camera of a calibration for frames of a size, in pixels.

    Its pixels are taken as square and its principal point as the frame's centre. The focal length comes from the homography
    where that gives a plausible one.

    Notes
    -----
    Zhang 2000, "A flexible new technique for camera calibration", section 3.1: the first two columns of the rotation
    have the same length and are orthogonal.
    """
    scale = np.diag([size_wh[0], size_wh[1], 1.0])
    plane = scale @ ground_to_image(calibration)
    to_centre = np.array([[1, 0, -size_wh[0] / 2], [0, 1, -size_wh[1] / 2], [0, 0, 1.0]])
    centred = to_centre @ plane
    longer_px = max(size_wh)
    measured_px = focal_length_px(centred, longer_px)
    focal_px = measured_px or DEFAULT_FOCAL * longer_px
    rays = np.diag([1 / focal_px, 1 / focal_px, 1.0]) @ centred
    length = (np.linalg.norm(rays[:, 0]) + np.linalg.norm(rays[:, 1])) / 2
    up = np.cross(rays[:, 0], rays[:, 1]) / length
    column = np.linalg.inv(to_centre) @ np.diag([focal_px, focal_px, 1.0]) @ up
    matrix = np.column_stack([plane[:, :2], column, plane[:, 2]])
    return Camera(
        matrix=matrix,
        size_wh=size_wh,
        distortion=calibration.distortion,
        aspect=calibration.aspect,
        eye_m=np.asarray(-np.linalg.solve(matrix[:, :3], matrix[:, 3])),
        focal_share=focal_px / longer_px,
        is_focal_measured=measured_px is not None,
    )


def camera_pose(calibration: Calibration, size_wh: tuple[int, int]) -> CameraPose:
    """Return where the camera hangs and how it looks, for frames of a size in pixels."""
    camera = camera_of(calibration, size_wh)
    ahead = camera.matrix[2, :3] / np.linalg.norm(camera.matrix[2, :3])
    tilt_deg = float(np.degrees(np.arcsin(np.clip(-ahead[2], -1.0, 1.0))))
    east, north, height_m = (float(value) for value in camera.eye_m)
    is_well_posed = camera.is_focal_measured and height_m > 0 and abs(tilt_deg) < STEEPEST_DEG
    return CameraPose(height_m, tilt_deg, camera.focal_share, (east, north), is_well_posed)


def focal_length_px(centred: Floats, longer_side_px: int) -> float | None:
    """Return the focal length in pixels of a ground homography, shape (3, 3), whose image origin is the principal point.

    None where the view tells none, or one that no camera has.
    """
    first, second = centred[:, 0], centred[:, 1]
    xy = np.array([first[:2] @ second[:2], first[:2] @ first[:2] - second[:2] @ second[:2]])
    w = np.array([first[2] * second[2], first[2] ** 2 - second[2] ** 2])
    square = float(xy @ xy)
    inverse_square = -float(xy @ w) / square if square > 0 else 0.0
    if inverse_square <= 0:
        return None
    focal = float(inverse_square**-0.5)
    low, high = (limit * longer_side_px for limit in FOCAL_RANGE)
    return focal if low <= focal <= high else None


def raised_box_px(
    calibration: Calibration, size_wh: tuple[int, int], ring_local_m: Floats, height_m: float
) -> Floats:
    """Return where a ring on the ground and the same ring at a height appear.

    Parameters
    ----------
    calibration
        The view.
    size_wh
        Width and height of the frame, pixels.
    ring_local_m
        Shape (n, 2), the corners without the closing one, in local metres of the calibration (east, north).
    height_m
        Of the upper ring over the ground.

    Returns
    -------
    Floats
        Shape (2n, 2), pixels: the n corners on the ground, then the same ones raised; NaN behind the camera.
    """
    ring = np.asarray(ring_local_m, np.float64).reshape(-1, 2)
    levels = [np.column_stack([ring, np.full(len(ring), z)]) for z in (0.0, height_m)]
    return camera_of(calibration, size_wh).pixels(np.vstack(levels))


def box_edges(corners: int) -> tuple[tuple[int, int], ...]:
    """Return the edges of a raised ring of some corners as pairs of rows of `raised_box_px`: ground, top, then uprights."""
    ground = [(i, (i + 1) % corners) for i in range(corners)]
    top = [(i + corners, j + corners) for i, j in ground]
    return (*ground, *top, *((i, i + corners) for i in range(corners)))


def project_points(matrix: Floats, points_xyz: Floats) -> Floats:
    """Return pixels, shape (..., 2), of points in local metres, shape (..., 3), without distortion; NaN behind the camera."""
    homogeneous = points_xyz @ matrix[:, :3].T + matrix[:, 3]
    divisor = np.where(homogeneous[..., 2:] > 0, homogeneous[..., 2:], np.nan)
    return np.asarray(homogeneous[..., :2] / divisor)


def projection(calibration: Calibration, size_wh: tuple[int, int]) -> Floats:
    """Return the camera matrix alone, shape (3, 4), from local metres (east, north, up) to pixels without distortion."""
    return camera_of(calibration, size_wh).matrix
