"""Tests of which figures everyone may see."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.publication import ENOUGH_STAYS, Told, enough, told_classes, told_of_day
from geo.sums import Sums
from geo.words import ENOUGH_COVERAGE

HOUR_S = 3600


def sums(seen_s: Any, stays: Any, span_s: int = HOUR_S) -> Sums:
    """Return sums of places with all stays in the first class."""
    seen = np.asarray(seen_s, np.int64)
    arrivals = np.zeros((len(seen), 5, seen.shape[1]), np.int64)
    arrivals[:, 0] = stays
    nothing = np.zeros_like(seen)
    return Sums(
        np.full_like(seen, span_s), seen, seen, nothing, nothing, np.zeros_like(arrivals), arrivals
    )


def told_with(seen_s: NDArray[np.int64], stays: NDArray[np.int64]) -> Told:
    """Return what is told of a commune that has these bays alone."""
    whole = sums(seen_s.sum(0)[None], stays.sum(0)[None], HOUR_S * len(seen_s))
    day = sums([[seen_s.sum()]], [[stays.sum()]], HOUR_S * seen_s.size)
    return told_of_day(sums(seen_s, stays), whole, day)


def test_few_stays_or_little_seen_is_not_enough() -> None:
    """Five stays in 70 % of the time are enough, one less or less seen time is not, and nothing seen is nothing."""
    edge_s = round(ENOUGH_COVERAGE * HOUR_S)
    found = enough(sums([[edge_s, edge_s - 1, HOUR_S, 0]], [[5, 5, 4, 0]]))
    assert found.tolist() == [[True, False, False, False]]


def test_a_commune_is_told_where_several_bays_are_held_back() -> None:
    """Two bays of three stays each hide one another in six."""
    told = told_with(np.full((2, 1), HOUR_S), np.array([[3], [3]]))
    assert not told.bays.any()
    assert told.hours.tolist() == [True]
    assert told.day


def test_one_bay_held_back_holds_the_commune_back() -> None:
    """The commune less the bay that is told would give the other's four stays."""
    told = told_with(np.full((2, 1), HOUR_S), np.array([[9], [4]]))
    assert told.bays[:, 0].tolist() == [True, False]
    assert told.hours.tolist() == [False]
    assert not told.day


def test_a_bay_that_was_not_seen_hides_nothing() -> None:
    """A bay whose coverage says 0 adds nothing: the one that was seen too little would be given away."""
    seen_s = np.array([[HOUR_S], [HOUR_S], [HOUR_S], [2500], [0]])
    told = told_with(seen_s, np.array([[9], [9], [9], [6], [0]]))
    assert told.bays[:, 0].tolist() == [True, True, True, False, False]
    assert told.hours.tolist() == [False]


def test_a_day_less_its_hours_gives_no_hour() -> None:
    """One hour held back holds the day back."""
    told = told_with(np.full((2, 3), HOUR_S), np.array([[9, 9, 2], [9, 9, 2]]))
    assert told.hours.tolist() == [True, True, False]
    assert not told.day


@st.composite
def days(draw: st.DrawFn) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw seen seconds and stays of up to four bays and three hours."""
    bays, hours = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    size = bays * hours
    seen = draw(st.lists(st.sampled_from([0, 1200, 2600, 3600]), min_size=size, max_size=size))
    stays = draw(st.lists(st.integers(0, 12), min_size=size, max_size=size))
    seen_s = np.array(seen, np.int64).reshape(bays, hours)
    return seen_s, np.where(seen_s > 0, np.array(stays).reshape(bays, hours), 0)


@given(days())
def test_no_sum_of_told_figures_gives_one_that_is_held_back(
    drawn: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> None:
    """No linear combination of told figures is a small or little seen one: the law of public figures."""
    seen_s, stays = drawn
    told = told_with(seen_s, stays)
    cells = np.arange(seen_s.size).reshape(seen_s.shape)
    held = ~told.bays & (seen_s > 0)
    known = [unit(cells.size, [cell]) for cell in cells[~held]]
    known += [unit(cells.size, cells[:, hour]) for hour in np.flatnonzero(told.hours)]
    known += [unit(cells.size, cells.ravel())] if told.day else []
    secret = [unit(cells.size, [cell]) for cell in cells[held]]
    secret += [
        unit(cells.size, cells[:, hour]) for hour in np.flatnonzero(~told.hours & held.any(axis=0))
    ]
    rows = np.array(known).reshape(-1, cells.size)
    rank = int(np.linalg.matrix_rank(rows)) if len(rows) else 0
    for row in secret:
        assert np.linalg.matrix_rank(np.vstack([rows, row])) == rank + 1


def unit(size: int, cells: Any) -> NDArray[np.float64]:
    """Return the sum of some cells as a row over all."""
    row = np.zeros(size)
    row[np.asarray(cells)] = 1
    return row


@given(days())
def test_what_is_told_of_a_whole_leaves_no_small_rest(
    drawn: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> None:
    """A commune's hour less its told bays is nothing, or enough stays of several bays."""
    seen_s, stays = drawn
    told = told_with(seen_s, stays)
    held = ~told.bays & (seen_s > 0)
    for hour in np.flatnonzero(told.hours):
        parts = held[:, hour].sum()
        assert parts == 0 or (parts > 1 and stays[held[:, hour], hour].sum() >= ENOUGH_STAYS)


@given(st.lists(st.integers(0, 20), min_size=5, max_size=5))
def test_classes_less_the_told_ones_give_no_small_count(stays: list[int]) -> None:
    """No told class is small, and the others are none, or several with enough stays, unless nothing is told."""
    told = told_classes(np.array(stays))
    counts = np.array(stays)
    assert (counts[told] >= ENOUGH_STAYS).all()
    held = counts[~told]
    assert not told.any() or len(held) == 0 or (len(held) > 1 and held.sum() >= ENOUGH_STAYS)
