"""Rows that tell more of a bay already read become one bay with all its rules."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geo.inventory.draft import Place, Said


@dataclass(frozen=True)
class Joined:
    """A bay's first row with what later rows add."""

    place: Place
    said: Said
    later_rows: tuple[int, ...] = ()
    """Rows that were joined to it."""


def joined(told: Sequence[tuple[Place, Said]]) -> list[Joined]:
    """Join rows that say they are about the same bay; the first known value of each field stands, rules add up."""
    found: dict[Hashable, Joined] = {}
    for place, said in told:
        key = ("row", place.row) if said.same_bay is None else ("bay", said.same_bay)
        known = found.get(key)
        found[key] = Joined(place, said) if known is None else _with(known, place, said)
    return list(found.values())


def _with(known: Joined, place: Place, said: Said) -> Joined:
    first, first_said = known.place, known.said
    rules = tuple(dict.fromkeys((*first_said.rules, *said.rules)))
    shape = first.shape if first.shape and not first.shape.is_placeholder else place.shape
    return Joined(
        replace(first, shape=shape),
        replace(
            first_said,
            rules=rules,
            length_m=first_said.length_m or said.length_m,
            details=_filled(first_said.details, said.details),
            guesses=first_said.guesses | said.guesses,
        ),
        (*known.later_rows, place.row),
    )


def _filled(first: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields with unknown ones filled; columns without a field add up."""
    filled = {
        name: later.get(name) if value in (None, "", ()) else value for name, value in first.items()
    }
    return filled | {"extra": {**later.get("extra", {}), **first.get("extra", {})}}
