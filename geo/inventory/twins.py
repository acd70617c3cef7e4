"""Bays given twice: the same one merged, contradictions refused, the same place under two names told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import RowRefused
from geo.inventory.codes import Reason, Warn
from geo.inventory.draft import Draft, Ledger
from geo.inventory.drawing import Outline
from geo.inventory.found import Merge
from geo.words import FoundBay

OVERLAP_SHARE = 0.2
"""Share of the smaller bay from which an overlap is told: positions and drawn rectangles are good to a metre or two."""


AT_A_TIME = 50
"""Polygons asked at once: were all 200,000 bays of a file in one place, ten million pairs come back."""

MOST_WARNINGS = 20_000
"""Remarks from which on overlaps are no longer looked for."""


@dataclass(frozen=True)
class Unique:
    """Bays with one row for each identifier."""

    bays: Mapping[int, FoundBay]
    merged: tuple[Merge, ...]


def unique(bays: Mapping[int, FoundBay], ledger: Ledger) -> Unique:
    """Return each bay once: the same identifier with the same content is merged, with other content refused."""
    first: dict[str, int] = {}
    kept: dict[int, FoundBay] = {}
    merged: list[Merge] = []
    for row, bay in bays.items():
        known = first.setdefault(bay.bay_id, row)
        if known == row:
            kept[row] = bay
        elif bays[known] == bay:
            merged.append(Merge(row, known, bay.bay_id, f"the row says the same as row {known}"))
        else:
            ledger.refuse(
                row,
                RowRefused(
                    Reason.BAY_TWICE,
                    f"bay {bay.bay_id!r} stands in row {known} with other values: wanted one row for each bay",
                ),
            )
    return Unique(kept, tuple(merged))


def warn_same_place(bays: Mapping[int, FoundBay], ledger: Ledger) -> frozenset[frozenset[int]]:
    """Tell bays of the same place and attributes under two identifiers, and return the pairs of rows."""
    first: dict[tuple[object, ...], int] = {}
    pairs: set[frozenset[int]] = set()
    for row, bay in bays.items():
        key = (bay.polygon_lonlat, bay.commune, bay.bay_type, bay.length_m, bay.capacity, bay.rules)
        known = first.setdefault(key, row)
        if known != row:
            pairs.add(frozenset({known, row}))
            ledger.warn(
                row,
                Warn.SAME_PLACE,
                f"bay {bay.bay_id} lies where {bays[known].bay_id} of row {known} lies, with the same attributes",
            )
    return frozenset(pairs)


def warn_overlaps(
    drafts: Mapping[int, Draft],
    outlines: Mapping[int, Outline],
    bays: Mapping[int, FoundBay],
    told: frozenset[frozenset[int]],
    ledger: Ledger,
) -> None:
    """Tell bays that lie on each other, other than the pairs that were told already; the rest is left at the limit."""
    for crs in sorted({drafts[row].crs for row in bays}):
        rows = [row for row in bays if drafts[row].crs == crs]
        polygons = np.array([outlines[row].polygon_m for row in rows], dtype=object)
        for first, second, shared_m2 in _overlapping(polygons):
            pair = frozenset({rows[first], rows[second]})
            if pair in told:
                continue
            if len(ledger.warnings) > MOST_WARNINGS:
                ledger.facts["overlaps"] = (
                    f"more than are listed; looking stopped at row {rows[second]}"
                )
                return
            ledger.warn(
                rows[second],
                Warn.OVERLAP,
                f"bay {bays[rows[second]].bay_id} lies on {bays[rows[first]].bay_id} of row {rows[first]} "
                f"by {shared_m2:.1f} m2",
            )


def _overlapping(polygons: NDArray[np.object_]) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of positions with the area they share, a few polygons at a time so that memory stays bounded."""
    tree = shapely.STRtree(polygons)
    area = shapely.area(polygons)
    for start in range(0, len(polygons), AT_A_TIME):
        asked, met = tree.query(polygons[start : start + AT_A_TIME])
        asked = asked + start
        later, earlier = asked[met < asked], met[met < asked]
        shared = shapely.area(shapely.intersection(polygons[later], polygons[earlier]))
        smaller = np.minimum(area[later], area[earlier])
        for at in np.flatnonzero(shared > OVERLAP_SHARE * smaller):
            yield int(earlier[at]), int(later[at]), float(shared[at])
