"""Reader of GeoJSON, GeoPackage layers and tables of others: columns are known by their usual names in French and English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from geo.bay_details import Guess
from geo.errors import InvalidTimeRule, RowRefused
from geo.inventory.addresses import parity_of, street_of
from geo.inventory.cells import Row, shown
from geo.inventory.cerema_words import TYPES
from geo.inventory.codes import Reason, Warn
from geo.inventory.draft import Ledger, Place, Said
from geo.inventory.hours import PERMANENT_RULE, limited, type_of
from geo.inventory.measures import Size, size_of
from geo.inventory.philadelphia import is_smart_zone, kerb_length_m, kerb_line, stay_min_of_hours
from geo.inventory.shapes import Shape, from_columns, from_text, open_data_shape
from geo.rule_languages.opening_hours import read_opening_hours
from geo.rules import read_rules
from geo.words import BayType, TimeRule, is_insee

BAY_ID = (
    "bay_id",
    "identifiant",
    "id_aire",
    "id_local",
    "local_id",
    "user_zone_id",
    "smartzonename",
    "id",
    "numero",
    "num",
    "code",
    "ref",
    "gid",
    "fid",
    "objectid",
    "ogc_fid",
)
COMMUNE = (
    "commune",
    "insee",
    "code_insee",
    "insee_com",
    "code_commune",
    "com_insee",
    "codeinsee",
    "coll_insee",
)
NAME = ("name", "nom", "libelle", "label", "smartzonename")
LENGTH = ("length_m", "longueur_m", "longueur", "length", "long_m", "lineaire")
LENGTH_CM = ("longueur_cm", "length_cm")
WIDTH = ("width_m", "largeur_m", "largeur", "width", "larg_m")
WIDTH_CM = ("largeur_cm", "width_cm")
CAPACITY = (
    "capacity",
    "capacite",
    "nb_places",
    "nbre_places",
    "nombre_places",
    "nombre_de_places",
    "places",
    "num_spaces",
    "nb_place",
)
TYPE = (
    "bay_type",
    "type_aire",
    "type",
    "regime",
    "usage",
    "categorie",
    "category",
    "categry",
    "rgltn_t",
    "regulation",
)
MAX_STAY_MIN = ("max_stay_min", "max_stay", "duree_max", "duree_max_min")
HOURS = ("opening_hours", "temporalite_osm", "horaires", "horaire", "hours")
ADDRESS = (
    "address",
    "adresse",
    "adr",
    "voie",
    "nom_voie",
    "rue",
    "street",
    "street_name",
    "strt_nm",
)
"""Usual names of columns, in plain form, the first present one is taken; units are part of some."""

DELIVERY = re.compile(
    r"livraison|livr\b|\b(un)?loading\b|deliver|commercial|goods|marchandise|dechargement|lieferzone|ladezone|laden|carga"
)
"""Words in a type by which a delivery bay is known."""

ANOTHER_USE = re.compile(
    r"park|stationn|stop|stand|taxi|roues|velo|gig|pmr|handi|bus\b|payant|fonds|other|autre|interdi|moto|bike"
)
"""Words in a type that say another use, where none says a delivery bay too."""

FORBIDDEN = re.compile(r"no\b")
"""Beginning of a type that forbids: ``no_loading``."""

LONGITUDE = ("longitude", "lon", "lng", "long", "x_wgs84", "x")
LATITUDE = ("latitude", "lat", "y_wgs84", "y")
WKT = ("geom_wkt", "wkt", "geom", "the_geom", "geometry")
OPEN_DATA = ("geo_shape", "geo_point_2d", "geo_point")
"""Columns of a table that hold the position."""


@dataclass(frozen=True)
class Kind:
    """What the columns of type say."""

    bay_type: BayType | None
    """None where they say a delivery bay and not which, or nothing."""
    used: frozenset[str] = frozenset()
    is_unsaid: bool = False
    other_kerb: str | None = None
    """The use of the kerb nearest to the bay, where the row tells that kerb's size and rules and not the bay's."""


def place(row: Row, ledger: Ledger) -> Place:
    """Return who a feature is and where it lies."""
    del ledger
    declared = row.text(*COMMUNE)
    code = declared if declared and is_insee(declared) else None
    return Place(row.row, row.text(*BAY_ID), _shape(row), code, None if code else declared)


def has_positions(columns: frozenset[str]) -> bool:
    """Tell whether a table has columns that hold positions."""
    has_pair = not columns.isdisjoint(LONGITUDE) and not columns.isdisjoint(LATITUDE)
    return has_pair or not columns.isdisjoint({*WKT, *OPEN_DATA})


def say(row: Row, ledger: Ledger) -> Said:
    """Return what a feature says of its bay; columns that are not understood stay in ``details.extra``."""
    kind = _kind(row)
    _warn_of_kind(kind, row, ledger)
    size = _size(row, ledger, is_kerb_its_own=kind.other_kerb is None)
    hours, guesses, left = _hours(row, ledger)
    stay_min = row.minutes(*MAX_STAY_MIN)
    if stay_min is None and kind.other_kerb is None:
        stay_min = stay_min_of_hours(row)
    capacity = row.positive(*CAPACITY)
    address = row.text(*ADDRESS)
    declared = row.text(*COMMUNE)
    used = {
        *_first(row, BAY_ID, COMMUNE, NAME, LENGTH, LENGTH_CM, WIDTH, WIDTH_CM, CAPACITY, ADDRESS),
        *_first(row, MAX_STAY_MIN, HOURS),
        *_first(row, LONGITUDE, LATITUDE),
        *(name for name in (*WKT, *OPEN_DATA) if row.geometry is None),
        *kind.used,
        *({"rules"} if isinstance(row.given.get("rules"), list) else ()),
    } - left
    return Said(
        name=row.text(*NAME) or address or "",
        length_m=size.length_m,
        capacity=None if capacity is None else round(capacity),
        bay_type=kind.bay_type or type_of(hours),
        rules=limited(hours or (PERMANENT_RULE,), stay_min),
        details={
            "address": address,
            "width_m": size.width_m,
            "commune_name": declared if declared and not is_insee(declared) else None,
            "extra": row.rest(used),
        },
        guesses=guesses,
        street=street_of(address) if address else None,
        side=parity_of(address) if parity_of(address) is not None else row.text("sd_f_st"),
        kerb_lonlat=kerb_line(row),
    )


def _first(row: Row, *groups: Sequence[str]) -> set[str]:
    """Return of each group of names the first that the row has."""
    found = (next((name for name in names if row.text(name) is not None), None) for names in groups)
    return {name for name in found if name is not None}


def _kind(row: Row) -> Kind:
    words = {name: row.word(name) for name in TYPE if row.word(name) is not None}
    known = [TYPES[word] for word in words.values() if word in TYPES]
    if known:
        return Kind(known[0], frozenset(name for name, word in words.items() if word in TYPES))
    if not words:
        return Kind(None, is_unsaid=True)
    other = next((name for name, word in words.items() if _is_another(word or "")), None)
    if other is None and any(DELIVERY.search(word or "") for word in words.values()):
        return Kind(None)
    name = other or next(iter(words))
    if is_smart_zone(row):
        return Kind(None, other_kerb=row.text(name))
    reason = Reason.NOT_A_DELIVERY_BAY if other else Reason.UNKNOWN_TYPE
    raise RowRefused(
        reason,
        f"{row.titles[name]} is {shown(row.text(name))}: wanted a delivery bay (livraison, loading)",
    )


def _warn_of_kind(kind: Kind, row: Row, ledger: Ledger) -> None:
    if kind.is_unsaid:
        ledger.warn(
            row.row,
            Warn.NO_TYPE,
            "no column says what kind of place it is: taken as a delivery bay",
        )
    if kind.other_kerb:
        ledger.warn(
            row.row,
            Warn.ANOTHER_KERB,
            f"the nearest kerb is {shown(kind.other_kerb)} and no loading zone: its length and maximum stay are left aside",
        )


def _is_another(word: str) -> bool:
    is_delivery = DELIVERY.search(word) is not None
    return FORBIDDEN.match(word) is not None or (
        not is_delivery and ANOTHER_USE.search(word) is not None
    )


def _shape(row: Row) -> Shape | None:
    """Return the feature's own geometry, or what the columns of a table say."""
    wkt = row.text(*WKT) if row.geometry is None else None
    if wkt is not None:
        return from_text(wkt)
    return open_data_shape(row) or from_columns(row, LONGITUDE, LATITUDE)


