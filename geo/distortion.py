"""Radial distortion of a lens by one term: from where a point appears to where a pinhole would show it, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def undistorted(points_xy: Floats, distortion: float, aspect: float) -> Floats:
    """Return where a camera without distortion would show image points.

    Parameters
    ----------
    points_xy
        Shape (..., 2), in 0..1 of the frame's width and height.
    distortion
        Coefficient of the division model, per square of half the frame's diagonal; below 0 for the barrel of a wide lens.
    aspect
        Width of the frame over its height.

    Notes
    -----
    Fitzgibbon 2001, "Simultaneous linear estimation of multiple view geometry and lens distortion": a point at radius r
    from the centre goes to r / (1 + distortion r²).
    """
    if distortion == 0:
        return points_xy
    unit = _half_diagonals(aspect)
    offset = (points_xy - 0.5) * unit
    squared = (offset**2).sum(axis=-1, keepdims=True)
    factor = 1 + distortion * squared
    factor = np.where(factor > 0, factor, np.nan)
    return np.asarray(offset / factor / unit + 0.5)


def distorted(points_xy: Floats, distortion: float, aspect: float) -> Floats:
    """Return where a lens shows the points of a camera without distortion: the inverse of `undistorted`; NaN where it has none."""
    if distortion == 0:
        return points_xy
    unit = _half_diagonals(aspect)
    offset = (points_xy - 0.5) * unit
    squared = (offset**2).sum(axis=-1, keepdims=True)
    root = 1 - 4 * distortion * squared
    root = np.sqrt(np.where(root >= 0, root, np.nan))
    return np.asarray(offset * 2 / (1 + root) / unit + 0.5)


def _half_diagonals(aspect: float) -> Floats:
    """Return the frame's width and height in half diagonals."""
    return np.asarray(np.array([aspect, 1.0]) * 2 / np.hypot(aspect, 1.0))
