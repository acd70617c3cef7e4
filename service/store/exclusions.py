"""Times that an officer asked not to count, in the database."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session

from geo.errors import UnknownExclusion
from service.intervals import Interval
from service.store.tables import EXCLUSION, LINK, ExclusionRow


@dataclass(frozen=True)
class Exclusion:
    """A half-open time of one bay, or of all bays of one device, that does not count."""

    id: int
    bay_id: str | None
    device_id: str | None
    from_s: int
    to_s: int
    reason: str
    created_by: str
    """Key identifier of the officer."""
    created_at: datetime
    undone_by: str | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True)
class NewExclusion:
    """What an officer asks."""

    bay_id: str | None
    device_id: str | None
    from_s: int
    to_s: int
    reason: str


def add_exclusion(
    session: Session, wanted: NewExclusion, created_by: str, now_at: datetime
) -> Exclusion:
    """Keep an exclusion."""
    row = ExclusionRow(**vars(wanted), created_by=created_by, created_at=now_at)
    session.add(row)
    session.flush()
    return _exclusion(row)


def get_exclusion(session: Session, exclusion_id: int) -> Exclusion:
    """Return an exclusion.

    Raises
    ------
    UnknownExclusion
        None has this identifier.
    """
    row = session.get(ExclusionRow, exclusion_id)
    if row is None:
        raise UnknownExclusion(f"no excluded period has the identifier {exclusion_id}")
    return _exclusion(row)


def undo_exclusion(
    session: Session, exclusion_id: int, undone_by: str, now_at: datetime
) -> Exclusion:
    """Undo an exclusion; it stays on record, and undoing it again changes nothing."""
    row = session.get(ExclusionRow, exclusion_id)
    if row is None:
        raise UnknownExclusion(f"no excluded period has the identifier {exclusion_id}")
    if row.undone_at is None:
        row.undone_by, row.undone_at = undone_by, now_at
        session.flush()
    return _exclusion(row)


def list_exclusions(session: Session) -> list[Exclusion]:
    """Return all exclusions, newest first, those undone too."""
    rows = session.scalars(select(ExclusionRow).order_by(EXCLUSION.c.id.desc()))
    return [_exclusion(row) for row in rows]


def device_exclusions(session: Session, device_id: str) -> list[Interval]:
    """Return the excluded times of a device that are in force."""
    statement = select(EXCLUSION.c.from_s, EXCLUSION.c.to_s).where(
        EXCLUSION.c.device_id == device_id, EXCLUSION.c.undone_at.is_(None)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def excluded_near(
    session: Session, bay_ids: Collection[str], from_s: int, to_s: int
) -> dict[str, list[Interval]]:
    """Return the excluded times of bays that meet a period, by bay, through bay or device."""
    in_force: tuple[ColumnElement[bool], ...] = (
        EXCLUSION.c.undone_at.is_(None),
        EXCLUSION.c.from_s < to_s,
        EXCLUSION.c.to_s > from_s,
    )
    statement = (
        select(EXCLUSION.c.bay_id, LINK.c.bay_id, EXCLUSION.c.from_s, EXCLUSION.c.to_s)
        .join(LINK, LINK.c.device_id == EXCLUSION.c.device_id, isouter=True)
        .where(
            *in_force,
            or_(EXCLUSION.c.bay_id.in_(bay_ids), LINK.c.bay_id.in_(bay_ids)),
        )
    )
    found: dict[str, list[Interval]] = {}
    for own, through_device, start_s, end_s in session.execute(statement):
        found.setdefault(own or through_device, []).append((start_s, end_s))
    return found


def _exclusion(row: ExclusionRow) -> Exclusion:
    return Exclusion(**{**row.model_dump(), "id": row.id or 0})
