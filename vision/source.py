"""Where pictures come from: video files, image folders and cameras, as dated frames in memory, masked at the door."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from geo.errors import InvalidFile
from vision.frame import NO_MASK, Frame, Pixels, PrivacyMask
from vision.picture_times import taken_at
from vision.snapshots import snapshots
from vision.v4l2 import captured
from vision.video import ALL, Video, packet_times, pictures

__all__ = [
    "Frame",
    "Source",
    "frame_times",
    "frames",
    "natural_key",
    "open_pictures",
    "open_source",
]

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
"""File name endings of pictures in a folder; anything else in it is passed over."""

DEFAULT_FOLDER_FPS = 1.0
"""Frames a second of an image folder when none is given."""

EARLY_S = 1e-3
"""Rounding allowed at the start of a period."""

JITTER_SHARE = 0.1
"""Share of a period by which a camera's frame may come early: keyframes each two seconds arrive some milliseconds off (assumption)."""

STREAM, SNAPSHOT = "stream", "snapshot"
"""What answers at an HTTP address: an endless stream, or one picture a request."""

DEVICE_FOLDER = "/dev/"
"""Where V4L2 cameras lie."""

NEVER = threading.Event()
"""For sources that nobody stops."""


@dataclass(frozen=True)
class Source:
    """Where pictures come from."""

    address: str
    """Path or URL."""
    pictures: tuple[Path, ...] = ()
    """The files of an image folder or list, in natural order; empty for a video or a camera."""
    fps: float | None = None
    """Frames a second where the source has no time of its own."""
    offsets_s: tuple[float, ...] = ()
    """Seconds of each picture since the first; empty where `fps` decides."""
    start_at: datetime | None = None
    """Instant of the first picture where the source knows it."""
    mask: PrivacyMask = NO_MASK
    """Blackened in every frame."""
    kind: str = STREAM
    """Whether an HTTP address gives a stream or one picture a request."""

    @property
    def shown(self) -> str:
        """The address as it may be logged: of a URL only scheme and host, as the rest may hold a password."""
        if "://" not in self.address:
            return self.address
        scheme, _, rest = self.address.partition("://")
        return f"{scheme}://{re.split('[/?#]', rest.rpartition('@')[2])[0]}"

    @property
    def is_device(self) -> bool:
        """Tell whether the source is a camera at the device's own bus."""
        return self.address.startswith(DEVICE_FOLDER)

    @property
    def is_live(self) -> bool:
        """Tell whether the source is a camera, whose frames are dated by the clock."""
        return "://" in self.address or self.is_device

    def offset_s(self, index: int) -> float:
        """Return the seconds since the first of a picture in a folder."""
        return self.offsets_s[index] if self.offsets_s else index / (self.fps or DEFAULT_FOLDER_FPS)


def open_source(
    address: str,
    fps: float | None = None,
    *,
    mask: PrivacyMask = NO_MASK,
    kind: str = "",
    times: str = "",
    zone: tzinfo = UTC,
) -> Source:
    """Describe a source after checking that it exists.

    Parameters
    ----------
    address
        Path or URL.
    fps
        Frames a second where the source has no time of its own.
    mask
        Blackened in every frame.
    kind
        `stream` or `snapshot`; empty: an HTTP address that ends like a picture's name is a snapshot.
    times, zone
        How pictures of a folder are dated, see `vision.picture_times.taken_at`; empty: by `fps`.

    Raises
    ------
    InvalidFile
        When there is no such file or folder, the folder holds no picture, or a picture no time.
    """
    if "://" in address or address.startswith(DEVICE_FOLDER):
        return Source(address, fps=fps, mask=mask, kind=kind or _kind(address))
    path = Path(address)
    if path.is_dir() or path.suffix.lower() in PICTURE_SUFFIXES:
        return replace(_dated(open_pictures([path], fps), times, zone), mask=mask)
    if not path.is_file():
        raise InvalidFile(
            f"{address} does not exist: wanted a video file, a folder of pictures or a URL"
        )
    return Source(address, fps=fps, mask=mask)


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


