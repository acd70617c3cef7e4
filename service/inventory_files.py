"""An inventory as a file of any form: from the store or from a file, checked by reading it again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from geo.bays import bays_geojson
from geo.errors import InvalidInput
from geo.exports.cerema import cerema_csv
from geo.exports.datex2 import datex2
from geo.exports.dialog import dialog
from geo.exports.lost import lost
from geo.exports.regulation import Regulation, forbids, standing_regulations
from geo.exports.tables import geopackage, geoparquet
from geo.inventory.read import ReadOptions, read_inventory
from geo.words import Bay, Commune, FoundBay, curb_zone_id
from service.inventory_cds import cds_document
from service.inventory_forms import FORMS
from service.store.bays import list_communes
from service.store.zones import Zone, list_zones

SHOWN = 5
"""Bays that a message names."""


class WouldNotComeBack(InvalidInput):
    """A file was not written, as reading it again would not give back the bays it was made of."""

    code = "would_not_come_back"


@dataclass(frozen=True)
class Inventory:
    """Bays to be written."""

    bays: Sequence[Bay | FoundBay]
    zones: Sequence[Zone]
    """The same bays as curb zones; of a file, those whose commune is known."""
    dated_at: datetime
    """Of the file, aware."""
    communes: Mapping[str, Commune] = field(default_factory=dict)
    """Those that are known, by INSEE code."""


def stored_inventory(session: Session, insee: str | None, now_at: datetime) -> Inventory:
    """Return the bays of the store, or of one commune, dated by their last change, else by now."""
    zones = list_zones(session, insee)
    changed = [zone.updated_at for zone in zones if zone.updated_at]
    communes = {commune.insee: commune for commune in list_communes(session)}
    return Inventory([zone.bay for zone in zones], zones, max(changed, default=now_at), communes)


def read_file(data: bytes, name: str, insee: str | None, now_at: datetime) -> Inventory:
    """Return the bays of a file in any form that can be read, of one commune where one is given.

    Raises
    ------
    InvalidFile
        It cannot be read.
    """
    found = read_inventory(data, name, ReadOptions(commune=insee))
    bays = [bay for bay in found.bays if insee is None or bay.commune == insee]
    communes = {
        bay.commune: Commune(insee=bay.commune, name=bay.details.commune_name)
        for bay in bays
        if bay.commune and bay.details.commune_name
    }
    return Inventory(bays, [_zone(bay, now_at) for bay in bays if bay.commune], now_at, communes)


def _zone(bay: FoundBay, at: datetime) -> Zone:
    known = Bay.model_validate(bay.model_dump())
    return Zone(known, str(curb_zone_id(known.commune, known.bay_id)), 1, at, at, ())


def inventory_file(inventory: Inventory, form: str) -> bytes:
    """Return bays as a file, by a name of its form.

    Raises
    ------
    NotExpressible
        The form has no words for a rule.
    InvalidInput
        The form needs a commune that is not known, or only one.
    """
    return WRITERS[form](inventory)


def check_file(inventory: Inventory, form: str, content: bytes) -> None:
    """Check that reading a file gives back every bay.

    Raises
    ------
    WouldNotComeBack
        Some bays would be missing, or others.
    """
    if not FORMS[form].comes_back:
        return
    name = f"inventory.{FORMS[form].suffix}"
    back = {bay.bay_id: bay for bay in read_inventory(content, name).bays}
    gone = [bay.bay_id for bay in inventory.bays if lost(bay, back.get(bay.bay_id))]
    if gone:
        raise WouldNotComeBack(
            f"{len(gone)} of {len(inventory.bays)} bays would not come back from a {form} file, first "
            f"{', '.join(gone[:SHOWN])}: wanted all; nothing was written"
        )


def unregulated(inventory: Inventory) -> int:
    """Return of how many bays no rule is known that forbids anything: forms that hold orders leave them out."""
    return sum(not forbids(bay) for bay in inventory.bays)


def _geojson(inventory: Inventory) -> bytes:
    document = bays_geojson(inventory.bays)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _cds(inventory: Inventory) -> bytes:
    _check_communes(inventory)
    return cds_document(inventory.zones, _time_zone(inventory))


def _datex2(inventory: Inventory) -> bytes:
    return datex2(_regulations(inventory), inventory.dated_at)


def _dialog(inventory: Inventory) -> bytes:
    """Return one order of all bays: DiaLog takes one at a time, of one commune."""
    regulations = _regulations(inventory)
    communes = sorted({regulation.insee for regulation in regulations})
    if len(communes) != 1:
        raise InvalidInput(
            f"the bays are of the communes {', '.join(communes)}: DiaLog takes the order of one, wanted --commune"
        )
    whole = _whole(regulations)
    return (json.dumps(dialog(whole), ensure_ascii=False, indent=2) + "\n").encode()


def _whole(regulations: Sequence[Regulation]) -> Regulation:
    first = regulations[0]
    if len(regulations) == 1:
        return first
    return Regulation(
        regulation_id=f"inventaire-{first.insee}",
        title=f"Aires de livraison - {first.authority}",
        insee=first.insee,
        authority=first.authority,
        from_on=min(one.from_on for one in regulations),
        bays=tuple(bay for one in regulations for bay in one.bays),
        is_draft=True,
        time_zone=first.time_zone,
    )


def _regulations(inventory: Inventory) -> list[Regulation]:
    _check_communes(inventory)
    bays = [zone.bay for zone in inventory.zones]
    authorities = {code: f"Commune : {one.name}" for code, one in inventory.communes.items()}
    on = inventory.dated_at.astimezone(ZoneInfo(_time_zone(inventory))).date()
    found = standing_regulations(bays, authorities, on)
    if not found:
        raise InvalidInput(
            f"no rule is known of any of the {len(bays)} bays: wanted at least one for an order"
        )
    return found


def _check_communes(inventory: Inventory) -> None:
    placeless = [bay.bay_id for bay in inventory.bays if bay.commune is None]
    if placeless:
        raise InvalidInput(
            f"the commune of {len(placeless)} bays is not known, first {placeless[0]}: wanted one for each, by --commune"
        )


def _time_zone(inventory: Inventory) -> str:
    """Return the time zone of the bays' commune; that of the mainland where none is known."""
    codes = {bay.commune for bay in inventory.bays}
    found = {one.time_zone for code, one in inventory.communes.items() if code in codes}
    return min(found, default="Europe/Paris")


WRITERS: dict[str, Callable[[Inventory], bytes]] = {
    "cerema": lambda inventory: cerema_csv(inventory.bays),
    "geojson": _geojson,
    "gpkg": lambda inventory: geopackage(inventory.bays),
    "geoparquet": lambda inventory: geoparquet(inventory.bays),
    "cds": _cds,
    "datex2": _datex2,
    "dialog": _dialog,
}
"""Writes each form of ``service.inventory_forms``."""
