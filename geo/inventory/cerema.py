"""Reader of the national schema, Cerema schema-aire-livraison 1.0.0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from geo.bay_details import State
from geo.errors import RowRefused
from geo.inventory.addresses import parity_of, street_of
from geo.inventory.cells import Row, plain, read_instant, shown
from geo.inventory.cerema_tail import split_tail
from geo.inventory.cerema_words import (
    ARRANGEMENTS,
    CONTROLS,
    PARITIES,
    PLACEMENTS,
    STATES,
    TYPES,
)
from geo.inventory.codes import Reason, Repair, Warn
from geo.inventory.draft import Ledger, Place, Said
from geo.inventory.hours import PERMANENT_RULE, limited, type_of
from geo.inventory.measures import size_of
from geo.inventory.shapes import Shape, from_columns, from_text, row_geometry
from geo.rule_languages.cerema import read_temporality
from geo.rule_languages.opening_hours import read_opening_hours
from geo.words import BayType, Day, TimeRule, is_insee

COLUMNS = frozenset({"id", "longitude", "latitude"})

OWN_COLUMNS = frozenset(
    {
        "arr_present",
        "arr_url",
        "parite_trottoir",
        "marquage_etat",
        "marquage_conformite",
        "panneau_present",
        "panneau_etat",
        "duree_controle",
        "temporalite_cds",
        "temporalite_osm",
        "irve_puissance",
        "abaissement_trottoir",
    }
)
"""Columns that only the schema has: one of them tells its tables from others with an identifier and a position."""
"""Required columns of the schema."""

NAMED_BY_CODE = re.compile(r"(\d{5}|2[AB]\d{3})_\d+")
"""NOM as ``92024_46``: a commune's code and a number."""

USED = frozenset(
    {
        "arr_present",
        "arr_url",
        "active",
        "uuid",
        "id",
        "nom",
        "date_maj",
        "longitude",
        "latitude",
        "geom_wkt",
        "adresse",
        "code_postal",
        "commune",
        "disposition",
        "parite_trottoir",
        "localisation",
        "longueur",
        "largeur",
        "marquage_etat",
        "marquage_conformite",
        "type",
        "panneau_present",
        "panneau_etat",
        "duree_max",
        "duree_controle",
        "temporalite_cds",
        "temporalite_osm",
        "equipements",
        "irve_puissance",
        "abaissement_trottoir",
        "commentaire",
    }
)
"""The 31 columns of the schema."""

Word = TypeVar("Word")


def place(row: Row, ledger: Ledger) -> Place:
    """Return who a row is and where it lies: its polygon, else its point."""
    name = NAMED_BY_CODE.fullmatch(row.text("nom") or "")
    declared = name[1] if name and is_insee(name[1]) else None
    bay_id = row.text("id") or row.text("uuid")
    return Place(row.row, bay_id, _shape(row, ledger), declared, row.text("commune"))


def say(row: Row, ledger: Ledger) -> Said:
    """Return what a row says of its bay; a machine-readable end of its comment wins over what it says itself."""
    comment, tail = split_tail(row.text("commentaire"))
    size = size_of(row, ("longueur",), ("largeur",), ledger, is_cm=True)
    stay_min = row.minutes("duree_max")
    control = _word(row, CONTROLS, "duree_controle", ledger)
    hours = _hours(row, ledger)
    bay_type = _type(row, hours, ledger)
    rules = hours or ((PERMANENT_RULE,) if bay_type is BayType.PERMANENT else ())
    if not rules:
        ledger.warn(
            row.row,
            Warn.NO_HOURS,
            "TEMPORALITE_CDS and TEMPORALITE_OSM are empty on a bay that is not permanent: its hours are unknown",
        )
    details = _details(row, ledger) | {
        "comment": comment,
        "width_m": size.width_m,
        "max_stay_min": None if rules else stay_min,
        "control": None if rules or control is None else control.value,
    }
    address = row.text("adresse")
    said = Said(
        name=row.text("nom") or "",
        length_m=size.length_m,
        bay_type=bay_type,
        rules=limited(rules, stay_min, control),
        details=details,
        street=(row.text("code_postal"), street_of((address or "").split(",")[0]))
        if address
        else None,
        side=row.word("parite_trottoir") or parity_of(address),
    )
    return tail.applied(said) if tail else said


