"""The next hours: what is there now fades into the typical week."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from geo.forecast.climatology import SLOTS, Floats, Ints, clipped
from geo.words import SLOT_S

Bools = NDArray[np.bool_]
Counts = NDArray[np.int8]

DEFAULT_TAU_MIN = 35.0
"""Where there is nothing to fit: the middle of what was found on real loading zones (science brief, 5: 30 to 40)."""

SHORTEST_TAU_MIN, LONGEST_TAU_MIN = 2.0, 2880.0

BLOCKS = 8
"""Times of day with a time constant of their own, three hours each: vans of the morning leave sooner than cars of the
night."""

STATES = 2
"""Free and occupied: a state forgets at its own rate, since stays of all lengths are mixed."""

TAU_VARIANCE = 0.25
"""Prior variance of the logarithm of a time constant around the commune's (assumption of ours)."""

DEPENDENT_PAIRS = 4.0
"""Pairs of slots that weigh as one against that prior: neighbouring ones tell of the same vehicles (parameter of ours)."""

_CLASSES = 400
_BEFORE = 6
"""Numbers of vehicles that are told apart in the fit: none to five, or more."""

_LARGEST_LOG_ODDS = 9.3
"""Log odds of ``P_LOWEST``: probabilities are put into classes so narrow that the fit does not notice."""


def relaxed(p_typical: Floats, vehicles: Counts, seen: Bools, decay: Floats | float) -> Floats:
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
        ``exp(-horizon / tau)``, 0..1, of a shape that fits: what is left of a state of one vehicle, or none.
    """
    left = 1.0 - (1.0 - decay) ** np.maximum(vehicles, 1)
    moved = p_typical + ((vehicles > 0) - p_typical) * left
    return clipped(np.where(seen, moved, p_typical))


def decays(tau_min: Floats, vehicles: Counts, slot: Ints, horizon_min: float) -> Floats:
    """Return ``exp(-horizon / tau)`` for each state, ``(B, T)``.

    Parameters
    ----------
    tau_min
        Shape ``(BLOCKS, STATES)`` from ``fitted_tau_min``.
    vehicles
        Shape ``(B, T)``, states at which forecasts are made.
    slot
        Shape ``(T,)``, slot of the local day that is forecast.
    """
    left = np.exp(-horizon_min / tau_min[_block(slot)])
    return np.asarray(np.where(vehicles > 0, left[:, 1], left[:, 0]), np.float64)


def fitted_tau_min(
    p_typical: Floats, vehicles: Counts, seen: Bools, slot: Ints, horizon_min: int
) -> Floats:
    """Return the time constants of a commune that make what followed most likely, minutes, ``(BLOCKS, STATES)``.

    One constant is fitted to all pairs of seen slots that lie the horizon apart, then one for each time of day and
    state, held near it.

    Parameters
    ----------
    p_typical, vehicles, seen
        Shape ``(B, T)``, consecutive slots of the training weeks.
    slot
        Shape ``(T,)``, slot of the local day.
    horizon_min
        Minutes ahead, whole slots.
    """
    counts = _counts(p_typical, vehicles, seen, slot, horizon_min * 60 // SLOT_S)
    if not counts.any():
        return np.full((BLOCKS, STATES), DEFAULT_TAU_MIN)
    common = _most_likely(counts.sum(axis=0), horizon_min, None)
    free, occupied = counts.copy(), counts.copy()
    free[:, :, 1:], occupied[:, :, 0] = 0.0, 0.0
    tau_min = [
        [_most_likely(one[block], horizon_min, common) for one in (free, occupied)]
        for block in range(BLOCKS)
    ]
    return np.asarray(np.exp(np.array(tau_min)), np.float64)


_MIDDLES = 1.0 / (
    1.0 + np.exp(-np.linspace(-_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS, _CLASSES, dtype=np.float64))
)
"""Probability in the middle of each class."""


def _block(slot: Ints) -> Ints:
    return slot // (SLOTS // BLOCKS)


def _most_likely(counts: Floats, horizon_min: int, near: float | None) -> float:
    """Return the logarithm of the time constant under which counts ``(classes, N, 2)`` are most likely."""

    def loss(log_tau_min: float) -> float:
        away = 0.0 if near is None else (log_tau_min - near) ** 2 / (2 * TAU_VARIANCE)
        decay = float(np.exp(-horizon_min / np.exp(log_tau_min)))
        return _loss(counts, decay) / DEPENDENT_PAIRS + away

    bounds = np.log(SHORTEST_TAU_MIN), np.log(LONGEST_TAU_MIN)
    return float(minimize_scalar(loss, bounds=bounds, method="bounded").x)


def _counts(p_typical: Floats, vehicles: Counts, seen: Bools, slot: Ints, slots: int) -> Floats:
    """Count pairs of seen slots by time of day, class of probability, vehicles before and state after.

    Returns
    -------
    Shape ``(BLOCKS, classes, N, 2)``.
    """
    both = seen[:, :-slots] & seen[:, slots:]
    p = clipped(p_typical[:, slots:][both])
    share = (np.log(p / (1 - p)) / _LARGEST_LOG_ODDS + 1) / 2
    row = np.clip(np.rint(share * (_CLASSES - 1)), 0, _CLASSES - 1).astype(np.int64)
    block = np.broadcast_to(_block(slot[slots:]), both.shape)[both]
    before = np.minimum(vehicles[:, :-slots][both], _BEFORE - 1)
    cell = ((block * _CLASSES + row) * _BEFORE + before) * 2 + (vehicles[:, slots:][both] > 0)
    counts = np.bincount(cell, minlength=BLOCKS * _CLASSES * _BEFORE * 2)
    return counts.reshape(BLOCKS, _CLASSES, _BEFORE, 2).astype(np.float64)


def _loss(counts: Floats, decay: float) -> float:
    before = np.arange(_BEFORE, dtype=np.int8)[None]
    p = relaxed(_MIDDLES[:, None], before, np.ones((1, 1), np.bool_), decay)
    return float(-(counts[:, :, 1] * np.log(p) + counts[:, :, 0] * np.log1p(-p)).sum())
