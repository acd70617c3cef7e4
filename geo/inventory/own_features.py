"""Reader of our own GeoJSON and of our own GeoPackage layer: everything that was written comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.bay_details import BayDetails
from geo.bays import bay_type_of
from geo.inventory.cells import Row, wrong
from geo.inventory.draft import Ledger, Place, Said
from geo.inventory.shapes import row_geometry
from geo.rules import read_rules
from geo.words import is_insee

COLUMNS = frozenset({"bay_id", "length_m", "capacity", "bay_type"})
"""Properties by which our own features are known."""

FIELDS = frozenset(
    {"bay_id", "commune", "name", "length_m", "capacity", "bay_type", "rules", "details"}
)

EDITABLE = (
    "address",
    "postal_code",
    "width_m",
    "order_ref",
    "order_url",
    "order_present",
    "sign_present",
    "is_active",
)
"""Columns of the GeoPackage that stand in ``details`` too; where they differ, someone edited the column."""

SHOWN_ONLY = frozenset(
    {
        "bay_type_text",
        "rules_text",
        "arrangement",
        "placement",
        "parity",
        "marking_state",
        "estimated",
    }
)
"""Columns of the GeoPackage that say in words what ``rules`` and ``details`` hold."""


def place(row: Row, ledger: Ledger) -> Place:
    """Return who a feature is and where it lies."""
    del ledger
    commune = row.given.get("commune")
    if commune is not None and not is_insee(str(commune)):
        raise wrong("commune", commune, "an INSEE code such as 92024")
    bay_id = row.given.get("bay_id")
    return Place(
        row.row,
        None if bay_id is None else str(bay_id),
        row_geometry(row),
        None if commune is None else str(commune),
    )


def say(row: Row, ledger: Ledger) -> Said:
    """Return what a feature says of its bay; properties that are not ours stay in ``details.extra``."""
    given = row.given
    details = given.get("details")
    if details is not None and not isinstance(details, Mapping):
        raise wrong("details", details, "an object")
    told = dict(details or {}) | _edited(given, details or {}, ledger)
    own = (
        FIELDS | {"id", *SHOWN_ONLY, *BayDetails.model_fields}
        if "details" in given
        else FIELDS | {"id"}
    )
    foreign = row.rest(own)
    extra = told.get("extra") or {}
    if foreign and isinstance(extra, Mapping):
        told["extra"] = foreign | dict(extra)
    return Said(
        name=str(given.get("name") or ""),
        length_m=_length_m(row),
        capacity=given.get("capacity"),
        bay_type=bay_type_of(given.get("bay_type")),
        rules=read_rules(given.get("rules")),
        details=told | {"estimated": told.get("estimated", ())},
    )


def _length_m(row: Row) -> float | None:
    """Return the length; zero is no unknown here, as our own files leave out what they do not know."""
    length_m = row.number("length_m")
    if length_m is not None and length_m <= 0:
        raise wrong("length_m", length_m, "a number above zero")
    return length_m


def _edited(given: Mapping[str, Any], details: Mapping[str, Any], ledger: Ledger) -> dict[str, Any]:
    """Return the columns that someone changed in a desktop GIS after they were written."""
    found: dict[str, Any] = {}
    for name in EDITABLE:
        if name not in given or "details" not in given:
            continue
        value, written = given[name], details.get(name)
        if value != written and not (value in {None, ""} and written is None):
            found[name] = value
            ledger.count(f"edited_{name}")
    return found
