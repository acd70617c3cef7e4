"""Tests of interval sets."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from service.intervals import merge, merge_reasons, subtract

edges = st.tuples(st.integers(0, 30), st.integers(0, 30))
sets = st.lists(edges, max_size=8)
reasoned = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from("abc")))


def seconds(intervals: list[tuple[int, int]]) -> set[int]:
    """Return every second of some intervals."""
    return {at for start, end in intervals for at in range(start, end)}


@given(sets)
def test_merged_intervals_are_the_same_seconds_apart_from_each_other(
    intervals: list[tuple[int, int]],
) -> None:
    """A union holds the same seconds, in order, and no two of its intervals touch."""
    merged = merge(intervals)
    assert seconds(merged) == seconds(intervals)
    assert all(one[1] < other[0] for one, other in pairwise(merged))


@given(sets, sets)
def test_difference_is_that_of_the_seconds(
    intervals: list[tuple[int, int]], removed: list[tuple[int, int]]
) -> None:
    """What is left are the seconds of the first set that are not in the second."""
    assert seconds(subtract(intervals, removed)) == seconds(intervals) - seconds(removed)


@given(reasoned, reasoned, sets)
def test_reasons_do_not_depend_on_the_order_of_arrival(
    first: list[tuple[int, int, str]],
    second: list[tuple[int, int, str]],
    seen: list[tuple[int, int]],
) -> None:
    """Merging in two steps in either order, seen times early or late, gives the same as all at once."""
    at_once = merge_reasons([*first, *second], seen)
    assert merge_reasons([*merge_reasons(first, seen), *second], seen) == at_once
    assert merge_reasons([*merge_reasons(second, []), *first], seen) == at_once


@given(reasoned, sets)
def test_unseen_times_are_disjoint_and_never_seen(
    pieces: list[tuple[int, int, str]], seen: list[tuple[int, int]]
) -> None:
    """No second has two reasons and none that was seen has one."""
    merged = merge_reasons(pieces, seen)
    plain = [(start, end) for start, end, _ in merged]
    assert sum(end - start for start, end in plain) == len(seconds(plain))
    assert not seconds(plain) & seconds(seen)
