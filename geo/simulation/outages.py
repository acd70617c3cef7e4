"""When invented cameras do not see their bays, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.occupancy import SeenArrays
from geo.simulation.demand import Calendar
from geo.simulation.profiles import Outages

Ints = NDArray[np.int64]

REASONS = ("power", "offline", "dark", "blocked", "dirty")
"""Codes of ``geo.vocabulary.UNSEEN_REASON_LABELS``; the first that covers a minute is its reason."""

NIGHT_H = (22, 6)
"""Local hours between which a weak camera sees nothing (assumption: public lighting)."""


@dataclass(frozen=True)
class UnseenArrays:
    """Half-open times on whole minutes in which bays were not seen; disjoint and in order within a bay."""

    bay: NDArray[np.int32]
    from_s: Ints
    to_s: Ints
    reason: NDArray[np.int8]
    """Index into ``REASONS``."""


def draw_unseen(
    bays: int, calendar: Calendar, outages: Outages, rng: np.random.Generator
) -> UnseenArrays:
    """Draw the unseen times of all bays; bays of one camera lose power and light together."""
    starts_s = calendar.hour_starts_s()
    minutes = int((starts_s[-1, -1] + 3600 - starts_s[0, 0]) // 60)
    camera = np.arange(bays) // outages.bays_per_camera
    of_camera = [
        _camera_minutes(minutes, starts_s, outages, rng) for _ in range(int(camera.max()) + 1)
    ]
    parts = [_runs(_bay_minutes(of_camera[camera[i]], outages, rng)) for i in range(bays)]
    bay = np.repeat(np.arange(bays, dtype=np.int32), [len(part[0]) for part in parts])
    first, last, reason = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return UnseenArrays(
        bay, starts_s[0, 0] + 60 * first, starts_s[0, 0] + 60 * last, reason.astype(np.int8)
    )


def seen_between(unseen: UnseenArrays, bays: int, start_s: int, end_s: int) -> SeenArrays:
    """Return the rest of a period: the times in which each bay was seen, in order."""
    edge = np.arange(bays)
    bay = np.concatenate([edge, unseen.bay])
    from_s = np.concatenate([np.full(bays, start_s), unseen.to_s])
    order = np.lexsort((from_s, bay))
    ends = np.concatenate([unseen.from_s, np.full(bays, end_s)])
    end_order = np.lexsort((ends, np.concatenate([unseen.bay, edge])))
    kept = ends[end_order] > from_s[order]
    return SeenArrays.of(bay[order][kept], from_s[order][kept], ends[end_order][kept])


def _camera_minutes(
    minutes: int, starts_s: Ints, outages: Outages, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Return for each minute the reason why one camera saw nothing, -1 where it saw."""
    reason = np.full(minutes, -1, np.int8)
    weeks = len(starts_s) / 7
    is_weak = rng.random() < outages.weak_share
    if rng.random() < outages.dark_share:
        _fill_nights(reason, starts_s)
    for _ in range(rng.poisson((4.0 if is_weak else outages.power_per_week) * weeks)):
        length = int(rng.uniform(*outages.power_h) * 60)
        _fill(
            reason,
            int(rng.integers(0, minutes)),
            length,
            int(rng.choice([0, 1, 4] if is_weak else [0, 1])),
        )
    return reason


def _fill_nights(reason: NDArray[np.int8], starts_s: Ints) -> None:
    for day in starts_s:
        midnight, morning, evening = (
            (day[h] - starts_s[0, 0]) // 60 for h in (0, NIGHT_H[1], NIGHT_H[0])
        )
        _fill(reason, int(midnight), int(morning - midnight), REASONS.index("dark"))
        _fill(reason, int(evening), (24 - NIGHT_H[0]) * 60, REASONS.index("dark"))


def _bay_minutes(
    camera: NDArray[np.int8], outages: Outages, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Add the times in which something stood before one bay, from 6 to 22 h of elapsed time."""
    reason = camera.copy()
    for day in range(len(camera) // 1440):
        for _ in range(rng.poisson(outages.blocked_per_day)):
            begins = day * 1440 + int(rng.integers(360, 1320))
            _fill(reason, begins, int(rng.integers(*outages.blocked_min)), REASONS.index("blocked"))
    return reason


def _fill(reason: NDArray[np.int8], begins: int, length: int, code: int) -> None:
    """Write a reason into the minutes that have none yet."""
    part = reason[begins : begins + length]
    part[part < 0] = code


def _runs(reason: NDArray[np.int8]) -> tuple[Ints, Ints, Ints]:
    """Return first minute, minute after the last, and reason of each run of unseen minutes."""
    changes = np.flatnonzero(np.diff(reason)) + 1
    first = np.concatenate([[0], changes])
    last = np.concatenate([changes, [len(reason)]])
    unseen = reason[first] >= 0
    return first[unseen], last[unseen], reason[first[unseen]].astype(np.int64)
