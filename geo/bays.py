"""Bay files in and out: GeoJSON features checked one by one, each refusal with its reason."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import ValidationError
from shapely.geometry import Polygon
from shapely.validation import explain_validity

from geo.crs import metric_crs, to_metric
from geo.errors import AirelibError, BayTwice, InvalidGeometry, InvalidInput, UnknownCrs
from geo.geojson import Refusal, feature_collection, read_features, refusal, rounded
from geo.rules import read_rules
from geo.words import Bay, BayType, FoundBay

MIN_AREA_M2, MAX_AREA_M2 = 5.0, 300.0
"""Ground area of a plausible bay in square metres.

Source: Cerema, "Aménager les aires de livraison" gives 12 to 15 m by 2.2 to 2.5 m (26 to 38 m2); the limits leave
room for a bay for one cargo bike and for a goods zone of a whole kerb.
"""

MIN_RING_POINTS = 4
"""Points of a closed ring (RFC 7946, section 3.1.6)."""

FRENCH_BAY_TYPES = {
    "aire périodique": BayType.PERIODIC,
    "périodique": BayType.PERIODIC,
    "aire permanente": BayType.PERMANENT,
    "permanente": BayType.PERMANENT,
    "zone marchandises": BayType.GOODS_ZONE,
}
"""French words for the types of bay (Cerema schema-aire-livraison 1.0.0, column TYPE, and common short forms)."""


@dataclass(frozen=True)
class BaysRead:
    """What a file of bays gave."""

    bays: tuple[Bay, ...]
    refusals: tuple[Refusal, ...]


def read_bays(data: bytes | str | Mapping[str, Any]) -> BaysRead:
    """Read bays from GeoJSON; a feature that cannot be taken is refused, with the reason, and the rest is read.

    Parameters
    ----------
    data
        A FeatureCollection of polygons in WGS 84 with the properties ``bay_id, commune, length_m, capacity,
        bay_type`` and optionally ``name, rules``; other properties are left aside.

    Raises
    ------
    InvalidFile
        The document is no FeatureCollection.
    """
    bays: dict[str, Bay] = {}
    refusals: list[Refusal] = []
    for row, feature in enumerate(read_features(data)):
        try:
            bay = _bay(feature)
            if bay.bay_id in bays:
                raise BayTwice(
                    f"bay {bay.bay_id!r} is given twice: wanted one feature for each bay"
                )
        except AirelibError as error:
            refusals.append(refusal(row, error))
        else:
            bays[bay.bay_id] = bay
    return BaysRead(tuple(bays.values()), tuple(refusals))


def bays_geojson(bays: Iterable[Bay | FoundBay]) -> dict[str, Any]:
    """Return bays as a FeatureCollection: rings counter-clockwise, seven decimals, the identifier on each feature."""
    return feature_collection(bay_feature(bay) for bay in bays)


def bay_feature(bay: Bay | FoundBay) -> dict[str, Any]:
    """Return one bay as a GeoJSON feature; ``details`` stand there only if there are any."""
    details = bay.details.model_dump(mode="json")
    return {
        "type": "Feature",
        "id": bay.bay_id,
        "properties": {
            "bay_id": bay.bay_id,
            "commune": bay.commune,
            "name": bay.name,
            "length_m": bay.length_m,
            "capacity": bay.capacity,
            "bay_type": bay.bay_type.value,
            "rules": [rule.model_dump(mode="json") for rule in bay.rules],
            **({"details": details} if details else {}),
        },
        "geometry": {"type": "Polygon", "coordinates": [rounded(bay.polygon_lonlat)]},
    }


def _bay(feature: Any) -> Bay:
    if not isinstance(feature, Mapping) or not isinstance(feature.get("properties"), Mapping):
        raise InvalidInput(
            "found a feature without properties: wanted bay_id, commune, length_m, capacity, bay_type"
        )
    given = feature["properties"]
    fields = {
        name: given[name]
        for name in ("bay_id", "commune", "name", "length_m", "capacity", "details")
        if name in given
    }
    ring = read_ring(feature.get("geometry"))
    try:
        return Bay.model_validate(
            {
                **fields,
                "bay_type": bay_type_of(given.get("bay_type")),
                "rules": read_rules(given.get("rules")),
                "polygon_lonlat": ring,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{where} is {first.get('input')!r}: {first['msg']}") from error


def bay_type_of(value: Any) -> BayType:
    """Return the type of bay that a word names, in English or French.

    Raises
    ------
    InvalidInput
        No type has this name.
    """
    word = str(value).strip().lower()
    known = FRENCH_BAY_TYPES | {kind.value: kind for kind in BayType}
    if word not in known:
        raise InvalidInput(f"bay_type is {value!r}: wanted one of {', '.join(known)}")
    return known[word]


def read_ring(geometry: Any) -> tuple[tuple[float, float], ...]:
    """Return the checked outer ring of a bay's polygon, counter-clockwise, longitude then latitude.

    Raises
    ------
    InvalidGeometry
        Not one polygon without holes, not closed, not finite, self-crossing, outside the known territories
        or of an area that no bay has.
    """
    rings = _rings(geometry)
    if len(rings) != 1:
        raise InvalidGeometry(
            f"the polygon has {len(rings)} rings: wanted one outer ring without holes"
        )
    ring = _points(rings[0])
    if len(ring) < MIN_RING_POINTS or ring[0] != ring[-1]:
        raise InvalidGeometry(
            f"the ring has {len(ring)} points from {ring[0] if ring else None} to {ring[-1] if ring else None}: "
            "wanted at least four, the last equal to the first"
        )
    _check_place(ring)
    polygon = _check_shape(ring)
    return ring if polygon.exterior.is_ccw else ring[::-1]


def _rings(geometry: Any) -> Sequence[Any]:
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    if kind == "MultiPolygon" and isinstance(coordinates, Sequence) and len(coordinates) == 1:
        kind, coordinates = "Polygon", coordinates[0]
    if kind != "Polygon" or not isinstance(coordinates, Sequence):
        raise InvalidGeometry(f"the geometry is {kind!r}: wanted one Polygon")
    return coordinates


def _points(ring: Any) -> tuple[tuple[float, float], ...]:
    try:
        points = tuple((float(point[0]), float(point[1])) for point in ring)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise InvalidGeometry(f"the ring holds something else than numbers: {error}") from error
    bad = [point for point in points if not (math.isfinite(point[0]) and math.isfinite(point[1]))]
    if bad:
        raise InvalidGeometry(f"the ring holds {bad[0]}: wanted finite degrees")
    return points


def _check_place(ring: tuple[tuple[float, float], ...]) -> None:
    try:
        metric_crs(*ring[0])
    except UnknownCrs as error:
        raise InvalidGeometry(str(error)) from error


def _check_shape(ring: tuple[tuple[float, float], ...]) -> Polygon:
    metric = Polygon(to_metric(np.array(ring), metric_crs(*ring[0])))
    if not metric.is_valid:
        raise InvalidGeometry(f"the polygon is not simple: {explain_validity(metric)} (metres)")
    if not MIN_AREA_M2 <= metric.area <= MAX_AREA_M2:
        raise InvalidGeometry(
            f"the polygon covers {metric.area:.1f} m2: wanted {MIN_AREA_M2:.0f} to {MAX_AREA_M2:.0f} m2"
        )
    return Polygon(ring)
