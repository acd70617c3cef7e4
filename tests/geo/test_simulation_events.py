"""The event loop: laws of the kerb, textbook blocking, retries, clearing and maximum stays."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.facts.bay_facts import NO_LIMIT, NOT_RESERVED
from geo.simulation.events import (
    ALWAYS_SHARED,
    LEAVES_AFTER_S,
    LEAVES_BEFORE_S,
    NEVER_S,
    Arrivals,
    Drivers,
    Parked,
    Timetable,
    park,
)

LENGTH_M = np.array([6.0, 10.0, 5.0])
DAY_S = 86_400


def drivers(
    retry: float = 0.0, rho: float = 1.0, kappa: float = 0.0, keeps: float = 0.0
) -> Drivers:
    """Build vans, trucks and cars."""
    return Drivers(
        LENGTH_M,
        np.array([1.0, 1.0, rho]),
        np.array([0.0, 0.0, kappa]),
        np.full(3, keeps),
        np.array([retry, retry, 0.0]),
    )


def crowd(
    n: int = 4_000, per_day: float = 60.0, seed: int = 2, median_min: float = 20.0
) -> Arrivals:
    """Draw drivers of all three kinds at any time of the day."""
    rng = np.random.default_rng(seed)
    at_s = np.sort(rng.uniform(0, n / per_day * DAY_S, n)).astype(np.int64)
    kind = rng.choice(3, n, p=[0.5, 0.1, 0.4]).astype(np.int64)
    return Arrivals(at_s, kind, 60 * median_min * rng.lognormal(0, 0.8, n))


def daily(windows: list[tuple[float, float, int]], days: int) -> Timetable:
    """Repeat windows, given in hours with their maximum stay, on days that follow each other."""
    edges = [(0, NOT_RESERVED)]
    for day in range(days):
        for start_h, end_h, limit in windows:
            edges += [
                (day * DAY_S + int(start_h * 3600), limit),
                (day * DAY_S + int(end_h * 3600), NOT_RESERVED),
            ]
    last = dict(edges)
    return Timetable(np.array(list(last)), np.array(list(last.values())))


def overlap_m(arrivals: Arrivals, parked: Parked, kerb_m: float) -> float:
    """Return the largest overlap of any two vehicles that are there together, or beyond the kerb."""
    there = parked.parked_s != NEVER_S
    start, end = parked.parked_s[there], parked.departed_s[there]
    front = parked.place_m[there]
    back = front + LENGTH_M[arrivals.kind[there]]
    worst = max(float(-front.min(initial=0)), float(back.max(initial=0)) - kerb_m)
    together = (start[:, None] < end) & (start < end[:, None]) & ~np.eye(len(start), dtype=bool)
    shared = np.minimum(back[:, None], back) - np.maximum(front[:, None], front)
    return max(worst, float(shared[together].max(initial=-np.inf)))


@settings(max_examples=30, deadline=None)
@given(
    kerb_m=st.floats(4.0, 30.0),
    per_day=st.sampled_from([10.0, 60.0, 400.0]),
    retry=st.sampled_from([0.0, 0.5, 0.9]),
    seed=st.integers(0, 10_000),
)
def test_vehicles_never_overlap(kerb_m: float, per_day: float, retry: float, seed: int) -> None:
    """No two vehicles that are there together share a piece of kerb, and none stands beyond its end."""
    some = crowd(300, per_day, seed)
    parked = park(some, ALWAYS_SHARED, drivers(retry), kerb_m, seed)
    assert overlap_m(some, parked, kerb_m) < 1e-6


def test_served_and_lost_are_all_who_came() -> None:
    """Each driver parks once or never; who parks leaves later, and who tries without retry tries once."""
    some = crowd()
    parked = park(some, ALWAYS_SHARED, drivers(), 15.0, 7)
    served = parked.parked_s != NEVER_S
    assert 0.2 < (~served).mean() < 0.8
    assert (parked.tries == 1).all()
    assert (parked.departed_s[served] > parked.parked_s[served]).all()
    assert (parked.departed_s[~served] == NEVER_S).all()
    assert np.isnan(parked.place_m[~served]).all()
    assert (parked.parked_s[served] == some.at_s[served]).all()


def test_the_same_seed_gives_the_same_bytes() -> None:
    """All columns are equal to the byte, and another seed gives others."""
    some = crowd()
    first, again, other = (
        park(some, ALWAYS_SHARED, drivers(0.3), 18.0, seed) for seed in (5, 5, 6)
    )
    assert [c.tobytes() for c in astuple(first)] == [c.tobytes() for c in astuple(again)]
    assert first.place_m.tobytes() != other.place_m.tobytes()


def test_more_retries_never_reduce_attempts() -> None:
    """With a larger share that comes round again a gap is looked for more often, and more deliveries end well."""
    some = crowd(20_000, 80.0)
    runs = [park(some, ALWAYS_SHARED, drivers(retry), 12.0, 3) for retry in (0.0, 0.3, 0.6, 0.9)]
    attempts = [int(run.tries.sum()) for run in runs]
    served = [int((run.parked_s[some.kind < 2] != NEVER_S).sum()) for run in runs]
    assert attempts == sorted(attempts)
    assert served == sorted(served)
    assert attempts[0] == len(some.at_s)


def test_who_comes_round_again_does_so_after_two_to_ten_minutes() -> None:
    """A delivery served at its second try came 120 to 600 s after its first; cars never come back."""
    some = crowd(20_000, 80.0)
    parked = park(some, ALWAYS_SHARED, drivers(0.5), 12.0, 3)
    second = (parked.tries == 2) & (parked.parked_s != NEVER_S)
    wait_s = parked.parked_s[second] - some.at_s[second]
    assert second.sum() > 100
    assert wait_s.min() >= 120
    assert wait_s.max() < 600
    assert (parked.tries[some.kind == 2] == 1).all()


@pytest.mark.parametrize(("places", "load"), [(1, 0.7), (3, 2.0), (4, 3.5)])
def test_blocking_is_erlangs(places: int, load: float) -> None:
    """With one size and no waste, the share refused is Erlang's B formula to three digits."""
    n, stay_s = 1_500_000, 36_000.0
    rng = np.random.default_rng(8)
    at_s = np.cumsum(rng.exponential(stay_s / load, n)).astype(np.int64)
    some = Arrivals(at_s, np.zeros(n, np.int64), rng.exponential(stay_s, n))
    parked = park(some, ALWAYS_SHARED, replace(drivers(), front_share=1.0), 6.0 * places, 1)
    blocking = 1.0
    for servers in range(1, places + 1):
        blocking = load * blocking / (servers + load * blocking)
    assert (parked.parked_s == NEVER_S).mean() == pytest.approx(blocking, abs=1.5e-3)


