"""The one door to PyAV: video files and network streams as pictures with times, all of them or the keyframes alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import av
import av.error

from geo.errors import CameraLost, InvalidFile

OPEN_TIMEOUT_S = 10.0
"""Longest wait for a network camera to answer (parameter)."""

READ_TIMEOUT_S = 10.0
"""Longest wait for its next packet (parameter)."""

INTERVALS = 3
"""Intervals between keyframes that are measured before a stream is trusted to keep them."""

SPREAD_S = 0.05
"""Rounding of a stream's times: an interval of two seconds still fits a period of two seconds."""

ALL, KEYFRAMES, AUTO = "all", "keyframes", "auto"
"""What is decoded: every picture, the keyframes alone, or these where they come often enough for the period."""


@dataclass(frozen=True)
class Video:
    """A video file or network stream."""

    address: str
    shown: str
    """The address without a password."""
    is_live: bool
    fps: float | None = None
    """Frames a second that replace the file's own times."""


@dataclass
class Cadence:
    """How often keyframes come, as measured on the packets that went by."""

    period_s: float
    last_s: float | None = None
    intervals_s: list[float] = field(default_factory=list)

    def note(self, at_s: float) -> None:
        """Enter a keyframe at a time of the stream."""
        if self.last_s is not None:
            self.intervals_s = [*self.intervals_s, at_s - self.last_s][-INTERVALS:]
        self.last_s = at_s

    @property
    def is_enough(self) -> bool:
        """Tell whether keyframes alone give a picture in each period."""
        measured = len(self.intervals_s) == INTERVALS
        return measured and max(self.intervals_s) <= self.period_s + SPREAD_S


def pictures(
    video: Video, decode: str = ALL, period_s: float = 0.0
) -> Iterator[tuple[int, float, Any]]:
    """Yield number, time and picture; the number counts packets where keyframes alone are decoded.

    Times are seconds since the first picture: a file's own, a live stream's by the clock.

    Raises
    ------
    InvalidFile
        When a file is no video or holds no picture.
    CameraLost
        When a stream does not answer or ends.
    """
    if decode == AUTO and not video.is_live:
        decode = KEYFRAMES if _keyframes_are_enough(video, period_s) else ALL
    number = -1
    with _opened(video) as container:
        stream = _video_stream(container, video)
        if video.is_live or decode != ALL:
            stream.codec_context.thread_count = 1
        else:
            stream.thread_type = "AUTO"
        started_s, first_s = time.monotonic(), None
        for number, at_s, picture in _decoded(container, stream, video, decode, period_s):
            own_s = float(number) if at_s is None else at_s
            first_s = own_s if first_s is None else first_s
            file_s = number / video.fps if video.fps else own_s - first_s
            yield number, time.monotonic() - started_s if video.is_live else file_s, picture
    if number < 0:
        raise InvalidFile(f"{video.shown} holds no picture that can be decoded: wanted a video")
    if video.is_live:
        raise CameraLost(
            f"{video.shown} ended after {number + 1} pictures: wanted an endless stream"
        )


def packet_times(video: Video) -> list[float]:
    """Return the time of each picture of a file since the first, in order, without decoding."""
    with _opened(video) as container:
        stream = _video_stream(container, video)
        times = sorted(
            _seconds(packet) for packet in container.demux(stream) if packet.pts is not None
        )
    if not times:
        raise InvalidFile(f"{video.shown} holds no picture: wanted a video")
    return [i / video.fps if video.fps else at_s - times[0] for i, at_s in enumerate(times)]


def _keyframes_are_enough(video: Video, period_s: float) -> bool:
    """Look at the beginning of a file, so that the answer does not depend on where reading takes up."""
    cadence = Cadence(period_s)
    with _opened(video) as container:
        stream = _video_stream(container, video)
        for packet in container.demux(stream):
            if packet.pts is not None and packet.is_keyframe:
                cadence.note(_seconds(packet))
            if len(cadence.intervals_s) == INTERVALS:
                break
    return cadence.is_enough and not video.fps


def _decoded(
    container: Any, stream: Any, video: Video, decode: str, period_s: float
) -> Iterator[tuple[int, float | None, Any]]:
    """Yield number, the stream's own time and picture, packet by packet; a stream on `AUTO` goes over to keyframes, and back, at a keyframe."""
    cadence = Cadence(period_s)
    only_keyframes = decode == KEYFRAMES
    number = 0
    for packets, packet in enumerate(_packets(container, stream, video)):
        if packet.is_keyframe and packet.pts is not None and decode == AUTO:
            cadence.note(_seconds(packet))
            if cadence.is_enough != only_keyframes:
                stream.codec_context.flush_buffers()
            only_keyframes = cadence.is_enough
        if only_keyframes:
            for picture in _keyframe(stream, packet, video):
                yield packets, _seconds(packet), picture
            continue
        for picture in _whole(packet, video):
            yield number, picture.time, picture
            number += 1


def _packets(container: Any, stream: Any, video: Video) -> Iterator[Any]:
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except av.error.InvalidDataError:
            continue  # a damaged packet costs its picture, not the stream
        except (av.error.FFmpegError, OSError) as error:
            raise _stopped(video, error) from error
        yield packet


def _whole(packet: Any, video: Video) -> list[Any]:
    try:
        return list(packet.decode())
    except av.error.InvalidDataError:
        return []  # as above; a file of nothing else is refused at its end
    except (av.error.FFmpegError, OSError) as error:
        raise _stopped(video, error) from error


def _keyframe(stream: Any, packet: Any, video: Video) -> list[Any]:
    """Decode a keyframe at once: the decoder is drained after it and so neither waits for the next nor keeps references."""
    if not packet.is_keyframe or packet.size == 0 or packet.pts is None:
        return []
    codec = stream.codec_context
    try:
        return [*codec.decode(packet), *codec.decode(None)]
    except av.error.InvalidDataError:
        return []
    except (av.error.FFmpegError, OSError) as error:
        raise _stopped(video, error) from error
    finally:
        codec.flush_buffers()


def _stopped(video: Video, error: Any) -> CameraLost:
    return CameraLost(f"{video.shown} stopped: {_said(error)}")


def _opened(video: Video) -> Any:
    options = {"rtsp_transport": "tcp"} if video.address.startswith("rtsp") else {}
    try:
        if video.is_live:
            return av.open(video.address, timeout=(OPEN_TIMEOUT_S, READ_TIMEOUT_S), options=options)
        return av.open(video.address)
    except (av.error.FFmpegError, OSError) as error:
        if video.is_live:
            raise CameraLost(f"{video.shown} does not answer: {_said(error)}") from error
        raise InvalidFile(f"{video.shown} cannot be read as a video: {error}") from error


def _said(error: Any) -> str:
    """Return what went wrong without the address, which FFmpeg repeats with its password."""
    return str(error.strerror or type(error).__name__)


def _video_stream(container: Any, video: Video) -> Any:
    if not container.streams.video:
        raise InvalidFile(f"{video.shown} has no video in it: wanted a video file")
    return container.streams.video[0]


def _seconds(packet: Any) -> float:
    return float(packet.pts * packet.time_base)
