"""How many jobs an establishment has: a number, or a class of the register SIRENE."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Literal

from geo.errors import InvalidInput
from geo.need.ranges import Range, exactly

StaffForm = Literal["numbers", "codes"]

STAFF_CLASSES: Mapping[str, tuple[int, int]] = {
    "01": (1, 2),
    "02": (3, 5),
    "03": (6, 9),
    "11": (10, 19),
    "12": (20, 49),
    "21": (50, 99),
    "22": (100, 199),
    "31": (200, 249),
    "32": (250, 499),
    "41": (500, 999),
    "42": (1000, 1999),
    "51": (2000, 4999),
    "52": (5000, 9999),
}
"""Fewest and most employees of each class (INSEE, SIRENE, ``trancheEffectifsEtablissement``)."""

OPEN_CLASSES: Mapping[str, str] = {
    "NN": "no employee, or none known: the job of the owner is not in the register",
    "00": "no employee at the end of the year: the job of the owner is not in the register",
    "53": "10,000 employees or more: the register does not say how many",
}
"""Classes that tell no range of jobs, and why."""

CODE_CHARS = 2
"""Length of a code; spreadsheets take its leading zero away."""

TELLING_CODES = frozenset({"NN", "00", "01", "02", "03"})
"""Codes that nobody writes for a number: a column that has one of them holds codes."""

MAX_JOBS = 100_000
"""Most jobs that are believed of one establishment; the largest in France have some tens of thousands."""


def form_of(values: Collection[str]) -> StaffForm:
    """Return what a column of staff holds: codes if each value is one and one of them is no plain number, else numbers."""
    told = {value.upper() for value in values if value}
    is_codes = told <= {*STAFF_CLASSES, *OPEN_CLASSES} and not told.isdisjoint(TELLING_CODES)
    return "codes" if is_codes else "numbers"


def jobs_of(text: str, form: StaffForm) -> Range | None:
    """Return the jobs of an establishment; None where nothing, or a class without a range, is told.

    Raises
    ------
    InvalidInput
        It is no number of jobs, or no class.
    """
    if not text:
        return None
    if form == "codes":
        return _jobs_of_class(text.upper().zfill(CODE_CHARS))
    if not re.fullmatch(r"\d+([.,]\d+)?", text, re.ASCII):
        raise InvalidInput(f"staff is {text!r}: wanted a number of jobs")
    number = float(text.replace(",", "."))
    if number > MAX_JOBS:
        raise InvalidInput(f"staff is {text!r}: wanted at most {MAX_JOBS} jobs")
    return exactly(number)


def _jobs_of_class(code: str) -> Range | None:
    if code in OPEN_CLASSES:
        return None
    if code not in STAFF_CLASSES:
        raise InvalidInput(
            f"staff is {code!r}: wanted a class of SIRENE, one of {', '.join((*STAFF_CLASSES, *OPEN_CLASSES))}"
        )
    fewest, most = STAFF_CLASSES[code]
    return Range(fewest, (fewest + most) / 2, most)
