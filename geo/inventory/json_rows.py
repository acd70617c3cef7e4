"""JSON read with bounds, and the features of a GeoJSON collection as rows."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geo.errors import InvalidFile, RowRefused
from geo.inventory.cells import Row, column_key, wrong
from geo.inventory.codes import Reason
from geo.inventory.csv_rows import MAX_ROWS

MAX_VALUES = 5_000_000
"""Commas and brackets that a JSON file may hold: fifty times those of the bays of Paris; each costs memory."""

MAX_DEPTH = 200
"""Levels of nesting; GeoJSON needs nine, CDS ten."""

CRS_CODE = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):+(?:[\d.]*:)?(\w+)", re.IGNORECASE)
"""Forms of a reference system's name: ``EPSG:2154``, ``urn:ogc:def:crs:EPSG::2154``, ``urn:ogc:def:crs:OGC:1.3:CRS84``."""


def read_json(text: str) -> Any:
    """Return what a JSON text says.

    Raises
    ------
    InvalidFile
        No JSON, nested too deeply, or of too many values.
    """
    values = sum(text.count(sign) for sign in ",[{")
    if values > MAX_VALUES:
        raise InvalidFile(f"the JSON holds {values} values: wanted at most {MAX_VALUES}")
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise InvalidFile(
            f"the JSON is nested too deeply: wanted at most {MAX_DEPTH} levels"
        ) from error
    except ValueError as error:
        raise InvalidFile(f"the file is no JSON: {str(error)[:200]}") from error
    if _depth_beyond(document, MAX_DEPTH):
        raise InvalidFile(f"the JSON is nested too deeply: wanted at most {MAX_DEPTH} levels")
    return document


def features_of(document: Mapping[str, Any]) -> Iterator[Row | tuple[int, RowRefused]]:
    """Yield the features of a collection as rows; what is no feature comes with its position and refusal."""
    features = document["features"]
    if len(features) > MAX_ROWS:
        raise InvalidFile(f"the file has {len(features)} features: wanted at most {MAX_ROWS}")
    for number, feature in enumerate(features, start=1):
        given = feature.get("properties") if isinstance(feature, Mapping) else None
        if not isinstance(given, Mapping):
            yield (
                number,
                RowRefused(Reason.INVALID_VALUE, "found a feature without properties: wanted some"),
            )
            continue
        try:
            yield value_row(number, _with_id(feature, given), feature.get("geometry"))
        except RowRefused as refusal:
            yield number, refusal


def value_row(number: int, given: Mapping[str, Any], geometry: Any) -> Row:
    """Return a row of values as JSON gives them; each is also a cell, as text."""
    cells, titles = {}, {}
    for title, value in given.items():
        key = column_key(_storable("a column", title))
        titles[key] = title
        if isinstance(value, float) and not math.isfinite(value):
            raise wrong(title, value, "a finite number")
        if value is not None and value != "":
            cells[key] = _storable(title, as_text(value))
    return Row(number, cells, titles, given, geometry)


def as_text(value: Any) -> str:
    """Return a JSON value as text: words as they are, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _storable(title: str, text: str) -> str:
    """Return a text that files and databases take: JSON can say a character zero and halves of characters."""
    if "\x00" in text or (not text.isascii() and _is_halved(text)):
        raise wrong(title, text, "text without a character zero or half a character")
    return text


def _is_halved(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def declared_crs(document: Mapping[str, Any]) -> str | None:
    """Return the reference system that an old GeoJSON declares in its member ``crs``, None where it has none.

    Source: GeoJSON 2008, section 3; RFC 7946 dropped it, GDAL and QGIS still write it.

    Raises
    ------
    InvalidFile
        The member is there and names no system.
    """
    member = document.get("crs")
    if member is None:
        return None
    properties = member.get("properties") if isinstance(member, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    if not isinstance(name, str):
        raise InvalidFile(f"crs is {str(member)[:100]}: wanted a name such as EPSG:2154")
    return crs_code(name)


def crs_code(name: str) -> str:
    """Return a reference system's name in its short form, ``EPSG:2154``.

    Raises
    ------
    InvalidFile
        The name has no known form.
    """
    match = CRS_CODE.fullmatch(name.strip())
    if not match:
        raise InvalidFile(
            f"the reference system is {name[:100]!r}: wanted a code such as EPSG:2154"
        )
    return f"{match[1].upper()}:{match[2].upper()}"


def _with_id(feature: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return properties with the feature's identifier where they have none of their own."""
    identifier = feature.get("id")
    if identifier is None or any(column_key(str(name)) == "id" for name in given):
        return given
    return {**given, "id": identifier}


def _depth_beyond(document: Any, limit: int) -> bool:
    level: list[Any] = [document]
    for _ in range(limit):
        level = [
            part
            for item in level
            for part in (item.values() if isinstance(item, dict) else item)
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True


def is_collection(document: Any) -> bool:
    """Tell whether a document is a GeoJSON FeatureCollection."""
    return (
        isinstance(document, Mapping)
        and document.get("type") == "FeatureCollection"
        and isinstance(document.get("features"), Sequence)
        and not isinstance(document.get("features"), str)
    )
