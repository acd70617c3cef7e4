"""The timetables of the sample are possible, and their truth is exact and always the same."""

from __future__ import annotations

import csv
import io
import json
from itertools import combinations
from math import pi

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity

from geo.calibration import calibrate, local_metres, to_image
from sample_data.scene.clips import clip_dir, list_clips
from sample_data.scene.motion import NEAR_LANE_Y, Pose, Stops
from sample_data.scene.place import BAYS, street_lonlat
from sample_data.scene.scenarios import SCENARIOS
from sample_data.scene.timetable import MODELS, Scenario, Vehicle
from sample_data.scene.truth import STATE_COLUMNS, scene_document, standing, stays, truth_files

EVERY_SCENARIO = pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=list(SCENARIOS))


def ground_of(vehicle: Vehicle, pose: Pose) -> shapely.Polygon:
    """Return the rectangle that a vehicle covers, in street metres."""
    model = MODELS[vehicle.model]
    half_x, half_y = model.length_m / 2, model.width_m / 2
    flat = affinity.rotate(
        shapely.box(-half_x, -half_y, half_x, half_y), pose[2], origin=(0, 0), use_radians=True
    )
    return affinity.translate(flat, pose[0], pose[1])


@EVERY_SCENARIO
def test_truth_is_the_committed_one_to_the_byte(scenario: Scenario) -> None:
    """The files that need no picture are made again without a difference."""
    files = truth_files(scenario)
    for name in ("scene.json", "bays.geojson", "stays.csv"):
        assert files[name] == (clip_dir(scenario.name) / name).read_bytes()


@EVERY_SCENARIO
def test_states_are_the_committed_ones(scenario: Scenario) -> None:
    """The columns of states.csv that need no picture are made again without a difference."""
    made = csv.DictReader(io.StringIO(truth_files(scenario)["states.csv"].decode()))
    kept = csv.DictReader((clip_dir(scenario.name) / "states.csv").open())
    assert list(made) == [{column: row[column] for column in STATE_COLUMNS} for row in kept]


@EVERY_SCENARIO
def test_vehicles_never_touch(scenario: Scenario) -> None:
    """No two vehicles share ground in any frame."""
    by_key = {vehicle.key: vehicle for vehicle in scenario.vehicles}
    for frame in range(scenario.frames):
        grounds = {
            key: ground_of(by_key[key], pose)
            for key, pose in scenario.poses(frame).items()
            if key in by_key
        }
        for one, other in combinations(grounds, 2):
            assert not grounds[one].intersects(grounds[other]), (frame, one, other)


@EVERY_SCENARIO
def test_stays_lie_within_their_bay(scenario: Scenario) -> None:
    """A vehicle at rest covers ground of its own bay, and a little beside it at most."""
    bays = {bay.bay_id: shapely.Polygon(bay.corners_xy()).buffer(0.3) for bay in scenario.bays}
    for vehicle in scenario.vehicles:
        if vehicle.bay_id is not None:
            assert isinstance(vehicle.action, Stops)
            pose = (vehicle.action.x_m, vehicle.action.y_m, pi)
            assert bays[vehicle.bay_id].contains(ground_of(vehicle, pose)), vehicle.key


@EVERY_SCENARIO
def test_bays_never_hold_more_than_their_capacity(scenario: Scenario) -> None:
    """At any frame a bay holds at most as many vehicles as fit."""
    for bay in scenario.bays:
        counts = [
            len(standing(scenario, bay, frame / scenario.fps)) for frame in range(scenario.frames)
        ]
        assert max(counts) <= bay.capacity


@pytest.mark.parametrize("name", ["day", "rain"])
def test_weather_clips_hold_ten_stays(name: str) -> None:
    """Each of the two clips across the street has ten stays or more, in every bay and of three classes."""
    found = stays(SCENARIOS[name])
    assert len(found) >= 10
    assert {stay.bay_id for stay in found} == {bay.bay_id for bay in BAYS}
    assert {stay.vehicle_class.value for stay in found} == {"car", "van", "truck"}


@EVERY_SCENARIO
def test_calibration_places_the_bays(scenario: Scenario) -> None:
    """The pairs of scene.json bring each bay's ground to its polygon in the picture within a pixel."""
    document = scene_document(scenario)
    pairs = document["calibration"]
    assert len(pairs["image_points"]) >= 6
    calibration = calibrate(np.array(pairs["image_points"]), np.array(pairs["ground_points"]))
    for bay, entry in zip(scenario.bays, document["bays"], strict=True):
        local = local_metres(calibration, street_lonlat(bay.corners_xy()))
        found_px = to_image(calibration, local) * np.array(document["image_size"])
        assert np.abs(found_px - np.array(entry["polygon_px"])).max() < 1


def test_bays_are_those_of_the_quarter() -> None:
    """The clips' bays have the outline, to the centimetre, and the capacity of the quarter's."""
    quarter = json.loads((clip_dir("day").parents[1] / "quarter" / "bays.geojson").read_text())
    by_id = {f["properties"]["bay_id"]: f for f in quarter["features"]}
    for bay in BAYS:
        there = by_id[bay.bay_id]
        assert there["properties"]["capacity"] == bay.capacity
        ours = shapely.Polygon(street_lonlat(bay.corners_xy()))
        theirs = shapely.Polygon(there["geometry"]["coordinates"][0])
        assert shapely.hausdorff_distance(ours, theirs) < 1.5e-7, "degrees: about a centimetre"


def test_every_scenario_has_a_clip() -> None:
    """Every listed clip is there with its six files."""
    wanted = {"clip.mp4", "scene.json", "bays.geojson", "stays.csv", "states.csv", "boxes.csv"}
    for name in list_clips():
        assert wanted == {path.name for path in clip_dir(name).iterdir()}


@given(st.floats(0, 60), st.floats(0.01, 0.2))
def test_stops_come_and_go_without_a_jump(at_s: float, later_s: float) -> None:
    """A vehicle that stops moves no faster than it cruises, and is still exactly between arrival and departure."""
    action = Stops(20.0, -1.2, 21.0, 40.0)
    here, there = action.pose(at_s), action.pose(at_s + later_s)
    if here is None or there is None:
        return
    moved_m = float(np.hypot(there[0] - here[0], there[1] - here[1]))
    assert moved_m <= 8.5 * later_s + 1e-9
    assert (here == (20.0, -1.2, pi)) == (action.stands(at_s) or at_s == 40.0) or moved_m < 0.01
    assert NEAR_LANE_Y <= here[1] <= -1.2
