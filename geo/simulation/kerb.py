"""The kerb itself: who finds room, bay by bay, vehicle by vehicle."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from geo.occupancy import StayArrays
from geo.simulation.demand import Attempts
from geo.simulation.profiles import GAP_M, VEHICLE_LENGTH_M
from geo.words import VEHICLE_CLASSES, Bay


def served(attempts: Attempts, bays: Sequence[Bay]) -> StayArrays:
    """Return the stays of those who found room; who finds none is lost.

    Room is counted by length: vehicles one behind the other with a gap between each two. Times are exact seconds.
    """
    length_m = np.array([VEHICLE_LENGTH_M[kind] for kind in VEHICLE_CLASSES])[
        attempts.vehicle_class
    ]
    departs_s = attempts.at_s + np.maximum(attempts.length_s, 20.0).astype(np.int64)
    found = np.zeros(len(attempts.at_s), np.bool_)
    bounds = np.searchsorted(attempts.bay, np.arange(len(bays) + 1))
    for i, bay in enumerate(bays):
        rows = slice(bounds[i], bounds[i + 1])
        found[rows] = _finds_room(
            attempts.at_s[rows], departs_s[rows], length_m[rows], bay.length_m
        )
    return StayArrays.of(
        attempts.bay[found], attempts.vehicle_class[found], attempts.at_s[found], departs_s[found]
    )


def _finds_room(
    at_s: NDArray[np.int64],
    departs_s: NDArray[np.int64],
    length_m: NDArray[np.float64],
    kerb_m: float,
) -> list[bool]:
    """Tell for each attempt of one bay, in order of time, whether it finds room."""
    free_m = kerb_m + GAP_M
    parked: list[tuple[int, float]] = []
    found = []
    for now_s, until_s, vehicle_m in zip(
        at_s.tolist(), departs_s.tolist(), length_m.tolist(), strict=True
    ):
        while parked and parked[0][0] <= now_s:
            free_m += heappop(parked)[1]
        needed_m = vehicle_m + GAP_M
        has_room = needed_m <= free_m
        if has_room:
            free_m -= needed_m
            heappush(parked, (until_s, needed_m))
        found.append(has_room)
    return found
