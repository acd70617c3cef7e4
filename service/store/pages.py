"""Pages of bays, communes and suggestions: counted and cut by the database, boxes tested exactly."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from shapely import LineString, Point, union_all
from shapely.geometry import box, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, Table, and_, func, not_, or_, select
from sqlmodel import Session

from geo.geojson import rounded
from service.store.bays import Bbox
from service.store.inventory_tables import GROUP, GROUP_MEMBER
from service.store.suggestions import stands
from service.store.tables import BAY, COMMUNE, SUGGESTION, SUGGESTION_RECORD, SUGGESTION_RUN

Conditions = list[ColumnElement[bool]]

T = TypeVar("T")


@dataclass(frozen=True)
class Selection:
    """Which places are asked for; None does not matter."""

    boxes: tuple[Bbox, ...] = ()
    """A place must meet one of them; none given means everywhere. Two where a box crosses the antimeridian."""
    insee: str | None = None
    bay_type: str | None = None
    bay_id: str | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of the rows that match."""

    matched: int
    """How many match in all."""
    rows: Sequence[T]


def page_of_bays(
    session: Session, selection: Selection, limit: int, offset: int
) -> Page[Mapping[str, Any]]:
    """Return bays by identifier: the columns of the bay and ``commune_name``; JSON is left as text."""
    where = bay_conditions(session, selection)
    statement = (
        select(BAY, COMMUNE.c.name.label("commune_name"))
        .join(COMMUNE, COMMUNE.c.insee == BAY.c.insee)
        .where(*where)
        .order_by(BAY.c.bay_id)
    )
    matched = count(session, select(BAY.c.bay_id).where(*where))
    return _page(session, matched, statement, limit, offset)


def page_of_communes(
    session: Session, selection: Selection, limit: int, offset: int
) -> Page[Mapping[str, Any]]:
    """Return communes by code: the columns of the commune and the number of its ``bays``; JSON is left as text."""
    where = _equal((COMMUNE.c.insee, selection.insee))
    where += meeting(session, OUTLINES, selection, where)
    bays = select(func.count()).where(BAY.c.insee == COMMUNE.c.insee).scalar_subquery()
    statement = select(COMMUNE, bays.label("bays")).where(*where).order_by(COMMUNE.c.insee)
    matched = count(session, select(COMMUNE.c.insee).where(*where))
    return _page(session, matched, statement, limit, offset)


def read_shape(geometry: str) -> BaseGeometry:
    """Return a GeoJSON geometry given as text."""
    return shape(json.loads(geometry))


@dataclass(frozen=True)
class Places:
    """Where the rows of a table lie: each within the box that its row gives."""

    table: Table
    key: ColumnElement[str]
    geometry: ColumnElement[str]
    """GeoJSON as text."""
    place: Callable[[str], BaseGeometry] = read_shape
    """What of the geometry must meet a box."""


POLYGONS = Places(BAY, BAY.c.bay_id, BAY.c.polygon)
OUTLINES = Places(COMMUNE, COMMUNE.c.insee, COMMUNE.c.outline)


def groups_of(session: Session, codes: Collection[str]) -> Mapping[str, list[tuple[str, str]]]:
    """Return SIREN and name of the groups of some communes, by code."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    statement = (
        select(GROUP_MEMBER.c.insee, GROUP.c.siren, GROUP.c.name)
        .join(GROUP, GROUP.c.siren == GROUP_MEMBER.c.siren)
        .where(GROUP_MEMBER.c.insee.in_(codes))
        .order_by(GROUP.c.siren)
    )
    for insee, siren, name in session.execute(statement):
        found[insee].append((siren, name))
    return found


@dataclass(frozen=True)
class Made:
    """When a run was made that suggestions are asked of: both ends included, None is open."""

    from_at: datetime | None = None
    to_at: datetime | None = None


def page_of_suggestions(
    session: Session, selection: Selection, made: Made, limit: int, offset: int
) -> Page[Mapping[str, Any]]:
    """Return the suggestions that stand by identifier, with their bay's name and polygon, run and record as text."""
    where = [*bay_conditions(session, selection), stands()]
    if made.from_at is not None:
        where.append(SUGGESTION_RUN.c.made_at >= made.from_at)
    if made.to_at is not None:
        where.append(SUGGESTION_RUN.c.made_at <= made.to_at)
    return _suggestions(session, where, limit, offset)


def find_suggestion(session: Session, suggestion_id: int) -> Mapping[str, Any] | None:
    """Return one suggestion that stands, as ``page_of_suggestions`` does, or None."""
    found = _suggestions(session, [SUGGESTION.c.id == suggestion_id, stands()], 1, 0)
    return next(iter(found.rows), None)


