"""Pages of the hours of bays: days are counted by the database, and only those on the page are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlmodel import Session

from service.store.blocks import Cut, Days, Piece, cut_rows, pieces, read_blocks
from service.store.pages import Conditions, Page, Selection, bay_conditions
from service.store.tables import BAY, COMMUNE, DAY


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


def page_of_bay_days(
    session: Session, selection: Selection, days: Days, limit: int, offset: int
) -> Page[Piece[BayDay]]:
    """Return the items of bays, by local day, time zone and bay."""
    where = bay_conditions(session, selection)
    blocks = read_blocks(session, _rows_of_days(session, where, days), days)
    statement = _bay_days(where)

    def rows(part: Cut) -> list[BayDay]:
        at = (DAY.c.on_date == part.block.on, COMMUNE.c.time_zone == part.block.time_zone)
        wanted = statement.where(*at).order_by(DAY.c.bay_id)
        return [BayDay(*row) for row in session.execute(cut_rows(wanted, part.rows))]

    return pieces(blocks, rows, limit, offset)


def find_bay_day(session: Session, bay_id: str, on: date) -> BayDay | None:
    """Return a bay on a local day, or None where it has no figures."""
    row = session.execute(_bay_days([DAY.c.bay_id == bay_id, DAY.c.on_date == on])).first()
    return None if row is None else BayDay(*row)


def time_zones(session: Session) -> list[str]:
    """Return the time zones of the communes, by name."""
    found = session.scalars(select(COMMUNE.c.time_zone).distinct().order_by(COMMUNE.c.time_zone))
    return list(found)


def _rows_of_days(session: Session, where: Conditions, days: Days) -> Select[Any]:
    """Return a statement for the number of rows of each local day and time zone.

    Where all communes keep one time and all bays are asked for, the index of days alone answers.
    """
    zones = time_zones(session)
    on = (DAY.c.on_date >= days.from_on, DAY.c.on_date <= days.to_on)
    if len(zones) == 1 and not where:
        alone = select(DAY.c.on_date, literal(zones[0]), func.count()).where(*on)
        return alone.group_by(DAY.c.on_date).order_by(DAY.c.on_date)
    return (
        select(DAY.c.on_date, COMMUNE.c.time_zone, func.count())
        .select_from(BAY)
        .join(COMMUNE, COMMUNE.c.insee == BAY.c.insee)
        .join(DAY, DAY.c.bay_id == BAY.c.bay_id)
        .where(*where, *on)
        .group_by(DAY.c.on_date, COMMUNE.c.time_zone)
        .order_by(DAY.c.on_date, COMMUNE.c.time_zone)
    )


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
