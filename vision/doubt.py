"""Doubt: an answer that the picture contradicts, or that a detector which fails in this view cannot give, becomes unknown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from vision.bay_view import BayView, cells_px
from vision.detector import FAINT_SCORE, SURE_SCORE, Detections, overlap_with
from vision.observation import BayObservation, BayState, Reason, SceneView
from vision.pose import projection
from vision.scene import Scene
from vision.structure import log_ratios

Floats = NDArray[np.float64]

STRONG_SCORE = 0.4
"""Score from which a box is hardly ever stray: once in 777 free bays of car_park_ufpr05."""

SCORES = (FAINT_SCORE, SURE_SCORE, STRONG_SCORE)
"""Lower limits of the steps faint, sure and strong; below them nothing was found."""

FREE_STEPS = (0.85, 0.14, 0.008, 0.002)
"""How often the best box of a free bay is none, faint, sure, strong; measured on car_park_ufpr05 (777 bays)."""

WORKS_STEPS = (0.01, 0.02, 0.08, 0.89)
"""The same of an occupied bay where the detector works; measured there too (423 bays), none rounded up."""

FAILS_STEPS = (0.85, 0.1, 0.04, 0.01)
"""The same of an occupied bay where the detector fails: from straight above, at night, in a picture unlike those it learned from.

Of 230 occupied bays of ufuk_carPark and tyoh_night 2 had a sure box; kept rounder than that (assumption).
"""

PARTLY_STEPS = (0.3, 0.2, 0.2, 0.3)
"""The same where it works now and then: cars from straight above in intel_car-detection were found in 10 of 13 looks, at .3 to .5."""

OCCUPIED_SHARES = (0.05, 0.2, 0.5, 0.8)
"""Shares of occupied bays between which a view is not known beforehand, all as likely: an empty lot to a full one."""

ODD_SHARES = ((0.02, 0.8), (0.15, 0.2))
"""Share of free bays that look like occupied ones, and how likely that is: few, or many where trees throw shadows (assumption).

