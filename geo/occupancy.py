"""Figures per bay and quarter of an hour, exact to the second, from stays and seen time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import InvalidInput
from geo.words import SLOT_S, VEHICLE_CLASSES

OPEN_S = int(np.iinfo(np.int64).max)
"""Departure of a stay that is still there; it lasts as long as the bay is seen."""

MINUTE_S = 60
"""Arrivals are dated to the minute: what leaves the device is floored (house rule on times)."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class StayArrays:
    """Stays as columns, in any order.

    Attributes
    ----------
    bay
        Shape ``(n,)``, int32, index into the bays axis.
    vehicle_class
        Shape ``(n,)``, int8, index into ``geo.words.VEHICLE_CLASSES``.
    arrived_s, departed_s
        Shape ``(n,)``, int64, epoch seconds; half-open ``[arrived_s, departed_s)``; ``OPEN_S`` while still there.
        Equal where a stay shorter than a minute was floored: it counts as an arrival and takes no time.
    """

    bay: NDArray[np.int32]
    vehicle_class: NDArray[np.int8]
    arrived_s: Ints
    departed_s: Ints

    @classmethod
    def of(
        cls, bay: object, vehicle_class: object, arrived_s: object, departed_s: object
    ) -> StayArrays:
        """Build from sequences of equal length, with the right types."""
        return cls(
            np.asarray(bay, np.int32),
            np.asarray(vehicle_class, np.int8),
            np.asarray(arrived_s, np.int64),
            np.asarray(departed_s, np.int64),
        )


@dataclass(frozen=True)
class SeenArrays:
    """Times in which bays were seen: half-open ``[from_s, to_s)`` epoch seconds; may overlap, in any order."""

    bay: NDArray[np.int32]
    from_s: Ints
    to_s: Ints

    @classmethod
    def of(cls, bay: object, from_s: object, to_s: object) -> SeenArrays:
        """Build from sequences of equal length, with the right types."""
        return cls(
            np.asarray(bay, np.int32), np.asarray(from_s, np.int64), np.asarray(to_s, np.int64)
        )


@dataclass(frozen=True)
class SlotFigures:
    """Integer figures of B bays in T consecutive slots of 900 s, all within seen time.

    Attributes
    ----------
    start_s
        Epoch second at which the first slot starts.
    seen_s
        Shape ``(B, T)``, int32, seconds seen.
    occupied_s
        Shape ``(B, T)``, int32, place-seconds taken: integral of min(vehicles, capacity).
    full_s
        Shape ``(B, T)``, int32, seconds with as many vehicles as the capacity, or more.
    vehicle_s
        Shape ``(B, 5, T)``, int32, vehicle-seconds by class; the sum over classes is at least ``occupied_s``.
    arrivals
        Shape ``(B, 5, T)``, int32, arrivals by class.
    """

    start_s: int
    seen_s: NDArray[np.int32]
    occupied_s: NDArray[np.int32]
    full_s: NDArray[np.int32]
    vehicle_s: NDArray[np.int32]
    arrivals: NDArray[np.int32]

    @property
    def slots(self) -> int:
        """Number of slots T."""
        return int(self.seen_s.shape[1])

    @property
    def end_s(self) -> int:
        """Epoch second at which the last slot ends, excluded."""
        return self.start_s + self.slots * SLOT_S


@dataclass(frozen=True)
class _Sweep:
    """State of all bays after each event, with its integral up to the event.

    One time axis holds all bays one after another: key = bay * ``span`` + seconds since the start.
    """

    span: int
    keys: Ints
    rates: Ints
    integrals: Ints

    def until(self, keys: Ints) -> Ints:
        """Return the integrals from the beginning to some keys, shape ``(8, *keys.shape)``."""
        last = np.searchsorted(self.keys, keys, side="right") - 1
        return self.integrals[:, last] + self.rates[:, last] * (keys - self.keys[last])


_SEEN, _OCCUPIED, _FULL, _CLASSES = 0, 1, 2, 3
"""Rows of a sweep; the five classes follow from ``_CLASSES``."""


