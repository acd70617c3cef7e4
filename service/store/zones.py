"""Bays as CDS curb zones: with their identifier, their earlier polygons and when they were published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from geo.words import Bay
from service.store.bays import bay_of
from service.store.inventory_tables import PastZoneRow
from service.store.tables import BayRow


@dataclass(frozen=True)
class PastZone:
    """A polygon that a bay had before."""

    zone_id: str
    geometry_version: int
    polygon_lonlat: tuple[tuple[float, float], ...]
    published_at: datetime | None
    until_at: datetime


@dataclass(frozen=True)
class Zone:
    """A bay as a CDS curb zone."""

    bay: Bay
    zone_id: str
    geometry_version: int
    published_at: datetime | None
    """When this polygon was first imported; None if before the store noted it."""
    updated_at: datetime | None
    past: tuple[PastZone, ...]
    """Earlier polygons, oldest first."""


def list_zones(session: Session, insee: str | None = None) -> list[Zone]:
    """Return all bays, or those of one commune, as zones, by bay identifier."""
    statement = select(BayRow).order_by(BayRow.bay_id)
    if insee is not None:
        statement = statement.where(BayRow.insee == insee)
    rows = session.exec(statement).all()
    past = _past(session, None if insee is None else [row.bay_id for row in rows])
    return [
        Zone(
            bay_of(row),
            row.zone_id,
            row.geometry_version,
            row.published_at,
            row.updated_at,
            tuple(past.get(row.bay_id, ())),
        )
        for row in rows
    ]


def _past(session: Session, bay_ids: Sequence[str] | None) -> dict[str, list[PastZone]]:
    statement = select(PastZoneRow).order_by(col(PastZoneRow.geometry_version))
    if bay_ids is not None:
        statement = statement.where(col(PastZoneRow.bay_id).in_(bay_ids))
    found: dict[str, list[PastZone]] = {}
    for row in session.exec(statement):
        ring = json.loads(row.polygon)["coordinates"][0]
        found.setdefault(row.bay_id, []).append(
            PastZone(
                row.zone_id,
                row.geometry_version,
                tuple((lon, lat) for lon, lat in ring),
                row.published_at,
                row.until_at,
            )
        )
    return found
