"""A simpler chain for long bays, whose states are too many to be multiplied: cars of one kind, on a shorter kerb."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.demand.parameters import Parameters
from geo.whatif.states import LONG_CAR, SHORT_CAR, Kerb

Floats = NDArray[np.float64]

MOST_STATES = 100
"""States up to which all windows are compared by products of matrices; a parameter of ours."""


def searchable(kerb: Kerb, parameters: Parameters) -> tuple[Kerb, Parameters]:
    """Return a bay and parameters with few enough states to compare all windows: themselves where they have.

    Long cars become short ones with the mean stay of both; where that is not enough, states in which most is parked
    are left out, for they are hardly ever reached in a long bay.
    """
    if len(kerb.counts) <= MOST_STATES:
        return kerb, parameters
    keeps = np.flatnonzero(kerb.counts[:, LONG_CAR] == 0)
    if len(keeps) > MOST_STATES:
        load = kerb.counts[keeps].sum(axis=1)
        keeps = np.sort(keeps[np.argsort(load, kind="stable")[:MOST_STATES]])
    return _part(kerb, keeps), _one_kind_of_car(parameters)


def _part(kerb: Kerb, keeps: NDArray[np.int64]) -> Kerb:
    index = np.full(len(kerb.counts), -1)
    index[keeps] = np.arange(len(keeps))
    here = np.arange(len(keeps))[:, None]
    above, below = index[kerb.above[keeps]], index[kerb.below[keeps]]
    closed = (above < 0) | (above == here)
    admit, calm, busy = (
        np.where(closed, 0.0, of[keeps]) for of in (kerb.admit, kerb.calm, kerb.busy)
    )
    return replace(
        kerb,
        counts=kerb.counts[keeps],
        admit=admit,
        calm=calm,
        busy=busy,
        above=np.where(above < 0, here, above),
        below=np.where(below < 0, here, below),
    )


def _one_kind_of_car(one: Parameters) -> Parameters:
    cars = slice(SHORT_CAR, LONG_CAR + 1)
    rate = one.rate_per_h.copy()
    both = rate[..., cars].sum(axis=-1)
    share = rate[..., cars].sum(axis=(0, 1)) / max(float(both.sum()), 1e-12)
    rate[..., SHORT_CAR], rate[..., LONG_CAR] = both, 0.0
    leave = one.leave_per_h.copy()
    # Loads add up, so the mean stays do.
    leave[..., SHORT_CAR] = 1.0 / np.maximum((share / leave[..., cars]).sum(axis=-1), 1e-9)
    rho = np.full(2, float(share @ one.rho) if both.any() else 1.0)
    return replace(one, rate_per_h=rate, leave_per_h=leave, rho=rho)
