"""Inventories as a CSV of the national schema (Cerema schema-aire-livraison 1.0.0), from which nothing is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from geo.errors import BayTwice
from geo.exports.cells import safe_cell
from geo.exports.cerema_row import cerema_row
from geo.exports.cerema_words import COLUMNS
from geo.exports.lost import lost, lost_text
from geo.inventory.read import ReadOptions, read_inventory
from geo.words import Bay, FoundBay

FILE_FORMAT = "cerema"
"""Name under which inventories of the schema are read."""

PASSES = 3
"""Times a file is read back at most: what a reader derives may follow from what the tail corrected."""

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
    tails: list[dict[str, Any]] = [{} for _ in bays]
    for _ in range(PASSES):
        found = _read_back([_with_tail(*one) for one in zip(rows, tails, strict=True)])
        missing = [lost(bay, back) for bay, back in zip(bays, found, strict=True)]
        if not any(missing):
            break
        tails = [_joined(tail, more) for tail, more in zip(tails, missing, strict=True)]
    return _written([_with_tail(*one) for one in zip(rows, tails, strict=True)])


def _with_tail(row: Mapping[str, str], tail: Mapping[str, Any]) -> dict[str, str]:
    end = f" [airelib {lost_text(tail)}]" if tail else ""
    return {**row, "COMMENTAIRE": f"{row['COMMENTAIRE']}{end}".lstrip()}


def _joined(tail: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    details = {**tail.get("details", {}), **more.get("details", {})}
    return {**tail, **more, **({"details": details} if details else {})}


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


def _written(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: _cell(column, row[column]) for column in COLUMNS})
    return text.getvalue().encode()


def _cell(column: str, text: str) -> str:
    return safe_cell(text) if column in TEXT_COLUMNS else text
