"""The demand process: its means, the laws of the kerb, and what a device would have seen."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pytest

from geo.bays import read_bays
from geo.calendar import days
from geo.occupancy import SeenArrays, StayArrays, arrival_counts, departures_seen, slot_figures
from geo.simulation.demand import Calendar, draw_attempts, draw_places
from geo.simulation.observed import observed
from geo.simulation.outages import REASONS, draw_unseen, seen_between
from geo.simulation.profiles import CAR_DAY, GAP_M, LAND_USES, VEHICLE_LENGTH_M, Behaviour, Outages
from geo.simulation.world import Regime, World, simulate
from geo.vocabulary import UNSEEN_REASON_LABELS
from geo.words import VEHICLE_CLASSES, Bay
from tests.geo.places import bay_feature, collection, ring

PARIS = "Europe/Paris"
FIRST = date(2026, 3, 23)
RULES = [
    {
        "days": ["mo", "tu", "we", "th", "fr", "sa"],
        "start": "07:00",
        "end": "20:00",
        "max_stay_min": 30,
    }
]
LENGTHS_M = (10.0, 12.0, 15.0, 24.0)


def kerb(n: int = 12) -> tuple[Bay, ...]:
    """Build bays of several lengths with a rule from 7 to 20 h."""
    features = [
        bay_feature(
            f"b{i:02d}",
            length_m=LENGTHS_M[i % 4],
            rules=RULES,
            geometry={"type": "Polygon", "coordinates": [ring(0, 9.0 * i)]},
        )
        for i in range(n)
    ]
    return read_bays(collection(*features)).bays


def calendar(weeks: int = 2) -> Calendar:
    """Build weeks around the change of clock of 29 March 2026."""
    return Calendar(tuple(days(FIRST, FIRST + timedelta(weeks=weeks))), PARIS)


@pytest.fixture(scope="module")
def world() -> World:
    """Give two simulated weeks of twelve bays."""
    return simulate(kerb(), calendar(), seed=5)


def test_the_same_seed_gives_the_same_world(world: World) -> None:
    """All columns are equal, and another seed gives others."""
    again = simulate(kerb(), calendar(), seed=5)
    for field in fields(StayArrays):
        np.testing.assert_array_equal(
            getattr(again.stays, field.name), getattr(world.stays, field.name)
        )
    assert len(simulate(kerb(), calendar(), seed=6).stays.bay) != len(world.stays.bay)


def test_vehicles_never_stand_on_each_other(world: World) -> None:
    """At every arrival the vehicles of a bay fit its length with their gaps."""
    stays = world.true_stays
    length_m = (
        np.array([VEHICLE_LENGTH_M[kind] for kind in VEHICLE_CLASSES])[stays.vehicle_class] + GAP_M
    )
    for i, bay in enumerate(world.places.bays):
        rows = stays.bay == i
        at = np.concatenate([stays.arrived_s[rows], stays.departed_s[rows]])
        change = np.concatenate([length_m[rows], -length_m[rows]])
        order = np.lexsort((change, at))
        assert np.cumsum(change[order]).max() <= bay.length_m + GAP_M + 1e-9


def test_stays_leave_the_device_on_whole_minutes_and_only_while_seen(world: World) -> None:
    """No told stay begins or ends within a minute, nor takes unseen time."""
    stays = world.stays
    assert not (stays.arrived_s % 60).any()
    assert not (stays.departed_s % 60).any()
    capacity = np.full(len(world.places.bays), 99)
    starts_s = calendar().hour_starts_s()
    span = (int(starts_s[0, 0]), int(starts_s[-1, -1]) + 3600)
    seen = slot_figures(stays, world.seen, capacity, *span).vehicle_s.sum()
    everything = SeenArrays.of(
        range(len(capacity)), [span[0]] * len(capacity), [span[1]] * len(capacity)
    )
    always = slot_figures(stays, everything, capacity, *span).vehicle_s.sum()
    before_seen = (~arrival_counts(stays, world.seen, len(capacity), *span)).sum()
    assert 0 <= always - seen <= 60 * before_seen


def test_seen_and_unseen_share_out_all_time(world: World) -> None:
    """Each second of each bay is either seen or unseen, and reasons are known words."""
    starts_s = calendar().hour_starts_s()
    span_s = int(starts_s[-1, -1]) + 3600 - int(starts_s[0, 0])
    bays = len(world.places.bays)
    seen_s = np.bincount(world.seen.bay, world.seen.to_s - world.seen.from_s, bays)
    unseen_s = np.bincount(world.unseen.bay, world.unseen.to_s - world.unseen.from_s, bays)
    np.testing.assert_array_equal(seen_s + unseen_s, np.full(bays, span_s))
    assert set(REASONS) <= set(UNSEEN_REASON_LABELS)


def test_the_clock_change_makes_a_period_an_hour_shorter() -> None:
    """Fourteen days with 29 March last 335 hours."""
    starts_s = calendar().hour_starts_s()
    assert starts_s[-1, -1] + 3600 - starts_s[0, 0] == 335 * 3600


def test_an_outage_cuts_a_stay_in_two() -> None:
    """The first part was not seen to end, the second not to begin; neither takes the time between."""
    stays = StayArrays.of([0], [0], [6_030], [12_090])
    seen = SeenArrays.of([0, 0], [0, 9_000], [7_200, 14_400])
    told = observed(stays, seen)
    assert told.arrived_s.tolist() == [6_000, 8_940]
    assert told.departed_s.tolist() == [7_200, 12_060]
    assert arrival_counts(told, seen, 1, 0, 14_400).tolist() == [True, False]
    assert departures_seen(told, seen, 1, 0, 14_400).tolist() == [False, True]


def test_a_stay_that_nobody_saw_is_not_told() -> None:
    """Nothing is known of a stay within an outage."""
    told = observed(
        StayArrays.of([0], [0], [7_300], [8_900]),
        SeenArrays.of([0, 0], [0, 9_000], [7_200, 14_400]),
    )
    assert len(told.bay) == 0


def test_mean_demand_is_the_documented_one() -> None:
    """Over many bays and days, deliveries and cars of a weekday have the means of their land uses within 4 %."""
    bays = kerb(200)
    behaviour = replace(Behaviour(), bay_spread=0.0, day_cv_city=0.0)
    weekdays = Calendar(tuple(FIRST + timedelta(days=i) for i in range(5)), PARIS)
    rng = np.random.default_rng(2)
    places = draw_places(bays, behaviour, rng)
    attempts = draw_attempts(places, weekdays, behaviour, rng)
    expected = np.array([use.deliveries_per_day for use in LAND_USES])[places.land_use].mean()
    assert attempts.delivers.sum() / (5 * len(bays)) == pytest.approx(expected * 1.02, rel=0.04)
    cars = np.array([use.cars_per_day for use in LAND_USES])[places.land_use].mean()
    room = np.sqrt(np.array([bay.capacity for bay in bays]) / 2).mean()
    assert (~attempts.delivers).sum() / (5 * len(bays)) == pytest.approx(
        cars * room * CAR_DAY["weekday"], rel=0.04
    )


def test_rules_keep_cars_away() -> None:
    """With rho 0 no private car attempts to park in reserved hours; with rho 1 as many as without rules."""
    regime = Regime(
        Behaviour(rho=0.0, rho_spread=0.0), Outages(0.0, (1.0, 2.0), 0.0, (4, 5), 0.0, 0.0, 4)
    )
    strict = simulate(kerb(), calendar(1), 3, regime)
    loose = simulate(
        kerb(), calendar(1), 3, replace(regime, behaviour=Behaviour(rho=1.0, rho_spread=0.0))
    )
    starts_s = calendar(1).hour_starts_s()

    def by_day(world: World) -> int:
        some = world.attempts
        monday_noon = (some.at_s >= starts_s[0, 8]) & (some.at_s < starts_s[0, 19])
        return int((monday_noon & ~some.delivers).sum())

    assert by_day(strict) <= 0.03 * by_day(loose)
    assert by_day(loose) > 50


def test_without_outages_everything_is_seen() -> None:
    """No outage, one seen interval for each bay."""
    unseen = draw_unseen(
        6, calendar(1), Outages(0.0, (1.0, 2.0), 0.0, (4, 5), 0.0, 0.0, 4), np.random.default_rng(1)
    )
    seen = seen_between(unseen, 6, 0, 3600)
    assert (len(unseen.bay), seen.bay.tolist(), set(seen.to_s.tolist())) == (
        0,
        [0, 1, 2, 3, 4, 5],
        {3600},
    )


@pytest.mark.parametrize("kappa", [0.0, 1.0])
def test_parked_cars_make_room_for_a_window(kappa: float) -> None:
    """Five minutes after 7 h no car of the evening is left if all heed the window, and some are if none does."""
    some = simulate(kerb(40), calendar(1), 3, Regime(Behaviour(kappa=kappa))).attempts
    starts_s = calendar(1).hour_starts_s()
    evening = ~some.delivers & (some.at_s >= starts_s[0, 20]) & (some.at_s < starts_s[0, 23])
    still_there = some.at_s + some.length_s > starts_s[1, 7] + 300
    assert evening.sum() > 50
    assert still_there[evening].any() == (kappa == 0.0)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_drivers_who_keep_the_maximum_leave_before_it(share: float) -> None:
    """If all keep it, no stay begun in reserved hours is longer than 30 minutes; if none does, some are."""
    keeps = dict.fromkeys(VEHICLE_CLASSES, share)
    some = simulate(kerb(), calendar(1), 3, Regime(Behaviour(keeps_max_stay=keeps))).attempts
    starts_s = calendar(1).hour_starts_s()
    reserved = (some.at_s >= starts_s[0, 7]) & (some.at_s < starts_s[0, 20])
    longer = some.length_s[reserved] > 1800
    assert reserved.sum() > 50
    assert longer.any() == (share == 0.0)
