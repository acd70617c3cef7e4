"""Stays and unseen times of some bays of a study, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.occupancy import OPEN_S

Ints = NDArray[np.int64]

UNKNOWN_ARRIVAL_S = int(np.iinfo(np.int64).min)
"""Arrival of a vehicle that was there when seeing began."""

__all__ = ["OPEN_S", "UNKNOWN_ARRIVAL_S", "StaysPart", "merged", "sorted_stays"]


@dataclass(frozen=True)
class StaysPart:
    """All stays and unseen times of consecutive bays that touch the period of a study.

    Attributes
    ----------
    bays
        Indices on the study's bays axis.
    bay
        Shape ``(n,)``, int32, index on the study's bays axis; stays are sorted by bay, then arrival, then departure,
        then class.
    vehicle_class
        Shape ``(n,)``, int8, index into ``geo.words.VEHICLE_CLASSES``.
    arrived_s, departed_s
        Shape ``(n,)``, int64, epoch seconds, half-open; ``UNKNOWN_ARRIVAL_S`` where the vehicle was there when seeing
        began, ``OPEN_S`` where its end was not seen. Never both.
    unseen_bay, unseen_from_s, unseen_to_s
        Shape ``(m,)``, int32 and int64: half-open times without sight, within the period, sorted, disjoint and not
        touching within a bay.
    """

    bays: range
    bay: NDArray[np.int32]
    vehicle_class: NDArray[np.int8]
    arrived_s: Ints
    departed_s: Ints
    unseen_bay: NDArray[np.int32]
    unseen_from_s: Ints
    unseen_to_s: Ints

    @property
    def stays(self) -> int:
        """Number of stays n."""
        return len(self.bay)


def merged(
    bay: NDArray[np.int32], from_s: Ints, to_s: Ints, start_s: int, end_s: int
) -> tuple[NDArray[np.int32], Ints, Ints]:
    """Clip times to ``[start_s, end_s)`` and join those of a bay that overlap or touch.

    Parameters
    ----------
    bay, from_s, to_s
        Shape ``(m,)``, in any order.
    start_s, end_s
        Epoch seconds of the period.

    Returns
    -------
    The three columns, sorted by bay and time; empty times are gone.
    """
    span = end_s - start_s + 1
    begin = np.clip(from_s, start_s, end_s) - start_s
    end = np.clip(to_s, start_s, end_s) - start_s
    kept = end > begin
    lane = bay[kept].astype(np.int64) * span
    order = np.argsort(lane + begin[kept], kind="stable")
    first, last = (lane + begin[kept])[order], (lane + end[kept])[order]
    reach = np.maximum.accumulate(last) if len(last) else last
    opens = np.ones(len(first), bool)
    opens[1:] = first[1:] > reach[:-1]
    closes = np.roll(opens, -1)
    where = first[opens] // span
    return (
        where.astype(np.int32),
        first[opens] - where * span + start_s,
        reach[closes] - where * span + start_s,
    )


def sorted_stays(columns: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """Sort stays by bay, arrival, departure and class; sorted files are told at a glance."""
    bay, kind, arrived_s, departed_s = columns
    same = bay[1:] == bay[:-1]
    later = (arrived_s[1:] > arrived_s[:-1]) | (
        (arrived_s[1:] == arrived_s[:-1])
        & (
            (departed_s[1:] > departed_s[:-1])
            | ((departed_s[1:] == departed_s[:-1]) & (kind[1:] >= kind[:-1]))
        )
    )
    if bool(((bay[1:] > bay[:-1]) | (same & later)).all()):
        return columns
    order = np.lexsort((kind, departed_s, arrived_s, bay))
    return [column[order] for column in columns]
