"""The one door to pictures: video files, image folders and network cameras, as dated frames in memory."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from geo.errors import CameraLost, InvalidFile

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
"""File name endings of pictures in a folder; anything else in it is passed over."""

DEFAULT_FOLDER_FPS = 1.0
"""Frames a second of an image folder when none is given."""

OPEN_TIMEOUT_S = 10.0
"""Longest wait for a network camera to answer (parameter)."""

READ_TIMEOUT_S = 10.0
"""Longest wait for its next packet (parameter)."""

EARLY_S = 1e-3
"""Rounding allowed at the start of a period."""


@dataclass(frozen=True)
class Frame:
    """One picture in memory; it is never written anywhere."""

    name: str
    """File name with extension; the index from 0 for a video."""
    offset_s: float
    """Seconds since the source's first frame."""
    bgr: NDArray[np.uint8]
    """Shape (height, width, 3), blue, green, red, 0..255."""

    @cached_property
    def luma(self) -> NDArray[np.uint8]:
        """Brightness, shape (height, width), 0..255."""
        return np.asarray(cv2.cvtColor(self.bgr, cv2.COLOR_BGR2GRAY), np.uint8)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.bgr.shape[1], self.bgr.shape[0]


@dataclass(frozen=True)
class Source:
    """Where pictures come from."""

    address: str
    """Path or URL."""
    pictures: tuple[Path, ...] = ()
    """The files of an image folder or list, in natural order; empty for a video or a URL."""
    fps: float | None = None
    """Frames a second where the source has no time of its own."""

    @property
    def shown(self) -> str:
        """The address as it may be logged: of a URL only scheme and host, as the rest may hold a password."""
        if not self.is_live:
            return self.address
        scheme, _, rest = self.address.partition("://")
        return f"{scheme}://{re.split('[/?#]', rest.rpartition('@')[2])[0]}"

    @property
    def is_live(self) -> bool:
        """Tell whether the source is a network camera, whose frames are dated by the clock."""
        return "://" in self.address


def open_source(address: str, fps: float | None = None) -> Source:
    """Describe a source after checking that it exists.

    Raises
    ------
    InvalidFile
        When there is no such file or folder, or the folder holds no picture.
    """
    if "://" in address:
        return Source(address, fps=fps)
    path = Path(address)
    if path.is_dir():
        return open_pictures([path], fps)
    if not path.is_file():
        raise InvalidFile(
            f"{address} does not exist: wanted a video file, a folder of pictures or a URL"
        )
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return open_pictures([path], fps)
    return Source(address, fps=fps)


