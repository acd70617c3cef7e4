"""Replay: the whole state machine over recorded pictures or recorded detections, giving stays and unseen times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from geo.words import Stay, Unseen
from vision.coverage import Segment
from vision.detector import Detections, Detector, at_least
from vision.doubt import doubted
from vision.eye import Eye
from vision.frame import Frame
from vision.health import examine, examine_alone, new_health
from vision.observation import BayObservation, SceneView, observe, unseen
from vision.presence import Presence
from vision.scene import Scene
from vision.stays import Departed
from vision.watch import Memory, Outcome, end, new_memory, take


@dataclass(frozen=True)
class Found:
    """What a replay found."""

    stays: tuple[Stay, ...]
    """In order of bay and arrival; still there where no departure is given."""
    unseen: tuple[Unseen, ...]
    frames: int
    vehicles: int


@dataclass(frozen=True)
class Seen:
    """What one frame of a recording says."""

    offset_s: float
    """Seconds since the recording's first frame."""
    bays: tuple[BayObservation, ...]
    """In the scene's order."""
    vehicles: int
    """Vehicles found, in a bay or not."""


def seen_in_pictures(
    frames: Iterable[Frame], scene: Scene, detector: Detector, start_s: float
) -> Iterator[Seen]:
    """Yield what each frame says, the camera's health and doubt applied; `start_s` is the instant of offset 0, epoch seconds."""
    health, eye = new_health(), Eye(scene)
    for frame in frames:
        health, finding = examine(
            health, frame.luma, start_s + frame.offset_s, is_live=False, scene=scene
        )
        view = eye.view(frame.size_wh, finding.moved)
        if finding.reason is not None:
            yield Seen(frame.offset_s, unseen(view, finding.reason), 0)
            continue
        found = detector.detect(frame.bgr, view.plan)
        bays = doubted(view, frame.luma, found, observe(view, found))
        yield Seen(frame.offset_s, bays, len(found))


def seen_alone(
    view: SceneView, luma: NDArray[np.uint8], found: Detections, threshold: float
) -> tuple[BayObservation, ...]:
    """Return what one frame says by itself, without a history: darkness, blur and doubt applied.

    `found` may hold boxes below the threshold, 0..1: they make no bay occupied, but a free one doubtful.
    """
    reason = examine_alone(luma)
    if reason is not None:
        return unseen(view, reason)
    return doubted(view, luma, found, observe(view, at_least(found, threshold)))


def seen_in_boxes(
    scene: Scene, stream: Iterable[tuple[float, tuple[int, int], Detections]]
) -> Iterator[Seen]:
    """Yield what each frame's detections say: there is no picture to examine or to doubt by.

    Parameters
    ----------
    scene
        The view.
    stream
        Offset in seconds, frame size in pixels and detections, in order of time.
    """
    eye = Eye(scene)
    for offset_s, size_wh, found in stream:
        yield Seen(offset_s, observe(eye.view(size_wh, None), found), len(found))


def replay_detections(
    scene: Scene, start_s: float, stream: Iterable[tuple[float, tuple[int, int], Detections]]
) -> Found:
    """Run the state machine over dated detections (`seen_in_boxes`); `start_s` as in `replayed`."""
    return replayed(scene, start_s, seen_in_boxes(scene, stream))


def replayed(scene: Scene, start_s: float, stream: Iterable[Seen]) -> Found:
    """Run the state machine over what dated frames say.

    Parameters
    ----------
    scene
        The view.
    start_s
        Instant of offset 0, epoch seconds.
    stream
        What each frame says, in order of time.
    """
    memory = new_memory(scene)
    stays: dict[tuple[str, int], Stay] = {}
    unseen_times: dict[str, list[Segment]] = {bay.bay_id: [] for bay in scene.bays}
    for seen in stream:
        before = memory
        memory, outcome = take(memory, start_s + seen.offset_s, seen.bays, seen.vehicles)
        _keep_stays(stays, outcome)
        _keep_unseen(unseen_times, before, memory)
    memory, outcome = end(memory)
    _keep_stays(stays, outcome)
    for bay in memory.bays:
        for presence in bay.machine.confirmed:
            stays[bay.machine.bay_id, presence.number] = _stay(
                bay.machine.bay_id, presence, has_left=False
            )
    return Found(
        tuple(sorted(stays.values(), key=lambda stay: (stay.bay_id, stay.arrived_at))),
        tuple(
            _unseen(bay_id, segment) for bay_id in unseen_times for segment in unseen_times[bay_id]
        ),
        memory.frames,
        memory.vehicles,
    )


def _keep_stays(stays: dict[tuple[str, int], Stay], outcome: Outcome) -> None:
    for event in outcome.stays:
        has_left = isinstance(event, Departed)
        stays[event.bay_id, event.presence.number] = _stay(
            event.bay_id, event.presence, has_left=has_left
        )


def _keep_unseen(unseen: dict[str, list[Segment]], before: Memory, after: Memory) -> None:
    """Enter the newest unseen time of each bay, joined to the one before where they touch."""
    if before.last_s is None or after.last_s is None:
        return
    for bay in after.bays:
        reason = bay.ledger.segments[-1].reason if bay.ledger.segments else ""
        if not reason:
            continue
        known = unseen[bay.machine.bay_id]
        new = Segment(before.last_s, after.last_s, reason)
        if known and known[-1].to_s == new.from_s and known[-1].reason == reason:
            new = Segment(known.pop().from_s, new.to_s, reason)
        known.append(new)


def _stay(bay_id: str, presence: Presence, *, has_left: bool) -> Stay:
    return Stay(
        bay_id=bay_id,
        vehicle_class=presence.vehicle_class,
        arrived_at=_instant(presence.arrived_s),
        departed_at=_instant(presence.departed_s) if has_left else None,
        arrival_uncertainty_s=presence.arrival_uncertainty_s,
        departure_uncertainty_s=presence.departure_uncertainty_s if has_left else None,
        class_confidence=presence.class_confidence,
    )


def _unseen(bay_id: str, segment: Segment) -> Unseen:
    return Unseen(
        bay_id=bay_id,
        from_at=_instant(segment.from_s),
        to_at=_instant(segment.to_s),
        reason=segment.reason,
    )


def _instant(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s, UTC)
