"""What one frame says about each bay: free, occupied or unknown with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geo.words import VEHICLE_CLASSES, VehicleClass
from vision.assignment import Placement, place_vehicles
from vision.bay_view import BayView, view_bays
from vision.crops import CropPlan, plan_crops
from vision.detector import Detections
from vision.footprint import footprints
from vision.ground import Footprints
from vision.scene import Scene, scaled
from vision.vehicle_class import class_scores

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class BayState(StrEnum):
    """What one frame says."""

    FREE = "free"
    OCCUPIED = "occupied"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a bay is unknown."""

    HIDDEN = "hidden"
    TOO_SMALL = "too_small"
    OUTSIDE = "outside"
    DARK = "dark"
    FROZEN = "frozen"
    BLURRED = "blurred"
    BLOCKED = "blocked"
    SHIFTED = "shifted"
    UNSURE = "unsure"
    NO_PICTURE = "no_picture"
    STARTING = "starting"


@dataclass(frozen=True)
class Sighting:
    """One vehicle seen in a bay in one frame."""

    along: float
    """Its centre along the bay, 0..1."""
    length: float
    """Its length over the bay's."""
    score: float
    """The detector's score, 0..1."""
    class_scores: tuple[float, ...]
    """Probability of each class, in the order of `geo.words.VEHICLE_CLASSES`."""
    box_xyxy: Box
    """Its box in 0..1 of the frame: only to tell a standing vehicle from a moving one; never leaves the device."""
    class_log: tuple[float, ...] = ()
    """Log-likelihood of this look under each class, in the same order, without a prior; empty where nobody measured it."""


@dataclass(frozen=True)
class Beside:
    """One vehicle that stands, or drives past, in the lane beside a bay in one frame."""

    along: float
    """Its centre along the bay, 0..1."""
    box_xyxy: Box
    """Its box in 0..1 of the frame: to tell a standing vehicle from a moving one; never leaves the device."""
    class_scores: tuple[float, ...]
    """Probability of each class, in the order of `geo.words.VEHICLE_CLASSES`."""


@dataclass(frozen=True)
class BayObservation:
    """One bay in one frame."""

    bay_id: str
    state: BayState
    sightings: tuple[Sighting, ...] = ()
    hidden: tuple[bool, ...] = ()
    """For each place of the bay, in order along it."""
    seen_share: float = 1.0
    """Share of the bay that could be seen, 0..1."""
    reason: str = ""
    """Why the state is unknown; empty otherwise."""
    before: tuple[Box, ...] = ()
    """Boxes, in 0..1 of the frame, of vehicles that stand before the bay and not in it."""
    beside: tuple[Beside, ...] = ()
    """Vehicles in the lane beside the bay, in order along it: double-parked where they stay."""
    occupied_m: float | None = None
    """Metres of the bay's length under vehicles; None without metres or where the state is unknown."""
    largest_gap_m: float | None = None
    """Longest stretch of the bay, metres, that is seen and under no vehicle; None as above."""

    @property
    def double_parked(self) -> int:
        """Return how many vehicles stand beside the bay: one frame does not tell them from those that drive past."""
        return len(self.beside)

    @property
    def confidence(self) -> float:
        """Return the best score of a vehicle, or for a free bay the share of it that was seen; 0 when unknown."""
        if self.state is BayState.OCCUPIED:
            return max(sighting.score for sighting in self.sightings)
        return self.seen_share if self.state is BayState.FREE else 0.0

    @property
    def vehicle_class(self) -> VehicleClass | None:
        """Return the likeliest class of the surest vehicle; None when there is none."""
        if not self.sightings:
            return None
        surest = max(self.sightings, key=lambda sighting: sighting.score)
        return VEHICLE_CLASSES[int(np.argmax(surest.class_scores))]


@dataclass(frozen=True)
class SceneView:
    """A scene prepared for frames of one size."""

    scene: Scene
    views: tuple[BayView, ...]
    plan: CropPlan


def prepare(scene: Scene, size_wh: tuple[int, int]) -> SceneView:
    """Prepare a scene for frames of a size, in pixels."""
    fitted = scaled(scene, size_wh)
    return SceneView(fitted, view_bays(fitted), plan_crops(fitted))


def observe(view: SceneView, found: Detections) -> tuple[BayObservation, ...]:
    """Return what a frame's detections say about each bay, in the scene's order."""
    scene = view.scene
    ground = footprints(scene, view.views, found)
    placement = place_vehicles(view.views, found, ground)
    boxes = found.boxes_xyxy / np.tile(np.asarray(scene.image_size_wh, np.float64), 2)
    look = _Look(placement, ground, found, boxes, class_scores(ground.class_log))
    return tuple(_bay_observation(bay, index, look) for index, bay in enumerate(view.views))


