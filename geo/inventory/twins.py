"""Bays given twice: the same one merged, contradictions refused, the same place under two names told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from geo.errors import RowRefused
from geo.inventory.codes import Reason, Warn
from geo.inventory.draft import Draft, Ledger
from geo.inventory.drawing import Outline
from geo.inventory.found import Merge
from geo.words import FoundBay

OVERLAP_SHARE = 0.2
"""Share of the smaller bay from which an overlap is told: positions and drawn rectangles are good to a metre or two."""


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
    """Tell bays that lie on each other, other than the pairs that were told already."""
    for crs in sorted({drafts[row].crs for row in bays}):
        rows = [row for row in bays if drafts[row].crs == crs]
        polygons = np.array([outlines[row].polygon_m for row in rows], dtype=object)
        pairs = shapely.STRtree(polygons).query(polygons, predicate="intersects").T
        left, right = pairs[pairs[:, 0] < pairs[:, 1]].T
        shared = shapely.area(shapely.intersection(polygons[left], polygons[right]))
        smaller = np.minimum(shapely.area(polygons[left]), shapely.area(polygons[right]))
        for at in np.flatnonzero(shared > OVERLAP_SHARE * smaller):
            first, second = rows[left[at]], rows[right[at]]
            if frozenset({first, second}) not in told:
                ledger.warn(
                    second,
                    Warn.OVERLAP,
                    f"bay {bays[second].bay_id} lies on {bays[first].bay_id} of row {first} by {shared[at]:.1f} m2",
                )
