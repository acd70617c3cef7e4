"""Shortlist, choice, decision and grade of suggestions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.suggest.choose import chance_above, complexity, range_of, simplest_of_best
from geo.suggest.grade import Basis, days_needed, decide, grade
from geo.suggest.shortlist import shortlist
from geo.suggest.weigh import Weighed
from geo.whatif.outcome import QUANTITIES, Window

NOW = (Window(420, 1200, 30),)
LEARNED = {"rho": "local", "kappa": "commune"}


def weighed(rule: tuple[Window, ...], gain: float) -> Weighed:
    """Return a candidate that surely saves so much."""
    return Weighed(rule, np.zeros((5, len(QUANTITIES))), np.full(5, gain))


def test_a_simpler_rule_wins_when_it_costs_little() -> None:
    """Within 5 % of the best gain one window at whole hours beats two at odd ones; beyond it does not."""
    fine = (Window(390, 570, 30), Window(630, 750, 30))
    plain = (Window(360, 720, 30),)
    assert simplest_of_best([weighed(fine, 1.0), weighed(plain, 0.97)], [NOW]).rule == plain
    assert simplest_of_best([weighed(fine, 1.0), weighed(plain, 0.90)], [NOW]).rule == fine


def test_a_rule_that_is_there_already_is_the_simplest() -> None:
    """What another day of the bay has costs no reading."""
    odd = (Window(390, 570, 20), Window(630, 750, 20))
    assert complexity(odd, [odd]) == 0
    assert complexity(odd, [NOW]) > complexity((Window(360, 720, 30),), [NOW])


def test_the_shortlist_holds_the_best_and_no_rule_of_today() -> None:
    """The best rule leads, today's rule is no candidate, and near copies of the best do not fill the list."""
    rules = [(Window(a, 720, 30),) for a in range(300, 540, 30)] + [NOW, (Window(900, 1200, 30),)]
    scores = np.arange(len(rules), dtype=float)
    short = shortlist(rules, scores, [NOW], 4)
    assert short[0] == rules[0]
    assert NOW not in short
    assert (Window(900, 1200, 30),) in short
    assert len(short) == 4


@given(st.floats(-2, 2), st.floats(0.1, 3), st.floats(1, 2))
def test_widening_keeps_the_mean_and_stretches_the_interval(
    mean: float, sd: float, factor: float
) -> None:
    """Interval half-widths grow by the factor, the mean stays."""
    draws = mean + sd * np.random.default_rng(1).standard_normal(400)
    plain, wide = range_of(draws, 1.0), range_of(draws, factor)
    assert wide.mean == pytest.approx(plain.mean)
    assert wide.p95 - wide.p05 == pytest.approx(factor * (plain.p95 - plain.p05))


def test_chance_counts_draws_above_the_bar() -> None:
    """P(gain > bar) is the share of draws above it."""
    assert chance_above(np.array([0.0, 0.4, 0.6, 1.0]), 0.5, 1.0) == 0.5


def test_only_a_sure_gain_is_proposed() -> None:
    """P of 0.9 proposes, 0.7 asks for data, less keeps the rule."""
    assert decide(0.92, 1.0, 0.5) == "change"
    assert decide(0.8, 1.0, 0.5) == "need_data"
    assert decide(0.5, 0.6, 0.5) == "keep"


def test_grade_a_needs_a_fresh_audit_six_weeks_and_learned_behaviour() -> None:
    """Each missing thing lowers the grade to B, few days to C, hardly any to D."""
    full = Basis(50, 30, LEARNED)
    assert grade(0.97, full) == "A"
    assert grade(0.92, full) == "B"
    assert grade(0.97, Basis(50, None, LEARNED)) == "B"
    assert grade(0.97, Basis(50, 400, LEARNED)) == "B"
    assert grade(0.97, Basis(50, 30, {"rho": "national", "kappa": "local"})) == "B"
    assert grade(0.97, Basis(15, 30, LEARNED)) == "C"
    assert grade(0.97, Basis(5, 30, LEARNED)) == "D"


def test_more_days_help_only_against_the_error_of_counting() -> None:
    """Where counting dominates days are named; where behaviour dominates there are none."""
    counting = days_needed(21, 0.8, (0.4, 0.39), 0.5)
    assert counting is not None
    assert counting > 7
    assert days_needed(21, 0.8, (0.4, 0.05), 0.5) is None
    assert days_needed(21, 0.4, (0.4, 0.39), 0.5) is None
