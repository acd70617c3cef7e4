"""The machine-readable end of a comment, in which our own export keeps what the national schema has no column for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from geo.errors import RowRefused
from geo.inventory.cells import shown
from geo.inventory.codes import Reason
from geo.inventory.draft import Said
from geo.inventory.shapes import ring_shape
from geo.rules import read_rules
from geo.words import BayType

TAIL = re.compile(r"\s*\[airelib (\{.*\})\]\s*\Z", re.DOTALL)
"""``… [airelib {"capacity": 2}]`` at the end of COMMENTAIRE."""


@dataclass(frozen=True)
class Tail:
    """What the end of a comment says."""

    given: Mapping[str, Any]

    def applied(self, said: Said) -> Said:
        """Return what a row says, with what the tail knows better; null means unknown."""
        given = self.given
        details = given.get("details") or {}
        fields: dict[str, Any] = {"details": {**said.details, **details}}
        for name in ("name", "length_m", "capacity", "commune"):
            if name in given:
                fields[name] = given[name]
        if "bay_type" in given:
            fields["bay_type"] = BayType(given["bay_type"])
        if "rules" in given:
            fields["rules"] = read_rules(given["rules"])
        if "polygon_lonlat" in given:
            fields["ring_lonlat"] = ring_shape([given["polygon_lonlat"]]).points_xy
        return replace(said, **fields)


def split_tail(comment: str | None) -> tuple[str | None, Tail | None]:
    """Return a comment without its machine-readable end, and that end.

    Raises
    ------
    RowRefused
        The end is no JSON object.
    """
    match = TAIL.search(comment or "")
    if comment is None or not match:
        return comment, None
    try:
        given = json.loads(match[1])
    except (ValueError, RecursionError) as error:
        raise RowRefused(
            Reason.INVALID_VALUE,
            f"COMMENTAIRE ends with {shown(match[0])}: wanted [airelib {{JSON}}]",
        ) from error
    return comment[: match.start()] or None, Tail(given)
