"""Tells what an inventory would change, without changing anything."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from geo.bays import bay_feature
from geo.inventory.changes import BayChange, count_kinds
from geo.words import Bay
from service.ingest.inventory import compare
from service.store.known_bays import bays_elsewhere, known_bays


@dataclass(frozen=True)
class Preview:
    """What an inventory would change of the bays known."""

    changes: tuple[BayChange, ...]
    """In the order of the file."""
    not_in_file: tuple[str, ...]
    """Known bays of the communes touched that the file does not name; an import leaves them as they are."""

    def counts(self) -> dict[str, int]:
        """Return how many bays there are of each kind, and how many are not in the file."""
        return {**count_kinds(self.changes), "not_in_file": len(self.not_in_file)}

    def as_report(self) -> dict[str, Any]:
        """Return counts, and what would become of each bay, for report.json."""
        bays = [{"bay_id": one.bay.bay_id, **change_properties(one)} for one in self.changes]
        return {**self.counts(), "bays": bays, "bays_not_in_file": list(self.not_in_file)}

    def features(self) -> list[dict[str, Any]]:
        """Return the bays as GeoJSON features that say what would become of each."""
        return [
            {**feature, "properties": {**feature["properties"], **change_properties(one)}}
            for one in self.changes
            for feature in [bay_feature(one.bay)]
        ]


def preview(
    session: Session, bays: Sequence[Bay], turned: Collection[str] = frozenset()
) -> Preview:
    """Compare the bays of an inventory with those known; ``turned`` as in ``geo.inventory.changes``."""
    bay_ids = [bay.bay_id for bay in bays]
    found = compare(known_bays(session, bay_ids), bays, turned)
    touched = {bay.commune for bay in bays}
    return Preview(found, tuple(bays_elsewhere(session, touched, bay_ids)))


def change_properties(change: BayChange) -> dict[str, Any]:
    """Return what would become of a bay: kind, names of what differs, metres of a move."""
    return {"change": change.kind, "fields": list(change.fields), "moved_m": change.moved_m}
