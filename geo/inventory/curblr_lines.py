"""Reader of CurbLR 1.1: kerb lines with loading regulations become bays, the others are refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.bay_details import Arrangement
from geo.errors import RowRefused
from geo.inventory.cells import Row
from geo.inventory.codes import Reason, Warn
from geo.inventory.draft import Ledger, Place, Said
from geo.inventory.hours import PERMANENT_RULE, type_of
from geo.inventory.shapes import row_geometry
from geo.rule_languages.curblr import read_regulations_with_notes

COLUMNS = frozenset({"location", "regulations"})
"""Properties of every CurbLR feature."""

LOADING = "loading"

ANGLES = {
    "parallel": Arrangement.PARALLEL,
    "perpendicular": Arrangement.PERPENDICULAR,
    "angle": Arrangement.ANGLED,
}


def place(row: Row, ledger: Ledger) -> Place:
    """Return who a feature is and where it lies: its street reference, side and span are its identifier."""
    del ledger
    location = _location(row)
    parts = [location.get(name) for name in ("shstRefId", "sideOfStreet")]
    span = [location.get(name) for name in ("shstLocationStart", "shstLocationEnd")]
    known = location.get("objectId")
    bay_id = str(known) if known else ":".join([*map(str, parts), "-".join(map(str, span))])
    return Place(row.row, bay_id if known or location.get("shstRefId") else None, row_geometry(row))


def hierarchy_of(document: Any) -> tuple[str, ...]:
    """Return the categories of a file's manifest, the one that takes precedence first."""
    manifest = document.get("manifest") if isinstance(document, Mapping) else None
    found = manifest.get("priorityHierarchy") if isinstance(manifest, Mapping) else None
    return tuple(map(str, found)) if isinstance(found, list) else ()


def say(row: Row, ledger: Ledger, hierarchy: Sequence[str] = ()) -> Said:
    """Return what a feature says of its bay; one without a loading regulation is none."""
    location = _location(row)
    regulations = row.given.get("regulations")
    found = (
        [item for item in regulations if isinstance(item, Mapping)]
        if isinstance(regulations, list)
        else []
    )
    activities = sorted({_activity(item) for item in found})
    if LOADING not in activities:
        raise RowRefused(
            Reason.NOT_A_DELIVERY_BAY,
            f"its regulations say {', '.join(activities) or 'nothing'}: wanted loading",
        )
    read = read_regulations_with_notes(found, hierarchy)
    for note in read.notes:
        ledger.warn(row.row, Warn.LEFT_OUT, note)
    rules = read.rules or (PERMANENT_RULE,)
    label = location.get("streetName") or location.get("assetType") or ""
    kept = {f"location.{name}": str(value) for name, value in location.items() if value is not None}
    return Said(
        name=str(label) if location.get("streetName") else "",
        bay_type=type_of(rules),
        rules=rules,
        details={
            "address": location.get("streetName"),
            "arrangement": ANGLES.get(str(location.get("baysAngle"))),
            "extra": kept,
        },
        street=location.get("shstRefId"),
        side=location.get("sideOfStreet"),
    )


def _location(row: Row) -> Mapping[str, Any]:
    found = row.given.get("location")
    return found if isinstance(found, Mapping) else {}


def _activity(regulation: Mapping[str, Any]) -> str:
    rule = regulation.get("rule")
    return str(rule.get("activity")) if isinstance(rule, Mapping) else "nothing"
