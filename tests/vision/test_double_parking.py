"""Double parking beside a bay: seconds of each minute, and nothing for what only drives past."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.coverage import WindowReport
from vision.events import Sender, report_event
from vision.observation import BayObservation, BayState, Beside
from vision.scene import Scene, SceneBay
from vision.watch import dump_memory, end, load_memory, new_memory, take

SCENE = Scene("cam", (100, 100), (SceneBay("A", 1, np.array([[0, 0], [9, 0], [9, 9.0]])),), None)

SCORES = (0.1, 0.6, 0.1, 0.1, 0.1)


def look(*lefts: float) -> BayObservation:
    """Return an observation with a vehicle beside the bay at each left side."""
    beside = tuple(Beside(0.5, (left, 0.3, left + 0.3, 0.6), SCORES) for left in lefts)
    return BayObservation("A", BayState.FREE, (), (False,), beside=beside)


def reported(
    seen_at: Callable[[float], BayObservation], to_s: float, cut_s: float = -1.0
) -> list[WindowReport]:
    """Watch from instant 0 at one look a second, the memory saved and loaded at `cut_s`, and return all reports."""
    memory, made = new_memory(SCENE), []
    for at_s in np.arange(6000.0, 6000.0 + to_s):
        if at_s == 6000 + cut_s:
            memory = load_memory(dump_memory(memory))
        memory, outcome = take(memory, float(at_s), (seen_at(float(at_s) - 6000),), 0)
        made += outcome.reports
    return made + list(end(memory)[1].reports)


def test_a_vehicle_that_stands_beside_the_bay_is_counted_in_its_minutes() -> None:
    """From its first to its last sighting, over the minutes that it touches."""
    made = reported(lambda t: look(0.2) if 50 <= t < 131 else look(), 240)
    assert [one.double_parked_s for one in made] == [10, 60, 10, 0]


def test_what_drives_past_or_waits_for_a_light_is_not_counted() -> None:
    """A vehicle that stands for ten seconds, and a queue that creeps along for a minute, are no double parking."""
    made = reported(lambda t: look(0.2) if 50 <= t < 60 else look(), 180)
    assert [one.double_parked_s for one in made] == [0, 0, 0]
    made = reported(lambda t: look(0.02 * t) if t < 60 else look(), 180)
    assert [one.double_parked_s for one in made] == [0, 0, 0]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cut_s=st.integers(0, 119))
def test_misses_jitter_and_restarts_change_no_second(seed: int, cut_s: int) -> None:
    """With a tenth of the looks missed and sides off by a twentieth, two vehicles at once fill a minute only once."""
    rng = np.random.default_rng(seed)

    def seen(at_s: float) -> BayObservation:
        is_edge = at_s in {10, 100}
        found = [left for left in (0.0, 0.6) if is_edge or rng.random() > 0.1]
        return look(*(left + 0.3 * rng.normal(0, 0.03) for left in found)) if at_s < 101 else look()

    made = reported(seen, 180, cut_s)
    assert made[0].double_parked_s == pytest.approx(60, abs=3)
    assert made[1].double_parked_s == pytest.approx(40, abs=3)
    assert made[2].double_parked_s == 0


def test_a_report_names_its_calibration_and_double_parking_where_there_are_any() -> None:
    """Both are attributes of the report, and left out where the scene has no calibration and nobody stood there."""
    report = WindowReport("A", 6060, 60.0, 0.0, (), "", double_parked_s=12.4)
    sender = Sender("99001", uuid.uuid4(), "cam", uuid.uuid4(), "2026-11-25T10:00Z-3f2a")
    said = report_event(sender, report).custom_attributes or {}
    assert (said["calibration"], said["double_parked_s"]) == ("2026-11-25T10:00Z-3f2a", "12")
    silent = Sender(sender.insee, sender.device_id, "cam", sender.salt)
    said = report_event(silent, WindowReport("A", 6060, 60.0, 0.0, (), "")).custom_attributes or {}
    assert set(said) == {"window_s", "observed_s", "occupied_s", "reason"}
