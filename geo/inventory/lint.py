"""The inventory linter: what is wrong with bays, or not known of them, bay by bay and side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from shapely import STRtree, area, intersection, make_valid
from shapely.geometry import Polygon

from geo.bay_details import Guess
from geo.inventory.finding import Finding
from geo.inventory.lint_bay import lint_bay
from geo.rule_conflicts import Severity
from geo.vocabulary import Label
from geo.words import KerbBay

__all__ = ["OVERLAP_SHARE", "SEVERITIES", "Finding", "lint"]

OVERLAP_SHARE = 0.10
"""Share of the smaller of two bays from which on they are said to overlap.

Convention: bays drawn end to end share a strip as wide as their drawing is inexact, some decimetres of 12 m; a
registration of the same place twice shares far more.
"""

GEOMETRY_GUESSES = frozenset({Guess.POSITION, Guess.ORIENTATION, Guess.LENGTH, Guess.WIDTH})
"""Guesses that make the drawn polygon one."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""Worst first."""


def lint(bays: Sequence[KerbBay]) -> tuple[Finding, ...]:
    """Return the findings on bays, in their order; of one bay the worst first.

    Thresholds stand, each with its source, in `geo.inventory.lint_bay`. What nobody measured is a ``note``.
    """
    place = {bay.bay_id: position for position, bay in enumerate(bays)}
    found = [one for bay in bays for one in lint_bay(bay)]
    found += [*_same_names(bays), *_overlaps(bays)]
    return tuple(sorted(found, key=lambda one: (place[one.bay_id], SEVERITIES.index(one.severity))))


def _same_names(bays: Sequence[KerbBay]) -> Iterator[Finding]:
    named: dict[tuple[object, str], list[KerbBay]] = {}
    for bay in bays:
        if bay.name.strip():
            key = (getattr(bay, "commune", None), bay.name.strip().casefold())
            named.setdefault(key, []).append(bay)
    for group in (group for group in named.values() if len(group) > 1):
        for bay in group:
            other = next(one for one in group if one is not bay)
            yield Finding(
                bay.bay_id,
                "duplicate_name",
                "warning",
                Label(
                    f"Le nom « {bay.name} » est celui de {len(group)} aires, dont {other.bay_id}.",
                    f"The name “{bay.name}” is that of {len(group)} bays, among them {other.bay_id}.",
                ),
            )


def _overlaps(bays: Sequence[KerbBay]) -> Iterator[Finding]:
    """Yield a finding for each side of two bays that share ground; shares need no metres, so degrees serve.

    Where a place was guessed, the guess may be what overlaps.
    """
    if not bays:
        return
    shapes = make_valid(np.array([Polygon(bay.polygon_lonlat) for bay in bays], dtype=object))
    first, second = STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first != second
    first, second = first[pairs], second[pairs]
    shared = area(intersection(shapes[first], shapes[second]))
    smaller = np.minimum(area(shapes[first]), area(shapes[second]))
    share = np.divide(shared, smaller, out=np.zeros_like(shared), where=smaller > 0)
    for one, other, part in zip(first, second, share, strict=True):
        if part >= OVERLAP_SHARE:
            beside = bays[other].bay_id
            is_guess = _is_guessed(bays[one]) or _is_guessed(bays[other])
            yield Finding(
                bays[one].bay_id,
                "bays_overlap",
                "warning" if is_guess else "error",
                Label(
                    f"L'aire recouvre {beside} sur {100 * part:.0f} % de la plus petite des deux.",
                    f"The bay covers {100 * part:.0f} % of {beside} or of itself, the smaller of the two.",
                ),
            )


def _is_guessed(bay: KerbBay) -> bool:
    return not GEOMETRY_GUESSES.isdisjoint(bay.details.estimated)
