"""Bays of a study from GeoJSON: their properties alone count, a geometry may be left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from geo.bays import bay_type_of
from geo.errors import AirelibError, BayTwice, InvalidFile, InvalidInput
from geo.rules import ALL_DAYS, DAY_END, MIDNIGHT, read_rules
from geo.study.words import StudyBay
from geo.words import BayType, TimeRule, is_insee

ALWAYS_RESERVED = (TimeRule(days=ALL_DAYS, start=MIDNIGHT, end=DAY_END),)
"""Rules of a permanent bay whose file gives none."""

MAX_LENGTH_M, MAX_CAPACITY = 200.0, 50
"""Largest plausible kerb of one bay; parameters of ours, so that millimetres are not read as metres."""

MAX_ID = 64
"""Longest identifier of a bay, as in the inventory."""


def read_study_bays(features: Iterable[Any], place: str, *, is_french: bool) -> list[StudyBay]:
    """Read the bays of a study, sorted by identifier, each without history.

    Parameters
    ----------
    features
        GeoJSON features with the properties ``bay_id, commune, length_m, capacity, bay_type, rules``; others are
        left aside. A permanent bay without rules is reserved always, any other without rules never.
    place
        Name of the file, for errors.
    is_french
        Whether communes must be INSEE codes.

    Raises
    ------
    InvalidFile
        A feature cannot be read.
    BayTwice
        Two features have one identifier.
    """
    bays: dict[str, StudyBay] = {}
    for row, feature in enumerate(features):
        try:
            bay = _bay(feature, is_french=is_french)
        except AirelibError as error:
            raise InvalidFile(f"{place}, features[{row}]: {error}") from error
        if bay.bay_id in bays:
            raise BayTwice(
                f"{place}, features[{row}]: found bay_id {bay.bay_id!r} again: wanted one feature for each bay"
            )
        bays[bay.bay_id] = bay
    if not bays:
        raise InvalidFile(f"{place}: found no feature: wanted one bay or more")
    return [bays[bay_id] for bay_id in sorted(bays)]


def _bay(feature: Any, *, is_french: bool) -> StudyBay:
    given = feature.get("properties") if isinstance(feature, Mapping) else None
    if not isinstance(given, Mapping):
        raise InvalidInput(
            "found a feature without properties: wanted bay_id, commune, length_m, capacity, bay_type, rules"
        )
    bay_type = bay_type_of(given.get("bay_type"))
    rules = read_rules(given.get("rules"))
    if bay_type is BayType.PERMANENT and not rules:
        rules = ALWAYS_RESERVED
    return StudyBay(
        bay_id=_bay_id(given.get("bay_id")),
        commune=_commune(given.get("commune"), is_french=is_french),
        length_m=_length_m(given.get("length_m")),
        capacity=_capacity(given.get("capacity")),
        bay_type=bay_type,
        rules=rules,
        history=(),
        centre_lonlat=_centre(feature.get("geometry")),
    )


def _bay_id(value: Any) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_ID:
        raise InvalidInput(f"bay_id is {value!r}: wanted text of 1 to {MAX_ID} characters")
    return value


def _commune(value: Any, *, is_french: bool) -> str:
    if not isinstance(value, str) or not value or (is_french and not is_insee(value)):
        raise InvalidInput(f"commune is {value!r}: wanted an INSEE code such as '75056'")
    return value


def _length_m(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 < value <= MAX_LENGTH_M:
        raise InvalidInput(
            f"length_m is {value!r}: wanted metres above 0 and up to {MAX_LENGTH_M:g}"
        )
    return float(value)


def _capacity(value: Any) -> int:
    is_whole = (
        isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
    )
    if not is_whole or not 1 <= value <= MAX_CAPACITY:
        raise InvalidInput(f"capacity is {value!r}: wanted a whole number from 1 to {MAX_CAPACITY}")
    return int(value)


def _centre(geometry: Any) -> tuple[float, float] | None:
    """Return the mean of all corners of a geometry, whatever its type; None where there is none."""
    if geometry is None:
        return None
    coordinates = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    try:
        points = np.asarray(list(_points(coordinates)), float)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"the geometry cannot be read: {error}") from error
    if points.ndim != 2 or not np.isfinite(points).all():  # noqa: PLR2004
        raise InvalidInput("the geometry holds no finite degrees: wanted a Polygon or null")
    corners = points[:-1] if len(points) > 1 and (points[0] == points[-1]).all() else points
    lon, lat = corners.mean(axis=0)
    if not (math.fabs(lon) <= 180 and math.fabs(lat) <= 90):  # noqa: PLR2004
        raise InvalidInput(f"the geometry lies at {lon:g}, {lat:g}: wanted degrees of WGS 84")
    return float(lon), float(lat)


def _points(coordinates: Any) -> Iterable[tuple[float, float]]:
    if isinstance(coordinates[0], int | float):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for part in coordinates:
        yield from _points(part)
