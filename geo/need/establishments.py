"""Establishments from CSV: our columns, or those of the register SIRENE."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geo.communes_codes import commune_code, department_of, tidy_code
from geo.crs import METRIC_CRS, french_crs, is_swapped, to_lonlat
from geo.csv_rows import Row, first_cell, read_rows
from geo.errors import AirelibError, InvalidFile, InvalidInput
from geo.inventory.found import Note
from geo.need.ranges import Range
from geo.need.staff import OPEN_CLASSES, StaffForm, form_of, jobs_of
from geo.words import is_insee

IDS = ("id", "siret")
NAMES = ("name", "nom", "enseigne1etablissement", "denominationusuelleetablissement")
ACTIVITIES = ("activity", "activite", "naf", "ape", "activiteprincipaleetablissement")
STAFF = ("staff", "effectif", "jobs", "emplois")
STAFF_CODES = ("trancheeffectifsetablissement", "tranche_effectif", "tranche_effectifs")
LONGITUDES, LATITUDES = ("lon", "longitude"), ("lat", "latitude")
EASTINGS = ("coordonneelambertabscisseetablissement",)
NORTHINGS = ("coordonneelambertordonneeetablissement",)
COMMUNES = ("commune", "insee", "code_insee", "codecommuneetablissement")
STREETS = ("street", "rue", "voie")
STREET_PARTS = ("typevoieetablissement", "libellevoieetablissement")
AREAS = ("area_m2", "surface_m2", "surface_de_vente_m2")
STATES = ("etatadministratifetablissement",)
NOMENCLATURES = ("nomenclatureactiviteprincipaleetablissement",)
"""Columns as ``geo.csv_rows`` names them: ours, then those of the register SIRENE (INSEE, stock of establishments)."""

WITHHELD = "[ND]"
"""What SIRENE writes where an establishment does not want to be published."""

CLOSED = "F"
"""State of a closed establishment in SIRENE."""

KNOWN_NOMENCLATURE = "NAFREV2"
"""The nomenclature whose codes are known; codes of the next one mean other things."""

OVERSEAS_CRS = {"971": 1, "972": 1, "977": 1, "978": 1, "973": 2, "974": 3, "976": 4}
"""Position in ``METRIC_CRS`` of the system in which SIRENE places establishments overseas; 0 elsewhere."""

NUMBER = r"-?\d+([.,]\d+)?([eE][+-]?\d+)?"


@dataclass(frozen=True)
class Establishment:
    """A place where people work; None where its file does not say."""

    row: int
    """1 is the first row after the header."""
    establishment_id: str
    name: str
    activity: str | None
    """As in the file; None too where its nomenclature is not the known one."""
    jobs: Range | None
    staff: str
    """As in the file."""
    lonlat: tuple[float, float] | None
    """WGS 84."""
    commune: str | None
    street: str | None
    area_m2: float | None

    @property
    def staff_reason(self) -> str:
        """Why the jobs are not known."""
        return OPEN_CLASSES.get(self.staff.upper(), "the file does not say")


@dataclass(frozen=True)
class EstablishmentsRead:
    """What a file of establishments gave: ``len(establishments) + len(refused) == rows``."""

    rows: int
    establishments: tuple[Establishment, ...]
    refused: tuple[Note, ...]
    staff_form: StaffForm
    """How its column of staff was read."""


def read_establishments(data: bytes, staff_form: StaffForm | None = None) -> EstablishmentsRead:
    """Read establishments from CSV; a row that cannot be taken is refused with its reason, and the rest is read.

    Parameters
    ----------
    data
        Columns ``id, name, activity`` (a NAF code or a kind), ``staff`` (a number or a class of SIRENE), ``lon, lat``, and
        where known ``commune`` (INSEE code), ``street``, ``area_m2``; or the columns of SIRENE, whose coordinates are in
        the projected system of their territory.
    staff_form
        Whether the column ``staff`` holds numbers or classes; told from its values if None. SIRENE's own column always
        holds classes.

    Raises
    ------
    InvalidFile
        It is no CSV, or lacks the columns for identifier or activity.
    """
    rows = read_rows(data)
    for names in (IDS, ACTIVITIES):
        if rows and not set(names) & set(rows[0]):
            raise InvalidFile(
                f"the file has the columns {', '.join(rows[0])}: wanted one of {', '.join(names)}"
            )
    form = staff_form or _staff_form(rows)
    found: dict[str, Establishment] = {}
    refused: list[Note] = []
    for number, row in enumerate(rows, start=1):
        try:
            one = _establishment(number, row, form)
            if one.establishment_id in found:
                raise InvalidInput(
                    f"id {one.establishment_id!r} stands twice: wanted each establishment once"
                )
        except AirelibError as error:
            refused.append(Note(number, error.code, str(error)))
        else:
            found[one.establishment_id] = one
    return EstablishmentsRead(len(rows), tuple(found.values()), tuple(refused), form)


def _staff_form(rows: Sequence[Row]) -> StaffForm:
    if rows and set(STAFF_CODES) & set(rows[0]):
        return "codes"
    return form_of({first_cell(row, STAFF) or "" for row in rows})


def _establishment(number: int, row: Row, form: StaffForm) -> Establishment:
    identifier = first_cell(row, IDS)
    if identifier is None:
        raise InvalidInput("the row has no id: wanted one")
    if (first_cell(row, STATES) or "").upper() == CLOSED:
        raise InvalidInput(f"establishment {identifier} is closed: wanted those that are open")
    staff = _told(row, (*STAFF, *STAFF_CODES)) or ""
    commune = _commune(row)
    return Establishment(
        number,
        identifier,
        _told(row, NAMES) or "",
        _activity(row),
        jobs_of(staff, form),
        staff,
        _place(row, commune),
        commune,
        _street(row),
        _number("area_m2", _told(row, AREAS)),
    )


def _activity(row: Row) -> str | None:
    nomenclature = first_cell(row, NOMENCLATURES)
    is_known = nomenclature is None or nomenclature.upper() == KNOWN_NOMENCLATURE
    return _told(row, ACTIVITIES) if is_known else None


def _commune(row: Row) -> str | None:
    text = _told(row, COMMUNES)
    code = tidy_code(int(text) if text and text.isdecimal() else text)
    return commune_code(code) if is_insee(code) else None


def _street(row: Row) -> str | None:
    own = _told(row, STREETS)
    if own is not None:
        return own
    parts = [text for name in STREET_PARTS if (text := _told(row, (name,)))]
    return " ".join(parts) or None


def _place(row: Row, commune: str | None) -> tuple[float, float] | None:
    """Return longitude and latitude, checked to lie in a French territory: the ratios are of no other country."""
    lon, lat = _number("lon", _told(row, LONGITUDES)), _number("lat", _told(row, LATITUDES))
    if lon is None or lat is None:
        projected = _projected(row, commune)
        if projected is None:
            return None
        lon, lat = projected
    if french_crs(lon, lat) is None:
        hint = " (longitude and latitude seem to be swapped)" if is_swapped(lon, lat) else ""
        raise InvalidInput(
            f"place is longitude {lon:g}, latitude {lat:g}{hint}: wanted one in mainland France, the Antilles, Guyane, "
            "La Réunion or Mayotte"
        )
    return lon, lat


def _projected(row: Row, commune: str | None) -> tuple[float, float] | None:
    x, y = _number("x", _told(row, EASTINGS)), _number("y", _told(row, NORTHINGS))
    if x is None or y is None:
        return None
    territory = OVERSEAS_CRS.get(department_of(commune), 0) if commune else 0
    ((lon, lat),) = to_lonlat(np.array([[x, y]]), METRIC_CRS[territory][0])
    return float(lon), float(lat)


def _told(row: Mapping[str, str], names: Sequence[str]) -> str | None:
    text = first_cell(row, names)
    return None if text is None or text == WITHHELD else text


def _number(name: str, text: str | None) -> float | None:
    if text is None:
        return None
    if not re.fullmatch(NUMBER, text, re.ASCII):
        raise InvalidInput(f"{name} is {text!r}: wanted a number")
    return float(text.replace(",", "."))
