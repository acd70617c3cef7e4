"""Reads an inventory and refuses the bays whose text no database, file or page can hold."""

from __future__ import annotations

from collections.abc import Iterator

from geo.inventory.codes import Reason
from geo.inventory.found import FoundInventory
from geo.inventory.read import ReadOptions, read_inventory
from geo.words import FoundBay
from service.ingest.placing import Fault, without
from service.writable import is_writable, is_writable_line

SHOWN = 60
"""Characters of a text that a sentence repeats."""


def read_found(data: bytes, name: str, options: ReadOptions) -> FoundInventory:
    """Return what the file of an inventory holds.

    Raises
    ------
    InvalidFile
        The file as a whole cannot be read.
    """
    found = read_inventory(data, name, options)
    faults = {bay.bay_id: fault for bay in found.bays if (fault := _fault(bay)) is not None}
    return without(found, faults)


def _fault(bay: FoundBay) -> Fault | None:
    if not is_writable_line(bay.bay_id):
        return _sentence(bay.bay_id)
    return next((_sentence(text) for text in _texts(bay) if not is_writable(text)), None)


def _sentence(text: str) -> Fault:
    return (
        Reason.INVALID_VALUE.value,
        f"a text is {text[:SHOWN]!a}: wanted one without control characters",
    )


def _texts(bay: FoundBay) -> Iterator[str]:
    """Yield every text of a bay but its identifier."""
    yield bay.name
    for value in vars(bay.details).values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, str))
    for key, value in bay.details.extra.items():
        yield key
        yield value
    for rule in bay.rules:
        yield from (
            *rule.only_periods,
            *rule.except_periods,
            *rule.user_classes,
            *rule.except_user_classes,
        )
