"""Forecasts of slots: from what was known when each was made, and from nothing later."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInput
from geo.files.checking import faults
from geo.files.kinds import read
from geo.forecast.command import forecast
from geo.forecast.of_study import instant_s
from geo.forecast.outlook import Calendar, Outlook, Request, outlook
from geo.forecast.relaxation import DEFAULT_TAU_MIN, decays, fitted_tau_min, relaxed
from geo.forecast.states import (
    Presence,
    States,
    presence_of,
    states,
    week_counts,
    week_slot,
)
from geo.local_time import midnight_s
from geo.occupancy import OPEN_S
from geo.study.folder import open_study
from geo.study.stays import UNKNOWN_ARRIVAL_S
from tests.geo.studies import bay, write_study

PARIS = "Europe/Paris"
START_S = midnight_s(date(2026, 1, 5), PARIS)
"""A Monday."""

DAY_S, WEEK_S = 86_400, 7 * 86_400
CALENDAR = Calendar(PARIS)


def street(bays: int, days: int, seed: int) -> Presence:
    """Draw stays of half an hour, most of them in the middle of the day, and a few unseen hours."""
    rng = np.random.default_rng(seed)
    each = rng.poisson(12, (bays, days))
    bay_of = np.repeat(np.arange(bays), each.sum(axis=1))
    day = np.concatenate([np.repeat(np.arange(days), row) for row in each])
    arrived_s = START_S + day * DAY_S + (rng.normal(12, 3, len(day)) * 3600).astype(np.int64)
    departed_s = arrived_s + rng.exponential(1800, len(day)).astype(np.int64) + 1
    unseen = START_S + np.sort(rng.integers(0, days * 24, bays)) * 3600
    return Presence(bay_of, arrived_s, departed_s, np.arange(bays), unseen, unseen + 7200)


def asked(horizon_min: int | None, train_days: int = 21, days: int = 3) -> Request:
    """Ask for some days after three weeks of training."""
    until_s = START_S + (train_days + days) * DAY_S
    return Request(START_S + train_days * DAY_S, until_s, horizon_min)


def forecasts(presence: Presence, request: Request, days: int = 24, bays: int = 4) -> Outlook:
    """Forecast bays of two communes."""
    found = states(presence, bays, START_S, START_S + days * DAY_S)
    return outlook(found, ["A", "A", "B", "B"][:bays], CALENDAR, request)


def test_a_vehicle_is_there_from_its_arrival_and_not_at_its_departure() -> None:
    """Stays are half-open at the middle of a slot."""
    middle = START_S + 450
    presence = Presence(
        np.array([0, 1]),
        np.array([middle, middle - 10]),
        np.array([middle + 1, middle]),
        *(np.zeros(0, np.int64),) * 3,
    )
    found = states(presence, 2, START_S, START_S + 3600)
    assert found.occupied.tolist() == [[True, False, False, False], [False] * 4]


def test_a_cut_stay_lasts_as_long_as_its_bay_is_seen() -> None:
    """A vehicle without departure is there until seeing ends; one without arrival since it began; never in the dark."""
    dark_from_s, dark_to_s = START_S + 4 * 900, START_S + 8 * 900
    presence = Presence(
        np.array([0, 0]),
        np.array([START_S, UNKNOWN_ARRIVAL_S]),
        np.array([OPEN_S, START_S + 10 * 900]),
        np.array([0]),
        np.array([dark_from_s]),
        np.array([dark_to_s]),
    )
    found = states(presence, 1, START_S, START_S + 12 * 900)
    assert found.occupied[0].tolist() == [True] * 4 + [False] * 4 + [True] * 2 + [False] * 2
    assert found.seen[0].tolist() == [True] * 4 + [False] * 4 + [True] * 4


@given(st.lists(st.tuples(st.integers(0, 95), st.integers(0, 40)), max_size=12), st.integers(0, 3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_states_move_with_time(stays: list[tuple[int, int]], days: int) -> None:
    """The same stays some days later give the same states that much later."""
    shift_s = days * DAY_S
    arrived_s = np.array([START_S + at * 900 for at, _ in stays], np.int64)
    departed_s = arrived_s + np.array([long * 300 for _, long in stays], np.int64)
    nothing = np.zeros(0, np.int64)
    presence = Presence(np.zeros(len(stays), np.int64), arrived_s, departed_s, *(nothing,) * 3)
    later = replace(presence, arrived_s=arrived_s + shift_s, departed_s=departed_s + shift_s)
    one = states(presence, 1, START_S, START_S + DAY_S)
    other = states(later, 1, START_S + shift_s, START_S + shift_s + DAY_S)
    assert (one.occupied == other.occupied).all()


@pytest.mark.parametrize(("on", "slots"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100)])
def test_each_slot_of_a_day_of_clock_change_has_its_place(on: date, slots: int) -> None:
    """The hour that is skipped has no slots, the one that is repeated has each twice."""
    weekday, slot = week_slot(midnight_s(on, PARIS), slots, PARIS, frozenset())
    assert set(weekday) == {6}
    times = np.bincount(slot, minlength=96)
    assert (times[8:12] == slots // 4 - 23).all()
    assert times.sum() == slots
    assert (np.delete(times, np.arange(8, 12)) == 1).all()


def test_a_public_holiday_counts_as_a_sunday() -> None:
    """A holiday on a Wednesday takes the place of a Sunday."""
    wednesday = date(2026, 1, 7)
    weekday, _ = week_slot(START_S, 96 * 7, PARIS, {wednesday})
    assert weekday[::96].tolist() == [0, 1, 6, 3, 4, 5, 6]


def test_counts_add_up_to_what_was_seen() -> None:
    """Every seen slot is counted once, every occupied one too."""
    found = states(street(4, 24, seed=1), 4, START_S, START_S + 24 * DAY_S)
    weekday, slot = week_slot(START_S, found.slots, PARIS, frozenset())
    occupied, seen = week_counts(found, weekday, slot, slice(0, found.slots))
    assert (occupied.sum(axis=(1, 2)) == found.occupied.sum(axis=1)).all()
    assert (seen.sum(axis=(1, 2)) == found.seen.sum(axis=1)).all()


@pytest.mark.parametrize("horizon_min", [30, 60, 120, None])
def test_nothing_later_changes_a_forecast(horizon_min: int | None) -> None:
    """Another future after a forecast is made leaves it as it was, to the last digit."""
    presence, request = street(4, 24, seed=2), asked(horizon_min)
    kept = forecasts(presence, request)
    for slot in (0, 1, 40, 200):
        made_s = int(kept.made_at_s[slot])
        stays = presence.departed_s > made_s
        begun = presence.arrived_s <= made_s
        future = replace(
            presence,
            bay=np.where(begun, presence.bay, (presence.bay + 1) % 4),
            departed_s=np.where(stays & begun, made_s + 1, presence.departed_s),
            unseen_bay=np.append(presence.unseen_bay, np.arange(4)),
            unseen_from_s=np.append(presence.unseen_from_s, np.full(4, made_s + 1)),
            unseen_to_s=np.append(presence.unseen_to_s, np.full(4, made_s + 40 * DAY_S)),
        )
        changed = forecasts(future, request)
        assert (changed.p_occupied[:, slot] == kept.p_occupied[:, slot]).all()
        if horizon_min is None:
            assert (changed.p_occupied == kept.p_occupied).all()


def test_every_slot_is_forecast_once_the_right_time_before() -> None:
    """Slots from T to U follow each other; a forecast is made so many minutes before the middle of its slot."""
    found = forecasts(street(4, 24, seed=3), asked(60))
    assert found.slot_start_s[0] == START_S + 21 * DAY_S
    assert found.slot_start_s[-1] + 900 == START_S + 24 * DAY_S
    assert (np.diff(found.slot_start_s) == 900).all()
    assert (found.slot_start_s + 450 - found.made_at_s == 3600).all()
    week = forecasts(street(4, 24, seed=3), asked(None))
    assert (week.made_at_s == START_S + 21 * DAY_S).all()


def test_an_unseen_state_leaves_the_typical_week() -> None:
    """Where the bay is not seen when a short forecast is made, the typical week is forecast, not an empty bay."""
    presence = street(4, 24, seed=4)
    from_s = START_S + 22 * DAY_S
    dark = replace(
        presence,
        unseen_bay=np.append(presence.unseen_bay, 0),
        unseen_from_s=np.append(presence.unseen_from_s, from_s),
        unseen_to_s=np.append(presence.unseen_to_s, from_s + 3600 * 12),
    )
    short, week = forecasts(dark, asked(30)), forecasts(dark, asked(None))
    inside = (short.made_at_s >= from_s) & (short.made_at_s < from_s + 3600 * 12)
    np.testing.assert_allclose(short.p_occupied[0, inside], week.p_occupied[0, inside], atol=0.02)


def test_slots_after_the_observed_time_get_the_typical_week() -> None:
    """The future that nobody observed yet is forecast too, and never surely."""
    found = forecasts(street(4, 21, seed=5), asked(60, days=7), days=21)
    assert found.p_occupied.shape == (4, 7 * 96)
    assert (found.p_occupied > 0).all()
    assert (found.p_occupied < 1).all()


def test_a_commune_that_was_never_seen_is_unknown() -> None:
    """No forecast is made for bays of a commune of which nothing was seen; the others have theirs."""
    presence = street(4, 24, seed=6)
    blind = replace(
        presence,
        unseen_bay=np.array([2, 3]),
        unseen_from_s=np.full(2, START_S),
        unseen_to_s=np.full(2, START_S + 24 * DAY_S),
    )
    found = forecasts(blind, asked(30))
    assert np.isnan(found.p_occupied[2:]).all()
    assert np.isfinite(found.p_occupied[:2]).all()


def test_forecasts_are_moved_with_the_data() -> None:
    """The same weeks five weeks later give the same forecasts five weeks later."""
    shift_s = 5 * WEEK_S
    presence = street(4, 24, seed=7)
    later = Presence(
        presence.bay,
        presence.arrived_s + shift_s,
        presence.departed_s + shift_s,
        presence.unseen_bay,
        presence.unseen_from_s + shift_s,
        presence.unseen_to_s + shift_s,
    )
    request = asked(30)
    one = forecasts(presence, request)
    found = states(later, 4, START_S + shift_s, START_S + shift_s + 24 * DAY_S)
    other = outlook(
        found,
        ["A", "A", "B", "B"],
        CALENDAR,
        replace(
            request,
            train_until_s=request.train_until_s + shift_s,
            until_s=request.until_s + shift_s,
        ),
    )
    np.testing.assert_allclose(one.p_occupied, other.p_occupied, rtol=1e-12)


def forgetful(tau_min: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw states that forget at a rate of each slot, and the slot of the day of each."""
    rng = np.random.default_rng(seed)
    slot = np.arange(96 * 28) % 96
    vehicles = np.zeros((40, len(slot)), np.int8)
    for t in range(1, len(slot)):
        p = 0.3 + ((vehicles[:, t - 1] > 0) - 0.3) * np.exp(-15 / tau_min[slot[t]])
        vehicles[:, t] = rng.random(40) < p
    return vehicles, slot


