"""The one door to OpenCV's capture: cameras at the device's own bus (V4L2), which PyAV's build cannot read."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import cv2
import numpy as np

from geo.errors import CameraLost
from vision.frame import Pixels


def captured(path: str, stop: threading.Event) -> Iterator[tuple[int, float, Pixels]]:
    """Yield number, seconds since the first picture and pixels, shape (height, width, 3), until told to stop.

    Raises
    ------
    CameraLost
        When the device cannot be opened or gives nothing.
    """
    capture = cv2.VideoCapture(path, cv2.CAP_V4L2)
    try:
        if not capture.isOpened():
            raise CameraLost(f"{path} cannot be opened: wanted a V4L2 camera")
        started_s, number = time.monotonic(), 0
        while not stop.is_set():
            is_read, pixels = capture.read()
            if not is_read:
                raise CameraLost(
                    f"{path} stopped after {number} pictures: wanted an endless stream"
                )
            yield number, time.monotonic() - started_s, np.asarray(pixels, np.uint8)
            number += 1
    finally:
        capture.release()
