"""GeoJSON in and out: features from bytes, rings checked, coordinates rounded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from geo.errors import AirelibError, InvalidFile

DECIMALS = 7
"""Decimals of a published degree: about a centimetre (RFC 7946, section 11.2)."""


@dataclass(frozen=True)
class Refusal:
    """Why one feature of a file was not taken."""

    row: int
    """Position of the feature in the file, from 0."""
    code: str
    """Stable code of the error."""
    message: str


def refusal(row: int, error: AirelibError) -> Refusal:
    """Return the refusal that an error makes of a feature."""
    return Refusal(row, error.code, str(error))


def read_features(data: bytes | str | Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the features of a GeoJSON document.

    Raises
    ------
    InvalidFile
        The text is no JSON, or no FeatureCollection.
    """
    document = data if isinstance(data, Mapping) else _parsed(data)
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise InvalidFile(
            f"found a GeoJSON document of type {document.get('type')!r}: wanted a FeatureCollection"
        )
    return features


def feature_collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return a GeoJSON FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}


def rounded(coordinates: Any) -> Any:
    """Round nested GeoJSON coordinates to ``DECIMALS``."""
    if isinstance(coordinates, Sequence) and not isinstance(coordinates, str):
        return [rounded(part) for part in coordinates]
    return round(float(coordinates), DECIMALS)


def _parsed(data: bytes | str) -> Mapping[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidFile(
            f"the file is no JSON: {error}; wanted a GeoJSON FeatureCollection"
        ) from error
    if not isinstance(document, Mapping):
        raise InvalidFile(
            f"found a JSON {type(document).__name__}: wanted a GeoJSON FeatureCollection"
        )
    return document
