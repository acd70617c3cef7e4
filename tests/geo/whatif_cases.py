"""Builders of what-if tests: lengths, a kerb, and parameters of a bay with a morning and an afternoon peak."""

from __future__ import annotations

import numpy as np

from geo.demand.parameters import Parameters
from geo.study.words import DEFAULT_LENGTH_M
from geo.whatif.chain import Kerb, kerb
from geo.words import VEHICLE_CLASSES

LENGTHS = tuple(DEFAULT_LENGTH_M[name] for name in VEHICLE_CLASSES)


def a_kerb(length_m: float = 15.0) -> Kerb:
    """Return the kerb of a bay."""
    return kerb(length_m, LENGTHS)


def parameters(
    deliveries_per_day: float = 30.0,
    cars_per_h: float = 1.5,
    retry: float = 0.0,
    rho: float = 0.35,
    kappa: float = 0.7,
) -> Parameters:
    """Return parameters of a bay, the same on all kinds of day."""
    hour = (np.arange(48) + 0.5) / 2
    peaks = np.exp(-0.5 * ((hour - 9) / 1.8) ** 2) + 0.6 * np.exp(-0.5 * ((hour - 14.5) / 2.5) ** 2)
    share = (peaks + 0.02) / (peaks + 0.02).sum() * 2
    rate = np.zeros((3, 48, 4))
    rate[:, :, 0] = 0.85 * deliveries_per_day * share
    rate[:, :, 1] = 0.15 * deliveries_per_day * share
    rate[:, :, 2] = cars_per_h
    rate[:, :, 3] = 0.15 * cars_per_h
    sigma = np.full(4, 0.7)
    mu = np.log([11.0, 17.0, 25.0, 300.0]) - sigma**2 / 2
    leave = np.broadcast_to(60 / np.exp(mu + sigma**2 / 2), (2, 48, 4)).copy()
    keeps = np.array([0.6, 0.6, 0.4, 0.4])
    return Parameters(
        rate,
        np.array([rho, 0.8 * rho]),
        np.array(kappa),
        leave,
        mu,
        sigma,
        keeps,
        np.array(retry),
    )


def draws(count: int, seed: int, retry: float = 0.0) -> Parameters:
    """Return draws around the parameters of a bay."""
    rng = np.random.default_rng(seed)
    one = parameters(retry=retry)

    def spread(value: np.ndarray, top: float = np.inf) -> np.ndarray:
        return np.stack(
            [np.minimum(value * np.exp(rng.normal(0, 0.15)), top) for _ in range(count)]
        )

    return Parameters(
        spread(one.rate_per_h),
        spread(one.rho, 1.0),
        spread(one.kappa, 1.0),
        spread(one.leave_per_h),
        np.stack([one.stay_mu] * count),
        np.stack([one.stay_sigma] * count),
        spread(one.keeps_max_stay, 1.0),
        np.stack([one.retry] * count),
    )
