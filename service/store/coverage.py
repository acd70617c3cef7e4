"""Seen and unseen times of bays in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, delete, func, select, update
from sqlmodel import Session

from service.intervals import Interval, Reasoned
from service.store.database import upsert
from service.store.tables import CALIBRATION, SEEN, UNSEEN

Intervals = Sequence[tuple[Any, ...]]
"""Intervals of one bay, each beginning with ``from_s, to_s``."""


def seen_near(
    session: Session, bay_ids: Collection[str], from_s: int, to_s: int
) -> dict[str, list[Interval]]:
    """Return the seen intervals that meet or touch a period, by bay."""
    found: dict[str, list[Interval]] = {bay_id: [] for bay_id in bay_ids}
    statement = select(SEEN.c.bay_id, SEEN.c.from_s, SEEN.c.to_s).where(
        SEEN.c.bay_id.in_(bay_ids),
        SEEN.c.to_s >= from_s,
        SEEN.c.from_s <= to_s,
    )
    for bay_id, start_s, end_s in session.execute(statement):
        found[bay_id].append((start_s, end_s))
    return found


def unseen_near(
    session: Session, bay_ids: Collection[str], from_s: int, to_s: int
) -> dict[str, list[Reasoned]]:
    """Return the unseen intervals that meet or touch a period, with their reasons, by bay."""
    found: dict[str, list[Reasoned]] = {bay_id: [] for bay_id in bay_ids}
    statement = select(
        UNSEEN.c.bay_id,
        UNSEEN.c.from_s,
        UNSEEN.c.to_s,
        UNSEEN.c.reason,
    ).where(
        UNSEEN.c.bay_id.in_(bay_ids),
        UNSEEN.c.to_s >= from_s,
        UNSEEN.c.from_s <= to_s,
    )
    for bay_id, start_s, end_s, reason in session.execute(statement):
        found[bay_id].append((start_s, end_s, reason))
    return found


def replace_seen(
    session: Session,
    old: Mapping[str, Sequence[Interval]],
    new: Mapping[str, Sequence[Interval]],
) -> None:
    """Put new seen intervals in the place of old ones, touching only those that differ."""
    replace_intervals(session, SEEN, ("bay_id",), ("from_s", "to_s"), (_keyed(old), _keyed(new)))


def replace_unseen(
    session: Session,
    old: Mapping[str, Sequence[Reasoned]],
    new: Mapping[str, Sequence[Reasoned]],
) -> None:
    """Put new unseen intervals in the place of old ones, touching only those that differ."""
    columns = ("from_s", "to_s", "reason")
    replace_intervals(session, UNSEEN, ("bay_id",), columns, (_keyed(old), _keyed(new)))


def _keyed(intervals: Mapping[str, Intervals]) -> dict[tuple[str, ...], Intervals]:
    return {(bay_id,): items for bay_id, items in intervals.items()}


def replace_intervals(
    session: Session,
    table: Table,
    key: tuple[str, ...],
    columns: tuple[str, ...],
    change: tuple[Mapping[tuple[str, ...], Intervals], Mapping[tuple[str, ...], Intervals]],
) -> None:
    """Put intervals in the place of others in a table, touching only those that differ.

    Parameters
    ----------
    key
        Columns that tell whose intervals they are.
    columns
        Columns of an interval, ``from_s`` first.
    change
        The old and the new intervals by the values of ``key``; both name the same ones.
    """
    old, new = change
    for named, intervals in old.items():
        gone = {item[0] for item in intervals} - {item[0] for item in new[named]}
        if gone:
            mine = [table.c[name] == value for name, value in zip(key, named, strict=True)]
            session.execute(delete(table).where(*mine, table.c.from_s.in_(sorted(gone))))
    changed = [
        dict(zip((*key, *columns), (*named, *item), strict=True))
        for named, intervals in new.items()
        for item in intervals
        if item not in old.get(named, ())
    ]
    upsert(session, table, changed)


def seen_bounds_s(session: Session, bay_ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """Return from when to when each bay that was ever seen was seen."""
    statement = (
        select(SEEN.c.bay_id, func.min(SEEN.c.from_s), func.max(SEEN.c.to_s))
        .where(SEEN.c.bay_id.in_(bay_ids))
        .group_by(SEEN.c.bay_id)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(statement)}


def last_seen_before_s(session: Session, limit_s: int) -> int | None:
    """Return the last instant before a limit up to which any bay was seen, or None."""
    crossing = select(SEEN.c.to_s).where(SEEN.c.to_s > limit_s, SEEN.c.from_s < limit_s)
    if session.execute(crossing.limit(1)).first() is not None:
        return limit_s
    last = select(func.max(SEEN.c.to_s)).where(SEEN.c.to_s <= limit_s)
    found: int | None = session.execute(last).scalar_one()
    return found


def purge_coverage(session: Session, before_s: int) -> None:
    """Remove seen and unseen times and calibrations before an instant; what crosses it keeps its later part."""
    for table in (SEEN, UNSEEN, CALIBRATION):
        session.execute(delete(table).where(table.c.to_s <= before_s))
        session.execute(update(table).where(table.c.from_s < before_s).values({"from_s": before_s}))
