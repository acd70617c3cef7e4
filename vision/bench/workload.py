"""Workloads for the bench: a long quiet street as 1080p25 video, of whose keyframes a known share shows a change."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

SIZE_WH = (1920, 1080)

FPS = 25

KEYFRAME_S = 2
"""Time between two keyframes."""

CLIP_S = 60
"""Length of the loop."""

CHANGED_EVERY = 5
"""One keyframe in so many shows a change against the one before: 20 %."""


def write_clip(
    path: Path,
    picture_bgr: NDArray[np.uint8],
    patch_xyxy: tuple[int, int, int, int],
    clip_s: int = CLIP_S,
) -> None:
    """Encode a street that stands still but for a patch, which changes its place every fifth keyframe.

    Parameters
    ----------
    path
        MP4 file to write, H.264 with a keyframe each two seconds.
    picture_bgr
        The street, shape (height, width, 3), blue, green, red; stretched to 1080p.
    patch_xyxy
        Left, top, right, bottom in pixels of the 1080p frame: what moves, by half its width to the right and back.
    clip_s
        Length in seconds.
    """
    street = np.asarray(cv2.resize(picture_bgr, SIZE_WH), np.uint8)
    looks = [street, _moved(street, patch_xyxy)]
    per_turn = FPS * KEYFRAME_S * CHANGED_EVERY
    encode(path, (looks[n // per_turn % len(looks)] for n in range(clip_s * FPS)), clip_s * FPS)


def encode(path: Path, pictures_bgr: Iterable[NDArray[np.uint8]], count: int) -> None:
    """Encode the first pictures, shape (1080, 1920, 3), as 1080p25, H.264 with a keyframe each two seconds."""
    keyframes = FPS * KEYFRAME_S
    options = {"g": str(keyframes), "keyint_min": str(keyframes), "sc_threshold": "0"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=FPS, options={**options, "preset": "veryfast"}
        )
        stream.width, stream.height, stream.pix_fmt = (*SIZE_WH, "yuv420p")
        for picture in islice(pictures_bgr, count):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))


def _moved(street: NDArray[np.uint8], patch_xyxy: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    x0, y0, x1, y1 = patch_xyxy
    shift = (x1 - x0) // 2
    moved = street.copy()
    moved[y0:y1, x0 + shift : x1 + shift] = street[y0:y1, x0:x1]
    return moved
