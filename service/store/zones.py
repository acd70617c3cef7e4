"""Bays as CDS curb zones: with their identifier, their earlier polygons and when they were published."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from geo.words import Bay, curb_zone_id
from service.store.bays import bay_of
from service.store.database import in_parts
from service.store.inventory_tables import IMPORT_CHANGE, PAST_ZONE, PastZoneRow
from service.store.known_bays import BayRecord
from service.store.tables import BAY, BayRow


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
    statement = select(BayRow).order_by(col(BayRow.bay_id))
    if insee is not None:
        statement = statement.where(col(BayRow.insee) == insee)
    rows = session.scalars(statement).all()
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
    statement = select(PastZoneRow).order_by(
        col(PastZoneRow.until_at), col(PastZoneRow.geometry_version)
    )
    if bay_ids is not None:
        statement = statement.where(col(PastZoneRow.bay_id).in_(bay_ids))
    found: dict[str, list[PastZone]] = {}
    for row in session.scalars(statement):
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


def zone_ids_given(session: Session, bay_ids: Collection[str]) -> dict[str, set[str]]:
    """Return every zone identifier that known bays have or ever had, by bay; those of undone imports too."""
    found: dict[str, set[str]] = {bay_id: set() for bay_id in bay_ids}
    for table in (BAY, PAST_ZONE, IMPORT_CHANGE):
        for part in in_parts(bay_ids):
            given = select(table.c.bay_id, table.c.zone_id).where(table.c.bay_id.in_(part))
            for bay_id, zone_id in session.execute(given):
                found[bay_id].add(zone_id)
    return found


def next_zone(insee: str, bay_id: str, given: Collection[str]) -> tuple[int, str]:
    """Return the version and zone identifier of a new polygon: the first that the bay never had in this commune.

    Versions are counted in each commune, so that a camera that was told the commune and computes the identifier of
    version 1 names a zone that the bay had there.
    """
    version = 1
    while (zone_id := str(curb_zone_id(insee, bay_id, version))) in given:
        version += 1
    return version, zone_id


def keep_zones(session: Session, records: Iterable[BayRecord], until_at: datetime) -> None:
    """Keep the polygons of rows that are about to be replaced, under the identifiers by which events may name them."""
    names = ("zone_id", "bay_id", "geometry_version", "polygon", "published_at")
    rows = [{**{name: row[name] for name in names}, "until_at": until_at} for row in records]
    if rows:
        session.execute(insert(PAST_ZONE), rows)


def drop_zones(session: Session, zone_ids: Collection[str]) -> None:
    """Forget earlier polygons that are those of their bays again."""
    for part in in_parts(zone_ids):
        session.execute(delete(PAST_ZONE).where(PAST_ZONE.c.zone_id.in_(part)))
