"""Inventories as a CSV of the national schema (Cerema schema-aire-livraison 1.0.0), from which nothing is lost."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from geo.errors import BayTwice
from geo.exports.cells import safe_cell
from geo.exports.cerema_row import cerema_row
from geo.exports.cerema_words import COLUMNS
from geo.inventory.read import ReadOptions, read_inventory
from geo.words import Bay, FoundBay

FILE_FORMAT = "cerema"
"""Name under which inventories of the schema are read."""

TEXT_COLUMNS = frozenset(
    {"ARR_URL", "ID", "NOM", "ADRESSE", "CODE_POSTAL", "COMMUNE", "EQUIPEMENTS", "COMMENTAIRE"}
)
"""Columns whose cells people filled in; the others hold numbers or words of a closed list."""


def cerema_csv(bays: Sequence[Bay | FoundBay]) -> bytes:
    """Return bays as CSV in UTF-8, comma-separated, one row each in the order given.

    What the 31 columns cannot say stands in COMMENTAIRE, in words, and where reading the row would lose something,
    in a tail `` [airelib {json}]`` that ``geo.inventory.read`` takes up again.

    Raises
    ------
    BayTwice
        Two bays have the same identifier.
    """
    _check_unique(bays)
    rows = [cerema_row(bay) for bay in bays]
    found = _read_back(rows)
    for bay, row, back in zip(bays, rows, found, strict=True):
        lost = _lost(bay, back)
        if lost:
            row["COMMENTAIRE"] = f"{row['COMMENTAIRE']} [airelib {_compact(lost)}]".lstrip()
    return _written(rows)


def _check_unique(bays: Sequence[Bay | FoundBay]) -> None:
    known: set[str] = set()
    for bay in bays:
        if bay.bay_id in known:
            raise BayTwice(f"bay {bay.bay_id!r} is given twice: wanted one row for each bay")
        known.add(bay.bay_id)


def _read_back(rows: Sequence[Mapping[str, str]]) -> list[FoundBay | None]:
    """Return how each row is read; None where it is not taken."""
    inventory = read_inventory(_written(rows), "inventaire.csv", ReadOptions(FILE_FORMAT))
    found = dict(zip(inventory.rows_of_bays, inventory.bays, strict=True))
    return [found.get(position) for position in range(1, len(rows) + 1)]


def _lost(bay: Bay | FoundBay, back: FoundBay | None) -> dict[str, Any]:
    """Return what of a bay its row does not give back: fields, and under ``details`` those of the details; null is unknown."""
    wanted, got = _plain(bay), _plain(back) if back else {}
    details, got_details = wanted.pop("details"), got.pop("details", {})
    lost = _differing(wanted, got)
    lost_details = _differing(details, got_details)
    return {**lost, "details": lost_details} if lost_details else lost


def _plain(bay: Bay | FoundBay) -> dict[str, Any]:
    plain: dict[str, Any] = bay.model_dump(mode="json")
    return plain


def _differing(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: wanted.get(name)
        for name in sorted(wanted.keys() | got.keys())
        if wanted.get(name) != got.get(name)
    }


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _written(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: _cell(column, row[column]) for column in COLUMNS})
    return text.getvalue().encode()


def _cell(column: str, text: str) -> str:
    return safe_cell(text) if column in TEXT_COLUMNS else text
