"""Gating: noise and light call for no look, a vehicle does, and the stays are those without a gate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vision.crops import CropPlan
from vision.detector import Detections
from vision.files import read_boxes
from vision.gate import AFTER_CHANGE_S, Gate, is_settled, step
from vision.look import Looker
from vision.scene import read_scene
from vision.source import frames, open_source
from vision.tally import Tally
from vision.watch import end, new_memory, take

PLAN = CropPlan(np.array([[0, 0, 400, 400], [0, 0, 640, 640]], np.int32))

Pixels = NDArray[np.uint8]


def street(seed: int, *, gain: float = 1.0, noise: float = 3.0) -> Pixels:
    """Return a textured street, in a light and with a sensor's noise of its own."""
    texture = np.random.default_rng(7).uniform(60, 150, (48, 64)).repeat(10, 0).repeat(10, 1)
    shot = texture * gain + np.random.default_rng(seed).normal(0, noise, texture.shape)
    return np.clip(shot, 0, 255).astype(np.uint8)


def with_vehicle(picture: Pixels, x: int = 100, y: int = 100, level: int = 20) -> Pixels:
    """Return the street with a small vehicle in the crop."""
    changed = picture.copy()
    changed[y : y + 60, x : x + 90] = level
    return changed


@given(seed=st.integers(0, 10_000), gain=st.floats(0.8, 1.25), noise=st.floats(0, 8))
@settings(max_examples=40, deadline=None)
def test_noise_and_light_call_for_no_look(seed: int, gain: float, noise: float) -> None:
    """The same street under other noise and another light is not looked at again."""
    gate, _ = step(Gate(), street(1), PLAN, 0.0)
    _, must_look = step(gate, street(seed, gain=gain, noise=noise), PLAN, 1.0)
    assert not must_look


@given(x=st.integers(0, 300), y=st.integers(0, 330), gain=st.floats(0.8, 1.25))
@settings(max_examples=40, deadline=None)
def test_a_vehicle_anywhere_in_a_crop_calls_for_a_look(x: int, y: int, gain: float) -> None:
    """A vehicle that has come into a crop, or left it, is looked at whatever the light does."""
    empty, full = street(1), with_vehicle(street(2, gain=gain), x, y)
    for before, after in ((empty, full), (full, empty)):
        gate, _ = step(Gate(), before, PLAN, 0.0)
        _, must_look = step(gate, after, PLAN, 1.0)
        assert must_look


def test_what_moves_beside_the_crops_calls_for_no_look() -> None:
    """Traffic that no crop around a bay shows costs nothing, though the whole frame is a window too."""
    gate, _ = step(Gate(), street(1), PLAN, 0.0)
    _, must_look = step(gate, with_vehicle(street(2), 500, 400), PLAN, 1.0)
    assert not must_look


def test_slow_change_adds_up() -> None:
    """A change that creeps is measured against the last look and not the last frame, so that it calls for one at last."""
    gate, _ = step(Gate(), street(0, noise=0), PLAN, 0.0)
    looks = []
    for i in range(1, 9):
        creeping = street(0, noise=0)
        part = creeping[100:160, 100:190]
        part[:] = np.clip(part.astype(int) + i, 0, 255)
        gate, must_look = step(gate, creeping, PLAN, i / 10)
        looks.append(must_look)
    assert any(looks)
    assert not all(looks)


def test_looks_are_forced_at_growing_times_after_a_change() -> None:
    """On a picture that does not change looks come after ten seconds, twenty and then each thirty."""
    gate, at, looks = Gate(30.0), 0.0, []
    while at <= 100:
        gate, must_look = step(gate, street(1), PLAN, at)
        looks += [at] if must_look else []
        at += 2.0
    assert looks == [0.0, AFTER_CHANGE_S, 3 * AFTER_CHANGE_S, 60.0, 90.0]


@pytest.mark.parametrize("unsettled", [True, False])
def test_while_a_vehicle_arrives_every_frame_is_looked_at(*, unsettled: bool) -> None:
    """An unsettled bay, and a gate switched off, look at every frame."""
    gate = Gate() if unsettled else Gate(0.0)
    for i in range(5):
        gate, must_look = step(gate, street(1), PLAN, i / 5, is_settled=not unsettled)
        assert must_look


class TruthDetector:
    """Gives a clip's true boxes for the frame shown, each missed now and then."""

    def __init__(self, folder: Path, miss_share: float) -> None:
        self._boxes = read_boxes(folder / "boxes.csv")
        self._chance = np.random.default_rng(5)
        self._miss_share = miss_share
        self.frame = "0"
        self.looks = 0

    def detect(self, frame_bgr: Pixels, plan: CropPlan) -> Detections:  # noqa: ARG002 - the protocol
        """Return the boxes of the frame shown."""
        self.looks += 1
        found = self._boxes.get(self.frame)
        if found is None:
            return Detections(
                np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int8)
            )
        kept = self._chance.random(len(found)) >= self._miss_share
        return Detections(found.boxes_xyxy[kept], found.scores[kept], found.classes[kept])

    def detect_many(self, pictures: list[tuple[Pixels, CropPlan]]) -> list[Detections]:
        """Return the boxes of the frame shown for each picture."""
        return [self.detect(*picture) for picture in pictures]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["day", "rain"])
@pytest.mark.parametrize("miss_share", [0.0, 0.05])
def test_stays_are_those_without_a_gate(repo: Path, name: str, miss_share: float) -> None:
    """On a rendered clip the gate changes neither the stays nor their times by more than a second, and spares looks."""
    folder = repo / "sample_data" / "clips" / name
    open_stays, looks = stays_of(folder, 0.0, miss_share)
    gated_stays, gated_looks = stays_of(folder, 30.0, miss_share)
    assert len(open_stays) >= 8
    assert gated_stays.keys() == open_stays.keys()
    for key, times in open_stays.items():
        assert gated_stays[key] == pytest.approx(times, abs=1.0)
    assert gated_looks < looks


def stays_of(
    folder: Path, forced_look_s: float, miss_share: float
) -> tuple[dict[tuple[str, int], list[float]], int]:
    """Return arrival and departure of each stay of a clip by bay and order, and the number of looks."""
    scene = read_scene(folder / "scene.json")
    detector = TruthDetector(folder, miss_share)
    looker = Looker(scene, detector, Tally(), forced_look_s)
    memory, events = new_memory(scene), []
    for frame in frames(open_source(str(folder / "clip.mp4"))):
        detector.frame = frame.name
        look = looker.look(frame, frame.offset_s, is_live=False, is_settled=is_settled(memory))
        memory, outcome = take(memory, frame.offset_s, look.seen, look.vehicles)
        events += outcome.stays
    events += end(memory)[1].stays
    found: dict[tuple[str, int], list[float]] = {}
    for event in events:
        presence = event.presence
        found[event.bay_id, presence.number] = [presence.first_s, presence.last_s]
    by_order: dict[tuple[str, int], list[float]] = {}
    for bay_id, number in sorted(found):
        place = sum(known == bay_id for known, _ in by_order)
        by_order[bay_id, place] = found[bay_id, number]
    return by_order, detector.looks
