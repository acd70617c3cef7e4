"""Streets: named lines for the quiet base map."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field, ValidationError

from geo.errors import InvalidInput
from geo.frozen import Frozen
from geo.geojson import feature_collection, read_features, rounded
from geo.words import INSEE_PATTERN


class Street(Frozen):
    """A street's line with its name."""

    name: str
    commune: str | None = Field(default=None, pattern=INSEE_PATTERN)
    kind: str = "street"
    """``main`` or ``street`` for roads, ``river`` for water: how strongly it is drawn."""
    line_lonlat: tuple[tuple[float, float], ...] = Field(min_length=2)
    """Longitude then latitude, WGS 84."""


def read_streets(data: bytes | str | Mapping[str, Any]) -> tuple[Street, ...]:
    """Read streets from a FeatureCollection of LineStrings with the properties ``name, commune, kind``.

    Raises
    ------
    InvalidFile
        The document is no FeatureCollection.
    InvalidInput
        A feature is no named line; its position from 0 is in the sentence.
    """
    return tuple(_street(row, feature) for row, feature in enumerate(read_features(data)))


def streets_geojson(streets: Iterable[Street]) -> dict[str, Any]:
    """Return streets as a FeatureCollection of LineStrings with seven decimals."""
    return feature_collection(
        {
            "type": "Feature",
            "properties": {"name": street.name, "commune": street.commune, "kind": street.kind},
            "geometry": {"type": "LineString", "coordinates": rounded(street.line_lonlat)},
        }
        for street in streets
    )


def _street(row: int, feature: Mapping[str, Any]) -> Street:
    geometry = feature.get("geometry") or {}
    if geometry.get("type") != "LineString":
        raise InvalidInput(f"street {row} is a {geometry.get('type')!r}: wanted a LineString")
    given = feature.get("properties") or {}
    known = {
        name: given[name] for name in ("name", "commune", "kind") if given.get(name) is not None
    }
    try:
        return Street.model_validate(
            {"name": "", **known, "line_lonlat": geometry.get("coordinates")}
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(
            f"street {row}: {first['loc'][0]} is {first.get('input')!r}: {first['msg']}"
        ) from error