def slot_figures(
    stays: StayArrays, seen: SeenArrays, capacity: Ints, start_s: int, end_s: int
) -> SlotFigures:
    """Return the figures of each bay and slot.

    An arrival belongs to the slot of its minute, and counts if any second of that minute was seen: an arrival
    dated 10:00 by a device that began to see at 10:00:30 is kept. Each stay counts at most once, so none is
    doubled where two seen intervals meet, and adjoining periods add up.

    Parameters
    ----------
    stays, seen
        In any order; what lies outside ``[start_s, end_s)`` is left out.
    capacity
        Shape ``(B,)``, vehicles that fit in each bay, at least 1.
    start_s, end_s
        Epoch seconds on whole minutes, a whole number of slots apart.

    Raises
    ------
    InvalidInput
        The period is not made of slots, or a stay ends before it starts.
    """
    _check(stays, start_s, end_s)
    sweep = _sweep(stays, seen, capacity, start_s, end_s)
    edges = np.arange(0, end_s - start_s + 1, SLOT_S, dtype=np.int64)
    keys = np.arange(len(capacity), dtype=np.int64)[:, None] * sweep.span + edges
    parts = np.diff(sweep.until(keys), axis=2).astype(np.int32)
    arrivals = _arrivals(
        stays, sweep, (len(capacity), len(VEHICLE_CLASSES), len(edges) - 1), start_s
    )
    vehicle_s = np.ascontiguousarray(parts[_CLASSES:].transpose(1, 0, 2))
    return SlotFigures(start_s, parts[_SEEN], parts[_OCCUPIED], parts[_FULL], vehicle_s, arrivals)


def arrival_counts(
    stays: StayArrays, seen: SeenArrays, bays: int, start_s: int, end_s: int
) -> NDArray[np.bool_]:
    """Return which stays count as arrivals of a period, shape ``(n,)``: the rule of ``slot_figures``, stay by stay."""
    sweep = _sweep(stays, seen, np.ones(bays, np.int64), start_s, end_s)
    return _counts(stays.arrived_s, stays.bay, sweep, start_s)


def departures_seen(
    stays: StayArrays, seen: SeenArrays, bays: int, start_s: int, end_s: int
) -> NDArray[np.bool_]:
    """Return which stays were seen to end, shape ``(n,)``: any second of the minute of departure was seen.

    A stay that an outage cut departs where seeing ended, and so was not seen to end. A departure after the period
    is believed; one that has not happened is not seen.
    """
    sweep = _sweep(stays, seen, np.ones(bays, np.int64), start_s, end_s)
    within = _counts(stays.departed_s, stays.bay, sweep, start_s)
    return np.asarray(within | ((stays.departed_s >= end_s) & (stays.departed_s != OPEN_S)))


def only(figures: SlotFigures, mask: NDArray[np.bool_]) -> SlotFigures:
    """Return figures with everything outside a mask of shape ``(B, T)`` unseen and empty."""
    deep = mask[:, None, :]
    return SlotFigures(
        figures.start_s,
        figures.seen_s * mask,
        figures.occupied_s * mask,
        figures.full_s * mask,
        figures.vehicle_s * deep,
        figures.arrivals * deep,
    )


def occupancy(figures: SlotFigures, capacity: Ints) -> NDArray[np.float64]:
    """Return the share of places taken, shape ``(B, T)``, 0..1; NaN where nothing was seen."""
    return ratio(figures.occupied_s, figures.seen_s * np.asarray(capacity, np.int64)[:, None])


def coverage(figures: SlotFigures) -> NDArray[np.float64]:
    """Return the share of each slot that was seen, shape ``(B, T)``, 0..1."""
    return figures.seen_s / SLOT_S


def ratio(part: NDArray[np.integer], whole: NDArray[np.integer]) -> NDArray[np.float64]:
    """Divide, with NaN where the whole is 0: unseen is not empty."""
    share = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share


