"""From clicked points to an answer: residual, the pair to doubt, and the bays drawn into the picture."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

from geo.calibration import (
    MAX_RESIDUAL_M,
    MIN_PAIRS,
    Calibration,
    calibrate,
    local_metres,
    to_image,
)
from geo.errors import InvalidInput
from vision.bay_view import MIN_SEEN_SHARE, MIN_VEHICLE_PX
from vision.calibration_page.draft import Draft, DrawnBay
from vision.calibration_page.kerb import Kerb, KerbBay
from vision.crops import expected_vehicle_px
from vision.pose import raised_box_px
from vision.scene import Scene, SceneBay, places, visible_share

Floats = NDArray[np.float64]

VEHICLE_HEIGHT_M = 2.5
"""Height of the boxes drawn over the bays: a high-roofed van (manufacturers' sheets of the 3.5 t class: 2.4 to 2.8 m)."""

NEAR_M = 200.0
"""Bays farther than this from every pair are not looked for in the picture (assumption: no lamp-post camera reads them)."""

PAIRS_TO_BLAME = 6
"""Pairs from which leaving each out still leaves a residual, so that one wrong pair can be told from the rest."""


class Verdict(StrEnum):
    """What the pairs are worth."""

    FEW = "few"
    DEGENERATE = "degenerate"
    UNVERIFIED = "unverified"
    REFUSED = "refused"
    GOOD = "good"


class BayVerdict(StrEnum):
    """What the view is worth for one bay."""

    READABLE = "readable"
    TOO_SMALL = "too_small"
    OUTSIDE = "outside"
    ABSENT = "absent"
    CROSSED = "crossed"
    """The outline drawn by hand crosses itself."""

    @property
    def can_be_watched(self) -> bool:
        """Tell whether the picture shows anything of the bay."""
        return self not in {BayVerdict.ABSENT, BayVerdict.CROSSED}


@dataclass(frozen=True)
class BaySketch:
    """One bay as the picture shows it."""

    bay_id: str
    capacity: int
    verdict: BayVerdict
    outline_px: Floats
    """Shape (n, 2), pixels; empty where the bay is behind the camera."""
    top_px: Floats
    """Shape (n, 2): the same raised by a vehicle's height; empty where there is no such box."""
    seen_share: float
    """Share of the bay's area inside the frame, 0..1."""
    vehicle_px: float
    """Longer side of one vehicle's expected box, pixels."""
    is_drawn: bool
    """The outline was drawn by hand."""


@dataclass(frozen=True)
class Fit:
    """The answer to a draft."""

    verdict: Verdict
    residual_m: float | None
    errors_m: tuple[float | None, ...]
    worst: int | None
    """Index of the pair to doubt first; None where nothing is refused."""
    is_blamed: bool
    """Without the worst pair the rest agrees, so that it is the wrong one."""
    calibration: Calibration | None
    bays: tuple[BaySketch, ...]

    @property
    def is_usable(self) -> bool:
        """Tell whether the pairs may be used to watch bays."""
        return self.verdict in {Verdict.GOOD, Verdict.UNVERIFIED}


def fit_draft(draft: Draft, kerb: Kerb | None, size_wh: tuple[int, int]) -> Fit:
    """Return what a draft is worth for frames of a size, in pixels."""
    drawn = {bay.bay_id: bay for bay in draft.drawn}
    if kerb is None:
        return Fit(Verdict.FEW, None, (), None, False, None, _drawn(drawn, size_wh))
    if len(draft.pairs) < MIN_PAIRS:
        return _without(Verdict.FEW, draft, drawn, size_wh)
    ground = draft.ground_points_m()
    try:
        calibration = _fitted(draft.image_points(), kerb.lonlat(ground), size_wh)
    except InvalidInput:
        return _without(Verdict.DEGENERATE, draft, drawn, size_wh)
    errors = calibration.errors_m
    verdict = _verdict(calibration.residual_m)
    is_refused = verdict is Verdict.REFUSED
    worst, is_blamed = _worst(draft, kerb, errors, size_wh) if is_refused else (None, False)
    sketches = [
        _sketch(bay, kerb, calibration, size_wh)
        for bay in kerb.bays
        if bay.bay_id not in drawn and _is_near(bay, ground)
    ]
    bays = (*sketches, *_drawn(drawn, size_wh, calibration))
    return Fit(verdict, calibration.residual_m, errors, worst, is_blamed, calibration, bays)


def _without(
    verdict: Verdict, draft: Draft, drawn: dict[str, DrawnBay], size_wh: tuple[int, int]
) -> Fit:
    errors = (None,) * len(draft.pairs)
    return Fit(verdict, None, errors, None, False, None, _drawn(drawn, size_wh))


def _verdict(residual_m: float | None) -> Verdict:
    if residual_m is None:
        return Verdict.UNVERIFIED
    return Verdict.REFUSED if residual_m > MAX_RESIDUAL_M else Verdict.GOOD


def _fitted(image: Floats, lonlat: Floats, size_wh: tuple[int, int]) -> Calibration:
    """Return the calibration of four pairs or more, however loose it is."""
    return calibrate(image, lonlat, image_size_wh=size_wh, max_residual_m=np.inf)


def _worst(
    draft: Draft, kerb: Kerb, errors: tuple[float | None, ...], size_wh: tuple[int, int]
) -> tuple[int, bool]:
    """Return the pair to doubt: the one without which the rest agrees best, or with few pairs the one farthest off."""
    if len(errors) < PAIRS_TO_BLAME:
        return int(np.argmax([error or 0.0 for error in errors])), False
    image, lonlat = draft.image_points(), kerb.lonlat(draft.ground_points_m())
    rests = [_rest_m(image, lonlat, i, size_wh) for i in range(len(image))]
    worst = int(np.argmin(rests))
    return worst, rests[worst] <= MAX_RESIDUAL_M


def _rest_m(image: Floats, lonlat: Floats, left_out: int, size_wh: tuple[int, int]) -> float:
    rest = np.arange(len(image)) != left_out
    try:
        residual_m = _fitted(image[rest], lonlat[rest], size_wh).residual_m
    except InvalidInput:
        return np.inf
    return np.inf if residual_m is None else residual_m


def _is_near(bay: KerbBay, ground_m: Floats) -> bool:
    gaps = bay.ring_m.mean(axis=0) - ground_m
    return bool(np.hypot(gaps[:, 0], gaps[:, 1]).min() <= NEAR_M)


def _sketch(
    bay: KerbBay, kerb: Kerb, calibration: Calibration, size_wh: tuple[int, int]
) -> BaySketch:
    local = local_metres(calibration, kerb.lonlat(bay.ring_m))
    outline = to_image(calibration, local) * np.asarray(size_wh, np.float64)
    if not np.isfinite(outline).all() or not Polygon(outline).is_valid:
        nothing = np.empty((0, 2))
        return BaySketch(
            bay.bay_id, bay.capacity, BayVerdict.ABSENT, nothing, nothing, 0.0, 0.0, is_drawn=False
        )
    box = raised_box_px(calibration, size_wh, local, VEHICLE_HEIGHT_M)[len(local) :]
    top = box if np.isfinite(box).all() else np.empty((0, 2))
    return _judged(SceneBay(bay.bay_id, bay.capacity, outline), top, calibration, size_wh)


def _drawn(
    drawn: dict[str, DrawnBay], size_wh: tuple[int, int], calibration: Calibration | None = None
) -> tuple[BaySketch, ...]:
    size = np.asarray(size_wh, np.float64)
    bays = [SceneBay(b.bay_id, b.capacity, np.asarray(b.outline) * size) for b in drawn.values()]
    nothing = np.empty((0, 2))
    return tuple(_judged(bay, nothing, calibration, size_wh, is_drawn=True) for bay in bays)


def _judged(
    bay: SceneBay,
    top_px: Floats,
    calibration: Calibration | None,
    size_wh: tuple[int, int],
    *,
    is_drawn: bool = False,
) -> BaySketch:
    polygon = Polygon(bay.polygon_px)
    is_sound = polygon.is_valid and polygon.area > 0
    share = visible_share(bay.polygon_px, size_wh) if is_sound else 0.0
    parts = places(Scene("", size_wh, (bay,), calibration), bay) if is_sound else bay.capacity
    vehicle_px = expected_vehicle_px(bay.polygon_px, parts)
    return BaySketch(
        bay_id=bay.bay_id,
        capacity=bay.capacity,
        verdict=_bay_verdict(share, vehicle_px) if is_sound else BayVerdict.CROSSED,
        outline_px=bay.polygon_px,
        top_px=top_px,
        seen_share=share,
        vehicle_px=vehicle_px,
        is_drawn=is_drawn,
    )


def _bay_verdict(share: float, vehicle_px: float) -> BayVerdict:
    if share == 0:
        return BayVerdict.ABSENT
    if share < MIN_SEEN_SHARE:
        return BayVerdict.OUTSIDE
    return BayVerdict.TOO_SMALL if vehicle_px < MIN_VEHICLE_PX else BayVerdict.READABLE
