"""Takes an inventory of communes, streets and bays: all of it, or nothing, and on record so that it can be undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from geo.communes import CommuneOutline
from geo.errors import UnknownCommune
from geo.inventory.changes import BayChange, changes, count_kinds
from geo.streets import Street
from geo.words import Bay
from service.moments import now_utc
from service.store.axis import axis_of
from service.store.bays import bay_of_record, list_communes, replace_streets, save_communes
from service.store.communes import is_older, stored_communes
from service.store.figures import refresh, seen_days
from service.store.imports import NewImport, StoredChange, add_import, note_places
from service.store.known_bays import (
    BayRecord,
    columns_of,
    known_bays,
    write_bays,
)
from service.store.notes import next_inventory
from service.store.places import places_now, replaced_text
from service.store.rules import end_rules
from service.store.zones import keep_zones, next_zone, zone_ids_given

BY_PROGRAM = "airelib"
"""Who stands on record where no person is named."""


@dataclass(frozen=True)
class Source:
    """Where an inventory comes from, for the record."""

    by_name: str = BY_PROGRAM
    file_name: str = ""
    file_hash: str = ""
    """SHA-256 of the file, hexadecimal; empty if there is none."""
    file_format: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)
    """The object of report.json."""


@dataclass(frozen=True)
class Inventory:
    """Places to take."""

    bays: Sequence[Bay]
    """Each bay once."""
    communes: Sequence[CommuneOutline] = ()
    streets: Sequence[Street] | None = None
    """None leaves the streets as they are."""
    rules_since_on: date | None = None
    """First local day of rules that differ from those known; today if None."""
    source: Source = Source()
    made_at: datetime | None = None
    """Now if None."""
    turned: Collection[str] = frozenset()
    """Bays whose direction was taken from their neighbours in the file."""


@dataclass(frozen=True)
class Counts:
    """How much was taken."""

    bays: int
    communes: int
    streets: int
    import_id: int = 0
    """Under which the import can be undone."""
    kinds: Mapping[str, int] = field(default_factory=dict)
    """How many bays were new, changed, moved, unchanged."""


def save_inventory(session: Session, inventory: Inventory) -> Counts:
    """Insert or replace communes, streets and bays; figures follow where a capacity changed.

    A bay that is as it was stays as it is. Rules that an import replaces are kept with the day until which they were
    in force, polygons under the zone identifier by which events may still name them. An outline of a vintage before the
    one known is left aside.

    Raises
    ------
    UnknownCommune
        A bay or street names a commune that is neither given nor known.
    """
    next_inventory(session)
    made_at = inventory.made_at or now_utc()
    given = [item.commune.insee for item in inventory.communes]
    with_streets = inventory.streets is not None
    before = places_now(session, given, with_streets=with_streets)
    vintages = stored_communes(session)
    communes = save_communes(
        session,
        [
            item
            for item in inventory.communes
            if not is_older(item.vintage, vintages.get(item.commune.insee))
        ],
    )
    _check_communes(session, inventory)
    streets = replace_streets(session, inventory.streets) if inventory.streets is not None else 0
    known = known_bays(session, [bay.bay_id for bay in inventory.bays])
    found = compare(known, inventory.bays, inventory.turned)
    differing = [one for one in found if one.kind != "unchanged"]
    since_on = inventory.rules_since_on or made_at.date()
    stored = _take(session, known, differing, made_at, since_on)
    kinds = count_kinds(found)
    import_id = add_import(
        session, NewImport(made_at, **vars(inventory.source), counts=kinds), stored
    )
    after = places_now(session, given, with_streets=with_streets)
    note_places(session, import_id, replaced_text(before, after))
    return Counts(len(found), communes, streets, import_id, kinds)


def compare(
    known: Mapping[str, BayRecord], bays: Sequence[Bay], turned: Collection[str] = frozenset()
) -> tuple[BayChange, ...]:
    """Return what bays would change of the rows known under their identifiers; see ``geo.inventory.changes``."""
    return changes({bay_id: bay_of_record(row) for bay_id, row in known.items()}, bays, turned)


def follow_capacity(session: Session, bay_ids: Collection[str]) -> None:
    """Compute the figures of bays anew whose capacity or time zone is another."""
    axis = axis_of(session, bay_ids)
    refresh(session, axis, seen_days(session, axis))


def _check_communes(session: Session, inventory: Inventory) -> None:
    known = {commune.insee for commune in list_communes(session)}
    named = {bay.commune for bay in inventory.bays}
    named |= {street.commune for street in inventory.streets or () if street.commune is not None}
    if named - known:
        raise UnknownCommune(
            f"nothing was imported: communes {', '.join(sorted(named - known))} are not known; "
            "wanted them in the file of communes"
        )


def _take(
    session: Session,
    known: Mapping[str, BayRecord],
    found: Sequence[BayChange],
    made_at: datetime,
    since_on: date,
) -> list[StoredChange]:
    """Write the bays that differ and return what became of each."""
    rows = _rows(session, known, found, made_at)
    keep_zones(
        session,
        [known[one.bay.bay_id] for one in found if one.makes_zone and one.kind != "new"],
        made_at,
    )
    ruled = {
        one.bay.bay_id: known[one.bay.bay_id]["rules"] for one in found if "rules" in one.fields
    }
    ended = end_rules(session, ruled, since_on)
    write_bays(session, rows)
    follow_capacity(
        session, [one.bay.bay_id for one in found if {"capacity", "commune"} & set(one.fields)]
    )
    return [
        StoredChange(
            row["bay_id"],
            one.kind,
            row["insee"],
            row["zone_id"],
            since_on if row["bay_id"] in ended else None,
            known.get(row["bay_id"]),
        )
        for one, row in zip(found, rows, strict=True)
    ]


def _rows(
    session: Session, known: Mapping[str, BayRecord], found: Sequence[BayChange], made_at: datetime
) -> list[dict[str, Any]]:
    moving = [one.bay.bay_id for one in found if one.makes_zone and one.kind != "new"]
    given = zone_ids_given(session, moving)
    rows = []
    for one in found:
        row = {**columns_of(one.bay), "updated_at": made_at}
        before = known.get(one.bay.bay_id)
        if one.makes_zone or before is None:
            version, zone_id = next_zone(
                one.bay.commune, one.bay.bay_id, given.get(one.bay.bay_id, ())
            )
            zone = {"geometry_version": version, "zone_id": zone_id, "published_at": made_at}
        else:
            zone = {name: before[name] for name in ("geometry_version", "zone_id", "published_at")}
        rows.append({**row, **zone})
    return rows
