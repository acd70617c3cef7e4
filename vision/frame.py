"""One picture in memory, masked at the door: brightness at no cost, colours only when something asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

LUMA_FIRST = frozenset(
    {"yuv420p", "yuv422p", "yuv444p", "yuvj420p", "yuvj422p", "yuvj444p", "nv12", "nv21", "gray"}
)
"""Pixel formats whose first plane is the brightness, one byte a pixel."""

FULL_RANGE = 2
"""FFmpeg's AVCOL_RANGE_JPEG: brightness spans 0..255."""

VIDEO_BLACK, VIDEO_SPAN = 16, 219
"""Least brightness and span of limited-range video (ITU-R BT.709, 8 bits)."""


@dataclass(frozen=True)
class PrivacyMask:
    """Parts of a view that nothing ever looks at."""

    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Corners in pixels of a frame of `image_size_wh`."""
    image_size_wh: tuple[int, int] = (1, 1)

    def blackened(self, pixels: Pixels, *, is_own: bool) -> Pixels:
        """Return pixels, shape (height, width) or (height, width, 3), with the polygons black; copied unless `is_own`."""
        if not self.polygons:
            return pixels
        covered = pixels if is_own else pixels.copy()
        scale = np.array([pixels.shape[1], pixels.shape[0]]) / np.asarray(self.image_size_wh)
        for polygon in self.polygons:
            corners = np.round(np.asarray(polygon) * scale).astype(np.int32)
            cv2.fillPoly(covered, [corners], (0, 0, 0))
        return covered


NO_MASK = PrivacyMask()
"""Hides nothing."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture in memory; it is never written anywhere."""

    name: str
    """File name with extension; the index from 0 for a video."""
    offset_s: float
    """Seconds since the source's first frame."""
    picture: Any
    """What the codec gave: a PyAV frame, or pixels of shape (height, width, 3), blue, green, red. Not masked: look at `bgr` and `luma`."""
    mask: PrivacyMask = NO_MASK
    decode_s: float = 0.0
    """Processor seconds of the reading thread since the frame before."""

    @cached_property
    def bgr(self) -> Pixels:
        """Return the colours, shape (height, width, 3), blue, green, red, 0..255, masked; converted on first use."""
        if isinstance(self.picture, np.ndarray):
            return self.mask.blackened(self.picture, is_own=False)
        colours = np.asarray(self.picture.to_ndarray(format="bgr24"), np.uint8)
        return self.mask.blackened(colours, is_own=True)

    @cached_property
    def luma(self) -> Pixels:
        """Return the brightness, shape (height, width), 0..255, masked; for video the codec's own plane, stretched to the full range."""
        if isinstance(self.picture, np.ndarray) or self.picture.format.name not in LUMA_FIRST:
            return np.asarray(cv2.cvtColor(self.bgr, cv2.COLOR_BGR2GRAY), np.uint8)
        plane = self.picture.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        pixels = rows[: self.picture.height, : self.picture.width]
        if _is_full_range(self.picture):
            return self.mask.blackened(pixels, is_own=False)
        scale = 255 / VIDEO_SPAN
        full = cv2.addWeighted(pixels, scale, pixels, 0, -VIDEO_BLACK * scale)
        return self.mask.blackened(np.asarray(full, np.uint8), is_own=True)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Return width and height in pixels."""
        if isinstance(self.picture, np.ndarray):
            return self.picture.shape[1], self.picture.shape[0]
        return self.picture.width, self.picture.height


def _is_full_range(picture: Any) -> bool:
    name = picture.format.name
    return name.startswith("yuvj") or name == "gray" or int(picture.color_range) == FULL_RANGE