def _check(stays: StayArrays, start_s: int, end_s: int) -> None:
    if start_s % MINUTE_S or end_s <= start_s or (end_s - start_s) % SLOT_S:
        raise InvalidInput(
            f"period [{start_s}, {end_s}) is not made of slots: wanted whole minutes, a multiple of {SLOT_S} s apart"
        )
    backward = np.flatnonzero(stays.departed_s < stays.arrived_s)
    if len(backward):
        i = backward[0]
        raise InvalidInput(
            f"stay {i} departs at {stays.departed_s[i]}, before it arrives at {stays.arrived_s[i]}: "
            "wanted a departure at or after the arrival"
        )


def _sweep(stays: StayArrays, seen: SeenArrays, capacity: Ints, start_s: int, end_s: int) -> _Sweep:
    """Order all changes of state and integrate them, each bay starting and ending empty and unseen."""
    span = end_s - start_s + 1
    here = (stays.arrived_s < end_s) & (stays.departed_s > start_s)
    inside = (seen.from_s < end_s) & (seen.to_s > start_s) & (seen.to_s > seen.from_s)
    bay = np.concatenate([stays.bay[here], seen.bay[inside]]).astype(np.int64)
    what = np.concatenate(
        [stays.vehicle_class[here], np.full(inside.sum(), len(VEHICLE_CLASSES), np.int8)]
    )
    begins = np.clip(np.concatenate([stays.arrived_s[here], seen.from_s[inside]]), start_s, end_s)
    ends = np.clip(np.concatenate([stays.departed_s[here], seen.to_s[inside]]), start_s, end_s)
    offset = np.tile(bay * span, 2)
    keys = offset + np.concatenate([begins, ends]) - start_s
    order = np.argsort(keys, kind="stable")
    keys = np.concatenate([[-1], keys[order]])
    state = _state(np.tile(what, 2)[order], np.repeat([1, -1], len(bay))[order])
    rates = _rates(state, capacity[np.concatenate([[0], np.tile(bay, 2)[order]])])
    steps = rates[:, :-1] * np.diff(keys)
    return _Sweep(span, keys, rates, np.pad(np.cumsum(steps, axis=1), ((0, 0), (1, 0))))


def _state(what: NDArray[np.int8], delta: Ints) -> Ints:
    """Return vehicles per class and, last, the number of seen intervals open after each event, shape ``(6, 1+n)``."""
    change = np.zeros((len(VEHICLE_CLASSES) + 1, len(what) + 1), np.int64)
    change[what, np.arange(1, len(what) + 1)] = delta
    return np.cumsum(change, axis=1)


def _rates(state: Ints, capacity: Ints) -> Ints:
    """Return what each second after an event adds to the eight rows of a sweep."""
    seen = (state[-1] > 0).astype(np.int64)
    by_class = state[:-1] * seen
    vehicles = by_class.sum(axis=0)
    full = (vehicles >= capacity).astype(np.int64) * seen
    return np.concatenate([[seen, np.minimum(vehicles, capacity), full], by_class])


def _counts(at_s: Ints, bay: NDArray[np.int32], sweep: _Sweep, start_s: int) -> NDArray[np.bool_]:
    """Tell which instants lie in the period, in a minute of which any second was seen."""
    minute = at_s // MINUTE_S * MINUTE_S - start_s
    within = (minute >= 0) & (minute < sweep.span - 1)
    key = bay.astype(np.int64) * sweep.span + np.where(within, minute, 0)
    touched = sweep.until(key + MINUTE_S)[_SEEN] > sweep.until(key)[_SEEN]
    return np.asarray(within & touched)


def _arrivals(
    stays: StayArrays, sweep: _Sweep, shape: tuple[int, int, int], start_s: int
) -> NDArray[np.int32]:
    counts = _counts(stays.arrived_s, stays.bay, sweep, start_s)
    slot = (stays.arrived_s[counts] - start_s) // SLOT_S
    cell = np.ravel_multi_index((stays.bay[counts], stays.vehicle_class[counts], slot), shape)
    return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape).astype(np.int32)
