"""Who would like to stop at a kerb: Poisson points by half hour and kind with day effects, and how long each would stay."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, exp, log, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from geo.compiled import compiled
from geo.facts.bay_facts import BIN_S
from geo.simulation.clock import Calendar
from geo.simulation.events import Arrivals, chance
from geo.simulation.profiles import DELIVERIES
from geo.simulation.truth import TruthBay

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_COUNT, _WHEN, _WHO, _LONG, _SPREAD = 0, 1, 2, 3, 4
"""Streams of chance of the half hours and of the drivers."""

_LARGE_MEAN = 30.0
"""Above this a Poisson count is drawn in pieces, so that ``exp(-mean)`` keeps its digits."""


@dataclass(frozen=True)
class DayFactors:
    """Factors of each day on the demand of one bay, shape ``(Y,)`` each."""

    deliveries: Floats
    cars: Floats


def stream(*parts: int) -> int:
    """Return a seed of its own for each tuple of integers."""
    return int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0])


def city_effect(cv: float, days: int, seed: int) -> Floats:
    """Return the factor of each day that all bays share: lognormal, mean 1."""
    return _day_effect(cv, days, np.random.default_rng(stream(seed, 1)))


def day_factors(bay: TruthBay, weekday: Ints, city: Floats, seed: int) -> DayFactors:
    """Draw the day effects of a bay.

    Parameters
    ----------
    bay
        Its common truth gives the variation, the growth and the factors of weekdays.
    weekday
        Shape ``(Y,)``, 0..6 from Monday to Sunday; 7 for holidays.
    city
        Shape ``(Y,)``, see ``city_effect``.
    seed
        Of this bay.
    """
    common, days = bay.common, len(weekday)
    rng = np.random.default_rng(stream(seed, 2))
    known = np.concatenate([common.weekday_factors, [1.0, 1.0, 1.0]])[weekday]
    growth = (1.0 + common.growth_per_week) ** (np.arange(days) / 7.0)
    own, cars = (_day_effect(common.day_cv_bay, days, rng) for _ in range(2))
    return DayFactors(city * own * known * growth, cars)


def draw_arrivals(
    bay: TruthBay, calendar: Calendar, kinds: Ints, factors: DayFactors, seed: int
) -> Arrivals:
    """Draw who would like to stop at a bay along a calendar, in order of time.

    Parameters
    ----------
    bay
        The bay.
    calendar
        Its half hours carry the points.
    kinds
        Shape ``(Y,)``, kind of each day.
    factors
        Of each day.
    seed
        Of this bay.
    """
    return draw_points(
        bay,
        calendar.half_hours,
        (kinds, factors.deliveries, factors.cars),
        stream(seed, 3),
    )


def draw_points(
    bay: TruthBay,
    half_hours: tuple[Ints, Ints, Ints],
    days: tuple[Ints, Floats, Floats],
    seed: int,
) -> Arrivals:
    """Draw arrivals along half hours (start, day, half hour of the day) of days (kind, two factors)."""
    return Arrivals(
        *_points(
            bay.rate_per_h * (BIN_S / 3600),
            half_hours,
            days,
            (bay.stay_mu + log(60.0), bay.stay_sigma),
            np.uint64(seed),
        )
    )


def _day_effect(cv: float, days: int, rng: np.random.Generator) -> Floats:
    """Return lognormal factors of mean 1 and a given coefficient of variation."""
    sigma = sqrt(np.log1p(cv * cv))
    return rng.lognormal(-sigma * sigma / 2, sigma, days)


@compiled
def _points(
    mean: Floats,
    half_hours: tuple[Ints, Ints, Ints],
    days: tuple[Ints, Floats, Floats],
    stays: tuple[Floats, Floats],
    seed: np.uint64,
) -> tuple[Ints, Ints, Floats]:
    """Return instant, kind and stay of each driver; ``mean`` is by day kind, half hour and kind of driver."""
    start_s, day, half = half_hours
    cells, kinds = len(start_s), mean.shape[2]
    counts = np.zeros(cells, np.int64)
    shares = np.zeros((cells, kinds))
    for i in range(cells):
        total = _cumulate(
            mean[days[0][day[i]], half[i]], (days[1][day[i]], days[2][day[i]]), shares[i]
        )
        counts[i] = _poisson(total, seed, i)
    n = counts.sum()
    at_s, kind, stay_s = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n)
    row = 0
    for i in range(cells):
        first = row
        for _ in range(counts[i]):
            now_s = start_s[i] + np.int64(chance(seed, row, _WHEN) * BIN_S)
            j = row
            while j > first and at_s[j - 1] > now_s:
                at_s[j] = at_s[j - 1]
                j -= 1
            at_s[j] = now_s
            row += 1
        for j in range(first, row):
            kind[j] = _pick(shares[i], chance(seed, j, _WHO))
            stay_s[j] = exp(stays[0][kind[j]] + stays[1][kind[j]] * _normal(seed, j))
    return at_s, kind, stay_s


@compiled
def _cumulate(mean: Floats, factors: tuple[float, float], into: Floats) -> float:
    """Write the running shares of the kinds and return their summed mean."""
    total = 0.0
    for k in range(len(mean)):
        total += mean[k] * (factors[0] if k < DELIVERIES else factors[1])
        into[k] = total
    if total > 0.0:
        for k in range(len(mean)):
            into[k] /= total
    return total


@compiled
def _pick(running: Floats, u: float) -> int:
    """Return the first kind whose running share is above a uniform number."""
    for k in range(len(running) - 1):
        if u < running[k]:
            return k
    return len(running) - 1


@compiled
def _poisson(mean: float, seed: np.uint64, item: int) -> int:
    """Return a Poisson count, by adding up the probabilities of 0, 1, 2 and so on."""
    pieces = 1 + int(mean / _LARGE_MEAN)
    count = 0
    for piece in range(pieces):
        u = chance(seed, item, 8 * piece + 5 + _COUNT)
        p = exp(-mean / pieces)
        k = 0
        while u >= p > 0.0:
            u -= p
            k += 1
            p *= mean / pieces / k
        count += k
    return count


@compiled
def _normal(seed: np.uint64, item: int) -> float:
    """Return a standard normal number (Box and Muller 1958)."""
    return sqrt(-2.0 * log(1.0 - chance(seed, item, _LONG))) * cos(
        2.0 * pi * chance(seed, item, _SPREAD)
    )
