"""What comes of a rule: the transient loss chain over a day that repeats itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.demand.parameters import Parameters
from geo.facts.bay_facts import BINS, DAY_KINDS
from geo.whatif.outcome import DAY_KIND_OF, QUANTITIES, DayRule, WeekRule
from geo.whatif.states import BLOCKED, CARS, RETRIED, Kerb, at_load, drive, kerb, kerb_of
from geo.whatif.traffic import (
    SHARED_TIME,
    Traffic,
    as_draws,
    delivery_load,
    regime_of,
    regimes_of,
    traffic,
)

__all__ = ["Kerb", "kerb", "kerb_of", "outcome", "outcomes", "week_outcome"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY_MIN = 1440

BIN_MIN = DAY_MIN // BINS

SETTLED = 1e-5
"""Largest change of the distribution at midnight from one day to the next (total variation); a parameter of ours."""

MOST_DAYS = 60
"""Days followed at most: vehicles that stay for weeks need them; a parameter of ours."""

LANES = 64
"""Chains moved side by side, so that a processor works on several at once; a parameter of ours."""


def outcome(kerb: Kerb, parameters: Parameters, kind: int, rule: DayRule) -> Floats:
    """Return what comes of a rule on a kind of day that repeats itself, shape ``(Q,)`` over ``QUANTITIES``.

    Parameters
    ----------
    kerb
        The bay.
    parameters
        One value of each, no draws.
    kind
        Index into ``DAY_KINDS``.
    rule
        Of the day.
    """
    return np.asarray(outcomes(kerb, as_draws(parameters), kind, [rule])[0, 0])


def week_outcome(kerb: Kerb, parameters: Parameters, week: WeekRule) -> Floats:
    """Return the mean per calendar day of a typical week, shape ``(Q,)``, or ``(R, Q)`` of R draws."""
    draws = as_draws(parameters)
    total = np.zeros((draws.draws, len(QUANTITIES)))
    for kind, name in enumerate(DAY_KINDS):
        rules = [rule for day, rule in zip(DAY_KIND_OF, week.days, strict=True) if day == name]
        different = list(dict.fromkeys(rules))
        found = outcomes(kerb, draws, kind, different)
        for rule in rules:
            total += found[:, different.index(rule)]
    mean = total / len(week.days)
    return mean if parameters.draws else mean[0]


def outcomes(kerb: Kerb, draws: Parameters, kind: int, rules: Sequence[DayRule]) -> Floats:
    """Return what comes of rules under draws, shape ``(R, N, Q)`` over ``QUANTITIES``.

    Each is a day that repeats itself: the distribution at its end is that at its start.

    Parameters
    ----------
    kerb
        The bay.
    draws
        R draws.
    kind
        Index into ``DAY_KINDS``.
    rules
        N rules of the day.

    Notes
    -----
    The method of the science brief, 3.2: state = vehicles by kind, arrivals thinned by the chance of a gap, cars
    that make room where reserved time follows shared time. Stays are exponential with the mean of the hour.
    """
    loaded = at_load(kerb, delivery_load(draws, kind))
    return outcomes_of(loaded, traffic(loaded, draws, kind, regimes_of(rules)), rules)


def outcomes_of(kerb: Kerb, flow: Traffic, rules: Sequence[DayRule]) -> Floats:
    """Return what comes of rules under traffic that knows their regimes, shape ``(R, N, Q)``."""
    found = np.empty((flow.draws, len(rules), len(QUANTITIES)))
    pairs = [(r, n) for r in range(flow.draws) for n in range(len(rules))]
    for first in range(0, len(pairs), LANES):
        some = np.array(pairs[first : first + LANES])
        found[some[:, 0], some[:, 1]] = _lanes(kerb, flow, rules, some[:, 0], some[:, 1])
    return found


def steps_min(rules: Sequence[DayRule]) -> Ints:
    """Return the edges of the steps of a day in minutes: half hours, cut where a window starts or ends."""
    edges = {at for rule in rules for window in rule for at in (window.start_min, window.end_min)}
    return np.array(sorted({*range(0, DAY_MIN + 1, BIN_MIN), *edges}))


def regimes_by_step(rule: DayRule, starts_min: Ints, regimes: tuple[int, ...]) -> Ints:
    """Return the index of the regime in force in each step."""
    found = np.full(len(starts_min), regimes.index(SHARED_TIME))
    for window in rule:
        inside = (starts_min >= window.start_min) & (starts_min < window.end_min)
        found[inside] = regimes.index(regime_of(window.max_stay_min))
    return found


def _lanes(kerb: Kerb, flow: Traffic, rules: Sequence[DayRule], draw: Ints, rule: Ints) -> Floats:
    """Return outcomes of pairs of a draw and a rule, shape ``(B, Q)``."""
    used = sorted(set(rule.tolist()))
    edges = steps_min([rules[n] for n in used])
    by_rule = {n: regimes_by_step(rules[n], edges[:-1], flow.regimes) for n in used}
    regime = np.stack([by_rule[n] for n in rule], axis=1)
    lane = regime * flow.draws + draw
    bins = edges[:-1] // BIN_MIN
    step_h = np.diff(edges) / 60.0
    starts = (regime > 0) & (np.roll(regime, 1, axis=0) == 0)
    rates = (
        step_h,
        np.ascontiguousarray(np.take_along_axis(flow.come[bins], lane[:, None], axis=2)),
        np.ascontiguousarray(np.take_along_axis(flow.go[bins], lane[:, None], axis=2)),
        starts * flow.kappa[draw],
    )
    sums = _repeated(kerb, rates, flow.again, (bins, lane))
    first = flow.first[bins][:, :, draw]
    refused = sums[:, BLOCKED] - flow.retry[draw] * sums[:, RETRIED]
    unserved = first * refused
    arrived = first * step_h[:, None, None]
    served = arrived - unserved
    cars = sums[:, CARS]
    return np.stack(
        [
            unserved.sum((0, 1)),
            (unserved.sum(0) * flow.stay_min[:, draw]).sum(0),
            (cars * (regime == 0)).sum(0),
            (cars * (regime > 0)).sum(0),
            (served * flow.cut[:, lane].transpose(1, 0, 2)).sum((0, 1)),
            served.sum((0, 1)),
            arrived.sum((0, 1)),
        ],
        axis=1,
    )


def _repeated(
    kerb: Kerb,
    rates: tuple[Floats, Floats, Floats, Floats],
    again: Floats,
    refers: tuple[Ints, Ints],
) -> Floats:
    """Follow days until midnight repeats itself, and return the sums of the last one."""
    now = np.zeros((len(kerb.counts), rates[1].shape[2]))
    now[0] = 1.0
    sums: Floats | None = None
    for _ in range(MOST_DAYS):
        following, sums = drive(kerb.moves, now, rates, again, refers)
        moved = np.abs(following - now).sum(axis=0).max() / 2.0
        now = following
        if moved <= SETTLED:
            break
    return np.asarray(sums)
