"""Pages of hourly figures: days are counted by the database, and only those on the page are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Generic, TypeVar

from shapely.geometry import shape
from sqlalchemy import Select, func, select
from sqlmodel import Session

from service.store.bays import Bbox
from service.store.pages import Conditions, Page, Selection, area_of, bay_conditions
from service.store.tables import BAY, COMMUNE, DAY

CENTRES_KEPT = 512
"""Outlines whose centre is kept in memory; the Métropole du Grand Paris has 131 communes."""

T = TypeVar("T")


@dataclass(frozen=True)
class Days:
    """Which local days are asked for, and how many items each gives."""

    from_on: date
    to_on: date
    """Included."""
    items: Callable[[date, str], int]
    """Number of items of a row on a day in a time zone."""


@dataclass(frozen=True)
class Block:
    """Rows that all give the same number of items: those of a local day in one time zone."""

    on: date
    time_zone: str
    rows: int
    items: int
    """Of each row."""


@dataclass(frozen=True)
class Cut:
    """Part of a block that lies on a page."""

    block: Block
    first: int
    """First of its items, counted over all its rows."""
    last: int
    """Past the last one."""

    @property
    def rows(self) -> range:
        """Rows of the block that it touches."""
        return range(self.first // self.block.items, -(-self.last // self.block.items))

    def items_of(self, row: int) -> range:
        """Return which items of a row are on the page."""
        start = row * self.block.items
        return range(max(self.first - start, 0), min(self.last - start, self.block.items))


@dataclass(frozen=True)
class Piece(Generic[T]):
    """A row with the positions of those of its items that are on the page."""

    row: T
    items: range


@dataclass(frozen=True)
class BayDay:
    """A bay on a local day with its packed figures."""

    bay_id: str
    insee: str
    name: str
    bay_type: str
    capacity: int
    time_zone: str
    polygon: str
    on: date
    slots: int
    figures: bytes


@dataclass(frozen=True)
class CommuneDay:
    """A commune on a local day on which at least one of its bays has figures."""

    insee: str
    name: str
    time_zone: str
    on: date
    bays: int
    """How many bays the commune has."""
    centre_lonlat: tuple[float, float]
    """A point inside its outline."""


def cut(blocks: Iterable[Block], limit: int, offset: int) -> list[Cut]:
    """Return the parts of blocks, laid end to end, that lie in ``[offset, offset + limit)``."""
    found = []
    start = 0
    for block in blocks:
        first, last = max(offset - start, 0), offset + limit - start
        length = block.rows * block.items
        if first < min(last, length):
            found.append(Cut(block, first, min(last, length)))
        start += length
    return found


def page_of_bay_days(
    session: Session, selection: Selection, days: Days, limit: int, offset: int
) -> Page[Piece[BayDay]]:
    """Return the items of bays, by local day, time zone and bay."""
    where = bay_conditions(session, selection)
    blocks = _blocks(session, _days_of(DAY.c.bay_id, where, days), days)
    statement = _bay_days(where)

    def rows(part: Cut) -> list[BayDay]:
        at = (DAY.c.on_date == part.block.on, COMMUNE.c.time_zone == part.block.time_zone)
        wanted = statement.where(*at).order_by(BAY.c.bay_id)
        return [BayDay(*row) for row in session.execute(_cut(wanted, part.rows))]

    return _pieces(blocks, rows, limit, offset)


def find_bay_day(session: Session, bay_id: str, on: date) -> BayDay | None:
    """Return a bay on a local day, or None where it has no figures."""
    row = session.execute(_bay_days([DAY.c.bay_id == bay_id, DAY.c.on_date == on])).first()
    return None if row is None else BayDay(*row)


def page_of_commune_days(
    session: Session, selection: Selection, days: Days, limit: int, offset: int
) -> Page[Piece[CommuneDay]]:
    """Return the items of communes, by local day, time zone and commune."""
    where = commune_conditions(session, selection)
    blocks = _blocks(session, _days_of(BAY.c.insee, where, days), days)

    def rows(part: Cut) -> list[CommuneDay]:
        statement = (
            select(COMMUNE.c.insee)
            .join(BAY, BAY.c.insee == COMMUNE.c.insee)
            .join(DAY, DAY.c.bay_id == BAY.c.bay_id)
            .where(*where, DAY.c.on_date == part.block.on)
            .where(COMMUNE.c.time_zone == part.block.time_zone)
            .distinct()
            .order_by(COMMUNE.c.insee)
        )
        return _communes(session, _cut(statement, part.rows), part.block.on)

    return _pieces(blocks, rows, limit, offset)


def find_commune_day(session: Session, insee: str, on: date) -> CommuneDay | None:
    """Return a commune on a local day, or None where none of its bays has figures."""
    statement = (
        select(BAY.c.insee)
        .join(DAY, DAY.c.bay_id == BAY.c.bay_id)
        .where(BAY.c.insee == insee, DAY.c.on_date == on)
        .distinct()
    )
    return next(iter(_communes(session, statement, on)), None)


def days_of_commune(session: Session, insee: str, on: date) -> list[tuple[int, int, bytes]]:
    """Return capacity, number of slots and packed figures of each bay of a commune that has some on a local day."""
    statement = (
        select(BAY.c.capacity, DAY.c.slots, DAY.c.figures)
        .join(DAY, DAY.c.bay_id == BAY.c.bay_id)
        .where(BAY.c.insee == insee, DAY.c.on_date == on)
        .order_by(BAY.c.bay_id)
    )
    return [tuple(row) for row in session.execute(statement)]


def time_zones(session: Session) -> list[str]:
    """Return the time zones of the communes, by name."""
    found = session.scalars(select(COMMUNE.c.time_zone).distinct().order_by(COMMUNE.c.time_zone))
    return list(found)


def commune_conditions(session: Session, selection: Selection) -> Conditions:
    """Return what a row of the communes must fulfil to be selected, its place being its centre."""
    where: Conditions = []
    if selection.insee is not None:
        where.append(COMMUNE.c.insee == selection.insee)
    if selection.boxes:
        where.append(COMMUNE.c.insee.in_(_centred_in(session, selection.boxes)))
    return where


def _centred_in(session: Session, boxes: Sequence[Bbox]) -> list[str]:
    area = area_of(boxes)
    outlines = session.execute(select(COMMUNE.c.insee, COMMUNE.c.outline))
    return [
        insee
        for insee, text in outlines
        if area.intersects(shape({"type": "Point", "coordinates": _centre(text)}))
    ]


@lru_cache(maxsize=CENTRES_KEPT)
def _centre(outline: str) -> tuple[float, float]:
    lon, lat = shape(json.loads(outline)).representative_point().coords[0]
    return round(lon, 7), round(lat, 7)


def _days_of(key: Any, where: Conditions, days: Days) -> Select[Any]:
    """Return a statement for the rows of each local day and time zone: day, zone, number."""
    return (
        select(DAY.c.on_date, COMMUNE.c.time_zone, func.count(key.distinct()))
        .select_from(BAY)
        .join(COMMUNE, COMMUNE.c.insee == BAY.c.insee)
        .join(DAY, DAY.c.bay_id == BAY.c.bay_id)
        .where(*where, DAY.c.on_date >= days.from_on, DAY.c.on_date <= days.to_on)
        .group_by(DAY.c.on_date, COMMUNE.c.time_zone)
        .order_by(DAY.c.on_date, COMMUNE.c.time_zone)
    )


def _blocks(session: Session, statement: Select[Any], days: Days) -> list[Block]:
    return [
        Block(on, zone, rows, days.items(on, zone)) for on, zone, rows in session.execute(statement)
    ]


def _bay_days(where: Conditions) -> Select[Any]:
    columns = (
        BAY.c.bay_id,
        BAY.c.insee,
        BAY.c.name,
        BAY.c.bay_type,
        BAY.c.capacity,
        COMMUNE.c.time_zone,
        BAY.c.polygon,
        DAY.c.on_date,
        DAY.c.slots,
        DAY.c.figures,
    )
    return (
        select(*columns)
        .select_from(BAY)
        .join(COMMUNE, COMMUNE.c.insee == BAY.c.insee)
        .join(DAY, DAY.c.bay_id == BAY.c.bay_id)
        .where(*where)
    )


def _communes(session: Session, wanted: Select[Any], on: date) -> list[CommuneDay]:
    codes = list(session.scalars(wanted))
    statement = select(BAY.c.insee, func.count()).where(BAY.c.insee.in_(codes))
    bays = {row[0]: row[1] for row in session.execute(statement.group_by(BAY.c.insee))}
    columns = (COMMUNE.c.insee, COMMUNE.c.name, COMMUNE.c.time_zone, COMMUNE.c.outline)
    rows = session.execute(select(*columns).where(COMMUNE.c.insee.in_(codes)))
    found = {
        insee: CommuneDay(insee, name, zone, on, bays[insee], _centre(outline))
        for insee, name, zone, outline in rows
    }
    return [found[insee] for insee in codes]


def _cut(statement: Select[Any], rows: range) -> Select[Any]:
    return statement.limit(len(rows)).offset(rows.start)


def _pieces(
    blocks: Sequence[Block], rows: Callable[[Cut], list[T]], limit: int, offset: int
) -> Page[Piece[T]]:
    matched = sum(block.rows * block.items for block in blocks)
    return Page(matched, list(_of_cuts(cut(blocks, limit, offset), rows)))


def _of_cuts(cuts: Sequence[Cut], rows: Callable[[Cut], list[T]]) -> Iterator[Piece[T]]:
    for part in cuts:
        for number, row in zip(part.rows, rows(part), strict=True):
            yield Piece(row, part.items_of(number))
