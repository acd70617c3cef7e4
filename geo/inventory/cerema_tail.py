"""The machine-readable end of a comment, in which our own export keeps what the national schema has no column for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geo.errors import RowRefused
from geo.inventory.cells import shown
from geo.inventory.codes import Reason
from geo.inventory.draft import Said
from geo.inventory.shapes import Points, ring_shape
from geo.rules import read_rules
from geo.words import INSEE_PATTERN, BayType

OPENING, CLOSING = "[airelib {", "}]"
"""``… [airelib {"capacity": 2}]`` at the end of COMMENTAIRE."""


class Tail(BaseModel):
    """What the end of a comment says; a detail that is null is unknown."""

    model_config = ConfigDict(frozen=True)

    name: str = ""
    length_m: float | None = Field(default=None, gt=0)
    capacity: int | None = Field(default=None, gt=0)
    commune: str | None = Field(default=None, pattern=INSEE_PATTERN)
    bay_type: BayType = BayType.PERMANENT
    rules: Any = None
    details: dict[str, Any] = {}
    polygon_lonlat: Points = ()

    def applied(self, said: Said) -> Said:
        """Return what a row says, with what the tail knows better."""
        named = self.model_fields_set
        fields: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("name", "length_m", "capacity", "commune", "bay_type")
            if name in named
        }
        if "rules" in named:
            fields["rules"] = read_rules(self.rules)
        if self.polygon_lonlat:
            fields["ring_lonlat"] = ring_shape([self.polygon_lonlat]).points_xy
        return replace(said, details={**said.details, **self.details}, **fields)


def split_tail(comment: str | None) -> tuple[str | None, Tail | None]:
    """Return a comment without its machine-readable end, and that end.

    Raises
    ------
    RowRefused
        The end is no JSON object, or one with a wrong value.
    """
    text = (comment or "").rstrip()
    start = text.find(OPENING)
    if start < 0 or not text.endswith(CLOSING):
        return comment, None
    tail = read_tail(text[start + len(OPENING) - 1 : -1], "the end of COMMENTAIRE")
    return text[:start].rstrip() or None, tail


def read_tail(text: str, where: str) -> Tail:
    """Read what our own export keeps beside the fields of a form.

    Raises
    ------
    RowRefused
        The text is no JSON object, or one with a wrong value.
    """
    try:
        return Tail.model_validate(json.loads(text))
    except (ValidationError, ValueError, RecursionError) as error:
        raise RowRefused(
            Reason.INVALID_VALUE,
            f"{where} is {shown(text)}: wanted a JSON object of our own export, or nothing",
        ) from error
