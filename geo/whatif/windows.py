"""The best rules of a day: every single window and maximum stay exactly, and the best pairs of windows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.demand.parameters import DELIVERIES, Parameters
from geo.study.words import Search, Weights
from geo.whatif.chain import BIN_MIN, DAY_MIN, outcomes_of, steps_min
from geo.whatif.operators import operators
from geo.whatif.outcome import DayRule, Window, score
from geo.whatif.simpler import searchable
from geo.whatif.states import Kerb, at_load
from geo.whatif.surface import Pairs, best_pairs, halves, surface
from geo.whatif.traffic import SHARED_TIME, Traffic, as_draws, delivery_load, regimes_of, traffic

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

PAIRS = 24
"""Rules of two windows that are evaluated exactly, for each of the best maximum stays; a parameter of ours."""

PAIR_LIMITS = 2
"""Maximum stays for which two windows are tried: those of the best single windows; a parameter of ours."""

CHECKED = 200
"""Rules of a long bay that are evaluated exactly after all were ranked by a simpler chain; a parameter of ours."""

USEFUL_PER_DAY = 1.0
"""Deliveries a day that want to stop in each of two windows; a parameter of ours: without it a window in the small hours
looks good, for cars are asked to leave once more."""

NO_WINDOW = -1
"""Start of a window that a rule does not have."""


@dataclass(frozen=True)
class Ranked:
    """Rules of a day with their scores; the same search gives the same rules in the same order for every bay.

    Attributes
    ----------
    windows
        Shape ``(N, 2, 3)``, int64: start and end in minutes and the maximum stay (0 = none) of the first and second
        window, ``NO_WINDOW`` throughout where a rule has none. The rule without window comes first, then all single
        windows by maximum stay, start and end, then pairs.
    scores
        Shape ``(N,)``, points per day, lower is better.
    now
        Points per day of the rule now.
    """

    windows: Ints
    scores: Floats
    now: float

    @cached_property
    def rules(self) -> tuple[DayRule, ...]:
        """All rules, in the order of the scores."""
        first, second = self.windows[:, 0].tolist(), self.windows[:, 1].tolist()
        return tuple(_rule(*a, *b) for a, b in zip(first, second, strict=True))

    def rule(self, row: int) -> DayRule:
        """Return a rule."""
        return _rule(*self.windows[row].ravel().tolist())

    def best(self, count: int) -> list[tuple[DayRule, float]]:
        """Return the best rules with their scores, best first; of equals the one that comes first."""
        rows = np.argsort(self.scores, kind="stable")[:count]
        return [(self.rule(row), float(self.scores[row])) for row in rows]


def search(
    kerb: Kerb,
    parameters: Parameters,
    kind: int,
    weights: Weights,
    limits: Search,
    *,
    now: DayRule = (),
) -> Ranked:
    """Return all rules of a kind of day with their scores.

    Parameters
    ----------
    kerb
        The bay.
    parameters
        One value of each, no draws.
    kind
        Index into ``DAY_KINDS``.
    weights
        Points per unit.
    limits
        Grid, shortest window, maximum stays, one or two windows.
    now
        The rule now; its own maximum stays are allowed too.

    Notes
    -----
    Scores equal ``score(outcome(...))`` to 1e-4 (science brief, 3.3). In bays of more states than
    ``geo.whatif.simpler.MOST_STATES`` all rules are ranked by a simpler chain, and only the best ``CHECKED`` have exact
    scores; the others are shifted by the mean difference of these.
    """
    return search_days(kerb, parameters, {kind: 1.0}, weights, limits, now={kind: now})


def search_days(
    kerb: Kerb,
    parameters: Parameters,
    kinds: Mapping[int, float],
    weights: Weights,
    limits: Search,
    *,
    now: Mapping[int, DayRule],
) -> Ranked:
    """Return all rules with their scores where several kinds of day must share one; scores add up by weight.

    Parameters
    ----------
    kerb, parameters, weights, limits
        As for one kind of day.
    kinds
        Weight of each kind of day, by index into ``DAY_KINDS``.
    now
        The rule of each of these kinds now.
    """
    stays = allowed_stays(limits, list(now.values()))
    regimes = (SHARED_TIME, *stays)
    easy, eased = searchable(kerb, parameters)
    edges, is_allowed = _grid(limits)
    singles = np.zeros(len(stays) * np.count_nonzero(is_allowed))
    pairs: list[Ints] = []
    for kind, weight in kinds.items():
        ops = operators(*_flow(easy, eased, kind, regimes), weights, edges)
        parts = halves(ops)
        found = surface(ops, parts, is_allowed)
        singles += weight * found.cost[:, is_allowed].ravel()
        best = np.argsort(found.cost.min(axis=(1, 2)), kind="stable")[:PAIR_LIMITS]
        is_useful = _useful(parameters, kind, edges)
        if limits.max_windows > 1:
            for limit in best:
                asked = Pairs(PAIRS, _break_steps(limits, edges), is_useful)
                some = best_pairs(ops, parts, found, int(limit), asked)
                pairs.append(_two_windows(edges[some], stays[limit]))
    judge = _Judge({k: _flow(kerb, parameters, k, regimes) for k in kinds}, kinds, weights)
    windows = np.concatenate([_single_windows(edges, is_allowed, stays), *pairs])
    _, kept = np.unique(windows.reshape(len(windows), -1), axis=0, return_index=True)
    ranked = Ranked(windows[np.sort(kept)], np.zeros(len(kept)), judge.now(now))
    return _scored(ranked, singles, judge, is_exact=easy is kerb)


def _flow(
    kerb: Kerb, parameters: Parameters, kind: int, regimes: tuple[int, ...]
) -> tuple[Kerb, Traffic]:
    draws = as_draws(parameters)
    loaded = at_load(kerb, delivery_load(draws, kind))
    return loaded, traffic(loaded, draws, kind, regimes)


def allowed_stays(limits: Search, now: Sequence[DayRule]) -> tuple[int, ...]:
    """Return the maximum stays that may be proposed, as regimes, in order: those of a search and those there are."""
    return tuple(sorted({*limits.max_stay_min, *regimes_of(now)[1:]}))


@dataclass(frozen=True)
class _Judge:
    """Evaluates rules one by one, on the scale of the search."""

    flows: Mapping[int, tuple[Kerb, Traffic]]
    kinds: Mapping[int, float]
    weights: Weights

    def scores(self, rules: Sequence[DayRule]) -> Floats:
        total = np.zeros(len(rules))
        for kind, weight in self.kinds.items():
            found = outcomes_of(*self.flows[kind], rules)[0]
            total += weight * score(found, self.weights)
        return total

    def now(self, rules: Mapping[int, DayRule]) -> float:
        return sum(
            float(replace(self, kinds={kind: self.kinds[kind]}).scores([rule])[0])
            for kind, rule in rules.items()
        )


def _scored(ranked: Ranked, singles: Floats, judge: _Judge, *, is_exact: bool) -> Ranked:
    """Return rules with scores: single windows as found, the others, and the best of long bays, one by one."""
    last = 1 + len(singles)
    scores = np.concatenate([[0.0], singles, np.zeros(len(ranked.windows) - last)])
    others = [0, *range(last, len(scores))]
    scores[others] = judge.scores([ranked.rule(row) for row in others])
    if not is_exact and len(singles):
        best = 1 + np.argsort(singles, kind="stable")[:CHECKED]
        exact = judge.scores([ranked.rule(row) for row in best])
        scores[1:last] += float(np.mean(exact - scores[best]))
        scores[best] = exact
    return replace(ranked, scores=scores)


def _useful(parameters: Parameters, kind: int, edges: Ints) -> Bools:
    """Tell in which windows, by first and last edge, enough deliveries want to stop to be one window of two."""
    per_step = parameters.rate_per_h[kind, edges[:-1] // BIN_MIN, :DELIVERIES].sum(axis=1)
    until = np.append(0.0, np.cumsum(per_step * np.diff(edges) / 60.0))
    return np.asarray(until[None, :] - until[:, None] >= USEFUL_PER_DAY)


def _break_steps(limits: Search, edges: Ints) -> int:
    """Return the fewest steps of shared time between two windows: as long as a window must be at least.

    A shorter break serves nobody: its only use is that parked cars are asked to leave twice.
    """
    return max(1, math.ceil(60.0 * limits.min_window_h / float(np.diff(edges).min())))


def _grid(limits: Search) -> tuple[Ints, Bools]:
    """Return the edges of the steps of a day and which pairs of them a window may have."""
    on_grid = range(0, DAY_MIN + 1, limits.grid_min)
    edges = np.array(sorted({*steps_min([]).tolist(), *on_grid}))
    may = np.isin(edges, on_grid)
    lasts = edges[None, :] - edges[:, None] >= max(60.0 * limits.min_window_h, 1.0)
    return edges, may[:, None] & may[None, :] & lasts & (limits.max_windows > 0)


def _single_windows(edges: Ints, is_allowed: Bools, stays: tuple[int, ...]) -> Ints:
    pairs = edges[np.argwhere(is_allowed)]
    rows = np.full((1 + len(stays) * len(pairs), 2, 3), NO_WINDOW, np.int64)
    rows[1:, 0, :2] = np.tile(pairs, (len(stays), 1))
    rows[1:, 0, 2] = np.repeat(stays, len(pairs))
    return rows


@lru_cache(maxsize=100_000)
def _rule(*parts: int) -> DayRule:
    """Return a rule from the parts of two windows; kept, for bays share theirs."""
    return tuple(
        Window(start, end, limit or None)
        for start, end, limit in (parts[:3], parts[3:])
        if start != NO_WINDOW
    )


def _two_windows(minutes: Ints, stay: int) -> Ints:
    rows = np.full((len(minutes), 2, 3), stay, np.int64)
    rows[:, :, :2] = minutes.reshape(-1, 2, 2)
    return rows
