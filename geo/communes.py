"""Communes: outlines read from files, and the commune of a point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pydantic import ValidationError
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.validation import explain_validity

from geo.errors import AirelibError, CommuneTwice, InvalidGeometry, InvalidInput
from geo.geojson import Refusal, feature_collection, read_features, refusal, rounded
from geo.words import Bay, Commune

OVERSEAS_TIME_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}
"""Time zone of each overseas department by the first three characters of its INSEE codes (IANA tz database)."""

MAINLAND_TIME_ZONE = "Europe/Paris"


@dataclass(frozen=True)
class CommuneOutline:
    """A commune with its outline in WGS 84, longitude then latitude."""

    commune: Commune
    outline: Polygon | MultiPolygon


@dataclass(frozen=True)
class CommunesRead:
    """What a file of communes gave."""

    communes: tuple[CommuneOutline, ...]
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class CommuneMatch:
    """Commune of each of n points."""

    insee: tuple[str | None, ...]
    """INSEE code, None where the point lies in no outline."""
    on_border: tuple[int, ...]
    """Positions of the points that several outlines touch: the lowest code was taken."""


@dataclass(frozen=True)
class Disagreement:
    """A bay whose declared commune is not the one in which it lies."""

    bay_id: str
    declared: str
    found: str | None


def read_communes(data: bytes | str | Mapping[str, Any]) -> CommunesRead:
    """Read communes from GeoJSON; a feature that cannot be taken is refused and the rest is read.

    Parameters
    ----------
    data
        A FeatureCollection of (multi)polygons in WGS 84 with the properties ``insee`` (or ``code``), ``name``
        (or ``nom``) and optionally ``population, time_zone``.

    Raises
    ------
    InvalidFile
        The document is no FeatureCollection.
    """
    found: dict[str, CommuneOutline] = {}
    refusals: list[Refusal] = []
    for row, feature in enumerate(read_features(data)):
        try:
            outline = _outline(feature)
            insee = outline.commune.insee
            if insee in found:
                raise CommuneTwice(
                    f"commune {insee} is given twice: wanted one feature for each commune"
                )
        except AirelibError as error:
            refusals.append(refusal(row, error))
        else:
            found[insee] = outline
    return CommunesRead(tuple(found.values()), tuple(refusals))


def communes_geojson(communes: Iterable[CommuneOutline]) -> dict[str, Any]:
    """Return communes as a FeatureCollection with their centre, a point inside, as ``[lon, lat]``."""
    return feature_collection(_commune_feature(item) for item in communes)


def _commune_feature(item: CommuneOutline) -> dict[str, Any]:
    geometry = {
        "type": item.outline.geom_type,
        "coordinates": rounded(mapping(item.outline)["coordinates"]),
    }
    return {
        "type": "Feature",
        "id": item.commune.insee,
        "properties": {
            "insee": item.commune.insee,
            "name": item.commune.name,
            "population": item.commune.population,
            "centre": rounded(shape(geometry).representative_point().coords[0]),
        },
        "geometry": geometry,
    }


def commune_of(
    points_lonlat: NDArray[np.float64], communes: Sequence[CommuneOutline]
) -> CommuneMatch:
    """Return the commune of each point, shape ``(n, 2)``; on a border the lowest INSEE code is taken and reported."""
    ordered = sorted(communes, key=lambda item: item.commune.insee)
    tree = shapely.STRtree([item.outline for item in ordered])
    point, outline = tree.query(shapely.points(points_lonlat), predicate="intersects")
    lowest = np.full(len(points_lonlat), len(ordered))
    np.minimum.at(lowest, point, outline)
    touched = np.bincount(point, minlength=len(points_lonlat))
    codes = [*(item.commune.insee for item in ordered), None]
    return CommuneMatch(
        tuple(codes[i] for i in lowest), tuple(np.flatnonzero(touched > 1).tolist())
    )


def disagreements(bays: Sequence[Bay], communes: Sequence[CommuneOutline]) -> list[Disagreement]:
    """Return the bays whose centre lies outside the commune they declare, in the order given."""
    if not bays:
        return []
    centres = np.array([shapely.Polygon(bay.polygon_lonlat).centroid.coords[0] for bay in bays])
    found = commune_of(centres, communes).insee
    return [
        Disagreement(bay.bay_id, bay.commune, insee)
        for bay, insee in zip(bays, found, strict=True)
        if bay.commune != insee
    ]


def time_zone_of(insee: str) -> str:
    """Return the time zone in which a commune's rules are written."""
    return OVERSEAS_TIME_ZONES.get(insee[:3], MAINLAND_TIME_ZONE)


def _outline(feature: Any) -> CommuneOutline:
    if not isinstance(feature, Mapping) or not isinstance(feature.get("properties"), Mapping):
        raise InvalidInput("found a feature without properties: wanted insee and name")
    given = feature["properties"]
    insee = str(given.get("insee", given.get("code")))
    fields = {
        "insee": insee,
        "name": given.get("name", given.get("nom")),
        "population": given.get("population"),
        "time_zone": given.get("time_zone") or time_zone_of(insee),
    }
    try:
        commune = Commune.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(
            f"{first['loc'][0]} is {first.get('input')!r}: {first['msg']}"
        ) from error
    return CommuneOutline(commune, _area(feature.get("geometry"), insee))


def _area(geometry: Any, insee: str) -> Polygon | MultiPolygon:
    try:
        area = shape(geometry)
    except (ShapelyError, AttributeError, TypeError, ValueError, KeyError, IndexError) as error:
        raise InvalidGeometry(f"the outline of {insee} cannot be read: {error}") from error
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
        raise InvalidGeometry(
            f"the outline of {insee} is a {area.geom_type}: wanted a Polygon or MultiPolygon"
        )
    if not area.is_valid:
        raise InvalidGeometry(f"the outline of {insee} is not simple: {explain_validity(area)}")
    return area
