"""A second opinion by drivers one by one, and whether it agrees with the chain."""

from __future__ import annotations

import numpy as np
import pytest

from geo.facts.bay_facts import NO_LIMIT, NOT_RESERVED
from geo.whatif.chain import outcome
from geo.whatif.outcome import QUANTITIES, Window
from geo.whatif.second_opinion import Play, agree, simulated, timetable
from tests.geo.whatif_cases import a_kerb, parameters

RULE = (Window(420, 720, 20), Window(840, 1200, None))


@pytest.mark.parametrize(("length_m", "retry"), [(12.0, 0.3), (15.0, 0.0)])
def test_both_models_say_nearly_the_same(length_m: float, retry: float) -> None:
    """Every quantity of the chain is near that of a simulation with positions and lognormal stays."""
    one = parameters(deliveries_per_day=40, retry=retry)
    chain = outcome(a_kerb(length_m), one, 0, RULE)
    events = simulated(a_kerb(length_m), one, 0, RULE, Play(days=1500, seed=5))
    assert agree(chain, events)
    assert chain == pytest.approx(events, rel=0.08)


def test_same_seed_gives_the_same_figures() -> None:
    """The same arguments give the same opinion, another seed another one."""
    first, second, other = (
        simulated(a_kerb(), parameters(), 0, RULE, Play(days=20, seed=seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_models_disagree_beyond_a_share_and_a_number() -> None:
    """A difference counts when it is more than 15 % and more than one in ten days."""
    row = np.zeros(len(QUANTITIES))
    assert agree(row + 0.05, row)
    assert agree(row + 10.0, row + 9.0)
    assert not agree(row + 10.0, row + 8.0)


def test_clock_of_equal_days_shares_what_is_not_reserved() -> None:
    """Time between windows, and around midnight, is shared; touching windows follow each other."""
    gap = timetable(RULE, 1)
    assert gap.from_s.tolist() == [0, 25_200, 43_200, 50_400, 72_000]
    assert gap.limit_min.tolist() == [NOT_RESERVED, 20, NOT_RESERVED, NO_LIMIT, NOT_RESERVED]
    touching = timetable((Window(0, 600, 30), Window(600, 1440, 20)), 2)
    assert touching.from_s.tolist() == [0, 36_000, 86_400, 122_400]
    assert touching.limit_min.tolist() == [30, 20, 30, 20]
    assert timetable((), 2).limit_min.tolist() == [NOT_RESERVED] * 2
