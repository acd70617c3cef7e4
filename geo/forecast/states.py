"""Whether each bay held a vehicle at the middle of each slot, and whether it was seen then."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from geo.forecast.climatology import DAYS, SLOTS, Ints
from geo.local_time import EPOCH_ON
from geo.reserved import DAY_S
from geo.study.stays import OPEN_S, UNKNOWN_ARRIVAL_S, StaysPart
from geo.sums import local_slot_s
from geo.words import SLOT_S

MIDDLE_S = SLOT_S // 2
"""From the start of a slot to its middle."""


MOST_VEHICLES = 9
"""More are counted as so many: beyond them one more changes nothing that is forecast."""

_SUNDAY, _THURSDAY = 6, 3

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Presence:
    """Stays and unseen times of some bays, as columns in any order.

    Attributes
    ----------
    bay, arrived_s, departed_s
        Shape ``(n,)``, index of the bay and half-open ``[arrived_s, departed_s)`` in epoch seconds;
        ``UNKNOWN_ARRIVAL_S`` where the vehicle was there when seeing began, ``geo.occupancy.OPEN_S`` where seeing
        ended, or the period, before it left.
    unseen_bay, unseen_from_s, unseen_to_s
        Shape ``(m,)``, half-open; those of one bay do not overlap.
    """

    bay: Ints
    arrived_s: Ints
    departed_s: Ints
    unseen_bay: Ints
    unseen_from_s: Ints
    unseen_to_s: Ints


@dataclass(frozen=True)
class States:
    """States of B bays at the middles of T consecutive slots.

    Attributes
    ----------
    start_s
        Epoch second at which the first slot starts.
    vehicles
        Shape ``(B, T)``, int8, vehicles there, at most ``MOST_VEHICLES``; 0 where unseen.
    seen
        Shape ``(B, T)``.
    """

    start_s: int
    vehicles: NDArray[np.int8]
    seen: Bools

    @property
    def occupied(self) -> Bools:
        """Whether at least one vehicle was seen, ``(B, T)``."""
        return self.vehicles > 0

    @property
    def slots(self) -> int:
        """Number of slots T."""
        return int(self.seen.shape[1])

    def slot(self, at_s: int) -> int:
        """Return the first slot that starts at or after an instant, 0..T."""
        return int(np.clip(-((self.start_s - at_s) // SLOT_S), 0, self.slots))


def states(presence: Presence, bays: int, start_s: int, end_s: int) -> States:
    """Return the states of bays over a period that was observed.

    Parameters
    ----------
    presence
        What lies outside the period is left out.
    bays
        Number of bays B.
    start_s, end_s
        Half-open, epoch seconds; whole slots from the first on.
    """
    slots = (end_s - start_s) // SLOT_S
    arrived_s, departed_s = resolved(presence, start_s, end_s)
    vehicles = _covering(presence.bay, arrived_s, departed_s, start_s, (bays, slots))
    unseen = _covering(
        presence.unseen_bay,
        presence.unseen_from_s,
        presence.unseen_to_s,
        start_s,
        (bays, slots),
    )
    seen = unseen == 0
    counted = np.where(seen, np.minimum(vehicles, MOST_VEHICLES), 0).astype(np.int8)
    return States(start_s, counted, seen)


def week_slot(
    start_s: int, slots: int, time_zone: str, holidays_on: AbstractSet[date]
) -> tuple[Ints, Ints]:
    """Return the day of the week and the slot of the day of consecutive slots, in local wall time.

    Returns
    -------
    weekday, slot
        Each of shape ``(slots,)``: 0 for Monday to 6 for Sunday, and for public holidays; 0 to 95.
    """
    wall_s = local_slot_s(start_s, slots, time_zone)
    day = wall_s // DAY_S
    holidays = [(on - EPOCH_ON) // timedelta(days=1) for on in holidays_on]
    weekday = np.where(np.isin(day, holidays), _SUNDAY, (day + _THURSDAY) % DAYS)
    return weekday, wall_s % DAY_S // SLOT_S


def week_counts(found: States, weekday: Ints, slot: Ints, within: slice) -> tuple[Ints, Ints]:
    """Count occupied and seen slots by day of the week and slot, each of shape ``(B, 7, 96)``.

    Parameters
    ----------
    found
        Of T slots.
    weekday, slot
        Shape ``(T,)`` from ``week_slot``.
    within
        Slots that are counted.
    """
    cell = (weekday * SLOTS + slot)[within]
    order = np.argsort(cell, kind="stable")
    present, first = np.unique(cell[order], return_index=True)

    def counted(values: Bools) -> Ints:
        out = np.zeros((len(values), DAYS * SLOTS), np.int64)
        if len(order):
            ordered = values[:, within][:, order]
            out[:, present] = np.add.reduceat(ordered, first, axis=1, dtype=np.int64)
        return out.reshape(-1, DAYS, SLOTS)

    return counted(found.occupied), counted(found.seen)


def presence_of(part: StaysPart, bays: range) -> Presence:
    """Return the stays and unseen times of some bays of a part; the first of them has index 0."""
    mine = (part.bay >= bays.start) & (part.bay < bays.stop)
    dark = (part.unseen_bay >= bays.start) & (part.unseen_bay < bays.stop)
    return Presence(
        part.bay[mine].astype(np.int64) - bays.start,
        part.arrived_s[mine],
        part.departed_s[mine],
        part.unseen_bay[dark].astype(np.int64) - bays.start,
        part.unseen_from_s[dark],
        part.unseen_to_s[dark],
    )


def resolved(presence: Presence, start_s: int, end_s: int) -> tuple[Ints, Ints]:
    """Return arrivals and departures: a vehicle that was cut is there as long as its bay is seen, and no longer."""
    arrived_s = np.clip(presence.arrived_s, start_s, end_s)
    cut_s = _first_from(
        (presence.unseen_bay, presence.unseen_from_s), (presence.bay, arrived_s), otherwise=end_s
    )
    departed_s = np.where(presence.departed_s == OPEN_S, cut_s, presence.departed_s)
    since_s = -_first_from(
        (presence.unseen_bay, -presence.unseen_to_s),
        (presence.bay, -np.clip(departed_s, start_s, end_s)),
        otherwise=-start_s,
    )
    return np.where(presence.arrived_s == UNKNOWN_ARRIVAL_S, since_s, arrived_s), departed_s


def _first_from(marks: tuple[Ints, Ints], asked: tuple[Ints, Ints], otherwise: int) -> Ints:
    """Return the first mark of the same bay at or after each instant; a default where there is none.

    Parameters
    ----------
    marks, asked
        Bay and instant, each of one shape.
    otherwise
        Instant where the bay has no such mark.
    """
    order = np.lexsort((marks[1], marks[0]))
    bay, at_s = marks[0][order].astype(np.int64), marks[1][order].astype(np.int64)
    if not len(bay):
        return np.full(asked[0].shape, otherwise, np.int64)
    low = min(int(at_s.min()), int(asked[1].min(initial=at_s[0])))
    span = max(int(at_s.max()), int(asked[1].max(initial=at_s[0]))) - low + 1
    wanted = asked[0].astype(np.int64) * span + asked[1] - low
    found = np.searchsorted(bay * span + at_s - low, wanted)
    inside = np.minimum(found, len(bay) - 1)
    is_there = (found < len(bay)) & (bay[inside] == asked[0])
    return np.where(is_there, at_s[inside], otherwise)


def _covering(
    bay: Ints, from_s: Ints, to_s: Ints, start_s: int, shape: tuple[int, int]
) -> NDArray[np.int32]:
    """Return how many intervals cover the middle of each slot, shape ``(B, T)``."""
    change = np.zeros((shape[0], shape[1] + 1), np.int32)
    first = np.clip(_first_middle(from_s, start_s), 0, shape[1])
    last = np.clip(_first_middle(to_s, start_s), 0, shape[1])
    np.add.at(change, (bay, first), 1)
    np.add.at(change, (bay, np.maximum(first, last)), -1)
    return np.cumsum(change, axis=1, dtype=np.int32)[:, :-1]


def _first_middle(at_s: Ints, start_s: int) -> Ints:
    """Return the first slot whose middle is at or after each instant."""
    return np.asarray(-((start_s + MIDDLE_S - at_s) // SLOT_S), np.int64)
