"""What a language has no field for, in a comment: ``max_stay_min=30; control=disc``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from geo.errors import InvalidTimeRule
from geo.words import TimeRule

PLAIN = {"activity": "loading"}
"""Values that go without saying."""

_LISTS = (
    "days_of_month",
    "weeks_of_month",
    "months",
    "only_periods",
    "except_periods",
    "user_classes",
    "except_user_classes",
)


def write_comment(rule: TimeRule, fields: Iterable[str]) -> str:
    """Return some fields of a rule as text, empty where they say nothing."""
    said: Mapping[str, Any] = rule.model_dump(mode="json")
    told = [
        (name, said[name])
        for name in fields
        if said.get(name) is not None and said[name] != PLAIN.get(name)
    ]
    return "; ".join(f"{name}={_value(value)}" for name, value in told)


def read_comment(text: str, fields: Iterable[str]) -> dict[str, Any]:
    """Return the fields of a comment that `write_comment` wrote.

    Raises
    ------
    InvalidTimeRule
        It is another comment.
    """
    known = tuple(fields)
    found: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, mark, value = part.partition("=")
        if not mark or name not in known:
            raise InvalidTimeRule(f"comment is {part!r}: wanted one of {', '.join(known)} with =")
        found[name] = _values(value) if name in _LISTS else unquote(value)
    return found


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(_escaped(str(one)) for one in value)
    return _escaped(str(value) if isinstance(value, str) else json.dumps(value))


def _values(text: str) -> tuple[str, ...]:
    return tuple(unquote(one) for one in text.split(","))


def _escaped(text: str) -> str:
    """Return text with all but letters of Latin script, digits, inner spaces and some marks escaped as in URLs."""
    return re.sub(r"[^A-Za-zÀ-ÖØ-öø-ÿ0-9_.:/ -]|^ | $", lambda found: _percent(found.group()), text)


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())
