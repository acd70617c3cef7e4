"""The report of an import: what became of every row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geo.inventory.found import FoundInventory, Note


def report(found: FoundInventory) -> dict[str, Any]:
    """Return the object of ``report.json``: ``imported``, ``merged`` and ``refused`` add up to ``rows``."""
    return {
        "format": found.file_format,
        "rows": found.rows,
        "imported": len(found.bays),
        "merged": len(found.merged),
        "refused": len(found.refused),
        "reasons": _notes(found.refused),
        "repairs": _notes(found.repairs),
        "warnings": _notes(found.warnings),
        "commune_disagreements": [
            {
                "row": item.row,
                "bay_id": item.bay_id,
                "declared": item.declared,
                "found": item.found,
                "outside_m": item.outside_m,
            }
            for item in found.disagreements
        ],
        "merges": [
            {
                "row": item.row,
                "into_row": item.into_row,
                "bay_id": item.bay_id,
                "message": item.message,
            }
            for item in found.merged
        ],
        "facts": dict(found.facts),
    }


def _notes(notes: Iterable[Note]) -> list[dict[str, Any]]:
    return [{"row": note.row, "code": note.code, "message": note.message} for note in notes]
