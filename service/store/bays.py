"""Communes, streets and bays in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shapely.geometry import mapping
from sqlalchemy import delete, insert
from sqlmodel import Session, col, func, select

from geo.communes import CommuneOutline
from geo.communes_vintages import latest, whole_communes
from geo.errors import UnknownBay, UnknownCommune
from geo.geojson import rounded
from geo.streets import Street
from geo.words import Bay, Commune
from service.store.database import upsert
from service.store.tables import COMMUNE, STREET, BayRow, CommuneRow, StreetRow

Bbox = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


def save_communes(session: Session, communes: Iterable[CommuneOutline]) -> int:
    """Insert or replace communes by their newest outlines; return how many.

    Outlines of arrondissements are joined: the store holds communes.
    """
    wholes = whole_communes(latest(tuple(communes)))
    rows = [
        {
            "insee": item.commune.insee,
            "name": item.commune.name,
            "population": item.commune.population,
            "time_zone": item.commune.time_zone,
            "outline": _outline_text(item),
            "vintage": item.vintage,
            **_box(item.outline.bounds),
        }
        for item in wholes
    ]
    upsert(session, COMMUNE, rows)
    return len(rows)


def replace_streets(session: Session, streets: Sequence[Street]) -> int:
    """Replace all streets; return how many there are now."""
    session.execute(delete(STREET))
    rows = [
        {
            "insee": street.commune,
            "name": street.name,
            "kind": street.kind,
            "geometry": json.dumps(
                {"type": "LineString", "coordinates": rounded(street.line_lonlat)}
            ),
        }
        for street in streets
    ]
    if rows:
        session.execute(insert(STREET), rows)
    return len(rows)


def get_commune(session: Session, insee: str) -> Commune:
    """Return a commune.

    Raises
    ------
    UnknownCommune
        No commune has this code.
    """
    row = session.get(CommuneRow, insee)
    if row is None:
        raise UnknownCommune(f"no commune has the INSEE code {insee!r}")
    return Commune(
        insee=row.insee, name=row.name, population=row.population, time_zone=row.time_zone
    )


def list_communes(session: Session) -> list[Commune]:
    """Return all communes by code."""
    rows = session.exec(select(CommuneRow).order_by(CommuneRow.insee))
    return [
        Commune(insee=r.insee, name=r.name, population=r.population, time_zone=r.time_zone)
        for r in rows
    ]


def count_places(session: Session) -> tuple[int, int]:
    """Return how many communes and bays there are."""
    communes = session.exec(select(func.count()).select_from(CommuneRow)).one()
    bays = session.exec(select(func.count()).select_from(BayRow)).one()
    return communes, bays


def commune_features(session: Session) -> list[dict[str, Any]]:
    """Return communes as GeoJSON features, by code."""
    statement = select(BayRow.insee, func.count()).group_by(BayRow.insee)
    bays = {row[0]: row[1] for row in session.exec(statement)}
    return [
        {
            "type": "Feature",
            "id": row.insee,
            "properties": {
                "insee": row.insee,
                "name": row.name,
                "population": row.population,
                "bays": bays.get(row.insee, 0),
            },
            "bbox": [row.west, row.south, row.east, row.north],
            "geometry": json.loads(row.outline),
        }
        for row in session.exec(select(CommuneRow).order_by(CommuneRow.insee))
    ]


def bay_features(
    session: Session, insee: str | None = None, bbox_lonlat: Bbox | None = None
) -> list[dict[str, Any]]:
    """Return bays as GeoJSON features by identifier, of one commune or touching a box."""
    statement = select(BayRow).order_by(BayRow.bay_id)
    if insee is not None:
        statement = statement.where(BayRow.insee == insee)
    if bbox_lonlat is not None:
        west, south, east, north = bbox_lonlat
        statement = statement.where(
            BayRow.west <= east, BayRow.east >= west, BayRow.south <= north, BayRow.north >= south
        )
    return [_feature(row) for row in session.exec(statement)]


def get_bay(session: Session, bay_id: str) -> dict[str, Any]:
    """Return one bay as a GeoJSON feature.

    Raises
    ------
    UnknownBay
        No bay has this identifier.
    """
    return _feature(_row(session, bay_id))


def find_bay(session: Session, bay_id: str) -> Bay:
    """Return one bay with its rules.

    Raises
    ------
    UnknownBay
        No bay has this identifier.
    """
    return bay_of(_row(session, bay_id))


def list_bays(session: Session, insee: str | None = None) -> list[Bay]:
    """Return bays with their rules, by identifier."""
    statement = select(BayRow).order_by(BayRow.bay_id)
    if insee is not None:
        statement = statement.where(BayRow.insee == insee)
    return [bay_of(row) for row in session.exec(statement)]


def street_features(session: Session, insee: str | None = None) -> list[dict[str, Any]]:
    """Return streets as GeoJSON features."""
    statement = select(StreetRow).order_by(col(StreetRow.id))
    if insee is not None:
        statement = statement.where(StreetRow.insee == insee)
    return [
        {
            "type": "Feature",
            "properties": {"name": row.name, "commune": row.insee, "kind": row.kind},
            "geometry": json.loads(row.geometry),
        }
        for row in session.exec(statement)
    ]


def _row(session: Session, bay_id: str) -> BayRow:
    row = session.get(BayRow, bay_id)
    if row is None:
        raise UnknownBay(f"no bay has the identifier {bay_id!r}")
    return row


def _feature(row: BayRow) -> dict[str, Any]:
    details = json.loads(row.details)
    return {
        "type": "Feature",
        "id": row.bay_id,
        "properties": {
            "bay_id": row.bay_id,
            "name": row.name,
            "commune": row.insee,
            "length_m": row.length_m,
            "capacity": row.capacity,
            "bay_type": row.bay_type,
            "rules": json.loads(row.rules),
            **({"details": details} if details else {}),
        },
        "geometry": json.loads(row.polygon),
    }


def bay_of(row: BayRow) -> Bay:
    """Return the bay of a row."""
    return bay_of_record({name: getattr(row, name) for name in _BAY_COLUMNS})


def bay_of_record(record: Mapping[str, Any]) -> Bay:
    """Return the bay of a row given by column; one without details is told so, as making up a default costs more."""
    return Bay.model_validate(
        {
            **{name: record[name] for name in _PLAIN_COLUMNS},
            "commune": record["insee"],
            "rules": json.loads(record["rules"]),
            "details": json.loads(record["details"]),
            "polygon_lonlat": json.loads(record["polygon"])["coordinates"][0],
        }
    )


_PLAIN_COLUMNS = ("bay_id", "name", "length_m", "capacity", "bay_type")
_BAY_COLUMNS = (*_PLAIN_COLUMNS, "insee", "rules", "details", "polygon")


def _outline_text(item: CommuneOutline) -> str:
    coordinates = rounded(mapping(item.outline)["coordinates"])
    return json.dumps({"type": item.outline.geom_type, "coordinates": coordinates})


def _box(bounds: Sequence[float]) -> dict[str, float]:
    return dict(zip(("west", "south", "east", "north"), bounds, strict=True))
