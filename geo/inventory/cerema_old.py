"""Reader of version 0.1.0 of the national schema: one row for each bay, or one for each of its rules."""

from __future__ import annotations

import re
from typing import Any

from geo.bay_details import Guess
from geo.errors import InvalidTimeRule, RowRefused
from geo.inventory.addresses import parity_of, street_of
from geo.inventory.cells import Row, read_number, shown
from geo.inventory.cerema_words import ARRANGEMENTS, PLACEMENTS
from geo.inventory.codes import Reason, Warn
from geo.inventory.draft import Ledger, Place, Said
from geo.inventory.hours import PERMANENT_RULE, clock, limited, type_of, window
from geo.inventory.measures import size_of
from geo.inventory.shapes import Shape, from_pair, from_text, row_geometry
from geo.rule_languages.opening_hours import read_opening_hours
from geo.rules import ALL_DAYS
from geo.words import Control, TimeRule, is_insee

COLUMNS = frozenset({"coll_insee", "emprise_designation"})
"""Columns by which the version is known."""

WEIGHT_AND_HOURS = re.compile(
    r"(\d{1,3}(?:[.,]\d{1,3})?) ?t? (\d{1,2}[:h]\d{2}) ?- ?(\d{1,2}[:h]\d{2})", re.IGNORECASE
)
"""``19 06:00-10:00``: heaviest vehicle in tonnes and its hours; several are parted by semicolons."""

HOURS = re.compile(r"(\d{1,2}[:h]\d{2}) ?- ?(\d{1,2}[:h]\d{2})", re.IGNORECASE)

CASH_TRANSPORT = "transport de fonds"

USED = frozenset(
    {
        "id",
        "coll_nom",
        "coll_insee",
        "arr_ref",
        "arr_date",
        "arr_url",
        "veh_tonnage",
        "interv_jh",
        "interv_duree",
        "interv_disque",
        "emprise_designation",
        "emprise_longueur",
        "emprise_largeur",
        "stationnement_type",
        "irve_puissance",
        "geom_xy",
        "geom_wkt",
    }
)


def place(row: Row, ledger: Ledger) -> Place:
    """Return who a row is and where it lies; its number is unique within its commune only."""
    del ledger
    code, number = row.text("coll_insee"), row.text("id")
    declared = code if code and is_insee(code) else None
    bay_id = f"{declared}-{number}" if declared and number else number
    return Place(row.row, bay_id, _shape(row), declared, row.text("coll_nom"))


def say(row: Row, ledger: Ledger) -> Said:
    """Return what a row says of its bay; rows on the same spot of the same order are one bay with several rules."""
    if row.word("interv_regime") == CASH_TRANSPORT:
        raise RowRefused(
            Reason.NOT_A_DELIVERY_BAY,
            "INTERV_REGIME is 'Transport de fonds', a place for cash transport: wanted Livraison or Mixte",
        )
    size = size_of(row, ("emprise_longueur",), ("emprise_largeur",), ledger)
    hours, guesses = _hours(row)
    if Guess.HOURS in guesses:
        ledger.warn(
            row.row,
            Warn.NO_HOURS,
            "VEH_TONNAGE and INTERV_JH give no hours: taken as a permanent bay",
        )
    stay_min = row.minutes("interv_duree")
    control = Control.DISC if row.boolean("interv_disque") else None
    rules = limited(hours, stay_min, control)
    spot = row.text("emprise_designation")
    return Said(
        name=spot or "",
        length_m=size.length_m,
        bay_type=type_of(hours),
        rules=rules,
        details=_details(row) | {"width_m": size.width_m},
        guesses=guesses,
        street=(row.text("coll_insee"), street_of(spot)) if spot else None,
        side=parity_of(spot),
        same_bay=_spot(row) if spot else None,
    )


def _spot(row: Row) -> tuple[str | None, ...]:
    columns = (
        "coll_insee",
        "arr_ref",
        "emprise_designation",
        "emprise_cote",
        "emprise_longueur",
        "geom_xy",
        "geom_wkt",
    )
    return tuple(row.text(column) for column in columns)


def _shape(row: Row) -> Shape | None:
    wkt = row.text("geom_wkt")
    if wkt is not None:
        return from_text(wkt)
    return row_geometry(row) or from_pair(row.text("geom_xy"), "GEOM_XY", is_lat_first=False)


def _hours(row: Row) -> tuple[tuple[TimeRule, ...], frozenset[Guess]]:
    weight, when = row.text("veh_tonnage"), row.text("interv_jh")
    together = _pieces(weight, WEIGHT_AND_HOURS, ";")
    if together:
        rules = [
            rule
            for tonnes, start, end in together
            for rule in window(
                ALL_DAYS, clock(start), clock(end), max_weight_t=read_number(tonnes, "VEH_TONNAGE")
            )
        ]
        return tuple(rules), frozenset({Guess.DAYS})
    max_weight_t = (
        None if weight is None else read_number(weight.lower().removesuffix("t"), "VEH_TONNAGE")
    )
    if when is None:
        return _for_weight([PERMANENT_RULE], max_weight_t), frozenset({Guess.HOURS})
    daily = _pieces(when, HOURS, r"[;,]")
    if daily:
        windows = [
            rule for start, end in daily for rule in window(ALL_DAYS, clock(start), clock(end))
        ]
        return _for_weight(windows, max_weight_t), frozenset({Guess.DAYS})
    try:
        return _for_weight(read_opening_hours(when), max_weight_t), frozenset()
    except InvalidTimeRule as error:
        raise RowRefused(
            Reason.INVALID_TIME_RULE,
            f"INTERV_JH is {shown(when)}: wanted hours such as 06:00-10:00 or Mo-Fr 06:00-10:00",
        ) from error


def _pieces(text: str | None, form: re.Pattern[str], parted_by: str) -> list[tuple[str, ...]]:
    """Return the groups of each piece of a cell, nothing where one piece has another form."""
    pieces = [" ".join(piece.split()) for piece in re.split(parted_by, text or "")]
    found = [form.fullmatch(piece) for piece in pieces if piece]
    return [match.groups() for match in found if match] if all(found) else []


def _for_weight(
    rules: list[TimeRule] | tuple[TimeRule, ...], max_weight_t: float | None
) -> tuple[TimeRule, ...]:
    return tuple(rule.model_copy(update={"max_weight_t": max_weight_t}) for rule in rules)


def _details(row: Row) -> dict[str, Any]:
    return {
        "address": row.text("emprise_designation"),
        "commune_name": row.text("coll_nom"),
        "arrangement": ARRANGEMENTS.get(row.word("stationnement_type") or ""),
        "placement": PLACEMENTS.get(row.word("stationnement_localisation") or ""),
        "order_present": True if row.text("arr_ref") else None,
        "order_ref": row.text("arr_ref"),
        "order_on": row.day("arr_date"),
        "order_url": row.text("arr_url"),
        "charging_kw": row.positive("irve_puissance"),
        "extra": row.rest(USED),
    }
