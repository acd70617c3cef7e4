"""Occupancy figures as properties of features: told where they may be, null with the reason where they may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geo.publication import ENOUGH_STAYS, Bools
from geo.sums import Sums
from geo.words import ENOUGH_COVERAGE, VEHICLE_CLASSES
from service.api.answers import shares
from service.ogc.collection import Property

LITTLE_SEEN, FEW_STAYS = "coverage", "small_count"
"""Why figures are null."""

LEAST_SEEN = f"{100 * ENOUGH_COVERAGE:.0f} %"
"""How the least coverage is written in French."""

PROPERTIES: Mapping[str, Property] = {
    "coverage": Property("number", "Part observée du temps, de 0 à 1."),
    "occupancy": Property("number", "Taux d'occupation des places, de 0 à 1."),
    "full_share": Property("number", "Part du temps observé sans place libre, de 0 à 1."),
    "stays": Property("integer", "Stationnements commencés."),
    **{
        f"stays_{name}": Property("integer", f"Stationnements commencés, classe {name}.")
        for name in VEHICLE_CLASSES
    },
    "withheld": Property(
        "string",
        f"Pourquoi les chiffres sont nuls : moins de {LEAST_SEEN} observés ({LITTLE_SEEN}), ou moins de "
        f"{ENOUGH_STAYS} stationnements, ou un chiffre qui en trahirait un autre ({FEW_STAYS}).",
        values=(LITTLE_SEEN, FEW_STAYS),
    ),
}
"""Figures of a feature; what is not told is null, never 0."""


def shown(sums: Sums, told: Bools, classes: Bools) -> list[dict[str, Any]]:
    """Return the figures of one place as properties, group by group.

    Parameters
    ----------
    sums
        Of one place and G groups.
    told
        Shape ``(G,)``: whether small counts allow it; little coverage never does.
    classes
        Shape ``(5, G)``: of which classes the stays are told.
    """
    coverage = np.nan_to_num(sums.coverage[0])
    seen = coverage >= ENOUGH_COVERAGE
    open_ = told & seen
    stays = sums.arrivals[0]
    columns: dict[str, list[Any]] = {
        "coverage": shares(coverage),
        "occupancy": _where(open_, shares(sums.occupancy[0])),
        "full_share": _where(open_, shares(sums.full_share[0])),
        "stays": _where(open_, stays.sum(axis=0).tolist()),
    }
    for name, number, shows in zip(VEHICLE_CLASSES, stays, classes, strict=True):
        columns[f"stays_{name}"] = _where(open_ & shows, number.tolist())
    columns["withheld"] = [
        None if tells else FEW_STAYS if enough else LITTLE_SEEN
        for tells, enough in zip(open_, seen, strict=True)
    ]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _where(told: Bools, values: Sequence[Any]) -> list[Any]:
    return [value if tells else None for tells, value in zip(told, values, strict=True)]