def _suggestions(
    session: Session, where: Conditions, limit: int, offset: int
) -> Page[Mapping[str, Any]]:
    joined = (
        SUGGESTION.join(BAY, BAY.c.bay_id == SUGGESTION.c.bay_id)
        .join(SUGGESTION_RUN, SUGGESTION_RUN.c.id == SUGGESTION.c.run_id)
        .join(
            SUGGESTION_RECORD,
            and_(
                SUGGESTION_RECORD.c.suggestion_id == SUGGESTION.c.id,
                SUGGESTION_RECORD.c.run_id == SUGGESTION.c.run_id,
            ),
        )
    )
    columns = (
        SUGGESTION,
        BAY.c.name,
        BAY.c.polygon,
        SUGGESTION_RUN.c.made_at,
        SUGGESTION_RECORD.c.record,
    )
    statement = select(*columns).select_from(joined).where(*where).order_by(SUGGESTION.c.id)
    matched = count(session, select(SUGGESTION.c.id).select_from(joined).where(*where))
    return _page(session, matched, statement, limit, offset)


def extent_of_bays(session: Session, insee: str | None = None) -> Bbox | None:
    """Return the box around all bays, or those of a commune; None where there is none."""
    return _extent(session, BAY, _equal((BAY.c.insee, insee)))


def extent_of_communes(session: Session) -> Bbox | None:
    """Return the box around all communes; None where there is none."""
    return _extent(session, COMMUNE, [])


def bay_conditions(session: Session, selection: Selection) -> Conditions:
    """Return what a row of the bays must fulfil to be selected."""
    where = _equal(
        (BAY.c.insee, selection.insee),
        (BAY.c.bay_type, selection.bay_type),
        (BAY.c.bay_id, selection.bay_id),
    )
    return where + meeting(session, POLYGONS, selection, where)


def count(session: Session, statement: Select[Any]) -> int:
    """Return how many rows a statement gives, without reading them."""
    number: int = session.execute(
        select(func.count()).select_from(statement.subquery())
    ).scalar_one()
    return number


def _shape_of(bbox_lonlat: Bbox) -> BaseGeometry:
    west, south, east, north = bbox_lonlat
    if west == east and south == north:
        return Point(west, south)
    if west == east or south == north:
        return LineString([(west, south), (east, north)])
    return box(west, south, east, north)


def _equal(*wanted: tuple[ColumnElement[Any], str | None]) -> Conditions:
    return [column == value for column, value in wanted if value is not None]


def meeting(
    session: Session, places: Places, selection: Selection, others: Conditions
) -> Conditions:
    """Return what rows must fulfil whose place meets the boxes.

    The box around a geometry decides for all but those on the edge of a box asked for; these are read and tested.

    Parameters
    ----------
    others
        What else they must fulfil.
    """
    if not selection.boxes:
        return []
    meets = or_(*(_overlaps(places.table, one) for one in selection.boxes))
    inside = or_(*(_lies_in(places.table, one) for one in selection.boxes))
    area = union_all([_shape_of(one) for one in selection.boxes])
    edge = session.execute(select(places.key, places.geometry).where(*others, meets, not_(inside)))
    missed = [name for name, text in edge if not area.intersects(places.place(text))]
    return [meets, places.key.not_in(missed)] if missed else [meets]


def _overlaps(table: Table, bbox_lonlat: Bbox) -> ColumnElement[bool]:
    west, south, east, north = bbox_lonlat
    return and_(
        table.c.west <= east, table.c.east >= west, table.c.south <= north, table.c.north >= south
    )


def _lies_in(table: Table, bbox_lonlat: Bbox) -> ColumnElement[bool]:
    west, south, east, north = bbox_lonlat
    return and_(
        table.c.west >= west, table.c.east <= east, table.c.south >= south, table.c.north <= north
    )


def _page(
    session: Session, matched: int, statement: Select[Any], limit: int, offset: int
) -> Page[Mapping[str, Any]]:
    if offset >= matched:
        return Page(matched, ())
    found = session.execute(statement.limit(limit).offset(offset)).mappings().all()
    return Page(matched, [dict(row) for row in found])


def _extent(session: Session, table: Table, where: Conditions) -> Bbox | None:
    lowest = (func.min(table.c[name]) for name in ("west", "south"))
    highest = (func.max(table.c[name]) for name in ("east", "north"))
    west, south, east, north = session.execute(select(*lowest, *highest).where(*where)).one()
    return None if west is None else tuple(rounded((west, south, east, north)))
