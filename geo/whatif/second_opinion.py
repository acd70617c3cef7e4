"""A second opinion on a rule from another model: drivers one by one, real parking positions, stays that remember."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.demand.parameters import CHAIN_KINDS, DELIVERIES, Parameters
from geo.facts.bay_facts import BIN_S, BINS, NO_LIMIT, NOT_RESERVED, RESERVED, SHARED
from geo.simulation.events import NEVER_S, Arrivals, Drivers, Timetable, park
from geo.whatif.outcome import QUANTITIES, DayRule
from geo.whatif.states import Kerb

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY_S = 86_400

DAYS = 20_000
"""Days simulated for a rule that is to be published (science brief, 3.4)."""

RUN_DAYS = 2_000
"""Days played in one run, which bounds memory."""

WARM_UP_DAYS = 3
"""Days played before anything is counted, so that the first night is like the others."""

UNSERVED_SHARE, UNSERVED_PER_DAY = 0.15, 0.1
"""Two models agree where unserved deliveries differ by at most this share, or by this many a day
(science brief, 3.4)."""


@dataclass(frozen=True)
class Play:
    """How a rule is played.

    Attributes
    ----------
    days
        How many are played; the error of a mean falls with their square root.
    seed
        The same seed gives two rules the same drivers.
    day_cv
        Coefficients of variation of the demand of deliveries and of cars from day to day, lognormal around 1: on busy
        days more is refused than on quiet ones is spared, which a model of the mean day cannot see.
    """

    days: int = DAYS
    seed: int = 0
    day_cv: tuple[float, float] = (0.0, 0.0)


def simulated(
    kerb: Kerb, parameters: Parameters, kind: int, rule: DayRule, play: Play | None = None
) -> Floats:
    """Return what comes of a rule by simulation, shape ``(Q,)`` over ``QUANTITIES``.

    Parameters
    ----------
    kerb
        The bay.
    parameters
        One value of each, no draws.
    kind
        Index into ``DAY_KINDS``; every day is of this kind.
    rule
        Of every day.
    play
        How; the same one gives two rules the same drivers.
    """
    play = play or Play()
    total = np.zeros(len(QUANTITIES))
    for run, count in enumerate(_runs(play.days)):
        part = replace(play, days=count, seed=play.seed * 7919 + run)
        total += _run(kerb, parameters, kind, rule, part)
    return np.asarray(total / play.days)


def agree(chain: Floats, events: Floats) -> bool:
    """Tell whether two models say the same of unserved deliveries, of a rule or of a change of rules."""
    column = QUANTITIES.index("unserved")
    apart = abs(float(chain[column] - events[column]))
    return apart <= max(UNSERVED_SHARE * abs(float(events[column])), UNSERVED_PER_DAY)


def _runs(days: int) -> Iterator[int]:
    for first in range(0, days, RUN_DAYS):
        yield min(RUN_DAYS, days - first)


def _run(kerb: Kerb, one: Parameters, kind: int, rule: DayRule, play: Play) -> Floats:
    days = play.days + WARM_UP_DAYS
    rng = np.random.default_rng(play.seed)
    at_s, who = _arrivals(one.rate_per_h[kind], days, play.day_cv, rng)
    table = timetable(rule, days)
    stay_s = _stays_s(one, table, days, (at_s, who), rng)
    delivers = np.arange(len(CHAIN_KINDS)) < DELIVERIES
    drivers = Drivers(
        length_m=kerb.need_m,
        rho=np.concatenate([np.ones(DELIVERIES), one.rho]),
        kappa=np.where(delivers, 0.0, one.kappa),
        keeps_max_stay=one.keeps_max_stay,
        retry=np.where(delivers, one.retry, 0.0),
    )
    found = park(Arrivals(at_s, who, stay_s), table, drivers, kerb.length_m, play.seed)
    from_s, to_s = WARM_UP_DAYS * DAY_S, days * DAY_S
    is_counted, is_delivery = at_s >= from_s, who < DELIVERIES
    refused = (found.parked_s == NEVER_S) & is_delivery & is_counted
    mean_min = np.exp(one.stay_mu + one.stay_sigma**2 / 2)
    cars = (found.parked_s != NEVER_S) & ~is_delivery
    spans = (np.clip(at[cars], from_s, to_s) for at in (found.parked_s, found.departed_s))
    reserved_s, all_s = _reserved_s(table, *spans)
    arrived = int((is_delivery & is_counted).sum())
    return np.array(
        [
            refused.sum(),
            mean_min[who[refused]].sum(),
            (all_s - reserved_s) / 3600,
            reserved_s / 3600,
            (found.is_cut & is_delivery & is_counted).sum(),
            arrived - refused.sum(),
            arrived,
        ]
    )


def _arrivals(
    rate_per_h: Floats, days: int, day_cv: tuple[float, float], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Draw Poisson attempts in order of time: seconds from the first midnight, and kinds."""
    sigma = np.sqrt(np.log1p(np.square(day_cv)))
    factor = np.exp(rng.standard_normal((days, 2)) * sigma - sigma**2 / 2)
    of_kind = factor[:, (np.arange(len(CHAIN_KINDS)) >= DELIVERIES).astype(int)]
    expected = rate_per_h * BIN_S / 3600 * of_kind[:, None]
    counts = rng.poisson(expected.reshape(-1, len(CHAIN_KINDS)))
    slot, kind = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), counts.shape[1])
    at_s = ((slot + rng.random(len(slot))) * BIN_S).astype(np.int64)
    order = np.argsort(at_s, kind="stable")
    return at_s[order], kind[order]


