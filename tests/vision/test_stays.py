"""The state machine: one stay stays one stay, whatever is missed, hidden or cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.words import VehicleClass
from vision.observation import BayObservation, BayState, Sighting
from vision.scene import Scene, SceneBay
from vision.stays import Arrived, BayMachine, Departed, StayEvent, finish, step
from vision.watch import (
    Memory,
    Outcome,
    dump_memory,
    load_memory,
    new_memory,
    refitted,
    sobered,
    take,
)

Build = Callable[..., Sighting]
See = Callable[..., BayObservation]


def run(
    looks: Iterable[tuple[float, BayObservation]], capacity: int = 1
) -> tuple[BayMachine, list[StayEvent]]:
    """Run a bay's machine over dated observations."""
    machine, events = BayMachine("A", capacity), []
    for at_s, observation in looks:
        machine, new = step(machine, at_s, observation)
        events += new
    return machine, events


def kinds(events: Iterable[StayEvent]) -> list[str]:
    """Return the names of the events, in order."""
    return [type(event).__name__ for event in events]


def times(count: int, period_s: float = 0.2) -> list[float]:
    """Return instants at a period from 1000 s on."""
    return [1000 + i * period_s for i in range(count)]


def test_a_stay_is_dated_to_its_evidence(sighting: Build, seen: See) -> None:
    """Arrival and departure are the first and last sighting, not their confirmation some seconds later."""
    looks = [(t, seen(sighting()) if 1010 <= t < 1040 else seen()) for t in times(300)]
    _, events = run(looks)
    assert kinds(events) == ["Arrived", "Departed"]
    assert events[1].presence.first_s == pytest.approx(1010, abs=0.21)
    assert events[1].presence.last_s == pytest.approx(1039.8, abs=0.21)


def test_a_vehicle_there_from_the_start_arrives_at_the_start(sighting: Build, seen: See) -> None:
    """A vehicle in the first frame has arrived at the first instant; without an end it has not left."""
    machine, events = run([(t, seen(sighting())) for t in times(50)])
    assert kinds(events) == ["Arrived"]
    assert machine.confirmed[0].first_s == 1000
    assert finish(machine)[1] == ()


@pytest.mark.parametrize(
    ("missed", "period_s"), [(0.005, 0.2), (0.02, 0.2), (0.05, 2.0), (0.2, 2.0)]
)
def test_missed_frames_do_not_split_a_stay(
    missed: float, period_s: float, sighting: Build, seen: See
) -> None:
    """A stay of twenty minutes with 0.5 to 20 % of frames missed (S4) is one stay."""
    rng = np.random.default_rng(4)
    looks = [
        (t, seen(sighting()) if 1010 <= t < 2210 and rng.random() > missed else seen())
        for t in times(round(1300 / period_s), period_s)
    ]
    _, events = run(looks)
    assert kinds(events) == ["Arrived", "Departed"]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_no_phantom_departure_at_five_percent_misses(seed: int) -> None:
    """Whatever frames are missed, one in twenty, a standing vehicle never leaves and a false box never stays."""
    rng = np.random.default_rng(seed)
    there = Sighting(0.5, 0.6, 0.7, (0.1, 0.1, 0.7, 0.05, 0.05), (0.3, 0.4, 0.5, 0.6))
    occupied = BayObservation("A", BayState.OCCUPIED, (there,), (False,))
    free = BayObservation("A", BayState.FREE, (), (False,))
    _, events = run((t, occupied if rng.random() > 0.05 else free) for t in times(1800, 2.0))
    assert kinds(events) == ["Arrived"]
    _, events = run((t, occupied if rng.random() < 0.01 else free) for t in times(1800, 2.0))
    assert events == []


def test_a_minute_behind_a_bus_keeps_the_stay(sighting: Build, seen: See) -> None:
    """Sixty seconds of occlusion (S6) change nothing: the stay goes on."""
    looks = [
        (t, seen(hidden=True) if 1030 <= t < 1090 else seen(sighting()) if t < 1150 else seen())
        for t in times(1000)
    ]
    _, events = run(looks)
    assert kinds(events) == ["Arrived", "Departed"]
    assert events[1].presence.last_s == pytest.approx(1149.8, abs=0.21)


def test_out_of_sight_for_long_ends_the_stay_at_its_last_evidence(
    sighting: Build, seen: See
) -> None:
    """A vehicle not seen for more than ten minutes has a stay that ends where its evidence ends."""
    looks = [(t, seen(sighting()) if t < 1060 else seen(hidden=True)) for t in times(800, 1.0)]
    _, events = run(looks)
    assert kinds(events) == ["Arrived", "Departed"]
    assert events[1].presence.last_s == 1059


