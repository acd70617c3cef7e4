"""One camera at work: dated frames through the eye and the state machines, its memory saved with the events it produced."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Protocol

from vision.config import CameraTable
from vision.detector import Detector
from vision.events import Sender, curb_events, wire_json
from vision.frame import Frame
from vision.gate import is_settled
from vision.live import Patience, newest_frames, newest_of
from vision.look import Looker
from vision.observation import BayObservation, Reason, unseen
from vision.scene import Scene, mask_of
from vision.source import Source, frame_times, frames, open_source
from vision.stays import StayEvent
from vision.tally import ENDED, WATCHING, Tally
from vision.watch import Memory, Outcome, dump_memory, end, load_memory, new_memory, refitted, take

SAVE_EVERY_S = 2.0
"""Longest time, on the wall clock, that a memory which produced nothing stays unsaved."""

TICK_S = 5.0
"""Time between two notes that a lost camera still gives nothing."""

SAME_INSTANT_S = 1e-3
"""Instants nearer than this are one: epoch seconds in floating point are exact to a microsecond only."""

DEFAULT_INTERVAL_S = 0.04
"""Time between the passes of a looped file of one frame."""


class Store(Protocol):
    """Where a camera saves: the outbox, or the journal that writes it for all cameras."""

    def save(
        self,
        camera_id: str,
        memory: bytes,
        events: Sequence[str] = (),
        stays: Sequence[StayEvent] = (),
        health: bytes = b"",
    ) -> None:
        """Save a camera's memory and health with the events and stays since the last saving: all or nothing."""

    def saved(self, camera_id: str) -> bytes | None:
        """Return a camera's saved memory; None where there is none."""

    def saved_health(self, camera_id: str) -> bytes | None:
        """Return a camera's saved health; None where there is none."""


class Probe(Protocol):
    """What wants to know of each observation: a measurement."""

    def looked(self, camera_id: str, due_s: float, done_s: float, *, was_inferred: bool) -> None:
        """Take note of an observation that was due, and done with what it saved, at instants in epoch seconds."""


class NoProbe:
    """Takes note of nothing."""

    def looked(self, camera_id: str, due_s: float, done_s: float, *, was_inferred: bool) -> None:
        """Do nothing."""


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