def timetable(rule: DayRule, days: int) -> Timetable:
    """Return the parts of a clock of equal days."""
    parts = [(0, NOT_RESERVED)] if not rule or rule[0].start_min > 0 else []
    for window, following in pairwise((*rule, None)):
        if window is None:
            break
        limit = NO_LIMIT if window.max_stay_min is None else window.max_stay_min
        parts.append((window.start_min * 60, limit))
        upto = DAY_S if following is None else following.start_min * 60
        if window.end_min * 60 < upto:
            parts.append((window.end_min * 60, NOT_RESERVED))
    one_day = np.array(parts, np.int64)
    from_s = one_day[:, 0] + DAY_S * np.arange(days)[:, None]
    return Timetable(from_s.ravel(), np.tile(one_day[:, 1], days))


def _stays_s(
    one: Parameters, table: Timetable, days: int, who: tuple[Ints, Ints], rng: np.random.Generator
) -> Floats:
    """Draw lognormal stays of the mean that the hour of the day and what is reserved give them.

    Each driver's patience is lognormal with mean 1 and runs as fast as vehicles leave at that time, so a stay that
    lasts over the night ends when others do.
    """
    horizon_s = (days + WARM_UP_DAYS) * DAY_S
    half_hours = np.arange(0, horizon_s, BIN_S)
    clock_s = np.union1d(half_hours, table.from_s)
    part = np.searchsorted(table.from_s, clock_s, "right") - 1
    regime = np.where(table.limit_min[part] == NOT_RESERVED, SHARED, RESERVED)
    leave = one.leave_per_h[regime, clock_s // BIN_S % BINS] / 3600
    edges_s = np.append(clock_s, horizon_s)
    at_s, kind = who
    stay_s = np.empty(len(at_s))
    for k in range(len(CHAIN_KINDS)):
        mine = kind == k
        sigma = one.stay_sigma[k]
        patience = np.exp(rng.normal(-(sigma**2) / 2, sigma, int(mine.sum())))
        used = np.append(0.0, np.cumsum(leave[:, k] * np.diff(edges_s)))
        ends = np.interp(at_s[mine], edges_s, used) + patience
        stay_s[mine] = np.interp(ends, used, edges_s) - at_s[mine]
    return stay_s


def _reserved_s(table: Timetable, from_s: Ints, to_s: Ints) -> tuple[float, float]:
    """Return the seconds of spans inside windows, and all their seconds."""
    edges_s = np.append(table.from_s, table.from_s[-1] + DAY_S)
    inside = np.where(table.limit_min == NOT_RESERVED, 0, np.diff(edges_s))
    so_far = np.append(0, np.cumsum(inside))
    spent = np.interp(to_s, edges_s, so_far) - np.interp(from_s, edges_s, so_far)
    return float(spent.sum()), float((to_s - from_s).sum())