def test_one_frame_of_jitter_does_not_split(sighting: Build, seen: See) -> None:
    """A single box elsewhere after twenty-five minutes (S7) leaves the stay unbroken."""
    looks = [(t, seen(sighting(shift=0.15 if t == 2500.0 else 0.0))) for t in times(1800, 1.0)]
    _, events = run(looks)
    assert kinds(events) == ["Arrived"]


def test_class_is_a_vote(sighting: Build, seen: See) -> None:
    """Labels that flip (S10) never split a stay; the majority names it."""
    flips = [VehicleClass.VAN, VehicleClass.CAR, VehicleClass.VAN]
    looks = [(t, seen(sighting(vehicle_class=flips[i % 3]))) for i, t in enumerate(times(200))]
    machine, events = run(looks)
    assert kinds(events) == ["Arrived"]
    assert machine.confirmed[0].vehicle_class is VehicleClass.VAN
    assert 0.5 < machine.confirmed[0].class_confidence < 0.99


def test_passing_through_is_no_stay(sighting: Build, seen: See) -> None:
    """A vehicle that rolls through the bay in five seconds, or stops for two, has not stayed."""
    rolling = [
        (t, seen(sighting(shift=(t - 1002) * 0.06)) if 1002 <= t < 1007 else seen())
        for t in times(80)
    ]
    assert run(rolling)[1] == []
    short = [(t, seen(sighting()) if 1002 <= t < 1004 else seen()) for t in times(80)]
    assert run(short)[1] == []


def test_faint_boxes_keep_a_vehicle_but_never_begin_one(sighting: Build, seen: See) -> None:
    """A score below the sure one is no arrival, and enough to say that a vehicle is still there."""
    assert run([(t, seen(sighting(score=0.22))) for t in times(300)])[1] == []
    looks = [(t, seen(sighting(score=0.7 if t < 1010 else 0.22))) for t in times(300)]
    machine, events = run(looks)
    assert kinds(events) == ["Arrived"]
    assert machine.confirmed[0].last_s == pytest.approx(1059.8, abs=0.01)


def test_another_vehicle_after_a_short_gap_is_another_stay(sighting: Build, seen: See) -> None:
    """When one leaves and three seconds later another stands elsewhere in the bay, there are two stays."""
    looks = [
        (t, seen(sighting()) if t < 1020 else seen() if t < 1023 else seen(sighting(shift=0.15)))
        for t in times(300)
    ]
    _, events = run(looks)
    assert kinds(events) == ["Arrived", "Departed", "Arrived"]


def test_two_vehicles_of_a_bay_leave_each_for_itself(sighting: Build, seen: See) -> None:
    """In a bay with two places the one that leaves is the one whose place is empty."""
    left, right = sighting(0.25), sighting(0.75, shift=0.3)
    looks = [(t, seen(left, right) if t < 1030 else seen(right)) for t in times(400)]
    machine, events = run(looks, capacity=2)
    assert kinds(events) == ["Arrived", "Arrived", "Departed"]
    assert events[2].presence.along == pytest.approx(0.25, abs=0.01)
    assert len(machine.confirmed) == 1


def test_state_names_follow_the_memory(sighting: Build, seen: See) -> None:
    """The machine passes through free, arriving, occupied, leaving and free again."""
    states, machine = [], BayMachine("A", 1)
    for t in times(200):
        machine, _ = step(machine, t, seen(sighting()) if 1005 <= t < 1020 else seen())
        if not states or states[-1] != machine.state:
            states.append(machine.state)
    assert states == ["free", "arriving", "occupied", "leaving", "free"]


LOOKS = st.lists(
    st.one_of(
        st.just("free"),
        st.just("hidden"),
        st.tuples(st.floats(0.2, 0.9), st.floats(0, 0.3)),
    ),
    min_size=2,
    max_size=80,
)


@settings(max_examples=60, deadline=None)
@given(looks=LOOKS, cut=st.floats(0, 1), repeat=st.integers(1, 12))
def test_cutting_the_stream_changes_nothing(
    looks: list[str | tuple[float, float]], cut: float, repeat: int
) -> None:
    """A restart with the journalled memory gives exactly the events and reports of an unbroken run (S8)."""
    stream = [look for look in looks for _ in range(repeat)]
    at = round(cut * len(stream))
    whole, memory = watched(stream, new_memory(SCENE), 0)
    before, saved = watched(stream[:at], new_memory(SCENE), 0)
    after, resumed = watched(stream[at:], load_memory(dump_memory(saved)), at)
    assert before + after == whole
    assert resumed == memory


SCENE = Scene("cam", (100, 100), (SceneBay("A", 1, np.array([[0, 0], [9, 0], [9, 9.0]])),), None)


