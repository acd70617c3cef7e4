"""The scene that a draft makes: the file it is saved in, with what was valid before, and the view it is tried with."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from geo.errors import InvalidFile
from vision.calibration_page.draft import Draft, DrawnBay, Floats, Pair
from vision.calibration_page.fit import BaySketch, BayVerdict, Fit, fit_draft
from vision.calibration_page.kerb import Kerb
from vision.scene import Scene, SceneBay, read_scene

SAME_OUTLINE_SHARE = 0.01
"""Mean distance, over the frame's width, within which a stored outline is the projected one and not drawn by hand."""

DEGREE_DIGITS = 9
"""Decimals of a stored degree: a tenth of a millimetre, so that storing moves no point."""

SHARE_DIGITS = 7
"""Decimals of a stored image point: a thousandth of a pixel."""

PIXEL_DIGITS = 1
"""Decimals of a stored pixel."""

VIEW_KEYS = ("image_size", "bays", "calibration", "bays_digest")
"""What a calibration consists of; when one of them changes a new one begins."""


@dataclass(frozen=True)
class Saved:
    """What saving did."""

    path: Path
    valid_from: str
    """Instant from which the calibration holds, ISO 8601, UTC."""
    is_new: bool
    """A new calibration begins; otherwise only what does not move bays changed."""
    kept: int
    """Earlier calibrations readable in the file."""


