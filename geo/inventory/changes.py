"""What an inventory would change of the bays already known."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.bay_details import Guess
from geo.geojson import DECIMALS
from geo.words import Bay

Kind = Literal["new", "changed", "moved", "unchanged"]

KINDS: tuple[Kind, ...] = ("new", "changed", "moved", "unchanged")
"""A bay whose polygon changed is ``moved``, whatever else changed of it."""

FIELDS = ("commune", "name", "length_m", "capacity", "bay_type", "rules", "details")
"""What can change of a bay beside its polygon."""

SAME_DEGREES = 1.5 * 10**-DECIMALS
"""Farthest that two outlines lie apart where rounding alone may have told them apart: the diagonal of the last decimal."""

DEGREE_M = 6_378_137 * np.pi / 180
"""Metres of a degree on the equator (WGS 84, semi-major axis); good to 1 % for how far a bay moved, anywhere."""

CM_DECIMALS = 2
"""Decimals of a published distance in metres."""


@dataclass(frozen=True)
class BayChange:
    """A bay as it would be stored, and how it differs from the bay known under its identifier."""

    bay: Bay
    """With the known polygon where that is the same but for rounding or another first point."""
    kind: Kind
    fields: tuple[str, ...] = ()
    """Names of what differs, ``polygon`` last; empty for a new or unchanged bay."""
    moved_m: float | None = None
    """Farthest that the new outline lies from the known one, metres; None unless the polygon changed."""

    @property
    def makes_zone(self) -> bool:
        """Whether it makes a new zone identifier, as these are of one polygon in one commune (CDS)."""
        return self.kind == "new" or "polygon" in self.fields or "commune" in self.fields


def changes(
    known: Mapping[str, Bay], bays: Sequence[Bay], turned: Collection[str] = frozenset()
) -> tuple[BayChange, ...]:
    """Return what each bay of an inventory would change, in the same order.

    Parameters
    ----------
    known
        Bays by identifier.
    turned
        Bays whose direction was taken from their neighbours in the file.
    """
    return tuple(
        _change(known.get(bay.bay_id), bay, is_turned=bay.bay_id in turned) for bay in bays
    )


def count_kinds(found: Sequence[BayChange]) -> dict[str, int]:
    """Return how many bays there are of each kind."""
    counts: dict[str, int] = dict.fromkeys(KINDS, 0)
    for change in found:
        counts[change.kind] += 1
    return dict(counts)


def _change(known: Bay | None, bay: Bay, *, is_turned: bool) -> BayChange:
    if known is None:
        return BayChange(bay, "new")
    if _is_inferred(known, bay, is_turned=is_turned) and _is_about_same(known, bay):
        bay = _as_known(known, bay)
    fields = tuple(name for name in FIELDS if getattr(known, name) != getattr(bay, name))
    if not is_same_place(known.polygon_lonlat, bay.polygon_lonlat):
        apart_m = _apart_m(known.polygon_lonlat, bay.polygon_lonlat)
        return BayChange(bay, "moved", (*fields, "polygon"), apart_m)
    kept = bay.model_copy(update={"polygon_lonlat": known.polygon_lonlat})
    return BayChange(kept, "changed" if fields else "unchanged", fields)


def _is_inferred(known: Bay, bay: Bay, *, is_turned: bool) -> bool:
    """Tell whether nobody told the direction of a bay, and the known one is no worse.

    Which bays stand near changes what is guessed or taken from neighbours; it does not move a bay.
    """
    if Guess.ORIENTATION in bay.details.estimated:
        return True
    return is_turned and Guess.ORIENTATION not in known.details.estimated


def _is_about_same(known: Bay, bay: Bay) -> bool:
    """Tell whether two bays have the same centre and size."""
    sizes = [(one.length_m, one.details.width_m) for one in (known, bay)]
    centres = [np.array(one.polygon_lonlat)[:-1].mean(axis=0) for one in (known, bay)]
    return sizes[0] == sizes[1] and bool(np.abs(centres[0] - centres[1]).max() <= SAME_DEGREES)


def _as_known(known: Bay, bay: Bay) -> Bay:
    """Return a bay as it is told, turned as it is known."""
    guesses = tuple(
        guess
        for guess in bay.details.estimated
        if guess is not Guess.ORIENTATION or guess in known.details.estimated
    )
    details = bay.details.model_copy(update={"estimated": guesses})
    return bay.model_copy(update={"polygon_lonlat": known.polygon_lonlat, "details": details})


def is_same_place(
    one_lonlat: Sequence[tuple[float, float]], other_lonlat: Sequence[tuple[float, float]]
) -> bool:
    """Tell whether two rings are the same outline but for rounding to seven decimals or the point they begin at."""
    ends = np.array(one_lonlat), np.array(other_lonlat)
    if ends[0].shape == ends[1].shape and np.abs(ends[0] - ends[1]).max() <= SAME_DEGREES:
        return True
    return bool(_hausdorff(*ends) <= SAME_DEGREES)


def _apart_m(
    one_lonlat: Sequence[tuple[float, float]], other_lonlat: Sequence[tuple[float, float]]
) -> float:
    degree_m = DEGREE_M * np.array([np.cos(np.radians(one_lonlat[0][1])), 1.0])
    apart = _hausdorff(np.array(one_lonlat) * degree_m, np.array(other_lonlat) * degree_m)
    return round(apart, CM_DECIMALS)


def _hausdorff(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the farthest that a corner of one ring lies from the other, either way."""
    return float(shapely.hausdorff_distance(shapely.LinearRing(one), shapely.LinearRing(other)))
