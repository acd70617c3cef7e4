"""What a step of the day does to every state at once, so that rules are compared by products of matrices."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.study.words import Weights
from geo.whatif.states import BLOCKED, CARS, RETRIED, Kerb, drive
from geo.whatif.traffic import SHARED_TIME, Traffic

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Operators:
    """Steps of a day as matrices; axes ``M`` steps, ``G`` regimes, ``S`` states.

    Attributes
    ----------
    edges_min
        Shape ``(M + 1,)``, minutes after midnight at which steps start, the last one ends at 1440.
    regimes
        Shared time first.
    move
        Shape ``(M, G, S, S)``: column = state at the start of a step, row = at its end.
    cost
        Shape ``(M, G, S)``, expected points in a step by the state at its start.
    clear
        Shape ``(S, S)``, cars that make room at the start of a window.
    """

    edges_min: Ints
    regimes: tuple[int, ...]
    move: Floats
    cost: Floats
    clear: Floats


def operators(kerb: Kerb, flow: Traffic, weights: Weights, edges_min: Ints) -> Operators:
    """Return the steps of a day in every regime of a traffic of one draw.

    Parameters
    ----------
    kerb
        The bay.
    flow
        Of one draw.
    weights
        Points per unit.
    edges_min
        Edges of the steps, all half hours among them.
    """
    states, regimes = len(kerb.counts), len(flow.regimes)
    steps = len(edges_min) - 1
    bin_min = 1440 // len(flow.come)
    move = np.empty((steps, regimes, states, states))
    cost = np.empty((steps, regimes, states))
    unit = np.tile(np.eye(states), regimes)
    lane = np.repeat(np.arange(regimes), states)
    for step, (from_min, to_min) in enumerate(pairwise(edges_min)):
        at = from_min // bin_min
        rates = (
            np.array([(to_min - from_min) / 60.0]),
            flow.come[at][:, lane][None],
            flow.go[at][:, lane][None],
            np.zeros((1, len(lane))),
        )
        refers = np.zeros(1, np.int64), lane[None]
        after, sums = drive(kerb.moves, unit, rates, flow.again[at : at + 1], refers)
        move[step] = after.reshape(states, regimes, states).transpose(1, 0, 2)
        points = _points(flow, weights, sums[0].reshape(5, regimes, states), at, rates[0][0])
        cost[step] = points
    clear = clearing(kerb, float(flow.kappa[0]))
    return Operators(edges_min, flow.regimes, move, cost, clear)


def clearing(kerb: Kerb, kappa: float) -> Floats:
    """Return what the start of a window does to every state, shape ``(S, S)``, columns before, rows after."""
    states = len(kerb.counts)
    still = np.zeros((1, 4, states))
    rates = np.zeros(1), still, still, np.full((1, states), kappa)
    nobody = np.zeros((1, 2, states, 1))
    refers = np.zeros(1, np.int64), np.zeros((1, states), np.int64)
    return drive(kerb.moves, np.eye(states), rates, nobody, refers)[0]


def _points(flow: Traffic, weights: Weights, sums: Floats, at: int, step_h: float) -> Floats:
    """Return points of one step by regime and state, from sums of shape ``(5, G, S)``."""
    first = flow.first[at, :, 0][:, None, None]
    unserved = first * (sums[BLOCKED] - flow.retry[0] * sums[RETRIED])
    cut = (first * step_h - unserved) * flow.cut[:, :, None]
    is_shared = np.array(flow.regimes) == SHARED_TIME
    car_hour = np.where(is_shared, weights.shared_car_hour, weights.reserved_car_hour)
    points = weights.unserved_per_day * unserved + weights.cut_short_per_day * cut
    return np.asarray(points.sum(0) + car_hour[:, None] * sums[CARS])
