"""Takes an inventory of communes, streets and bays: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from geo.communes import CommuneOutline
from geo.errors import UnknownCommune
from geo.streets import Street
from geo.words import Bay
from service.moments import now_utc
from service.store.axis import axis_of, bay_axis
from service.store.bays import list_communes, replace_streets, save_bays, save_communes
from service.store.figures import refresh, seen_days
from service.store.notes import INVENTORY, get_note, set_note
from service.store.rules import end_rules


@dataclass(frozen=True)
class Inventory:
    """Places to take."""

    bays: Sequence[Bay]
    communes: Sequence[CommuneOutline] = ()
    streets: Sequence[Street] | None = None
    """None leaves the streets as they are."""
    rules_since_on: date | None = None
    """First local day of rules that differ from those known; today if None."""


@dataclass(frozen=True)
class Counts:
    """How much was taken."""

    bays: int
    communes: int
    streets: int


def save_inventory(session: Session, inventory: Inventory) -> Counts:
    """Insert or replace communes, streets and bays; figures follow where a capacity changed.

    Rules that an import replaces are kept with the day until which they were in force.

    Raises
    ------
    UnknownCommune
        A bay or street names a commune that is neither given nor known.
    """
    communes = save_communes(session, inventory.communes)
    known = {commune.insee for commune in list_communes(session)}
    named = {bay.commune for bay in inventory.bays}
    named |= {street.commune for street in inventory.streets or () if street.commune is not None}
    if named - known:
        raise UnknownCommune(
            f"nothing was imported: communes {', '.join(sorted(named - known))} are not known; "
            "wanted them in the file of communes"
        )
    before = {place.bay_id: place.capacity for place in bay_axis(session).places}
    since_on = inventory.rules_since_on or now_utc().date()
    end_rules(session, {bay.bay_id: bay.rules for bay in inventory.bays}, since_on)
    taken = save_bays(session, inventory.bays)
    changed = [
        bay.bay_id for bay in inventory.bays if before.get(bay.bay_id, bay.capacity) != bay.capacity
    ]
    axis = axis_of(session, changed)
    refresh(session, axis, seen_days(session, axis))
    set_note(session, INVENTORY, str(int(get_note(session, INVENTORY) or 0) + 1))
    streets = replace_streets(session, inventory.streets) if inventory.streets is not None else 0
    return Counts(taken, communes, streets)
