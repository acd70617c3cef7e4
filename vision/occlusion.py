"""What stands before what: which places of a bay the camera cannot see for a vehicle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vision.bay_view import BayView
from vision.ground import Cuboids

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def covered_points(view: BayView, boxes_xyxy: Floats, cuboids: Cuboids | None) -> Mask:
    """Tell which vehicle covers which point of a car at each place of a bay.

    Parameters
    ----------
    view
        The bay.
    boxes_xyxy
        Shape (n, 4), pixels.
    cuboids
        The same vehicles with metres; None without.

    Returns
    -------
    Mask
        Shape (n, places, q). With metres a point is covered where the ray to it runs through the vehicle first; without,
        where it lies in the box of a vehicle that stands lower in the picture than the place.
    """
    x, y = view.points_px[None, ..., 0], view.points_px[None, ..., 1]
    x0, y0, x1, y1 = (boxes_xyxy[:, side, None, None] for side in range(4))
    in_box = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
    covers = in_box & (y1 > view.feet_px[None, :, None])
    if cuboids is None or view.camera is None:
        return np.asarray(covers)
    rows = np.flatnonzero(cuboids.is_known & in_box.any(axis=(1, 2)))
    if len(rows):
        covers[rows] = in_box[rows] & _cuts_rays(cuboids, rows, view.camera.eye_m, view.points_m)
    return np.asarray(covers)


def _cuts_rays(cuboids: Cuboids, rows: NDArray[np.intp], eye_m: Floats, points_m: Floats) -> Mask:
    """Tell which of some cuboids the rays from the eye to points, shape (places, q, 3), enter before they arrive.

    Notes
    -----
    Slab method: Kay and Kajiya 1986.
    """
    axis_rad, centre_m = cuboids.axis_rad[rows], cuboids.centre_m[rows]
    cos, sin = np.cos(axis_rad), np.sin(axis_rad)
    turn = np.stack([np.stack([cos, -sin], axis=1), np.stack([sin, cos], axis=1)], axis=1)
    way = points_m.reshape(-1, 3) - eye_m
    start = np.column_stack(
        [((eye_m[:2] - centre_m)[:, None] @ turn)[:, 0], np.full(len(cos), eye_m[2])]
    )
    along = np.concatenate(
        [way[None, :, :2] @ turn, np.broadcast_to(way[None, :, 2:], (len(cos), len(way), 1))],
        axis=2,
    )
    along = np.where(np.abs(along) < 1e-9, 1e-9, along)  # noqa: PLR2004 - zero, numerically
    half = cuboids.size_m[rows][:, None] / 2
    middle = np.array([0.0, 0.0, 1.0]) * half
    first = (middle - half - start[:, None]) / along
    second = (middle + half - start[:, None]) / along
    enters = np.minimum(first, second).max(axis=2)
    leaves = np.maximum(first, second).min(axis=2)
    hits = (enters < leaves) & (enters < 1) & (leaves > 0)
    return np.asarray(hits.reshape(len(cos), *points_m.shape[:2]))
