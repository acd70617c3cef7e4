"""Random timetables are possible, always the same for a seed, and their boxes are nearly the drawn ones."""

from __future__ import annotations

import csv
from itertools import combinations

import numpy as np
import pytest

from sample_data.scene.chance import Traffic, random_scenario
from sample_data.scene.clips import clip_dir
from sample_data.scene.cuboids import ground_polygon, sights
from sample_data.scene.lookout import DETECTION_COLUMNS, Rates, chance_files, detection_rows
from sample_data.scene.motion import Stops
from sample_data.scene.scenarios import SCENARIOS
from sample_data.scene.truth import standing, stays

SHORT = Traffic(duration_s=150, fps=2, occluder_s=60.0)
FAULTLESS = Rates(miss=0.0, miss_covered=0.0, jitter=0.0, stray=0.0)


@pytest.mark.parametrize("seed", [1, 2])
def test_vehicles_never_touch(seed: int) -> None:
    """No two vehicles share ground in any frame, no bay holds more than fit, and there are stays and an occluder."""
    scenario = random_scenario(seed, SHORT)
    models = {vehicle.key: vehicle.model for vehicle in scenario.vehicles}
    for frame in range(scenario.frames):
        grounds = [ground_polygon(models[key], pose) for key, pose in scenario.poses(frame).items()]
        assert not any(one.intersects(other) for one, other in combinations(grounds, 2)), frame
        for bay in scenario.bays:
            assert len(standing(scenario, bay, frame / scenario.fps)) <= bay.capacity
    beside = [v for v in scenario.vehicles if v.bay_id is None and isinstance(v.action, Stops)]
    assert len(stays(scenario)) >= 5
    assert [vehicle.model for vehicle in beside] == ["lorry"]


def test_a_seed_gives_the_same_files() -> None:
    """The same seed gives the same bytes, another seed another timetable."""
    one, same, other = (chance_files(seed, SHORT, Rates())[1] for seed in (1, 1, 2))
    assert one == same
    assert one["stays.csv"] != other["stays.csv"]


@pytest.mark.parametrize("name", ["day", "oblique"])
def test_cuboids_look_like_the_drawn_vehicles(name: str) -> None:
    """Every box of a rendered clip has its cuboid's, at a median IoU of 0.85 or more and with the same visible share to 0.03."""
    scenario = SCENARIOS[name]
    models = {vehicle.key: vehicle.model for vehicle in scenario.vehicles}
    with (clip_dir(name) / "boxes.csv").open() as stream:
        rows = [row for row in csv.DictReader(stream) if int(row["frame"]) % 25 == 0]
    overlaps, differences = [], []
    for row in rows:
        poses = scenario.poses(int(row["frame"]))
        there = {key: (models[key], pose) for key, pose in poses.items() if key in models}
        sight = next(s for s in sights(scenario.camera, there) if s.key == row["vehicle"])
        drawn = np.array([float(row[corner]) for corner in ("x0", "y0", "x1", "y1")])
        overlaps.append(iou(drawn, np.array(sight.box_xyxy)))
        differences.append(abs(sight.visible_share - float(row["visible_share"])))
    assert np.median(overlaps) >= 0.85
    assert np.mean(differences) <= 0.03


def test_misses_happen_at_their_rate() -> None:
    """A fifth of the boxes is missing at a miss rate of a fifth, and without faults every vehicle in sight has one box."""
    scenario = random_scenario(3, Traffic(duration_s=150, fps=2))
    whole = [row for row in detection_rows(scenario, FAULTLESS) if row[1]]
    missed = Rates(miss=0.2, miss_covered=0.2, jitter=0.0, stray=0.0, spell_s=0.5)
    some = [row for row in detection_rows(scenario, missed) if row[1]]
    assert len(some) / len(whole) == pytest.approx(0.8, abs=0.03)
    assert all(len(row) == len(DETECTION_COLUMNS) for row in whole)


def test_dropped_frames_have_no_row_and_change_no_other() -> None:
    """A tenth of the frames is absent at a rate of a tenth; the others have the rows that they had."""
    scenario = random_scenario(3, Traffic(duration_s=150, fps=2))
    whole = list(detection_rows(scenario, Rates()))
    some = list(detection_rows(scenario, Rates(drop=0.1)))
    come = {row[0] for row in some}
    assert len(come) / scenario.frames == pytest.approx(0.9, abs=0.05)
    assert some == [row for row in whole if row[0] in come]


def test_stays_have_the_length_asked_for() -> None:
    """Where stays of ten minutes are asked for, none that is seen whole is shorter than the least of two."""
    scenario = random_scenario(5, Traffic(duration_s=3600, fps=1, stay_s=(120.0, 480.0)))
    ended = [s for s in stays(scenario) if s.departed_at and s.arrived_at > scenario.start_at]
    lengths_s = [(s.departed_at - s.arrived_at).total_seconds() for s in ended if s.departed_at]
    assert len(lengths_s) >= 5
    assert min(lengths_s) >= 120


def iou(one: np.ndarray, other: np.ndarray) -> float:
    """Return the overlap of two boxes over what they cover together."""
    width, height = np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2])
    common = max(width, 0.0) * max(height, 0.0)
    areas = [float(np.prod(box[2:] - box[:2])) for box in (one, other)]
    return float(common / (sum(areas) - common))
