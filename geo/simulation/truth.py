"""What is true of each simulated bay: rates, stays, behaviour and rules, as drawn and as ``truth.json`` keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.facts.bay_facts import BINS
from geo.simulation.events import Drivers
from geo.simulation.profiles import (
    CAR_DAY,
    CAR_HOURS,
    CAR_KERB_M,
    CAR_SATURDAY_SHAPE,
    CAR_SUNDAY_SHAPE,
    CLASS_OF_KIND,
    DELIVERIES,
    KINDS,
    NIGHT_FROM_H,
    NIGHT_SHARE,
    SATURDAY_SHAPE,
    SUNDAY_SHAPE,
    WEEKDAY_FACTORS,
    Behaviour,
    City,
    LandUse,
)
from geo.study.words import DEFAULT_LENGTH_M
from geo.words import TimeRule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARE_RANGE = (0.02, 0.98)
"""Shares of behaviour stay away from 0 and 1, where a bay could not be told from another (assumption)."""


@dataclass(frozen=True)
class Common:
    """What all bays of a city share; axes ``U`` land uses, ``D`` kinds of day, ``S`` half hours, ``K`` kinds of driver.

    Attributes
    ----------
    land_uses
        Names, the axis ``U``.
    delivery_shape
        Shape ``(U, D, S)``: sums over S to 1 on weekdays, and to the share of a weekday on the other days.
    car_shape
        Shape ``(D, S)``, likewise.
    night_share
        Shape ``(S,)``, share of the cars that come for the night.
    length_m
        Shape ``(K,)``.
    day_cv_bay, day_cv_city
        Coefficients of variation of the day effects, lognormal with mean 1. Deliveries have one of the city and one
        of the bay, cars another one of the bay.
    growth_per_week
        Growth of deliveries from week to week.
    weekday_factors
        Factors of Monday to Friday, mean 1.
    """

    land_uses: tuple[str, ...]
    delivery_shape: Floats
    car_shape: Floats
    night_share: Floats
    length_m: Floats
    day_cv_bay: float
    day_cv_city: float
    growth_per_week: float
    weekday_factors: tuple[float, ...]


@dataclass(frozen=True)
class TruthBay:
    """The truth of one bay.

    Attributes
    ----------
    uses
        Shape ``(U,)``, shares of the land uses in its profile.
    shift
        Half hours by which its deliveries come later than those of its land uses.
    deliveries_per_weekday
        Expected deliveries that would like to stop, at mean day effect.
    kind_share
        Shape ``(DELIVERIES,)``.
    cars_per_weekday
        Expected cars that would like to stop were the bay shared all day.
    long_share
        Share of long stays among those that are not for the night.
    stay_mu, stay_sigma
        Shape ``(K,)``, mean (log minutes) and standard deviation of the logarithm of stays.
    rho, kappa, keeps_deliveries, keeps_cars, retry
        Behaviour, as ``geo.simulation.profiles.Behaviour`` has it.
    versions
        Rules in force from their first local day on, in order: ``(first day's index, rules)``, the first at 0.
    overflow_row, overflow_share
        Row of the neighbour whose refused drivers try this bay next, and the share that does; None: of no bay.
    """

    bay_id: str
    length_m: float
    uses: Floats
    shift: int
    deliveries_per_weekday: float
    kind_share: Floats
    cars_per_weekday: float
    long_share: float
    stay_mu: Floats
    stay_sigma: Floats
    rho: float
    kappa: float
    keeps_deliveries: float
    keeps_cars: float
    retry: float
    versions: tuple[tuple[int, tuple[TimeRule, ...]], ...]
    common: Common
    overflow_row: int | None = None
    overflow_share: float = 0.0

    @property
    def rules(self) -> tuple[TimeRule, ...]:
        """Rules at the end of the period."""
        return self.versions[-1][1]

    @property
    def rate_per_h(self) -> Floats:
        """Drivers per hour who would like to stop were the hour shared, shape ``(D, S, K)``, at mean day effect."""
        shape = np.roll(np.tensordot(self.uses, self.common.delivery_shape, 1), self.shift, axis=1)
        deliveries = self.deliveries_per_weekday * shape[..., None] * self.kind_share
        cars = self.cars_per_weekday * self.common.car_shape
        night = cars * self.common.night_share
        by_day = cars - night
        split = [by_day * (1 - self.long_share), by_day * self.long_share, night]
        return 2.0 * np.concatenate([deliveries, np.stack(split, axis=-1)], axis=-1)

    def drivers(self) -> Drivers:
        """Return how drivers behave here, over ``KINDS``."""
        delivers = np.arange(len(KINDS)) < DELIVERIES
        return Drivers(
            self.common.length_m,
            np.where(delivers, 1.0, self.rho),
            np.where(delivers, 0.0, self.kappa),
            np.where(delivers, self.keeps_deliveries, self.keeps_cars),
            np.where(delivers, self.retry, 0.0),
        )


@dataclass(frozen=True)
class Kerb:
    """What is given of a bay before its truth is drawn."""

    bay_id: str
    length_m: float
    rules: tuple[TimeRule, ...]


def common_of(city: City) -> Common:
    """Return what the bays of a city share."""
    return Common(
        tuple(use.name for use in city.land_uses),
        np.stack([_delivery_shape(use) for use in city.land_uses]),
        _car_shape(),
        np.where(np.arange(BINS) >= 2 * NIGHT_FROM_H, NIGHT_SHARE, 0.0),
        np.array([DEFAULT_LENGTH_M[name] for name in CLASS_OF_KIND]),
        city.day_cv_bay,
        city.day_cv_city,
        city.growth_per_week,
        WEEKDAY_FACTORS,
    )


def draw_truth(kerbs: Sequence[Kerb], city: City, rng: np.random.Generator) -> tuple[TruthBay, ...]:
    """Draw the truth of each bay: land uses, level, stays and behaviour are its own."""
    n, common = len(kerbs), common_of(city)
    uses = _uses(n, city, rng)
    shift = rng.integers(-1, 2, n)
    length_m = np.array([kerb.length_m for kerb in kerbs])
    level = uses @ np.array([use.deliveries for use in city.land_uses])
    level *= city.deliveries_per_day * rng.lognormal(0.0, city.level_sigma, n)
    level = np.clip(level * np.sqrt(length_m / CAR_KERB_M), *city.deliveries_range)
    cars = uses @ np.array([use.cars_per_day for use in city.land_uses])
    cars *= rng.lognormal(0.0, city.car_sigma, n) * np.sqrt(length_m / CAR_KERB_M)
    long_share = uses @ np.array([use.long_share for use in city.land_uses])
    kind_share = _kind_shares(n, city, rng)
    stays = [city.stays[kind] for kind in KINDS]
    mu = np.log([stay.median_min for stay in stays])
    mu = mu + rng.normal(0.0, city.stay_spread, (n, len(KINDS)))
    mu[:, KINDS.index("night_car")] = np.log(city.stays["night_car"].median_min)
    sigma = np.array([stay.sigma for stay in stays])
    shares = _shares(n, city.behaviour, rng)
    return tuple(
        TruthBay(
            kerb.bay_id,
            kerb.length_m,
            uses[i],
            int(shift[i]),
            float(level[i]),
            kind_share[i],
            float(cars[i]),
            float(long_share[i]),
            mu[i],
            sigma,
            *shares[i],
            city.behaviour.retry,
            ((0, kerb.rules),),
            common,
        )
        for i, kerb in enumerate(kerbs)
    )


def with_rules(bay: TruthBay, rules: tuple[TimeRule, ...], from_day: int = 0) -> TruthBay:
    """Return a bay with other rules from a day on; those of earlier days are kept."""
    before = tuple(version for version in bay.versions if version[0] < from_day)
    return replace(bay, versions=(*before, (from_day, rules)))


def half_hours(weights: Sequence[float]) -> Floats:
    """Return hourly weights as half-hourly ones that run smoothly round the clock, shape ``(48,)``, sum 1."""
    at = (np.arange(BINS) + 0.5) / 2
    smooth = np.interp(at, np.arange(24) + 0.5, weights, period=24)
    return np.asarray(smooth / smooth.sum())


def _delivery_shape(use: LandUse) -> Floats:
    saturday = np.multiply(use.hours, SATURDAY_SHAPE)
    sunday = np.multiply(use.hours, SUNDAY_SHAPE)
    shapes = [half_hours(use.hours), half_hours(saturday.tolist()), half_hours(sunday.tolist())]
    return np.asarray(np.stack(shapes) * np.array([1.0, use.saturday, use.sunday])[:, None])


def _car_shape() -> Floats:
    factors = [(1.0,) * 24, CAR_SATURDAY_SHAPE, CAR_SUNDAY_SHAPE]
    shapes = [half_hours(np.multiply(CAR_HOURS, factor).tolist()) for factor in factors]
    return np.asarray(np.stack(shapes) * np.array(CAR_DAY)[:, None])


def _uses(n: int, city: City, rng: np.random.Generator) -> Floats:
    """Return for each bay a main land use and some of the others."""
    share = np.array([use.share for use in city.land_uses])
    share = share / share.sum()
    main = np.eye(len(share))[rng.choice(len(share), n, p=share)]
    others = rng.dirichlet(4 * share, n)
    mix = np.clip(rng.exponential(city.mix, n), 0, 0.6)[:, None]
    return np.asarray((1 - mix) * main + mix * others)


def _kind_shares(n: int, city: City, rng: np.random.Generator) -> Floats:
    base = np.array([city.shares.get(kind, 0.0) for kind in KINDS[:DELIVERIES]])
    share = np.tile(base, (n, 1))
    share[:, KINDS.index("truck")] *= rng.lognormal(0.0, city.truck_spread, n)
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def _shares(
    n: int, behaviour: Behaviour, rng: np.random.Generator
) -> list[tuple[float, float, float, float]]:
    """Return rho, kappa and the two shares that keep the maximum stay."""
    means = [
        behaviour.rho,
        behaviour.kappa,
        behaviour.keeps_deliveries,
        behaviour.keeps_cars,
    ]
    drawn = np.array(means) + behaviour.spread * rng.standard_normal((n, 4))
    kept = np.clip(drawn, *SHARE_RANGE) if behaviour.spread else drawn
    return [(float(rho), float(kappa), float(own), float(cars)) for rho, kappa, own, cars in kept]
