"""The renderer draws what its truth says; needs Chromium and three.js."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from playwright.sync_api import Playwright

from geo.errors import AirelibError
from sample_data.scene.picture import Film
from sample_data.scene.render import check_tools
from sample_data.scene.scenarios import DAY, RAIN
from sample_data.scene.studio import open_studio
from sample_data.scene.timetable import parked
from sample_data.scene.witness import box_rows

ONE_VAN = dataclasses.replace(
    DAY, vehicles=(parked("a", "white panel_van", 2, 30.0, 60.0),), walkers=(), duration_s=70
)


@pytest.fixture
def _tools() -> None:
    try:
        check_tools()
    except AirelibError as missing:
        pytest.skip(str(missing))


@pytest.mark.slow
@pytest.mark.usefixtures("_tools")
def test_picture_changes_where_the_vehicle_is(playwright: Playwright) -> None:
    """The pixels that change when a van appears are those of its box, its shadow at most around them."""
    with open_studio(ONE_VAN, playwright) as studio:
        empty = studio.shoot(ONE_VAN.poses(0))
        parked_shot = studio.shoot(ONE_VAN.poses(40 * ONE_VAN.fps))
    (row,) = box_rows(ONE_VAN, 0, parked_shot)
    x0, y0, x1, y1 = (int(str(value)) for value in row[3:7])
    change = np.abs(parked_shot.picture_bgr.astype(int) - empty.picture_bgr).max(axis=2) > 24
    assert change[y0:y1, x0:x1].mean() > 0.6
    around = np.zeros_like(change)
    around[y0 - 4 : y1 + 10, x0 - 60 : x1 + 10] = True
    assert change[~around].sum() <= 0.005 * change.sum(), "its shadow falls to the left"
    assert list(box_rows(ONE_VAN, 0, empty)) == []


@pytest.mark.slow
@pytest.mark.usefixtures("_tools")
def test_drawing_only_the_change_gives_the_whole_picture(playwright: Playwright) -> None:
    """A frame drawn after another is the frame drawn at once, but for a few pixels of rounding."""
    poses = [ONE_VAN.poses(frame) for frame in (140, 150, 200)]
    with open_studio(ONE_VAN, playwright) as studio:
        *_, stepwise = [studio.shoot(pose) for pose in poses]
    with open_studio(ONE_VAN, playwright) as studio:
        at_once = studio.shoot(poses[-1])
    difference = np.abs(stepwise.picture_bgr.astype(int) - at_once.picture_bgr).max(axis=2)
    assert (difference > 8).mean() < 1e-4
    assert np.array_equal(stepwise.shown, at_once.shown)


def test_film_is_the_same_for_the_same_seed() -> None:
    """Noise and rain come from the seed alone."""
    grey = np.full((720, 1280, 3), 90, np.uint8)
    one, same = (Film(RAIN.seed, "rain").exposed(grey) for _ in range(2))
    other = Film(RAIN.seed + 1, "rain").exposed(grey)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
