"""The judge: the true outcome of any rule, and the best rule there is; it knows the truth and serves validation only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind
from geo.facts.bay_facts import BIN_S, BINS, DAY_KINDS, NOT_RESERVED
from geo.simulation.clock import DAY_S, cyclic_timetable
from geo.simulation.demand import city_effect, day_factors, draw_points, stream
from geo.simulation.events import Arrivals, Parked, Timetable, park
from geo.simulation.profiles import DELIVERIES
from geo.simulation.truth import TruthBay
from geo.study.words import Weights
from geo.whatif.outcome import DAY_KIND_OF, QUANTITIES, DayRule, WeekRule, score

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WARM_UP = 3
"""Days before the first that counts: nights last from one day to the next."""

_WEEKDAYS = {DayKind.WEEKDAY: (0, 1, 2, 3, 4), DayKind.SATURDAY: (5,), DayKind.SUNDAY: (6,)}


@dataclass(frozen=True)
class Trial:
    """Days that follow each other at one bay, on which any rule can be tried: the same drivers with the same luck.

    Attributes
    ----------
    bay
        Its truth.
    week
        Days of the week that repeat, 0..6 from Monday.
    days
        How many count; ``WARM_UP`` and what fills the last cycle come on top.
    seed
        Of demand, day effects and luck.
    """

    bay: TruthBay
    week: tuple[int, ...]
    days: int
    seed: int

    @cached_property
    def first(self) -> int:
        """Days before those that count: whole cycles."""
        cycle = len(self.week)
        return -(-WARM_UP // cycle) * cycle

    @cached_property
    def arrivals(self) -> Arrivals:
        """Who would like to stop, whatever the rule."""
        total = self.first + self.days
        weekday = np.resize(np.array(self.week), total)
        common = self.bay.common
        city = city_effect(common.day_cv_city, total, stream(self.seed, 11))
        factors = day_factors(self.bay, weekday, city, stream(self.seed, 12))
        kinds = np.array([DAY_KINDS.index(DAY_KIND_OF[day]) for day in self.week])
        cells = np.arange(total * BINS)
        return draw_points(
            self.bay,
            (cells * BIN_S, cells // BINS, cells % BINS),
            (np.resize(kinds, total), factors.deliveries, factors.cars),
            stream(self.seed, 13),
        )

    def outcome(self, rules: tuple[DayRule, ...]) -> Floats:
        """Return the mean outcome per day, shape ``(Q,)``; one rule for each day of the cycle."""
        timetable = cyclic_timetable(rules, self.first + self.days)
        arrivals, bay = self.arrivals, self.bay
        parked = park(arrivals, timetable, bay.drivers(), bay.length_m, stream(self.seed, 14))
        return _summed(bay, arrivals, parked, timetable, (self.first, self.days)) / self.days


def true_outcome(bay: TruthBay, rule: DayRule, kind: int, days: int, seed: int) -> Floats:
    """Return what truly comes of a rule on days of one kind, per day.

    Parameters
    ----------
    bay
        The truth of a bay.
    rule
        Windows of each day.
    kind
        Index into ``geo.facts.bay_facts.DAY_KINDS``; weekdays run from Monday to Friday over and over.
    days
        How many are simulated; one night leads to the next.
    seed
        The same seed tries all rules on the same drivers.

    Returns
    -------
    Shape ``(Q,)`` over ``geo.whatif.outcome.QUANTITIES``; ``unserved`` counts those who in the end found no room.
    """
    trial = day_trial(bay, kind, days, seed)
    return trial.outcome((rule,) * len(trial.week))


def true_week_outcome(bay: TruthBay, week: WeekRule, weeks: int, seed: int) -> Floats:
    """Return what truly comes of the rules of a week, mean per calendar day, shape ``(Q,)``."""
    return Trial(bay, tuple(range(7)), 7 * weeks, seed).outcome(week.days)


def day_trial(bay: TruthBay, kind: int, days: int, seed: int) -> Trial:
    """Return days of one kind on which rules can be tried."""
    return Trial(bay, _WEEKDAYS[DAY_KINDS[kind]], days, stream(seed, kind))


def true_score(trial: Trial, rule: DayRule, weights: Weights) -> float:
    """Return the points per day of one rule for all days of a trial; lower is better."""
    return float(score(trial.outcome((rule,) * len(trial.week)), weights))


def _summed(
    bay: TruthBay,
    arrivals: Arrivals,
    parked: Parked,
    timetable: Timetable,
    span: tuple[int, int],
) -> Floats:
    """Return summed quantities of the days that count."""
    start_s, end_s = span[0] * DAY_S, sum(span) * DAY_S
    counts = arrivals.at_s >= start_s
    delivers, there = arrivals.kind < DELIVERIES, parked.parked_s >= 0
    lost = arrivals.kind[counts & delivers & ~there]
    mean_min = np.exp(bay.stay_mu + bay.stay_sigma**2 / 2)
    cars = there & ~delivers
    car_s = np.clip(np.stack([parked.parked_s[cars], parked.departed_s[cars]]), start_s, end_s)
    reserved_s = np.diff(_reserved_until(timetable, car_s), axis=0).sum()
    all_s = np.diff(car_s, axis=0).sum()
    values = {
        "unserved": len(lost),
        "unserved_min": mean_min[lost].sum(),
        "shared_car_h": (all_s - reserved_s) / 3600,
        "reserved_car_h": reserved_s / 3600,
        "cut_short": (counts & delivers & parked.is_cut).sum(),
        "served": (counts & delivers & there).sum(),
        "arrivals": (counts & delivers).sum(),
    }
    return np.array([float(values[name]) for name in QUANTITIES])


def _reserved_until(timetable: Timetable, at_s: Ints) -> Ints:
    """Return the reserved seconds from the beginning of a timetable to some instants."""
    is_reserved = (timetable.limit_min != NOT_RESERVED).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(np.diff(timetable.from_s) * is_reserved[:-1])])
    part = np.searchsorted(timetable.from_s, at_s, side="right") - 1
    return np.asarray(before[part] + is_reserved[part] * (at_s - timetable.from_s[part]))
