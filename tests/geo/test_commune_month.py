"""Key figures of a commune: sums, censoring, intervals, what is unknown."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from geo.bays import read_bays
from geo.commune_month import CommuneMonth, Facts, commune_month
from geo.local_time import midnight_s
from geo.occupancy import OPEN_S, SeenArrays, StayArrays
from tests.geo.places import bay_feature, collection, ring

PARIS = "Europe/Paris"
FROM, TO = date(2026, 3, 1), date(2026, 4, 1)
START_S, END_S = midnight_s(FROM, PARIS), midnight_s(TO, PARIS)
RULES = [
    {
        "days": ["mo", "tu", "we", "th", "fr", "sa"],
        "start": "07:00",
        "end": "20:00",
        "max_stay_min": 30,
    }
]


def bays(*capacities: int) -> tuple:
    """Build bays a0, a1, … of given capacities with a rule of 30 minutes from 7 to 20 h."""
    features = [
        bay_feature(
            f"a{i}",
            capacity=n,
            rules=RULES,
            geometry={"type": "Polygon", "coordinates": [ring(0, 9.0 * i)]},
        )
        for i, n in enumerate(capacities)
    ]
    return read_bays(collection(*features)).bays


def facts(stays: StayArrays, seen: SeenArrays, *capacities: int) -> Facts:
    """Build facts in Paris without holidays."""
    return Facts(bays(*capacities), stays, seen, PARIS)


def daily(minutes: int, at_h: int = 10, days: int = 31, bay: int = 0) -> StayArrays:
    """Build a stay of some minutes at the same hour of each day."""
    arrived = [midnight_s(date(2026, 3, 1 + i), PARIS) + at_h * 3600 for i in range(days)]
    return StayArrays.of([bay] * days, [0] * days, arrived, np.array(arrived) + minutes * 60)


def month_of(stays: StayArrays, *capacities: int) -> CommuneMonth:
    """Compute a month seen throughout."""
    n = len(capacities)
    return commune_month(
        facts(stays, SeenArrays.of(range(n), [START_S] * n, [END_S] * n), *capacities), FROM, TO
    )


def test_a_regular_month_has_exact_figures_and_no_width() -> None:
    """One hour a day in a bay of one place, ten hours after midnight: at 11 h on one of nine weekend days, 29 March."""
    month = month_of(daily(60), 1)
    assert month.coverage == 1.0
    assert month.occupancy.value == pytest.approx(31 / (31 * 24 - 1))
    assert month.occupancy.low == pytest.approx(1 / 24, rel=0.01)
    assert month.occupancy.high == pytest.approx(1 / 24, rel=0.01)
    assert (month.stays, month.dwell.median_min, month.dwell.censored) == (31, 60.0, 0)
    assert month.weekday[10].occupancy == 1.0
    assert month.weekday[11].occupancy == 0.0
    assert month.weekend[10].occupancy == pytest.approx(8 / 9)
    assert month.weekend[11].occupancy == pytest.approx(1 / 9)
    assert month.class_mix["van"] == 1.0


def test_an_unseen_commune_is_unknown_not_empty() -> None:
    """Without seen time there is no occupancy, no turnover and no stay that counts."""
    month = commune_month(facts(daily(60), SeenArrays.of([], [], []), 1), FROM, TO)
    assert month.coverage == 0.0
    assert month.occupancy.value is None
    assert month.turnover.value is None
    assert month.stays == 0
    assert month.dwell.median_min is None
    assert month.bays[0].occupancy is None
    assert not month.bays[0].enough_coverage
    assert all(hour.occupancy is None and hour.coverage == 0 for hour in month.weekday)


def test_stays_without_an_end_are_counted_apart() -> None:
    """A stay that is still there counts as an arrival, not as a dwell time."""
    one = daily(20, days=2)
    stays = StayArrays(
        one.bay, one.vehicle_class, one.arrived_s, np.array([one.departed_s[0], OPEN_S])
    )
    month = month_of(stays, 1)
    assert (month.stays, month.dwell.complete, month.dwell.censored) == (2, 1, 1)
    assert month.dwell.median_min == 20.0


def test_too_few_days_give_no_interval() -> None:
    """Three days of stays give a median, but no interval of it."""
    month = month_of(daily(20, days=3), 1)
    assert (month.dwell_median_min.value, month.dwell_median_min.low) == (20.0, None)


def test_overstays_count_only_inside_the_window() -> None:
    """60 minutes under a rule of 30 are long; 60 minutes from 19:45 are 15 inside and then free; Sundays are free."""
    march = [date(2026, 3, d) for d in range(1, 32)]
    sundays = sum(on.weekday() == 6 for on in march)
    long = month_of(daily(60), 1)
    evening = daily(60, at_h=19)
    late = StayArrays(
        evening.bay, evening.vehicle_class, evening.arrived_s + 2700, evening.departed_s + 2700
    )
    assert long.overstay_share == 1.0
    assert month_of(late, 1).overstay_share == 0.0
    only_sundays = daily(60)
    keep = np.array([on.weekday() == 6 for on in march])
    assert keep.sum() == sundays
    sunday = StayArrays(
        *(
            getattr(only_sundays, name)[keep]
            for name in ("bay", "vehicle_class", "arrived_s", "departed_s")
        )
    )
    assert month_of(sunday, 1).overstay_share is None


def test_a_stay_of_exactly_the_maximum_is_not_longer() -> None:
    """Thirty minutes are allowed."""
    assert month_of(daily(30), 1).overstay_share == 0.0
    assert month_of(daily(31), 1).overstay_share == 1.0


def test_the_same_seed_gives_the_same_intervals() -> None:
    """Figures are reproducible, and another seed moves only the ends of intervals."""
    rng = np.random.default_rng(3)
    arrived = START_S + rng.integers(0, 31 * 1440 - 90, 400) * 60
    stays = StayArrays.of(
        rng.integers(0, 2, 400),
        rng.integers(0, 5, 400),
        arrived,
        arrived + rng.integers(1, 90, 400) * 60,
    )
    seen = SeenArrays.of([0, 1], [START_S] * 2, [END_S] * 2)
    one, again, other = (
        commune_month(facts(stays, seen, 1, 2), FROM, TO, seed=s) for s in (1, 1, 2)
    )
    assert one == again
    assert one.occupancy.value == other.occupancy.value
    assert one.occupancy != other.occupancy
    for interval in (one.occupancy, one.turnover, one.dwell_median_min):
        assert interval.low < interval.value < interval.high


def test_intervals_cover_the_truth_about_nine_times_in_ten() -> None:
    """Over 120 months of random days the 90 % interval of occupancy holds the true share in 82 to 97 % of them."""
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(120):
        minutes = rng.integers(0, 121, 31)
        one = daily(0)
        stays = StayArrays(one.bay, one.vehicle_class, one.arrived_s, one.arrived_s + minutes * 60)
        interval = month_of(stays, 1).occupancy
        hits += interval.low <= 60 * 31 / (31 * 1440 - 60) <= interval.high
    assert 0.82 <= hits / 120 <= 0.97


def test_a_stay_cut_by_an_outage_gives_no_dwell_time() -> None:
    """Where seeing ends at the minute of departure, the end was not seen: the stay counts, its length does not."""
    stays = daily(20)
    cut_s = int(stays.departed_s[0])
    seen = SeenArrays.of([0, 0], [START_S, cut_s + 3600], [cut_s, END_S])
    month = commune_month(facts(stays, seen, 1), FROM, TO)
    assert (month.stays, month.dwell.complete, month.dwell.censored) == (31, 30, 1)
