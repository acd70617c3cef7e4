"""The typical week of a bay: what its own counts say, and what its commune adds."""

from __future__ import annotations

import numpy as np
import pytest

from geo.errors import InvalidInput
from geo.forecast.climatology import CHOICES, KIND_OF_DAY, Strengths, chosen
from geo.forecast.typical import typical_week_forecast

TRUE = 0.1 + 0.5 * np.exp(-0.5 * ((np.arange(96) - 40) / 12) ** 2)
"""A share that peaks at ten o'clock."""


def week(
    bays: int, weeks: int, seed: int, share: np.ndarray = TRUE
) -> tuple[np.ndarray, np.ndarray]:
    """Draw counts of bays that all follow one share, on all days."""
    rng = np.random.default_rng(seed)
    seen = np.full((bays, 7, 96), weeks)
    return rng.binomial(weeks, np.broadcast_to(share, seen.shape)), seen


def test_recovers_a_share_from_few_weeks_of_many_bays() -> None:
    """With four weeks of thirty bays the typical week is near the truth, nearer than the bays' own counts."""
    occupied, seen = week(30, 4, seed=1)
    p, _, _ = typical_week_forecast(occupied, seen)
    own = np.abs(occupied / seen - TRUE).mean()
    assert np.abs(p - TRUE).mean() < 0.35 * own
    assert np.abs(p - TRUE).mean() < 0.05


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """At least 85 % of the 90 % intervals hold the share that the counts were drawn from."""
    occupied, seen = week(30, 6, seed=2)
    p, low, high = typical_week_forecast(occupied, seen)
    assert ((low <= p) & (p <= high)).all()
    assert ((low <= TRUE) & (high >= TRUE)).mean() > 0.85


def test_nothing_is_certain() -> None:
    """A bay that was never seen occupied, or never free, is neither surely free nor surely occupied."""
    seen = np.full((2, 7, 96), 5)
    occupied = np.stack([np.zeros((7, 96), int), np.full((7, 96), 5)])
    p, low, high = typical_week_forecast(occupied, seen)
    assert (low > 0).all()
    assert (high < 1).all()
    assert p[0].max() < 0.1
    assert p[1].min() > 0.9


def test_an_unseen_bay_is_expected_as_its_commune_and_less_surely() -> None:
    """A bay without a single seen slot gets the commune's profile, with wider intervals, not an empty week."""
    occupied, seen = week(20, 8, seed=3)
    occupied[0], seen[0] = 0, 0
    p, low, high = typical_week_forecast(occupied, seen)
    assert np.abs(p[0] - TRUE).mean() < 0.08
    assert (high - low)[0].mean() > 2 * (high - low)[1:].mean()


def test_nothing_seen_at_all_is_unknown() -> None:
    """Where no slot of the commune was seen there is no forecast."""
    nothing = np.zeros((3, 7, 96), int)
    assert all(np.isnan(one).all() for one in typical_week_forecast(nothing, nothing))


def test_bays_in_another_order_give_the_same_weeks_in_that_order() -> None:
    """No bay's forecast depends on its place on the axis."""
    occupied, seen = week(12, 3, seed=4)
    order = np.random.default_rng(4).permutation(12)
    before = typical_week_forecast(occupied, seen)
    after = typical_week_forecast(occupied[order], seen[order])
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one[order], other, rtol=1e-9)


def test_counts_are_left_as_they_were() -> None:
    """The arrays that are given are not changed."""
    occupied, seen = week(3, 2, seed=5)
    kept = occupied.copy(), seen.copy()
    typical_week_forecast(occupied, seen)
    assert (occupied == kept[0]).all()
    assert (seen == kept[1]).all()


def test_counts_of_no_week_are_refused() -> None:
    """More occupied slots than seen ones, or another shape, is an error that names what was wanted."""
    occupied, seen = week(2, 2, seed=6)
    with pytest.raises(InvalidInput, match="more occupied"):
        typical_week_forecast(seen + 1, seen)
    with pytest.raises(InvalidInput, match=r"\(bays, 7, 96\)"):
        typical_week_forecast(occupied[:, :5], seen[:, :5])


def test_held_out_weeks_ask_for_more_shrinkage_where_all_bays_are_alike() -> None:
    """Bays that share one profile get more strength for the expectation than bays that each have their own."""
    alike = chosen(week(20, 6, seed=7), week(20, 2, seed=8))
    rng = np.random.default_rng(9)
    own = rng.beta(0.5, 0.5, (20, 7, 8)).repeat(12, axis=-1)
    apart = chosen(week(20, 6, seed=7, share=own), week(20, 2, seed=8, share=own))
    assert alike.slot_days * alike.weekday_days > apart.slot_days * apart.weekday_days
    assert alike in CHOICES


def test_without_weeks_to_hold_out_the_default_is_taken() -> None:
    """Nothing seen before or in the held-out weeks leaves nothing to choose by."""
    nothing = np.zeros((2, 7, 96), int)
    assert isinstance(chosen((nothing, nothing), week(2, 2, seed=1)), Strengths)


def test_kinds_of_day_cover_the_week() -> None:
    """Monday to Friday share a kind; Saturday and Sunday have theirs."""
    assert list(KIND_OF_DAY) == [0, 0, 0, 0, 0, 1, 2]
