"""Stays in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlmodel import Session

from geo.occupancy import OPEN_S, StayArrays
from geo.words import VEHICLE_CLASSES, VehicleClass
from service.facts import StayFact
from service.store.axis import BayAxis
from service.store.database import upsert
from service.store.tables import STAY

_COLUMNS = (
    STAY.c.stay_id,
    STAY.c.bay_id,
    STAY.c.vehicle_class,
    STAY.c.arrived_s,
    STAY.c.departed_s,
    STAY.c.source,
    STAY.c.device_id,
    STAY.c.session_id,
    STAY.c.confidence,
    STAY.c.cut_found_s,
)
"""Columns in the order of ``StayFact``."""

_CLASS_INDEX = {name.value: i for i, name in enumerate(VEHICLE_CLASSES)}


def save_stays(session: Session, stays: Iterable[StayFact]) -> None:
    """Insert stays, or replace those with the same identifier."""
    upsert(session, STAY, [_row(stay) for stay in stays])


def delete_stays(session: Session, stay_ids: Collection[str]) -> None:
    """Remove stays that the facts no longer support."""
    if stay_ids:
        session.execute(delete(STAY).where(STAY.c.stay_id.in_(stay_ids)))


def stays_by_id(session: Session, stay_ids: Collection[str]) -> dict[str, StayFact]:
    """Return the known ones of these stays."""
    found = _select(session, STAY.c.stay_id.in_(stay_ids))
    return {stay.stay_id: stay for stay in found}


def stays_since(
    session: Session, bay_id: str, device_id: str, source: str, from_s: int
) -> list[StayFact]:
    """Return a device's stays in a bay that last until an instant or later, oldest first."""
    return _select(
        session,
        STAY.c.bay_id == bay_id,
        STAY.c.device_id == device_id,
        STAY.c.source == source,
        or_(
            STAY.c.departed_s >= from_s,
            STAY.c.departed_s.is_(None),
            STAY.c.cut_found_s >= from_s,
        ),
    )


def endless_bays(session: Session, device_id: str, bay_ids: Collection[str]) -> set[str]:
    """Return the bays with session stays of a device whose departure was never reported."""
    statement = (
        select(STAY.c.bay_id)
        .where(
            STAY.c.bay_id.in_(bay_ids),
            STAY.c.device_id == device_id,
            STAY.c.source == "session",
            or_(STAY.c.departed_s.is_(None), STAY.c.cut_found_s.is_not(None)),
        )
        .distinct()
    )
    return set(session.scalars(statement))


def list_stays(
    session: Session, bay_ids: Collection[str], from_s: int, to_s: int
) -> list[StayFact]:
    """Return the stays of bays that overlap or touch a period, oldest first."""
    return _select(session, STAY.c.bay_id.in_(bay_ids), *_meeting(from_s, to_s))


def stay_arrays(session: Session, axis: BayAxis, from_s: int, to_s: int) -> StayArrays:
    """Return the stays of bays that overlap or touch a period, as columns over the axis."""
    statement = select(
        STAY.c.bay_id, STAY.c.vehicle_class, STAY.c.arrived_s, STAY.c.departed_s
    ).where(STAY.c.bay_id.in_(list(axis.index)), *_meeting(from_s, to_s))
    rows = session.execute(statement).all()
    return StayArrays.of(
        np.array([axis.index[row[0]] for row in rows], np.int32),
        np.array([_CLASS_INDEX[row[1]] for row in rows], np.int8),
        np.array([row[2] for row in rows], np.int64),
        np.array([OPEN_S if row[3] is None else row[3] for row in rows], np.int64),
    )


def count_stays(session: Session) -> int:
    """Return how many stays there are."""
    number: int = session.execute(select(func.count()).select_from(STAY)).scalar_one()
    return number


def count_stays_of_device(session: Session, device_id: str) -> int:
    """Return how many stays a device has reported."""
    statement = select(func.count()).select_from(STAY).where(STAY.c.device_id == device_id)
    return int(session.execute(statement).scalar_one())


def stays_version(session: Session, axis: BayAxis, from_s: int, to_s: int) -> tuple[int, ...]:
    """Return numbers that differ when the stays of a period differ in time."""
    statement = select(
        func.count(),
        func.count(STAY.c.departed_s),
        func.sum(STAY.c.arrived_s - from_s),
        func.sum(STAY.c.departed_s - from_s),
    ).where(STAY.c.bay_id.in_(list(axis.index)), *_meeting(from_s, to_s))
    return tuple(int(value or 0) for value in session.execute(statement).one())


def purge_stays(session: Session, before_s: int) -> int:
    """Remove the stays that departed before an instant; return how many."""
    gone = session.execute(delete(STAY).where(STAY.c.departed_s < before_s))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _meeting(from_s: int, to_s: int) -> tuple[ColumnElement[bool], ...]:
    return (
        STAY.c.arrived_s < to_s,
        or_(STAY.c.departed_s >= from_s, STAY.c.departed_s.is_(None)),
    )


def _select(session: Session, *conditions: ColumnElement[bool]) -> list[StayFact]:
    statement = select(*_COLUMNS).where(*conditions)
    facts = [_fact(row) for row in session.execute(statement)]
    return sorted(facts, key=lambda stay: (stay.arrived_s, stay.stay_id))


def _fact(row: Sequence[Any]) -> StayFact:
    return StayFact(row[0], row[1], VehicleClass(row[2]), *row[3:])


def _row(stay: StayFact) -> dict[str, Any]:
    return {
        "stay_id": stay.stay_id,
        "bay_id": stay.bay_id,
        "session_id": stay.session_id,
        "vehicle_class": stay.vehicle_class.value,
        "confidence": stay.confidence,
        "arrived_s": stay.arrived_s,
        "departed_s": stay.departed_s,
        "cut_found_s": stay.cut_found_s,
        "source": stay.source,
        "device_id": stay.device_id,
    }
