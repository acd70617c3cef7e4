"""What was seen of a bay by half hour, beside the estimated demand: the evidence an officer looks at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.demand.parameters import DELIVERIES, Parameters
from geo.facts.bay_facts import DAY_KINDS, FACT_KINDS, RESERVED, SHARED, BayFacts
from geo.suggest.record import HalfHours

Floats = NDArray[np.float64]

HOUR_S = 3600.0

_DELIVERING = [FACT_KINDS.index("van"), FACT_KINDS.index("truck")]
_CARS = [FACT_KINDS.index("short_car"), FACT_KINDS.index("long_car")]

DECIMALS = 4


def half_hours(facts: BayFacts, mean: Parameters, kind: int) -> HalfHours:
    """Return the evidence of a kind of day, by index into ``DAY_KINDS``."""
    seen_s = facts.seen_s[kind].sum(axis=0)
    arrivals = facts.arrivals[kind].sum(axis=0)
    vehicle_s = facts.vehicle_s[kind].sum(axis=0)
    full_s = facts.full_s[kind].sum(axis=0)
    wanted = mean.rate_per_h[kind][:, :DELIVERIES].sum(axis=1)
    return HalfHours(
        day_kind=DAY_KINDS[kind].value,
        seen_h=tuple(np.round(seen_s / HOUR_S, DECIMALS).tolist()),
        deliveries_per_h=_ratio(HOUR_S * arrivals[:, _DELIVERING].sum(axis=1), seen_s),
        wanted_per_h=tuple(np.round(wanted, DECIMALS).tolist()),
        no_room_share=_ratio(full_s, seen_s),
        cars=_ratio(vehicle_s[:, _CARS].sum(axis=1), seen_s),
    )


def reserved_car_share(facts: BayFacts) -> float | None:
    """Return the mean number of cars in reserved time as a share of it; None where no reserved time was seen."""
    seen_s = facts.seen_s[:, RESERVED].sum()
    if seen_s <= 0:
        return None
    return float(facts.vehicle_s[:, RESERVED][..., _CARS].sum() / seen_s)


def never_shared(facts: BayFacts, kind: int, start_min: int, end_min: int) -> bool:
    """Tell whether a time of a kind of day was never seen outside reserved windows; ends are half-open minutes."""
    bins = slice(start_min // 30, -(-end_min // 30))
    return bool(facts.seen_s[kind, SHARED, bins].sum() <= 0)


def _ratio(
    part: NDArray[np.float64] | NDArray[np.int64], whole: Floats
) -> tuple[float | None, ...]:
    return tuple(
        round(float(p) / float(w), DECIMALS) if w > 0 else None
        for p, w in zip(part, whole, strict=True)
    )
