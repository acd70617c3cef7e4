"""Facts of a bay: the compiled sweep says what plain Python says, and its laws hold."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.facts.bay_facts import FACT_KINDS, BayFacts
from geo.facts.sweep import bay_facts, study_facts
from geo.local_time import day_bounds_s, midnight_s
from geo.rules import read_rules
from geo.study.folder import bounds_s, open_study
from geo.study.history import completed
from geo.study.stays import OPEN_S, UNKNOWN_ARRIVAL_S, StaysPart, merged
from geo.study.words import DEFAULT_LENGTH_M, Audit, Period, RuleVersion, Search, Study, StudyBay
from geo.words import BayType
from tests.geo.slow_facts import slow_facts
from tests.geo.studies import bay, write_study

PARIS = "Europe/Paris"
WINDOWS = read_rules(
    [
        {"days": ["mo", "fr", "sa", "su"], "start": "07:10", "end": "12:00", "max_stay_min": 30},
        {"days": ["mo", "fr", "sa", "su", "ph"], "start": "11:00", "end": "13:30", "max_stay_min": 20},
        {"days": ["sa", "su", "mo"], "start": "16:00", "end": "02:30"},
    ]
)  # fmt: skip
OTHER = read_rules([{"days": ["mo", "su"], "start": "09:00", "end": "17:00", "max_stay_min": 45}])


def study_of(period: Period, *, changes: bool = False, length_m: float = 15.0) -> Study:
    """Return a study of one bay, whose rules change in the middle if asked."""
    start_s, end_s = bounds_s(period)
    middle_s = (start_s + end_s) // 120 * 60
    listed = [RuleVersion(start_s, middle_s, OTHER)] if changes else []
    history = completed(listed, WINDOWS, start_s, end_s)
    place = StudyBay("A", "75056", length_m, 2, BayType.PERIODIC, WINDOWS, history)
    return Study(period, (place,), DEFAULT_LENGTH_M, Search(), Audit(), (), "")


def part_of(
    study: Study, stays: list[tuple[int, int, int]], unseen: list[tuple[int, int]]
) -> StaysPart:
    """Return the part of one bay from (class, arrived, departed) and unseen times."""
    rows = np.array(sorted(stays, key=lambda s: (s[1], s[2], s[0])), np.int64).reshape(-1, 3)
    dark = np.array(unseen, np.int64).reshape(-1, 2)
    bay_axis = np.zeros(len(dark), np.int32)
    return StaysPart(
        range(1),
        np.zeros(len(rows), np.int32),
        rows[:, 0].astype(np.int8),
        np.ascontiguousarray(rows[:, 1]),
        np.ascontiguousarray(rows[:, 2]),
        *merged(bay_axis, dark[:, 0], dark[:, 1], *bounds_s(study.period)),
    )


def facts_of(
    study: Study, stays: list[tuple[int, int, int]], unseen: list[tuple[int, int]]
) -> BayFacts:
    """Return the facts of the one bay."""
    (facts,) = bay_facts(study, part_of(study, stays, unseen))
    return facts


def same(one: BayFacts, other: BayFacts) -> bool:
    """Tell whether two facts agree: counts to the last digit, seconds to 1e-9."""
    pairs = [(getattr(one, f.name), getattr(other, f.name)) for f in fields(BayFacts)]
    return all(np.allclose(a, b, rtol=1e-12, atol=1e-6) for a, b in pairs)


SPRING = Period(date(2026, 3, 28), date(2026, 3, 30), PARIS)
AUTUMN = Period(date(2026, 10, 24), date(2026, 10, 26), PARIS, frozenset({date(2026, 10, 26)}))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Study, list[tuple[int, int, int]], list[tuple[int, int]]]:
    """Draw a study over a change of the clock, with any stays and unseen times on whole minutes."""
    study = study_of(
        draw(st.sampled_from([SPRING, AUTUMN])),
        changes=draw(st.booleans()),
        length_m=draw(st.sampled_from([5.0, 12.0, 18.0])),
    )
    start_s, end_s = bounds_s(study.period)
    minute = st.integers(-120, (end_s - start_s) // 60 + 120)
    stays = []
    for kind, at, length, what in draw(
        st.lists(
            st.tuples(st.integers(0, 4), minute, st.integers(0, 900), st.integers(0, 5)),
            max_size=25,
        )
    ):
        a, d = start_s + 60 * at, start_s + 60 * (at + length)
        stays.append((kind, UNKNOWN_ARRIVAL_S if what == 0 else a, OPEN_S if what == 1 else d))
    times = draw(st.lists(st.tuples(minute, st.integers(1, 600)), max_size=6))
    unseen = [(start_s + 60 * at, start_s + 60 * (at + length)) for at, length in times]
    return study, stays, unseen


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_the_sweep_says_what_plain_python_says(world: tuple[Study, Any, Any]) -> None:
    """Whatever the stays, outages, rules and clock: every figure is that of a count minute by minute."""
    study, stays, unseen = world
    part = part_of(study, stays, unseen)
    (facts,) = bay_facts(study, part)
    slow = slow_facts(study, part, 0)
    for name in ("seen_s", "exposure_s", "vehicle_s", "arrivals", "departures", "day_arrivals"):
        array, counter = getattr(facts, name), getattr(slow, name)
        assert array.sum() == pytest.approx(sum(counter.values()), rel=1e-9, abs=1e-6)
        for key, value in counter.items():
            assert array[key] == pytest.approx(value, rel=1e-9, abs=1e-6), (name, key)
    counted = {
        (what, int(facts.limits_min[i]), int(f), int(e)): int(getattr(facts, what)[i, f, e])
        for what in ("ended", "cut")
        for i, f, e in zip(*np.nonzero(getattr(facts, what)), strict=True)
    }
    assert counted == dict(slow.dwell)
    for name in ("edge_present", "edge_gone", "control_present", "control_gone"):
        assert getattr(facts, name) == slow.looks[name]


@settings(max_examples=30, deadline=None)
@given(worlds(), st.integers(1, 400))
def test_laws_of_facts(world: tuple[Study, Any, Any], cut_min: int) -> None:
    """Days add up to cells, exposure never exceeds seen time, splitting an outage or shuffling rows changes nothing."""
    study, stays, unseen = world
    facts = facts_of(study, stays, unseen)
    assert facts.day_seen_s.sum() == facts.seen_s.sum()
    assert (facts.day_arrivals.sum(axis=0) == facts.arrivals.sum(axis=(0, 1, 2))).all()
    assert np.allclose(facts.day_exposure_s.sum(axis=0), facts.exposure_s.sum(axis=(0, 1, 2)))
    assert (facts.exposure_s <= facts.seen_s[..., None] + 1e-9).all()
    assert (facts.ended + facts.cut).sum() == facts.arrivals.sum()
    split = [
        piece
        for a, b in unseen
        for piece in ((a, min(a + 60 * cut_min, b)), (min(a + 60 * cut_min, b), b))
    ]
    assert same(facts, facts_of(study, stays[::-1], split[::-1]))


@pytest.mark.parametrize(("period", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_day_on_which_the_clock_changes_is_covered_once(period: Period, hours: int) -> None:
    """The Sunday has 23 or 25 hours, in its own half hours, and every second is exposed once where nothing is parked."""
    facts = facts_of(study_of(period), [], [])
    sunday = facts.seen_s[2].sum(axis=0)
    assert facts.day_seen_s[1] == hours * 3600
    assert (
        sunday[4:6].sum() == {23: 0, 25: 2 * 3600 + (3600 if len(period.holidays_on) else 0)}[hours]
    )
    assert (facts.exposure_s[..., 0] == facts.seen_s).all()


def test_outages_are_no_zeros() -> None:
    """A lorry that an outage hides is state when it ends, censored where it began, and no arrival afterwards."""
    period = Period(date(2026, 6, 1), date(2026, 6, 1), PARIS)
    study, noon_s = study_of(period), midnight_s(date(2026, 6, 1), PARIS) + 12 * 3600
    dark = [(noon_s, noon_s + 3600)]
    whole = facts_of(study, [(1, noon_s - 1800, noon_s + 7200)], dark)
    pieces = facts_of(
        study, [(1, noon_s - 1800, OPEN_S), (1, UNKNOWN_ARRIVAL_S, noon_s + 7200)], dark
    )
    restarted = facts_of(
        study, [(1, noon_s - 1800, noon_s), (1, noon_s + 3600, noon_s + 7200)], dark
    )
    assert same(whole, pieces)
    assert same(whole, restarted)
    truck = FACT_KINDS.index("truck")
    assert whole.arrivals[..., truck].sum() == whole.cut[:, truck].sum() == 1
    assert whole.vehicle_s[..., truck].sum() == 1800 + 3600
    assert whole.seen_s.sum() == 23 * 3600


def test_cars_of_two_hours_and_a_second_are_long() -> None:
    """The length of the stay splits cars, at more than two hours."""
    period = Period(date(2026, 6, 1), date(2026, 6, 1), PARIS)
    at_s = midnight_s(date(2026, 6, 1), PARIS) + 3600
    facts = facts_of(study_of(period), [(2, at_s, at_s + 7200), (2, at_s, at_s + 7201)], [])
    assert facts.arrivals.sum(axis=(0, 1, 2)).tolist() == [0, 0, 1, 1, 0, 0]


def test_a_crowd_of_wrong_rows_breaks_nothing() -> None:
    """A hundred stays at once in a small bay leave no exposure, and no figure is negative or infinite."""
    period = Period(date(2026, 6, 1), date(2026, 6, 2), PARIS)
    start_s, end_s = day_bounds_s(date(2026, 6, 1), PARIS)
    facts = facts_of(study_of(period), [(i % 5, start_s + i, end_s) for i in range(1, 101)], [])
    assert facts.exposure_s.sum() < 2 * 86400 * 6
    for name in ("exposure_s", "vehicle_s", "full_s", "seen_s"):
        values = getattr(facts, name)
        assert np.isfinite(values).all()
        assert (values >= 0).all()


def test_a_study_gives_its_bays_in_order_whatever_the_workers(tmp_path: Path) -> None:
    """One worker or three, small parts or one: the same facts, bay by bay."""
    rows = [
        (f"B{i % 7}", "van", f"2026-03-0{2 + i % 5}T{h:02}:00:00+01:00", f"2026-03-0{2 + i % 5}T{h:02}:20:00+01:00")
        for i in range(40)
        for h in (8, 10, 12)
    ]  # fmt: skip
    write_study(tmp_path, rows, bays=[bay(f"B{i}") for i in range(7)])
    with open_study(tmp_path) as opened:
        alone = list(study_facts(opened, workers=1))
        together = list(study_facts(opened, workers=3))
        parts = [facts for part in opened.parts(2) for facts in bay_facts(opened.study, part)]
    assert len(alone) == 7
    assert sum(int(facts.arrivals.sum()) for facts in alone) == 120
    assert all(same(a, b) and same(a, c) for a, b, c in zip(alone, together, parts, strict=True))


def test_rules_of_their_time_are_used() -> None:
    """The regime of a stay is that of the version in force when it came."""
    period = Period(date(2026, 6, 1), date(2026, 6, 8), PARIS)
    study = study_of(period)
    start_s, end_s = bounds_s(period)
    changed = replace(
        study.bays[0],
        history=(
            RuleVersion(start_s, start_s + 86400, ()),
            RuleVersion(start_s + 86400, end_s, WINDOWS),
        ),
    )
    at_s = [start_s + 8 * 3600, start_s + (7 * 24 + 8) * 3600]
    facts = facts_of(replace(study, bays=(changed,)), [(0, a, a + 600) for a in at_s], [])
    assert facts.arrivals[0, :, 16, 0].tolist() == [1, 1]
    assert facts.limits_min.tolist() == [-1, 30]
