"""The demand process: its means, the calendar, detector errors, outages, and what a device would have seen."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pytest

from geo.calendar import days
from geo.facts.bay_facts import NOT_RESERVED
from geo.occupancy import SeenArrays, StayArrays, arrival_counts, departures_seen, slot_figures
from geo.simulation.clock import DAY_S, Calendar, cyclic_timetable, timetable
from geo.simulation.observed import misread, observed
from geo.simulation.outages import REASONS, draw_unseen, seen_between
from geo.simulation.places import PARIS_RULE
from geo.simulation.profiles import DELIVERIES, Behaviour, City, Detector, Outages
from geo.simulation.truth import Kerb, TruthBay
from geo.simulation.world import Setting, World, run_bay, simulate, simulate_kerbs
from geo.vocabulary import UNSEEN_REASON_LABELS
from geo.whatif.outcome import Window
from geo.words import TimeRule

PARIS = "Europe/Paris"
FIRST = date(2026, 3, 23)
LENGTHS_M = (10.0, 12.0, 15.0, 24.0)
NO_OUTAGES = Outages(lost_day_share=0.0, cuts_per_day=0.0, power_per_week=0.0)
CLEAR = City(outages=NO_OUTAGES, detector=None)


def kerbs(n: int = 12) -> list[Kerb]:
    """Build bays of several lengths with a rule from 7 to 20 h."""
    return [Kerb(f"b{i:02d}", LENGTHS_M[i % 4], PARIS_RULE) for i in range(n)]


def calendar(weeks: int = 2) -> Calendar:
    """Build weeks around the change of clock of 29 March 2026."""
    return Calendar(tuple(days(FIRST, FIRST + timedelta(weeks=weeks))), PARIS)


@pytest.fixture(scope="module")
def made() -> tuple[tuple[TruthBay, ...], World]:
    """Give two simulated weeks of twelve bays."""
    return simulate_kerbs(kerbs(), calendar(), City(), 5)


@pytest.fixture(scope="module")
def world(made: tuple[tuple[TruthBay, ...], World]) -> World:
    """Give the world of these weeks."""
    return made[1]


def same(first: StayArrays, other: StayArrays) -> bool:
    """Tell whether all columns are equal to the byte."""
    return all(
        getattr(first, field.name).tobytes() == getattr(other, field.name).tobytes()
        for field in fields(StayArrays)
    )


def test_the_same_seed_gives_the_same_world(world: World) -> None:
    """All columns are equal, and another seed gives others."""
    assert same(simulate_kerbs(kerbs(), calendar(), City(), 5)[1].told.stays, world.told.stays)
    assert not same(simulate_kerbs(kerbs(), calendar(), City(), 6)[1].told.stays, world.told.stays)


def test_bays_have_their_own_chance(made: tuple[tuple[TruthBay, ...], World]) -> None:
    """Simulated in two parts, bays live through the same as together."""
    bays, world = made
    setting = Setting(calendar(), City(), 5)
    parts = [simulate(rows, bays, setting) for rows in (range(7), range(7, 12))]
    for field in fields(StayArrays):
        both = np.concatenate([getattr(part.told.stays, field.name) for part in parts])
        np.testing.assert_array_equal(both, getattr(world.told.stays, field.name))
    unseen = np.concatenate([part.unseen.from_s for part in parts])
    np.testing.assert_array_equal(unseen, world.unseen.from_s)


def test_stays_leave_the_device_on_whole_minutes_and_only_while_seen(world: World) -> None:
    """No told stay begins or ends within a minute, nor takes unseen time, and they come in order."""
    stays = world.told.stays
    assert not (stays.arrived_s % 60).any()
    assert not (stays.departed_s % 60).any()
    assert (np.lexsort((stays.arrived_s, stays.bay)) == np.arange(len(stays.bay))).all()
    bays = len(world.rows)
    capacity = np.full(bays, 99)
    span = (calendar().start_s, calendar().end_s)
    seen = slot_figures(stays, world.seen, capacity, *span).vehicle_s.sum()
    everything = SeenArrays.of(range(bays), [span[0]] * bays, [span[1]] * bays)
    assert slot_figures(stays, everything, capacity, *span).vehicle_s.sum() == seen > 0


def test_seen_and_unseen_share_out_all_time(world: World) -> None:
    """Each second of each bay is either seen or unseen, and reasons are known words."""
    span_s = calendar().end_s - calendar().start_s
    bays = len(world.rows)
    seen_s = np.bincount(world.seen.bay, world.seen.to_s - world.seen.from_s, bays)
    unseen_s = np.bincount(world.unseen.bay, world.unseen.to_s - world.unseen.from_s, bays)
    np.testing.assert_array_equal(seen_s + unseen_s, np.full(bays, span_s))
    assert set(REASONS) <= set(UNSEEN_REASON_LABELS)


def test_the_clock_change_makes_a_period_an_hour_shorter() -> None:
    """Fourteen days with 29 March last 335 hours, and no half hour of 2 to 3 h passes on that day."""
    start_s, day, half = calendar().half_hours
    assert calendar().end_s - calendar().start_s == 335 * 3600
    assert len(start_s) == 670
    assert set(half[day == 6].tolist()) == set(range(48)) - {4, 5}


def test_rules_keep_to_the_wall_clock_and_to_holidays() -> None:
    """A window opens at 7 h on both sides of the change; on a holiday only a rule that names it applies."""
    some = Calendar(calendar().days, PARIS, frozenset({FIRST + timedelta(days=1)}))
    parts = timetable(((0, PARIS_RULE),), some)
    opens = parts.from_s[parts.limit_min == 30]
    assert len(opens) == 11
    hours = [(int(at) - some.midnights_s[i]) / 3600 for at, i in ((opens[0], 0), (opens[-1], 12))]
    assert hours == [7.0, 7.0]
    always = (TimeRule.model_validate({"days": ["tu", "ph"], "start": "00:00", "end": "24:00"}),)
    both = timetable(((0, always),), some)
    assert (both.from_s[1] - some.start_s, both.from_s[2] - both.from_s[1]) == (DAY_S, DAY_S)


def test_a_new_version_holds_from_its_midnight_on() -> None:
    """The first rule applies before the day of the second, and never after."""
    other = (TimeRule.model_validate({"days": ["mo"], "start": "10:00", "end": "12:00"}),)
    parts = timetable(((0, PARIS_RULE), (7, other)), calendar())
    changed_s = calendar().midnights_s[7]
    assert set(parts.limit_min[parts.from_s < changed_s].tolist()) == {NOT_RESERVED, 30}
    assert set(parts.limit_min[parts.from_s >= changed_s].tolist()) == {NOT_RESERVED, 0}


def test_days_repeat_without_a_seam_at_midnight() -> None:
    """A rule of the whole day is one part for ever; a window that ends at midnight closes there."""
    assert len(cyclic_timetable([(Window(0, 1440, 30),)], 9).from_s) == 1
    late = cyclic_timetable([(Window(1200, 1440, 30),)], 3)
    assert late.from_s.tolist() == [0, 72_000, 86_400, 158_400, 172_800, 244_800]


def test_an_outage_cuts_a_stay_in_two() -> None:
    """The first part was not seen to end, the second not to begin; neither takes the time between."""
    stays = StayArrays.of([0], [0], [6_030], [12_090])
    seen = SeenArrays.of([0, 0], [0, 9_000], [7_200, 14_400])
    told = observed(stays, seen)
    assert told.stays.arrived_s.tolist() == [6_000, 9_000]
    assert told.stays.departed_s.tolist() == [7_200, 12_060]
    assert (told.arrival_seen.tolist(), told.departure_seen.tolist()) == (
        [True, False],
        [False, True],
    )
    dated = told.dated()
    assert dated.arrived_s.tolist() == [6_000, 8_940]
    assert arrival_counts(dated, seen, 1, 0, 14_400).tolist() == [True, False]
    assert departures_seen(dated, seen, 1, 0, 14_400).tolist() == [False, True]


def test_a_stay_that_nobody_saw_is_not_told() -> None:
    """Nothing is known of a stay within an outage."""
    told = observed(
        StayArrays.of([0], [0], [7_300], [8_900]),
        SeenArrays.of([0, 0], [0, 9_000], [7_200, 14_400]),
    )
    assert len(told.stays.bay) == 0


def test_mean_demand_is_the_documented_one() -> None:
    """Over many bays and days the deliveries and cars of a weekday are those of the truth within 3 %."""
    city = replace(CLEAR, day_cv_city=0.0)
    weekdays = Calendar(tuple(FIRST + timedelta(days=i) for i in range(5)), PARIS)
    bays, _ = simulate_kerbs(kerbs(150), weekdays, city, 2)
    setting = Setting(weekdays, city, 2)
    kinds = []
    for row in range(len(bays)):
        some = run_bay(row, bays, setting).arrivals
        kinds.append(some.kind[some.at_s >= weekdays.start_s])
    delivers = np.concatenate(kinds) < DELIVERIES
    wanted = sum(bay.deliveries_per_weekday for bay in bays)
    assert delivers.sum() / 5 == pytest.approx(wanted, rel=0.03)
    assert (~delivers).sum() / 5 == pytest.approx(sum(b.cars_per_weekday for b in bays), rel=0.03)


def test_true_rates_sum_to_the_deliveries_of_a_weekday() -> None:
    """The half hours and kinds of a weekday add up to its level; Sundays have fewer."""
    bays, _ = simulate_kerbs(kerbs(), calendar(1), City(), 4)
    for bay in bays:
        daily = bay.rate_per_h[..., :DELIVERIES].sum(axis=(1, 2)) / 2
        assert daily[0] == pytest.approx(bay.deliveries_per_weekday)
        assert daily[2] < daily[0]


def test_rules_keep_cars_away() -> None:
    """With rho 0 no car looks for room in reserved hours; with rho 1 as many as without rules."""

    def tries(rho: float) -> int:
        city = replace(CLEAR, behaviour=Behaviour(rho=rho, spread=0.0))
        bays, _ = simulate_kerbs(kerbs(), calendar(1), city, 3)
        found = 0
        for row in range(len(bays)):
            run = run_bay(row, bays, Setting(calendar(1), city, 3))
            at_s = run.arrivals.at_s - calendar(1).start_s
            monday = (at_s >= 8 * 3600) & (at_s < 19 * 3600) & (run.arrivals.kind >= DELIVERIES)
            found += int(run.parked.tries[monday].sum())
        return found

    assert tries(0.0) == 0
    assert tries(1.0) > 50


def test_a_full_neighbour_sends_its_refused() -> None:
    """With an overflow of a half, about half of the neighbour's refused are added to a bay's own drivers."""
    bays, _ = simulate_kerbs(kerbs(2), calendar(), CLEAR, 3)
    setting = Setting(calendar(), CLEAR, 3)
    alone, door = run_bay(1, bays, setting), run_bay(0, bays, setting)
    linked = (bays[0], replace(bays[1], overflow_row=0, overflow_share=0.5))
    both = run_bay(1, linked, setting)
    refused = ((door.parked.parked_s < 0) & (door.parked.tries > 0)).sum()
    more = len(both.arrivals.at_s) - len(alone.arrivals.at_s)
    assert more / refused == pytest.approx(0.5, abs=0.15)
    assert (np.diff(both.arrivals.at_s) >= 0).all()


def test_without_outages_everything_is_seen() -> None:
    """No outage, one seen interval for each bay."""
    unseen = draw_unseen(range(6), calendar(1), NO_OUTAGES, 1)
    seen = seen_between(unseen, range(6), 0, 3600)
    assert (len(unseen.bay), seen.bay.tolist(), set(seen.to_s.tolist())) == (
        0,
        [0, 1, 2, 3, 4, 5],
        {3600},
    )


@pytest.mark.parametrize("lost_at_peak", [False, True])
def test_the_share_of_time_lost_is_the_one_asked_for(*, lost_at_peak: bool) -> None:
    """A fifth of all time goes unseen, at random or in the mornings."""
    outages = replace(NO_OUTAGES, lost_share=0.2, lost_at_peak=lost_at_peak)
    some = Calendar(tuple(days(FIRST, FIRST + timedelta(weeks=8))), PARIS)
    unseen = draw_unseen(range(400), some, outages, 3)
    share = (unseen.to_s - unseen.from_s).sum() / (400 * (some.end_s - some.start_s))
    assert share == pytest.approx(0.2, abs=0.01)
    morning = ((unseen.from_s - some.start_s) % DAY_S) // 3600
    assert (np.isin(morning, [6, 7, 8]).mean() == 1.0) == lost_at_peak


def test_a_detector_errs_at_its_rates() -> None:
    """Of many stays 5 % are missed, 6 % of vans and cars change places, and 3 % break in two."""
    n = 100_000
    at_s = np.arange(n) * 1_000
    stays = StayArrays.of(np.zeros(n), np.arange(n) % 2 * 2, at_s, at_s + 900)
    read = misread(stays, Detector(), np.random.default_rng(1))
    first = np.isin(read.arrived_s, at_s)
    assert first.mean() == pytest.approx(1 / 1.03, abs=0.002)
    assert first.sum() / n == pytest.approx(0.95, abs=0.003)
    was = stays.vehicle_class[read.arrived_s[first] // 1_000]
    assert (read.vehicle_class[first] != was).mean() == pytest.approx(0.06, abs=0.004)
    assert (read.departed_s > read.arrived_s).all()
    assert (read.departed_s[:-1] <= read.arrived_s[1:]).all()
