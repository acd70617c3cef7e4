"""The judge: what rules do on the truth adds up, stands still under one seed, and goes the way it must."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.simulation.judge import day_trial, true_outcome, true_week_outcome
from geo.simulation.places import PARIS_RULE
from geo.simulation.profiles import City
from geo.simulation.truth import Kerb, TruthBay, draw_truth
from geo.simulation.truth_parameters import true_parameters
from geo.study.words import DEFAULT_LENGTH_M
from geo.whatif.chain import outcome
from geo.whatif.outcome import QUANTITIES, Window, week_rule
from geo.whatif.states import kerb
from geo.words import VEHICLE_CLASSES

PARIS_DAY = (Window(420, 1200, 30),)


@pytest.fixture(scope="module")
def bay() -> TruthBay:
    """Give a bay of 15 m with 24 deliveries a day."""
    (drawn,) = draw_truth([Kerb("b", 15.0, PARIS_RULE)], City(), np.random.default_rng(3))
    return replace(drawn, deliveries_per_weekday=24.0)


def named(values: np.ndarray) -> dict[str, float]:
    """Return an outcome by the names of its quantities."""
    return dict(zip(QUANTITIES, values.tolist(), strict=True))


def test_outcomes_add_up(bay: TruthBay) -> None:
    """Served and unserved are all who came, as many as the truth says, and a day has 24 hours for each place."""
    found = named(true_outcome(bay, PARIS_DAY, 0, 4_000, 1))
    assert found["served"] + found["unserved"] == pytest.approx(found["arrivals"])
    assert found["arrivals"] == pytest.approx(24.0, rel=0.02)
    assert found["unserved"] > 0.5
    assert 0 < found["shared_car_h"] + found["reserved_car_h"] < 3 * 24


def test_one_seed_one_outcome(bay: TruthBay) -> None:
    """The same seed gives the same figures, another seed nearly the same."""
    first, again, other = (true_outcome(bay, PARIS_DAY, 0, 2_000, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_allclose(first, other, rtol=0.15)


def test_reserving_more_serves_more_and_parks_fewer_cars(bay: TruthBay) -> None:
    """From nothing reserved over a day to all day, fewer deliveries are refused and cars have fewer shared hours."""
    rules = [(), PARIS_DAY, (Window(0, 1440, 30),)]
    found = [named(true_outcome(bay, rule, 0, 3_000, 1)) for rule in rules]
    unserved = [one["unserved"] for one in found]
    shared = [one["shared_car_h"] for one in found]
    assert unserved == sorted(unserved, reverse=True)
    assert shared == sorted(shared, reverse=True)
    assert (found[0]["reserved_car_h"], found[0]["cut_short"], shared[-1]) == (0.0, 0.0, 0.0)


def test_a_week_is_the_mean_of_its_days(bay: TruthBay) -> None:
    """A week with its nights is close to five weekdays, a Saturday and a Sunday, each on its own."""
    week = week_rule(PARIS_RULE)
    whole = true_week_outcome(bay, week, 700, 1)
    kinds = [
        true_outcome(bay, week.days[day], kind, 3_000, 1) for kind, day in enumerate((0, 5, 6))
    ]
    parts = (5 * kinds[0] + kinds[1] + kinds[2]) / 7
    assert whole[QUANTITIES.index("unserved")] == pytest.approx(parts[0], rel=0.08)
    assert whole[QUANTITIES.index("arrivals")] == pytest.approx(parts[-1], rel=0.03)


def test_rules_meet_the_same_drivers(bay: TruthBay) -> None:
    """On one trial arrivals are the same whatever the rule, so that a difference is the rule's."""
    trial = day_trial(bay, 0, 500, 3)
    week = len(trial.week)
    arrivals = QUANTITIES.index("arrivals")
    counts = {trial.outcome((rule,) * week)[arrivals] for rule in ((), PARIS_DAY)}
    assert len(counts) == 1


def test_the_chain_with_true_parameters_agrees_with_the_judge(bay: TruthBay) -> None:
    """Unserved deliveries differ by 6 % at most (science brief, T3), car hours by 10 %."""
    lengths = tuple(DEFAULT_LENGTH_M[name] for name in VEHICLE_CLASSES)
    steady = replace(bay, common=replace(bay.common, day_cv_bay=0.0, day_cv_city=0.0))
    chain = named(outcome(kerb(15.0, lengths), true_parameters(steady), 0, PARIS_DAY))
    judged = named(true_outcome(steady, PARIS_DAY, 0, 6_000, 1))
    assert chain["unserved"] == pytest.approx(judged["unserved"], rel=0.06)
    assert chain["shared_car_h"] == pytest.approx(judged["shared_car_h"], rel=0.10)
