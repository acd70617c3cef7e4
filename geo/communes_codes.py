"""Codes of communes: municipal arrondissements, departments, and lists of them to keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from geo.errors import InvalidInput
from geo.words import is_insee

ARRONDISSEMENTS: Mapping[str, str] = {
    **{str(code): "75056" for code in range(75101, 75121)},
    **{str(code): "69123" for code in range(69381, 69390)},
    **{str(code): "13055" for code in range(13201, 13217)},
}
"""Commune of each municipal arrondissement: Paris, Lyon, Marseille (INSEE, code officiel géographique)."""

CITY_NAMES: Mapping[str, str] = {"75056": "Paris", "69123": "Lyon", "13055": "Marseille"}
"""Names of the communes that have arrondissements, for files that hold only these."""

DEPARTMENT_PATTERN = r"2[AB]|97\d|98\d|(?!97|98|20)\d{2}"
"""Two characters, or three overseas; Corsica's are 2A and 2B."""

CODE_CHARS = 5
"""Length of an INSEE code of a commune."""


def tidy_code(value: Any) -> str:
    """Return a code as files mean it: text, upper case, with the leading zero that it lost where it became a number."""
    if isinstance(value, int | float) and float(value).is_integer():
        return str(int(value)).zfill(CODE_CHARS)
    return str(value).strip().upper()


def commune_code(code: str) -> str:
    """Return the code of the commune: itself, or the one that a municipal arrondissement belongs to."""
    return ARRONDISSEMENTS.get(code, code)


def arrondissement_code(code: str) -> str | None:
    """Return the code if it is that of a municipal arrondissement."""
    return code if code in ARRONDISSEMENTS else None


def department_of(insee: str) -> str:
    """Return the department or overseas territory of a commune: ``92``, ``2A``, ``974``, ``987``."""
    return insee[:3] if insee.startswith(("97", "98")) else insee[:2]


def read_selection(text: str) -> frozenset[str]:
    """Read a list of codes to keep, such as ``92,75056,2A004``: communes, arrondissements or departments.

    Raises
    ------
    InvalidInput
        One of them is neither.
    """
    codes = frozenset(part.strip().upper() for part in text.split(",") if part.strip())
    wrong = sorted(c for c in codes if not (is_insee(c) or re.fullmatch(DEPARTMENT_PATTERN, c)))
    if wrong or not codes:
        raise InvalidInput(
            f"{', '.join(map(repr, wrong)) or 'an empty list'} names no commune or department: wanted codes such as "
            "92, 2A, 974, 75056, 2A004"
        )
    return codes


def is_selected(code: str, selection: Iterable[str] | None) -> bool:
    """Tell whether a commune or arrondissement is kept: its code, its commune's or its department's is in the list."""
    if selection is None:
        return True
    insee = commune_code(code)
    return not {code, insee, department_of(insee)}.isdisjoint(selection)