def read_document(path: Path) -> dict[str, Any] | None:
    """Return a scene file as it stands, unknown fields included; None where there is none.

    Raises
    ------
    InvalidFile
        When it is no JSON object.
    """
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidFile(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(document, dict):
        raise InvalidFile(f"{path} holds a {type(document).__name__}: wanted a JSON object")
    return document


def draft_of(document: dict[str, Any], kerb: Kerb | None) -> Draft:
    """Return what a scene file says as a draft to go on from.

    A stored outline of a bay that the kerb has is taken as drawn by hand only where it differs from the projected one.
    """
    size = np.asarray(document["image_size"], np.float64)
    bays = document.get("bays") or []
    drawn = [_drawn(bay, size, kerb) for bay in bays if bay.get("polygon_px")]
    pairs = _pairs(document.get("calibration") or {}, kerb) if kerb else []
    mask = [_shares(polygon, size) for polygon in document.get("privacy_mask") or []]
    watched = [str(bay["bay_id"]) for bay in bays] or None
    bare = fit_draft(Draft(pairs=pairs), kerb, (int(size[0]), int(size[1])))
    projected = {bay.bay_id: bay.outline_px / size for bay in bare.bays}
    by_hand = [bay for bay in drawn if not _is_projected(bay, projected.get(bay.bay_id))]
    return Draft(pairs=pairs, drawn=by_hand, mask=mask, watched=watched)


def watched_bays(draft: Draft, fit: Fit) -> tuple[BaySketch, ...]:
    """Return the bays to watch: those asked for that are in the picture, or all that it shows well enough."""
    if draft.watched is None:
        return tuple(bay for bay in fit.bays if bay.verdict is BayVerdict.READABLE)
    asked = set(draft.watched)
    return tuple(bay for bay in fit.bays if bay.bay_id in asked and bay.verdict.can_be_watched)


def sketched_scene(draft: Draft, fit: Fit, size_wh: tuple[int, int]) -> Scene:
    """Return the scene of a draft in memory, for trying it."""
    bays = tuple(
        SceneBay(bay.bay_id, bay.capacity, bay.outline_px) for bay in watched_bays(draft, fit)
    )
    return Scene("trial", size_wh, bays, fit.calibration if fit.is_usable else None)


def scene_document(
    draft: Draft, fit: Fit, kerb: Kerb | None, size_wh: tuple[int, int]
) -> dict[str, Any]:
    """Return what a draft puts into a scene file; outlines only where they were drawn by hand."""
    bays = watched_bays(draft, fit)
    document: dict[str, Any] = {
        "image_size": list(size_wh),
        "bays": [_bay_entry(bay) for bay in bays],
        "privacy_mask": mask_px(draft, size_wh),
    }
    if kerb is not None and fit.is_usable:
        ground = kerb.lonlat(draft.ground_points_m())
        document["calibration"] = {
            "image_points": np.round(draft.image_points(), SHARE_DIGITS).tolist(),
            "ground_points": np.round(ground, DEGREE_DIGITS).tolist(),
        }
        document["bays_digest"] = kerb.digest(bay.bay_id for bay in bays)
    return document


def mask_px(draft: Draft, size_wh: tuple[int, int]) -> list[list[tuple[float, float]]]:
    """Return the mask's polygons in pixels of the frame."""
    return [
        [
            (round(x * size_wh[0], PIXEL_DIGITS), round(y * size_wh[1], PIXEL_DIGITS))
            for x, y in outline
        ]
        for outline in draft.mask
    ]


def succeeding(
    previous: dict[str, Any] | None, made: dict[str, Any], at: datetime
) -> tuple[dict[str, Any], bool]:
    """Return the file that follows a previous one, and whether a new calibration begins in it.

    A new one begins at `at` where points, outlines or the bay file's bays differ; the previous one is then kept under
    `history` with the instant until which it held.
    """
    before = previous or {}
    view = {key: made[key] for key in VIEW_KEYS if key in made}
    rest = {key: value for key, value in before.items() if key not in VIEW_KEYS}
    history = list(before.get("history") or [])
    if before.get("valid_from") and _view(before) == json.loads(json.dumps(view)):
        return {**rest, **_viewed(before), "privacy_mask": made["privacy_mask"]}, False
    instant = at.isoformat(timespec="seconds").replace("+00:00", "Z")
    if _view(before).get("bays") or "calibration" in before:
        history.append(
            {
                "valid_from": before.get("valid_from"),
                "valid_to": instant,
                **_viewed(before),
            }
        )
    if "calibration" in view:
        view["calibration"] = {"made_at": instant, **view["calibration"]}
    fresh = {"valid_from": instant, "privacy_mask": made["privacy_mask"], "history": history}
    return {**rest, **view, **fresh}, True


def write_scene(path: Path, document: dict[str, Any]) -> Scene:
    """Write a scene file whole or not at all, after it was read back as the worker reads it.

    Raises
    ------
    InvalidInput, UnknownBay
        As `vision.scene.read_scene`; the former file then stays.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        scene = read_scene(fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return scene


def _viewed(document: dict[str, Any]) -> dict[str, Any]:
    return {key: document[key] for key in VIEW_KEYS if key in document}


def _view(document: dict[str, Any]) -> dict[str, Any]:
    """Return what a stored calibration consists of, without its date."""
    view = _viewed(document)
    if "calibration" in view:
        view["calibration"] = {
            key: value for key, value in view["calibration"].items() if key != "made_at"
        }
    return view


def _bay_entry(bay: BaySketch) -> dict[str, Any]:
    entry: dict[str, Any] = {"bay_id": bay.bay_id, "capacity": bay.capacity}
    if bay.is_drawn:
        entry["polygon_px"] = np.round(bay.outline_px, PIXEL_DIGITS).tolist()
    return entry


def _drawn(bay: dict[str, Any], size: Floats, kerb: Kerb | None) -> DrawnBay:
    known = {one.bay_id: one.capacity for one in kerb.bays} if kerb else {}
    bay_id = str(bay["bay_id"])
    capacity = bay.get("capacity") or known.get(bay_id, 1)
    return DrawnBay(bay_id=bay_id, capacity=capacity, outline=_shares(bay["polygon_px"], size))


def _pairs(calibration: dict[str, Any], kerb: Kerb) -> list[Pair]:
    image = calibration.get("image_points") or []
    if not image:
        return []
    ground = kerb.metres(np.asarray(calibration["ground_points"], np.float64))
    return [
        Pair(image=(x, y), ground=(float(east), float(north)))
        for (x, y), (east, north) in zip(image, ground, strict=True)
    ]


def _shares(polygon_px: list[list[float]], size: Floats) -> list[tuple[float, float]]:
    points = np.clip(np.asarray(polygon_px, np.float64) / size, 0, 1)
    if len(points) > 1 and (points[0] == points[-1]).all():
        points = points[:-1]
    return [(float(x), float(y)) for x, y in points]


def _is_projected(bay: DrawnBay, outline: Floats | None) -> bool:
    if outline is None or len(outline) != len(bay.outline):
        return False
    clipped = np.clip(outline, 0, 1)
    gaps = np.linalg.norm(np.asarray(bay.outline)[:, None] - clipped[None], axis=2).min(axis=1)
    return float(gaps.mean()) <= SAME_OUTLINE_SHARE
