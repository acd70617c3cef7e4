"""What a form of files cannot say of a bay: found by reading back what was written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from geo.inventory.read import ReadOptions, read_inventory
from geo.words import Bay, FoundBay

PASSES = 3
"""Times a file is read back at most: what a reader derives may follow from what a tail corrected."""

Tail = Mapping[str, Any]
"""Fields of a bay that its row or object cannot say itself."""


def tails_of(
    bays: Sequence[Bay | FoundBay], write: Callable[[Sequence[Tail]], bytes], options: ReadOptions
) -> list[Tail]:
    """Return for each bay what must be said beside what its form can say, so that reading gives it back as it is.

    Parameters
    ----------
    write
        Gives the file with a tail for each bay, one row or object each in the order of the bays.
    """
    tails: list[Tail] = [{} for _ in bays]
    for _ in range(PASSES):
        inventory = read_inventory(write(tails), "inventory", options)
        found = dict(zip(inventory.rows_of_bays, inventory.bays, strict=True))
        missing = [lost(bay, found.get(row)) for row, bay in enumerate(bays, start=1)]
        if not any(missing):
            break
        tails = [_joined(*one) for one in zip(tails, missing, strict=True)]
    return tails


def _joined(tail: Tail, more: Tail) -> Tail:
    details = {**tail.get("details", {}), **more.get("details", {})}
    return {**tail, **more, **({"details": details} if details else {})}


def lost(bay: Bay | FoundBay, back: FoundBay | None) -> dict[str, Any]:
    """Return the fields that a bay does not have as it was read back; under ``details`` those of its details.

    None is unknown. A bay that was not read back at all has lost everything.
    """
    wanted, got = _plain(bay), _plain(back) if back else {}
    details, got_details = wanted.pop("details"), got.pop("details", {})
    differing = _differing(wanted, got)
    differing_details = _differing(details, got_details)
    return {**differing, "details": differing_details} if differing_details else differing


def lost_text(differing: Mapping[str, Any]) -> str:
    """Return what was lost as JSON on one line, as readers of our own files take it up again."""
    return json.dumps(differing, ensure_ascii=False, separators=(",", ":"))


def _plain(bay: Bay | FoundBay) -> dict[str, Any]:
    plain: dict[str, Any] = bay.model_dump(mode="json")
    return plain


def _differing(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: wanted.get(name)
        for name in sorted(wanted.keys() | got.keys())
        if wanted.get(name) != got.get(name)
    }
