"""Pages of the hours and days of communes, and the figures of their bays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from shapely.geometry import Point
from sqlalchemy import Select, func, select
from sqlmodel import Session

from geo.geojson import rounded
from service.store.blocks import Cut, Days, Piece, cut_rows, pieces, read_blocks
from service.store.pages import OUTLINES, Conditions, Page, Selection, meeting, read_shape
from service.store.tables import BAY, COMMUNE, DAY

CENTRES_KEPT = 512
"""Outlines whose centre is kept in memory; the Métropole du Grand Paris has 131 communes."""

FEW_BAYS = 500
"""Up to so many bays are named when their days are read; of more, all bays with figures on a day are read."""

MOST_DAYS = 50
"""Communes and days of one page, which may so be shorter than its limit: each needs the figures of all its bays."""

Figures = tuple[int, int, bytes]
"""Capacity, number of slots and packed figures of a bay on a local day."""


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


@lru_cache(maxsize=CENTRES_KEPT)
def _centre(outline: str) -> Point:
    lon, lat = read_shape(outline).representative_point().coords[0]
    return Point(rounded((lon, lat)))


CENTRES = replace(OUTLINES, place=_centre)
"""Communes as points inside their outlines."""


def page_of_commune_days(
    session: Session, selection: Selection, days: Days, limit: int, offset: int
) -> Page[Piece[CommuneDay]]:
    """Return the items of communes, by local day, time zone and commune; of ``MOST_DAYS`` rows at most."""
    where: Conditions = [] if selection.insee is None else [COMMUNE.c.insee == selection.insee]
    where += meeting(session, CENTRES, selection, where)
    blocks = read_blocks(session, _rows_of_days(where, days), days)

    def rows(part: Cut) -> list[tuple[str, date]]:
        at = (DAY.c.on_date == part.block.on, COMMUNE.c.time_zone == part.block.time_zone)
        wanted = _seen(*where, *at).order_by(BAY.c.insee)
        found = session.scalars(cut_rows(wanted, part.rows))
        return [(insee, part.block.on) for insee in found]

    page = pieces(blocks, rows, limit, offset, MOST_DAYS)
    told = _commune_days(session, [piece.row for piece in page.rows])
    found = [Piece(day, piece.items) for day, piece in zip(told, page.rows, strict=True)]
    return Page(page.matched, found)


def find_commune_day(session: Session, insee: str, on: date) -> CommuneDay | None:
    """Return a commune on a local day, or None where none of its bays has figures."""
    codes = session.scalars(_seen(BAY.c.insee == insee, DAY.c.on_date == on))
    return next(iter(_commune_days(session, [(code, on) for code in codes])), None)


def figures_of_communes(
    session: Session, days: Sequence[CommuneDay]
) -> Mapping[tuple[str, date], list[Figures]]:
    """Return the figures of the bays of communes on local days, by code and day."""
    codes = {day.insee for day in days}
    statement = select(BAY.c.bay_id, BAY.c.insee, BAY.c.capacity).where(BAY.c.insee.in_(codes))
    bays = {row[0]: (row[1], row[2]) for row in session.execute(statement)}
    found: dict[tuple[str, date], list[Figures]] = defaultdict(list)
    for on in {day.on for day in days}:
        for bay_id, slots, figures in session.execute(_figures_on(on, bays)):
            if bay_id in bays:
                insee, capacity = bays[bay_id]
                found[insee, on].append((capacity, slots, figures))
    return found


def _figures_on(on: date, bays: Collection[str]) -> Select[Any]:
    statement = select(DAY.c.bay_id, DAY.c.slots, DAY.c.figures).where(DAY.c.on_date == on)
    return statement.where(DAY.c.bay_id.in_(bays)) if len(bays) <= FEW_BAYS else statement


def _rows_of_days(where: Conditions, days: Days) -> Select[Any]:
    """Return a statement for the number of communes of each local day and time zone."""
    return (
        select(DAY.c.on_date, COMMUNE.c.time_zone, func.count(BAY.c.insee.distinct()))
        .select_from(DAY)
        .join(BAY, BAY.c.bay_id == DAY.c.bay_id)
        .join(COMMUNE, COMMUNE.c.insee == BAY.c.insee)
        .where(*where, DAY.c.on_date >= days.from_on, DAY.c.on_date <= days.to_on)
        .group_by(DAY.c.on_date, COMMUNE.c.time_zone)
        .order_by(DAY.c.on_date, COMMUNE.c.time_zone)
    )


def _seen(*where: Any) -> Select[Any]:
    """Return a statement for the codes of communes of which a bay has figures."""
    return (
        select(BAY.c.insee)
        .select_from(DAY)
        .join(BAY, BAY.c.bay_id == DAY.c.bay_id)
        .join(COMMUNE, COMMUNE.c.insee == BAY.c.insee)
        .where(*where)
        .distinct()
    )


def _commune_days(session: Session, days: Sequence[tuple[str, date]]) -> list[CommuneDay]:
    codes = {insee for insee, _ in days}
    statement = select(BAY.c.insee, func.count()).where(BAY.c.insee.in_(codes))
    bays = {row[0]: row[1] for row in session.execute(statement.group_by(BAY.c.insee))}
    columns = (COMMUNE.c.insee, COMMUNE.c.name, COMMUNE.c.time_zone, COMMUNE.c.outline)
    rows = session.execute(select(*columns).where(COMMUNE.c.insee.in_(codes)))
    known = {row.insee: row for row in rows}
    return [_commune_day(known[insee], bays[insee], on) for insee, on in days]


def _commune_day(row: Any, bays: int, on: date) -> CommuneDay:
    centre = _centre(row.outline)
    return CommuneDay(row.insee, row.name, row.time_zone, on, bays, (centre.x, centre.y))
