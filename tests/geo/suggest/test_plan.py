"""Coherent plans of a commune."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.suggest.plan import assign, common_templates


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.floats(-1, 2), min_size=3, max_size=3), min_size=1, max_size=5),
    st.integers(1, 3),
)
def test_the_plan_is_as_good_as_trying_everything(gain: list[list[float]], most: int) -> None:
    """On small cases the programme finds the best of all assignments, to its gap."""
    table = np.array(gain)
    cost = np.full(len(table), 0.3)
    best = 0.0
    for choice in product(range(-1, 3), repeat=len(table)):
        if len({t for t in choice if t >= 0}) <= most:
            net = sum(table[b, t] - 0.3 for b, t in enumerate(choice) if t >= 0)
            best = max(best, net)
    found = assign(table, most, cost)
    changed = found.template >= 0
    net = found.gain - 0.3 * changed.sum()
    assert len(set(found.template[changed].tolist())) <= most
    assert net >= best - 0.01 * max(best, 1.0)


def test_nothing_worth_its_signs_changes_nothing() -> None:
    """Gains under the cost of a change leave every bay as it is."""
    found = assign(np.full((4, 2), 0.2), 2, np.full(4, 0.5))
    assert (found.template == -1).all()
    assert found.gain == 0


def test_templates_are_ranked_by_what_they_would_save() -> None:
    """The rule that many bays wish comes before the one that suits one bay well."""
    wishes = [{"six": 0.6, "seven": 0.5}, {"six": 0.6}, {"eight": 1.0, "nine": -2.0}]
    assert common_templates(wishes) == ["six", "eight", "seven"]
