"""The next hours: what is there now fades into the typical week."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from geo.forecast.climatology import Floats, clipped
from geo.words import SLOT_S

Bools = NDArray[np.bool_]
Counts = NDArray[np.int8]

HORIZONS_MIN = (30, 60, 120)
"""Minutes ahead for which next hours are given; beyond them the typical week is as good (science brief, 5)."""

DEFAULT_TAU_MIN = 35.0
"""Where there is nothing to fit: the middle of what was found on real loading zones (science brief, 5: 30 to 40)."""

SHORTEST_TAU_MIN, LONGEST_TAU_MIN = 2.0, 1440.0

_CLASSES = 400
_BEFORE = 6
"""Numbers of vehicles that are told apart in the fit: none to five, or more."""

_LARGEST_LOG_ODDS = 9.3
"""Log odds of ``P_LOWEST``: probabilities are put into classes so narrow that the fit does not notice."""


def relaxed(p_typical: Floats, vehicles: Counts, seen: Bools, decay: float) -> Floats:
    """Return probabilities of an occupied bay some time after a state that is known.

    Source: science brief, section 5: ``p_typical + (state - p_typical) * exp(-horizon / tau)``. Where several vehicles
    are there, each leaves on its own: what is left of the state is the chance that not all have left.

    Parameters
    ----------
    p_typical
        Typical week at the time forecast, any shape.
    vehicles, seen
        State at the time the forecast is made, of the same shape; where unseen the typical week stands.
    decay
        ``exp(-horizon / tau)``, 0..1: what is left of a state of one vehicle, or none.
    """
    moved = p_typical + ((vehicles > 0) - p_typical) * _left(vehicles, decay)
    return clipped(np.where(seen, moved, p_typical))


def _left(vehicles: Counts, decay: float) -> Floats:
    """Return the share of a state that is left."""
    return np.asarray(1.0 - (1.0 - decay) ** np.maximum(vehicles, 1), np.float64)


def decay_of(horizon_min: float, tau_min: float) -> float:
    """Return the share of a known state that is left after some minutes."""
    return float(np.exp(-horizon_min / tau_min))


def fitted_tau_min(p_typical: Floats, vehicles: Counts, seen: Bools) -> float:
    """Return the one time constant of a commune, in minutes, that makes what followed most likely.

    Each pair of seen slots ``HORIZONS_MIN`` apart counts once.

    Parameters
    ----------
    p_typical, vehicles, seen
        Shape ``(B, T)``, consecutive slots of the training weeks.
    """
    counts = {
        horizon_min: _counts(p_typical, vehicles, seen, horizon_min * 60 // SLOT_S)
        for horizon_min in HORIZONS_MIN
    }
    if not any(one[:, 1:].sum() for one in counts.values()):
        return DEFAULT_TAU_MIN

    def loss(log_tau_min: float) -> float:
        return sum(
            _loss(one, decay_of(horizon_min, float(np.exp(log_tau_min))))
            for horizon_min, one in counts.items()
        )

    found = minimize_scalar(
        loss, bounds=(np.log(SHORTEST_TAU_MIN), np.log(LONGEST_TAU_MIN)), method="bounded"
    )
    return float(np.exp(found.x))


_MIDDLES = 1.0 / (
    1.0 + np.exp(-np.linspace(-_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS, _CLASSES, dtype=np.float64))
)
"""Probability in the middle of each class."""


def _counts(p_typical: Floats, vehicles: Counts, seen: Bools, slots: int) -> Floats:
    """Count pairs of seen slots by class of probability, vehicles before and state after, ``(classes, N, 2)``."""
    both = seen[:, :-slots] & seen[:, slots:]
    p = clipped(p_typical[:, slots:][both])
    share = (np.log(p / (1 - p)) / _LARGEST_LOG_ODDS + 1) / 2
    row = np.clip(np.rint(share * (_CLASSES - 1)), 0, _CLASSES - 1).astype(np.int64)
    before = np.minimum(vehicles[:, :-slots][both], _BEFORE - 1)
    cell = (row * _BEFORE + before) * 2 + (vehicles[:, slots:][both] > 0)
    counts = np.bincount(cell, minlength=_CLASSES * _BEFORE * 2)
    return counts.reshape(_CLASSES, _BEFORE, 2).astype(np.float64)


def _loss(counts: Floats, decay: float) -> float:
    before = np.arange(_BEFORE, dtype=np.int8)[None]
    p = relaxed(_MIDDLES[:, None], before, np.ones((1, 1), np.bool_), decay)
    return float(-(counts[:, :, 1] * np.log(p) + counts[:, :, 0] * np.log1p(-p)).sum())
