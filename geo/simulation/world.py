"""One simulated period: demand, room at the kerb under the rules, and what was seen of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.occupancy import SeenArrays, StayArrays
from geo.rules import WEEK
from geo.simulation.clock import Calendar, timetable
from geo.simulation.demand import city_effect, day_factors, draw_arrivals, stream
from geo.simulation.events import Arrivals, Parked, Timetable, park
from geo.simulation.observed import Told, chosen, misread, observed
from geo.simulation.outages import UnseenArrays, draw_unseen, seen_between
from geo.simulation.profiles import CLASS_OF_KIND, City
from geo.simulation.truth import Kerb, TruthBay, draw_truth
from geo.words import VEHICLE_CLASSES, TimeRule

Bays = Sequence[TruthBay] | Mapping[int, TruthBay]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WARM_UP_DAYS = 2
"""Days before the period that fill the kerb: night cars are there when it begins."""

NEXT_DOOR_S = (30, 120)
"""Seconds from a refusal to the try at the neighbour (assumption)."""

_CLASSES = np.array([VEHICLE_CLASSES.index(name) for name in CLASS_OF_KIND], np.int8)


@dataclass(frozen=True)
class Setting:
    """What all bays of one simulation share."""

    calendar: Calendar
    city: City
    seed: int

    @cached_property
    def whole(self) -> Calendar:
        """The calendar with the days that warm up."""
        return self.calendar.before(WARM_UP_DAYS)

    @cached_property
    def weekdays(self) -> Ints:
        """Day of the week of each day of ``whole``, 7 on public holidays."""
        holidays_on = self.whole.holidays_on
        names = [len(WEEK) if on in holidays_on else on.weekday() for on in self.whole.days]
        return np.array(names, np.int64)

    @cached_property
    def city_factors(self) -> Floats:
        """Factor of each day of ``whole`` on all deliveries: the city's day effect, and growth from the first day."""
        days = np.arange(len(self.whole.days)) - WARM_UP_DAYS
        growth = (1.0 + self.city.growth_per_week) ** (days / 7.0)
        return city_effect(self.city.day_cv_city, len(days), self.seed) * growth


@dataclass(frozen=True)
class BayRun:
    """What happened at one bay, warm-up included, on the clock of epoch seconds."""

    arrivals: Arrivals
    parked: Parked


@dataclass(frozen=True)
class World:
    """A simulated period of some bays."""

    rows: range
    """Their rows on the axis of all bays; the ``bay`` columns name these."""
    true_stays: StayArrays
    """Exact seconds, seen or not, warm-up included."""
    told: Told
    unseen: UnseenArrays
    seen: SeenArrays


def run_bay(row: int, bays: Bays, setting: Setting) -> BayRun:
    """Let everybody arrive at one bay; each row has its own chance, whatever else is simulated."""
    bay, seed, whole = bays[row], stream(setting.seed, 6, row), setting.whole
    factors = day_factors(bay, setting.weekdays, setting.city_factors, seed)
    arrivals = draw_arrivals(bay, whole, whole.kinds, factors, seed)
    if bay.overflow_row is not None:
        refused = run_bay(bay.overflow_row, bays, setting)
        rng = np.random.default_rng((setting.seed, 15, row))
        arrivals = _with_refused(arrivals, refused, bay.overflow_share, rng)
    versions = tuple((first + WARM_UP_DAYS if first else 0, rules) for first, rules in bay.versions)
    parked = park(arrivals, _timetable(versions, whole), bay.drivers(), bay.length_m, seed)
    return BayRun(arrivals, parked)


def simulate(rows: range, bays: Bays, setting: Setting) -> World:
    """Simulate some bays over whole local days; the same arguments give the same world.

    Parameters
    ----------
    rows
        Which bays.
    bays
        By row; those whose refused drivers come here are needed too.
    setting
        Period, city and seed.
    """
    true_stays = _joined([_stays(row, run_bay(row, bays, setting)) for row in rows])
    calendar, detector = setting.calendar, setting.city.detector
    unseen = draw_unseen(rows, calendar, setting.city.outages, setting.seed)
    seen = seen_between(unseen, rows, calendar.start_s, calendar.end_s)
    read = true_stays
    if detector is not None:
        bounds = np.searchsorted(true_stays.bay, np.arange(rows.start, rows.stop + 1))
        read = _joined(
            [
                misread(
                    chosen(true_stays, slice(int(bounds[i]), int(bounds[i + 1]))),
                    detector,
                    np.random.default_rng((setting.seed, 7, row)),
                )
                for i, row in enumerate(rows)
            ]
        )
    return World(rows, true_stays, observed(read, seen), unseen, seen)


def simulate_kerbs(
    kerbs: Sequence[Kerb], calendar: Calendar, city: City, seed: int
) -> tuple[tuple[TruthBay, ...], World]:
    """Draw the truth of some kerbs and simulate all of them at once."""
    bays = draw_truth(kerbs, city, np.random.default_rng((seed, 0)))
    return bays, simulate(range(len(bays)), bays, Setting(calendar, city, seed))


@lru_cache(maxsize=512)
def _timetable(
    versions: tuple[tuple[int, tuple[TimeRule, ...]], ...], calendar: Calendar
) -> Timetable:
    return timetable(versions, calendar)


def _with_refused(
    own: Arrivals, neighbour: BayRun, share: float, rng: np.random.Generator
) -> Arrivals:
    """Return arrivals with a share of those whom a neighbour has refused for good."""
    there = neighbour.arrivals
    refused = (neighbour.parked.parked_s < 0) & (neighbour.parked.tries > 0)
    comes = refused & (rng.random(len(refused)) < share)
    later_s = there.at_s[comes] + rng.integers(*NEXT_DOOR_S, int(comes.sum()))
    at_s = np.concatenate([own.at_s, later_s])
    order = np.argsort(at_s, kind="stable")
    return Arrivals(
        at_s[order],
        np.concatenate([own.kind, there.kind[comes]])[order],
        np.concatenate([own.stay_s, there.stay_s[comes]])[order],
    )


def _stays(row: int, run: BayRun) -> StayArrays:
    there = run.parked.parked_s >= 0
    order = np.argsort(run.parked.parked_s[there], kind="stable")
    rows = np.flatnonzero(there)[order]
    return StayArrays(
        np.full(len(rows), row, np.int32),
        _CLASSES[run.arrivals.kind[rows]],
        run.parked.parked_s[rows],
        run.parked.departed_s[rows],
    )


def _joined(parts: Sequence[StayArrays]) -> StayArrays:
    if not parts:
        return StayArrays.of([], [], [], [])
    return StayArrays(
        np.concatenate([part.bay for part in parts]),
        np.concatenate([part.vehicle_class for part in parts]),
        np.concatenate([part.arrived_s for part in parts]),
        np.concatenate([part.departed_s for part in parts]),
    )
