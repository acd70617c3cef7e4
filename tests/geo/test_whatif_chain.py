"""What comes of a rule, by the transient loss chain."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.demand.parameters import Parameters
from geo.rules import read_rules
from geo.whatif.chain import kerb_of, outcome, outcomes, week_outcome
from geo.whatif.fit import GapTable
from geo.whatif.outcome import QUANTITIES, WeekRule, Window, week_rule
from geo.whatif.rules import changed_days, rules_of_week
from geo.whatif.states import at_load
from geo.words import Day
from tests.geo.whatif_cases import LENGTHS, a_kerb, draws, parameters

DAY = (Window(420, 1200, 30),)
Q = {name: i for i, name in enumerate(QUANTITIES)}


def of(
    parameters: Parameters, rule: tuple[Window, ...], length_m: float = 15.0
) -> dict[str, float]:
    """Return an outcome by name."""
    return dict(
        zip(QUANTITIES, outcome(a_kerb(length_m), parameters, 0, rule).tolist(), strict=True)
    )


def test_states_are_those_that_fit() -> None:
    """There are 11 states at 12 m, 17 at 15 m and 46 at 24 m, as in the science brief."""
    assert [len(a_kerb(m).counts) for m in (12, 15, 24)] == [11, 17, 46]


def test_without_demand_nothing_is_unserved() -> None:
    """Where nobody delivers, nothing is unserved, served or cut short."""
    found = of(parameters(deliveries_per_day=0.0), DAY)
    assert [found[name] for name in ("unserved", "served", "cut_short", "arrivals")] == [0.0] * 4


def test_without_cars_reserved_hours_change_nothing() -> None:
    """Where no car parks and no maximum stay is set, a rule is only paint."""
    alone = parameters(cars_per_h=0.0)
    assert outcome(a_kerb(), alone, 0, ()) == pytest.approx(
        outcome(a_kerb(), alone, 0, (Window(420, 1200),)), abs=1e-4
    )


@pytest.mark.parametrize("retry", [0.0, 0.3])
def test_every_delivery_is_served_or_unserved(retry: float) -> None:
    """Served and unserved deliveries are those that wanted to stop, and all are counted once."""
    found = of(parameters(deliveries_per_day=30.0, retry=retry), DAY)
    assert found["served"] + found["unserved"] == pytest.approx(found["arrivals"])
    assert found["arrivals"] == pytest.approx(30.0)
    assert 0.0 < found["unserved"] < 30.0


def test_longer_bay_leaves_fewer_unserved() -> None:
    """A longer bay never leaves more deliveries unserved."""
    unserved = [of(parameters(), DAY, m)["unserved"] for m in (8, 10, 12, 15, 18, 24, 36)]
    assert all(a >= b - 1e-3 for a, b in pairwise(unserved))


def test_cars_that_all_obey_leave_reserved_hours_empty() -> None:
    """Where every car makes room and none parks in reserved hours, no car is there."""
    found = of(parameters(rho=0.0, kappa=1.0), DAY)
    assert found["reserved_car_h"] == pytest.approx(0.0, abs=1e-9)
    assert found["shared_car_h"] > 1.0


def test_one_kind_gives_erlangs_loss_formula() -> None:
    """With one kind, constant rates and no lost kerb, the share refused is Erlang's."""
    base = parameters(deliveries_per_day=0.0, cars_per_h=0.0)
    rate = np.zeros_like(base.rate_per_h)
    rate[:, :, 0] = 6.0
    leave = np.full_like(base.leave_per_h, 4.0)
    vans_only = replace(base, rate_per_h=rate, leave_per_h=leave)
    kerb = kerb_of(18.0, LENGTHS, GapTable.of_length_sum(18.0, LENGTHS))
    load = 6.0 / 4.0
    erlang = load**3 / factorial(3) / sum(load**n / factorial(n) for n in range(4))
    found = outcome(kerb, vans_only, 0, DAY[:0])
    assert found[Q["unserved"]] / found[Q["arrivals"]] == pytest.approx(erlang, abs=1e-5)


def test_window_cut_in_two_with_the_same_limit_changes_nothing() -> None:
    """Two touching windows with the same maximum stay are one window."""
    two = (Window(420, 615, 30), Window(615, 1200, 30))
    assert outcome(a_kerb(), parameters(), 0, two) == pytest.approx(
        outcome(a_kerb(), parameters(), 0, DAY), abs=1e-4
    )


