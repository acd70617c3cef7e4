"""T1, T2 and T13: demand is unbiased, its interval covers, and a neighbour's overflow is told from own demand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from validate_facts import _part, _study

from checks import Check, Figure, Scale
from geo.calendar import days
from geo.demand.estimate import estimate_all, learn
from geo.demand.overflow import PairFacts, pair_facts, split
from geo.facts.bay_facts import BayFacts
from geo.facts.sweep import bay_facts, study_facts
from geo.simulation.clock import Calendar
from geo.simulation.folder import Order, write_world
from geo.simulation.places import PARIS_RULE
from geo.simulation.profiles import Behaviour, City, Outages
from geo.simulation.regimes import Regime
from geo.simulation.truth import Kerb, draw_truth
from geo.simulation.truth_file import read_truth
from geo.simulation.world import Setting, simulate
from geo.study.folder import open_study
from geo.study.stays import StaysPart
from geo.study.words import Study

Floats = NDArray[np.float64]

MONDAY = date(2026, 6, 1)
PARIS = "Europe/Paris"
DELIVERIES = 2
LENGTHS_M = (12.0, 15.0, 18.0, 24.0)
HALF_WIDTHS = {2: 20.0, 4: 15.0, 8: 11.0}
"""Bars of T2 in percent, by weeks."""


def bias(scale: Scale) -> list[Figure]:
    """Estimate bays of four lengths without returns, detector errors, outages or day effects (T1)."""
    bays, weeks, seeds = (10, 6, (7,)) if scale is Scale.SMALL else (40, 12, (31, 32, 33))
    rows = np.concatenate([_biases(seed, bays, weeks) for seed in seeds])
    figures = []
    for i, length_m in enumerate(LENGTHS_M):
        wanted, found, naive = rows[rows[:, 0] == i, 1:].sum(0)
        off = 100 * (found / wanted - 1)
        name = f"{length_m:g} m, deliveries a weekday"
        figures += [
            Figure(f"{name}: bias %", off, "within 4", bool(abs(off) <= 4)),
            Figure(f"{name}: bias % of counts over time", 100 * (naive / wanted - 1), "baseline"),
        ]
    return figures


def _biases(seed: int, bays: int, weeks: int) -> Floats:
    """Return position of the length, true, estimated and naive deliveries of each bay."""
    nothing = Outages(lost_day_share=0.0, cuts_per_day=0.0, power_per_week=0.0)
    city = City(
        deliveries_per_day=25.0,
        deliveries_range=(8.0, 70.0),
        day_cv_bay=0.0,
        day_cv_city=0.0,
        behaviour=Behaviour(retry=0.0),
        outages=nothing,
        detector=None,
    )
    lengths = np.repeat(np.arange(len(LENGTHS_M)), bays)
    kerbs = [Kerb(f"{i:04}", LENGTHS_M[k], PARIS_RULE) for i, k in enumerate(lengths.tolist())]
    truth = draw_truth(kerbs, city, np.random.default_rng((seed, 0)))
    calendar = Calendar(tuple(days(MONDAY, MONDAY + timedelta(weeks=weeks))), PARIS)
    study = _study([(kerb.length_m, kerb.rules) for kerb in kerbs], calendar)
    world = simulate(range(len(kerbs)), truth, Setting(calendar, city, seed))
    facts = bay_facts(study, _part(study, world))
    found = estimate_all(facts, study.bays, learn(facts, study, 0))
    true = [bay.rate_per_h[0, :, :DELIVERIES].sum() / 2 for bay in truth]
    attempts = [one.attempts_per_h()[0, :, :DELIVERIES].sum() / 2 for one in found]
    return np.stack([lengths, true, attempts, [_naive(one)[0] for one in facts]], axis=1)


def _naive(facts: BayFacts) -> tuple[float, float]:
    """Return deliveries a weekday as counts over seen time, and how many were counted."""
    counts = facts.arrivals[0, ..., :DELIVERIES].sum(axis=(0, 2))
    seen_s = facts.seen_s[0].sum(axis=0)
    return float((counts / np.maximum(seen_s, 1.0) * 1800.0).sum()), float(counts.sum())


def coverage(scale: Scale) -> list[Figure]:
    """Estimate weekday deliveries of reference cities after 2, 4 and 8 weeks (T2); seeds not used while tuning."""
    seeds, bays = ((41,), 40) if scale is Scale.SMALL else (tuple(range(301, 309)), 60)
    figures = []
    for weeks, bar in HALF_WIDTHS.items():
        rows = np.concatenate([_intervals(seed, bays, weeks) for seed in seeds])
        true, mean, low, high, naive, count = rows.T
        covered = 100 * float(np.mean((low <= true) & (true <= high)))
        wide = 100 * float(np.median((high - low) / 2 / mean))
        spread = 1.645 * naive / np.sqrt(np.maximum(count, 1.0))
        plain = 100 * float(np.mean(np.abs(naive - true) <= spread))
        least, most = (80.0, 100.0) if scale is Scale.SMALL else (85.0, 95.0)
        figures += [
            Figure(
                f"{weeks} weeks: coverage of the 90 % interval, %",
                covered,
                f"{least:g} to {most:g}",
                bool(least <= covered <= most),
            ),
            Figure(f"{weeks} weeks: half-width, % (median)", wide, f"<= {bar:g}", wide <= bar)
            if scale is Scale.FULL
            else Figure(f"{weeks} weeks: half-width, % (median)", wide, ""),
            Figure(f"{weeks} weeks: bias of the total, %", 100 * (mean.sum() / true.sum() - 1), ""),
            Figure(f"{weeks} weeks: coverage of counts over time, %", plain, "baseline"),
        ]
    return figures


def _intervals(seed: int, bays: int, weeks: int) -> Floats:
    """Return true, mean, p05, p95, naive deliveries a weekday and counts behind the last, by bay."""
    with TemporaryDirectory() as folder:
        at = Path(folder)
        order = Order(bays, weeks, seed, Regime.BASE, False, None, MONDAY, "parquet", 1)
        list(write_world(order, at))
        opened = open_study(at)
        facts = list(study_facts(opened, 1))
        truth = read_truth(json.loads((at / "truth.json").read_text()))
    found = estimate_all(facts, opened.study.bays, learn(facts, opened.study, 0))
    rows = []
    for one, bay, own in zip(found, truth, facts, strict=True):
        day = one.deliveries_per_day()
        true = bay.rate_per_h[0, :, :DELIVERIES].sum() / 2
        rows.append([true, day.mean[0, 2], day.p05[0, 2], day.p95[0, 2], *_naive(own)])
    return np.array(rows)


@dataclass(frozen=True)
class Pair:
    """Two bays for one van each: attempts per hour at all hours from 6 to 20, and the share sent on."""

    busy_per_h: float
    own_per_h: float
    sent: float


PAIRS = (Pair(6.0, 2.0, 0.3), Pair(6.0, 2.0, 0.6), Pair(9.0, 3.0, 0.3), Pair(4.0, 1.5, 0.6))
STAY_MIN = 14.0
PAIR_DAYS = 40


def overflow(scale: Scale) -> list[Figure]:
    """Tell own demand from overflow after 40 days (T13)."""
    seeds = range(3) if scale is Scale.SMALL else range(100, 125)
    figures = []
    for pair in PAIRS[: 2 if scale is Scale.SMALL else None]:
        rows = np.array([_told_apart(pair, seed) for seed in seeds])
        own, sent, plain = rows.mean(axis=0)
        off, ignoring = 100 * (own / pair.own_per_h - 1), 100 * (plain / pair.own_per_h - 1)
        name = f"{pair.busy_per_h:g}/h beside {pair.own_per_h:g}/h, {pair.sent:g} sent on"
        bar = 3.0 if scale is Scale.FULL else 5.0
        figures += [
            Figure(f"{name}: bias of own %", off, f"within {bar:g}", bool(abs(off) <= bar)),
            Figure(
                f"{name}: share sent on", sent, "within 0.1", bool(abs(sent - pair.sent) <= 0.1)
            ),
            Figure(f"{name}: bias % when ignored", ignoring, "baseline"),
        ]
    return figures


def _told_apart(pair: Pair, seed: int) -> tuple[float, float, float]:
    """Return own attempts per hour, share sent on, and attempts per hour when overflow is ignored."""
    calendar = Calendar(tuple(days(MONDAY, MONDAY + timedelta(days=PAIR_DAYS))), PARIS)
    study = _study([(7.0, PARIS_RULE), (7.0, PARIS_RULE)], calendar)
    part = _two_bays(pair, study, calendar, np.random.default_rng(seed))
    facts = pair_facts(study, part, 1, 0)
    hours = slice(12, 40)
    exposure = facts.exposure_h.sum(-1)
    course, busy = _course(facts, hours), _course(pair_facts(study, part, 0, 1), hours)
    found = split(facts, course, busy)
    weight = exposure[:, hours, 0]
    own = float((found.own_per_h[:, hours, 0] * weight).sum() / weight.sum())
    return own, found.sent, float((course[:, hours, 0] * weight).sum() / weight.sum())


def _course(facts: PairFacts, hours: slice) -> Floats:
    """Return attempts per hour as an estimate has them, smooth: the same at all open hours."""
    counts, exposure = (
        part[:, hours].sum((0, 1, 3)) for part in (facts.arrivals, facts.exposure_h)
    )
    course = np.full(facts.arrivals.shape[:3], 1e-3)
    course[:, hours] = counts / np.maximum(exposure, 1e-9) + 1e-3
    return course


def _two_bays(pair: Pair, study: Study, calendar: Calendar, rng: np.random.Generator) -> StaysPart:
    """Let vans come to both bays; who finds the first full tries the second with the share sent on."""
    attempts = [
        (float(midnight + 3600 * rng.uniform(6, 20)), bay)
        for midnight in calendar.midnights_s[:-1].tolist()
        for bay, per_h in enumerate((pair.busy_per_h, pair.own_per_h))
        for _ in range(rng.poisson(14 * per_h))
    ]
    until = [0.0, 0.0]
    stays: list[tuple[int, int, int]] = []
    for at_s, bay in sorted(attempts):
        goes = bay
        if bay == 0 and until[0] > at_s and rng.random() < pair.sent:
            goes = 1
        if until[goes] <= at_s:
            lasts_s = 60 * STAY_MIN * np.exp(0.7 * rng.standard_normal() - 0.245)
            until[goes] = at_s + lasts_s
            stays.append((goes, int(at_s), int(at_s + lasts_s)))
    bay, came, left = (np.array(column) for column in zip(*sorted(stays), strict=True))
    empty = np.zeros(0, np.int64)
    return StaysPart(
        range(2),
        bay.astype(np.int32),
        np.zeros(len(bay), np.int8),
        came.astype(np.int64),
        left.astype(np.int64),
        empty.astype(np.int32),
        empty,
        empty,
    )


CHECKS: list[Check] = [
    Check("T1", "Demand is unbiased", bias),
    Check("T2", "The interval of demand covers", coverage),
    Check("T13", "Overflow is told from own demand", overflow),
]
