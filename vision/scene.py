"""The scene of one camera: its bays in the picture and its calibration, read from scene.json and checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from shapely import Polygon, box
from shapely.validation import explain_validity

from geo.calibration import Calibration, calibrate, local_metres, to_ground, to_image
from geo.errors import InvalidFile, InvalidGeometry, UnknownBay
from vision.frame import PrivacyMask

Floats = NDArray[np.float64]

MIN_CORNERS = 3
"""Corners a polygon needs."""

PLACE_M = 5.5
"""Length of kerb that one car or van takes: a longer bay is looked at in as many parts, whatever its capacity."""


@dataclass(frozen=True)
class SceneBay:
    """One bay as its camera sees it."""

    bay_id: str
    capacity: int
    polygon_px: Floats
    """Shape (n, 2), corners without the closing one, x right and y down, pixels of the scene's frame."""


@dataclass(frozen=True)
class Scene:
    """What one fixed view looks at."""

    camera_id: str
    image_size_wh: tuple[int, int]
    """Width and height, in pixels, of the frame that the polygons refer to."""
    bays: tuple[SceneBay, ...]
    calibration: Calibration | None
    calibration_id: str = ""
    """Which calibration this is: its instant and a short sum of pairs and outlines, "2026-11-25T10:00Z-3f2a"; empty for none."""
    calibrated_at: datetime | None = None
    """When the calibration was made, or the outlines drawn; None where nobody noted it."""
    privacy_mask: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Polygons, pixels of the scene's frame, in which nothing ever looks."""


