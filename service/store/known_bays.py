"""Bays as rows: read and written whole, so that an import can compare, replace and be undone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from shapely.geometry import Polygon
from sqlalchemy import Table, delete, select
from sqlmodel import Session

from geo.bays import bay_feature
from geo.words import Bay
from service.store.database import in_parts, upsert
from service.store.tables import BAY, Row

INSTANTS = ("published_at", "updated_at")
"""Columns that are instants; in JSON text they are epoch seconds."""

BayRecord = Mapping[str, Any]
"""A bay's row by column."""


def known_bays(session: Session, bay_ids: Collection[str]) -> dict[str, BayRecord]:
    """Return the rows of the known ones of some bays, by identifier."""
    return {
        row["bay_id"]: dict(row)
        for part in in_parts(bay_ids)
        for row in session.execute(select(BAY).where(BAY.c.bay_id.in_(part))).mappings()
    }


def columns_of(bay: Bay) -> dict[str, Any]:
    """Return what a bay's row takes from the bay itself."""
    west, south, east, north = Polygon(bay.polygon_lonlat).bounds
    return {
        "bay_id": bay.bay_id,
        "insee": bay.commune,
        "name": bay.name,
        "length_m": bay.length_m,
        "capacity": bay.capacity,
        "bay_type": bay.bay_type.value,
        "rules": json.dumps([rule.model_dump(mode="json") for rule in bay.rules]),
        "polygon": json.dumps(bay_feature(bay)["geometry"]),
        "details": bay.details.model_dump_json(),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }


def write_bays(session: Session, records: Iterable[BayRecord]) -> None:
    """Insert or replace whole rows, in the order in which other writers lock them."""
    upsert(session, BAY, sorted(records, key=lambda record: record["bay_id"]))


def delete_bays(session: Session, bay_ids: Collection[str]) -> None:
    """Remove bays that nothing refers to."""
    for part in in_parts(bay_ids):
        session.execute(delete(BAY).where(BAY.c.bay_id.in_(part)))


def communes_of_bays(session: Session, bay_ids: Collection[str]) -> dict[str, str]:
    """Return the commune of the known ones of some bays, by bay."""
    return {
        row[0]: row[1]
        for part in in_parts(bay_ids)
        for row in session.execute(select(BAY.c.bay_id, BAY.c.insee).where(BAY.c.bay_id.in_(part)))
    }


def bays_elsewhere(
    session: Session, communes: Collection[str], bay_ids: Collection[str]
) -> list[str]:
    """Return the known bays of communes that are not among some, in order."""
    known = session.scalars(select(BAY.c.bay_id).where(BAY.c.insee.in_(communes)))
    return sorted(set(known) - set(bay_ids))


def referring(session: Session, table: Table, keys: Collection[Any]) -> dict[Any, list[str]]:
    """Return which tables hold rows that refer to rows of a table, by the key of those; free ones are left out."""
    found: dict[Any, list[str]] = {}
    for other in Row.metadata.sorted_tables:
        for constraint in other.foreign_keys:
            if constraint.column.table is not table:
                continue
            for part in in_parts(keys):
                used = select(constraint.parent).where(constraint.parent.in_(part)).distinct()
                for key in session.scalars(used):
                    found.setdefault(key, []).append(other.name)
    return found


def referring_to_bays(session: Session, bay_ids: Collection[str]) -> dict[str, list[str]]:
    """Return which tables hold rows about bays, by bay; bays that nothing refers to are left out."""
    return referring(session, BAY, bay_ids)


def record_text(record: BayRecord) -> str:
    """Return a row as JSON text."""
    seconds = {name: int(record[name].timestamp()) for name in INSTANTS if record[name] is not None}
    return json.dumps({**record, **seconds})


def record_of_text(text: str) -> BayRecord:
    """Return the row of a JSON text."""
    record = json.loads(text)
    instants = {
        name: datetime.fromtimestamp(record[name], UTC)
        for name in INSTANTS
        if record[name] is not None
    }
    return {**record, **instants}
