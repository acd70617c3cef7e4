"""Attributes of a commune under the names that published files give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geo.communes_codes import tidy_code
from geo.errors import InvalidInput
from geo.words import is_insee

CODES = (
    "arrondissement",
    "insee_arm",
    "insee",
    "code",
    "code_insee",
    "insee_com",
    "codgeo",
    "com_code",
    "code_commune",
)
"""Where the code stands, the most telling first.

``insee_arm`` beside ``insee_com``: municipal arrondissements of Admin Express 3; ``insee_com`` alone: its communes, and
both tables of Admin Express 2; ``code_insee``: Admin Express 4 and BD TOPO; ``codgeo``: INSEE; ``code``: the State's
geographic interface.
"""

NAMES = ("name", "nom", "nom_officiel", "nom_com", "nom_commune", "libgeo", "com_name", "libelle")
POPULATIONS = ("population", "pop", "ptot")
VINTAGES = ("vintage", "millesime", "annee_cog", "year")
GROUPS = ("epci", "siren_epci", "codes_siren_des_epci", "code_siren_de_l_epci", "codeepci")
"""SIREN of the intercommunal bodies; where there are several, the separator is a stroke (Admin Express)."""

NOT_TOLD = frozenset({"", "NR", "NC", "NAN", "NONE", "NULL"})
"""What published files write for unknown: ``NR`` is *non renseigné*, ``NC`` *non concerné* (Admin Express)."""

SIREN_PATTERN = r"\d{9}"

FIRST_VINTAGE, LAST_VINTAGE = 1943, 2100
"""Years of the official geographic code: its file of events begins in 1943 (INSEE)."""


@dataclass(frozen=True)
class CommuneFields:
    """What a row tells of a commune or municipal arrondissement; None where it does not."""

    code: str
    """As in the file: of the commune, or of the arrondissement."""
    name: str | None
    population: int | None
    vintage: int | None
    from_on: date | None
    until_on: date | None
    time_zone: str | None
    groups: tuple[str, ...]


def commune_fields(attributes: Mapping[str, Any]) -> CommuneFields:
    """Return what a row tells, whatever its columns are called; upper and lower case are alike.

    Raises
    ------
    InvalidInput
        There is no INSEE code, or a number or date cannot be read.
    """
    given = {str(name).strip().lower(): _plain(value) for name, value in attributes.items()}
    zone = _first(given, ("time_zone",))
    return CommuneFields(
        _code(given),
        _first(given, NAMES),
        _whole("population", _first(given, POPULATIONS)),
        read_vintage(_first(given, VINTAGES)),
        _day("valid_from", _first(given, ("valid_from",))),
        _day("valid_until", _first(given, ("valid_until", "valid_to"))),
        zone,
        sirens(_first(given, GROUPS)),
    )


def read_vintage(value: Any) -> int | None:
    """Return the year of the official geographic code from a year or a date; None where nothing is told.

    Raises
    ------
    InvalidInput
        It is no year from 1943 on.
    """
    if value is None:
        return None
    match = re.match(r"(\d{4})(\.0+)?($|-\d\d)", str(value).strip())
    if match is None or not FIRST_VINTAGE <= int(match[1]) <= LAST_VINTAGE:
        raise InvalidInput(
            f"vintage is {value!r}: wanted a year from {FIRST_VINTAGE} to {LAST_VINTAGE}"
        )
    return int(match[1])


def sirens(text: str | None) -> tuple[str, ...]:
    """Return the nine-digit numbers of a cell that may hold several, each once, in order."""
    return tuple(dict.fromkeys(re.findall(rf"(?<!\d){SIREN_PATTERN}(?!\d)", text or "")))


def first_told(attributes: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """Return the first of some columns that tells something, as text; names in lower case, any case in the row."""
    given = {str(name).strip().lower(): _plain(value) for name, value in attributes.items()}
    return _first(given, names)


def _code(given: Mapping[str, Any]) -> str:
    told = [tidy_code(given[name]) for name in CODES if _first(given, (name,)) is not None]
    code = next((code for code in told if is_insee(code)), None)
    if code is None:
        raise InvalidInput(
            f"insee is {told[0] if told else None!r}: wanted five characters such as 92050 or 2A004"
        )
    return code


def _first(given: Mapping[str, Any], names: Sequence[str]) -> str | None:
    for name in names:
        value = given.get(name)
        if value is not None and str(value).strip().upper() not in NOT_TOLD:
            return str(value).strip()
    return None


def _plain(value: Any) -> Any:
    """Return the one value of a list of one, as some portals write it, and whole numbers without their ``.0``."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _whole(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{1,10}", text):
        raise InvalidInput(f"{name} is {text!r}: wanted a whole number")
    return int(text)


def _day(name: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise InvalidInput(f"{name} is {text!r}: wanted a day such as 2024-01-01") from error