def test_a_known_state_fades_at_the_rate_it_was_drawn_with() -> None:
    """The time constants of a process that forgets by day faster than by night are found again."""
    by_slot = np.where(np.arange(96) < 24, 200.0, 40.0)
    vehicles, slot = forgetful(by_slot, seed=8)
    seen = np.ones(vehicles.shape, bool)
    p_typical = np.full(vehicles.shape, 0.3)
    found = fitted_tau_min(p_typical, vehicles, seen, slot, 30)
    assert found[3:] == pytest.approx(np.full((5, 2), 40.0), rel=0.2)
    assert found[1] == pytest.approx(np.full(2, 200.0), rel=0.25)
    unknown = fitted_tau_min(p_typical, vehicles, ~seen, slot, 30)
    assert (unknown == DEFAULT_TAU_MIN).all()


def test_what_is_left_of_a_state_is_that_of_its_time_and_kind() -> None:
    """A forecast takes the time constant of the time of day it tells and of the state it starts from."""
    tau_min = np.arange(1.0, 17.0).reshape(8, 2) * 10
    vehicles = np.array([[0, 2]], np.int8)
    left = decays(tau_min, vehicles, np.array([0, 95]), 30.0)
    assert left[0].tolist() == pytest.approx([np.exp(-30 / 10), np.exp(-30 / 160)])


