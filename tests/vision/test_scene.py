"""scene.json: what is read, and each bad input with its sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import AirelibError, CalibrationTooFew, InvalidFile, InvalidGeometry, UnknownBay
from vision.scene import read_scene, scaled, visible_share

SQUARE = [[100, 100], [300, 100], [300, 200], [100, 200]]


def document(**changes: Any) -> dict[str, Any]:
    """Return a scene of one bay, with changes."""
    return {
        "camera_id": "cam",
        "image_size": [640, 360],
        "bays": [{"bay_id": "A", "capacity": 2, "polygon_px": SQUARE}],
        **changes,
    }


def written(folder: Path, content: dict[str, Any]) -> Path:
    """Write a scene and return its path."""
    path = folder / "scene.json"
    path.write_text(json.dumps(content))
    return path


def test_polygons_are_read_as_they_are(tmp_path: Path) -> None:
    """A closed or open ring gives the same corners, in pixels of image_size."""
    scene = read_scene(written(tmp_path, document()))
    closed = document(bays=[{"bay_id": "A", "capacity": 2, "polygon_px": [*SQUARE, SQUARE[0]]}])
    again = read_scene(written(tmp_path, closed))
    assert (scene.camera_id, scene.image_size_wh, scene.bays[0].capacity) == ("cam", (640, 360), 2)
    np.testing.assert_array_equal(scene.bays[0].polygon_px, again.bays[0].polygon_px)


def test_a_frame_of_another_size_scales_the_polygons(tmp_path: Path) -> None:
    """Polygons drawn on 640 x 360 fit a frame of 1280 x 720."""
    scene = scaled(read_scene(written(tmp_path, document())), (1280, 720))
    np.testing.assert_array_equal(scene.bays[0].polygon_px, np.asarray(SQUARE) * 2.0)


def test_a_bay_over_the_edge_reports_its_visible_share(tmp_path: Path) -> None:
    """Half a bay outside the frame is accepted and its visible share is a half."""
    half = [[-100, 100], [100, 100], [100, 200], [-100, 200]]
    scene = read_scene(written(tmp_path, document(bays=[{"bay_id": "A", "polygon_px": half}])))
    assert visible_share(scene.bays[0].polygon_px, scene.image_size_wh) == pytest.approx(0.5)


def test_bays_come_from_the_ground_through_the_calibration(street: Any) -> None:
    """A bay drawn on the ground lands where the camera sees it, within a pixel, with the file's capacity."""
    scene = street.scene()
    drawn = street.scene(calibrated=False)
    assert [bay.capacity for bay in scene.bays] == [1, 2, 1]
    for ground, picture in zip(scene.bays, drawn.bays, strict=True):
        np.testing.assert_allclose(ground.polygon_px, picture.polygon_px, atol=1.0)


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        (
            {"bays": [{"bay_id": "A", "polygon_px": [[0, 0], [100, 100], [100, 0], [0, 100]]}]},
            InvalidGeometry,
            "bay A crosses itself",
        ),
        (
            {"bays": [{"bay_id": "A", "polygon_px": [[700, 0], [800, 0], [800, 90]]}]},
            InvalidGeometry,
            "bay A lies outside the frame of 640 x 360",
        ),
        (
            {"bays": [{"bay_id": "A", "polygon_px": [[0, 0], [9, 9]]}]},
            InvalidGeometry,
            "2 corners: wanted 3",
        ),
        (
            {"bays": [{"bay_id": "A", "polygon_px": SQUARE}] * 2},
            InvalidGeometry,
            "bay A stands twice",
        ),
        ({"bays": []}, InvalidFile, "no bays"),
        ({"bays": [{"bay_id": "A"}]}, UnknownBay, "bay A has no polygon_px"),
        (
            {"bays": [{"bay_id": "A", "capacity": 0, "polygon_px": SQUARE}]},
            InvalidFile,
            "bays.0.capacity",
        ),
        ({"image_size": [0, 360]}, InvalidFile, "image_size"),
        ({"bays_geojson": "nowhere.geojson"}, InvalidFile, "nowhere.geojson cannot be read"),
        (
            {
                "calibration": {
                    "image_points": [[0, 0], [1, 0], [1, 1]],
                    "ground_points": [[2.5, 48.9], [2.6, 48.9], [2.6, 48.8]],
                }
            },
            CalibrationTooFew,
            "3 pairs of points: wanted 4",
        ),
    ],
)
def test_bad_scenes_are_refused_with_the_reason(
    tmp_path: Path, changes: dict[str, Any], error: type[AirelibError], match: str
) -> None:
    """Each bad scene has its error and a sentence that names what was found."""
    with pytest.raises(error, match=match):
        read_scene(written(tmp_path, document(**changes)))


def test_a_bay_missing_on_the_ground_is_unknown(street: Any) -> None:
    """A bay that neither has a polygon nor stands in the bay file is unknown, by name."""
    content = street.document()
    content["bays"].append({"bay_id": "Z", "capacity": 1})
    with pytest.raises(UnknownBay, match="bay Z"):
        read_scene(written(street.folder, content))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"camera_id": "x"}'])
def test_what_is_no_scene_is_an_invalid_file(tmp_path: Path, text: str) -> None:
    """Empty, broken or incomplete files are refused by path."""
    path = tmp_path / "scene.json"
    path.write_text(text)
    with pytest.raises(InvalidFile, match=r"scene\.json"):
        read_scene(path)
