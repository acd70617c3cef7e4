"""Reads the query of a request: only declared parameters, each once, each with a value that it can have."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from geo.words import INSEE_PATTERN, BayType
from service.ogc.failures import InvalidParameter, UnknownParameter
from service.ogc.space_time import Interval, read_boxes, read_interval
from service.store.bays import Bbox

DEFAULT_LIMIT = 1000
"""Features of a page where the client names no limit: what QGIS asks for."""

MAX_LIMIT = 5000
"""More are not given at once; who asks for more gets as many."""

MAX_OFFSET = 2**31 - 1
"""No collection is longer."""

PAGING = ("limit", "offset", "bbox", "datetime")
"""Parameters that every collection has."""

PRINTABLE = r"^[^\x00-\x1f\x7f]{1,64}$"
"""Form of a bay identifier."""


@dataclass(frozen=True)
class Filter:
    """A property by whose value features may be selected."""

    pattern: str
    """Regular expression of its values."""
    meaning: str
    values: tuple[str, ...] = ()
    """All values there are; empty where the list is not closed."""


FILTERS = {
    "commune": Filter(INSEE_PATTERN, "Code INSEE de la commune."),
    "insee": Filter(INSEE_PATTERN, "Code INSEE de la commune."),
    "type": Filter(
        f"^({'|'.join(BayType)})$", "Type d'aire.", tuple(kind.value for kind in BayType)
    ),
    "bay_id": Filter(PRINTABLE, "Identifiant de l'aire."),
    "period": Filter("^(hour|day)$", "Heure ou jour.", ("hour", "day")),
}
"""Every filter that a collection may declare; its name is that of the property."""


@dataclass(frozen=True)
class Asked:
    """What the query of a request for features asks for."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    boxes: tuple[Bbox, ...] = ()
    """Any of them; none given means everywhere."""
    interval: Interval | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()
    """The query as it was."""


def read_query(pairs: Sequence[tuple[str, str]], filters: Collection[str]) -> Asked:
    """Return what a query asks for.

    Parameters
    ----------
    pairs
        Names and values in the order of the query.
    filters
        Filters that the collection declares.

    Raises
    ------
    UnknownParameter
        A parameter is not declared.
    InvalidParameter
        A value cannot be, or a parameter is given twice.
    """
    given = only_declared(pairs, (*PAGING, *filters))
    return Asked(
        limit=min(_number(given, "limit", 1, DEFAULT_LIMIT), MAX_LIMIT),
        offset=_number(given, "offset", 0, 0, MAX_OFFSET),
        boxes=read_boxes(given["bbox"]) if "bbox" in given else (),
        interval=read_interval(given["datetime"]) if "datetime" in given else None,
        filters={name: _filter(name, given[name]) for name in filters if name in given},
        pairs=tuple(pairs),
    )


def only_declared(
    pairs: Sequence[tuple[str, str]], declared: Collection[str] = ()
) -> Mapping[str, str]:
    """Return parameters by name where all are declared and none is given twice.

    Raises
    ------
    UnknownParameter
        A parameter is not declared.
    InvalidParameter
        One is given twice.
    """
    given = dict(pairs)
    unknown = sorted(given.keys() - set(declared))
    if unknown:
        wanted = ", ".join(declared) or "none"
        raise UnknownParameter(f"the query has {', '.join(map(repr, unknown))}: wanted {wanted}")
    if len(given) != len(pairs):
        raise InvalidParameter("a parameter is given twice: wanted each once")
    return given


def _number(
    given: Mapping[str, str], name: str, lowest: int, default: int, highest: int | None = None
) -> int:
    if name not in given:
        return default
    text = given[name]
    number = int(text) if re.fullmatch(r"[0-9]{1,1000}", text) else -1
    if number < lowest or (highest is not None and number > highest):
        most = "" if highest is None else f" and at most {highest}"
        raise InvalidParameter(
            f"{name} is {text!r}: wanted a whole number, at least {lowest}{most}"
        )
    return number


def _filter(name: str, value: str) -> str:
    one = FILTERS[name]
    if not re.fullmatch(one.pattern, value):
        wanted = ", ".join(one.values) or one.pattern
        raise InvalidParameter(f"{name} is {value!r}: wanted {wanted}")
    return value
