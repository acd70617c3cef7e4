"""Facts of invented bays with their truth: Poisson counts on given exposures, day effects, answers to rules."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.facts.bay_facts import (
    BIN_S,
    BINS,
    DAY_KINDS,
    DWELL_EDGES_MIN,
    FACT_KINDS,
    NOT_RESERVED,
    BayFacts,
)
from geo.study.words import DEFAULT_LENGTH_M, Audit, Period, RuleVersion, Search, Study, StudyBay
from geo.words import BayType, Day, TimeRule

Floats = NDArray[np.float64]

HOUR = (np.arange(BINS) + 0.5) / 2

WINDOWS_H = ((7, 20), (8, 12), (7, 12), (14, 19), (6, 11))
"""Reserved hours from Monday to Saturday that bays take in turn."""

LIMIT_MIN = 30


def peak(at_h: float, width_h: float) -> Floats:
    """Return a bump around an hour of the day."""
    away = np.minimum(np.abs(HOUR - at_h), 24 - np.abs(HOUR - at_h))
    return np.exp(-0.5 * (away / width_h) ** 2)


DELIVERIES = 0.03 + peak(9, 1.8) + 0.5 * peak(15, 2.0)
OTHERS = 0.03 + 0.6 * peak(7, 1.2) + peak(11, 1.6)
CARS = 0.15 + peak(9.5, 2.5) + peak(18, 3.0)


@dataclass(frozen=True)
class Invented:
    """What kind of commune is invented."""

    bays: int = 60
    weeks: int = 8
    is_uniform: bool = False
    saturday: float = 1.0
    sunday: float = 1.0
    rho: float = 0.38
    kappa: float = 0.7
    keeps: dict[str, float] = field(default_factory=lambda: {"van": 0.6, "truck": 0.6, "car": 0.4})
    open_share: float = 0.8
    cv_own: float = 0.15
    cv_city: float = 0.12
    own_shapes: float = 0.3


@dataclass(frozen=True)
class Truth:
    """True values behind the invented facts."""

    rate_per_h: Floats
    """Shape ``(B, D, 48, 4)``."""
    rho: Floats
    kappa: Floats
    mu: Floats
    """Shape ``(B, 4)``."""


MEDIAN_MIN = np.array([12.0, 22.0, 25.0, 240.0])
SIGMA = np.array([0.7, 0.6, 0.6, 0.35])


def invent(world: Invented, seed: int) -> tuple[list[BayFacts], Study, Truth]:
    """Return facts, study and truth of an invented commune."""
    rng = np.random.default_rng(seed)
    truth = _truth(world, rng)
    city = _effects(world.cv_city, (7 * world.weeks,), rng)
    windows = [WINDOWS_H[0 if world.is_uniform else i % 5] for i in range(world.bays)]
    facts = [_facts(world, (truth, i), windows[i], city, rng) for i in range(world.bays)]
    bays = tuple(_bay(i, window) for i, window in enumerate(windows))
    return facts, study_of(bays), truth


def study_of(bays: tuple[StudyBay, ...], audit: Audit | None = None) -> Study:
    """Return a study of some bays."""
    from datetime import date

    period = Period(date(2026, 3, 2), date(2026, 4, 26))
    return Study(period, bays, DEFAULT_LENGTH_M, Search(), audit or Audit(), (), "0" * 64)


def _bay(i: int, window: tuple[int, int]) -> StudyBay:
    days = (Day.MO, Day.TU, Day.WE, Day.TH, Day.FR, Day.SA)
    rules = (
        TimeRule(
            days=days,
            start=f"{window[0]:02}:00",
            end=f"{window[1]:02}:00",
            max_stay_min=LIMIT_MIN,
        ),
    )
    return StudyBay(
        f"b{i:03}", "69123", 15.0, 2, BayType.PERIODIC, rules, (RuleVersion(0, 1 << 40, rules),)
    )


def _effects(cv: float, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    sigma = np.sqrt(np.log1p(cv * cv))
    return rng.lognormal(-sigma * sigma / 2, sigma, shape)


def _truth(world: Invented, rng: np.random.Generator) -> Truth:
    n = world.bays
    level = np.clip(rng.lognormal(np.log(14.0), 0.6, n), 3, 60)
    mix = rng.beta(2, 2, n)
    shape = (
        mix[:, None] * DELIVERIES / DELIVERIES.sum() + (1 - mix)[:, None] * OTHERS / OTHERS.sum()
    )
    for periods in (1, 2, 3):
        phase = rng.uniform(0, 2 * np.pi, n)[:, None]
        swing = world.own_shapes * rng.standard_normal(n)[:, None] / periods
        shape = shape * np.exp(swing * np.cos(periods * 2 * np.pi * HOUR / 24 - phase))
    shape = shape / shape.sum(1, keepdims=True)
    cars = CARS / CARS.sum() * rng.lognormal(np.log(18.0), 0.4, n)[:, None]
    trucks = rng.uniform(0.08, 0.3, n)[:, None]
    long = rng.uniform(0.15, 0.35, n)[:, None]
    kinds = np.stack(
        [
            level[:, None] * shape * (1 - trucks),
            level[:, None] * shape * trucks,
            cars * (1 - long),
            cars * long,
        ],
        axis=2,
    )
    of_day = np.array([1.0, world.saturday, world.sunday])
    rate = 2 * kinds[:, None] * of_day[:, None, None]
    rho = 1 / (1 + np.exp(-(np.log(world.rho / (1 - world.rho)) + 0.3 * rng.standard_normal(n))))
    kappa = np.clip(rng.normal(world.kappa, 0.08, n), 0.05, 0.98)
    mu = np.log(MEDIAN_MIN) + 0.15 * rng.standard_normal((n, 4))
    return Truth(rate, rho, kappa, mu)


def _facts(
    world: Invented,
    one: tuple[Truth, int],
    window: tuple[int, int],
    city: Floats,
    rng: np.random.Generator,
) -> BayFacts:
    truth, i = one
    days = 7 * world.weeks
    weekday = np.arange(days) % 7
    kind = np.where(weekday == 6, 2, np.where(weekday == 5, 1, 0))
    in_window = (window[0] < HOUR) & (window[1] > HOUR)
    reserved = in_window[None] & (kind < 2)[:, None]
    effect = city * _effects(world.cv_own, (days,), rng)
    busy = truth.rate_per_h[i, 0].sum(1) / truth.rate_per_h[i, 0].sum(1).max()
    open_share = 1 - (1 - world.open_share) * busy[None, :, None] * np.array(
        [1.0, 1.6, 0.9, 0.9, 0.4, 1.0]
    )
    exposure = BIN_S * np.broadcast_to(open_share, (days, BINS, 6))
    rate = np.zeros((days, BINS, 6))
    rate[:, :, :4] = truth.rate_per_h[i][kind] * effect[:, None, None]
    rate[:, :, 2:4] *= np.where(reserved, truth.rho[i], 1.0)[:, :, None]
    counts = rng.poisson(rate * exposure / 3600)
    read = counts.copy()
    short = rng.binomial(np.where(reserved, counts[:, :, 3], 0), world.keeps["car"])
    read[:, :, 2] += short
    read[:, :, 3] -= short
    arrivals, exposures, seen = _by_kind(read, exposure, kind, reserved)
    stays = _Stays(truth.mu[i], [world.keeps[k] for k in ("van", "truck", "car", "car")])
    ended, vehicle_min = stays.drawn(counts, reserved, rng)
    mean_s = 60 * vehicle_min / np.maximum(counts.sum((0, 1)), 1)
    present, control = rng.binomial(days, 0.5, 2)
    natural = 0.1
    gone = rng.binomial(present, 1 - (1 - natural) * (1 - truth.kappa[i]))
    return BayFacts(
        arrivals=arrivals,
        exposure_s=exposures,
        seen_s=seen,
        vehicle_s=arrivals * mean_s,
        departures=arrivals,
        full_s=seen - exposures[..., 0],
        day_arrivals=counts.sum(1).astype(np.int64),
        day_exposure_s=exposure.sum(1),
        day_seen_s=np.full(days, 86_400.0),
        day_kind=kind.astype(np.int64),
        limits_min=np.array([NOT_RESERVED, LIMIT_MIN]),
        ended=ended,
        cut=np.zeros_like(ended),
        edge_present=int(present),
        edge_gone=int(gone),
        control_present=int(control),
        control_gone=int(rng.binomial(control, natural)),
    )


def _by_kind(
    counts: NDArray[np.int64],
    exposure: Floats,
    kind: NDArray[np.int64],
    reserved: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], Floats, Floats]:
    shape = (len(DAY_KINDS), 2, BINS, len(FACT_KINDS))
    arrivals, exposures, seen = np.zeros(shape, np.int64), np.zeros(shape), np.zeros(shape[:3])
    for d in range(len(DAY_KINDS)):
        for g in range(2):
            here = (kind == d)[:, None] & (reserved == bool(g))
            arrivals[d, g] = (counts * here[:, :, None]).sum(0)
            exposures[d, g] = (exposure * here[:, :, None]).sum(0)
            seen[d, g] = BIN_S * here.sum(0)
    return arrivals, exposures, seen


@dataclass(frozen=True)
class _Stays:
    mu: Floats
    keeps: list[float]

    def drawn(
        self, counts: NDArray[np.int64], reserved: NDArray[np.bool_], rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], Floats]:
        """Return stays by limit, kind and length, and minutes by kind."""
        ended = np.zeros((2, len(FACT_KINDS), len(DWELL_EDGES_MIN)), np.int64)
        minutes = np.zeros(len(FACT_KINDS))
        for row in range(2):
            for k in range(4):
                n = int((counts[:, :, k] * (reserved == bool(row))).sum())
                length = np.exp(self.mu[k] + SIGMA[k] * rng.standard_normal(n))
                keeps = (rng.random(n) < self.keeps[k]) & (row == 1)
                length = np.where(
                    keeps, np.minimum(length, LIMIT_MIN - rng.uniform(0, 4, n)), length
                )
                length = np.floor(length + rng.random(n))
                minutes[k] += length.sum()
                at = np.searchsorted(DWELL_EDGES_MIN, length, side="right") - 1
                observed = np.where(length >= 120, 3, 2) if k > 1 else np.full(n, k)
                np.add.at(ended[row], (observed, at), 1)
        return ended, minutes
