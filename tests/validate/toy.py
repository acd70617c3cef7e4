"""The rule of thumb to beat: reserve where deliveries occupy more than a share of the bay."""

from __future__ import annotations

import numpy as np

from geo.facts.bay_facts import BIN_S, FACT_KINDS, BayFacts
from geo.whatif.outcome import DayRule, Window

TUNINGS = (0.03, 0.05, 0.10, 0.15, 0.20, 0.30)
"""Six thresholds on the occupancy by deliveries, of which the best is taken after the fact (science brief, section 6)."""

LEAST_CHANGE_MIN = 360
"""Only changes of six hours or more are made (same source)."""

BIN_MIN = BIN_S // 60


def toy_rule(
    facts: BayFacts, kind: int, threshold: float, capacity: int, now: DayRule
) -> DayRule | None:
    """Return the window from the first to the last half hour above the threshold; None where it changes too little.

    Parameters
    ----------
    facts
        Of the bay.
    kind
        Kind of day.
    threshold
        Share of places taken by vans and trucks.
    capacity
        Vehicles that fit.
    now
        Present windows of the day; the first one's maximum stay is kept.
    """
    columns = [FACT_KINDS.index("van"), FACT_KINDS.index("truck")]
    busy_s = facts.vehicle_s[kind].sum(axis=0)[:, columns].sum(axis=1)
    seen_s = facts.seen_s[kind].sum(axis=0)
    occupancy = np.divide(busy_s, capacity * seen_s, out=np.zeros(len(seen_s)), where=seen_s > 0)
    above = np.flatnonzero(occupancy > threshold)
    if len(above) == 0:
        return None
    limit = now[0].max_stay_min if now else None
    new = (Window(int(above[0]) * BIN_MIN, int(above[-1] + 1) * BIN_MIN, limit),)
    return new if _differs_min(now, new) >= LEAST_CHANGE_MIN else None


def _differs_min(one: DayRule, other: DayRule) -> int:
    def reserved(rule: DayRule) -> np.ndarray:
        minutes = np.zeros(1440, bool)
        for window in rule:
            minutes[window.start_min : window.end_min] = True
        return minutes

    return int((reserved(one) != reserved(other)).sum())