@given(p=st.floats(0, 1), vehicles=st.integers(0, 9), decay=st.floats(0, 1))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_moved_forecast_lies_between_the_week_and_the_state(
    p: float, vehicles: int, decay: float
) -> None:
    """A state moves a forecast towards itself, never beyond, and never to certainty."""
    there = np.array([vehicles], np.int8)
    (moved,) = relaxed(np.array([p]), there, np.array([True]), decay)
    low, high = sorted((p, float(vehicles > 0)))
    assert 0 < moved < 1
    assert low - 1e-4 <= moved <= high + 1e-4


def test_more_vehicles_keep_a_bay_occupied_longer() -> None:
    """Of two vehicles one may leave; of none nobody can."""
    there = np.arange(4, dtype=np.int8)
    moved = relaxed(np.full(4, 0.2), there, np.ones(4, bool), 0.5)
    assert moved.tolist() == pytest.approx([0.1, 0.6, 0.8, 0.9])


def test_a_period_without_slots_is_refused() -> None:
    """Nothing to forecast, or nothing to learn from, is an error that names the instants."""
    found = states(street(4, 24, seed=1), 4, START_S, START_S + 24 * DAY_S)
    for request in (
        Request(START_S + DAY_S, START_S + DAY_S, None),
        Request(START_S, START_S + DAY_S, 30),
    ):
        with pytest.raises(InvalidInput, match="no slot to forecast"):
            outlook(found, ["A"] * 4, CALENDAR, request)