@dataclass(frozen=True)
class Surroundings:
    """What a camera shares with the others."""

    probe: Probe = field(default_factory=NoProbe)
    zone: tzinfo = UTC
    """Zone of times in file names that name no offset."""


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
        What finds vehicles.
    clock
        The wall clock.
    around
        What it shares with others.
    """

    def __init__(  # noqa: PLR0917 - one camera has these parts
        self,
        table: CameraTable,
        scene: Scene,
        sender: Sender,
        detector: Detector,
        clock: Clock,
        around: Surroundings | None = None,
    ) -> None:
        self.camera_id = table.id
        self.tally = Tally()
        self._table, self._scene, self._sender = table, scene, sender
        self._clock, self._around = clock, around or Surroundings()
        self._looker = Looker(scene, detector, self.tally, table.forced_look_s)
        self._memory: Memory | None = None
        self._started_s: float | None = None
        self._unsaved_events: list[str] = []
        self._unsaved_stays: list[StayEvent] = []
        self._saved_s = 0.0

    def watch(self, store: Store) -> None:
        """Look until the source ends or everything is to end; may be called again after an error and then goes on.

        Raises
        ------
        InvalidFile
            When a file or folder cannot be used.
        CameraLost
            When a camera does not answer, stops or gives nothing.
        OutboxFull
            When nothing can be saved; what was not saved is kept in memory.
        """
        memory = self._remembered(store)
        self._save(store, memory)
        source = self._source()
        for at_s, frame in self._dated(source, memory.last_s):
            memory, was_inferred = self._look(memory, at_s, frame, is_live=source.is_live)
            del frame  # its colours are six megabytes: with many cameras they must not wait for the next frame
            if self._unsaved_events or time.monotonic() - self._saved_s >= SAVE_EVERY_S:
                self._save(store, memory)
            self._around.probe.looked(
                self.camera_id, at_s, self._clock.now_s(), was_inferred=was_inferred
            )
            if self._clock.stop.is_set():
                break
        if not self._clock.stop.is_set() and not source.is_live:
            memory, outcome = end(memory)
            self._keep(outcome)
            self.tally.state = ENDED
        self._save(store, memory)

    def miss(self, store: Store, pause_s: float) -> None:
        """Wait before the next try, and note meanwhile that nothing was seen."""
        until_s = self._clock.now_s() + pause_s
        while not self._clock.stop.is_set() and self._clock.now_s() < until_s:
            memory = self._remembered(store)
            now_s = self._clock.now_s()
            if memory.last_s is None or now_s > memory.last_s:
                nothing = unseen(self._looker.view, Reason.NO_PICTURE)
                memory = self._taken(memory, now_s, nothing, 0)
                self._save(store, memory)
            self._clock.wait_until(min(until_s, now_s + TICK_S))

    def _source(self) -> Source:
        return open_source(
            self._table.source,
            self._table.fps,
            mask=mask_of(self._scene, *map(tuple, self._table.privacy_mask)),
            kind=self._table.kind,
            times=self._table.times,
            zone=self._around.zone,
        )

    def _remembered(self, store: Store) -> Memory:
        if self._memory is None:
            saved = store.saved(self.camera_id)
            if saved is None:
                self._memory = new_memory(self._scene)
            else:
                self._memory = refitted(load_memory(saved), self._scene, int(self._clock.now_s()))
                self._looker.restore(store.saved_health(self.camera_id) or b"")
        return self._memory

    def _save(self, store: Store, memory: Memory) -> None:
        self._memory = memory
        store.save(
            self.camera_id,
            dump_memory(memory),
            self._unsaved_events,
            self._unsaved_stays,
            self._looker.health_to_save(),
        )
        self._unsaved_events, self._unsaved_stays = [], []
        self._saved_s = time.monotonic()

    def _dated(self, source: Source, last_s: float | None) -> Iterator[tuple[float, Frame]]:
        """Yield frames with their instants: a camera's as they come, a file's not before their time."""
        if source.is_live:
            patience = Patience(self._table.stale_s, self._table.watchdog_s)
            read = newest_of(source, self._table.period_s, self._table.decode)
            yield from newest_frames(source, read, patience, self._clock.stop, self.tally)
            return
        pass_start_s = self._start_s(source)
        length_s = _length_s(source) if self._table.loop else 0.0
        while not self._clock.stop.is_set():
            after_s = -1.0 if last_s is None else last_s - pass_start_s + SAME_INSTANT_S
            for frame in frames(source, self._table.period_s, after_s, decode=self._table.decode):
                self._clock.wait_until(pass_start_s + frame.offset_s)
                if self._clock.stop.is_set():
                    return
                yield pass_start_s + frame.offset_s, frame
                del frame
            if not self._table.loop:
                return
            pass_start_s += length_s

    def _start_s(self, source: Source) -> float:
        if self._started_s is None:
            start_at = self._table.start_at or source.start_at
            self._started_s = start_at.timestamp() if start_at else self._clock.now_s()
        return self._started_s

    def _look(
        self, memory: Memory, at_s: float, frame: Frame, *, is_live: bool
    ) -> tuple[Memory, bool]:
        self.tally.state, self.tally.last_frame_s = WATCHING, at_s
        self.tally.frames += 1
        self.tally.decode_s += frame.decode_s
        look = self._looker.look(frame, at_s, is_live=is_live, is_settled=is_settled(memory))
        return self._taken(memory, at_s, look.seen, look.vehicles), look.was_inferred

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


def _length_s(source: Source) -> float:
    """Return the time that one pass of a file takes, its last frame included."""
    times = [offset_s for _, offset_s in frame_times(source)]
    return times[-1] + (times[-1] / (len(times) - 1) if len(times) > 1 else DEFAULT_INTERVAL_S)
