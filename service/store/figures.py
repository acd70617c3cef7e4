"""Slot figures per bay and local day in the database: recomputed from the facts, read back as arrays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select, tuple_
from sqlmodel import Session

from geo.local_time import day_bounds_s, local_date, midnight_s, slots_in_day
from geo.occupancy import OPEN_S, SeenArrays, SlotFigures, slot_figures
from geo.words import SLOT_S
from service.facts import Touched
from service.intervals import subtract
from service.store.axis import BayAxis
from service.store.coverage import seen_bounds_s, seen_near
from service.store.database import upsert
from service.store.exclusions import excluded_near
from service.store.packing import CLASSES, ROWS, pack, unpack
from service.store.stays import stay_arrays
from service.store.tables import DAY

BLOCK_DAYS = 31
"""Days recomputed at once; bounds the memory of a bulk load (300 bays: 50 MB)."""

BayDay = tuple[str, date]
"""A bay and a local day."""


def touched_days(session: Session, axis: BayAxis, touched: Touched) -> set[BayDay]:
    """Return the bay-days that touched times lie in; nothing before or after the seen times can change."""
    seen = seen_bounds_s(session, list(touched.spans))
    days: set[BayDay] = set()
    for bay_id, (from_s, to_s) in touched.spans.items():
        if bay_id not in seen:
            continue
        zone = axis.places[axis.index[bay_id]].time_zone
        start_s, end_s = max(from_s, seen[bay_id][0]), min(to_s, seen[bay_id][1])
        on = local_date(start_s, zone)
        while start_s < end_s and on <= local_date(end_s - 1, zone):
            days.add((bay_id, on))
            on += timedelta(days=1)
    return days


def refresh(session: Session, axis: BayAxis, days: Collection[BayDay]) -> None:
    """Recompute bay-days from stays, seen times and exclusions, in the same transaction as the facts.

    Parameters
    ----------
    axis
        Bays as they are now, those of the days among them.
    """
    by_zone: dict[str, set[BayDay]] = defaultdict(set)
    for bay_id, on in days:
        by_zone[axis.places[axis.index[bay_id]].time_zone].add((bay_id, on))
    for zone, wanted in by_zone.items():
        for block in _blocks({on for _, on in wanted}):
            part = {(bay_id, on) for bay_id, on in wanted if on in block}
            _refresh_block(session, axis, zone, block, part)


def _blocks(days: Collection[date]) -> Iterator[list[date]]:
    """Split days into runs without gaps, each of at most ``BLOCK_DAYS``."""
    block: list[date] = []
    for on in sorted(days):
        if block and (on - block[-1] > timedelta(days=1) or len(block) == BLOCK_DAYS):
            yield block
            block = []
        block.append(on)
    if block:
        yield block


def _refresh_block(
    session: Session, axis: BayAxis, zone: str, block: Sequence[date], wanted: Collection[BayDay]
) -> None:
    bay_ids = {bay_id for bay_id, _ in wanted}
    part = BayAxis(tuple(place for place in axis.places if place.bay_id in bay_ids))
    start_s, end_s = midnight_s(block[0], zone), day_bounds_s(block[-1], zone)[1]
    stays = stay_arrays(session, part, start_s, end_s)
    counted = counted_seen(session, part, start_s, end_s)
    stack = _stacked(slot_figures(stays, counted, part.capacity, start_s, end_s))
    rows, empty = [], []
    for bay_id, on in sorted(wanted):
        first = (midnight_s(on, zone) - start_s) // SLOT_S
        day = stack[part.index[bay_id], :, first : first + slots_in_day(on, zone)]
        if day.any():
            rows.append({"bay_id": bay_id, "on_date": on, **vars(pack(day))})
        else:
            empty.append((bay_id, on))
    upsert(session, DAY, rows)
    if empty:
        key = tuple_(DAY.c.bay_id, DAY.c.on_date)
        session.execute(delete(DAY).where(key.in_(empty)))


def counted_seen(session: Session, axis: BayAxis, start_s: int, end_s: int) -> SeenArrays:
    """Return the seen times less those an officer excluded."""
    seen = seen_near(session, list(axis.index), start_s, end_s)
    excluded = excluded_near(session, list(axis.index), start_s, end_s)
    rows = [
        (axis.index[bay_id], from_s, to_s)
        for bay_id, intervals in seen.items()
        for from_s, to_s in (
            subtract(intervals, excluded[bay_id]) if bay_id in excluded else intervals
        )
    ]
    table = np.array(rows, np.int64).reshape(-1, 3)
    return SeenArrays.of(table[:, 0], table[:, 1], table[:, 2])


def _stacked(figures: SlotFigures) -> NDArray[np.int32]:
    """Put all figures of each bay under one another, shape ``(B, 13, T)``, rows as they are packed."""
    flat = np.stack([figures.seen_s, figures.occupied_s, figures.full_s], axis=1)
    return np.concatenate([flat, figures.vehicle_s, figures.arrivals], axis=1)


def unstacked(stack: NDArray[np.int32], start_s: int) -> SlotFigures:
    """Take apart what ``_stacked`` put together."""
    return SlotFigures(
        start_s,
        stack[:, 0],
        stack[:, 1],
        stack[:, 2],
        stack[:, 3 : 3 + CLASSES],
        stack[:, 3 + CLASSES :],
    )


def read_period(session: Session, axis: BayAxis, start_s: int, end_s: int) -> SlotFigures:
    """Return the figures of bays in the slots of a period.

    Parameters
    ----------
    axis
        The bays wanted, B of them; they may lie in different time zones.
    start_s, end_s
        Half-open, epoch seconds on slot edges.
    """
    slots = (end_s - start_s) // SLOT_S
    stack = np.zeros((len(axis), ROWS, slots), np.int32)
    from_on = datetime.fromtimestamp(start_s, UTC).date() - timedelta(days=1)
    to_on = datetime.fromtimestamp(end_s, UTC).date() + timedelta(days=1)
    starts: dict[tuple[date, str], int] = {}
    alone = axis.places[0].bay_id if len(axis) == 1 else None
    for bay_id, on, number, figures in day_rows(session, from_on, to_on, alone):
        bay = axis.index.get(bay_id)
        if bay is None:
            continue
        key = (on, axis.places[bay].time_zone)
        first = starts.setdefault(key, (midnight_s(*key) - start_s) // SLOT_S)
        low, high = max(first, 0), min(first + number, slots)
        if low < high:
            stack[bay, :, low:high] = unpack(figures, number)[:, low - first : high - first]
    return unstacked(stack, start_s)


def read_figures(session: Session, axis: BayAxis, from_on: date, to_on: date) -> SlotFigures:
    """Return the figures of bays of one time zone for whole local days, both included."""
    zone = axis.places[0].time_zone
    return read_period(session, axis, midnight_s(from_on, zone), day_bounds_s(to_on, zone)[1])


def day_rows(
    session: Session, from_on: date, to_on: date, bay_id: str | None = None
) -> Iterator[tuple[str, date, int, bytes]]:
    """Yield bay, local day, number of slots and packed figures of some days, both included; of one bay, or of all."""
    statement = select(DAY.c.bay_id, DAY.c.on_date, DAY.c.slots, DAY.c.figures).where(
        DAY.c.on_date >= from_on, DAY.c.on_date <= to_on
    )
    if bay_id is not None:
        statement = statement.where(DAY.c.bay_id == bay_id)
    for row in session.execute(statement):
        yield tuple(row)


def day_versions(session: Session, from_on: date, to_on: date) -> Mapping[date, tuple[int, int]]:
    """Return a version of each day that has figures: it differs when any figure of the day differs.

    The version is the number of bays and the sum of their checksums; both ends are included.
    """
    statement = (
        select(DAY.c.on_date, func.count(), func.sum(DAY.c.checksum))
        .where(DAY.c.on_date >= from_on, DAY.c.on_date <= to_on)
        .group_by(DAY.c.on_date)
    )
    return {on: (number, int(total)) for on, number, total in session.execute(statement)}


def bay_version(session: Session, bay_id: str, from_on: date, to_on: date) -> tuple[int, int]:
    """Return a version of a bay's figures over some days, both included: see ``day_versions``."""
    statement = select(func.count(), func.sum(DAY.c.checksum)).where(
        DAY.c.bay_id == bay_id, DAY.c.on_date >= from_on, DAY.c.on_date <= to_on
    )
    number, total = session.execute(statement).one()
    return number, int(total or 0)


def figure_days(session: Session) -> tuple[date, date] | None:
    """Return the first and the last local day that has figures, or None.

    Each is asked for by itself: SQLite looks an end up in the index only where no other is wanted with it.
    """
    ends = (func.min(DAY.c.on_date), func.max(DAY.c.on_date))
    first, last = (session.execute(select(end)).scalar_one() for end in ends)
    return None if first is None else (first, last)


def seen_days(session: Session, axis: BayAxis) -> set[BayDay]:
    """Return the bay-days of bays whose facts are still kept, from the first seen to the last."""
    touched = Touched(dict.fromkeys(axis.index, (0, OPEN_S)))
    return touched_days(session, axis, touched)


def count_seen_slots(session: Session) -> int:
    """Return in how many slots a bay was seen, at least in part."""
    days = session.execute(select(DAY.c.slots, DAY.c.figures))
    return sum(int(np.count_nonzero(unpack(figures, number)[0])) for number, figures in days)
