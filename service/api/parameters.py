"""Parameters of requests turned into values, each with the sentence for when it cannot be."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, TypeVar

from fastapi import Path, Query

from geo.errors import InvalidInput
from geo.words import INSEE_PATTERN, SLOT_S, VEHICLE_CLASSES, VehicleClass
from service.errors import InvalidPeriod
from service.moments import utc_text
from service.store.bays import Bbox

MAX_PERIOD_DAYS = 100
"""Longest period of one request for slots: a season."""

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Years that a request may name; sums with dates near the calendar's ends would overflow."""

When = TypeVar("When", date, datetime)
"""A local day or an instant."""

PRINTABLE = r"^[^\x00-\x1f\x7f]{1,64}$"
"""Form of a bay identifier in a path."""

InseePath = Annotated[str, Path(pattern=INSEE_PATTERN, description="INSEE code of a commune.")]
BayPath = Annotated[str, Path(pattern=PRINTABLE, description="Identifier of a bay.")]
Insee = Annotated[
    str | None,
    Query(alias="commune", pattern=INSEE_PATTERN, description="INSEE code; all if left out."),
]
InseeQuery = Annotated[
    str, Query(alias="commune", pattern=INSEE_PATTERN, description="INSEE code of a commune.")
]
Level = Annotated[
    str, Query(pattern="^(bay|commune)$", description="Figures per bay or per commune.")
]
ClassName = Annotated[
    str | None, Query(alias="class", description="One vehicle class; all together if left out.")
]
MonthText = Annotated[str, Query(alias="month", description="Month as YYYY-MM.")]


def class_index(name: str | None) -> int | None:
    """Return the position of a vehicle class, or None for all."""
    if name is None:
        return None
    if name not in {item.value for item in VehicleClass}:
        raise InvalidInput(f"class is {name!r}: wanted one of {', '.join(VEHICLE_CLASSES)}")
    return VEHICLE_CLASSES.index(VehicleClass(name))


def in_usual_years(when: When) -> When:
    """Return a day or instant of a body if its year is one that a request may name; ValueError otherwise, for pydantic."""
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise ValueError(f"wanted a year from {FIRST_YEAR} to {LAST_YEAR}")
    return when


def read_bbox(text: str | None) -> Bbox | None:
    """Return a box from ``west,south,east,north`` in degrees."""
    if text is None:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise InvalidInput(f"bbox is {text!r}: wanted west,south,east,north in degrees") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):  # noqa: PLR2004 - degrees
        raise InvalidInput(f"bbox is {text!r}: wanted west <= east and south <= north in degrees")
    return west, south, east, north


def read_day(text: str | None) -> date | None:
    """Return a date from ``YYYY-MM-DD``."""
    if text is None:
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidPeriod(f"date is {text!r}: wanted YYYY-MM-DD") from error
    _check_year(text, on)
    return on


def read_month(text: str) -> tuple[date, date]:
    """Return the first and the last day of a month given as ``YYYY-MM``."""
    if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text):
        raise InvalidPeriod(f"month is {text!r}: wanted YYYY-MM")
    first_on = date.fromisoformat(f"{text}-01")
    _check_year(text, first_on)
    next_on = (first_on + timedelta(days=31)).replace(day=1)
    return first_on, next_on - timedelta(days=1)


def read_period(from_text: str, to_text: str) -> tuple[int, int]:
    """Return a half-open period in epoch seconds; both ends must lie on slot edges.

    Raises
    ------
    InvalidPeriod
        Not ISO 8601 with an offset, not on slot edges (the nearest are named), empty, or too long.
    """
    start_s, end_s = _edge("from", from_text), _edge("to", to_text)
    if not start_s < end_s <= start_s + MAX_PERIOD_DAYS * 86_400:
        raise InvalidPeriod(
            f"the period is {utc_text(start_s)} to {utc_text(end_s)}: wanted at least one slot and at "
            f"most {MAX_PERIOD_DAYS} days"
        )
    return start_s, end_s


def _edge(name: str, text: str) -> int:
    at = read_instant(name, text)
    at_s = int(at.timestamp())
    if at_s % SLOT_S or at.microsecond:
        before_s = at_s // SLOT_S * SLOT_S
        raise InvalidPeriod(
            f"{name} is {text!r}, inside a slot: wanted an edge such as {utc_text(before_s)} or "
            f"{utc_text(before_s + SLOT_S)}"
        )
    return at_s


def read_instant(name: str, text: str) -> datetime:
    """Return an aware instant from ISO 8601 text with an offset."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidPeriod(f"{name} is {text!r}: wanted ISO 8601 with an offset") from error
    if at.tzinfo is None:
        raise InvalidPeriod(f"{name} is {text!r} without an offset: wanted one such as {text}Z")
    _check_year(text, at)
    return at.astimezone(UTC)


def _check_year(text: str, on: date) -> None:
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise InvalidPeriod(f"year of {text!r}: wanted {FIRST_YEAR} to {LAST_YEAR}")
