"""A row on its way to a bay: where it lies, what it says, and the ledger of remarks."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from geo.bay_details import Guess
from geo.errors import AirelibError, RowRefused
from geo.inventory.codes import Reason, Repair, Warn
from geo.inventory.found import Note
from geo.inventory.shapes import Points, Shape
from geo.words import BayType, TimeRule


@dataclass(frozen=True)
class Place:
    """Who a row is and where it lies: read for every row, also for one that is refused later."""

    row: int
    bay_id: str | None
    """The source's own identifier, None where it has none."""
    shape: Shape | None
    commune: str | None = None
    """INSEE code that the row declares."""
    commune_name: str | None = None


@dataclass(frozen=True)
class Said:
    """What a row says of the bay itself."""

    name: str = ""
    length_m: float | None = None
    drawn_width_m: float | None = None
    """Width to draw with where none was measured, None for the default of all formats."""
    capacity: int | None = None
    bay_type: BayType = BayType.PERMANENT
    rules: tuple[TimeRule, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    """Fields of ``BayDetails``, ``estimated`` and ``extra`` included."""
    guesses: frozenset[Guess] = frozenset()
    street: Hashable | None = None
    """Rows with the same one lie along the same street."""
    side: Hashable | None = None
    """Which side of it."""
    kerb_lonlat: tuple[tuple[float, float], ...] = ()
    """A line along which the source says that the bay lies."""
    same_bay: Hashable | None = None
    """Rows with the same one are about the same bay."""
    ring_lonlat: tuple[tuple[float, float], ...] = ()
    """The outline, where a machine-readable remark gives it better than the row's own column."""
    commune: str | None = None
    """INSEE code, where a machine-readable remark gives it."""


@dataclass(frozen=True)
class Draft:
    """A row that may become a bay."""

    place: Place
    points_lonlat: Points
    """Its shape in WGS 84."""
    crs: str
    """Metric reference system of where it lies."""
    said: Said

    @property
    def row(self) -> int:
        """Position of the row in the file."""
        return self.place.row


class Ledger:
    """What happened to rows: exactly one reason for each refused one."""

    def __init__(self) -> None:
        self.refused: dict[int, Note] = {}
        self.repairs: list[Note] = []
        self.warnings: list[Note] = []
        self.facts: dict[str, Any] = {}

    def refuse(self, row: int, error: AirelibError) -> None:
        """Note why a row is refused; the first reason stands."""
        code = error.reason if isinstance(error, RowRefused) else error.code
        reason = Reason(code) if code in set(Reason) else Reason.INVALID_VALUE
        self.refused.setdefault(row, Note(row, reason.value, str(error)))

    def repaired(self, row: int, code: Repair, message: str) -> None:
        """Note what was put right."""
        self.repairs.append(Note(row, code.value, message))

    def warn(self, row: int, code: Warn, message: str) -> None:
        """Note what a person should look at."""
        self.warnings.append(Note(row, code.value, message))

    def count(self, fact: str, by: int = 1) -> None:
        """Add to a number that holds for the whole file."""
        self.facts[fact] = self.facts.get(fact, 0) + by
