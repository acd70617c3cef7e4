"""Inventories as a CSV of the national schema (Cerema schema-aire-livraison 1.0.0), from which nothing is lost."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence

from geo.errors import BayTwice
from geo.exports.cells import safe_cell
from geo.exports.cerema_row import cerema_row, zone_uuid
from geo.exports.cerema_words import COLUMNS
from geo.exports.lost import Tail, lost_text, tails_of
from geo.inventory.read import ReadOptions
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
    rows = _unique([cerema_row(bay) for bay in bays], bays)

    def write(tails: Sequence[Tail]) -> bytes:
        return _written([_with_tail(*one) for one in zip(rows, tails, strict=True)])

    return write(tails_of(bays, write, ReadOptions(FILE_FORMAT)))


def _unique(rows: list[dict[str, str]], bays: Sequence[Bay | FoundBay]) -> list[dict[str, str]]:
    """Give rows whose source used one UUID twice the identifier of their curb zone: the schema's key is unique."""
    counted = Counter(row["UUID"] for row in rows)
    return [
        {**row, "UUID": zone_uuid(bay)} if counted[row["UUID"]] > 1 else row
        for row, bay in zip(rows, bays, strict=True)
    ]


def _with_tail(row: Mapping[str, str], tail: Tail) -> dict[str, str]:
    end = f" [airelib {lost_text(tail)}]" if tail else ""
    return {**row, "COMMENTAIRE": f"{row['COMMENTAIRE']}{end}".lstrip()}


def _check_unique(bays: Sequence[Bay | FoundBay]) -> None:
    known: set[str] = set()
    for bay in bays:
        if bay.bay_id in known:
            raise BayTwice(f"bay {bay.bay_id!r} is given twice: wanted one row for each bay")
        known.add(bay.bay_id)


def _written(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: _cell(column, row[column]) for column in COLUMNS})
    return text.getvalue().encode()


def _cell(column: str, text: str) -> str:
    return safe_cell(text) if column in TEXT_COLUMNS else text
