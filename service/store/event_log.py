"""Taken events read back, newest first, each under the zone that its bay was at the time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select
from sqlmodel import Session

from service.store.inventory_tables import PAST_ZONE
from service.store.tables import BAY, EVENT, LINK, AccessKeyRow, table_of

ACCESS_KEY = table_of(AccessKeyRow)


@dataclass(frozen=True)
class Wanted:
    """Which events: of a commune and a half-open time, perhaps of one zone or one device only."""

    insee: str
    from_s: int
    to_s: int
    zone_id: str | None = None
    device_id: str | None = None


@dataclass(frozen=True)
class LoggedEvent:
    """An event as it was kept."""

    device_id: str
    event_id: str
    event_type: str
    event_s: int
    received_s: int
    session_id: str | None
    zone_id: str | None
    detail: str


@dataclass(frozen=True)
class ZoneSpan:
    """The bay that a zone stands for, and the half-open time in which it did."""

    bay_id: str
    from_s: int | None
    """None: since ever."""
    to_s: int | None
    """None: until now."""


def zone_span(session: Session, insee: str, zone_id: str) -> ZoneSpan | None:
    """Return the bay of a zone of a commune and when it was that; None where the commune never had the zone."""
    statement = select(BAY.c.bay_id).where(BAY.c.insee == insee, BAY.c.zone_id == zone_id)
    bay_id = session.execute(statement).scalar()
    if bay_id is None:
        past = (
            select(PAST_ZONE.c.bay_id)
            .join(BAY, BAY.c.bay_id == PAST_ZONE.c.bay_id)
            .where(BAY.c.insee == insee, PAST_ZONE.c.zone_id == zone_id)
        )
        bay_id = session.execute(past).scalar()
    if bay_id is None:
        return None
    ends = _ends(session, {bay_id}).get(bay_id, [])
    names = [*(name for _, name in ends), None]
    place = names.index(zone_id if zone_id in names else None)
    return ZoneSpan(
        bay_id,
        ends[place - 1][0] if place else None,
        ends[place][0] if place < len(ends) else None,
    )


def count_events(session: Session, wanted: Wanted) -> tuple[int, int | None]:
    """Return how many events there are, and when the last of them came in."""
    conditions = _conditions(session, wanted)
    statement = select(func.count(), func.max(EVENT.c.received_s))
    number, last_s = session.execute(statement.select_from(_with_bays()).where(*conditions)).one()
    return int(number), last_s


def read_events(session: Session, wanted: Wanted, first: int, number: int) -> list[LoggedEvent]:
    """Return some of the events, newest first, from a position on."""
    statement = (
        select(
            EVENT.c.device_id,
            EVENT.c.event_id,
            EVENT.c.event_type,
            EVENT.c.event_s,
            EVENT.c.received_s,
            EVENT.c.session_id,
            BAY.c.zone_id,
            EVENT.c.detail,
            EVENT.c.bay_id,
        )
        .select_from(_with_bays())
        .where(*_conditions(session, wanted))
        .order_by(EVENT.c.event_s.desc(), EVENT.c.event_id, EVENT.c.device_id)
        .offset(first)
        .limit(number)
    )
    rows = session.execute(statement).all()
    ends = _ends(session, {row.bay_id for row in rows if row.bay_id is not None})
    return [
        LoggedEvent(
            row.device_id,
            row.event_id,
            row.event_type,
            row.event_s,
            row.received_s,
            row.session_id,
            _zone_at(ends.get(row.bay_id, []), row.event_s, row.zone_id),
            row.detail,
        )
        for row in rows
    ]


def devices_of_bay(session: Session, bay_id: str) -> set[str]:
    """Return the devices that have reported on a bay."""
    return set(session.scalars(select(LINK.c.device_id).where(LINK.c.bay_id == bay_id)))


def _with_bays() -> FromClause:
    return EVENT.outerjoin(BAY, BAY.c.bay_id == EVENT.c.bay_id)


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Events about no bay belong to the commune of their device's key."""
    devices = select(ACCESS_KEY.c.device_id).where(ACCESS_KEY.c.insee == wanted.insee)
    conditions = [
        EVENT.c.event_s >= wanted.from_s,
        EVENT.c.event_s < wanted.to_s,
        or_(
            BAY.c.insee == wanted.insee,
            and_(EVENT.c.bay_id.is_(None), EVENT.c.device_id.in_(devices)),
        ),
    ]
    if wanted.device_id is not None:
        conditions.append(EVENT.c.device_id == wanted.device_id)
    if wanted.zone_id is not None:
        conditions.extend(_of_zone(zone_span(session, wanted.insee, wanted.zone_id)))
    return conditions


def _of_zone(span: ZoneSpan | None) -> list[ColumnElement[bool]]:
    conditions = [EVENT.c.bay_id == (None if span is None else span.bay_id)]
    if span is not None and span.from_s is not None:
        conditions.append(EVENT.c.event_s >= span.from_s)
    if span is not None and span.to_s is not None:
        conditions.append(EVENT.c.event_s < span.to_s)
    return conditions


def _ends(session: Session, bay_ids: set[str]) -> dict[str, list[tuple[int, str]]]:
    """Return until when which earlier zones of bays were in force, oldest first, by bay."""
    statement = (
        select(PAST_ZONE.c.bay_id, PAST_ZONE.c.until_at, PAST_ZONE.c.zone_id)
        .where(PAST_ZONE.c.bay_id.in_(bay_ids))
        .order_by(PAST_ZONE.c.bay_id, PAST_ZONE.c.until_at, PAST_ZONE.c.geometry_version)
    )
    found: dict[str, list[tuple[int, str]]] = {}
    for bay_id, until_at, zone_id in session.execute(statement):
        found.setdefault(bay_id, []).append((int(until_at.timestamp()), zone_id))
    return found


def _zone_at(ends: list[tuple[int, str]], at_s: int, zone_id: str | None) -> str | None:
    place = bisect_right([until_s for until_s, _ in ends], at_s)
    return ends[place][1] if place < len(ends) else zone_id
