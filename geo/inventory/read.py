"""An inventory of bays read: any known format to bays, every row imported, merged or refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from geo.errors import AirelibError, InvalidFile, RowRefused
from geo.inventory.building import built
from geo.inventory.cells import Row
from geo.inventory.codes import Reason
from geo.inventory.draft import Draft, Ledger, Place, Said
from geo.inventory.drawing import outlines
from geo.inventory.formats import Chosen, choose
from geo.inventory.found import FoundInventory, Merge, Note
from geo.inventory.joining import Joined, joined
from geo.inventory.opening import open_inventory
from geo.inventory.options import ReadOptions
from geo.inventory.placing import Placed, placed
from geo.inventory.shapes import checked_crs
from geo.inventory.territory import Territory, territory_of
from geo.inventory.twins import unique, warn_overlaps, warn_same_place
from geo.words import FoundBay

__all__ = ["ReadOptions", "read_inventory"]


def read_inventory(data: bytes, name: str, options: ReadOptions = ReadOptions()) -> FoundInventory:  # noqa: B008 - frozen
    """Read an inventory; nothing is unpacked, no XML is parsed, time and memory are bounded.

    Parameters
    ----------
    data
        The file: CSV, JSON or a GeoPackage.
    name
        Name of the file, for messages.

    Raises
    ------
    InvalidFile
        The file as a whole cannot be read: damaged, of an unknown format, too large, made to do harm.
    """
    opened = open_inventory(data, name)
    crs = checked_crs(options.crs) if options.crs else opened.crs
    ledger = Ledger()
    ledger.facts.update(opened.facts)
    try:
        chosen = choose(opened, options.file_format)
        ledger.facts["crs"] = checked_crs(crs) if crs else "EPSG:4326, as no other is declared"
    except InvalidFile as error:
        raise InvalidFile(f"{name}: {error}") from error
    places = _places(chosen, ledger)
    where = placed(list(places.values()), crs, ledger)
    territory = territory_of(places, where, options.communes, ledger, options.successors)
    bays = joined(_said(chosen, places, ledger))
    drafts = {
        row: _at_home(draft, territory, options.commune)
        for row, draft in _drafts(bays, where, ledger).items()
    }
    shapes = outlines(list(drafts.values()), options.streets, ledger)
    singles = unique(built(list(drafts.values()), shapes, ledger), ledger)
    told = warn_same_place(singles.bays, ledger)
    warn_overlaps(drafts, shapes, singles.bays, told, ledger)
    if chosen.reader.facts:
        chosen.reader.facts(ledger)
    merged = (*_merges(bays, singles.bays, ledger), *singles.merged)
    return FoundInventory(
        chosen.reader.file_format,
        len(chosen.rows),
        tuple(singles.bays.values()),
        tuple(singles.bays),
        tuple(sorted(merged, key=lambda item: item.row)),
        tuple(sorted(ledger.refused.values(), key=lambda note: note.row)),
        _of_taken(ledger.repairs, ledger),
        _of_taken(ledger.warnings, ledger),
        territory.disagreements,
        frozenset(
            bay.bay_id for row, bay in singles.bays.items() if shapes[row].is_turned_by_others
        ),
        ledger.facts,
    )


def _of_taken(notes: Sequence[Note], ledger: Ledger) -> tuple[Note, ...]:
    """Return the remarks on rows that were taken, by row; of a refused one its reason is enough."""
    kept = (note for note in notes if note.row not in ledger.refused)
    return tuple(sorted(kept, key=lambda note: note.row))


def _places(chosen: Chosen, ledger: Ledger) -> dict[int, Place]:
    found: dict[int, Place] = {}
    for item in chosen.rows:
        if not isinstance(item, Row):
            ledger.refuse(*item)
            continue
        try:
            found[item.row] = chosen.reader.place(item, ledger)
        except AirelibError as error:
            ledger.refuse(item.row, error)
    return found


def _said(chosen: Chosen, places: Mapping[int, Place], ledger: Ledger) -> list[tuple[Place, Said]]:
    """Return what each row says of its bay that is not refused yet."""
    told: list[tuple[Place, Said]] = []
    for item in chosen.rows:
        if not isinstance(item, Row) or item.row in ledger.refused:
            continue
        try:
            told.append((places[item.row], chosen.reader.say(item, ledger)))
        except AirelibError as error:
            ledger.refuse(item.row, error)
    return told


def _drafts(
    bays: Sequence[Joined], where: Mapping[int, Placed], ledger: Ledger
) -> dict[int, Draft]:
    """Return the rows that lie somewhere; the others are refused, with every row joined to them."""
    drafts: dict[int, Draft] = {}
    for bay in bays:
        rows = (bay.place.row, *bay.later_rows)
        position = next((where[row] for row in rows if row in where), None)
        if position is not None:
            drafts[bay.place.row] = Draft(bay.place, position.points_lonlat, position.crs, bay.said)
            continue
        shape = bay.place.shape
        found = f"the placeholder {shape.points_xy[0]}" if shape else "no position"
        for row in rows:
            ledger.refuse(
                row,
                RowRefused(
                    Reason.NO_POSITION,
                    f"the row has {found}: wanted the longitude and latitude of the bay",
                ),
            )
    return drafts


def _at_home(draft: Draft, territory: Territory, default: str | None) -> Draft:
    """Return a draft with its commune, and its arrondissement where the row does not give one."""
    row, said = draft.row, draft.said
    details = dict(said.details)
    if details.get("arrondissement") is None:
        details["arrondissement"] = territory.arrondissements.get(row)
    commune = said.commune or territory.commune(row, default)
    return replace(draft, said=replace(said, commune=commune, details=details))


def _merges(bays: Sequence[Joined], kept: Mapping[int, FoundBay], ledger: Ledger) -> list[Merge]:
    """Return the rows joined to an imported bay; those joined to a refused one share its reason."""
    merges: list[Merge] = []
    for bay in bays:
        first = bay.place.row
        for row in bay.later_rows:
            if first in kept:
                merges.append(
                    Merge(row, first, kept[first].bay_id, f"another rule of the bay of row {first}")
                )
            elif first in ledger.refused:
                reason = ledger.refused[first]
                ledger.refuse(row, RowRefused(reason.code, reason.message))
    return merges
