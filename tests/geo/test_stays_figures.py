"""Dwell times, class shares and intervals on their own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.intervals import day_weights, median_interval, share_interval
from geo.local_time import midnight_s
from geo.occupancy import OPEN_S, StayArrays
from geo.reserved import reserved_slots
from geo.rules import read_rules, rule_at
from geo.stays_figures import class_mix, durations_min, dwell, overstays
from geo.sums import local_s

PARIS = "Europe/Paris"
MONDAY_S = midnight_s(date(2026, 3, 2), PARIS)
WINDOW = read_rules([{"days": ["mo", "ph"], "start": "07:00", "end": "20:00", "max_stay_min": 30}])
ALWAYS = read_rules(
    [
        {
            "days": ["mo", "tu", "we", "th", "fr", "sa", "su", "ph"],
            "start": "00:00",
            "end": "24:00",
            "max_stay_min": 30,
        }
    ]
)


def stays(*rows: tuple[int, int | None], kind: int = 0) -> StayArrays:
    """Build stays of bay 0 from arrival minute after Monday midnight and length in minutes."""
    arrived = np.array([MONDAY_S + minute * 60 for minute, _ in rows], np.int64)
    ends = [
        OPEN_S if length is None else at + 60 * length
        for at, (_, length) in zip(arrived, rows, strict=True)
    ]
    return StayArrays.of([0] * len(rows), [kind] * len(rows), arrived, ends)


def test_open_stays_have_no_length() -> None:
    """Unknown is NaN in arrays, left out of quantiles and counted."""
    some = stays((600, 10), (620, 20), (640, None))
    assert np.isnan(durations_min(some)).tolist() == [False, False, True]
    found = dwell(some)
    assert (found.median_min, found.complete, found.censored) == (15.0, 2, 1)
    assert dwell(stays((600, None))).median_min is None


def test_class_shares_sum_to_one_or_are_absent() -> None:
    """No stay, no shares: nothing is 0 % of nothing."""
    assert class_mix(stays()) == {}
    mix = class_mix(stays((600, 10), (700, 10), kind=1))
    assert mix["truck"] == 1.0
    assert sum(mix.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("minute", "length", "counted", "longer"),
    [
        (8 * 60, 30, 1, 0),
        (8 * 60, 31, 1, 1),
        (19 * 60 + 45, 120, 1, 0),
        (20 * 60, 120, 0, 0),
        (8 * 60, None, 0, 0),
    ],
)
def test_overstay_by_the_rule_at_arrival(
    minute: int, length: int | None, counted: int, longer: int
) -> None:
    """The maximum is allowed; after the window parking is free; an unseen end says nothing."""
    found = overstays(stays((minute, length)), [WINDOW], PARIS, frozenset())
    assert (found.limited, found.longer) == (counted, longer)


def test_a_permanent_rule_runs_on_past_midnight() -> None:
    """A stay from 23:50 to 0:40 in a permanent bay is longer than thirty minutes."""
    assert overstays(stays((23 * 60 + 50, 50)), [ALWAYS], PARIS, frozenset()).share == 1.0


def test_a_holiday_has_its_own_rules() -> None:
    """On Easter Monday only rules that name public holidays apply."""
    at_s = midnight_s(date(2026, 4, 6), PARIS) + 10 * 3600
    some = StayArrays.of([0], [0], [at_s], [at_s + 3600])
    mondays_only = read_rules(
        [{"days": ["mo"], "start": "07:00", "end": "20:00", "max_stay_min": 30}]
    )
    off = frozenset({date(2026, 4, 6)})
    assert overstays(some, [mondays_only], PARIS, off).limited == 0
    assert overstays(some, [WINDOW], PARIS, off).longer == 1


def test_reserved_slots_agree_with_single_questions() -> None:
    """Through the change of clock, each slot is reserved exactly when the rule at its local start says so."""
    start_s = midnight_s(date(2026, 3, 28), PARIS)
    rules = (*WINDOW, *read_rules([{"days": ["sa", "su"], "start": "01:00", "end": "05:30"}]))
    table = reserved_slots([rules, ()], start_s, 3 * 96 - 4, PARIS, frozenset())
    assert not table[1].any()
    for slot in range(table.shape[1]):
        wall = datetime.fromtimestamp(
            int(local_s(np.array([start_s + slot * 900]), PARIS)[0]), UTC
        ).replace(tzinfo=None)
        assert table[0, slot] == (rule_at(rules, wall, is_public_holiday=False) is not None)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000), st.lists(st.integers(0, 2), min_size=7, max_size=40))
def test_resampling_keeps_the_calendar(seed: int, kinds: list[int]) -> None:
    """Each draw has as many days of each kind as the month had."""
    kinds_of = np.array(kinds)
    weights = day_weights(kinds_of, seed, draws=20)
    for kind in range(3):
        assert (weights[:, kinds_of == kind].sum(axis=1) == (kinds_of == kind).sum()).all()


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 1000))
def test_an_interval_holds_its_value_and_is_ordered(seed: int) -> None:
    """Low, value and high stand in order for shares and medians of ordinary data."""
    rng = np.random.default_rng(seed)
    whole = rng.integers(50, 100, 30)
    part = (whole * rng.random(30)).astype(np.int64)
    weights = day_weights(np.zeros(30, np.int64), seed)
    share = share_interval(part, whole, weights)
    assert 0 <= share.low < share.value < share.high <= 1
    values = rng.lognormal(2, 1, 400)
    median = median_interval(values, rng.integers(0, 30, 400), weights)
    assert median.low <= median.value <= median.high


def test_days_without_seen_time_do_not_count_as_days() -> None:
    """Four seen days out of thirty give a value, but no interval."""
    whole = np.array([10] * 4 + [0] * 26)
    found = share_interval(whole // 2, whole, day_weights(np.zeros(30, np.int64), 1))
    assert (found.value, found.low, found.high) == (0.5, None, None)
    assert (
        share_interval(whole * 0, whole * 0, day_weights(np.zeros(30, np.int64), 1)).value is None
    )
