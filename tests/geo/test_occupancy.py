"""Slot figures against a second-by-second oracle, and the laws they keep."""

from __future__ import annotations

from dataclasses import fields, replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput
from geo.occupancy import (
    OPEN_S,
    SeenArrays,
    SlotFigures,
    StayArrays,
    coverage,
    occupancy,
    slot_figures,
)

START_S = 1_772_406_000
"""Monday 2 March 2026, 00:00 in Paris."""

CLASSES = 5


def moments(slots: int) -> st.SearchStrategy[int]:
    """Draw seconds around a period of some slots, often on its minutes and edges."""
    span = slots * 900
    return st.one_of(
        st.integers(-300, span + 300),
        st.integers(-5, span // 60 + 5).map(lambda minute: minute * 60),
        st.sampled_from([0, 900, span, span - 60]),
    )


@st.composite
def cases(draw: st.DrawFn, slots: int = 3) -> tuple[StayArrays, SeenArrays, np.ndarray]:
    """Draw a few bays with stays and seen times in disorder."""
    bays = draw(st.integers(1, 3))
    rows = draw(
        st.lists(
            st.tuples(
                st.integers(0, bays - 1),
                st.integers(0, CLASSES - 1),
                moments(slots),
                st.integers(0, 3000),
                st.booleans(),
            ),
            max_size=8,
        )
    )
    seen = draw(
        st.lists(
            st.tuples(st.integers(0, bays - 1), moments(slots), st.integers(0, 2000)), max_size=6
        )
    )
    arrived = [START_S + row[2] for row in rows]
    departed = [OPEN_S if row[4] else at + row[3] for at, row in zip(arrived, rows, strict=True)]
    stays = StayArrays.of([row[0] for row in rows], [row[1] for row in rows], arrived, departed)
    capacity = np.array(draw(st.lists(st.integers(1, 3), min_size=bays, max_size=bays)))
    starts = [START_S + row[1] for row in seen]
    return (
        stays,
        SeenArrays.of(
            [row[0] for row in seen],
            starts,
            [s + row[2] for s, row in zip(starts, seen, strict=True)],
        ),
        capacity,
    )


def brute_force(
    stays: StayArrays, seen: SeenArrays, capacity: np.ndarray, end_s: int
) -> SlotFigures:
    """Count each second by itself, the slow and obvious way."""
    slots = (end_s - START_S) // 900
    bays = len(capacity)
    at = np.arange(START_S - 60, end_s + 60)
    is_seen = np.zeros((bays, len(at)), bool)
    for bay, a, b in zip(seen.bay, seen.from_s, seen.to_s, strict=True):
        is_seen[bay] |= (at >= a) & (at < b)
    vehicles = np.zeros((bays, CLASSES, len(at)), int)
    arrivals = np.zeros((bays, CLASSES, slots), np.int32)
    for bay, kind, a, b in zip(
        stays.bay, stays.vehicle_class, stays.arrived_s, stays.departed_s, strict=True
    ):
        vehicles[bay, kind] += (at >= a) & (at < b)
        minute = a // 60 * 60
        if START_S <= minute < end_s and is_seen[bay, (at >= minute) & (at < minute + 60)].any():
            arrivals[bay, kind, (minute - START_S) // 900] += 1
    inner = slice(60, -60)
    vehicles, is_seen = (vehicles * is_seen[:, None])[..., inner], is_seen[:, inner]

    def by_slot(values: np.ndarray) -> np.ndarray:
        return values.reshape(*values.shape[:-1], slots, 900).sum(axis=-1).astype(np.int32)

    present = vehicles.sum(axis=1)
    return SlotFigures(
        START_S,
        by_slot(is_seen),
        by_slot(np.minimum(present, capacity[:, None])),
        by_slot((present >= capacity[:, None]) & is_seen),
        by_slot(vehicles),
        arrivals,
    )


def assert_same(got: SlotFigures, want: SlotFigures) -> None:
    """Compare all figures exactly."""
    for field in fields(SlotFigures):
        np.testing.assert_array_equal(
            getattr(got, field.name), getattr(want, field.name), err_msg=field.name
        )


@settings(deadline=None, max_examples=150)
@given(cases())
def test_figures_equal_the_second_by_second_count(
    case: tuple[StayArrays, SeenArrays, np.ndarray],
) -> None:
    """Every figure equals the count of single seconds."""
    stays, seen, capacity = case
    end_s = START_S + 2700
    assert_same(
        slot_figures(stays, seen, capacity, START_S, end_s),
        brute_force(stays, seen, capacity, end_s),
    )


@settings(deadline=None, max_examples=60)
@given(cases(), st.randoms(use_true_random=False))
def test_order_of_the_tables_changes_nothing(
    case: tuple[StayArrays, SeenArrays, np.ndarray], rng: Random
) -> None:
    """Stays and seen times may come in any order."""
    stays, seen, capacity = case
    p, q = list(range(len(stays.bay))), list(range(len(seen.bay)))
    rng.shuffle(p)
    rng.shuffle(q)
    mixed_stays = StayArrays(
        stays.bay[p], stays.vehicle_class[p], stays.arrived_s[p], stays.departed_s[p]
    )
    mixed_seen = SeenArrays(seen.bay[q], seen.from_s[q], seen.to_s[q])
    end_s = START_S + 2700
    assert_same(
        slot_figures(mixed_stays, mixed_seen, capacity, START_S, end_s),
        slot_figures(stays, seen, capacity, START_S, end_s),
    )


@settings(deadline=None, max_examples=60)
@given(cases(), st.integers(1, 2))
def test_periods_add_up(case: tuple[StayArrays, SeenArrays, np.ndarray], cut: int) -> None:
    """A period computed in two parts gives the same figures as in one."""
    stays, seen, capacity = case
    middle_s, end_s = START_S + cut * 900, START_S + 2700
    whole = slot_figures(stays, seen, capacity, START_S, end_s)
    parts = [
        slot_figures(stays, seen, capacity, *ends)
        for ends in ((START_S, middle_s), (middle_s, end_s))
    ]
    joined = {
        f.name: np.concatenate([getattr(part, f.name) for part in parts], axis=-1)
        for f in fields(SlotFigures)
        if f.name != "start_s"
    }
    assert_same(replace(whole, **joined), whole)


@settings(deadline=None, max_examples=60)
@given(cases())
def test_cutting_a_seen_interval_changes_nothing(
    case: tuple[StayArrays, SeenArrays, np.ndarray],
) -> None:
    """Seen time given in pieces that touch is the same seen time: no arrival is doubled at the joint."""
    stays, seen, capacity = case
    middle = (seen.from_s + seen.to_s) // 2
    pieces = SeenArrays.of(
        np.tile(seen.bay, 2),
        np.concatenate([seen.from_s, middle]),
        np.concatenate([middle, seen.to_s]),
    )
    end_s = START_S + 2700
    assert_same(
        slot_figures(stays, pieces, capacity, START_S, end_s),
        slot_figures(stays, seen, capacity, START_S, end_s),
    )


@settings(deadline=None, max_examples=60)
@given(cases())
def test_occupancy_is_a_share_or_nan_where_unseen(
    case: tuple[StayArrays, SeenArrays, np.ndarray],
) -> None:
    """Occupancy lies in 0..1 and is NaN exactly where nothing was seen; classes sum to at least the places taken."""
    stays, seen, capacity = case
    figures = slot_figures(stays, seen, capacity, START_S, START_S + 2700)
    share = occupancy(figures, capacity)
    np.testing.assert_array_equal(np.isnan(share), figures.seen_s == 0)
    assert ((share >= 0) & (share <= 1) | np.isnan(share)).all()
    assert (figures.vehicle_s.sum(axis=1) >= figures.occupied_s).all()
    assert (coverage(figures) <= 1).all()


def test_a_van_takes_half_of_two_places() -> None:
    """One van for a whole seen slot in a bay of two places is an occupancy of one half."""
    stays = StayArrays.of([0], [0], [START_S], [START_S + 900])
    figures = slot_figures(
        stays, SeenArrays.of([0], [START_S], [START_S + 900]), np.array([2]), START_S, START_S + 900
    )
    assert occupancy(figures, np.array([2])).item() == 0.5
    assert figures.full_s.item() == 0
    assert figures.arrivals[0, 0, 0] == 1


def test_unseen_is_not_empty() -> None:
    """A bay never seen has no occupancy, not an occupancy of zero, whatever stands in it."""
    stays = StayArrays.of([0], [0], [START_S], [OPEN_S])
    figures = slot_figures(stays, SeenArrays.of([], [], []), np.array([1]), START_S, START_S + 900)
    assert np.isnan(occupancy(figures, np.array([1]))).all()
    assert figures.arrivals.sum() == 0


def test_arrival_in_the_minute_in_which_seeing_begins_counts() -> None:
    """An arrival floored to the minute counts when only the end of that minute was seen."""
    stays = StayArrays.of([0], [0], [START_S + 600], [START_S + 660])
    seen = SeenArrays.of([0], [START_S + 630], [START_S + 900])
    figures = slot_figures(stays, seen, np.array([1]), START_S, START_S + 900)
    assert figures.arrivals.sum() == 1
    assert figures.occupied_s.item() == 30


def test_a_stay_that_ends_before_it_starts_is_refused() -> None:
    """The refusal names both instants."""
    stays = StayArrays.of([0], [0], [START_S + 60], [START_S])
    with pytest.raises(
        InvalidInput, match=f"departs at {START_S}, before it arrives at {START_S + 60}"
    ):
        slot_figures(stays, SeenArrays.of([], [], []), np.array([1]), START_S, START_S + 900)


@pytest.mark.parametrize("end_s", [START_S, START_S + 1000])
def test_a_period_not_made_of_slots_is_refused(end_s: int) -> None:
    """Only whole slots can be asked for."""
    empty = StayArrays.of([], [], [], [])
    with pytest.raises(InvalidInput, match="not made of slots"):
        slot_figures(empty, SeenArrays.of([], [], []), np.array([1]), START_S, end_s)
