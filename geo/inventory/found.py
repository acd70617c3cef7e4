"""What reading an inventory gave: bays, and what became of every row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo.words import FoundBay


@dataclass(frozen=True)
class Note:
    """One remark about one row."""

    row: int
    """Position in the file: 1 is the first row after the header, or the first feature."""
    code: str
    """Stable code, for programs."""
    message: str
    """Names the value found and the value wanted, or what was done."""


@dataclass(frozen=True)
class Merge:
    """A row that told more of a bay already read."""

    row: int
    into_row: int
    bay_id: str
    message: str


@dataclass(frozen=True)
class CommuneDisagreement:
    """A row whose declared commune is not the one in which it lies."""

    row: int
    bay_id: str
    declared: str
    found: str | None
    """INSEE code, None outside every outline."""
    outside_m: float | None = None
    """Metres to the declared commune, None where its outline is not given."""


@dataclass(frozen=True)
class FoundInventory:
    """An inventory as read: ``len(bays) + len(merged) + len(refused) == rows``."""

    file_format: str
    rows: int
    bays: tuple[FoundBay, ...]
    rows_of_bays: tuple[int, ...]
    """Row of each bay, in the same order."""
    merged: tuple[Merge, ...] = ()
    refused: tuple[Note, ...] = ()
    """Exactly one reason for each refused row."""
    repairs: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()
    disagreements: tuple[CommuneDisagreement, ...] = ()
    turned: frozenset[str] = frozenset()
    """Bays whose direction was taken from their neighbours in the file: other rows may change it."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What holds for the whole file: encoding, reference system, defaults used with their source."""
