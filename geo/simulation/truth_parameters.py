"""The truth of a bay as the loss chain's parameters: what a perfect estimate would be, for validation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.demand.parameters import CHAIN_KINDS, Parameters
from geo.facts.bay_facts import BINS
from geo.simulation.clock import DAY_S
from geo.simulation.judge import day_trial
from geo.simulation.profiles import KINDS
from geo.simulation.truth import TruthBay

Floats = NDArray[np.float64]

PARTS = {
    "van": ("van",),
    "truck": ("truck",),
    "short_car": ("short_car",),
    "long_car": ("long_car", "night_car"),
}
"""Kinds of drivers that the chain counts as one; it knows neither two-wheelers nor couriers."""

LEAVING_DAYS = 400
"""Weekdays on which the departures of long stays by half hour are counted (parameter of ours)."""


def true_parameters(bay: TruthBay, seed: int = 1) -> Parameters:
    """Return the true rates, stays and behaviour of a bay over the chain's kinds.

    Long and night cars are one kind whose departures follow the hour: counted on simulated weekdays without any rule
    and with room for all.
    """
    groups = [[KINDS.index(name) for name in PARTS[kind]] for kind in CHAIN_KINDS]
    rate = np.stack([bay.rate_per_h[..., group].sum(axis=-1) for group in groups], axis=-1)
    first = [group[0] for group in groups]
    mean_h = np.exp(bay.stay_mu + bay.stay_sigma**2 / 2)[first] / 60
    leave = np.tile(1 / mean_h, (2, BINS, 1))
    leave[:, :, -1] = _leaving(bay, groups[-1], seed)
    keeps = np.array([bay.keeps_deliveries, bay.keeps_deliveries, bay.keeps_cars, bay.keeps_cars])
    return Parameters(
        rate,
        np.full(2, bay.rho),
        np.array(bay.kappa),
        leave,
        bay.stay_mu[first],
        bay.stay_sigma[first],
        keeps,
        np.array(bay.retry),
    )


def _leaving(bay: TruthBay, group: list[int], seed: int) -> Floats:
    """Return departures per hour and vehicle there, by half hour."""
    trial = day_trial(bay, 0, LEAVING_DAYS, seed)
    some = np.isin(trial.arrivals.kind, group)
    from_s = trial.arrivals.at_s[some]
    to_s = from_s + trial.arrivals.stay_s[some].astype(np.int64)
    half_s = DAY_S // BINS
    gone = np.bincount(to_s // half_s % BINS, minlength=BINS)
    edges_s = np.arange((trial.first + trial.days) * BINS + 1) * half_s
    here_s = _until(from_s, edges_s) - _until(to_s, edges_s)
    present_s = np.diff(here_s)[: len(edges_s) - 1].reshape(-1, BINS).sum(axis=0)
    return np.asarray(3600 * (gone + 0.1) / np.maximum(present_s, 3600.0))


def _until(at_s: NDArray[np.int64], edges_s: NDArray[np.int64]) -> Floats:
    """Return for each edge the seconds that have passed since all earlier instants, summed."""
    order = np.sort(at_s)
    count = np.searchsorted(order, edges_s)
    total = np.concatenate([[0.0], np.cumsum(order, dtype=np.float64)])
    return np.asarray(count * edges_s - total[count], np.float64)
