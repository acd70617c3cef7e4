"""Means and draws of rates from the posteriors of a commune and of a bay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.demand.commune import Commune, DemandOfKind, chance_variance
from geo.demand.lengths import CLASSES
from geo.demand.mixed import Own, own_posterior
from geo.demand.reading import Reading, drawn_readings
from geo.facts.bay_facts import BINS, BayFacts

Floats = NDArray[np.float64]

RETRY = (0.0, 0.4)
"""Share of refused deliveries that come round again: every value between is as likely.

Science brief, 2.2: such data cannot tell it; 0.4 is a parameter of ours.
"""

NATURAL_SD = 0.3
"""Doubt of natural departures at the start of a window, of the logarithm of staying; parameter of ours."""

LIMIT_SD = 0.1
"""Doubt of how many stays would outlast the maximum by themselves, of the logarithm; parameter of ours."""


@dataclass(frozen=True)
class CommuneDraws:
    """Draws of all that bays share; draw r is the same for every bay."""

    common: tuple[Floats, ...]
    """Shape ``(R, P)`` for each of ``CHAIN_KINDS``: moves of the commune's coefficients from their mean."""
    matrices: Floats
    """Shape ``(R, G, 6, 6)``."""
    kappa: Floats
    natural: Floats
    """Shape ``(R,)``, error of the natural departures, as a share of their logarithm."""
    outlasting: Floats
    """Shape ``(R,)``, error of the logarithm of the share that outlasts the maximum stay by itself."""
    keeps: tuple[Floats, ...]
    retry: Floats


@lru_cache(maxsize=8)
def commune_draws(commune: Commune, count: int, seed: int) -> CommuneDraws:
    """Draw what the bays of a commune share; kept, because every bay asks for the same."""
    rng = np.random.default_rng([seed, 1])
    common = []
    for demand in commune.demand:
        normal = rng.standard_normal((count, len(demand.common.mean)))
        common.append(normal @ np.linalg.cholesky(demand.common.covariance).T)
    drawn: Reading = drawn_readings(commune.audit, commune.class_shares, count, rng)
    return CommuneDraws(
        common=tuple(common),
        matrices=commune.expected.matrices(drawn),
        kappa=rng.random(count),
        natural=NATURAL_SD * rng.standard_normal(count),
        outlasting=LIMIT_SD * rng.standard_normal(count),
        keeps=tuple(rng.random(count) for _ in CLASSES),
        retry=rng.uniform(*RETRY, count),
    )


def bay_posterior(
    facts: Sequence[BayFacts], demand: DemandOfKind, seen: tuple[Floats, Floats]
) -> Own:
    """Return the posterior of bays from their counts and hours of exposure, shape ``(B, D, G, 48)`` each."""
    of = demand.cells
    return own_posterior(
        of.design,
        of.gathered(seen[0]),
        of.gathered(seen[1]),
        demand.common,
        chance_variance(facts, of, demand.effects),
    )


def log_rates(demand: DemandOfKind, own: Own) -> tuple[Floats, Floats, tuple[float, float]]:
    """Return mean and variance of log rates ``(D, 48)`` in shared hours, and those of log rho."""
    rows = demand.cells.shared_rows()
    common, told = _told(demand, rows.ravel())
    z, v = own.mean[0], own.covariance[0]
    mean = common @ demand.common.mean + told @ z
    moved = common - told @ own.pull[0]
    variance = ((told @ v) * told).sum(1) + ((moved @ demand.common.covariance) * moved).sum(1)
    rho = (0.0, 0.0)
    if demand.cells.by_regime:
        of_commune, of_bay = demand.cells.rho_columns
        pull = -own.pull[0][of_bay]
        pull[of_commune] += 1.0
        spread = v[of_bay, of_bay] + pull @ demand.common.covariance @ pull
        rho = (float(demand.common.mean[of_commune] + z[of_bay]), float(spread))
    return mean.reshape(rows.shape), variance.reshape(rows.shape), rho


def _told(demand: DemandOfKind, rows: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return the design of some cells without the chance of the period, shape ``(n, P)`` and ``(n, Q)``."""
    design = demand.cells.design
    return design.common[rows] * design.common_told, design.own[rows] * design.told


def drawn_rates(
    demand: DemandOfKind, own: Own, moves: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return draws of rates ``(R, D, 48)`` in shared hours and of log rho ``(R,)``."""
    normal = rng.standard_normal((len(moves), own.mean.shape[1]))
    z = own.mean[0] + normal @ np.linalg.cholesky(own.covariance[0]).T - moves @ own.pull[0].T
    beta = demand.common.mean + moves
    groups = np.array(demand.cells.groups)
    _, first = np.unique(groups, return_index=True)
    common, told = _told(demand, demand.cells.shared_rows()[first].ravel())
    log_rate = beta @ common.T + z @ told.T
    rate = np.exp(np.clip(log_rate, -30.0, 20.0)).reshape(len(moves), len(first), BINS)
    log_rho = np.zeros(len(moves))
    if demand.cells.by_regime:
        of_commune, of_bay = demand.cells.rho_columns
        log_rho = beta[:, of_commune] + z[:, of_bay]
    return rate[:, groups], log_rho
