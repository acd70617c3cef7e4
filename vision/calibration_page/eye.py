"""Looks through a camera: one picture in memory at a time, of now or of a moment of a recording."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from geo.errors import InvalidFile
from vision.frame import PrivacyMask
from vision.source import EARLY_S, Source, frame_times, frames

LATEST_MOMENT_S = 180.0
"""Last moment of a recording that is offered, as reaching it decodes all before it (parameter)."""

SHOWN_WIDTH_PX = 1600
"""Widest picture sent to the page; calibration points are shares of the frame and lose nothing by it (parameter)."""

JPEG_QUALITY = 82
"""Quality of a picture sent to the page, 0..100 (parameter)."""

BLURRED_WIDTH_PX = 160
"""Width of the blurred picture that may be kept: a head at ten metres is then two pixels wide (full HD, 60 degrees)."""

BLUR_SIGMA_PX = 2.0
"""Standard deviation of its blur, in its own pixels: as wide as that head."""


@dataclass(frozen=True)
class Look:
    """One picture in memory."""

    number: int
    """Counts up from 1, so that the page asks for each picture once."""
    offset_s: float
    """Seconds since the recording's start; 0 for a network camera."""
    bgr: NDArray[np.uint8]
    """Shape (height, width, 3)."""

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        return self.bgr.shape[1], self.bgr.shape[0]


def latest_moment_s(source: Source) -> float | None:
    """Return the last moment of a recording that may be looked at, in seconds; None for a network camera."""
    if source.is_live:
        return None
    return min(frame_times(source)[-1][1], LATEST_MOMENT_S)


def look(source: Source, number: int, moment_s: float = 0.0) -> Look:
    """Take a network camera's present picture, or a recording's first one at a moment or later.

    Raises
    ------
    InvalidFile
        When the recording cannot be read or ends before that moment.
    CameraLost
        When the camera does not answer.
    """
    after_s = -1.0 if source.is_live else moment_s - EARLY_S
    for frame in frames(source, after_s=after_s):
        return Look(number, 0.0 if source.is_live else frame.offset_s, frame.bgr)
    raise InvalidFile(
        f"{source.shown} has no picture at {moment_s:.1f} s: wanted an earlier moment"
    )


def jpeg(bgr: NDArray[np.uint8], width_px: int = SHOWN_WIDTH_PX) -> bytes:
    """Return a frame as JPEG bytes, shrunk to a width where it is wider."""
    height, width = bgr.shape[:2]
    if width > width_px:
        size_wh = (width_px, round(height * width_px / width))
        bgr = np.asarray(cv2.resize(bgr, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return data.tobytes()


def blackened(
    bgr: NDArray[np.uint8], mask_px: list[list[tuple[float, float]]]
) -> NDArray[np.uint8]:
    """Return a copy of a frame with polygons, in its own pixels, made black."""
    mask = PrivacyMask(tuple(map(tuple, mask_px)), (bgr.shape[1], bgr.shape[0]))
    return mask.blackened(bgr.copy(), is_own=True)


def blurred_jpeg(bgr: NDArray[np.uint8], mask_px: list[list[tuple[float, float]]]) -> bytes:
    """Return a frame without its masked parts, so small and blurred that it shows a street and nobody in it."""
    height, width = bgr.shape[:2]
    covered = blackened(bgr, mask_px)
    size_wh = (BLURRED_WIDTH_PX, max(1, round(height * BLURRED_WIDTH_PX / width)))
    small = cv2.resize(covered, size_wh, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), BLUR_SIGMA_PX)
    return jpeg(np.asarray(soft, np.uint8))
