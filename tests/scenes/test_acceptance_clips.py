"""The acceptance clips are whole, small, of today's timetables, and are what the renderer draws."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from playwright.sync_api import Playwright

from geo.errors import AirelibError
from sample_data.scene.acceptance import ACCEPTANCE
from sample_data.scene.cuboids import ground_polygon
from sample_data.scene.picture import Film
from sample_data.scene.render import check_tools
from sample_data.scene.studio import open_studio
from sample_data.scene.truth import truth_files
from sample_data.scene.witness import box_rows
from tests.scenes.recorded import CLIPS, pictures, rows_of


@pytest.mark.parametrize("name", ACCEPTANCE)
def test_clip_has_its_truth(name: str) -> None:
    """Each clip has every frame of its timetable, its truth is that of today's timetable to the byte, and it is small."""
    scenario, files = ACCEPTANCE[name], truth_files(ACCEPTANCE[name])
    assert len(pictures(name)) == scenario.frames
    assert (CLIPS / name / "clip.mp4").stat().st_size <= 450_000
    for file in ("scene.json", "bays.geojson", "stays.csv"):
        assert files[file] == (CLIPS / name / file).read_bytes()


@pytest.mark.parametrize("name", ACCEPTANCE)
def test_vehicles_never_touch(name: str) -> None:
    """No two vehicles share ground in any frame."""
    scenario = ACCEPTANCE[name]
    models = {vehicle.key: vehicle.model for vehicle in scenario.vehicles}
    for frame in range(scenario.frames):
        there = {key: pose for key, pose in scenario.poses(frame).items() if key in models}
        grounds = [ground_polygon(models[key], pose) for key, pose in there.items()]
        assert not any(one.intersects(other) for one, other in combinations(grounds, 2)), frame


@pytest.mark.slow
@pytest.mark.parametrize(("name", "frame"), [("s03", 30), ("s05", 2)])
def test_clip_is_what_the_renderer_draws(playwright: Playwright, name: str, frame: int) -> None:
    """A frame drawn again has the boxes of boxes.csv, and its picture is the clip's but for noise and compression."""
    try:
        check_tools()
    except AirelibError as missing:
        pytest.skip(str(missing))
    scenario = ACCEPTANCE[name]
    with open_studio(scenario, playwright) as studio:
        shot = studio.shoot(scenario.poses(frame))
    kept = [
        list(r.values()) for r in rows_of(CLIPS / name / "boxes.csv") if r["frame"] == str(frame)
    ]
    assert [list(map(str, row)) for row in box_rows(scenario, frame, shot)] == kept
    drawn = Film(scenario.seed, scenario.weather).exposed(shot.picture_bgr).astype(float)
    difference = np.abs(drawn - pictures(name)[frame]).mean(axis=2)
    assert difference.mean() < 4
    assert (difference > 40).mean() < 0.002
