"""Communes: outlines read from files, and the commune of a point or bay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pydantic import ValidationError
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from geo.communes_border import Geometries, distances_m, sizes, touches, winners
from geo.communes_codes import CITY_NAMES, arrondissement_code, commune_code
from geo.communes_fields import commune_fields
from geo.communes_vintages import latest, whole_communes
from geo.errors import AirelibError, CommuneTwice, InvalidGeometry, InvalidInput
from geo.geojson import Refusal, feature_collection, read_features, refusal, rounded
from geo.words import Commune

OVERSEAS_TIME_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
"""Time zone of each overseas territory by the first three characters of its INSEE codes (IANA tz database).

French Polynesia has three: the Marquesas and the Gambier islands differ from Tahiti, and a file of communes must say so
in ``time_zone``.
"""

MAINLAND_TIME_ZONE = "Europe/Paris"

OUTLINE_PRECISION_M = 1.0
"""How far a border may lie from where it is drawn, where nobody says otherwise.

Published outlines are rounded to five decimals of a degree, which is 1.1 m. Simplified ones are worse: pass their own.
"""


@dataclass(frozen=True)
class CommuneOutline:
    """A commune with an outline in WGS 84, longitude then latitude: its own, or that of one of its arrondissements."""

    commune: Commune
    outline: Polygon | MultiPolygon
    vintage: int | None = None
    """Year of the official geographic code in which the outline was in force; None where nobody says."""
    arrondissement: str | None = None
    """INSEE code of the municipal arrondissement whose outline this is; None for the whole commune."""
    from_on: date | None = None
    """First day on which it was in force, included; None if it always was, or nobody says."""
    until_on: date | None = None
    """First day on which it no longer was (excluded)."""
    groups: tuple[str, ...] = ()
    """SIREN of the intercommunal bodies that its row names."""

    @property
    def code(self) -> str:
        """INSEE code of what the outline is of."""
        return self.arrondissement or self.commune.insee


@dataclass(frozen=True)
class CommunesRead:
    """What a file of communes gave."""

    communes: tuple[CommuneOutline, ...]
    refusals: tuple[Refusal, ...]
    successors: Mapping[str, str] = field(default_factory=dict)
    """Commune of today of each former one, where the file says so."""


@dataclass(frozen=True)
class CommuneMatch:
    """Commune of each of n places."""

    insee: tuple[str | None, ...]
    """INSEE code, None where the place lies in no outline."""
    on_border: tuple[int, ...]
    """Positions of the places that several communes hold alike, or that lie more outside of all than within."""
    arrondissement: tuple[str | None, ...] = ()
    """INSEE code of the municipal arrondissement, None where there is none or its outline is not given."""
    outside_m: tuple[float | None, ...] = ()
    """Metres from the place to the commune it declares, 0 where they meet; None without declaration or outline."""


def read_communes(
    data: bytes | str | Mapping[str, Any], vintage: int | None = None
) -> CommunesRead:
    """Read communes from GeoJSON; a feature that cannot be taken is refused and the rest is read.

    Parameters
    ----------
    data
        A FeatureCollection of (multi)polygons in WGS 84 with the properties ``insee`` (or ``code``), ``name``
        (or ``nom``) and optionally ``population, time_zone, vintage, valid_from, valid_until``, or with columns as
        ``geo.communes_fields`` lists them. Municipal arrondissements may stand beside or instead of their commune, and
        one commune may stand in several vintages.
    vintage
        Year of the official geographic code where a feature does not say it.

    Raises
    ------
    InvalidFile
        The document is no FeatureCollection.
    """
    features = read_features(data)
    return outlines_of([_parts(feature) for feature in features], vintage)


def outlines_of(
    rows: Iterable[tuple[Mapping[str, Any] | None, Any]], vintage: int | None = None
) -> CommunesRead:
    """Return the outlines of rows; one that cannot be taken is refused and the rest is read.

    Parameters
    ----------
    rows
        Attributes of each, and its geometry in WGS 84: one of shapely, or a GeoJSON object.
    vintage
        As for ``read_communes``.
    """
    found: dict[tuple[object, ...], CommuneOutline] = {}
    refusals: list[Refusal] = []
    for row, (attributes, geometry) in enumerate(rows):
        try:
            outline = _outline(attributes, geometry, vintage)
            key = (outline.code, outline.vintage, outline.from_on)
            if key in found:
                raise CommuneTwice(
                    f"commune {outline.code} is given twice: wanted one feature for each commune and vintage"
                )
        except AirelibError as error:
            refusals.append(refusal(row, error))
        else:
            found[key] = outline
    return CommunesRead(tuple(found.values()), tuple(refusals))


def communes_geojson(communes: Iterable[CommuneOutline]) -> dict[str, Any]:
    """Return communes as a FeatureCollection with their centre, a point inside, as ``[lon, lat]``."""
    return feature_collection(_commune_feature(item) for item in communes)


def commune_of(
    points_lonlat: NDArray[np.float64], communes: Sequence[CommuneOutline]
) -> CommuneMatch:
    """Return the commune of each point, shape ``(n, 2)``; on a border the lowest INSEE code is taken and reported."""
    return assign_communes(np.asarray(shapely.points(points_lonlat)), communes)


def assign_communes(
    places: Geometries,
    communes: Sequence[CommuneOutline],
    declared: Sequence[str | None] | None = None,
    *,
    on: date | None = None,
    precision_m: float = OUTLINE_PRECISION_M,
) -> CommuneMatch:
    """Return the commune of each place: the one that holds the larger part of its area (or length).

    Where two hold it alike the declared one is taken if it is one of them, else the lowest code, and the place is
    reported as on the border. "Alike" is a difference in m² of at most twice the precision of the outlines times the
    length of border inside the place: what moving the border by its precision could change.

    Parameters
    ----------
    places
        Shape ``(n,)``: polygons, lines or points of shapely in WGS 84, longitude then latitude.
    communes
        Outlines; of several vintages the newest is used, or the one in force on a day.
    declared
        INSEE code that each place names, of a commune or arrondissement; None where it names none.
    on
        Local day for which the outlines are wanted; the newest if None.
    precision_m
        How far the border may lie from where it is drawn, in metres.
    """
    current = latest(communes, on)
    wholes = whole_communes(current)
    outlines = np.array([item.outline for item in wholes], object)
    position = {item.commune.insee: i for i, item in enumerate(wholes)}
    named = declared_communes(declared or [None] * len(places))
    favourite = np.array([position.get(code or "", -1) for code in named], np.int64)
    places = np.asarray(places, object)
    size = sizes(places)
    won = winners(touches(places, outlines), size, favourite, precision_m)
    codes = [*(item.commune.insee for item in wholes), None]
    insee = tuple(codes[i] for i in won.outline)
    outside = np.full(len(places), np.nan)
    known = np.flatnonzero(favourite >= 0)
    away = known[favourite[known] != won.outline[known]]
    outside[known] = 0.0
    outside[away] = distances_m(places[away], outlines[favourite[away]])
    return CommuneMatch(
        insee,
        tuple(np.flatnonzero(won.is_on_border).tolist()),
        _arrondissements(places, size, current, insee, precision_m),
        tuple(None if np.isnan(m) else round(float(m), 2) for m in outside),
    )


def declared_communes(
    declared: Iterable[str | None], successors: Mapping[str, str] | None = None
) -> list[str | None]:
    """Return declared codes as those of communes of today.

    Arrondissements become their commune; former communes are followed where ``successors`` knows them.
    """
    known = successors or {}
    return [None if code is None else commune_code(known.get(code, code)) for code in declared]


def time_zone_of(insee: str) -> str:
    """Return the time zone in which a commune's rules are written."""
    return OVERSEAS_TIME_ZONES.get(insee[:3], MAINLAND_TIME_ZONE)