def open_pictures(paths: Sequence[Path], fps: float | None = None) -> Source:
    """Describe a source of single pictures, given as files and folders."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [file for file in path.iterdir() if file.suffix.lower() in PICTURE_SUFFIXES]
            files += sorted(inside, key=lambda file: natural_key(file.name))
        elif path.is_file():
            files.append(path)
        else:
            raise InvalidFile(f"{path} does not exist: wanted a picture or a folder of pictures")
    if not files:
        raise InvalidFile(
            f"{', '.join(map(str, paths))} holds no picture: wanted files ending in .jpg or .png"
        )
    return Source(str(paths[0]), tuple(files), fps or DEFAULT_FOLDER_FPS)


def frames(source: Source, period_s: float = 0.0, after_s: float = -1.0) -> Iterator[Frame]:
    """Yield a source's frames in order.

    Parameters
    ----------
    source
        What `open_source` returned.
    period_s
        The first frame of each period is taken, the ones between are decoded where the codec needs it, but not converted;
        the choice depends on the offsets alone, so that a resumed source takes the same frames.
    after_s
        Frames up to this offset, included, are passed over.

    Raises
    ------
    InvalidFile
        When a file is no picture or video, or holds none.
    CameraLost
        When a network camera does not answer or stops.
    """
    taken = _bucket(after_s, period_s)
    for name, offset_s, picture in _pictures(source) if source.pictures else _decoded(source):
        bucket = _bucket(offset_s, period_s)
        if offset_s <= after_s or (period_s and bucket <= taken):
            continue
        taken = bucket
        yield Frame(name, offset_s, _bgr(picture))


def frame_times(source: Source) -> list[tuple[str, float]]:
    """Return each frame's name and offset in seconds without decoding; for files and folders only."""
    if source.pictures:
        return [
            (path.name, i / (source.fps or DEFAULT_FOLDER_FPS))
            for i, path in enumerate(source.pictures)
        ]
    with _opened(source) as container:
        stream = _video_stream(container, source)
        times = sorted(
            float(packet.pts * packet.time_base)
            for packet in container.demux(stream)
            if packet.pts is not None
        )
    if not times:
        raise InvalidFile(f"{source.address} holds no picture: wanted a video")
    return [(str(i), i / source.fps if source.fps else t - times[0]) for i, t in enumerate(times)]


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts frame2 before frame10."""
    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.split(r"(\d+)", name)
        if part
    ]


def _bucket(offset_s: float, period_s: float) -> int:
    return math.floor((offset_s + EARLY_S) / period_s) if period_s else 0


def _pictures(source: Source) -> Iterator[tuple[str, float, Path]]:
    for index, path in enumerate(source.pictures):
        yield path.name, index / (source.fps or DEFAULT_FOLDER_FPS), path


def _decoded(source: Source) -> Iterator[tuple[str, float, Any]]:
    with _opened(source) as container:
        stream = _video_stream(container, source)
        stream.thread_type = "AUTO"
        started_s, first_s, index = time.monotonic(), None, 0
        for picture in _decoded_pictures(container, stream, source):
            at_s = picture.time if picture.time is not None else float(index)
            first_s = at_s if first_s is None else first_s
            offset_s = index / source.fps if source.fps else at_s - first_s
            yield str(index), time.monotonic() - started_s if source.is_live else offset_s, picture
            index += 1
    if index == 0:
        raise InvalidFile(f"{source.shown} holds no picture that can be decoded: wanted a video")
    if source.is_live:
        raise CameraLost(f"{source.shown} ended after {index} pictures: wanted an endless stream")


def _decoded_pictures(container: Any, stream: Any, source: Source) -> Iterator[Any]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
            pictures = packet.decode()
        except StopIteration:
            return
        except av.error.InvalidDataError:
            continue  # a damaged packet costs its picture, not the stream; a file of nothing else is refused above
        except (av.error.FFmpegError, OSError) as error:
            raise CameraLost(f"{source.shown} stopped: {_said(error)}") from error
        yield from pictures


def _opened(source: Source) -> Any:
    options = {"rtsp_transport": "tcp"} if source.address.startswith("rtsp") else {}
    try:
        if source.is_live:
            return av.open(
                source.address, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S), options=options
            )
        return av.open(source.address)
    except (av.error.FFmpegError, OSError) as error:
        if source.is_live:
            raise CameraLost(f"{source.shown} does not answer: {_said(error)}") from error
        raise InvalidFile(f"{source.shown} cannot be read as a video: {error}") from error


def _said(error: Any) -> str:
    """Return what went wrong without the address, which FFmpeg repeats with its password."""
    return str(error.strerror or type(error).__name__)


def _video_stream(container: Any, source: Source) -> Any:
    if not container.streams.video:
        raise InvalidFile(f"{source.shown} has no video in it: wanted a video file")
    return container.streams.video[0]


def _bgr(picture: Any) -> NDArray[np.uint8]:
    if not isinstance(picture, Path):
        return np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)
    pixels = cv2.imread(str(picture), cv2.IMREAD_COLOR)
    if pixels is None:
        raise InvalidFile(f"{picture} cannot be read as a picture: wanted JPEG or PNG")
    return np.asarray(pixels, np.uint8)