def _shape(row: Row, ledger: Ledger) -> Shape | None:
    wkt = row.text("geom_wkt")
    if wkt is None:
        return row_geometry(row) or from_columns(row, ("longitude",), ("latitude",))
    shape = from_text(wkt)
    if shape.is_mended:
        ledger.repaired(
            row.row,
            Repair.WKT,
            "GEOM_WKT has one pair of brackets, which is no WKT: read as POLYGON((…))",
        )
    return shape


def _type(row: Row, hours: tuple[TimeRule, ...], ledger: Ledger) -> BayType:
    word = row.word("type")
    if word is None:
        guessed = type_of(hours)
        ledger.warn(
            row.row, Warn.NO_TYPE, f"TYPE is empty: taken as {guessed.value}, as the hours say"
        )
        return guessed
    if word not in TYPES:
        raise RowRefused(
            Reason.UNKNOWN_TYPE,
            f"TYPE is {shown(row.text('type'))}: wanted aire périodique, aire permanente or zone marchandises",
        )
    return TYPES[word]


def _hours(row: Row, ledger: Ledger) -> tuple[TimeRule, ...]:
    """Return the hours of a row: those of CDS, public holidays as OSM says them; where the two differ, it is told."""
    cds, osm = row.text("temporalite_cds"), row.text("temporalite_osm")
    by_osm = read_opening_hours(osm) if osm else ()
    if cds is None:
        return by_osm
    by_cds = read_temporality(cds)
    if osm and _week(by_cds) != _week(by_osm):
        ledger.warn(
            row.row,
            Warn.HOURS_DISAGREE,
            f"TEMPORALITE_OSM {shown(osm)} says other hours than TEMPORALITE_CDS: the latter were taken",
        )
        return by_cds
    names_holidays = any(Day.PH in rule.days for rule in by_osm)
    return by_osm if names_holidays else by_cds


def _week(rules: tuple[TimeRule, ...]) -> set[tuple[Day, str, str]]:
    return {(day, rule.start, rule.end) for rule in rules for day in rule.days if day is not Day.PH}


def _details(row: Row, ledger: Ledger) -> dict[str, Any]:
    updated = row.text("date_maj")
    sign = row.cells.get("panneau_etat")
    return {
        "address": row.text("adresse"),
        "postal_code": row.text("code_postal"),
        "commune_name": row.text("commune"),
        "arrangement": _word(row, ARRANGEMENTS, "disposition", ledger),
        "placement": _word(row, PLACEMENTS, "localisation", ledger),
        "parity": _word(row, PARITIES, "parite_trottoir", ledger),
        "marking_state": _word(row, STATES, "marquage_etat", ledger),
        "marking_conforms": row.boolean("marquage_conformite"),
        "sign_present": row.boolean("panneau_present"),
        "sign_state": State.NOT_APPLICABLE
        if sign and plain(sign) == "n/a"
        else _word(row, STATES, "panneau_etat", ledger),
        "order_present": row.boolean("arr_present"),
        "order_url": row.text("arr_url"),
        "is_active": row.boolean("active"),
        "equipment": _list(row.text("equipements")),
        "charging_kw": row.positive("irve_puissance"),
        "dropped_kerb": row.boolean("abaissement_trottoir"),
        "surveyed_at": read_instant(updated, "DATE_MAJ") if updated else None,
        "source_uuid": row.text("uuid"),
        "extra": row.rest(USED),
    }


def _word(row: Row, table: Mapping[str, Word], column: str, ledger: Ledger) -> Word | None:
    """Return the value that a word of a closed list names; another word is told and left aside."""
    word = row.word(column)
    if word is not None and word not in table:
        ledger.warn(
            row.row,
            Warn.UNKNOWN_WORD,
            f"{row.titles[column]} is {shown(row.text(column))}: wanted one of {', '.join(table)}; left aside",
        )
    return table.get(word or "")


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