def _arrondissements(
    places: Geometries,
    size: NDArray[np.float64],
    outlines: Sequence[CommuneOutline],
    insee: Sequence[str | None],
    precision_m: float,
) -> tuple[str | None, ...]:
    """Return the arrondissement of each place, among those of its commune."""
    parts = sorted((item for item in outlines if item.arrondissement), key=lambda item: item.code)
    asked = np.flatnonzero(np.isin(np.array([code or "" for code in insee]), [*CITY_NAMES]))
    found: list[str | None] = [None] * len(places)
    if not parts or not len(asked):
        return tuple(found)
    touched = touches(places[asked], np.array([item.outline for item in parts], object))
    nobody = np.full(len(asked), -1)
    won = winners(touched, size[asked], nobody, precision_m).outline
    for i, part in zip(asked.tolist(), won.tolist(), strict=True):
        if part >= 0 and parts[part].commune.insee == insee[i]:
            found[i] = parts[part].code
    return tuple(found)


def _commune_feature(item: CommuneOutline) -> dict[str, Any]:
    geometry = {
        "type": item.outline.geom_type,
        "coordinates": rounded(mapping(item.outline)["coordinates"]),
    }
    told = {
        "arrondissement": item.arrondissement,
        "vintage": item.vintage,
        "valid_from": item.from_on.isoformat() if item.from_on else None,
        "valid_until": item.until_on.isoformat() if item.until_on else None,
        "epci": "/".join(item.groups) or None,
    }
    return {
        "type": "Feature",
        "id": item.code,
        "properties": {
            "insee": item.commune.insee,
            "name": item.commune.name,
            "population": item.commune.population,
            "centre": rounded(shape(geometry).representative_point().coords[0]),
            **{name: value for name, value in told.items() if value is not None},
        },
        "geometry": geometry,
    }