def test_a_date_stands_for_its_end() -> None:
    """A local date and the midnight after it are one instant; a clock time needs its offset."""
    assert instant_s("2026-01-05", PARIS) == instant_s("2026-01-06T00:00:00+01:00", PARIS)
    with pytest.raises(InvalidInput, match="with its offset"):
        instant_s("2026-01-05T10:00", PARIS)


def folder(tmp_path: Path) -> Path:
    """Write a study of two bays over four weeks."""
    rng = np.random.default_rng(9)
    first = datetime(2026, 3, 2, 8, tzinfo=UTC)
    stays = [
        (
            name,
            "van",
            (at := first + timedelta(days=day, minutes=int(rng.integers(0, 500)))).isoformat(),
            (at + timedelta(minutes=40)).isoformat(),
        )
        for day in range(28)
        for name in ("A", "B, behind")
        for _ in range(4)
    ]
    params = {"observed": {"from": "2026-03-02", "to": "2026-03-29"}}
    return write_study(tmp_path / "study", stays, bays=[bay("A"), bay("B, behind")], params=params)


def run(data: Path, out: Path, *more: str) -> list[dict[str, str]]:
    """Run the command and return the rows it wrote."""
    arguments = ["--data", str(data), "--out", str(out), *more]
    result = CliRunner().invoke(forecast, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    with out.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_command_writes_each_slot_of_each_bay(tmp_path: Path) -> None:
    """A row per slot and bay, with instants in local time, over the day on which the clock changes."""
    data = folder(tmp_path)
    arguments = ("--train-until", "2026-03-28", "--until", "2026-03-29", "--horizon-min", "30")
    rows = run(data, tmp_path / "out.csv", *arguments)
    assert len(rows) == 92 * 2
    assert list(faults(read(tmp_path / "out.csv", "forecast"))) == []
    assert rows[0]["slot_start"] == "2026-03-29T00:00:00+01:00"
    assert rows[0]["made_at"] == "2026-03-28T23:37:30+01:00"
    assert rows[-1]["slot_start"] == "2026-03-29T23:45:00+02:00"
    assert {row["bay_id"] for row in rows} == {"A", "B, behind"}
    assert all(0 < float(row["p_occupied"]) < 1 for row in rows)
    again = run(data, tmp_path / "again.csv", *arguments)
    assert again == rows


def test_presence_is_counted_from_the_first_bay_of_a_part(tmp_path: Path) -> None:
    """Bays read one at a time give the same states as all together."""
    with open_study(folder(tmp_path)) as opened:
        (whole,) = opened.parts()
        both = presence_of(whole, whole.bays)
        second = presence_of(whole, range(1, 2))
        start_s = midnight_s(date(2026, 3, 2), PARIS)
        together: States = states(both, 2, start_s, start_s + WEEK_S)
        alone = states(second, 1, start_s, start_s + WEEK_S)
        assert (together.occupied[1] == alone.occupied[0]).all()
