"""Keeps the hourly sums of recent days in memory, so that a typical week needs no unpacking.

Each day carries the version the store gives it; a day is read again only when that version changes.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from geo.local_time import midnight_s, slots_in_day
from geo.sums import local_slot_s
from geo.words import SLOT_S
from service.store.axis import BayAxis
from service.store.figures import day_rows, day_versions
from service.store.packing import ROWS, unpack

HOURS = 24

SLOTS_IN_HOUR = 3600 // SLOT_S

MAX_DAYS = 400
"""Days kept: a year and the weeks around it; 300 bays take about 0.4 MB a day."""

HourSums = NDArray[np.int32]
"""Shape ``(B, 13, 24)``: rows as they are packed, by local hour of the day, in seconds or arrivals."""

_Entry = tuple[tuple[int, int, int], HourSums]


class FigureCache:
    """Hourly sums by local day, least recently used first."""

    def __init__(self) -> None:
        self._days: OrderedDict[date, _Entry] = OrderedDict()
        self._lock = Lock()

    def hours(
        self, session: Session, axis: BayAxis, from_on: date, to_on: date
    ) -> dict[date, HourSums]:
        """Return the hourly sums of each day that has figures, both ends included.

        Parameters
        ----------
        axis
            All bays of the store; the first axis of the arrays.
        """
        versions = {
            on: (*version, axis.checksum)
            for on, version in day_versions(session, from_on, to_on).items()
        }
        with self._lock:
            stale = sorted(on for on, version in versions.items() if not self._has(on, version))
            for run in _runs(stale):
                self._read(session, axis, run, versions)
            found = {on: self._days[on][1] for on in sorted(versions)}
            while len(self._days) > MAX_DAYS:
                self._days.popitem(last=False)
        return found

    def _has(self, on: date, version: tuple[int, int, int]) -> bool:
        entry = self._days.get(on)
        if entry is None or entry[0] != version:
            return False
        self._days.move_to_end(on)
        return True

    def _read(
        self,
        session: Session,
        axis: BayAxis,
        days: Sequence[date],
        versions: Mapping[date, tuple[int, int, int]],
    ) -> None:
        fresh: dict[date, list[tuple[int, NDArray[np.uint16]]]] = defaultdict(list)
        for bay_id, on, slots, figures in day_rows(session, days[0], days[-1]):
            if bay_id in axis.index:
                fresh[on].append((axis.index[bay_id], unpack(figures, slots)))
        for on in days:
            self._days[on] = (versions[on], _hourly(axis, on, fresh[on]))


def _hourly(axis: BayAxis, on: date, rows: Sequence[tuple[int, NDArray[np.uint16]]]) -> HourSums:
    """Sum the slots of a day by local hour: all bays with the usual number of slots at once."""
    sums = np.zeros((len(axis), ROWS, HOURS), np.int32)
    usual = [(bay, day) for bay, day in rows if day.shape[1] == HOURS * SLOTS_IN_HOUR]
    if usual:
        stack = np.stack([day for _, day in usual])
        by_hour = stack.reshape(len(usual), ROWS, HOURS, SLOTS_IN_HOUR)
        sums[[bay for bay, _ in usual]] = by_hour.sum(axis=3, dtype=np.int32)
    for bay, day in rows:
        if day.shape[1] != HOURS * SLOTS_IN_HOUR:
            hours = _hour_of_slot(on, axis.places[bay].time_zone)
            np.add.at(sums[bay].T, hours, day.T)
    return sums


def hour_span_s(on: date, time_zone: str) -> NDArray[np.int64]:
    """Return how long each local hour of a day lasts, shape ``(24,)``; 0 and 7200 s where the clock changes."""
    return np.bincount(_hour_of_slot(on, time_zone), minlength=HOURS) * SLOT_S


def _runs(days: Sequence[date]) -> list[list[date]]:
    """Split days into runs without gaps."""
    runs: list[list[date]] = []
    for on in days:
        if runs and on - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(on)
        else:
            runs.append([on])
    return runs


@lru_cache(maxsize=2048)
def _hour_of_slot(on: date, time_zone: str) -> NDArray[np.int64]:
    """Return the local hour 0..23 of each slot of a day."""
    start_s = midnight_s(on, time_zone)
    return local_slot_s(start_s, slots_in_day(on, time_zone), time_zone) // 3600 % HOURS
