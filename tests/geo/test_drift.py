"""When a suggestion no longer holds: rarely without a reason, soon with one."""

from __future__ import annotations

import numpy as np
import pytest

from geo.drift import ALLOWANCE, Watched, cusum, drift, weekly
from geo.errors import InvalidInput


def counts(rng: np.random.Generator, weeks: int, per_day: float) -> np.ndarray:
    """Draw weekly deliveries with the day effects of the reference world: 0.15 of the bay's own, 0.12 of the city's."""
    sway = rng.normal(0, 0.15, weeks * 7) + rng.normal(0, 0.12, weeks * 7)
    return weekly(rng.poisson(per_day * np.exp(sway - (0.15**2 + 0.12**2) / 2)).tolist())


def found(rng: np.random.Generator, weeks: int, change: float = 1.0) -> object:
    """Watch a bay of twenty deliveries a day that changes after the eight weeks learnt from."""
    return drift({"deliveries": Watched(counts(rng, 8, 20.0), counts(rng, weeks, 20.0 * change))})


def test_a_stable_bay_is_rarely_stopped_within_a_year() -> None:
    """At most one stable bay in twenty gives an alarm in 52 weeks."""
    rng = np.random.default_rng(11)
    alarms = sum(not found(rng, 52).holds for _ in range(600))
    assert alarms / 600 <= 0.05


@pytest.mark.parametrize("change", [1.3, 0.7])
def test_a_change_of_a_third_is_found_within_a_month(change: float) -> None:
    """At twenty deliveries a day three bays in four that change by 30 % are found within four weeks, nearly all in twelve."""
    rng = np.random.default_rng(12)
    drifts = [found(rng, 12, change) for _ in range(300)]
    weeks = np.array([99 if one.holds else one.week + 1 for one in drifts])
    assert (weeks <= 4).mean() >= 0.75
    assert (weeks <= 12).mean() >= 0.97


def test_the_reason_says_what_went_which_way_and_since_when() -> None:
    """A doubling in the third week is told as deliveries going up from that week on."""
    before = np.full(8, 140.0)
    told = drift({"deliveries": Watched(before, np.array([141.0, 139, 280, 280, 280]))})
    assert (told.holds, told.reason, told.began, told.week) == (False, "deliveries_up", 2, 2)
    assert told.change == pytest.approx(1.0)


def test_what_went_too_far_first_is_the_reason() -> None:
    """Of two things watched the earlier one is named."""
    before = np.full(6, 100.0)
    told = drift(
        {
            "deliveries": Watched(before, np.array([100.0, 100, 100, 20])),
            "overstays": Watched(before, np.array([100.0, 200, 100, 100])),
        }
    )
    assert told.reason == "overstays_up"
    assert told.week == 1


def test_a_share_is_watched_against_how_many_there_were() -> None:
    """Three times as many over-stays of three times as many deliveries is no change; a doubled share is."""
    trials = np.full(8, 100.0)
    same = Watched(trials * 0.2, np.full(6, 60.0), trials, np.full(6, 300.0))
    twice = Watched(trials * 0.2, np.full(6, 40.0), trials, np.full(6, 100.0))
    assert drift({"overstays": same}).holds
    told = drift({"overstays": twice})
    assert told.reason == "overstays_up"
    assert told.change == pytest.approx(0.2, abs=0.02)


def test_an_unseen_week_says_nothing() -> None:
    """Weeks with too little seen time neither raise nor lower a sum."""
    deviations = np.array([1.0, 2.5, np.nan, 2.0])
    up, down = cusum(deviations)
    seen_up, _ = cusum(deviations[np.isfinite(deviations)])
    assert list(up) == [seen_up[0], seen_up[1], seen_up[1], seen_up[2]]
    assert not down.any()


def test_deviations_within_the_allowance_never_add_up() -> None:
    """A bay that stays within the allowance holds for ever."""
    up, down = cusum(np.full(1000, ALLOWANCE))
    assert not up.any()
    assert not down.any()


def test_nothing_is_watched_from_two_weeks() -> None:
    """Too few weeks to learn from is an error that says how many are wanted."""
    with pytest.raises(InvalidInput, match="wanted 3 or more"):
        drift({"deliveries": Watched(np.array([1.0, 2.0, np.nan]), np.array([1.0]))})
