"""Reader of the open data of the département des Hauts-de-Seine, ``aires-de-livraison``."""

from __future__ import annotations

from geo.bay_details import Guess
from geo.errors import RowRefused
from geo.inventory.addresses import parity_of, street_of
from geo.inventory.cells import Row, column_key, shown
from geo.inventory.codes import Reason, Warn
from geo.inventory.draft import Ledger, Place, Said
from geo.inventory.hours import PERMANENT_RULE, clock, window
from geo.inventory.measures import size_of
from geo.inventory.shapes import open_data_shape
from geo.rules import ALL_DAYS
from geo.words import BayType, is_insee

COLUMNS = frozenset({"code_insee", "h_debut", "h_fin", "tonnage"})
"""Columns by which the file is known."""

DELIVERY, CASH_TRANSPORT = "livraison", "fonds"

NO_HOURS = "00:00"
"""Written as beginning and end where the source has no hours (680 of 1,007 rows)."""

USED = frozenset(
    {
        "id",
        "type",
        "adresse",
        "cp",
        "commune",
        "code_insee",
        "longueur",
        "h_debut",
        "h_fin",
        "tonnage",
        "geo_shape",
        "geo_point_2d",
    }
)
ZERO_IS_UNKNOWN = frozenset({"lim_vitesse", "largeur"})


def place(row: Row, ledger: Ledger) -> Place:
    """Return who a row is and where it lies."""
    del ledger
    code = row.text("code_insee")
    declared = code if code and is_insee(code) else None
    return Place(row.row, row.text("id"), open_data_shape(row), declared, row.text("commune"))


def say(row: Row, ledger: Ledger) -> Said:
    """Return what a row says of its bay; places for cash transport are none."""
    kind = row.word("type")
    if kind == CASH_TRANSPORT:
        raise RowRefused(
            Reason.NOT_A_DELIVERY_BAY,
            "type is 'FONDS', a place for cash transport: wanted LIVRAISON",
        )
    if kind != DELIVERY:
        raise RowRefused(
            Reason.UNKNOWN_TYPE, f"type is {shown(row.text('type'))}: wanted LIVRAISON"
        )
    size = size_of(row, ("longueur",), ("largeur",), ledger)
    weight_t = row.positive("tonnage")
    start, end = clock(row.text("h_debut") or NO_HOURS), clock(row.text("h_fin") or NO_HOURS)
    has_hours = (start, end) != (NO_HOURS, NO_HOURS)
    if not has_hours:
        ledger.warn(
            row.row,
            Warn.NO_HOURS,
            "h_debut and h_fin are 00:00, which says no hours: taken as a permanent bay",
        )
    rules = window(ALL_DAYS, start, end) if has_hours else (PERMANENT_RULE,)
    address = row.text("adresse")
    return Said(
        name=address or "",
        length_m=size.length_m,
        bay_type=BayType.PERIODIC if has_hours else BayType.PERMANENT,
        rules=tuple(rule.model_copy(update={"max_weight_t": weight_t}) for rule in rules),
        details={
            "address": address,
            "postal_code": row.text("cp"),
            "commune_name": row.text("commune"),
            "width_m": size.width_m,
            "extra": {
                title: cell
                for title, cell in row.rest(USED).items()
                if column_key(title) not in ZERO_IS_UNKNOWN or cell.strip("0.,")
            },
        },
        guesses=frozenset({Guess.DAYS if has_hours else Guess.HOURS}),
        street=(row.text("code_insee"), street_of(address)) if address else None,
        side=parity_of(address),
    )