class _Loose(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _BayEntry(_Loose):
    bay_id: str = Field(min_length=1)
    capacity: int | None = Field(default=None, gt=0)
    polygon_px: list[tuple[float, float]] | None = None


class _CalibrationEntry(_Loose):
    image_points: list[tuple[float, float]]
    ground_points: list[tuple[float, float]]
    made_at: AwareDatetime | None = None


class _SceneFile(_Loose):
    camera_id: str = Field(min_length=1)
    image_size: tuple[int, int]
    bays: list[_BayEntry] = []
    calibration: _CalibrationEntry | None = None
    bays_geojson: str | None = None
    privacy_mask: list[list[tuple[float, float]]] = []
    valid_from: AwareDatetime | None = None

    @property
    def made_at(self) -> datetime | None:
        """Return the instant of the calibration, or of the outlines where there is none; None where nobody noted it."""
        noted_at = None if self.calibration is None else self.calibration.made_at
        at = noted_at or self.valid_from
        return at and at.astimezone(UTC)


def read_scene(path: Path) -> Scene:
    """Read scene.json and the bay file it names.

    Raises
    ------
    InvalidFile
        When a file is missing, is not JSON or lacks a field; the sentence names the field.
    InvalidGeometry
        When a polygon crosses itself or lies outside the frame, or a bay stands twice.
    UnknownBay
        When a bay has no polygon here and none in the bay file.
    CalibrationTooFew, CalibrationTooLoose
        See `geo.calibration.calibrate`.
    """
    entry = _parsed(path)
    if min(entry.image_size) <= 0:
        raise InvalidFile(
            f"{path}: image_size is {entry.image_size}: wanted a positive width and height"
        )
    calibration = _calibration(entry)
    ground = _ground_bays(path, entry.bays_geojson)
    wanted = entry.bays or [_BayEntry(bay_id=bay_id) for bay_id in ground]
    bays = tuple(_bay(bay, entry, calibration, ground) for bay in wanted)
    _check_bays(path, bays, entry.image_size)
    return Scene(
        camera_id=entry.camera_id,
        image_size_wh=entry.image_size,
        bays=bays,
        calibration=calibration,
        calibration_id=_calibration_id(entry, bays),
        calibrated_at=entry.made_at,
        privacy_mask=tuple(map(tuple, entry.privacy_mask)),
    )


def mask_of(scene: Scene, *more: tuple[tuple[float, float], ...]) -> PrivacyMask:
    """Return the scene's privacy mask, with more polygons in pixels of its frame."""
    return PrivacyMask((*scene.privacy_mask, *more), scene.image_size_wh)


def scaled(scene: Scene, size_wh: tuple[int, int]) -> Scene:
    """Return the scene for frames of another size: the polygons are stretched, the calibration needs nothing."""
    if size_wh == scene.image_size_wh:
        return scene
    factor = np.asarray(size_wh, np.float64) / np.asarray(scene.image_size_wh, np.float64)
    bays = tuple(replace(bay, polygon_px=bay.polygon_px * factor) for bay in scene.bays)
    return replace(scene, image_size_wh=size_wh, bays=bays)


def places(scene: Scene, bay: SceneBay) -> int:
    """Return how many cars fit along a bay, at least its capacity; without a calibration its capacity."""
    if scene.calibration is None:
        return bay.capacity
    size = np.asarray(scene.image_size_wh, np.float64)
    ground = to_ground(scene.calibration, bay.polygon_px / size)
    length_m = np.linalg.norm(ground[:, None] - ground[None], axis=2).max()
    return max(bay.capacity, int(length_m / PLACE_M))


def visible_share(polygon_px: Floats, size_wh: tuple[int, int]) -> float:
    """Return the share of a polygon's area, 0..1, that lies inside the frame."""
    polygon = Polygon(polygon_px)
    return float(polygon.intersection(box(0, 0, *size_wh)).area / polygon.area)


def _parsed(path: Path) -> _SceneFile:
    document = _json(path)
    try:
        return _SceneFile.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidFile(f"{path}: {where or 'the scene'}: {first['msg']}") from error


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidFile(f"{path} cannot be read: {error.strerror}: wanted a JSON file") from error
    except ValueError as error:
        raise InvalidFile(f"{path} is not JSON: {error}") from error


def _calibration(scene: _SceneFile) -> Calibration | None:
    entry = scene.calibration
    if entry is None:
        return None
    points = np.asarray(entry.image_points), np.asarray(entry.ground_points)
    return calibrate(*points, image_size_wh=scene.image_size)


def _calibration_id(scene: _SceneFile, bays: tuple[SceneBay, ...]) -> str:
    if scene.made_at is None:
        return ""
    pairs = scene.calibration
    facts = [
        scene.image_size,
        pairs and pairs.image_points,
        pairs and pairs.ground_points,
        [[bay.bay_id, bay.polygon_px.round(1).tolist()] for bay in bays],
    ]
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    return f"{scene.made_at:%Y-%m-%dT%H:%MZ}-{digest[:4]}"


def _ground_bays(scene_path: Path, name: str | None) -> dict[str, dict[str, Any]]:
    if name is None:
        return {}
    path = scene_path.parent / name
    features = _json(path).get("features")
    if not isinstance(features, list):
        raise InvalidFile(f"{path} has no list of features: wanted a GeoJSON FeatureCollection")
    try:
        return {str(feature["properties"]["bay_id"]): feature for feature in features}
    except (KeyError, TypeError) as error:
        raise InvalidFile(f"{path}: a feature has no property bay_id") from error


def _bay(
    entry: _BayEntry,
    scene: _SceneFile,
    calibration: Calibration | None,
    ground: dict[str, dict[str, Any]],
) -> SceneBay:
    feature = ground.get(entry.bay_id)
    capacity = entry.capacity or int((feature or {}).get("properties", {}).get("capacity", 1))
    if entry.polygon_px is not None:
        return SceneBay(entry.bay_id, capacity, _open_ring(entry.polygon_px, entry.bay_id))
    if feature is None or calibration is None:
        raise UnknownBay(
            f"bay {entry.bay_id} has no polygon_px: wanted one, or a calibration and a feature with this bay_id in bays_geojson"
        )
    ring = _open_ring(feature["geometry"]["coordinates"][0], entry.bay_id)
    points = to_image(calibration, local_metres(calibration, ring))
    if not np.isfinite(points).all():
        raise InvalidGeometry(
            f"bay {entry.bay_id} reaches behind the camera: wanted it before the camera"
        )
    return SceneBay(entry.bay_id, capacity, points * np.asarray(scene.image_size, np.float64))


def _open_ring(points: Any, bay_id: str) -> Floats:
    ring = np.asarray(points, np.float64).reshape(-1, 2)
    if len(ring) > 1 and (ring[0] == ring[-1]).all():
        ring = ring[:-1]
    if len(ring) < MIN_CORNERS:
        raise InvalidGeometry(f"bay {bay_id} has {len(ring)} corners: wanted {MIN_CORNERS} or more")
    if not np.isfinite(ring).all():
        raise InvalidGeometry(f"bay {bay_id} has a corner that is not a number")
    return ring


def _check_bays(path: Path, bays: tuple[SceneBay, ...], size_wh: tuple[int, int]) -> None:
    if not bays:
        raise InvalidFile(f"{path} has no bays: wanted one or more")
    names = [bay.bay_id for bay in bays]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidGeometry(f"{path}: bay {', '.join(twice)} stands twice: wanted each bay once")
    for bay in bays:
        polygon = Polygon(bay.polygon_px)
        if not polygon.is_valid:
            raise InvalidGeometry(
                f"the polygon of bay {bay.bay_id} crosses itself ({explain_validity(polygon)}): wanted a simple outline"
            )
        if polygon.area == 0 or visible_share(bay.polygon_px, size_wh) == 0:
            raise InvalidGeometry(
                f"the polygon of bay {bay.bay_id} lies outside the frame of {size_wh[0]} x {size_wh[1]} pixels: "
                "wanted at least a part inside"
            )