On car_park_ufpr05 2 % over all and 12 % of the afternoon of 2013-02-24.
"""

SMOOTH_SHARE = 0.05
"""Share of vehicles that look like bare ground: dark ones in the shade, white roofs; 5 % on car_park_ufpr05."""

MODE_SHARES = (0.7, 0.2, 0.1)
"""Share of views in which the detector works, works partly, fails, before anything is seen (assumption: clips at hand 4, 2, 1)."""

MODE_SHARES_HARD = (0.25, 0.25, 0.5)
"""The same for a dark picture, or one from nearly straight above (assumption)."""

DARK_MEDIAN = 45.0
"""Median brightness, 0..255, of a night picture: half of it lies in the dark."""

STEEP_COSINE = 0.9
"""Cosine of the angle between the view and straight down above which vehicles show their roofs only: 26 degrees (assumption)."""

SAME_IOU = 0.3
"""Overlap from which a faint box that was not placed may be a vehicle in the bay (assumption)."""

MAX_WRONG = 0.1
"""Largest probability of being wrong with which an answer is still given."""


@dataclass(frozen=True)
class _Evidence:
    """What a frame shows of one bay."""

    step: int
    """Of the best box: 0 none, 1 faint, 2 sure, 3 strong."""
    log_ratio: float
    """How much its look speaks for a vehicle; NaN where too little of it is in sight."""


def doubted(
    view: SceneView,
    luma: NDArray[np.uint8],
    found: Detections,
    seen: tuple[BayObservation, ...],
) -> tuple[BayObservation, ...]:
    """Turn answers that are too likely wrong into unknown, reason `unsure`.

    Parameters
    ----------
    view
        The scene prepared for the frame's size.
    luma
        Shape (height, width), 0..255, of the same size.
    found
        The frame's vehicles, faint ones included where there are any.
    seen
        What `observe` said, in the scene's order; bays that are unknown stay as they are.

    Notes
    -----
    A mixture of naive Bayes models over the frame: whether the detector works in this view, how full the bays are and how often
    bare ground looks like a vehicle are the same for all its bays and unknown; the bays together weigh them, and each
    answer is judged under all of them. The look of a bay (`vision.structure`) is the witness that does not depend on the
    detector.
    """
    told = [i for i, bay in enumerate(seen) if bay.state is not BayState.UNKNOWN]
    if not told:
        return seen
    evidence = [_evidence(view, i, luma, found, seen[i]) for i in told]
    occupied = _probability_occupied(evidence, _mode_shares(view.scene, luma))
    result = list(seen)
    for i, p in zip(told, occupied, strict=True):
        p_wrong = p if seen[i].state is BayState.FREE else 1 - p
        if p_wrong > MAX_WRONG and not _is_faint(seen[i]):
            result[i] = _unsure(seen[i])
    return tuple(result)


def _unsure(seen: BayObservation) -> BayObservation:
    """Return the observation without its answer; what hides the bay stays, as a vehicle behind it is not gone."""
    return BayObservation(
        seen.bay_id,
        BayState.UNKNOWN,
        hidden=seen.hidden,
        seen_share=seen.seen_share,
        reason=Reason.UNSURE,
        before=seen.before,
    )


def _is_faint(seen: BayObservation) -> bool:
    """Tell whether only faint boxes say occupied: they begin no stay and keep none alone (`vision.stays`)."""
    return seen.state is BayState.OCCUPIED and seen.confidence < SURE_SCORE


def _probability_occupied(evidence: list[_Evidence], mode_shares: tuple[float, ...]) -> Floats:
    """Return the probability, shape (n,), that each bay is occupied."""
    steps = np.array([bay.step for bay in evidence])
    log_ratios = np.array([bay.log_ratio for bay in evidence])
    is_seen = ~np.isnan(log_ratios)
    ratios = np.exp(np.nan_to_num(log_ratios))
    look_of_vehicle = np.where(is_seen, ratios * (1 - SMOOTH_SHARE) + SMOOTH_SHARE, 1.0)
    log_weights, given = [], []
    for table, share in zip((WORKS_STEPS, PARTLY_STEPS, FAILS_STEPS), mode_shares, strict=True):
        for occupied_share, (odd_share, odd_weight) in product(OCCUPIED_SHARES, ODD_SHARES):
            look_of_ground = np.where(is_seen, ratios * odd_share + 1 - odd_share, 1.0)
            free = (1 - occupied_share) * np.take(FREE_STEPS, steps) * look_of_ground
            occupied = occupied_share * np.take(table, steps) * look_of_vehicle
            log_weights.append(np.log(free + occupied).sum() + np.log(share * odd_weight))
            given.append(occupied / (free + occupied))
    weights = np.exp(np.asarray(log_weights) - max(log_weights))
    return np.asarray(weights / weights.sum() @ np.asarray(given))


def _evidence(
    view: SceneView, bay: int, luma: NDArray[np.uint8], found: Detections, seen: BayObservation
) -> _Evidence:
    own = {sighting.box_xyxy for sighting in seen.sightings}
    size = np.tile(np.asarray(view.scene.image_size_wh, np.float64), 2)
    is_other = np.array([tuple(box / size) not in own for box in found.boxes_xyxy], bool)
    is_other &= found.scores >= SURE_SCORE
    looks = log_ratios(view.views[bay], luma, found.boxes_xyxy[is_other])
    if seen.sightings:
        surest = max(seen.sightings, key=lambda sighting: sighting.score)
        place = int(np.clip(surest.along * len(looks), 0, len(looks) - 1))
        return _Evidence(int(np.searchsorted(SCORES, surest.score, "right")), float(looks[place]))
    is_faint = _best_iou(view.views[bay], found.boxes_xyxy[found.scores < SURE_SCORE]) >= SAME_IOU
    return _Evidence(int(is_faint), _mean_ratio(looks))


def _mean_ratio(looks: Floats) -> float:
    """Return the log-likelihood ratio of one vehicle at any of a bay's places, each as likely."""
    known = looks[~np.isnan(looks)]
    return float(np.log(np.exp(known).mean())) if len(known) else np.nan


def _best_iou(bay: BayView, boxes_xyxy: NDArray[np.float32]) -> float:
    """Return the largest overlap of a box with what a vehicle at one of the bay's places would fill; 0 without boxes."""
    if not len(boxes_xyxy):
        return 0.0
    expected = np.asarray([cell.bounds for cell in cells_px(bay)], np.float32)
    return max(float(overlap_with(box, boxes_xyxy)[0].max()) for box in expected)


def _mode_shares(scene: Scene, luma: NDArray[np.uint8]) -> tuple[float, ...]:
    is_hard = float(np.median(luma[::8, ::8])) < DARK_MEDIAN or _is_steep(scene)
    return MODE_SHARES_HARD if is_hard else MODE_SHARES


def _is_steep(scene: Scene) -> bool:
    """Tell whether a calibrated view looks nearly straight down."""
    if scene.calibration is None:
        return False
    axis = projection(scene.calibration, scene.image_size_wh)[2, :3]
    return bool(abs(axis[2]) >= STEEP_COSINE * np.linalg.norm(axis))
