"""All rules of a day at once are the rules one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.study.words import Search, Weights
from geo.whatif.chain import outcome
from geo.whatif.outcome import DayRule, Window, score
from geo.whatif.windows import search, search_days
from tests.geo.whatif_cases import a_kerb, draws, parameters

NOW = (Window(420, 1200, 30),)
COARSE = Search(grid_min=240, min_window_h=4.0, max_stay_min=(20, 45))


def brute_force(grid_min: int, stays: tuple[int, ...], least_min: int) -> list[DayRule]:
    """Return every rule of at most two windows with one maximum stay and a gap between them."""
    edges = range(0, 1441, grid_min)
    found: list[DayRule] = [()]
    for stay in stays:
        single = [Window(a, b, stay) for a, b in combinations(edges, 2) if b - a >= least_min]
        found += [(one,) for one in single]
        found += [(a, b) for a in single for b in single if a.end_min + grid_min <= b.start_min]
    return found


@given(seed=st.integers(0, 10_000), retry=st.sampled_from([0.0, 0.3]), kind=st.integers(0, 2))
@settings(max_examples=4, deadline=None)
def test_search_equals_brute_force_on_a_small_grid(seed: int, retry: float, kind: int) -> None:
    """No rule of a small grid is better than the best found, and the best is found."""
    one = draws(1, seed, retry).draw(0)
    weights = Weights(cut_short_per_day=0.1, reserved_car_hour=0.02)
    ranked = search(a_kerb(10), one, kind, weights, COARSE, now=NOW)
    rules = brute_force(240, (20, 30, 45), 240)
    points = [score(outcome(a_kerb(10), one, kind, rule), weights) for rule in rules]
    assert ranked.best(1)[0][1] == pytest.approx(min(points), abs=1e-4)
    assert ranked.best(1)[0][0] == rules[int(np.argmin(points))]
    assert ranked.now == pytest.approx(
        score(outcome(a_kerb(10), one, kind, NOW), weights), abs=1e-4
    )


@pytest.mark.parametrize(("length_m", "retry"), [(12.0, 0.3), (15.0, 0.0), (24.0, 0.0)])
def test_scores_are_those_of_each_rule_alone(length_m: float, retry: float) -> None:
    """Single windows, pairs and the shared day score as the slot-by-slot evaluation does."""
    one, weights = parameters(deliveries_per_day=40, retry=retry), Weights()
    limits = Search(grid_min=60, max_stay_min=(15, 30))
    ranked = search(a_kerb(length_m), one, 0, weights, limits, now=NOW)
    rng = np.random.default_rng(1)
    rows = [0, len(ranked.scores) - 1, *rng.choice(len(ranked.scores), 15, replace=False)]
    for row in rows:
        alone = score(outcome(a_kerb(length_m), one, 0, ranked.rule(int(row))), weights)
        assert ranked.scores[row] == pytest.approx(alone, abs=1e-4)


def test_masks_are_kept() -> None:
    """Windows keep to grid, shortest length, number and maximum stays, the rule's own maximum stay among them."""
    limits = Search(grid_min=45, min_window_h=3.0, max_windows=1, max_stay_min=(15,))
    ranked = search(a_kerb(10), parameters(), 0, Weights(), limits, now=(Window(425, 605, 50),))
    rules = [ranked.rule(row) for row in range(len(ranked.scores))]
    assert rules[0] == ()
    assert max(map(len, rules)) == 1
    windows = [rule[0] for rule in rules[1:]]
    assert all(w.end_min - w.start_min >= 180 and w.start_min % 45 == 0 for w in windows)
    assert {w.max_stay_min for w in windows} == {15, 50}
    assert len(set(rules)) == len(rules)


def test_days_that_share_one_rule_are_scored_together() -> None:
    """Where Saturday shares the rule of the other days, scores add up by weight, the rule now's as well."""
    one = draws(1, 3).draw(0)
    weights, limits = Weights(), Search(grid_min=240, min_window_h=4.0, max_stay_min=(30,))
    ranked = search_days(a_kerb(10), one, {0: 5.0, 1: 1.0}, weights, limits, now={0: NOW, 1: ()})
    for row in (0, 3, len(ranked.scores) - 1):
        rule = ranked.rule(row)
        parts = [score(outcome(a_kerb(10), one, kind, rule), weights) for kind in (0, 1)]
        assert ranked.scores[row] == pytest.approx(5 * parts[0] + parts[1], abs=1e-3)


def test_long_bays_are_ranked_too_and_their_best_are_exact() -> None:
    """In a bay with too many states for matrices the best rules still have exact scores."""
    one, weights = parameters(deliveries_per_day=60), Weights()
    limits = Search(grid_min=240, min_window_h=4.0, max_stay_min=(30,), max_windows=1)
    ranked = search(a_kerb(34.0), one, 0, weights, limits, now=NOW)
    for rule, points in ranked.best(3):
        alone = score(outcome(a_kerb(34.0), one, 0, rule), weights)
        assert points == pytest.approx(alone, abs=1e-4)
