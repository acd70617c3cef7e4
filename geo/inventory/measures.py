"""Lengths and widths: units told apart, and values that no bay has set aside."""

from __future__ import annotations

from dataclasses import dataclass

from geo.inventory.cells import Row
from geo.inventory.codes import Repair, Warn
from geo.inventory.draft import Ledger

LONGEST_M, WIDEST_M = 100.0, 20.0
"""Above these a value cannot be metres; below the same number of centimetres it cannot be centimetres.

Source: Cerema schema-aire-livraison 1.0.0 bounds LONGUEUR to 100..10000 cm; the longest of the 9,198 bays of Paris
measures 79.85 m. For widths: 20 m is wider than any kerb, 20 cm narrower.
"""

SHORTEST_M, NARROWEST_M = 2.0, 1.5
"""A smaller length or width is no place for a vehicle; 21 rows of Hauts-de-Seine say 1.0, beside 983 that say 0.0.

Source: the shortest of the 9,198 bays of Paris measures 2.57 m; the narrowest light commercial vehicles are 1.5 m wide (Piaggio Porter 1.49 m); assumption of the house.
"""

CM_PER_M = 100


@dataclass(frozen=True)
class Size:
    """Measured length and width in metres, None where unknown."""

    length_m: float | None
    width_m: float | None


def size_of(
    row: Row,
    length: tuple[str, ...],
    width: tuple[str, ...],
    ledger: Ledger,
    *,
    is_cm: bool = False,
) -> Size:
    """Return length and width in metres; a value that can only be in the other unit is converted and noted."""
    length_m = _metres(row, length, LONGEST_M, ledger, is_cm=is_cm)
    width_m = _metres(row, width, WIDEST_M, ledger, is_cm=is_cm)
    return Size(
        _plausible(row, length[0], length_m, SHORTEST_M, ledger),
        _plausible(row, width[0], width_m, NARROWEST_M, ledger),
    )


def _plausible(
    row: Row, column: str, value_m: float | None, least_m: float, ledger: Ledger
) -> float | None:
    if value_m is None or value_m >= least_m:
        return value_m
    ledger.warn(
        row.row,
        Warn.IMPLAUSIBLE,
        f"{column} is {value_m:g} m, which no vehicle fits: taken as unknown",
    )
    return None


def _metres(
    row: Row, columns: tuple[str, ...], most_m: float, ledger: Ledger, *, is_cm: bool
) -> float | None:
    value = row.positive(*columns)
    if value is None:
        return None
    reads_cm = value >= most_m if is_cm else value > most_m
    if reads_cm != is_cm:
        said, taken = ("centimetres", "metres") if is_cm else ("metres", "centimetres")
        ledger.repaired(
            row.row,
            Repair.UNIT,
            f"{columns[0]} is {value:g}, which cannot be {said}: taken as {taken}",
        )
    return value / CM_PER_M if reads_cm else value
