"""Undoes an import of an inventory as a whole, or says why it cannot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session

from geo.errors import Conflict, OutOfScope, UnknownCommune
from service.ingest.inventory import follow_capacity
from service.store.axis import lock_bays
from service.store.bays import list_communes
from service.store.imports import (
    Import,
    StoredChange,
    changes_of,
    get_import,
    later_imports,
    note_undone,
    places_of_import,
)
from service.store.known_bays import (
    delete_bays,
    known_bays,
    referring_to_bays,
    write_bays,
)
from service.store.notes import next_inventory
from service.store.places import put_back, touches_others
from service.store.rules import drop_ends
from service.store.zones import drop_zones

NAMED = 10
"""Bays that a sentence names; a longer list is counted."""


class ImportUndone(Conflict):
    """The import was undone before."""

    code = "import_undone"


class ImportedSince(Conflict):
    """A later import changed the same bays: it is to be undone first."""

    code = "imported_since"


class BayInUse(Conflict):
    """Something refers to a bay that would have to go: stays, events, decisions, devices."""

    code = "bay_in_use"


def undo_import(
    session: Session, import_id: int, by_name: str, at: datetime, insee: str | None = None
) -> Import:
    """Bring bays, rules, polygons, communes and streets back to what they were before an import.

    Figures follow where a capacity changes back. The import stays on record, as undone.

    Parameters
    ----------
    insee
        The only commune whose bays may be touched; None for any.

    Raises
    ------
    UnknownImport
        None has this identifier.
    ImportUndone, ImportedSince, BayInUse
        It cannot be undone; nothing was changed.
    OutOfScope
        It changed bays of another commune.
    """
    next_inventory(session)
    made = get_import(session, import_id)
    if made.undone_at is not None:
        raise ImportUndone(
            f"import {import_id} was undone by {made.undone_by} at {made.undone_at.isoformat()}"
        )
    changes = changes_of(session, import_id)
    places = places_of_import(session, import_id)
    if insee is not None:
        _check_scope(changes, places, import_id, insee)
    bay_ids = [change.bay_id for change in changes]
    _check_latest(session, import_id, bay_ids)
    lock_bays(session, bay_ids)
    brought = [change.bay_id for change in changes if change.before is None]
    _check_free(session, brought)
    _check_communes(session, changes)
    _restore(session, changes)
    delete_bays(session, brought)
    put_back(session, places)
    note_undone(session, import_id, by_name, at)
    return get_import(session, import_id)


def _check_scope(changes: Sequence[StoredChange], places: str, import_id: int, insee: str) -> None:
    touched = {change.insee for change in changes}
    touched |= {change.before["insee"] for change in changes if change.before is not None}
    others = sorted(touched - {insee})
    if others or touches_others(places, insee):
        raise OutOfScope(
            f"import {import_id} changed bays or places of {', '.join(others) or 'several communes'}: "
            f"the key is for {insee}"
        )


def _check_latest(session: Session, import_id: int, bay_ids: Collection[str]) -> None:
    later = later_imports(session, import_id, bay_ids)
    if later:
        newest = max(later)
        raise ImportedSince(
            f"import {import_id} cannot be undone: import {newest} changed {_named(later[newest])} since; "
            f"wanted import {newest} undone first"
        )


def _check_free(session: Session, bay_ids: Collection[str]) -> None:
    used = referring_to_bays(session, bay_ids)
    if used:
        tables = sorted({table for names in used.values() for table in names})
        raise BayInUse(
            f"nothing was undone: {_named(sorted(used))} came with the import and {', '.join(tables)} "
            "refer to them by now; wanted bays that nothing refers to"
        )


def _check_communes(session: Session, changes: Sequence[StoredChange]) -> None:
    known = {commune.insee for commune in list_communes(session)}
    wanted = {change.before["insee"] for change in changes if change.before is not None}
    if wanted - known:
        raise UnknownCommune(
            f"nothing was undone: communes {', '.join(sorted(wanted - known))} of bays before the import are not "
            "known any more; wanted their outlines imported first"
        )


def _restore(session: Session, changes: Sequence[StoredChange]) -> None:
    """Give the bays that were known before their rows, rules and zones back."""
    pairs = [(change, change.before) for change in changes if change.before is not None]
    drop_zones(
        session, [before["zone_id"] for one, before in pairs if one.zone_id != before["zone_id"]]
    )
    drop_ends(
        session,
        [(one.bay_id, one.rules_until_on) for one, _ in pairs if one.rules_until_on is not None],
    )
    now = known_bays(session, [one.bay_id for one, _ in pairs])
    write_bays(session, [before for _, before in pairs])
    follow_capacity(
        session,
        [
            one.bay_id
            for one, before in pairs
            if any(now[one.bay_id][name] != before[name] for name in ("capacity", "insee"))
        ],
    )


def _named(bay_ids: Sequence[str]) -> str:
    more = f" and {len(bay_ids) - NAMED} more" if len(bay_ids) > NAMED else ""
    word = "bay" if len(bay_ids) == 1 else "bays"
    return f"{word} {', '.join(bay_ids[:NAMED])}{more}"
