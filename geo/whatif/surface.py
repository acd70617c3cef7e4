"""The expected cost of every single window at once, exactly, and of every two windows with the night held fixed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.whatif.operators import Operators

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

SETTLED = 1e-5
"""Largest change of a midnight from one day to the next (total variation), as for a single rule."""

MOST_DAYS = 60
"""Days followed at most, as for a single rule."""


@dataclass(frozen=True)
class Halves:
    """A shared day as seen from each edge: what has come of it so far, and what is still to come.

    Axes ``E`` edges, ``S`` states. ``reach`` and ``spent``: shape ``(E, S, S)`` and ``(E, S)``, operator and cost from
    midnight to the edge; ``rest`` and ``ahead``: the same from the edge to midnight.
    """

    reach: Floats
    spent: Floats
    rest: Floats
    ahead: Floats


@dataclass(frozen=True)
class Surface:
    """Every window on a grid; axes ``T`` maximum stays, ``E`` first edges, ``E`` last edges, ``S`` states.

    Attributes
    ----------
    cost
        Shape ``(T, E, E)``, points per day, infinite where a window is not allowed.
    night
        Shape ``(T, E, E, S)``, distribution at midnight.
    worth
        Shape ``(T, E, E, S)``, expected cost from the start of a window to midnight, by the state before it.
    """

    cost: Floats
    night: Floats
    worth: Floats


def halves(ops: Operators) -> Halves:
    """Return the shared day from both ends."""
    move, cost = ops.move[:, 0], ops.cost[:, 0]
    steps, states = cost.shape
    reach, rest = (np.tile(np.eye(states), (steps + 1, 1, 1)) for _ in range(2))
    spent, ahead = np.zeros((steps + 1, states)), np.zeros((steps + 1, states))
    for i in range(steps):
        reach[i + 1] = move[i] @ reach[i]
        spent[i + 1] = spent[i] + cost[i] @ reach[i]
    for i in range(steps - 1, -1, -1):
        rest[i] = rest[i + 1] @ move[i]
        ahead[i] = cost[i] + ahead[i + 1] @ move[i]
    return Halves(reach, spent, rest, ahead)


def surface(ops: Operators, parts: Halves, is_allowed: Bools) -> Surface:
    """Return what every allowed window costs on a day that repeats itself.

    Costs are linear in the distribution at midnight, so one backward pass gives the cost of every window for any
    night, and forward passes give each window its own night (science brief, 3.3).

    Parameters
    ----------
    ops
        Steps of the day.
    parts
        Of the shared day.
    is_allowed
        Shape ``(E, E)``, first edge times last edge.
    """
    price, worth = _priced(ops, parts)
    night = _common_nights(ops, parts, _shared_night(parts))
    for _ in range(MOST_DAYS):
        following = _next_nights(ops, parts, night)
        moved = np.abs(following - night).sum(axis=-1)[:, is_allowed].max(initial=0.0) / 2.0
        night = following
        if moved <= SETTLED:
            break
    cost = np.where(is_allowed, (price * night).sum(axis=-1), np.inf)
    return Surface(cost, night, worth)


def _priced(ops: Operators, parts: Halves) -> tuple[Floats, Floats]:
    """Return the cost of each window by the state at midnight, and from its start by the state before it."""
    move, cost = ops.move[:, 1:], ops.cost[:, 1:]
    steps, limits, states = cost.shape
    price = np.zeros((limits, steps + 1, steps + 1, states))
    worth = np.zeros_like(price)
    open_to = np.zeros((limits, steps + 1, states))
    for i in range(steps - 1, -1, -1):
        open_to[:, i + 1] = parts.ahead[i + 1]
        open_to[:, i + 1 :] = cost[i][:, None] + open_to[:, i + 1 :] @ move[i]
        worth[:, i, i + 1 :] = open_to[:, i + 1 :] @ ops.clear
        price[:, i, i + 1 :] = parts.spent[i] + worth[:, i, i + 1 :] @ parts.reach[i]
    # A day that is reserved from midnight to midnight never starts.
    price[:, 0, steps] = open_to[:, steps]
    return price, worth


def _shared_night(parts: Halves) -> Floats:
    """Return the distribution at midnight of a day without windows."""
    now = np.zeros(len(parts.reach[0]))
    now[0] = 1.0
    for _ in range(MOST_DAYS):
        following = parts.reach[-1] @ now
        moved = np.abs(following - now).sum() / 2.0
        now = following
        if moved <= SETTLED:
            break
    return np.asarray(now)


def _common_nights(ops: Operators, parts: Halves, night: Floats) -> Floats:
    """Return the midnight after one day with each window that begins with the same night."""
    move = ops.move[:, 1:].swapaxes(-1, -2)
    steps, limits, states, _ = move.shape
    found = np.zeros((limits, steps + 1, steps + 1, states))
    inside = np.zeros((limits, steps + 1, states))
    for i in range(steps):
        inside[:, i] = ops.clear @ (parts.reach[i] @ night)
        inside[:, : i + 1] = inside[:, : i + 1] @ move[i]
        found[:, : i + 1, i + 1] = inside[:, : i + 1] @ parts.rest[i + 1].T
    return found


def _next_nights(ops: Operators, parts: Halves, night: Floats) -> Floats:
    """Return the midnight after one more day with each window, each from its own."""
    move = ops.move[:, 1:].swapaxes(-1, -2)
    steps, limits, states, _ = move.shape
    found = np.zeros_like(night)
    inside = np.zeros_like(night)
    for i in range(steps):
        enter = (ops.clear @ parts.reach[i]).T
        inside[:, i, i + 1 :] = night[:, i, i + 1 :] @ enter
        if i == 0:
            inside[:, 0, steps] = night[:, 0, steps]
        rows = inside[:, : i + 1, i + 1 :]
        stepped = rows.reshape(limits, -1, states) @ move[i]
        inside[:, : i + 1, i + 1 :] = stepped.reshape(rows.shape)
        found[:, : i + 1, i + 1] = inside[:, : i + 1, i + 1] @ parts.rest[i + 1].T
    return found


@dataclass(frozen=True)
class Pairs:
    """Which rules of two windows are looked for.

    Attributes
    ----------
    most
        How many.
    gap
        Fewest steps between the windows.
    is_useful
        Shape ``(steps + 1, steps + 1)``, windows by first and last edge that may be one of two.
    """

    most: int
    gap: int
    is_useful: Bools


def best_pairs(ops: Operators, parts: Halves, single: Surface, limit: int, asked: Pairs) -> Ints:
    """Return the best rules of two windows with a break between them, shape ``(N, 4)``: edges of both.

    The night is held at that of the best single window of the maximum stay, which changes little from rule to rule;
    scores are exact but for that, so the best are to be evaluated once more.

    Parameters
    ----------
    ops, parts, single
        Of the day.
    limit
        Index of the maximum stay.
    asked
        Which pairs.
    """
    most, gap = asked.most, asked.gap
    steps = len(ops.cost)
    is_allowed = np.isfinite(single.cost[limit]) & asked.is_useful
    best = np.unravel_index(np.argmin(single.cost[limit]), single.cost[limit].shape)
    first = _first_windows(ops, parts, single.night[limit][best], limit)
    second_edges = np.argwhere(is_allowed)[::-1]
    second = np.empty((len(second_edges), ops.cost.shape[2]))
    known = 0
    known_at = np.zeros(steps + gap + 1, np.int64)
    scores, edges = [np.zeros(0)], [np.zeros((0, 4), np.int64)]
    for at in range(steps - 1, 0, -1):
        second[:known] = ops.cost[at, 0] + second[:known] @ ops.move[at, 0]
        starts = np.flatnonzero(is_allowed[:, at])
        far = known_at[at + gap]
        if far and len(starts):
            points = first[0][starts, at][:, None] + first[1][starts, at] @ second[:far].T
            few = min(most, points.size - 1)
            kept = np.argpartition(points, few, axis=None)[:most]
            row, column = np.unravel_index(kept, points.shape)
            scores.append(points.ravel()[kept])
            of_first = np.stack([starts[row], np.full(len(row), at)], axis=1)
            edges.append(np.concatenate([of_first, second_edges[column]], axis=1))
        added = int(np.count_nonzero(is_allowed[at]))
        chosen = second_edges[known : known + added]
        second[known : known + added] = single.worth[limit, chosen[:, 0], chosen[:, 1]]
        known += added
        known_at[at] = known
    order = np.argsort(np.concatenate(scores), kind="stable")[:most]
    return np.concatenate(edges)[order]


def _first_windows(
    ops: Operators, parts: Halves, night: Floats, limit: int
) -> tuple[Floats, Floats]:
    """Return the cost from midnight to the end of each window, and the distribution there."""
    steps, states = len(ops.cost), len(night)
    cost = np.full((steps + 1, steps + 1), np.inf)
    there = np.zeros((steps + 1, steps + 1, states))
    inside = np.zeros((steps + 1, states))
    so_far = np.zeros(steps + 1)
    for i in range(steps):
        inside[i] = ops.clear @ (parts.reach[i] @ night)
        so_far[i] = parts.spent[i] @ night
        so_far[: i + 1] += inside[: i + 1] @ ops.cost[i, 1 + limit]
        inside[: i + 1] = inside[: i + 1] @ ops.move[i, 1 + limit].T
        cost[: i + 1, i + 1] = so_far[: i + 1]
        there[: i + 1, i + 1] = inside[: i + 1]
    return cost, there
