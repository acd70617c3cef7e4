"""Figures of one bay over a period of whole days: its week, who stops there, for how long, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind, day_kind, days
from geo.commune_month import begun_stays
from geo.dated_rules import Periods
from geo.intervals import Interval, day_weights, share_interval
from geo.local_time import EPOCH_ON, midnight_s
from geo.occupancy import SeenArrays, SlotFigures, StayArrays, only
from geo.reserved import reserved_slots
from geo.stays_figures import Dwell, Overstays, durations_min, dwell, overstay_flags
from geo.sums import Sums, day_index, sum_slots, total, typical_week
from geo.words import SLOT_S, VEHICLE_CLASSES, TimeRule, VehicleClass

DAY_KINDS = tuple(DayKind)

DWELL_FROM_MIN = tuple(range(0, 125, 5))
"""Lower ends of the classes of dwell times in minutes, five minutes wide; the last one is open.

A parameter of ours: maximum stays in force are multiples of five minutes, so that each lies on an edge.
"""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class RulesFrom:
    """The rules of a bay since a local day; in force until the next ones."""

    from_on: date | None
    """First local day; None for the oldest known, which nobody can date."""
    rules: tuple[TimeRule, ...]


@dataclass(frozen=True)
class Observed:
    """What was observed of one bay over whole local days, less what an officer excluded.

    Attributes
    ----------
    capacity
        Vehicles that fit.
    figures
        One bay; the slots of the period and no others.
    stays, seen
        Over a bays axis of length one; all that touch the period, in any order.
    rules
        Oldest first; the first is in force since before the period or since nobody knows when.
    """

    capacity: int
    figures: SlotFigures
    stays: StayArrays
    seen: SeenArrays
    rules: Sequence[RulesFrom]
    time_zone: str
    holidays_on: AbstractSet[date] = frozenset()
    periods: Periods = field(default_factory=dict)
    """Named sets of days; a rule whose days are not among them is left out."""


@dataclass(frozen=True)
class DwellCounts:
    """How many stays of one class lasted how long, of those that were seen to end; lists over ``DWELL_FROM_MIN``."""

    limited: tuple[int, ...]
    """Begun while a rule set a maximum stay."""
    free: tuple[int, ...]
    """Begun at any other time."""
    overstays: Overstays


@dataclass(frozen=True)
class BayPeriod:
    """Figures of one bay; None where nothing was seen."""

    coverage: float
    occupancy: Interval
    full_share: float | None
    reserved_occupancy: Interval
    """In reserved hours, by the rules in force at the time."""
    reserved_full_share: float | None
    stays: int | None
    """Arrivals seen."""
    turnover: Interval
    """Stays begun per place and hour of seen time."""
    arrivals_per_day: Mapping[VehicleClass | None, Interval]
    """Arrivals per 24 hours of seen time, of each class, and of all under None."""
    time_mix: Mapping[VehicleClass, float]
    """Shares of the vehicles' time, summing to 1; empty where there was no vehicle."""
    arrival_mix: Mapping[VehicleClass, float]
    """Shares of the arrivals, summing to 1; empty where there was none."""
    week: Sums
    """One bay, 168 hours."""
    dwell: Mapping[VehicleClass, DwellCounts]
    lasting: Dwell
    """Of all classes together."""


def bay_period(observed: Observed, from_on: date, to_on: date, seed: int = 0) -> BayPeriod:
    """Return the figures of a bay over the half-open local days ``[from_on, to_on)``.

    Parameters
    ----------
    seed
        Of the resampling behind the intervals: same facts and seed, same figures.
    """
    capacity = np.array([observed.capacity], np.int64)
    figures = observed.figures
    kinds = (DAY_KINDS.index(day_kind(on, observed.holidays_on)) for on in days(from_on, to_on))
    weights = _weights(tuple(kinds), seed)
    daily = _by_day(figures, capacity, observed, from_on, to_on)
    reserved = only(figures, _reserved(observed)[None])
    reserved_daily = _by_day(reserved, capacity, observed, from_on, to_on)
    whole = total(figures, capacity)
    begun = _begun(observed, from_on, to_on)
    was_seen = bool(whole.seen_s.any())
    return BayPeriod(
        coverage=float(np.nan_to_num(whole.coverage).item()),
        occupancy=share_interval(daily.occupied_s[0], daily.place_s[0], weights),
        full_share=_known(whole.full_share.item()),
        reserved_occupancy=share_interval(
            reserved_daily.occupied_s[0], reserved_daily.place_s[0], weights
        ),
        reserved_full_share=_known(total(reserved, capacity).full_share.item()),
        stays=int(whole.arrivals.sum()) if was_seen else None,
        turnover=share_interval(daily.arrivals[0].sum(axis=0) * 3600, daily.place_s[0], weights),
        arrivals_per_day=_arrivals_per_day(daily, weights),
        time_mix=_mix(whole.vehicle_s[0, :, 0]),
        arrival_mix=_mix(whole.arrivals[0, :, 0]),
        week=typical_week(figures, capacity, observed.time_zone),
        dwell=_dwell(observed, begun),
        lasting=dwell(begun),
    )


