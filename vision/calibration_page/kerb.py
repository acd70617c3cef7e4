"""The kerb under a camera: bays and streets in metres around one point, which is the page's map."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.bays import read_ring
from geo.crs import metric_crs, to_lonlat, to_metric
from geo.errors import BayTwice, InvalidFile
from geo.geojson import read_features
from geo.streets import Street, read_streets

Floats = NDArray[np.float64]

STREETS_WITHIN_M = 400.0
"""Streets farther than this from every bay are left out of the map (parameter)."""

DIGEST_DIGITS = 16
"""Hexadecimal digits kept of a digest: enough to tell two kerbs apart."""


@dataclass(frozen=True)
class KerbBay:
    """One bay on the ground."""

    bay_id: str
    capacity: int
    ring_m: Floats
    """Shape (n, 2), east and north of the kerb's origin, without the closing corner."""


@dataclass(frozen=True)
class KerbStreet:
    """One street's line on the map."""

    name: str
    kind: str
    line_m: Floats
    """Shape (n, 2), east and north of the kerb's origin."""


@dataclass(frozen=True)
class Kerb:
    """The bays that a camera may see, and the streets around them."""

    bays: tuple[KerbBay, ...]
    streets: tuple[KerbStreet, ...]
    crs: str
    origin_xy: tuple[float, float]
    """Easting and northing, in metres, of the map's point (0, 0)."""

    def lonlat(self, points_m: Floats) -> Floats:
        """Return longitude and latitude of points of the map, shape (n, 2)."""
        return to_lonlat(points_m + np.asarray(self.origin_xy), self.crs)

    def metres(self, points_lonlat: Floats) -> Floats:
        """Return the points of the map, shape (n, 2), of longitudes and latitudes."""
        return np.asarray(to_metric(points_lonlat, self.crs) - np.asarray(self.origin_xy))

    def digest(self, bay_ids: Iterable[str]) -> str:
        """Return a short checksum of the outlines of some bays, which changes when one is redrawn."""
        wanted = set(bay_ids)
        rings = {
            bay.bay_id: np.round(bay.ring_m + np.asarray(self.origin_xy), 2).tolist()
            for bay in self.bays
            if bay.bay_id in wanted
        }
        text = json.dumps(rings, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_DIGITS]


def read_kerb(bays_path: Path, streets_path: Path | None = None) -> Kerb:
    """Read bays, and streets where a file is given, from GeoJSON.

    Raises
    ------
    InvalidFile
        When a file cannot be read, is no FeatureCollection, holds no bay, or a bay has no `bay_id`.
    InvalidGeometry
        When a bay's outline cannot be used.
    BayTwice
        When two bays have the same `bay_id`.
    """
    rings = [_bay(bays_path, row, feature) for row, feature in _features(bays_path)]
    if not rings:
        raise InvalidFile(f"{bays_path} holds no bay: wanted one or more")
    _check_once(bays_path, [bay_id for bay_id, _, _ in rings])
    crs = metric_crs(*rings[0][2][0])
    metric = [to_metric(ring, crs) for _, _, ring in rings]
    origin = np.concatenate(metric).mean(axis=0)
    bays = tuple(
        KerbBay(bay_id, capacity, ring_m - origin)
        for (bay_id, capacity, _), ring_m in zip(rings, metric, strict=True)
    )
    corners = np.concatenate([bay.ring_m for bay in bays])
    streets = _streets(streets_path, crs, origin, corners) if streets_path else ()
    return Kerb(bays, streets, crs, (float(origin[0]), float(origin[1])))


def _features(path: Path) -> list[tuple[int, Any]]:
    return list(enumerate(read_features(_text(path))))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(f"{path} cannot be read: {error}: wanted a GeoJSON file") from error


def _bay(path: Path, row: int, feature: Any) -> tuple[str, int, Floats]:
    given = feature.get("properties") or {}
    if not given.get("bay_id"):
        raise InvalidFile(f"{path}: feature {row} has no property bay_id: wanted one")
    capacity = given.get("capacity") or 1
    if not isinstance(capacity, int) or capacity < 1:
        raise InvalidFile(f"{path}: capacity of feature {row} is {capacity!r}: wanted 1 or more")
    ring = np.asarray(read_ring(feature.get("geometry")), np.float64)
    return str(given["bay_id"]), capacity, ring[:-1]


def _check_once(path: Path, bay_ids: list[str]) -> None:
    twice = sorted({bay_id for bay_id in bay_ids if bay_ids.count(bay_id) > 1})
    if twice:
        raise BayTwice(f"{path}: bay {', '.join(twice)} stands twice: wanted each bay once")


def _streets(path: Path, crs: str, origin: Floats, corners_m: Floats) -> tuple[KerbStreet, ...]:
    low, high = (
        corners_m.min(axis=0) - STREETS_WITHIN_M,
        corners_m.max(axis=0) + STREETS_WITHIN_M,
    )
    found = [_street(street, crs, origin) for street in read_streets(_text(path))]
    return tuple(
        street
        for street in found
        if (street.line_m.max(axis=0) >= low).all() and (street.line_m.min(axis=0) <= high).all()
    )


def _street(street: Street, crs: str, origin: Floats) -> KerbStreet:
    line = to_metric(np.asarray(street.line_lonlat, np.float64), crs) - origin
    return KerbStreet(street.name, street.kind, line)