def unseen(view: SceneView, reason: Reason) -> tuple[BayObservation, ...]:
    """Return observations that say nothing but why nothing was seen."""
    return tuple(
        BayObservation(bay.bay_id, BayState.UNKNOWN, seen_share=0.0, reason=reason)
        for bay in view.views
    )


@dataclass(frozen=True)
class _Look:
    """One frame's vehicles, placed."""

    placement: Placement
    ground: Footprints
    found: Detections
    boxes: NDArray[np.float64]
    """Shape (n, 4), in 0..1 of the frame."""
    class_scores: NDArray[np.float64]
    """Shape (n, 5)."""


def _bay_observation(view: BayView, bay: int, look: _Look) -> BayObservation:
    hidden = look.placement.hidden[bay]
    sightings = _sightings(bay, look)
    reason = _unknown_reason(view, bay, look.placement, is_empty=not sightings)
    state = BayState.OCCUPIED if sightings else BayState.FREE
    occupied_m, gap_m = (None, None) if reason else _metres(view, sightings, hidden)
    return BayObservation(
        bay_id=view.bay_id,
        state=BayState.UNKNOWN if reason else state,
        sightings=() if reason else sightings,
        hidden=hidden,
        seen_share=view.seen_share * (1 - float(look.placement.hidden_share[bay])),
        reason=reason,
        before=tuple(_four(box) for box in look.boxes[look.placement.nearer[bay]]),
        beside=() if view.blind_reason else _besides(bay, look),
        occupied_m=occupied_m,
        largest_gap_m=gap_m,
    )


def _unknown_reason(view: BayView, bay: int, placement: Placement, *, is_empty: bool) -> str:
    if view.blind_reason:
        return view.blind_reason
    if is_empty and any(placement.hidden[bay]):
        return Reason.HIDDEN
    return Reason.UNSURE if placement.doubtful[bay] else ""


def _sightings(bay: int, look: _Look) -> tuple[Sighting, ...]:
    rows = [
        Sighting(
            along=float(look.ground.along[i, bay].mean()),
            length=float(np.diff(look.ground.along[i, bay])[0]),
            score=float(look.found.scores[i]),
            class_scores=_floats(look.class_scores[i]),
            box_xyxy=_four(look.boxes[i]),
            class_log=_floats(look.ground.class_log[i]),
        )
        for i in np.flatnonzero(look.placement.bay_of == bay)
    ]
    return tuple(sorted(rows, key=lambda sighting: sighting.along))


def _besides(bay: int, look: _Look) -> tuple[Beside, ...]:
    rows = [
        Beside(
            along=float(look.ground.along[i, bay].mean()),
            box_xyxy=_four(look.boxes[i]),
            class_scores=_floats(look.class_scores[i]),
        )
        for i in np.flatnonzero(look.placement.beside == bay)
    ]
    return tuple(sorted(rows, key=lambda beside: beside.along))


def _metres(
    view: BayView, sightings: tuple[Sighting, ...], hidden: tuple[bool, ...]
) -> tuple[float | None, float | None]:
    """Return the occupied metres and the largest free gap of a bay; None without metres."""
    if view.size_m is None:
        return None, None
    vehicles = [(s.along - s.length / 2, s.along + s.length / 2) for s in sightings]
    unseen_ = [(i / len(hidden), (i + 1) / len(hidden)) for i, one in enumerate(hidden) if one]
    length_m = view.size_m[0]
    return length_m * _taken(vehicles), length_m * _largest_gap([*vehicles, *unseen_])


def _taken(spans: list[tuple[float, float]]) -> float:
    """Return the share of 0..1 that spans cover."""
    taken, reached = 0.0, 0.0
    for low, high in sorted(spans):
        taken += max(0.0, min(high, 1.0) - max(low, reached))
        reached = max(reached, min(high, 1.0))
    return taken


def _largest_gap(spans: list[tuple[float, float]]) -> float:
    """Return the longest stretch of 0..1 that no span covers."""
    gap, reached = 0.0, 0.0
    for low, high in [*sorted(spans), (1.0, 1.0)]:
        gap = max(gap, min(low, 1.0) - reached)
        reached = max(reached, high)
    return gap


def _floats(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def _four(values: NDArray[np.float64]) -> Box:
    x0, y0, x1, y1 = (float(value) for value in values)
    return x0, y0, x1, y1
