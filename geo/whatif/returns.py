"""What it is worth to come round again to a bay that was full a few minutes ago."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.compiled import compiled
from geo.whatif.states import Moves, fastest_rate, held_chance

Floats = NDArray[np.float64]

ROUGH_TAIL = 1e-4
"""Probability of more events than are followed, where only the worth of a second try hangs on it; a parameter of ours."""

FIRST_GUESS = 0.5
"""Chance that a later return helps, before it is computed; any share would do."""


@compiled
def chance_again(moves: Moves, come: Floats, go: Floats, retry: Floats, after_h: float) -> Floats:
    """Return the chance that a delivery refused in a state finds room in the end if it comes round.

    Where nobody has left meanwhile the bay is as full as before, whatever the mean chance of a gap in that state.

    Parameters
    ----------
    moves
        Of the kerb.
    come, go
        Shape ``(bins, K, B)``, per hour.
    retry
        Shape ``(B,)``, share that comes round, each time anew.
    after_h
        Hours until a refused driver is back.

    Returns
    -------
    Shape ``(bins, 2, S, B)`` for vans and trucks.
    """
    admit = moves[2]
    bins, _, lanes = come.shape
    found = np.zeros((bins, 2, len(admit), lanes))
    for step in range(bins):
        fastest = fastest_rate(moves, come[step], go[step])
        for kind in range(2):
            value = np.full((len(admit), lanes), FIRST_GUESS)
            # Each round takes one more return into account, so a wrong guess counts less than retry squared.
            for _ in range(2):
                worth = np.empty_like(value)
                for state in range(len(admit)):
                    room = admit[state, kind]
                    worth[state] = room + (1.0 - room) * retry * value[state]
                worth = _expected(moves, worth, (come[step], go[step]), fastest, after_h)
                for state in range(len(admit)):
                    still = np.exp(-after_h * _leaving(moves, go[step], state))
                    worth[state] -= still * admit[state, kind] * (1.0 - retry * value[state])
                value = np.maximum(worth, 0.0)
            found[step, kind] = value
    return found


@compiled
def _leaving(moves: Moves, go: Floats, state: int) -> Floats:
    """Return departures per hour from a state, shape ``(B,)``."""
    total = np.zeros(go.shape[1])
    for kind in range(4):
        total += moves[3][state, kind] * go[kind]
    return total


@compiled
def _expected(
    moves: Moves, value: Floats, rates: tuple[Floats, Floats], fastest: float, after_h: float
) -> Floats:
    """Return the expected value after some time, for each state at its start."""
    events = fastest * after_h
    weight = np.exp(-events)
    behind = weight
    walked, following = value.copy(), np.empty_like(value)
    held, per_event = held_chance(moves, rates, fastest), (rates[0] / fastest, rates[1] / fastest)
    total = weight * value
    done = 0
    while 1.0 - behind > ROUGH_TAIL:
        _look_back(moves, walked, following, per_event, held)
        walked, following = following, walked
        done += 1
        weight *= events / done
        behind += weight
        total += weight * walked
    return np.asarray(total + max(1.0 - behind, 0.0) * walked)


@compiled
def _look_back(
    moves: Moves, value: Floats, before: Floats, per_event: tuple[Floats, Floats], held: Floats
) -> None:
    """Take values back over one event of the uniformised chain."""
    above, below, admit, counts = moves
    come, go = per_event
    lanes = value.shape[1]
    for state in range(len(value)):
        row, here, stays = before[state], value[state], held[state]
        for lane in range(lanes):
            row[lane] = here[lane] * stays[lane]
        for kind in range(4):
            enters, leaves = admit[state, kind], counts[state, kind]
            more, come_row = value[above[state, kind]], come[kind]
            less, go_row = value[below[state, kind]], go[kind]
            if enters > 0.0:
                for lane in range(lanes):
                    row[lane] += come_row[lane] * enters * more[lane]
            if leaves > 0.0:
                for lane in range(lanes):
                    row[lane] += go_row[lane] * leaves * less[lane]
