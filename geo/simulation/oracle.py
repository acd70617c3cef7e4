"""The oracle: the best rule of a bay, found on its truth by trying; for validation, and for a city where all is well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind
from geo.facts.bay_facts import DAY_KINDS
from geo.rules import WEEK
from geo.simulation.judge import Trial, day_trial, true_outcome, true_score
from geo.simulation.truth import TruthBay
from geo.study.words import Search, Weights
from geo.whatif.outcome import DayRule, Window
from geo.words import Day, TimeRule

Floats = NDArray[np.float64]

DAY_MIN = 24 * 60

ROUGH_DAYS, FINE_DAYS = 100, 300
"""Days on which rules are first told apart, and on which the better ones are improved."""

COARSE_MIN = 120
"""Grid of the first round."""

KEPT, FINALISTS = 4, 12
"""Rules that are improved in each round, and that meet on many days."""

DAYS_OF_KIND = {
    DayKind.WEEKDAY: WEEK[:5],
    DayKind.SATURDAY: (Day.SA,),
    DayKind.SUNDAY: (Day.SU, Day.PH),
}


class _Scores:
    """Scores of rules on one trial, each computed once."""

    def __init__(self, trial: Trial, weights: Weights) -> None:
        self._trial, self._weights = trial, weights
        self._known: dict[DayRule, float] = {}

    def of(self, rule: DayRule) -> float:
        if rule not in self._known:
            self._known[rule] = true_score(self._trial, rule, self._weights)
        return self._known[rule]

    def best(self, rules: Iterable[DayRule], count: int) -> list[DayRule]:
        return sorted(dict.fromkeys(rules), key=lambda rule: (self.of(rule), rule))[:count]

    def all_best(self, count: int) -> list[DayRule]:
        return self.best(self._known, count)


def best_rule(
    bay: TruthBay,
    kind: int,
    weights: Weights,
    search: Search,
    run: tuple[int, int] = (3_000, 1),
) -> tuple[DayRule, Floats]:
    """Return the best rule found for days of one kind, and its true outcome per day.

    A coarse grid of single windows first, then steps of the grid from the best of them, then breaks within them,
    then the best dozen on many days. All are tried on the same drivers.

    Parameters
    ----------
    bay
        The truth of a bay.
    kind
        Index into ``DAY_KINDS``.
    weights
        Points.
    search
        Which rules are allowed.
    run
        Days on which the finalists meet, and the seed.
    """
    days, seed = run
    rough = _Scores(day_trial(bay, kind, ROUGH_DAYS, seed), weights)
    start = rough.best(_coarse(search), KEPT)
    fine = _Scores(day_trial(bay, kind, FINE_DAYS, seed + 1), weights)
    found = [_improved(rule, fine, search) for rule in start]
    if search.max_windows > 1:
        broken = fine.best((rule for one in found for rule in _breaks(one, search)), 2)
        found += [_improved(rule, fine, search) for rule in broken]
    last = _Scores(day_trial(bay, kind, days, seed + 2), weights)
    rule = last.best([*fine.all_best(FINALISTS), ()], 1)[0]
    return rule, true_outcome(bay, rule, kind, days, seed + 2)


def best_week(bay: TruthBay, seed: int) -> tuple[TimeRule, ...]:
    """Return the best rules of weekdays, Saturdays, and Sundays with holidays, under the default weights and search."""
    return tuple(
        TimeRule.model_validate(
            {
                "days": DAYS_OF_KIND[name],
                "start": clock(window.start_min),
                "end": clock(window.end_min),
                "max_stay_min": window.max_stay_min,
            }
        )
        for kind, name in enumerate(DAY_KINDS)
        for window in best_rule(bay, kind, Weights(), Search(), (1_500, seed))[0]
    )


def clock(minute: int) -> str:
    """Return minutes after midnight as ``HH:MM``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _coarse(search: Search) -> Iterator[DayRule]:
    """Yield no window, and windows on a coarse grid with every other maximum stay."""
    yield ()
    at = range(0, DAY_MIN + 1, COARSE_MIN)
    limits = search.max_stay_min[:: max(len(search.max_stay_min) // 2, 1)]
    for start, end, limit in product(at, at, limits):
        if end - start >= 60 * search.min_window_h:
            yield (Window(start, end, limit),)


def _improved(rule: DayRule, scores: _Scores, search: Search) -> DayRule:
    """Step to the best neighbour as long as one is better."""
    while True:
        better = scores.best([rule, *_steps(rule, search)], 1)[0]
        if better == rule:
            return rule
        rule = better


def _steps(rule: DayRule, search: Search) -> Iterator[DayRule]:
    """Yield rules that differ in one edge by one or three steps of the grid, or in the maximum stay."""
    for i, window in enumerate(rule):
        for step in (-3, -1, 1, 3):
            by = step * search.grid_min
            yield from _allowed(rule, i, replace(window, start_min=window.start_min + by), search)
            yield from _allowed(rule, i, replace(window, end_min=window.end_min + by), search)
    for limit in search.max_stay_min:
        yield tuple(replace(window, max_stay_min=limit) for window in rule)


def _breaks(rule: DayRule, search: Search) -> Iterator[DayRule]:
    """Yield rules of two windows: a single one with a break of one to four hours in it."""
    if len(rule) != 1:
        return
    window, least = rule[0], int(60 * search.min_window_h)
    for length in (60, 120, 240):
        for start in range(window.start_min + least, window.end_min - least - length + 1, 60):
            yield (
                replace(window, end_min=start),
                replace(window, start_min=start + length),
            )


def _allowed(rule: DayRule, i: int, window: Window, search: Search) -> Iterator[DayRule]:
    """Yield a rule with another window in one place, if it is allowed."""
    before = rule[i - 1].end_min + search.grid_min if i else 0
    after = rule[i + 1].start_min - search.grid_min if i + 1 < len(rule) else DAY_MIN
    is_long = window.end_min - window.start_min >= 60 * search.min_window_h
    if before <= window.start_min and window.end_min <= after and is_long:
        yield (*rule[:i], window, *rule[i + 1 :])
