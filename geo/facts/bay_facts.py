"""What one bay's stays and unseen times say: counts, exposures and lengths, ready to be estimated from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY_KINDS = tuple(DayKind)
"""Axis of kinds of day: Monday to Friday, Saturday, Sunday and public holidays."""

SHARED, RESERVED = 0, 1
"""Axis of regimes: outside and inside the windows of the rule in force at that instant."""

BINS = 48
"""Half hours of local wall time; demand is estimated in these (science brief, 2.3)."""

BIN_S = 1800

FACT_KINDS = ("van", "truck", "short_car", "long_car", "two_wheeler", "other")
"""Axis of kinds of stay: vehicle classes, with cars split by the length of their stay at ``LONG_S``."""

LONG_S = 7200
"""Cars that stay longer than two hours are long (science brief, 2.3); a car cut by an outage is judged by what was seen."""

DWELL_EDGES_MIN: Floats = np.concatenate(
    [np.arange(0.0, 60.0, 1.0), np.arange(60.0, 180.0, 5.0), np.geomspace(180.0, 2880.0, 33)]
)
"""Edges of the classes of stay lengths in minutes, half-open, the last class open above."""

NO_LIMIT, NOT_RESERVED = 0, -1
"""Entries of ``limits_min`` for a window without maximum stay, and for time outside windows."""


@dataclass(frozen=True)
class BayFacts:
    """Facts of one bay over a period; every figure is of seen time only.

    Axes: ``D`` kinds of day (``DAY_KINDS``), ``G`` regimes, ``S`` = ``BINS`` half hours of local wall time,
    ``F`` = ``FACT_KINDS``, ``Y`` local days of the period in order.

    Attributes
    ----------
    arrivals
        Shape ``(D, G, S, F)``, int64. A vehicle that is there when seeing begins is no arrival.
    exposure_s
        Shape ``(D, G, S, F)``, seconds in which the bay was seen and a vehicle of the kind would have found a gap:
        the integral of the probability of a gap in the observed state (``geo.whatif.fit``).
    seen_s
        Shape ``(D, G, S)``, seconds seen.
    vehicle_s
        Shape ``(D, G, S, F)``, vehicle-seconds present.
    departures
        Shape ``(D, G, S, F)``, int64, departures that were seen.
    full_s
        Shape ``(D, G, S)``, seconds in which a van would have found no gap: ``seen_s - exposure_s[..., van]``.
    day_arrivals
        Shape ``(Y, F)``, int64.
    day_exposure_s
        Shape ``(Y, F)``.
    day_seen_s
        Shape ``(Y,)``.
    day_kind
        Shape ``(Y,)``, int64, index into ``DAY_KINDS``.
    limits_min
        Shape ``(L,)``, int64, the maximum stays that were ever in force at an arrival: minutes, ``NO_LIMIT`` or
        ``NOT_RESERVED``.
    ended, cut
        Shape ``(L, F, len(DWELL_EDGES_MIN))``, int64, stays by length class: seen from arrival to departure, and
        seen from arrival but not to the end (what is counted is what was seen).
    edge_present, edge_gone
        Cars there 45 minutes before a window starts, and how many of them were gone 10 minutes after its start;
        only edges seen without a gap.
    control_present, control_gone
        The same 100 minutes earlier, where no window starts: the natural departures (science brief, 2.3).
    """

    arrivals: Ints
    exposure_s: Floats
    seen_s: Floats
    vehicle_s: Floats
    departures: Ints
    full_s: Floats
    day_arrivals: Ints
    day_exposure_s: Floats
    day_seen_s: Floats
    day_kind: Ints
    limits_min: Ints
    ended: Ints
    cut: Ints
    edge_present: int
    edge_gone: int
    control_present: int
    control_gone: int