def watched(
    stream: list[str | tuple[float, float]], memory: Memory, start: int
) -> tuple[list[Outcome], Memory]:
    """Feed described looks to a camera's memory, one each second from `start` on."""
    outcomes = []
    for i, look in enumerate(stream, start):
        memory, outcome = take(memory, 1_000_000.3 + i, (described(look),), 1)
        if outcome.stays or outcome.reports:
            outcomes.append(outcome)
    return outcomes, memory


def described(look: str | tuple[float, float]) -> BayObservation:
    """Turn a word or a score and shift into an observation."""
    if look == "hidden":
        return BayObservation("A", BayState.UNKNOWN, (), (True,), 0.0, "hidden")
    if isinstance(look, str):
        return BayObservation("A", BayState.FREE, (), (False,))
    score, shift = look
    there = Sighting(
        0.5, 0.6, score, (0.2, 0.2, 0.5, 0.05, 0.05), (0.3 + shift, 0.4, 0.5 + shift, 0.6)
    )
    return BayObservation("A", BayState.OCCUPIED, (there,), (False,))


def test_a_changed_scene_keeps_the_bays_that_stayed(sighting: Build, seen: See) -> None:
    """After a scene is edited its unchanged bays keep their memory and new ones never reuse a number."""
    memory, _ = take(new_memory(SCENE), 1000.0, (seen(sighting()),), 1)
    two = Scene("cam", (100, 100), (*SCENE.bays, SceneBay("B", 1, SCENE.bays[0].polygon_px)), None)
    fitted = refitted(memory, two, first_number=77)
    assert fitted.bays[0] == memory.bays[0]
    assert fitted.bays[1].machine.next_number == 77


def test_events_name_their_kind(sighting: Build, seen: See) -> None:
    """An arrival and a departure of one stay carry the same number."""
    looks = [(t, seen(sighting()) if t < 1020 else seen()) for t in times(300)]
    first, second = run(looks)[1]
    assert isinstance(first, Arrived)
    assert isinstance(second, Departed)
    assert first.presence.number == second.presence.number == 1


def test_a_vehicle_covered_by_another_is_not_missed(sighting: Build, seen: See) -> None:
    """While a double-parked van covers most of a parked vehicle's box, not seeing it says nothing: the stay goes on."""
    covered = replace(seen(), before=((0.25, 0.4, 0.48, 0.7),))
    looks = [(t, covered if 1030 <= t < 1060 else seen(sighting())) for t in times(450)]
    _, events = run(looks)
    assert kinds(events) == ["Arrived"]
    beside = replace(seen(), before=((0.55, 0.4, 0.8, 0.7),))
    looks = [(t, beside if 1030 <= t < 1060 else seen(sighting())) for t in times(450)]
    assert kinds(run(looks)[1]) == ["Arrived", "Departed", "Arrived"]


def test_one_missed_box_of_what_hides_a_bay_does_not_free_it(seen: See) -> None:
    """A bay is called free again only when nothing has hidden it for a second."""
    memory, reasons = new_memory(SCENE), []
    for i, word in enumerate("hhhfhhfffffffff"):
        observation = seen(hidden=True) if word == "h" else seen()
        memory, _ = take(memory, 1000 + i * 0.2, (observation,), 1)
        reasons.append(sobered(memory.bays[0], 1000 + i * 0.2, observation).reason)
    assert [bool(reason) for reason in reasons] == [True] * 10 + [False] * 5


def test_a_vehicle_that_follows_soon_is_another_stay(sighting: Build, seen: See) -> None:
    """When one drives off and the next takes its place eight seconds later, there are two stays, dated to their rest."""

    def look(t: float) -> BayObservation:
        if t < 1030 or t >= 1038:
            return seen(sighting())
        if t < 1033:
            return seen(sighting(shift=-0.06 * (t - 1030)))
        return seen(sighting(shift=0.06 * (1038 - t))) if t >= 1035 else seen()

    _, events = run((t, look(t)) for t in times(300))
    assert kinds(events) == ["Arrived", "Departed", "Arrived"]
    assert events[1].presence.last_s == pytest.approx(1030, abs=1.0)
    assert events[2].presence.first_s == pytest.approx(1038, abs=1.5)


def test_a_part_of_a_vehicle_has_not_moved(sighting: Build, seen: See) -> None:
    """A box on a third of the vehicle, its cab or what an obstacle leaves open, for half a minute ends no stay."""
    cab = replace(sighting(), box_xyxy=(0.3, 0.4, 0.37, 0.6))
    _, events = run((t, seen(cab if 1030 <= t < 1060 else sighting())) for t in times(400))
    assert kinds(events) == ["Arrived"]