def frames(
    source: Source,
    period_s: float = 0.0,
    after_s: float = -1.0,
    *,
    decode: str = ALL,
    stop: threading.Event = NEVER,
) -> Iterator[Frame]:
    """Yield a source's frames in order.

    Parameters
    ----------
    source
        What `open_source` returned.
    period_s
        The first frame of each period is taken, the ones between are decoded where the codec needs it, but not converted;
        of a file the choice depends on the offsets alone, so that a resumed source takes the same frames; of a camera the
        next frame is taken a period after the last, less a tenth, as networks jitter.
    after_s
        Frames up to this offset, included, are passed over.
    decode
        Which pictures of a video are decoded: `all`, `keyframes`, or `auto`, that is keyframes where they come at least
        once a period.
    stop
        Ends waiting between snapshots.

    Raises
    ------
    InvalidFile
        When a file is no picture or video, or holds none.
    CameraLost
        When a camera does not answer or stops.
    """
    taken_s = after_s
    is_due = _is_late_enough if source.is_live else _is_in_a_later_period
    began_s = time.thread_time()
    for name, offset_s, picture in _pictures(source, period_s, decode, stop):
        if offset_s <= after_s or (period_s and not is_due(taken_s, offset_s, period_s)):
            continue
        taken_s = offset_s
        pixels = _read(picture) if isinstance(picture, Path) else picture
        yield Frame(name, offset_s, pixels, source.mask, time.thread_time() - began_s)
        began_s = time.thread_time()


def frame_times(source: Source) -> list[tuple[str, float]]:
    """Return each frame's name and offset in seconds without decoding; for files and folders only."""
    if source.pictures:
        return [(path.name, source.offset_s(i)) for i, path in enumerate(source.pictures)]
    return [(str(i), at_s) for i, at_s in enumerate(packet_times(_video(source)))]


def natural_key(name: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts frame2 before frame10."""
    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.split(r"(\d+)", name)
        if part
    ]


def _is_in_a_later_period(taken_s: float, offset_s: float, period_s: float) -> bool:
    """Tell by the offsets alone whether a file's frame is the first of its period."""
    now, before = (math.floor((at_s + EARLY_S) / period_s) for at_s in (offset_s, taken_s))
    return now > before


def _is_late_enough(taken_s: float, offset_s: float, period_s: float) -> bool:
    """Tell whether a camera's frame comes a period after the last one taken, but for what the network makes of its time."""
    return taken_s < 0 or offset_s - taken_s >= period_s * (1 - JITTER_SHARE)


def _kind(address: str) -> str:
    scheme, _, rest = address.partition("://")
    ending = Path(re.split("[?#]", rest)[0]).suffix.lower()
    return SNAPSHOT if scheme.startswith("http") and ending in PICTURE_SUFFIXES else STREAM


def _dated(source: Source, times: str, zone: tzinfo) -> Source:
    if not times:
        return source
    instants = taken_at(source.pictures, times, zone)
    offsets_s = tuple((at - instants[0]).total_seconds() for at in instants)
    return replace(source, offsets_s=offsets_s, start_at=instants[0])


def _pictures(
    source: Source, period_s: float, decode: str, stop: threading.Event
) -> Iterator[tuple[str, float, Any]]:
    for index, path in enumerate(source.pictures):
        yield path.name, source.offset_s(index), path
    if source.pictures:
        return
    if source.kind == SNAPSHOT:
        found = snapshots(source.address, source.shown, period_s, stop)
    elif source.is_device:
        found = captured(source.address, stop)
    else:
        found = pictures(_video(source), decode, period_s)
    for number, offset_s, picture in found:
        yield str(number), offset_s, picture


def _video(source: Source) -> Video:
    return Video(source.address, source.shown, source.is_live, source.fps)


def _read(path: Path) -> Pixels:
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise InvalidFile(f"{path} cannot be read as a picture: wanted JPEG or PNG")
    return np.asarray(pixels, np.uint8)
