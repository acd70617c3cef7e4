"""What one frame says about each bay: free, occupied or unknown with the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geo.words import VEHICLE_CLASSES, VehicleClass
from vision.assignment import MIN_SEEN_SHARE, MIN_VEHICLE_PX, Placement, place_vehicles
from vision.bay_view import BayView, view_bays
from vision.crops import CropPlan, plan_crops
from vision.detector import Detections
from vision.footprint import Footprints, footprints
from vision.scene import Scene, scaled

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
    ground = footprints(view.scene, view.views, found)
    placement = place_vehicles(view.views, found, ground)
    size = np.tile(np.asarray(view.scene.image_size_wh, np.float64), 2)
    return tuple(
        replace(
            _bay_observation(
                bay, index, placement, _sightings(index, placement, ground, found, size)
            ),
            before=tuple(_four(box / size) for box in found.boxes_xyxy[placement.nearer[index]]),
        )
        for index, bay in enumerate(view.views)
    )


def unseen(view: SceneView, reason: Reason) -> tuple[BayObservation, ...]:
    """Return observations that say nothing but why nothing was seen."""
    return tuple(
        BayObservation(bay.bay_id, BayState.UNKNOWN, seen_share=0.0, reason=reason)
        for bay in view.views
    )


def _sightings(
    bay: int, placement: Placement, ground: Footprints, found: Detections, size: NDArray[np.float64]
) -> tuple[Sighting, ...]:
    here = np.flatnonzero(placement.bay_of == bay)
    rows = [
        Sighting(
            along=float(ground.along[i, bay].mean()),
            length=float(np.diff(ground.along[i, bay])[0]),
            score=float(found.scores[i]),
            class_scores=tuple(float(score) for score in ground.class_scores[i]),
            box_xyxy=_four(found.boxes_xyxy[i] / size),
        )
        for i in here
    ]
    return tuple(sorted(rows, key=lambda sighting: sighting.along))


def _four(values: NDArray[np.float64]) -> Box:
    x0, y0, x1, y1 = (float(value) for value in values)
    return x0, y0, x1, y1


def _bay_observation(
    view: BayView, bay: int, placement: Placement, sightings: tuple[Sighting, ...]
) -> BayObservation:
    hidden = placement.hidden[bay]
    seen_share = view.seen_share * (1 - float(placement.hidden_share[bay]))
    reason = _blind(view) or (Reason.HIDDEN if any(hidden) and not sightings else "")
    if reason:
        return BayObservation(view.bay_id, BayState.UNKNOWN, (), hidden, seen_share, reason)
    state = BayState.OCCUPIED if sightings else BayState.FREE
    return BayObservation(view.bay_id, state, sightings, hidden, seen_share)


def _blind(view: BayView) -> Reason | None:
    if view.vehicle_px < MIN_VEHICLE_PX:
        return Reason.TOO_SMALL
    return Reason.OUTSIDE if view.seen_share < MIN_SEEN_SHARE else None
