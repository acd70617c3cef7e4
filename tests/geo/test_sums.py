"""Sums over hours and communes: local time, DST and shares of sums."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.local_time import day_bounds_s, midnight_s, slots_in_day
from geo.occupancy import SeenArrays, SlotFigures, StayArrays, slot_figures
from geo.sums import by_commune, day_index, hour_of_week, sum_slots, total, typical_week

PARIS = "Europe/Paris"


def figures_of(
    seed: int, start_s: int, end_s: int, bays: int = 4
) -> tuple[SlotFigures, np.ndarray]:
    """Make figures of random stays and seen times."""
    rng = np.random.default_rng(seed)
    arrived = rng.integers(start_s, end_s, 80) // 60 * 60
    stays = StayArrays.of(
        rng.integers(0, bays, 80),
        rng.integers(0, 5, 80),
        arrived,
        arrived + rng.integers(0, 90, 80) * 60,
    )
    from_s = rng.integers(start_s, end_s, 30)
    seen = SeenArrays.of(rng.integers(0, bays, 30), from_s, from_s + rng.integers(0, 20_000, 30))
    capacity = rng.integers(1, 4, bays)
    return slot_figures(stays, seen, capacity, start_s, end_s), capacity


@pytest.mark.parametrize(
    ("on", "slots"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100), (date(2026, 6, 1), 96)]
)
def test_each_minute_of_a_dst_day_is_covered_once(on: date, slots: int) -> None:
    """A local day seen throughout has a coverage of 1 in each of its hours, whatever its length."""
    start_s, end_s = day_bounds_s(on, PARIS)
    seen = SeenArrays.of([0], [start_s - 7200], [end_s + 7200])
    figures = slot_figures(StayArrays.of([], [], [], []), seen, np.array([1]), start_s, end_s)
    week = typical_week(figures, np.array([1]), PARIS)
    assert figures.slots == slots == slots_in_day(on, PARIS)
    assert week.seen_s.sum() == end_s - start_s
    assert (week.seen_s == week.span_s).all()
    assert set(day_index(start_s, slots, PARIS)) == {(on - date(1970, 1, 1)).days}


def test_the_skipped_hour_gets_nothing_and_the_repeated_one_gets_two() -> None:
    """On Sunday 29 March 2 h does not exist; on Sunday 25 October it lasts 7200 s."""
    spring = hour_of_week(midnight_s(date(2026, 3, 29), PARIS), 92, PARIS)
    autumn = hour_of_week(midnight_s(date(2026, 10, 25), PARIS), 100, PARIS)
    two_on_sunday = 6 * 24 + 2
    assert (spring == two_on_sunday).sum() == 0
    assert (autumn == two_on_sunday).sum() == 8


def test_monday_midnight_is_hour_zero() -> None:
    """The week starts on Monday at 0 h local time, in summer as in winter."""
    for on in (date(2026, 3, 2), date(2026, 7, 6)):
        assert hour_of_week(midnight_s(on, PARIS), 5, PARIS).tolist() == [0, 0, 0, 0, 1]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_the_typical_week_keeps_every_second(seed: int) -> None:
    """Nothing is lost or doubled between slots, hours of the week and communes."""
    start_s, end_s = midnight_s(date(2026, 3, 23), PARIS), midnight_s(date(2026, 4, 6), PARIS)
    figures, capacity = figures_of(seed, start_s, end_s)
    week, all_time = typical_week(figures, capacity, PARIS), total(figures, capacity)
    communes = by_commune(week, np.array([0, 1, 1, 0]), 2)
    for name in ("span_s", "seen_s", "place_s", "occupied_s", "full_s", "vehicle_s", "arrivals"):
        np.testing.assert_array_equal(
            getattr(week, name).sum(axis=-1), getattr(all_time, name)[..., 0]
        )
        np.testing.assert_array_equal(
            getattr(communes, name).sum(axis=0), getattr(week, name).sum(axis=0)
        )
    np.testing.assert_array_equal(all_time.occupied_s[:, 0], figures.occupied_s.sum(axis=1))


def test_a_commune_is_a_share_of_sums_not_a_mean_of_shares() -> None:
    """A full bay of one place seen 1 h and an empty one of three seen 2 h make 1/7, not 1/2."""
    start_s = midnight_s(date(2026, 3, 2), PARIS)
    stays = StayArrays.of([0], [0], [start_s], [start_s + 3600])
    seen = SeenArrays.of([0, 1], [start_s, start_s], [start_s + 3600, start_s + 7200])
    capacity = np.array([1, 3])
    figures = slot_figures(stays, seen, capacity, start_s, start_s + 7200)
    commune = by_commune(total(figures, capacity), np.array([0, 0]), 1)
    assert commune.occupancy.item() == pytest.approx(1 / 7)
    assert commune.coverage.item() == pytest.approx(3 / 4)
    assert commune.full_share.item() == pytest.approx(1 / 3)


def test_slots_marked_minus_one_are_left_out() -> None:
    """A group of -1 counts nowhere, and a group without slots is zero with no occupancy."""
    start_s = midnight_s(date(2026, 3, 2), PARIS)
    seen = SeenArrays.of([0], [start_s], [start_s + 2700])
    figures = slot_figures(
        StayArrays.of([], [], [], []), seen, np.array([1]), start_s, start_s + 2700
    )
    sums = sum_slots(figures, np.array([1]), np.array([-1, 2, 2]), 3)
    assert sums.seen_s.tolist() == [[0, 0, 1800]]
    assert np.isnan(sums.occupancy[0, :2]).all()
    assert sums.occupancy[0, 2] == 0
