"""What the database knows of its communes besides their outlines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from service.store.database import in_parts
from service.store.tables import BAY, COMMUNE


@dataclass(frozen=True)
class StoredCommune:
    """A commune without its outline."""

    insee: str
    name: str
    time_zone: str
    vintage: int | None
    """Year of the official geographic code of its outline; None if its file did not say."""


def stored_communes(session: Session) -> dict[str, StoredCommune]:
    """Return all communes, by code and in order of it."""
    columns = select(COMMUNE.c.insee, COMMUNE.c.name, COMMUNE.c.time_zone, COMMUNE.c.vintage)
    rows = session.execute(columns.order_by(COMMUNE.c.insee))
    return {row[0]: StoredCommune(*row) for row in rows}


def bays_of_communes(session: Session, insee_codes: Collection[str]) -> list[str]:
    """Return the identifiers of the bays of some communes, in order."""
    found: list[str] = []
    for part in in_parts(sorted(insee_codes)):
        found.extend(session.scalars(select(BAY.c.bay_id).where(BAY.c.insee.in_(part))))
    return sorted(found)


def is_older(vintage: int | None, stored: StoredCommune | None) -> bool:
    """Tell whether a known vintage is earlier than the known one of the database; an unknown one is neither."""
    if stored is None or vintage is None or stored.vintage is None:
        return False
    return vintage < stored.vintage
