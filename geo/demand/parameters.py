"""What the loss chain needs to know of a bay: one best value of each parameter, or draws of all of them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CHAIN_KINDS = ("van", "truck", "short_car", "long_car")
"""Axis of the kinds of vehicle that the chain counts; the first two deliver."""

DELIVERIES = 2
"""How many of ``CHAIN_KINDS`` deliver."""


@dataclass(frozen=True)
class Parameters:
    """Parameters of one bay; with a leading axis ``R`` on every array they are R draws from the posterior.

    Axes: ``D`` kinds of day (``geo.facts.bay_facts.DAY_KINDS``), ``S`` = 48 half hours of local wall time,
    ``K`` = ``CHAIN_KINDS``, ``G`` regimes (shared, reserved).

    Attributes
    ----------
    rate_per_h
        Shape ``([R,] D, S, K)``, drivers per hour who would like to stop for the first time, were the hour shared.
    rho
        Shape ``([R,] 2)``, share of the short and of the long cars that still park in reserved hours.
    kappa
        Shape ``([R])``, share of the cars there when a window starts that make room for it.
    leave_per_h
        Shape ``([R,] G, S, K)``, departures per hour of a vehicle that is there, were there no maximum stay.
    stay_mu, stay_sigma
        Shape ``([R,] K)``, mean (log minutes) and standard deviation of the logarithm of a stay without maximum.
    keeps_max_stay
        Shape ``([R,] K)``, share of drivers who keep the maximum stay.
    retry
        Shape ``([R])``, share of the refused deliveries that come round again some minutes later.
    """

    rate_per_h: Floats
    rho: Floats
    kappa: Floats
    leave_per_h: Floats
    stay_mu: Floats
    stay_sigma: Floats
    keeps_max_stay: Floats
    retry: Floats

    def draw(self, row: int) -> Parameters:
        """Return one draw of R."""
        return Parameters(*(np.asarray(getattr(self, field.name)[row]) for field in fields(self)))

    @property
    def draws(self) -> int:
        """Number of draws R; 0 where these are no draws."""
        return 0 if self.kappa.ndim == 0 else len(self.kappa)
