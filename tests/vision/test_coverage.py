"""Coverage per minute: what was seen, what was occupied, and why not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.coverage import WindowReport
from vision.observation import BayObservation, BayState, Sighting
from vision.scene import Scene, SceneBay
from vision.watch import end, new_memory, take

Look = Callable[[float], BayObservation]

SCENE = Scene("cam", (100, 100), (SceneBay("A", 1, np.array([[0, 0], [9, 0], [9, 9.0]])),), None)

THERE = Sighting(0.5, 0.6, 0.7, (0.2, 0.2, 0.5, 0.05, 0.05), (0.3, 0.4, 0.5, 0.6))

FREE = BayObservation("A", BayState.FREE, (), (False,))

OCCUPIED = BayObservation("A", BayState.OCCUPIED, (THERE,), (False,))

HIDDEN = BayObservation("A", BayState.UNKNOWN, (), (True,), 0.0, "hidden")


def reported(look: Look, from_s: float, to_s: float, period_s: float = 0.5) -> list[WindowReport]:
    """Watch from one instant to another and return all reports, the last window's included."""
    memory, made = new_memory(SCENE), []
    for i in range(round((to_s - from_s) / period_s) + 1):
        memory, outcome = take(memory, from_s + i * period_s, (look(from_s + i * period_s),), 0)
        made += outcome.reports
    return made + list(end(memory)[1].reports)


def test_each_minute_is_reported_once() -> None:
    """Windows are whole minutes, follow each other and end with the observation."""
    made = reported(lambda _: FREE, 6000, 6230)
    assert [report.end_s for report in made] == [6060, 6120, 6180, 6240]
    assert [report.observed_s for report in made] == [60, 60, 60, pytest.approx(50)]
    assert made[-1].reason == "no_picture"
    assert [report.occupied_s for report in made] == [0, 0, 0, 0]


def test_occupied_seconds_start_at_the_arrival() -> None:
    """A stay counts from its first evidence, and its vehicle is listed while it stands at the window's end."""
    made = reported(lambda t: OCCUPIED if 6030 <= t < 6100 else FREE, 6000, 6240)
    assert [round(report.occupied_s) for report in made] == [30, 40, 0, 0]
    assert [len(report.present) for report in made] == [1, 0, 0, 0]


def test_hidden_seconds_are_not_seen() -> None:
    """Hidden time is left out of the observed seconds, free or not, and gives the reason."""
    made = reported(lambda t: HIDDEN if 6010 <= t < 6040 else FREE, 6000, 6120)
    assert made[0].observed_s == pytest.approx(30, abs=0.6)
    assert made[0].reason == "hidden"
    assert made[1].reason == ""


def test_a_vehicle_hidden_in_its_bay_is_not_counted_as_seen() -> None:
    """While a parked vehicle is hidden neither observed nor occupied seconds grow, and its stay goes on."""
    made = reported(lambda t: HIDDEN if 6060 <= t < 6120 else OCCUPIED, 6000, 6240)
    assert [round(report.occupied_s) for report in made] == [60, 0, 60, 60]
    assert [round(report.observed_s) for report in made] == [60, 0, 60, 60]


def test_a_gap_between_frames_is_unseen() -> None:
    """More than ten seconds without a frame were not seen."""
    memory, made = new_memory(SCENE), []
    for at_s in (*range(6000, 6031), *range(6070, 6205)):
        memory, outcome = take(memory, float(at_s), (FREE,), 0)
        made += outcome.reports
    assert [round(report.observed_s) for report in made] == [30, 50, 60]
    assert made[0].reason == "no_picture"


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(
        st.tuples(st.sampled_from([FREE, OCCUPIED, HIDDEN]), st.integers(1, 90)),
        min_size=1,
        max_size=8,
    ),
    offset_s=st.floats(0, 60),
)
def test_seconds_add_up(parts: list[tuple[BayObservation, int]], offset_s: float) -> None:
    """Observed seconds sum to the time not hidden; occupied ones are never more than observed, nor observed more than the window."""
    looks = [look for look, count in parts for _ in range(count)]
    made = reported(
        lambda t: looks[min(round(t - 6000 - offset_s), len(looks) - 1)],
        6000 + offset_s,
        6000 + offset_s + len(looks),
        1.0,
    )
    seen_s = sum(look is not HIDDEN for look in [*looks[1:], looks[-1]])
    assert sum(report.observed_s for report in made) == pytest.approx(seen_s, abs=1e-6)
    assert all(0 <= report.occupied_s <= report.observed_s + 1e-9 <= 60 + 1e-6 for report in made)
    assert len({report.end_s for report in made}) == len(made)