@lru_cache(maxsize=4)
def _weights(kinds: tuple[int, ...], seed: int) -> Ints:
    """Return the weights of resampled days, read-only: the bays of a commune share them."""
    weights = day_weights(np.array(kinds), seed)
    weights.setflags(write=False)
    return weights


def _by_day(
    figures: SlotFigures, capacity: Ints, observed: Observed, from_on: date, to_on: date
) -> Sums:
    first = (from_on - EPOCH_ON).days
    day = day_index(figures.start_s, figures.slots, observed.time_zone) - first
    return sum_slots(figures, capacity, day, (to_on - from_on).days)


def _reserved(observed: Observed) -> NDArray[np.bool_]:
    """Tell of each slot whether a rule of its time is in force, shape ``(T,)``."""
    figures, rules = observed.figures, observed.rules
    by_version = reserved_slots(
        [one.rules for one in rules],
        figures.start_s,
        figures.slots,
        observed.time_zone,
        observed.holidays_on,
        periods=observed.periods,
    )
    slot = np.arange(figures.slots, dtype=np.int64)
    return np.asarray(by_version[_version(figures.start_s + SLOT_S * slot, observed), slot])


def _version(at_s: Ints, observed: Observed) -> Ints:
    """Return which of the bay's rules were in force at each instant, as a position among them."""
    days_on = [one.from_on for one in observed.rules if one.from_on is not None]
    begins_s = [midnight_s(on, observed.time_zone) for on in days_on]
    return np.searchsorted(np.array(begins_s, np.int64), at_s, side="right").astype(np.int64)


def _arrivals_per_day(daily: Sums, weights: Ints) -> dict[VehicleClass | None, Interval]:
    by_class = daily.arrivals[0] * 86_400
    seen_s = daily.seen_s[0]
    return {
        None: share_interval(by_class.sum(axis=0), seen_s, weights),
        **{
            name: share_interval(part, seen_s, weights)
            for name, part in zip(VEHICLE_CLASSES, by_class, strict=True)
        },
    }


def _mix(parts: Ints) -> dict[VehicleClass, float]:
    whole = parts.sum()
    if whole == 0:
        return {}
    return {name: float(part / whole) for name, part in zip(VEHICLE_CLASSES, parts, strict=True)}


def _begun(observed: Observed, from_on: date, to_on: date) -> StayArrays:
    """Return the stays that count as arrivals of the period, those whose end was not seen left open."""
    start_s = midnight_s(from_on, observed.time_zone)
    end_s = midnight_s(to_on, observed.time_zone)
    return begun_stays(observed.stays, observed.seen, 1, start_s, end_s)


def _dwell(observed: Observed, begun: StayArrays) -> dict[VehicleClass, DwellCounts]:
    """Return dwell times by class, each stay judged by the rules of its arrival."""
    by_version = replace(begun, bay=_version(begun.arrived_s, observed).astype(np.int32))
    rules = [one.rules for one in observed.rules]
    limited, longer = overstay_flags(
        by_version, rules, observed.time_zone, observed.holidays_on, observed.periods
    )
    length = durations_min(begun)
    counts = {}
    for index, name in enumerate(VEHICLE_CLASSES):
        mine = ~np.isnan(length) & (begun.vehicle_class == index)
        counts[name] = DwellCounts(
            _histogram(length[mine & limited]),
            _histogram(length[mine & ~limited]),
            Overstays(int((mine & longer).sum()), int((mine & limited).sum())),
        )
    return counts


def _histogram(length_min: NDArray[np.float64]) -> tuple[int, ...]:
    counts, _ = np.histogram(length_min, np.array([*DWELL_FROM_MIN, np.inf]))
    return tuple(int(count) for count in counts)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
