"""Local hours of the bays' days: which are over, which a query asks for, and their figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from geo.local_time import day_bounds_s, local_date, midnight_s
from geo.sums import Sums
from geo.words import SLOT_S
from service.ogc.collection import Found, Reader
from service.ogc.query import Asked
from service.ogc.space_time import Interval
from service.store.figures import figure_days
from service.store.hour_pages import time_zones
from service.store.packing import CLASSES, unpack

HOUR_S = 3600
SLOTS_IN_HOUR = HOUR_S // SLOT_S

DEFAULT_HOURS = 7 * 24
"""Hours that a query without a time is given: a client that walks through all pages ends in reasonable time."""


@dataclass(frozen=True)
class Span:
    """A half-open time in epoch seconds."""

    from_s: int
    to_s: int


@dataclass(frozen=True)
class Record:
    """The local days that have figures, and until when hours are over."""

    first_on: date
    last_on: date
    """Included."""
    start_s: int
    end_s: int
    """End of the last hour that is over and may have figures."""

    @property
    def span(self) -> Interval:
        """From the first instant to the last, both included."""
        return Interval(self.start_s, self.end_s - 1)

    @property
    def newest(self) -> Interval:
        """The hours that a query without a time is given."""
        return Interval(max(self.start_s, self.end_s - DEFAULT_HOURS * HOUR_S), self.end_s - 1)


def record_of(session: Session, now_s: int) -> Record | None:
    """Return the days on record, or None where no hour with figures is over."""
    days = figure_days(session)
    if days is None:
        return None
    zones = time_zones(session)
    start_s = min(midnight_s(days[0], zone) for zone in zones)
    last_s = max(day_bounds_s(days[1], zone)[1] for zone in zones)
    end_s = min(last_s, now_s // HOUR_S * HOUR_S)
    return Record(*days, start_s, end_s) if start_s < end_s else None


def page_on_record(
    reader: Reader, asked: Asked, read: Callable[[Record, Interval], Found]
) -> Found:
    """Return the page that ``read`` gives of the time asked for: the newest hours where the query names none."""
    record = record_of(reader.session, reader.now_s)
    if record is None:
        return Found(0, ())
    if asked.interval is not None:
        return read(record, asked.interval)
    return replace(read(record, record.newest), shown=record.newest)


def time_on_record(reader: Reader) -> Interval | None:
    """Return from the first hour on record to the last that is over, or None where there is none."""
    record = record_of(reader.session, reader.now_s)
    return None if record is None else record.span


def local_days(record: Record, asked: Interval) -> tuple[date, date]:
    """Return the first and last local day of the record that an interval may touch in any time zone."""
    first_on, last_on = record.first_on, record.last_on
    if asked.from_s is not None:
        from_s = min(max(asked.from_s, record.start_s), record.end_s)
        first_on = max(first_on, local_date(int(from_s), "UTC") - timedelta(days=1))
    if asked.to_s is not None:
        to_s = min(max(asked.to_s, record.start_s), record.end_s)
        last_on = min(last_on, local_date(int(to_s), "UTC") + timedelta(days=1))
    return first_on, last_on


def hours_asked(on: date, time_zone: str, asked: Interval, end_s: int) -> list[int]:
    """Return which hours of a local day are over by an instant and meet an interval, as positions from midnight."""
    return [
        hour
        for hour, span in enumerate(hour_spans(on, time_zone))
        if span.to_s <= end_s and asked.meets(span.from_s, span.to_s)
    ]


@lru_cache(maxsize=2048)
def hour_spans(on: date, time_zone: str) -> tuple[Span, ...]:
    """Return the hours of a local day: 24, or 23 and 25 where the clock changes."""
    start_s, end_s = day_bounds_s(on, time_zone)
    return tuple(Span(at_s, at_s + HOUR_S) for at_s in range(start_s, end_s, HOUR_S))


def day_span(on: date, time_zone: str) -> Span:
    """Return a local day."""
    return Span(*day_bounds_s(on, time_zone))


def local_text(at_s: int, time_zone: str) -> str:
    """Return an instant as local wall time with its offset, ISO 8601."""
    return datetime.fromtimestamp(at_s, ZoneInfo(time_zone)).isoformat()


def hourly(days: Sequence[tuple[int, int, bytes]]) -> Sums:
    """Return the sums of B bays on one local day by its H hours.

    Parameters
    ----------
    days
        Capacity, number of slots and packed figures of each bay; at least one.
    """
    stack = _by_hour(np.stack([unpack(figures, slots) for _, slots, figures in days]))
    capacity = np.array([size for size, _, _ in days], np.int64)
    seen_s = stack[:, 0]
    return Sums(
        span_s=np.full_like(seen_s, HOUR_S),
        seen_s=seen_s,
        place_s=seen_s * capacity[:, None],
        occupied_s=stack[:, 1],
        full_s=stack[:, 2],
        vehicle_s=stack[:, 3 : 3 + CLASSES],
        arrivals=stack[:, 3 + CLASSES :],
    )


def _by_hour(slots: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Sum slots, the last axis, by hour."""
    grouped = slots.reshape(*slots.shape[:2], -1, SLOTS_IN_HOUR)
    return np.asarray(grouped.sum(axis=3, dtype=np.int64))
