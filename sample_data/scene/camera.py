"""The pinhole camera of a scene: where a point of the street appears in the frame."""

from __future__ import annotations

from dataclasses import dataclass
from math import radians, tan

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FRAME_WH = (1280, 720)
"""Width and height of every frame, pixels."""


@dataclass(frozen=True)
class PinholeCamera:
    """A camera without distortion that is level: it looks from `eye` to `target`, both in street metres."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    hfov_deg: float
    """Angle between the left and the right edge of the frame."""

    def pixels(self, street_xyz: Floats) -> Floats:
        """Return where points, shape ``(n, 3)`` in street metres, appear: ``(n, 2)`` pixels, x right, y down; NaN behind."""
        right, up, ahead = self._axes()
        offsets = street_xyz - np.array(self.eye)
        depth = offsets @ ahead
        depth = np.where(depth > 0, depth, np.nan)
        focal_px = FRAME_WH[0] / 2 / tan(radians(self.hfov_deg) / 2)
        x = FRAME_WH[0] / 2 + focal_px * (offsets @ right) / depth
        y = FRAME_WH[1] / 2 - focal_px * (offsets @ up) / depth
        return np.stack([x, y], axis=1)

    def ground_pixels(self, street_xy: Floats) -> Floats:
        """Return where points of the road, shape ``(n, 2)``, appear."""
        return self.pixels(np.column_stack([street_xy, np.zeros(len(street_xy))]))

    def _axes(self) -> tuple[Floats, Floats, Floats]:
        ahead = np.array(self.target) - np.array(self.eye)
        ahead = ahead / np.linalg.norm(ahead)
        right = np.cross(ahead, [0.0, 0.0, 1.0])
        right = right / np.linalg.norm(right)
        return right, np.cross(right, ahead), ahead
