"""Figures of one bay over a period: their parts add up, and each time is judged by its own rules."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.bay_period import DWELL_FROM_MIN, BayPeriod, Observed, RulesFrom, bay_period
from geo.local_time import midnight_s
from geo.occupancy import SeenArrays, StayArrays, slot_figures
from geo.rules import read_rules
from geo.words import VEHICLE_CLASSES

PARIS = "Europe/Paris"
FROM_ON, TO_ON = date(2026, 3, 23), date(2026, 4, 6)
"""Two weeks with the day on which the clock goes forward."""
START_S, END_S = midnight_s(FROM_ON, PARIS), midnight_s(TO_ON, PARIS)
SPAN_MIN = (END_S - START_S) // 60
EVERY_DAY = {
    "days": ["mo", "tu", "we", "th", "fr", "sa", "su", "ph"],
    "start": "00:00",
    "end": "24:00",
}
LIMITED = read_rules([{**EVERY_DAY, "max_stay_min": 30}])
UNLIMITED = read_rules([{**EVERY_DAY, "max_stay_min": None}])

drawn_stays = st.lists(
    st.tuples(
        st.integers(0, SPAN_MIN - 200),
        st.integers(0, 180),
        st.integers(0, len(VEHICLE_CLASSES) - 1),
    ),
    max_size=30,
)


def period(
    rows: list[tuple[int, int, int]], rules: list[RulesFrom], seen: SeenArrays | None = None
) -> BayPeriod:
    """Return the figures of a bay of two places, from arrival minute, length in minutes and class of each stay."""
    arrived_s = [START_S + 60 * at for at, _, _ in rows]
    departed_s = [at_s + 60 * length for at_s, (_, length, _) in zip(arrived_s, rows, strict=True)]
    stays = StayArrays.of([0] * len(rows), [kind for _, _, kind in rows], arrived_s, departed_s)
    seen = seen or SeenArrays.of([0], [START_S], [END_S])
    figures = slot_figures(stays, seen, np.array([2], np.int64), START_S, END_S)
    return bay_period(Observed(2, figures, stays, seen, rules, PARIS), FROM_ON, TO_ON)


@given(drawn_stays)
@settings(max_examples=25, deadline=None)
def test_the_parts_of_a_seen_period_add_up(rows: list[tuple[int, int, int]]) -> None:
    """Every stay is in one class of length and of vehicle, and the arrivals per day are those counted."""
    found = period(rows, [RulesFrom(None, LIMITED)])
    counted = sum(sum(one.limited) + sum(one.free) for one in found.dwell.values())
    assert counted == found.lasting.complete == found.stays == len(rows)
    assert sum(one.overstays.limited for one in found.dwell.values()) == len(rows)
    longer = sum(length > 30 for _, length, _ in rows)
    assert sum(one.overstays.longer for one in found.dwell.values()) == longer
    per_day = found.arrivals_per_day[None].value
    assert per_day is not None
    assert per_day * (END_S - START_S) / 86_400 == pytest.approx(len(rows))
    assert all(len(one.limited) == len(DWELL_FROM_MIN) for one in found.dwell.values())


@given(drawn_stays, st.integers(1, 13))
@settings(max_examples=25, deadline=None)
def test_stays_are_limited_from_the_day_of_the_limit(
    rows: list[tuple[int, int, int]], day: int
) -> None:
    """A maximum that begins in the middle of the period limits what arrives from that local midnight on."""
    since_on = FROM_ON + timedelta(days=day)
    found = period(rows, [RulesFrom(None, UNLIMITED), RulesFrom(since_on, LIMITED)])
    since_min = (midnight_s(since_on, PARIS) - START_S) // 60
    limited = sum(one.overstays.limited for one in found.dwell.values())
    assert limited == sum(at >= since_min for at, _, _ in rows)


def test_reserved_hours_begin_with_their_rule() -> None:
    """A bay full all the time before its first rule was never full in reserved hours."""
    since_on = FROM_ON + timedelta(days=7)
    before_min = (midnight_s(since_on, PARIS) - START_S) // 60
    found = period(
        [(0, before_min, 0), (0, before_min, 0)],
        [RulesFrom(None, ()), RulesFrom(since_on, LIMITED)],
    )
    assert found.reserved_full_share == 0
    assert found.full_share is not None
    assert 0.4 < found.full_share < 0.6


def test_an_unseen_period_has_no_figure() -> None:
    """Without seen time nothing is zero, not even the arrivals."""
    found = period([(10, 20, 0)], [RulesFrom(None, LIMITED)], SeenArrays.of([], [], []))
    assert (found.coverage, found.stays, found.full_share) == (0.0, None, None)
    assert found.occupancy.value is found.turnover.value is None
    assert all(interval.value is None for interval in found.arrivals_per_day.values())
    assert (found.arrival_mix, found.time_mix, found.lasting.complete) == ({}, {}, 0)
