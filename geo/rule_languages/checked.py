"""Time rules made of what others wrote, refused with the value found and the value wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from geo.errors import InvalidTimeRule
from geo.words import TimeRule


def checked_rule(source: str, fields: Mapping[str, Any]) -> TimeRule:
    """Return a time rule of fields that came from outside.

    Raises
    ------
    InvalidTimeRule
        A field has a value that no rule can have; its text names the field, the source and the value.
    """
    try:
        return TimeRule.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "rule"
        raise InvalidTimeRule(
            f"{where} of {source} is {first.get('input')!r}: {first['msg']}"
        ) from error
