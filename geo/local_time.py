"""Local days and slots: wall time in the commune's zone, exact through both DST changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from geo.words import SLOT_S

EPOCH_ON = date(1970, 1, 1)
"""Day 0 of local days, a Thursday."""


def day_bounds_s(on: date, time_zone: str) -> tuple[int, int]:
    """Return the half-open bounds of a local day as epoch seconds (UTC)."""
    return midnight_s(on, time_zone), midnight_s(on + timedelta(days=1), time_zone)


def midnight_s(on: date, time_zone: str) -> int:
    """Return local midnight at the start of a day as epoch seconds (UTC)."""
    local = datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(time_zone))
    return int(local.timestamp())


def slots_in_day(on: date, time_zone: str) -> int:
    """Return how many slots a local day has: 96, or 92 and 100 on the days the clock changes in Europe."""
    start_s, end_s = day_bounds_s(on, time_zone)
    return (end_s - start_s) // SLOT_S


def local_date(at_s: int, time_zone: str) -> date:
    """Return the local date of an instant given in epoch seconds."""
    return datetime.fromtimestamp(at_s, ZoneInfo(time_zone)).date()


def floor_minute(at: datetime) -> datetime:
    """Round an aware instant down to its minute, in UTC: what leaves the device is never finer."""
    return at.astimezone(UTC).replace(second=0, microsecond=0)