def test_positions_waste_kerb() -> None:
    """A second van finds room beside a first on 12 m in fewer than all cases: less than by the sum of lengths."""
    some = crowd(40_000, 20.0)
    wasted = park(some, ALWAYS_SHARED, drivers(), 12.0, 1)
    tidy = park(some, ALWAYS_SHARED, replace(drivers(), front_share=1.0), 12.0, 1)
    assert (wasted.parked_s == NEVER_S).sum() > 1.03 * (tidy.parked_s == NEVER_S).sum()


def test_reserved_hours_keep_a_share_of_the_cars_away() -> None:
    """In reserved hours a share rho of the cars looks for room, outside all do."""
    some = crowd(40_000, 60.0)
    timetable = daily([(8.0, 12.0, NO_LIMIT)], 700)
    tried = park(some, timetable, drivers(rho=0.4), 15.0, 1).tries > 0
    hour = some.at_s % DAY_S / 3600
    reserved, car = (hour >= 8) & (hour < 12), some.kind == 2
    assert tried[reserved & car].mean() == pytest.approx(0.4, abs=0.03)
    assert tried[~(reserved & car)].all()


def test_a_share_of_the_cars_makes_room() -> None:
    """Of the cars there well before a window that would stay well into it, a share kappa is gone after its start."""
    some = crowd(40_000, 12.0, median_min=300.0)
    timetable = daily([(7.0, 20.0, NO_LIMIT)], 3_500)
    parked = park(some, timetable, drivers(kappa=0.7), 100.0, 1)
    start_s = (parked.parked_s // DAY_S * DAY_S) + 7 * 3600
    over = (
        (some.kind == 2)
        & (parked.parked_s < start_s - LEAVES_BEFORE_S)
        & (parked.parked_s + some.stay_s > start_s + LEAVES_AFTER_S)
    )
    assert over.sum() > 500
    gone = parked.departed_s[over] <= start_s[over] + LEAVES_AFTER_S
    assert gone.mean() == pytest.approx(0.7, abs=0.05)
    assert (parked.departed_s[over] >= start_s[over] - LEAVES_BEFORE_S).all()


def test_windows_that_touch_clear_only_once() -> None:
    """Where a window follows another at once nobody makes room: only reserved after shared time clears."""
    n = 500
    some = Arrivals(
        np.arange(n) * DAY_S + 6 * 3600, np.full(n, 2, np.int64), np.full(n, 5 * 3600.0)
    )
    one = park(some, daily([(7.0, 12.0, 30)], n), drivers(kappa=0.5), 50.0, 4)
    two = park(some, daily([(7.0, 9.0, 30), (9.0, 12.0, 15)], n), drivers(kappa=0.5), 50.0, 4)
    assert one.departed_s.tobytes() == two.departed_s.tobytes()


def test_who_keeps_the_maximum_stay_leaves_with_it() -> None:
    """If all keep it, a stay begun in reserved hours lasts the maximum or less and is cut only if it was longer."""
    some = crowd(10_000, 60.0)
    parked = park(some, daily([(0.0, 24.0, 30)], 200), drivers(keeps=1.0), 30.0, 1)
    there = parked.parked_s != NEVER_S
    lasted_s = (parked.departed_s - parked.parked_s)[there]
    assert lasted_s.max() == 1800
    assert ((some.stay_s[there].astype(np.int64) > 1800) == parked.is_cut[there]).all()
