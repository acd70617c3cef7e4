"""What a device tells of true stays: only what it saw, dated to the minute."""

from __future__ import annotations

import numpy as np

from geo.occupancy import MINUTE_S, SeenArrays, StayArrays


def observed(stays: StayArrays, seen: SeenArrays) -> StayArrays:
    """Return the stays as they leave a device.

    A stay is cut where seeing ends, and goes on as another where it begins again. A vehicle that is there when seeing
    begins is dated one minute earlier: it arrived unseen, and so counts as no arrival. Arrivals and departures are
    floored to the minute. A stay nobody saw is gone.

    Parameters
    ----------
    stays
        Exact.
    seen
        On whole minutes, disjoint and in order within a bay, bays in order.
    """
    reach = int(max(seen.to_s.max(initial=0), stays.departed_s.max(initial=0))) + 1
    lane = stays.bay.astype(np.int64) * reach
    seen_lane = seen.bay.astype(np.int64) * reach
    first = np.searchsorted(seen_lane + seen.to_s, lane + stays.arrived_s, side="right")
    after = np.searchsorted(seen_lane + seen.from_s, lane + stays.departed_s, side="left")
    pieces = np.maximum(after - first, 0)
    stay = np.repeat(np.arange(len(pieces)), pieces)
    interval = np.arange(len(stay)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + first[stay]
    arrived_s = stays.arrived_s[stay] // MINUTE_S * MINUTE_S
    departed_s = stays.departed_s[stay] // MINUTE_S * MINUTE_S
    from_s, to_s = seen.from_s[interval], seen.to_s[interval]
    return StayArrays(
        stays.bay[stay],
        stays.vehicle_class[stay],
        np.where(arrived_s < from_s, from_s - MINUTE_S, arrived_s),
        np.minimum(departed_s, to_s),
    )
