"""Key figures of a commune over a period of whole days, from its stays and seen time."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind, day_kind, days
from geo.dated_rules import Periods
from geo.intervals import Interval, day_weights, median_interval, share_interval
from geo.local_time import EPOCH_ON, midnight_s
from geo.occupancy import (
    OPEN_S,
    SeenArrays,
    SlotFigures,
    StayArrays,
    arrival_counts,
    departures_seen,
    only,
    slot_figures,
)
from geo.reserved import reserved_slots
from geo.stays_figures import Dwell, Overstays, class_mix, durations_min, dwell, overstay_flags
from geo.sums import Sums, by_commune, day_index, local_s, local_slot_s, sum_slots, total
from geo.words import ENOUGH_COVERAGE, Bay

DAY_KINDS = tuple(DayKind)
HOURS = 24


@dataclass(frozen=True)
class Hour:
    """One hour of the day over all days of a kind; None where unseen."""

    occupancy: float | None
    coverage: float


@dataclass(frozen=True)
class BayFigures:
    """Figures of one bay; None where nothing was seen or no stay ended."""

    bay_id: str
    name: str
    occupancy: float | None
    coverage: float
    full_share: float | None
    stays: int
    turnover: float | None
    dwell_median_min: float | None
    overstay_share: float | None
    reserved_occupancy: float | None
    """Occupancy in reserved hours; None where there are none, or unseen."""
    reserved_full_share: float | None
    """Share of reserved seen time with no room left."""

    @property
    def enough_coverage(self) -> bool:
        """Whether enough was seen for the figures to be shown as figures."""
        return self.coverage >= ENOUGH_COVERAGE


@dataclass(frozen=True)
class CommuneMonth:
    """Figures of a commune over the half-open days ``[from_on, to_on)``."""

    from_on: date
    to_on: date
    coverage: float
    occupancy: Interval
    full_share: float | None
    stays: int
    turnover: Interval
    """Stays begun per place and hour of seen time."""
    dwell: Dwell
    dwell_median_min: Interval
    overstay_share: float | None
    class_mix: dict[str, float]
    """Shares of stays by class; empty where there is no stay."""
    weekday: tuple[Hour, ...]
    """Hours 0..23 of Mondays to Fridays."""
    weekend: tuple[Hour, ...]
    """Hours 0..23 of Saturdays, Sundays and public holidays."""
    bays: tuple[BayFigures, ...]
    """In the order given."""
    reserved_occupancy: Interval
    """Occupancy in reserved hours, each bay by its own rules."""
    reserved_full_share: float | None
    """Share of reserved seen time with no room left."""


@dataclass(frozen=True)
class Facts:
    """What was observed in the bays of a commune, and how its days are called."""

    bays: Sequence[Bay]
    """The bays axis of the arrays."""
    stays: StayArrays
    """All stays that touch the period, in any order."""
    seen: SeenArrays
    """Seen time less what an officer excluded."""
    time_zone: str
    holidays_on: AbstractSet[date] = frozenset()
    periods: Periods = field(default_factory=dict)
    """Named sets of days; a rule whose days are not among them is left out."""

    @property
    def capacity(self) -> NDArray[np.int64]:
        """Vehicles that fit in each bay, shape ``(B,)``."""
        return np.array([bay.capacity for bay in self.bays], np.int64)


def commune_month(facts: Facts, from_on: date, to_on: date, seed: int = 0) -> CommuneMonth:
    """Return the key figures of a commune.

    Parameters
    ----------
    facts
        At least one bay.
    from_on, to_on
        First local day, and the day after the last.
    seed
        Of the resampling behind the intervals: same facts and seed, same figures.
    """
    start_s, end_s = midnight_s(from_on, facts.time_zone), midnight_s(to_on, facts.time_zone)
    figures = slot_figures(facts.stays, facts.seen, facts.capacity, start_s, end_s)
    begun = _begun(facts, start_s, end_s)
    one = np.zeros(len(facts.bays), np.int64)
    whole = by_commune(total(figures, facts.capacity), one, 1)
    daily = by_commune(_by_day(figures, facts, from_on, to_on), one, 1)
    weights = day_weights(_kinds(facts, from_on, to_on), seed)
    weekday, weekend = _hours(figures, facts)
    long = _overstays(begun, facts)
    reserved = only(figures, _reserved(figures, facts))
    in_hours = by_commune(_by_day(reserved, facts, from_on, to_on), one, 1)
    bay_hours = total(reserved, facts.capacity)
    return CommuneMonth(
        from_on,
        to_on,
        float(whole.coverage.item()),
        share_interval(daily.occupied_s[0], daily.place_s[0], weights),
        _known(whole.full_share.item()),
        int(whole.arrivals.sum()),
        share_interval(daily.arrivals[0].sum(axis=0) * 3600, daily.place_s[0], weights),
        dwell(begun),
        _dwell_interval(begun, facts.time_zone, from_on, weights),
        Overstays(sum(o.longer for o in long), sum(o.limited for o in long)).share,
        class_mix(begun),
        weekday,
        weekend,
        _bays(total(figures, facts.capacity), bay_hours, begun, facts, long),
        share_interval(in_hours.occupied_s[0], in_hours.place_s[0], weights),
        _known(by_commune(bay_hours, one, 1).full_share.item()),
    )


def stays_where(stays: StayArrays, kept: NDArray[np.bool_]) -> StayArrays:
    """Return the stays marked true, in their order."""
    return StayArrays(
        stays.bay[kept], stays.vehicle_class[kept], stays.arrived_s[kept], stays.departed_s[kept]
    )


def begun_stays(
    stays: StayArrays, seen: SeenArrays, bays: int, start_s: int, end_s: int
) -> StayArrays:
    """Return the stays that count as arrivals of the period; those whose end was not seen are left open.

    Parameters
    ----------
    stays, seen
        Over the bays axis, in any order; seen time less what an officer excluded.
    bays
        Length of the axis.
    start_s, end_s
        Epoch seconds, half-open.
    """
    counts = arrival_counts(stays, seen, bays, start_s, end_s)
    ended = departures_seen(stays, seen, bays, start_s, end_s)
    departed_s = np.where(ended, stays.departed_s, OPEN_S)
    return stays_where(replace(stays, departed_s=departed_s), counts)


def _begun(facts: Facts, start_s: int, end_s: int) -> StayArrays:
    return begun_stays(facts.stays, facts.seen, len(facts.bays), start_s, end_s)


def _by_day(figures: SlotFigures, facts: Facts, from_on: date, to_on: date) -> Sums:
    first = (from_on - EPOCH_ON).days
    day = day_index(figures.start_s, figures.slots, facts.time_zone) - first
    return sum_slots(figures, facts.capacity, day, (to_on - from_on).days)


def _kinds(facts: Facts, from_on: date, to_on: date) -> NDArray[np.int64]:
    return np.array(
        [DAY_KINDS.index(day_kind(on, facts.holidays_on)) for on in days(from_on, to_on)]
    )


def _hours(figures: SlotFigures, facts: Facts) -> tuple[tuple[Hour, ...], tuple[Hour, ...]]:
    """Return the hours of weekdays, then of Saturdays, Sundays and holidays."""
    wall_s = local_slot_s(figures.start_s, figures.slots, facts.time_zone)
    free = np.array(
        [_is_free(int(day), facts) for day in range(wall_s[0] // 86400, wall_s[-1] // 86400 + 1)]
    )
    hour = wall_s % 86400 // 3600 + HOURS * free[wall_s // 86400 - wall_s[0] // 86400]
    sums = sum_slots(figures, facts.capacity, hour, 2 * HOURS)
    one = by_commune(sums, np.zeros(len(facts.bays), np.int64), 1)
    both = [
        Hour(_known(share), 0.0 if np.isnan(seen) else float(seen))
        for share, seen in zip(one.occupancy[0], one.coverage[0], strict=True)
    ]
    return tuple(both[:HOURS]), tuple(both[HOURS:])


def _is_free(day: int, facts: Facts) -> int:
    on = EPOCH_ON + timedelta(days=day)
    return int(day_kind(on, facts.holidays_on) is not DayKind.WEEKDAY)


def _dwell_interval(
    begun: StayArrays, time_zone: str, from_on: date, weights: NDArray[np.int64]
) -> Interval:
    length = durations_min(begun)
    ended = ~np.isnan(length)
    day = local_s(begun.arrived_s[ended], time_zone) // 86400 - (from_on - EPOCH_ON).days
    return median_interval(length[ended], day, weights)


def _overstays(begun: StayArrays, facts: Facts) -> list[Overstays]:
    """Return the overstays of each bay."""
    rules = [bay.rules for bay in facts.bays]
    limited, longer = overstay_flags(
        begun, rules, facts.time_zone, facts.holidays_on, facts.periods
    )
    counts = (
        np.bincount(begun.bay[flag], minlength=len(rules)).tolist() for flag in (longer, limited)
    )
    return [Overstays(*both) for both in zip(*counts, strict=True)]


def _reserved(figures: SlotFigures, facts: Facts) -> NDArray[np.bool_]:
    rules = [bay.rules for bay in facts.bays]
    return reserved_slots(
        rules,
        figures.start_s,
        figures.slots,
        facts.time_zone,
        facts.holidays_on,
        periods=facts.periods,
    )


def _bays(
    sums: Sums, in_hours: Sums, begun: StayArrays, facts: Facts, long: Sequence[Overstays]
) -> tuple[BayFigures, ...]:
    return tuple(
        _bay(
            bay,
            _place(sums, i),
            _place(in_hours, i),
            dwell(stays_where(begun, begun.bay == i)),
            long[i],
        )
        for i, bay in enumerate(facts.bays)
    )


def _place(sums: Sums, i: int) -> Sums:
    """Return the sums of one place."""
    return Sums(*(getattr(sums, part.name)[i : i + 1] for part in fields(Sums)))


def _bay(bay: Bay, sums: Sums, in_hours: Sums, lasting: Dwell, long: Overstays) -> BayFigures:
    return BayFigures(
        bay.bay_id,
        bay.name,
        _known(sums.occupancy.item()),
        float(sums.coverage.item()),
        _known(sums.full_share.item()),
        int(sums.arrivals.sum()),
        _known(sums.turnover.item()),
        lasting.median_min,
        long.share,
        _known(in_hours.occupancy.item()),
        _known(in_hours.full_share.item()),
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
