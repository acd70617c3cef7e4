"""What a device tells of true stays: with its errors, only what it saw, dated to the minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.occupancy import MINUTE_S, SeenArrays, StayArrays
from geo.simulation.profiles import Detector
from geo.words import VEHICLE_CLASSES, VehicleClass

VAN, CAR = VEHICLE_CLASSES.index(VehicleClass.VAN), VEHICLE_CLASSES.index(VehicleClass.CAR)

SPLIT_FROM, SPLIT_TO = 0.2, 0.8
"""Shares of a stay between which it breaks in two (assumption)."""

SPLIT_GAP_S = 60
"""A broken stay is gone for up to this long, at most a tenth of it (assumption)."""


@dataclass(frozen=True)
class Told:
    """Stays as they leave a device, by bay and first seen minute."""

    stays: StayArrays
    """On whole minutes; where an end was not seen it stands where seeing began or ended."""
    arrival_seen: NDArray[np.bool_]
    departure_seen: NDArray[np.bool_]

    def dated(self) -> StayArrays:
        """Return stays whose unseen arrivals stand one minute before seeing began, so that they count as none."""
        stays = self.stays
        early_s = np.where(self.arrival_seen, stays.arrived_s, stays.arrived_s - MINUTE_S)
        return StayArrays(stays.bay, stays.vehicle_class, early_s, stays.departed_s)

    def with_an_end(self) -> Told:
        """Return all but the stays that fill a seen time from its beginning to its end: no instant of them is known."""
        kept = self.arrival_seen | self.departure_seen
        return Told(chosen(self.stays, kept), self.arrival_seen[kept], self.departure_seen[kept])


def misread(stays: StayArrays, detector: Detector, rng: np.random.Generator) -> StayArrays:
    """Return stays with the errors of a detector: some missed, some of another class, some broken in two."""
    n = len(stays.bay)
    is_seen, flips, splits = rng.random((3, n))
    at = rng.uniform(SPLIT_FROM, SPLIT_TO, n)
    gap = rng.random(n)
    read = stays.vehicle_class.copy()
    flipped = flips < detector.flip
    read[flipped & (stays.vehicle_class == VAN)] = CAR
    read[flipped & (stays.vehicle_class == CAR)] = VAN
    kept = is_seen < detector.recall
    broken = kept & (splits < detector.split)
    length_s = stays.departed_s - stays.arrived_s
    breaks_s = stays.arrived_s + (at * length_s).astype(np.int64)
    back_s = breaks_s + (gap * np.minimum(SPLIT_GAP_S, length_s // 10)).astype(np.int64)
    first_end_s = np.where(broken, breaks_s, stays.departed_s)
    bay = np.concatenate([stays.bay[kept], stays.bay[broken]])
    kinds = np.concatenate([read[kept], read[broken]])
    arrived_s = np.concatenate([stays.arrived_s[kept], back_s[broken]])
    departed_s = np.concatenate([first_end_s[kept], stays.departed_s[broken]])
    return chosen(StayArrays(bay, kinds, arrived_s, departed_s), np.lexsort((arrived_s, bay)))


def observed(stays: StayArrays, seen: SeenArrays) -> Told:
    """Return the stays as they leave a device.

    A stay is cut where seeing ends, and goes on as another where it begins again. Arrivals and departures are floored
    to the minute. A stay nobody saw is gone.

    Parameters
    ----------
    stays
        Exact.
    seen
        On whole minutes, disjoint and in order within a bay, bays in order.
    """
    reach = int(max(seen.to_s.max(initial=0), stays.departed_s.max(initial=0))) + 1
    low = int(stays.bay.min(initial=0))
    lane = (stays.bay.astype(np.int64) - low) * reach
    seen_lane = (seen.bay.astype(np.int64) - low) * reach
    first = np.searchsorted(seen_lane + seen.to_s, lane + stays.arrived_s, side="right")
    after = np.searchsorted(seen_lane + seen.from_s, lane + stays.departed_s, side="left")
    pieces = np.maximum(after - first, 0)
    stay = np.repeat(np.arange(len(pieces)), pieces)
    interval = np.arange(len(stay)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + first[stay]
    arrived_s = stays.arrived_s[stay] // MINUTE_S * MINUTE_S
    departed_s = stays.departed_s[stay] // MINUTE_S * MINUTE_S
    from_s, to_s = seen.from_s[interval], seen.to_s[interval]
    told = StayArrays(
        stays.bay[stay],
        stays.vehicle_class[stay],
        np.maximum(arrived_s, from_s),
        np.minimum(departed_s, to_s),
    )
    order = np.lexsort((told.arrived_s, told.bay))
    return Told(chosen(told, order), (arrived_s >= from_s)[order], (departed_s < to_s)[order])


def chosen(stays: StayArrays, rows: NDArray[np.int64] | NDArray[np.bool_] | slice) -> StayArrays:
    """Return some stays, by position, mask or slice."""
    return StayArrays(
        stays.bay[rows], stays.vehicle_class[rows], stays.arrived_s[rows], stays.departed_s[rows]
    )
