"""Matching of stays: one to one within a bay, as many as possible."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.matching import iou_matrix, match_stays, max_matching

STAYS = st.lists(
    st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 20), st.integers(1, 12)).map(
        lambda row: (row[0], float(row[1]), float(row[1] + row[2]))
    ),
    max_size=4,
)


def test_iou_of_intervals() -> None:
    """Half in common of equal lengths is a third; apart or touching is nothing."""
    found = iou_matrix([(0, 10)], [(5, 15), (10, 20), (0, 10)])
    np.testing.assert_allclose(found, [[1 / 3, 0, 1]])


def test_a_stay_matches_once_and_only_in_its_bay() -> None:
    """Two found halves are one match at most, and the same time in another bay is none."""
    true = [("A", 0.0, 100.0)]
    assert [
        match.found_index for match in match_stays(true, [("A", 0.0, 60.0), ("A", 60.0, 100.0)])
    ] == [0]
    assert match_stays(true, [("B", 0.0, 100.0)]) == []


def test_as_many_as_possible_beats_best_first() -> None:
    """Where the best pair would leave another without partner, both are paired otherwise."""
    weights = np.array([[0.9, 0.6], [0.8, 0.0]])
    assert max_matching(weights, 0.5) == [(0, 1), (1, 0)]


def test_stays_that_last_share_their_end() -> None:
    """Two that are still there match even when they arrived just before the last known instant; one that left long ago does not."""
    true = [("A", 100.0, math.inf), ("B", 0.0, math.inf)]
    found = [("A", 98.5, math.inf), ("B", 0.0, 40.0)]
    assert [(match.true_index, match.found_index) for match in match_stays(true, found)] == [(0, 0)]
    assert [match.true_index for match in match_stays(true, [("B", 0.0, 60.0)])] == [1]


@settings(max_examples=150, deadline=None)
@given(true=STAYS, found=STAYS)
def test_no_other_matching_is_larger(
    true: list[tuple[str, float, float]], found: list[tuple[str, float, float]]
) -> None:
    """The number of matches equals the largest that trying everything gives, and each stay is used once."""
    matches = match_stays(true, found)
    assert len({match.true_index for match in matches}) == len(matches)
    assert len({match.found_index for match in matches}) == len(matches)
    assert all(match.iou >= 0.5 for match in matches)
    assert len(matches) == largest(true, found)


def largest(true: list[tuple[str, float, float]], found: list[tuple[str, float, float]]) -> int:
    """Return the size of the largest matching by brute force."""
    short, long = sorted((true, found), key=len)
    padded: list[tuple[str, float, float] | None] = [*long, *[None] * len(short)]
    return max(
        (
            sum(
                b is not None and a[0] == b[0] and iou_matrix([a[1:]], [b[1:]])[0, 0] >= 0.5
                for a, b in zip(short, choice, strict=True)
            )
            for choice in set(itertools.permutations(padded, len(short)))
        ),
        default=0,
    )
