"""``truth.json``: the truth of a simulated city as a document, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import InvalidFile
from geo.facts.bay_facts import DAY_KINDS
from geo.rules import read_rules
from geo.simulation.profiles import KINDS
from geo.simulation.truth import Common, TruthBay

FORMAT = "airelib-truth-1"

DIGITS = 6
"""Significant digits of rates and logarithms."""

_BAY_ARRAYS = ("uses", "kind_share", "stay_mu", "stay_sigma")
_COMMON_ARRAYS = ("delivery_shape", "car_shape", "night_share", "length_m")


def truth_document(
    bays: Sequence[TruthBay], about: Mapping[str, Any], city_factors: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the truth of a city.

    Parameters
    ----------
    bays
        In the order of the bays axis.
    about
        Seed, regime, period and the like, as they are.
    city_factors
        Shape ``(Y,)``, realised factor of each local day on the deliveries of all bays, growth included.
    """
    common = bays[0].common
    return {
        "format": FORMAT,
        **about,
        "kinds": list(KINDS),
        "day_kinds": [kind.value for kind in DAY_KINDS],
        "city_factors": _rounded(city_factors),
        "common": {field.name: _plain(getattr(common, field.name)) for field in fields(Common)},
        "bays": [_bay_document(bay) for bay in bays],
    }


def read_truth(document: Mapping[str, Any]) -> tuple[TruthBay, ...]:
    """Return the bays of a truth document.

    Raises
    ------
    InvalidFile
        It has another form.
    """
    if document.get("format") != FORMAT:
        raise InvalidFile(f"format is {document.get('format')!r}: wanted {FORMAT!r}")
    if document.get("kinds") != list(KINDS):
        raise InvalidFile(f"kinds are {document.get('kinds')!r}: wanted {list(KINDS)}")
    shared = dict(document["common"])
    for name in _COMMON_ARRAYS:
        shared[name] = np.array(shared[name])
    for name in ("land_uses", "weekday_factors"):
        shared[name] = tuple(shared[name])
    common = Common(**shared)
    return tuple(_bay(item, common) for item in document["bays"])


def _bay_document(bay: TruthBay) -> dict[str, Any]:
    plain = {
        field.name: _plain(getattr(bay, field.name))
        for field in fields(TruthBay)
        if field.name not in {"common", "versions"}
    }
    versions = [
        {"from_day": first, "rules": [rule.model_dump(mode="json") for rule in rules]}
        for first, rules in bay.versions
    ]
    return {**plain, "versions": versions}


def _bay(item: Mapping[str, Any], common: Common) -> TruthBay:
    given = dict(item)
    for name in _BAY_ARRAYS:
        given[name] = np.array(given[name])
    given["versions"] = tuple(
        (int(version["from_day"]), read_rules(version["rules"])) for version in item["versions"]
    )
    return TruthBay(**given, common=common)


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return _rounded(value)
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    return list(value) if isinstance(value, tuple) else value


def _rounded(values: NDArray[np.float64]) -> Any:
    """Return nested lists of numbers with ``DIGITS`` significant digits."""
    if values.ndim > 1:
        return [_rounded(row) for row in values]
    return [float(f"{value:.{DIGITS}g}") for value in values.tolist()]
