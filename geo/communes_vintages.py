"""Which outline stands for a commune: of several vintages, or its arrondissements together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.communes_codes import ARRONDISSEMENTS

if TYPE_CHECKING:
    from geo.communes import CommuneOutline

UNKNOWN = -1
"""Rank of an outline whose vintage nobody says: any known one is preferred."""

REPLACED_SHARE = 0.5
"""Share of an older outline that newer ones of other codes must cover for its code to have gone in a merger.

Communes merge whole, so that the share is near 1 or near 0; one half stands between.
"""


def latest(outlines: Sequence[CommuneOutline], on: date | None = None) -> list[CommuneOutline]:
    """Return one outline for each code: of the newest vintage, or of the one in force on a day.

    A code that the newest vintage of its place no longer has (it has merged with its neighbours) is left out: where
    outlines of newer vintages and other codes cover more than half of it. Official vintages are those of 1 January.

    Parameters
    ----------
    outlines
        Any vintages, in any order.
    on
        Local day; vintages of later years and outlines not yet or no longer in force on it are left out. If None the
        newest are wanted, and those with an end are left out only where the code has another.
    """
    best: dict[str, CommuneOutline] = {}
    for item in outlines:
        if on is not None and not _is_in_force(item, on):
            continue
        rival = best.get(item.code)
        if rival is None or _rank(item) > _rank(rival):
            best[item.code] = item
    kept = list(best.values())
    gone = {code for year in _years(kept)[:-1] for code in _replaced(kept, year)}
    return [item for item in kept if item.code not in gone]


def whole_communes(outlines: Iterable[CommuneOutline]) -> list[CommuneOutline]:
    """Return one outline for each commune, by code: its own, or its arrondissements together where only they are given."""
    parts: dict[str, list[CommuneOutline]] = {}
    for item in outlines:
        parts.setdefault(item.commune.insee, []).append(item)
    return [_whole(parts[insee]) for insee in sorted(parts)]


def _is_in_force(item: CommuneOutline, on: date) -> bool:
    is_begun = item.from_on is None or item.from_on <= on
    is_over = item.until_on is not None and item.until_on <= on
    return is_begun and not is_over and (item.vintage or UNKNOWN) <= on.year


def _rank(item: CommuneOutline) -> tuple[int, bool, date]:
    vintage = UNKNOWN if item.vintage is None else item.vintage
    return vintage, item.until_on is None, item.from_on or date.min


def _years(outlines: Iterable[CommuneOutline]) -> list[int]:
    return sorted({item.vintage for item in outlines if item.vintage is not None})


def _replaced(outlines: Sequence[CommuneOutline], year: int) -> set[str]:
    """Return the codes of one vintage whose outlines newer ones of other communes cover for the most part."""
    older = [item for item in outlines if item.vintage == year]
    newer = [item for item in outlines if item.vintage is not None and item.vintage > year]
    olds = np.array([item.outline for item in older], object)
    news = np.array([item.outline for item in newer], object)
    old, new = shapely.STRtree(news).query(olds, predicate="intersects")
    insee = np.array([item.commune.insee for item in older])
    other = insee[old] != np.array([item.commune.insee for item in newer])[new]
    old, new = old[other], new[other]
    shared = shapely.area(shapely.intersection(olds[old], news[new]))
    covered = np.bincount(old, shared, minlength=len(older))
    return {older[i].code for i in np.flatnonzero(covered > REPLACED_SHARE * shapely.area(olds))}


def _whole(parts: Sequence[CommuneOutline]) -> CommuneOutline:
    """Return the outline of the commune itself, else its arrondissements together."""
    own = next((item for item in parts if item.arrondissement is None), None)
    if own is not None:
        return own
    told = [item.commune.population for item in parts]
    people = [count for count in told if count is not None]
    is_all = {item.code for item in parts} == {
        code for code, insee in ARRONDISSEMENTS.items() if insee == parts[0].commune.insee
    }
    joined = shapely.union_all([item.outline for item in parts])
    return replace(
        parts[0],
        commune=parts[0].commune.model_copy(
            update={"population": sum(people) if is_all and len(people) == len(told) else None}
        ),
        outline=joined if isinstance(joined, Polygon | MultiPolygon) else parts[0].outline,
        arrondissement=None,
    )
