"""Whether a file keeps to its schema: each fault with its place, the value found and what was wanted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from geo.files.kinds import TABLES, Content, required_columns, schema

Row = Mapping[str, Any]
Field = Mapping[str, Any]

FORMATS = FormatChecker(formats=("uuid",))
"""Formats that documents use; instants are added below, since they need an offset here."""


def faults(content: Content) -> Iterator[str]:
    """Yield each fault of a file, in order of its place; none when it keeps to its schema."""
    if content.kind in TABLES:
        yield from _table_faults(content)
    else:
        yield from _document_faults(content.kind, content.document)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant.

    Raises
    ------
    ValueError
        When it is none or has no offset.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or parse_instant(value) is not None


FORMATS.checks("date-time", raises=ValueError)(_is_instant)


def _document_faults(kind: str, document: Any) -> Iterator[str]:
    validator = Draft202012Validator(schema(kind), format_checker=FORMATS)
    errors = sorted(
        validator.iter_errors(_plain(document)), key=lambda error: list(map(str, error.path))
    )
    for error in errors:
        place = error.json_path.removeprefix("$").removeprefix(".") or "the file"
        yield f"{place}: {error.message}"


def _plain(value: Any) -> Any:
    """Return a value as JSON would hold it: TOML's instants become text."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _table_faults(content: Content) -> Iterator[str]:
    missing = [name for name in required_columns(content.kind) if name not in content.columns]
    if missing:
        yield (
            f"line 1: found the columns {', '.join(content.columns) or 'none'}: "
            f"wanted also {', '.join(missing)}"
        )
        return
    table = schema(content.kind)
    fields = [field for field in table["fields"] if field["name"] in content.columns]
    first_line: dict[tuple[str, ...], int] = {}
    for line, row in enumerate(content.rows, start=2):
        wrong = list(_row_faults(fields, table, row))
        wrong += _twice(table.get("primaryKey", ()), row, line, first_line)
        yield from (f"line {line}, {fault}" for fault in wrong)


def _row_faults(fields: Sequence[Field], table: Mapping[str, Any], row: Row) -> Iterator[str]:
    if None in row or None in row.values():
        yield "the row: found another number of cells than the header has: wanted as many"
        return
    values: dict[str, Any] = {}
    for field in fields:
        text, name = row[field["name"]], field["name"]
        wanted = _cell_fault(field, text)
        if wanted:
            yield f"column {name}: found {text!r}: wanted {wanted}"
        elif text:
            values[name] = _PARSERS[field["type"]](text)
    yield from _pair_faults(table, values, row)


def _pair_faults(table: Mapping[str, Any], values: Mapping[str, Any], row: Row) -> Iterator[str]:
    """Yield what is wrong between the cells of one row."""
    for low, high in table["orderedFields"]:
        if low in values and high in values and values[low] > values[high]:
            yield f"column {high}: found {row[high]!r}: wanted nothing below {low}, {row[low]}"
    for names in table.get("filledFields", ()):
        if not any(row.get(name) for name in names):
            yield f"columns {', '.join(names)}: found none: wanted one or more"


def _cell_fault(field: Field, text: str) -> str:
    """Return what was wanted of a cell, empty when it is right."""
    limits = field.get("constraints", {})
    if not text:
        return "a value" if limits.get("required") else ""
    try:
        value = _PARSERS[field["type"]](text)
    except ValueError:
        return _WORDS[field["type"]]
    return next((words for words, is_kept in _limits(limits, value) if not is_kept), "")


def _limits(limits: Mapping[str, Any], value: Any) -> Iterator[tuple[str, bool]]:
    """Yield each limit of a cell in words, and whether a value keeps it."""
    if "enum" in limits:
        yield f"one of {', '.join(limits['enum'])}", value in limits["enum"]
    if "minimum" in limits:
        yield f"{limits['minimum']} or more", value >= limits["minimum"]
    if "maximum" in limits:
        yield f"{limits['maximum']} or less", value <= limits["maximum"]
    if "pattern" in limits:
        yield f"text like {limits['pattern']}", re.fullmatch(limits["pattern"], value) is not None


def _twice(
    key: Sequence[str], row: Row, line: int, first_line: dict[tuple[str, ...], int]
) -> Iterator[str]:
    if not key:
        return
    values = tuple(row[name] for name in key)
    if values in first_line:
        yield (
            f"columns {', '.join(key)}: found {', '.join(map(repr, values))} again after line "
            f"{first_line[values]}: wanted it once"
        )
    first_line.setdefault(values, line)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


_PARSERS: MappingProxyType[str, Callable[[str], Any]] = MappingProxyType(
    {"string": str, "integer": int, "number": _number, "datetime": parse_instant}
)
_WORDS = MappingProxyType(
    {
        "integer": "a whole number",
        "number": "a number",
        "datetime": "an instant with its offset, for example 2026-03-02T09:00:00+01:00",
    }
)