def test_edges_at_any_minute_lie_between_their_neighbours() -> None:
    """A window that starts at 07:10 keeps fewer resident hours than one from 07:30, and more than one from 07:00."""
    hours = [of(parameters(), (Window(at, 1200, 30),))["shared_car_h"] for at in (420, 430, 450)]
    assert hours[0] < hours[1] < hours[2]


def test_reserved_day_and_night_never_clears() -> None:
    """A bay that is reserved all day has no start of a window, so nobody makes room."""
    all_day = (Window(0, 1440),)
    assert outcome(a_kerb(), parameters(kappa=1.0), 0, all_day) == pytest.approx(
        outcome(a_kerb(), parameters(kappa=0.0), 0, all_day)
    )


def test_shorter_stays_serve_more_and_cut_more() -> None:
    """A shorter maximum stay leaves fewer unserved and cuts more deliveries short."""
    short, long = (of(parameters(), (Window(420, 1200, limit),)) for limit in (15, 45))
    assert short["unserved"] < long["unserved"]
    assert short["cut_short"] > long["cut_short"]


def test_drivers_who_come_round_again_leave_fewer_unserved() -> None:
    """Coming round again serves some, but fewer than if the bay were as likely full as before."""
    once, again = (of(parameters(retry=share), DAY)["unserved"] for share in (0.0, 0.3))
    assert 0.7 * once < again < once


@given(seed=st.integers(0, 1000), retry=st.sampled_from([0.0, 0.3]))
@settings(max_examples=5, deadline=None)
def test_draws_and_rules_together_give_what_each_gives_alone(seed: int, retry: float) -> None:
    """Rules taken together give what each gives alone; so do draws, but that they share the chances of one load."""
    some, rules = draws(3, seed, retry), [DAY, (), (Window(430, 640, 20), Window(700, 1000))]
    together = outcomes(a_kerb(12), some, 1, rules)
    for n, rule in enumerate(rules):
        assert outcomes(a_kerb(12), some, 1, [rule])[:, 0] == pytest.approx(
            together[:, n], abs=2e-4
        )
        for r in range(3):
            alone = outcome(a_kerb(12), some.draw(r), 1, rule)
            assert alone == pytest.approx(together[r, n], rel=0.02)


def test_week_is_the_mean_of_its_days() -> None:
    """A week's outcome is the mean over its seven days, each with its own rule."""
    week = WeekRule((DAY,) * 5 + ((), ()))
    one = parameters()
    mean = (5 * outcome(a_kerb(), one, 0, DAY) + 2 * outcome(a_kerb(), one, 1, ())) / 7
    assert week_outcome(a_kerb(), one, week) == pytest.approx(mean)


def test_long_bays_work() -> None:
    """A bay of 50 m, with hundreds of states, serves nearly all."""
    assert of(parameters(), DAY, 50.0)["unserved"] < 0.1


def test_week_goes_back_to_the_rules_it_came_from() -> None:
    """Rules of named days and of public holidays come back as they were, equal days in one rule."""
    rules = read_rules(
        [
            {
                "days": ["mo", "tu", "we", "th", "fr"],
                "start": "07:00",
                "end": "12:00",
                "max_stay_min": 30,
            },
            {"days": ["mo", "tu", "ph"], "start": "14:00", "end": "24:00"},
        ]
    )
    assert rules_of_week(week_rule(rules), keep=rules) == rules
    saturday = changed_days(week_rule(rules), (Day.SA, Day.PH), (Window(360, 660, 20),))
    added = rules_of_week(saturday, keep=rules)
    assert added[:2] == rules
    assert (added[2].days, added[2].start, added[2].max_stay_min) == ((Day.SA,), "06:00", 20)


def test_busy_bays_leave_fewer_usable_gaps() -> None:
    """Where more deliveries come the same vehicles stand less well, between a calm and a busy day."""
    kerb = a_kerb(24)
    calm, usual, busy = (at_load(kerb, load).admit[:, 0] for load in (0.01, 0.6, 50.0))
    three_vans = int(np.flatnonzero((kerb.counts == [3, 0, 0, 0]).all(axis=1))[0])
    assert calm[three_vans] > usual[three_vans] > busy[three_vans] > 0.0
