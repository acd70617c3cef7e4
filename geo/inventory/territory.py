"""In which commune each row lies, which one it declares, and where the two disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.bays import MIN_RING_POINTS
from geo.communes import CommuneOutline, assign_communes, declared_communes
from geo.communes_codes import arrondissement_code, commune_code
from geo.inventory.cells import plain
from geo.inventory.draft import Ledger, Place
from geo.inventory.found import CommuneDisagreement
from geo.inventory.placing import Placed
from geo.inventory.shapes import MIN_LINE_POINTS


@dataclass(frozen=True)
class Territory:
    """Communes of rows by their position in the file."""

    declared: Mapping[int, str | None]
    """INSEE code that a row names, by code or by the name of a known commune."""
    inside: Mapping[int, str | None] = field(default_factory=dict)
    """INSEE code of the outline that holds the row."""
    arrondissements: Mapping[int, str | None] = field(default_factory=dict)
    disagreements: tuple[CommuneDisagreement, ...] = ()

    def commune(self, row: int, default: str | None) -> str | None:
        """Return the commune of a bay: the one it declares, else the one that holds it, else the default."""
        return self.declared.get(row) or self.inside.get(row) or default


def territory_of(
    places: Mapping[int, Place],
    where: Mapping[int, Placed],
    communes: Sequence[CommuneOutline],
    ledger: Ledger,
    successors: Mapping[str, str] | None = None,
) -> Territory:
    """Return the communes of all rows, refused ones included.

    A row that names a former commune is one of its commune of today, where ``successors`` knows it. Where the
    declared commune is not among the outlines and no other holds the row, nothing can be said of the two.
    """
    by_name = _codes_by_name(communes)
    named_communes = [_declared(place, by_name) for place in places.values()]
    declared = dict(zip(places, declared_communes(named_communes, successors), strict=True))
    named = {
        row: arrondissement_code(place.commune) if place.commune else None
        for row, place in places.items()
    }
    if not communes or not where:
        return Territory(declared, arrondissements=named)
    shapes = np.array([_shape(item) for item in where.values()], object)
    match = assign_communes(shapes, communes, [declared[row] for row in where])
    inside = dict(zip(where, match.insee, strict=True))
    held = dict(zip(where, match.arrondissement, strict=True)) if match.arrondissement else {}
    outside = dict(zip(where, match.outside_m, strict=True))
    known = {item.commune.insee for item in communes}
    compared = {
        row: said
        for row, insee in inside.items()
        if (said := declared[row]) is not None and (said in known or insee is not None)
    }
    found = tuple(
        CommuneDisagreement(row, places[row].bay_id or "", said, inside[row], outside[row])
        for row, said in compared.items()
        if said != inside[row]
    )
    ledger.facts["communes_compared"] = len(compared)
    ledger.facts["communes_agree"] = len(compared) - len(found)
    arrondissements = {row: named[row] or held.get(row) for row in places}
    return Territory(declared, inside, arrondissements, found)


def _declared(place: Place, by_name: Mapping[str, str]) -> str | None:
    if place.commune is not None:
        return commune_code(place.commune)
    return by_name.get(_key(place.commune_name)) if place.commune_name else None


def _codes_by_name(communes: Sequence[CommuneOutline]) -> dict[str, str]:
    """Return the INSEE code of each commune by the plain form of its name, where no other has the same."""
    codes: dict[str, set[str]] = {}
    for item in communes:
        codes.setdefault(_key(item.commune.name), set()).add(item.commune.insee)
    return {name: next(iter(found)) for name, found in codes.items() if len(found) == 1}


def _key(name: str) -> str:
    """Return the plain form of a commune's name: ``Ville d'Antibes`` and ``ANTIBES`` are one."""
    words = plain(name).replace("/", " ").split()
    if words[:1] == ["ville"] and len(words) > 1:
        words = words[2:] if words[1] in {"d", "de", "du"} else words[1:]
    return " ".join(
        "saint" if word == "st" else "sainte" if word == "ste" else word for word in words
    )


def _shape(item: Placed) -> BaseGeometry:
    """Return a shape in WGS 84: a polygon where its points close, else a line, else a point."""
    points = item.points_lonlat
    if len(points) >= MIN_RING_POINTS and points[0] == points[-1]:
        polygon = shapely.Polygon(points)
        return polygon if polygon.is_valid else polygon.centroid
    return (
        shapely.LineString(points) if len(points) >= MIN_LINE_POINTS else shapely.Point(points[0])
    )
