"""One camera at work: dated frames through detector and state machines, its memory saved with the events it produced."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.config import CameraTable
from vision.detector import Detector
from vision.events import Sender, curb_events, wire_json
from vision.health import Health, examine, new_health
from vision.observation import BayObservation, Reason, observe, prepare, unseen
from vision.outbox import Outbox
from vision.scene import Scene
from vision.source import Frame, Source, frame_times, frames, open_source
from vision.stays import StayEvent
from vision.watch import Memory, Outcome, dump_memory, end, load_memory, new_memory, refitted, take

SAVE_EVERY_S = 2.0
"""Longest time, on the wall clock, that a memory which produced nothing stays unsaved."""

TICK_S = 5.0
"""Time between two notes that a lost camera still gives nothing."""

SAME_INSTANT_S = 1e-3
"""Instants nearer than this are one: epoch seconds in floating point are exact to a microsecond only."""

DEFAULT_INTERVAL_S = 0.04
"""Time between the passes of a looped file of one frame."""


class Clock:
    """The wall clock, and waiting that a stop ends.

    Parameters
    ----------
    stop
        Set when everything is to end.
    """

    def __init__(self, stop: threading.Event) -> None:
        self.stop = stop

    def now_s(self) -> float:
        """Return the present instant, epoch seconds."""
        return time.time()

    def wait_until(self, at_s: float) -> None:
        """Return at an instant, at once when it is past, or when everything is to end."""
        remaining_s = at_s - self.now_s()
        if remaining_s > 0:
            self.stop.wait(remaining_s)


class Camera:
    """One camera and what it remembers.

    Parameters
    ----------
    table
        Its part of the configuration.
    scene
        Its view.
    sender
        Identity on the wire.
    detector
        Its own detector.
    clock
        The wall clock.
    """

    def __init__(
        self, table: CameraTable, scene: Scene, sender: Sender, detector: Detector, clock: Clock
    ) -> None:
        self.camera_id = table.id
        self._table, self._scene, self._sender = table, scene, sender
        self._detector, self._clock = detector, clock
        self._view = prepare(scene, scene.image_size_wh)
        self._health: Health = new_health()
        self._memory: Memory | None = None
        self._started_s: float | None = None
        self._unsaved_events: list[str] = []
        self._unsaved_stays: list[StayEvent] = []
        self._saved_s = 0.0

    def watch(self, outbox: Outbox) -> None:
        """Look until the source ends or everything is to end; may be called again after an error and then goes on.

        Raises
        ------
        InvalidFile
            When a file or folder cannot be used.
        CameraLost
            When a network camera does not answer or stops.
        OutboxFull
            When nothing can be saved; what was not saved is kept in memory.
        """
        memory = self._remembered(outbox)
        self._save(outbox, memory)
        source = open_source(self._table.source, self._table.fps)
        for at_s, frame in self._dated(source, memory.last_s):
            memory = self._look(memory, at_s, frame, is_live=source.is_live)
            if self._unsaved_events or time.monotonic() - self._saved_s >= SAVE_EVERY_S:
                self._save(outbox, memory)
            if self._clock.stop.is_set():
                break
        if not self._clock.stop.is_set() and not source.is_live:
            memory, outcome = end(memory)
            self._keep(outcome)
        self._save(outbox, memory)

    def miss(self, outbox: Outbox, pause_s: float) -> None:
        """Wait before the next try, and note meanwhile that nothing was seen."""
        until_s = self._clock.now_s() + pause_s
        while not self._clock.stop.is_set() and self._clock.now_s() < until_s:
            memory = self._remembered(outbox)
            now_s = self._clock.now_s()
            if memory.last_s is None or now_s > memory.last_s:
                memory = self._taken(memory, now_s, unseen(self._view, Reason.NO_PICTURE), 0)
                self._save(outbox, memory)
            self._clock.wait_until(min(until_s, now_s + TICK_S))

    def _remembered(self, outbox: Outbox) -> Memory:
        if self._memory is None:
            saved = outbox.saved(self.camera_id)
            if saved is None:
                self._memory = new_memory(self._scene)
            else:
                self._memory = refitted(load_memory(saved), self._scene, int(self._clock.now_s()))
        return self._memory

    def _save(self, outbox: Outbox, memory: Memory) -> None:
        self._memory = memory
        outbox.save(self.camera_id, dump_memory(memory), self._unsaved_events, self._unsaved_stays)
        self._unsaved_events, self._unsaved_stays = [], []
        self._saved_s = time.monotonic()

    def _dated(self, source: Source, last_s: float | None) -> Iterator[tuple[float, Frame]]:
        """Yield frames with their instants: a network camera's as they come, a file's not before their time."""
        if source.is_live:
            for frame in frames(source, self._table.period_s):
                yield self._clock.now_s(), frame
            return
        pass_start_s = self._start_s()
        while not self._clock.stop.is_set():
            after_s = -1.0 if last_s is None else last_s - pass_start_s + SAME_INSTANT_S
            for frame in frames(source, self._table.period_s, after_s):
                self._clock.wait_until(pass_start_s + frame.offset_s)
                if self._clock.stop.is_set():
                    return
                yield pass_start_s + frame.offset_s, frame
            if not self._table.loop:
                return
            pass_start_s += _length_s(source)

    def _start_s(self) -> float:
        if self._started_s is None:
            start_at = self._table.start_at
            self._started_s = start_at.timestamp() if start_at else self._clock.now_s()
        return self._started_s

    def _look(self, memory: Memory, at_s: float, frame: Frame, *, is_live: bool) -> Memory:
        size_wh = (frame.bgr.shape[1], frame.bgr.shape[0])
        if size_wh != self._view.scene.image_size_wh:
            self._view = prepare(self._scene, size_wh)
        bgr = self._masked(frame.bgr)
        luma = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)
        self._health, finding = examine(self._health, luma, at_s, is_live=is_live)
        if finding.reason is not None:
            return self._taken(memory, at_s, unseen(self._view, finding.reason), 0)
        found = self._detector.detect(bgr, self._view.plan)
        return self._taken(memory, at_s, observe(self._view, found), len(found))

    def _taken(
        self, memory: Memory, at_s: float, seen: tuple[BayObservation, ...], vehicles: int
    ) -> Memory:
        memory, outcome = take(memory, at_s, seen, vehicles)
        self._keep(outcome)
        self._memory = memory
        return memory

    def _keep(self, outcome: Outcome) -> None:
        self._unsaved_events += [wire_json(event) for event in curb_events(self._sender, outcome)]
        self._unsaved_stays += outcome.stays

    def _masked(self, bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return masked(bgr, self._table.privacy_mask, self._scene.image_size_wh)


def masked(
    bgr: NDArray[np.uint8],
    polygons: list[list[tuple[float, float]]],
    image_size_wh: tuple[int, int],
) -> NDArray[np.uint8]:
    """Return a frame, shape (height, width, 3), with polygons blackened; they are in pixels of the scene's frame size."""
    if not polygons:
        return bgr
    covered = bgr.copy()
    scale = np.array([bgr.shape[1], bgr.shape[0]]) / np.asarray(image_size_wh)
    for polygon in polygons:
        cv2.fillPoly(covered, [np.round(np.asarray(polygon) * scale).astype(np.int32)], (0, 0, 0))
    return covered


def _length_s(source: Source) -> float:
    """Return the time that one pass of a file takes, its last frame included."""
    times = [offset_s for _, offset_s in frame_times(source)]
    return times[-1] + (times[-1] / (len(times) - 1) if len(times) > 1 else DEFAULT_INTERVAL_S)
