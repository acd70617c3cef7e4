"""Attempts to stop at each bay: a Poisson process by bay, day and hour with day effects, seeded."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind, day_kind
from geo.simulation.profiles import (
    CAR_DAY,
    CAR_HOURS,
    DELIVERY_CLASSES,
    DELIVERY_STAYS,
    LAND_USES,
    LONG_CAR,
    LONG_CAR_SHARE,
    NIGHT_CAR,
    NIGHT_FROM_H,
    NIGHT_SHARE,
    SHORT_CAR,
    WEEKDAY_FACTORS,
    Behaviour,
    LandUse,
    StayLength,
)
from geo.words import VEHICLE_CLASSES, Bay, VehicleClass

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOURS = 24
CAR = VEHICLE_CLASSES.index(VehicleClass.CAR)


@dataclass(frozen=True)
class Places:
    """Bays with what their surroundings ask for."""

    bays: Sequence[Bay]
    land_use: Ints
    """Shape ``(B,)``, index into ``LAND_USES``."""
    level: Floats
    """Shape ``(B,)``, factor on the demand of the land use, median 1."""
    rho: Floats
    """Shape ``(B,)``, share of car demand that parks in reserved hours."""


@dataclass(frozen=True)
class Calendar:
    """The days of a simulation."""

    days: tuple[date, ...]
    time_zone: str
    holidays_on: AbstractSet[date] = frozenset()

    def kinds(self) -> list[DayKind]:
        """Return the kind of each day."""
        return [day_kind(on, self.holidays_on) for on in self.days]

    def hour_starts_s(self) -> Ints:
        """Return the epoch second at which each local hour starts, shape ``(D, 24)``."""
        zone = ZoneInfo(self.time_zone)
        return np.array(
            [
                [
                    int(datetime.combine(on, time(hour), tzinfo=zone).timestamp())
                    for hour in range(HOURS)
                ]
                for on in self.days
            ],
            np.int64,
        )


@dataclass(frozen=True)
class Attempts:
    """Drivers who would like to stop, sorted by bay and time, not yet knowing whether there is room."""

    bay: Ints
    day: Ints
    """Index into the days of the calendar."""
    vehicle_class: Ints
    at_s: Ints
    """Epoch second."""
    length_s: Floats
    """Intended stay in seconds."""
    delivers: NDArray[np.bool_]


def draw_places(bays: Sequence[Bay], behaviour: Behaviour, rng: np.random.Generator) -> Places:
    """Give each bay a land use, a level of demand and a share of cars that ignore its reserved hours."""
    shares = np.array([use.share for use in LAND_USES])
    land_use = rng.choice(len(LAND_USES), len(bays), p=shares / shares.sum())
    level = rng.lognormal(0.0, behaviour.bay_spread, len(bays))
    rho = np.clip(rng.normal(behaviour.rho, behaviour.rho_spread, len(bays)), 0.02, 0.98)
    return Places(bays, land_use.astype(np.int64), level, rho)


def draw_attempts(
    places: Places, calendar: Calendar, behaviour: Behaviour, rng: np.random.Generator
) -> Attempts:
    """Draw deliveries and cars for all bays and days."""
    city = _day_effect(behaviour.day_cv_city, (1, len(calendar.days)), rng)
    own = _day_effect(behaviour.day_cv_bay, (len(places.bays), len(calendar.days)), rng)
    effect = city * own * places.level[:, None]
    starts_s = calendar.hour_starts_s()
    deliveries = _points(_delivery_rates(places, calendar) * effect[..., None], starts_s, rng)
    cars = _points(_car_rates(places, calendar) * own[..., None], starts_s, rng)
    kind = _delivery_classes(len(deliveries[0]), rng)
    return _sorted(
        Attempts(
            np.concatenate([deliveries[0], cars[0]]),
            np.concatenate([deliveries[1], cars[1]]),
            np.concatenate([kind, np.full(len(cars[0]), CAR)]),
            np.concatenate([deliveries[3], cars[3]]),
            60 * np.concatenate([_delivery_lengths(kind, rng), _car_lengths(cars[2], rng)]),
            np.repeat([True, False], [len(kind), len(cars[0])]),
        )
    )


def _day_effect(cv: float, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Return lognormal factors of mean 1 and a given coefficient of variation."""
    sigma = np.sqrt(np.log1p(cv * cv))
    return rng.lognormal(-sigma * sigma / 2, sigma, shape)