def _parts(feature: Any) -> tuple[Mapping[str, Any] | None, Any]:
    if not isinstance(feature, Mapping) or not isinstance(feature.get("properties"), Mapping):
        return None, None
    return feature["properties"], feature.get("geometry")


def _outline(
    attributes: Mapping[str, Any] | None, geometry: Any, vintage: int | None
) -> CommuneOutline:
    if attributes is None:
        raise InvalidInput("found a feature without properties: wanted insee and name")
    given = commune_fields(attributes)
    insee = commune_code(given.code)
    fields = {
        "insee": insee,
        "name": given.name if insee == given.code else CITY_NAMES[insee],
        "population": given.population,
        "time_zone": given.time_zone or time_zone_of(insee),
    }
    try:
        commune = Commune.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(
            f"{first['loc'][0]} is {first.get('input')!r}: {first['msg']}"
        ) from error
    return CommuneOutline(
        commune,
        _area(geometry, given.code),
        vintage if given.vintage is None else given.vintage,
        arrondissement_code(given.code),
        given.from_on,
        given.until_on,
        given.groups,
    )


def _area(geometry: Any, code: str) -> Polygon | MultiPolygon:
    if geometry is None:
        raise InvalidGeometry(
            f"{code} has no outline that can be read: wanted a Polygon or MultiPolygon"
        )
    try:
        area = geometry if isinstance(geometry, BaseGeometry) else shape(geometry)
        area = shapely.force_2d(area)
    except (ShapelyError, AttributeError, TypeError, ValueError, KeyError, IndexError) as error:
        raise InvalidGeometry(f"the outline of {code} cannot be read: {error}") from error
    if not isinstance(area, Polygon | MultiPolygon) or area.is_empty:
        raise InvalidGeometry(
            f"the outline of {code} is a {area.geom_type}: wanted a Polygon or MultiPolygon"
        )
    _check_degrees(area, code)
    if not area.is_valid:
        raise InvalidGeometry(f"the outline of {code} is not simple: {explain_validity(area)}")
    return area


def _check_degrees(area: Polygon | MultiPolygon, code: str) -> None:
    west, south, east, north = area.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):  # noqa: PLR2004 - degrees
        raise InvalidGeometry(
            f"the outline of {code} spans {west:g}, {south:g} to {east:g}, {north:g}: wanted longitudes and latitudes "
            "in degrees (WGS 84)"
        )
