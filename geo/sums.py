"""Sums of slot figures over hours, days or communes: shares are never averaged, their parts are summed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo.occupancy import SlotFigures, ratio
from geo.words import SLOT_S

HOURS_OF_WEEK = 168
"""Hours of a local week, Monday 0 h first."""

_MONDAY_H = 72
"""Hours from Monday 0 h to the epoch, a Thursday 0 h."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Sums:
    """Summed figures of N places (bays or communes) over G groups of slots.

    Attributes
    ----------
    span_s
        Shape ``(N, G)``, int64, seconds that could have been seen (bay-seconds for a commune).
    seen_s
        Shape ``(N, G)``, int64, seconds seen.
    place_s
        Shape ``(N, G)``, int64, place-seconds seen: capacity * seen time.
    occupied_s, full_s
        Shape ``(N, G)``, int64, place-seconds taken; seconds full.
    vehicle_s, arrivals
        Shape ``(N, 5, G)``, int64, by class.
    """

    span_s: Ints
    seen_s: Ints
    place_s: Ints
    occupied_s: Ints
    full_s: Ints
    vehicle_s: Ints
    arrivals: Ints

    @property
    def occupancy(self) -> NDArray[np.float64]:
        """Share of places taken, ``(N, G)``, 0..1; NaN where unseen."""
        return ratio(self.occupied_s, self.place_s)

    @property
    def coverage(self) -> NDArray[np.float64]:
        """Share of the time seen, ``(N, G)``, 0..1; NaN where a group has no time at all."""
        return ratio(self.seen_s, self.span_s)

    @property
    def full_share(self) -> NDArray[np.float64]:
        """Share of seen time with no room left, ``(N, G)``, 0..1; NaN where unseen."""
        return ratio(self.full_s, self.seen_s)

    @property
    def turnover(self) -> NDArray[np.float64]:
        """Stays begun per place and hour of seen time, ``(N, G)``; NaN where unseen."""
        return ratio(self.arrivals.sum(axis=1) * 3600, self.place_s)

    @property
    def class_occupancy(self) -> NDArray[np.float64]:
        """Vehicle-seconds of each class per place-second seen, ``(N, 5, G)``; above 1 where vehicles squeeze in."""
        return ratio(self.vehicle_s, self.place_s[:, None, :])


def sum_slots(figures: SlotFigures, capacity: Ints, group: Ints, groups: int) -> Sums:
    """Sum each bay's slots by group.

    Parameters
    ----------
    figures
        B bays, T slots.
    capacity
        Shape ``(B,)``.
    group
        Shape ``(T,)``, group of each slot, 0..groups-1; -1 leaves a slot out.
    groups
        Number of groups G.
    """
    bays = figures.seen_s.shape[0]
    kept = np.flatnonzero(group >= 0)
    slots = np.bincount(group[kept], minlength=groups).astype(np.int64)
    seen_s, occupied_s, full_s, vehicle_s, arrivals = (
        _grouped(values, group, groups)
        for values in (
            figures.seen_s,
            figures.occupied_s,
            figures.full_s,
            figures.vehicle_s,
            figures.arrivals,
        )
    )
    span_s = np.tile(slots * SLOT_S, (bays, 1))
    place_s = seen_s * np.asarray(capacity, np.int64)[:, None]
    return Sums(span_s, seen_s, place_s, occupied_s, full_s, vehicle_s, arrivals)


def total(figures: SlotFigures, capacity: Ints) -> Sums:
    """Sum all slots of each bay into one group."""
    return sum_slots(figures, capacity, np.zeros(figures.slots, np.int64), 1)


def typical_week(figures: SlotFigures, capacity: Ints, time_zone: str) -> Sums:
    """Sum each bay by hour of the local week, Monday 0 h first, G = 168.

    The hour that a change of clock repeats is summed twice into its place; the one it skips gets nothing that day.
    """
    return sum_slots(
        figures, capacity, hour_of_week(figures.start_s, figures.slots, time_zone), HOURS_OF_WEEK
    )


def by_commune(sums: Sums, commune: Ints, communes: int) -> Sums:
    """Sum bays into communes.

    Parameters
    ----------
    sums
        N bays.
    commune
        Shape ``(N,)``, commune of each bay, 0..communes-1.
    communes
        Number of communes.
    """

    def added(values: Ints) -> Ints:
        out = np.zeros((communes, *values.shape[1:]), np.int64)
        np.add.at(out, commune, values)
        return out

    return Sums(
        added(sums.span_s),
        added(sums.seen_s),
        added(sums.place_s),
        added(sums.occupied_s),
        added(sums.full_s),
        added(sums.vehicle_s),
        added(sums.arrivals),
    )


def hour_of_week(start_s: int, slots: int, time_zone: str) -> Ints:
    """Return the hour of the local week of each slot, shape ``(slots,)``, 0 = Monday 0 h."""
    return (local_slot_s(start_s, slots, time_zone) // 3600 + _MONDAY_H) % HOURS_OF_WEEK


def day_index(start_s: int, slots: int, time_zone: str) -> Ints:
    """Return the local day of each slot as days since 1970-01-01, shape ``(slots,)``."""
    return local_slot_s(start_s, slots, time_zone) // 86400


@lru_cache(maxsize=16)
def local_slot_s(start_s: int, slots: int, time_zone: str) -> Ints:
    """Return each slot's local wall time as seconds since 1970-01-01 00:00 local, shape ``(slots,)``, read-only."""
    wall_s = local_s(start_s + SLOT_S * np.arange(slots, dtype=np.int64), time_zone)
    wall_s.setflags(write=False)
    return wall_s


def local_s(at_s: Ints, time_zone: str) -> Ints:
    """Return instants as local wall time, both in seconds since 1970-01-01 00:00, shape ``(n,)``."""
    hours, position = np.unique(at_s // 3600, return_inverse=True)
    zone = ZoneInfo(time_zone)
    offset_s = np.array([_offset_s(int(hour) * 3600, zone) for hour in hours], np.int64)
    return np.asarray(at_s + offset_s[position], np.int64)


def _offset_s(at_s: int, zone: ZoneInfo) -> int:
    offset = datetime.fromtimestamp(at_s, UTC).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _grouped(values: NDArray[np.int32], group: Ints, groups: int) -> Ints:
    """Sum the last axis by group; groups without slots get 0."""
    order = np.argsort(group, kind="stable")
    order = order[np.searchsorted(group[order], 0) :]
    out = np.zeros((*values.shape[:-1], groups), np.int64)
    present, first = np.unique(group[order], return_index=True)
    if len(order):
        out[..., present] = np.add.reduceat(values[..., order], first, axis=-1, dtype=np.int64)
    return out
