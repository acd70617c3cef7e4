"""Tells which bays of an inventory can be taken here: those whose commune is known, and the caller's own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from geo.errors import InvalidFile, OutOfScope, UnknownCommune
from geo.inventory.found import FoundInventory, Note
from geo.words import Bay, FoundBay

COMMUNE_UNKNOWN = "commune_unknown"
"""Code of the warning about a bay that is kept without a commune."""

Fault = tuple[str, str]
"""Code of why a bay cannot be taken, and the sentence."""


class NothingToImport(InvalidFile):
    """No row of an inventory can be taken."""

    code = "nothing_to_import"


@dataclass(frozen=True)
class Scope:
    """Where bays may be taken."""

    communes: Collection[str]
    """INSEE codes of the communes that are known, or come with the inventory."""
    insee: str | None = None
    """The only commune whose bays may be brought or changed; None for any."""
    known_in: Mapping[str, str] | None = None
    """Commune of each known bay by identifier; wanted where only one commune's bays may be changed."""


def place(found: FoundInventory, scope: Scope) -> tuple[FoundInventory, tuple[Bay, ...]]:
    """Return an inventory without the bays that cannot be taken, which are refused rows, and the others as bays.

    Rows merged into a bay that is refused are refused with it, so that rows still add up.
    """
    faults = {bay.bay_id: fault for bay in found.bays if (fault := _fault(bay, scope)) is not None}
    rest = without(found, faults)
    return rest, tuple(_bay(bay) for bay in rest.bays)


def without(found: FoundInventory, faults: Mapping[str, Fault]) -> FoundInventory:
    """Return an inventory with some of its bays refused, by identifier."""
    if not faults:
        return found
    pairs = list(zip(found.bays, found.rows_of_bays, strict=True))
    refused = [Note(row, *faults[bay.bay_id]) for bay, row in pairs if bay.bay_id in faults]
    refused += [
        Note(one.row, faults[one.bay_id][0], f"merged into row {one.into_row}, which is refused")
        for one in found.merged
        if one.bay_id in faults
    ]
    kept = [(bay, row) for bay, row in pairs if bay.bay_id not in faults]
    return replace(
        found,
        bays=tuple(bay for bay, _ in kept),
        rows_of_bays=tuple(row for _, row in kept),
        merged=tuple(one for one in found.merged if one.bay_id not in faults),
        refused=tuple(sorted((*found.refused, *refused), key=lambda note: note.row)),
    )


def check_any(found: FoundInventory, name: str) -> None:
    """Refuse an inventory of which nothing can be taken.

    Raises
    ------
    NothingToImport
        It holds no bay.
    """
    if found.bays:
        return
    told = f"all {found.rows} rows of {name} were refused" if found.rows else f"{name} holds no row"
    raise NothingToImport(f"nothing was imported: {told}, wanted at least one bay")


def note_unplaced(found: FoundInventory) -> FoundInventory:
    """Return an inventory with a warning for each bay whose commune is unknown."""
    told = {note.row for note in found.warnings if note.code == COMMUNE_UNKNOWN}
    notes = [
        Note(row, COMMUNE_UNKNOWN, f"bay {bay.bay_id} has no commune: wanted a code or its outline")
        for bay, row in zip(found.bays, found.rows_of_bays, strict=True)
        if bay.commune is None and row not in told
    ]
    return replace(found, warnings=(*found.warnings, *notes))


def _fault(bay: FoundBay, scope: Scope) -> Fault | None:
    """Return the code of why a bay cannot be taken, and the sentence, or None."""
    if bay.commune is None:
        return UnknownCommune.code, (
            f"bay {bay.bay_id} has no commune: wanted a code in the file, or an outline that holds it"
        )
    if bay.commune not in scope.communes:
        return UnknownCommune.code, (
            f"bay {bay.bay_id} lies in commune {bay.commune}, which is not known: wanted its outline"
        )
    known_in = (scope.known_in or {}).get(bay.bay_id, bay.commune)
    other = next(
        (code for code in (bay.commune, known_in) if scope.insee not in (None, code)), None
    )
    if other is not None:
        return OutOfScope.code, (
            f"bay {bay.bay_id} lies in commune {other}: wanted bays of {scope.insee} only"
        )
    return None


def _bay(bay: FoundBay) -> Bay:
    return Bay.model_construct(**vars(bay))