def _delivery_rates(places: Places, calendar: Calendar) -> Floats:
    """Return expected deliveries by bay, day and local hour at level 1, shape ``(B, D, 24)``."""
    by_use = np.stack([_use_rates(use, calendar) for use in LAND_USES])
    return np.asarray(by_use[places.land_use])


def _use_rates(use: LandUse, calendar: Calendar) -> Floats:
    factor = {DayKind.WEEKDAY: 1.0, DayKind.SATURDAY: use.saturday, DayKind.SUNDAY: use.sunday}
    of_day = [
        factor[kind] * (WEEKDAY_FACTORS[on.weekday()] if kind is DayKind.WEEKDAY else 1.0)
        for on, kind in zip(calendar.days, calendar.kinds(), strict=True)
    ]
    hours = np.array(use.delivery_hours)
    return use.deliveries_per_day * np.outer(of_day, hours / hours.sum())


def _car_rates(places: Places, calendar: Calendar) -> Floats:
    """Return expected cars by bay, day and local hour, shape ``(B, D, 24)``; longer bays draw more."""
    per_day = np.array([use.cars_per_day for use in LAND_USES])[places.land_use]
    room = np.array([bay.capacity for bay in places.bays]) / 2.0
    of_day = np.array([CAR_DAY[kind] for kind in calendar.kinds()])
    hours = np.array(CAR_HOURS)
    daily = per_day * np.sqrt(places.level) * np.sqrt(room)
    return np.asarray(daily[:, None, None] * np.outer(of_day, hours / hours.sum()))


def _points(
    rates: Floats, starts_s: Ints, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints]:
    """Draw Poisson points: bay, day, local hour and epoch second of each."""
    counts = rng.poisson(rates)
    bay, day, hour = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    at_s = starts_s[day, hour] + rng.integers(0, 3600, len(bay))
    return bay, day, hour, at_s


def _delivery_classes(n: int, rng: np.random.Generator) -> Ints:
    shares = np.array([DELIVERY_CLASSES[kind] for kind in VEHICLE_CLASSES])
    return rng.choice(len(VEHICLE_CLASSES), n, p=shares / shares.sum()).astype(np.int64)


def _delivery_lengths(kind: Ints, rng: np.random.Generator) -> Floats:
    """Return lengths in minutes."""
    medians = np.array([DELIVERY_STAYS[one].median_min for one in VEHICLE_CLASSES])
    sigmas = np.array([DELIVERY_STAYS[one].sigma for one in VEHICLE_CLASSES])
    return np.asarray(medians[kind] * np.exp(sigmas[kind] * rng.standard_normal(len(kind))))


def _car_lengths(hour: Ints, rng: np.random.Generator) -> Floats:
    """Return lengths in minutes: short by day, some long, many for the night in the evening."""
    n = len(hour)
    by_night = (hour >= NIGHT_FROM_H) & (rng.random(n) < NIGHT_SHARE)
    is_long = rng.random(n) < LONG_CAR_SHARE
    drawn = np.where(is_long, _lognormal(LONG_CAR, n, rng), _lognormal(SHORT_CAR, n, rng))
    return np.where(by_night, _lognormal(NIGHT_CAR, n, rng), drawn)


def _lognormal(length: StayLength, n: int, rng: np.random.Generator) -> Floats:
    return length.median_min * np.exp(length.sigma * rng.standard_normal(n))


def _sorted(attempts: Attempts) -> Attempts:
    order = np.lexsort((attempts.at_s, attempts.bay))
    return select(attempts, order)


def select(attempts: Attempts, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Attempts:
    """Return some attempts, by position or mask."""
    return Attempts(
        attempts.bay[rows],
        attempts.day[rows],
        attempts.vehicle_class[rows],
        attempts.at_s[rows],
        attempts.length_s[rows],
        attempts.delivers[rows],
    )
