"""Replay: the whole state machine over recorded pictures or recorded detections, giving stays and unseen times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from geo.words import Stay, Unseen
from vision.coverage import Segment
from vision.detector import Detections, Detector
from vision.observation import observe, prepare
from vision.presence import Presence
from vision.scene import Scene
from vision.source import Frame
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


def detected(
    frames: Iterable[Frame], scene: Scene, detector: Detector
) -> Iterator[tuple[float, tuple[int, int], Detections]]:
    """Yield offset in seconds, frame size and detections of each frame."""
    view = prepare(scene, scene.image_size_wh)
    for frame in frames:
        size_wh = (frame.bgr.shape[1], frame.bgr.shape[0])
        if size_wh != view.scene.image_size_wh:
            view = prepare(scene, size_wh)
        yield frame.offset_s, size_wh, detector.detect(frame.bgr, view.plan)


def replay_detections(
    scene: Scene, start_s: float, stream: Iterable[tuple[float, tuple[int, int], Detections]]
) -> Found:
    """Run the state machine over dated detections.

    Parameters
    ----------
    scene
        The view.
    start_s
        Instant of offset 0, epoch seconds.
    stream
        Offset in seconds, frame size in pixels and detections, in order of time.
    """
    view = prepare(scene, scene.image_size_wh)
    memory = new_memory(scene)
    stays: dict[tuple[str, int], Stay] = {}
    unseen: dict[str, list[Segment]] = {bay.bay_id: [] for bay in scene.bays}
    for offset_s, size_wh, found in stream:
        if size_wh != view.scene.image_size_wh:
            view = prepare(scene, size_wh)
        before = memory
        memory, outcome = take(memory, start_s + offset_s, observe(view, found), len(found))
        _keep_stays(stays, outcome)
        _keep_unseen(unseen, before, memory)
    memory, outcome = end(memory)
    _keep_stays(stays, outcome)
    for bay in memory.bays:
        for presence in bay.machine.confirmed:
            stays[bay.machine.bay_id, presence.number] = _stay(
                bay.machine.bay_id, presence, has_left=False
            )
    return Found(
        tuple(sorted(stays.values(), key=lambda stay: (stay.bay_id, stay.arrived_at))),
        tuple(_unseen(bay_id, segment) for bay_id in unseen for segment in unseen[bay_id]),
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
        arrived_at=_instant(presence.first_s),
        departed_at=_instant(presence.last_s) if has_left else None,
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