def _size(row: Row, ledger: Ledger, *, is_kerb_its_own: bool) -> Size:
    metres = size_of(row, LENGTH, WIDTH, ledger)
    other = size_of(row, LENGTH_CM, WIDTH_CM, ledger, is_cm=True)
    length_m = metres.length_m or other.length_m
    if length_m is None and is_kerb_its_own:
        length_m = kerb_length_m(row)
    return Size(length_m, metres.width_m or other.width_m)


def _hours(
    row: Row, ledger: Ledger
) -> tuple[tuple[TimeRule, ...], frozenset[Guess], frozenset[str]]:
    """Return the hours, what of them is a guess, and columns that were not understood."""
    if isinstance(row.given.get("rules"), list):
        return read_rules(row.given["rules"]), frozenset(), frozenset()
    text = row.text(*HOURS)
    if text is None:
        ledger.warn(row.row, Warn.NO_HOURS, "no hours are given: taken as reserved at all times")
        return (), frozenset({Guess.HOURS}), frozenset()
    try:
        return read_opening_hours(text), frozenset(), frozenset()
    except InvalidTimeRule as error:
        ledger.warn(
            row.row, Warn.HOURS_UNREAD, f"{error}; hours left aside, taken as reserved at all times"
        )
        return (), frozenset({Guess.HOURS}), frozenset(HOURS)
