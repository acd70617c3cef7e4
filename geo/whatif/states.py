"""The states of a kerb, vehicles counted by kind, and how a crowd of such chains moves through a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from geo.compiled import compiled
from geo.whatif.fit import BUSY, CALM, TOUCH_M, GapTable, gap_table, gap_tables
from geo.words import VEHICLE_CLASSES, VehicleClass

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Moves = tuple[Ints, Ints, Floats, Floats]

CLASS_OF_KIND = tuple(
    VEHICLE_CLASSES.index(name)
    for name in (VehicleClass.VAN, VehicleClass.TRUCK, VehicleClass.CAR, VehicleClass.CAR)
)
"""Vehicle class of each of ``CHAIN_KINDS``."""

VAN, TRUCK, SHORT_CAR, LONG_CAR = range(4)

BLOCKED, RETRIED, CARS = slice(0, 2), slice(2, 4), 4
"""Rows of what ``drive`` adds up: hours without a gap for vans and trucks, the same weighted by the chance that
coming round again helps, and car-hours."""

TAIL = 1e-7
"""Probability of more events in a step than are followed; a parameter of ours, far below what is asked for."""

MOST_EVENTS = 200.0
"""Expected events in one step, above which the step is divided: their Poisson weights would get too small."""


@dataclass(frozen=True)
class Kerb:
    """A bay as the chain sees it; axes ``S`` states, ``K`` = ``CHAIN_KINDS``.

    Attributes
    ----------
    length_m
        Of the bay.
    need_m
        Shape ``(K,)``, kerb that a vehicle takes.
    counts
        Shape ``(S, K)``, int64, vehicles there; the first state is empty.
    admit
        Shape ``(S, K)``, probability that a vehicle of a kind finds a gap.
    calm, busy
        Shape ``(S, K)``, the same probability where few and where many deliveries come.
    above, below
        Shape ``(S, K)``, int64, the state with one vehicle more or less, the state itself where there is none.
    """

    length_m: float
    need_m: Floats
    counts: Ints
    admit: Floats
    calm: Floats
    busy: Floats
    above: Ints
    below: Ints

    @property
    def moves(self) -> Moves:
        """What the compiled loops take."""
        return self.above, self.below, self.admit, self.counts.astype(np.float64)


def kerb(length_m: float, vehicle_length_m: tuple[float, ...]) -> Kerb:
    """Return the states of a bay with the chances of a gap; kept in process.

    Parameters
    ----------
    length_m
        Length of the bay.
    vehicle_length_m
        Kerb that a vehicle takes, in the order of ``VEHICLE_CLASSES``.
    """
    return _kerb(round(float(length_m), 1), tuple(float(length) for length in vehicle_length_m))


@lru_cache(maxsize=1024)
def _kerb(length_m: float, vehicle_length_m: tuple[float, ...]) -> Kerb:
    usual = kerb_of(length_m, vehicle_length_m, gap_table(length_m, vehicle_length_m))
    calm, busy = (
        kerb_of(length_m, vehicle_length_m, table).admit
        for table in gap_tables(length_m, vehicle_length_m)
    )
    return replace(usual, calm=calm, busy=busy)


def at_load(kerb: Kerb, load: float) -> Kerb:
    """Return a kerb with the chances of a gap that belong to a load.

    Parameters
    ----------
    kerb
        As made for its length.
    load
        Deliveries that come during one mean stay, as most of them find it.
    """
    share = np.log(max(load, 1e-9) / CALM) / np.log(BUSY / CALM)
    weight = min(max(float(share), 0.0), 1.0)
    return replace(kerb, admit=(1.0 - weight) * kerb.calm + weight * kerb.busy)


def kerb_of(length_m: float, vehicle_length_m: tuple[float, ...], table: GapTable) -> Kerb:
    """Return the states of a bay with the chances of a given table."""
    need_m = np.array(vehicle_length_m)[list(CLASS_OF_KIND)]
    most = np.floor(length_m / need_m + TOUCH_M).astype(int)
    counts = np.array(
        [n for n in product(*(range(m + 1) for m in most)) if n @ need_m <= length_m + TOUCH_M],
        dtype=np.int64,
    )
    index = {tuple(row): state for state, row in enumerate(counts.tolist())}
    steps = np.eye(len(need_m), dtype=np.int64)
    above, below = (
        np.array(
            [
                [index.get(tuple(row + sign * step), i) for step in steps]
                for i, row in enumerate(counts)
            ]
        )
        for sign in (1, -1)
    )
    by_class = np.zeros((len(counts), len(VEHICLE_CLASSES)), np.int64)
    np.add.at(by_class.T, list(CLASS_OF_KIND), counts.T)
    chance = table.chance[table.code(by_class)][:, list(CLASS_OF_KIND)]
    fits = above != np.arange(len(counts))[:, None]
    admit = np.where(fits, chance, 0.0)
    return Kerb(length_m, need_m, counts, admit, admit, admit, above, below)


@compiled
def drive(
    moves: Moves,
    start: Floats,
    rates: tuple[Floats, Floats, Floats, Floats],
    again: Floats,
    refers: tuple[Ints, Ints],
) -> tuple[Floats, Floats]:
    """Move distributions through steps of constant rates, by uniformisation; lanes ``B`` are independent chains.

    Parameters
    ----------
    moves
        Of the kerb.
    start
        Shape ``(S, B)``, probabilities at the start.
    rates
        ``step_h`` of shape ``(M,)``; ``come`` and ``go`` of shape ``(M, K, B)``, per hour, ``go`` of each vehicle
        there; ``clear`` of shape ``(M, B)``, share of the cars that makes room at the start of a step.
    again
        Shape ``(bins, 2, S, F)``, chance that a delivery refused in a state is served in the end if it comes round.
    refers
        ``bin`` of shape ``(M,)`` and ``regime`` of shape ``(M, B)``: where in ``again`` a lane looks.

    Returns
    -------
    Probabilities at the end, shape ``(S, B)``, and sums over each step, shape ``(M, 5, B)``.
    """
    step_h, come, go, clear = rates
    now = start.copy()
    sums = np.zeros((len(step_h), 5, now.shape[1]))
    for step in range(len(step_h)):
        if clear[step].max() > 0.0:
            now = _cleared(moves, now, clear[step])
        fastest = fastest_rate(moves, come[step], go[step])
        parts = 1 + int(fastest * step_h[step] / MOST_EVENTS)
        for _ in range(parts):
            now, spent = _stepped(moves, now, (come[step], go[step]), fastest, step_h[step] / parts)
            _add(moves, spent, sums[step], again[refers[0][step]], refers[1][step])
    return now, sums


@compiled
def fastest_rate(moves: Moves, come: Floats, go: Floats) -> float:
    """Return the highest rate, over states and lanes, at which a state is left."""
    admit, counts = moves[2], moves[3]
    highest = 1e-9
    for state in range(len(admit)):
        for lane in range(come.shape[1]):
            total = 0.0
            for kind in range(4):
                total += (
                    come[kind, lane] * admit[state, kind] + go[kind, lane] * counts[state, kind]
                )
            highest = max(highest, total)
    return highest


@compiled
def _stepped(
    moves: Moves, now: Floats, rates: tuple[Floats, Floats], fastest: float, step_h: float
) -> tuple[Floats, Floats]:
    """Return the distribution after a step and the time spent in each state during it, in hours."""
    events = fastest * step_h
    weight = np.exp(-events)
    behind = weight
    walked, following = now.copy(), np.empty_like(now)
    held, per_event = held_chance(moves, rates, fastest), (rates[0] / fastest, rates[1] / fastest)
    ahead = weight * now
    spent = (1.0 - behind) / fastest * now
    done = 0
    while 1.0 - behind > TAIL:
        _jump(moves, walked, following, per_event, held)
        walked, following = following, walked
        done += 1
        weight *= events / done
        behind += weight
        rest = max(1.0 - behind, 0.0) / fastest
        for state in range(len(now)):
            row, ahead_row, spent_row = walked[state], ahead[state], spent[state]
            for lane in range(len(row)):
                ahead_row[lane] += weight * row[lane]
                spent_row[lane] += rest * row[lane]
    ahead += max(1.0 - behind, 0.0) * walked
    return ahead, spent


@compiled
def held_chance(moves: Moves, rates: tuple[Floats, Floats], fastest: float) -> Floats:
    """Return the chance that an event of the uniformised chain changes nothing, shape ``(S, B)``."""
    admit, counts = moves[2], moves[3]
    come, go = rates
    held = np.ones((len(admit), come.shape[1]))
    for state in range(len(admit)):
        row = held[state]
        for kind in range(4):
            enters, leaves = admit[state, kind] / fastest, counts[state, kind] / fastest
            for lane in range(len(row)):
                row[lane] -= enters * come[kind, lane] + leaves * go[kind, lane]
    return held


@compiled
def _jump(
    moves: Moves, now: Floats, following: Floats, per_event: tuple[Floats, Floats], held: Floats
) -> None:
    """Move distributions by one event of the uniformised chain."""
    above, below, admit, counts = moves
    come, go = per_event
    lanes = now.shape[1]
    for state in range(len(now)):
        row, here, stays = following[state], now[state], held[state]
        for lane in range(lanes):
            row[lane] = here[lane] * stays[lane]
        for kind in range(4):
            come_row, go_row = come[kind], go[kind]
            up, down = above[state, kind], below[state, kind]
            if up != state:
                over, leaves = now[up], counts[up, kind]
                for lane in range(lanes):
                    row[lane] += over[lane] * go_row[lane] * leaves
            if down != state and admit[down, kind] > 0.0:
                under, enters = now[down], admit[down, kind]
                for lane in range(lanes):
                    row[lane] += under[lane] * come_row[lane] * enters


@compiled
def _cleared(moves: Moves, now: Floats, share: Floats) -> Floats:
    """Let each car that is there go with a chance, on its own."""
    above, counts = moves[0], moves[3]
    for kind in (SHORT_CAR, LONG_CAR):
        thinned = np.zeros_like(now)
        for state in range(len(now)):
            stay = counts[state, kind]
            ways = 1.0
            source, gone = state, 0
            while True:
                for lane in range(now.shape[1]):
                    chance = share[lane] ** gone * (1.0 - share[lane]) ** stay
                    thinned[state, lane] += ways * chance * now[source, lane]
                if above[source, kind] == source:
                    break
                source = above[source, kind]
                gone += 1
                ways *= (stay + gone) / gone
        now = thinned
    return now


@compiled
def _add(moves: Moves, spent: Floats, sums: Floats, again: Floats, regime: Ints) -> None:
    admit, counts = moves[2], moves[3]
    for state in range(len(spent)):
        row = spent[state]
        cars = counts[state, SHORT_CAR] + counts[state, LONG_CAR]
        for lane in range(len(row)):
            sums[4, lane] += cars * row[lane]
        for kind in range(2):
            refused = 1.0 - admit[state, kind]
            if refused > 0.0:
                for lane in range(len(row)):
                    sums[kind, lane] += refused * row[lane]
                    sums[2 + kind, lane] += refused * row[lane] * again[kind, state, regime[lane]]
