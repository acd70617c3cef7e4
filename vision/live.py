"""Live cameras: a thread of its own reads, the newest frame wins, an old one is dropped, and silence ends the wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from geo.errors import CameraLost
from vision.frame import Frame
from vision.source import Source, frames
from vision.tally import Tally

STOP_CHECK_S = 0.25
"""Time between two looks at whether everything is to end."""


@dataclass(frozen=True)
class Patience:
    """How long a live camera is waited for."""

    stale_s: float
    """Age from which a frame is dropped."""
    silent_s: float
    """Time without a frame after which reading starts again."""


class _Newest:
    """The newest frame, or why there is none any more."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: tuple[float, Frame] | None = None
        self._error: Exception | None = None
        self.is_unwanted = threading.Event()

    def put(self, at_s: float, frame: Frame) -> bool:
        """Put a frame in the place of one not yet taken; tell whether there was one."""
        with self._changed:
            was_waiting, self._frame = self._frame is not None, (at_s, frame)
            self._changed.notify()
        return was_waiting

    def fail(self, error: Exception) -> None:
        """Say that no further frame comes."""
        with self._changed:
            self._error = error
            self._changed.notify()

    def take(self, timeout_s: float) -> tuple[float, Frame] | None:
        """Return the newest frame, once; None when none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame or self._error, timeout_s)
            taken, self._frame = self._frame, None
            if taken is None and self._error is not None:
                raise self._error
            return taken


def newest_frames(
    source: Source,
    read: Callable[[threading.Event], Iterator[Frame]],
    patience: Patience,
    stop: threading.Event,
    tally: Tally,
) -> Iterator[tuple[float, Frame]]:
    """Yield a camera's frames with the instant at which each came, in epoch seconds, until told to stop.

    While the caller looks at one frame, later ones replace each other: none waits in a queue.

    Parameters
    ----------
    source
        The camera; named in errors.
    read
        Begins to read it; its event ends waiting between snapshots.
    patience
        How long frames and silence are borne.
    stop
        Ends everything.
    tally
        Where dropped frames are counted.

    Raises
    ------
    CameraLost
        When the camera does not answer, stops, or gives nothing for `patience.silent_s`. A reading that hangs is left
        behind: it ends by itself when its time-out comes.
    """
    newest = _Newest()
    threading.Thread(
        target=_read, args=(read, newest, tally), name=f"reader {source.shown}", daemon=True
    ).start()
    heard_s = time.monotonic()
    try:
        while not stop.is_set():
            taken = newest.take(STOP_CHECK_S)
            if taken is None:
                if time.monotonic() - heard_s >= patience.silent_s:
                    raise CameraLost(
                        f"{source.shown} gave nothing for {patience.silent_s:g} s: reading starts again"
                    )
                continue
            heard_s = time.monotonic()
            if time.time() - taken[0] > patience.stale_s:
                tally.stale += 1
                continue
            yield taken
            del taken
    finally:
        newest.is_unwanted.set()


def newest_of(
    source: Source, period_s: float, decode: str
) -> Callable[[threading.Event], Iterator[Frame]]:
    """Return what begins to read a source, for `newest_frames`."""
    return lambda stop: frames(source, period_s, decode=decode, stop=stop)


def _read(
    read: Callable[[threading.Event], Iterator[Frame]], newest: _Newest, tally: Tally
) -> None:
    try:
        for frame in read(newest.is_unwanted):
            if newest.is_unwanted.is_set():
                return
            tally.stale += newest.put(time.time(), frame)
    except Exception as error:  # noqa: BLE001 - handed to the camera's loop, which logs and counts it
        newest.fail(error)
        return
    newest.fail(CameraLost("the camera's stream ended: wanted an endless one"))
