"""How often vehicles come and go, by half hour and by what is reserved: parameters as the chain takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from geo.demand.parameters import DELIVERIES, Parameters
from geo.facts.bay_facts import BINS, RESERVED, SHARED
from geo.whatif.outcome import DayRule
from geo.whatif.returns import chance_again
from geo.whatif.states import Kerb, drive

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RETURN_AFTER_H = 0.1
"""A refused driver who comes round again does so after 2 to 10 minutes (science brief, 2.2): 6 on average."""

BIN_H = 24.0 / BINS

SHARED_TIME = -1
"""As a regime: no window. Other regimes are maximum stays in minutes, or ``UNLIMITED``."""

UNLIMITED = 0

SETTLING_DAYS = 3
"""Days that a regime is followed until the load of those who come round again has settled; a parameter of ours."""


@dataclass(frozen=True)
class Traffic:
    """Rates of one kind of day; axes ``S48`` half hours, ``K`` = ``CHAIN_KINDS``, ``B`` = regimes times draws.

    Attributes
    ----------
    regimes
        What is reserved, shared time first.
    draws
        R; the lane of regime f and draw r is ``f * R + r``.
    come
        Shape ``(S48, K, B)``, attempts per hour, those who come round again included.
    go
        Shape ``(S48, K, B)``, departures per hour of each vehicle there.
    again
        Shape ``(S48, 2, S, B)``, chance that a delivery refused in a state is served if it comes round.
    first
        Shape ``(S48, 2, R)``, deliveries per hour that try for the first time.
    cut
        Shape ``(2, B)``, share of the served deliveries that the maximum stay shortens.
    kappa, retry
        Shape ``(R,)``.
    stay_min
        Shape ``(2, R)``, mean stay of a delivery without maximum.
    """

    regimes: tuple[int, ...]
    draws: int
    come: Floats
    go: Floats
    again: Floats
    first: Floats
    cut: Floats
    kappa: Floats
    retry: Floats
    stay_min: Floats


def regime_of(limit_min: int | None) -> int:
    """Return the regime of a window with a maximum stay."""
    return UNLIMITED if limit_min is None else limit_min


def regimes_of(rules: Sequence[DayRule]) -> tuple[int, ...]:
    """Return the regimes that rules use, shared time first."""
    limits = {regime_of(window.max_stay_min) for rule in rules for window in rule}
    return (SHARED_TIME, *sorted(limits))


def as_draws(parameters: Parameters) -> Parameters:
    """Return parameters with a leading axis of draws, of length 1 where these are no draws."""
    if parameters.draws:
        return parameters
    return Parameters(
        *(np.asarray(getattr(parameters, field.name))[None] for field in fields(parameters))
    )


def delivery_load(draws: Parameters, kind: int) -> float:
    """Return how many deliveries come during a mean stay, as most of them find it, on average over draws."""
    rate = draws.rate_per_h[:, kind, :, :DELIVERIES]
    load = (rate / draws.leave_per_h[:, RESERVED, :, :DELIVERIES]).sum(axis=-1)
    come = rate.sum(axis=-1)
    return float((load * come).sum() / max(float(come.sum()), 1e-9))


def traffic(kerb: Kerb, draws: Parameters, kind: int, regimes: tuple[int, ...]) -> Traffic:
    """Return the rates of a kind of day in each regime.

    Parameters
    ----------
    kerb
        The bay.
    draws
        R draws.
    kind
        Index into ``DAY_KINDS``.
    regimes
        Shared time first.
    """
    count = draws.draws
    rate = draws.rate_per_h[:, kind].transpose(1, 2, 0)
    lanes = len(rate), rate.shape[1], len(regimes), count
    come, go = np.empty(lanes), np.empty(lanes)
    cut = np.zeros((DELIVERIES, len(regimes), count))
    for f, regime in enumerate(regimes):
        in_force = SHARED if regime == SHARED_TIME else RESERVED
        come[:, :, f] = rate
        go[:, :, f] = draws.leave_per_h[:, in_force].transpose(1, 2, 0)
        if in_force == RESERVED:
            come[:, DELIVERIES:, f] *= draws.rho.T
        if regime > UNLIMITED:
            faster, over = _limited(draws, regime)
            go[:, :, f] *= faster
            cut[:, f] = over[:DELIVERIES]
    flat = len(regimes) * count
    stay_min = np.exp(draws.stay_mu + draws.stay_sigma**2 / 2)[:, :DELIVERIES].T
    plain = Traffic(
        regimes,
        count,
        come.reshape(*lanes[:2], flat),
        go.reshape(*lanes[:2], flat),
        np.zeros((len(rate), DELIVERIES, len(kerb.counts), flat)),
        rate[:, :DELIVERIES],
        cut.reshape(DELIVERIES, flat),
        draws.kappa,
        draws.retry,
        stay_min,
    )
    return _with_returns(kerb, plain) if draws.retry.any() else plain


def _limited(draws: Parameters, limit_min: int) -> tuple[Floats, Floats]:
    """Return how much faster vehicles leave under a maximum stay, and the share of stays it shortens.

    Shape ``(K, R)`` both. Stays are lognormal and longer ones end at the maximum for those who keep it
    (science brief, 3.2 and 2.3).
    """
    mu, sigma = draws.stay_mu.T, np.maximum(draws.stay_sigma.T, 1e-6)
    keeps = draws.keeps_max_stay.T
    mean = np.exp(mu + sigma**2 / 2)
    at = (np.log(limit_min) - mu) / sigma
    over = ndtr(-at)
    at_most = mean * ndtr(at - sigma) + limit_min * over
    return mean / (mean - keeps * (mean - at_most)), keeps * over


def _with_returns(kerb: Kerb, plain: Traffic) -> Traffic:
    """Return rates with those who come round again.

    A refused driver returns to a bay that is likely still full, so what a return is worth hangs on the state
    (``again``); what returns add to the load is taken from days that are reserved, or shared, all day.
    """
    retry = np.tile(plain.retry, len(plain.regimes))
    again = chance_again(kerb.moves, plain.come, plain.go, retry, RETURN_AFTER_H)
    bins, lanes = len(plain.come), plain.come.shape[2]
    refers = np.arange(bins), np.tile(np.arange(lanes), (bins, 1))
    step_h, clear = np.full(bins, BIN_H), np.zeros((bins, lanes))
    now = np.zeros((len(kerb.counts), lanes))
    now[0] = 1.0
    come = plain.come.copy()
    for _ in range(SETTLING_DAYS):
        now, sums = drive(kerb.moves, now, (step_h, come, plain.go, clear), again, refers)
        found = np.maximum(BIN_H - sums[:, :DELIVERIES], 1e-9)
        more = retry * sums[:, DELIVERIES : 2 * DELIVERIES] / found
        come[:, :DELIVERIES] = plain.come[:, :DELIVERIES] * (1.0 + more)
    return replace(plain, come=come, again=again)
