"""scene.json: what is read, and each bad input with its sentence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import AirelibError, CalibrationTooFew, InvalidFile, InvalidGeometry, UnknownBay
from vision.bay_view import outlook
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


def dated(street: Any, made_at: str, *, shift: float = 0.0) -> Any:
    """Read the street's scene with a dated calibration, one image point moved."""
    content = street.document()
    content["calibration"]["made_at"] = made_at
    content["calibration"]["image_points"][0][0] += shift
    return read_scene(written(street.folder, content))


def test_a_dated_calibration_has_an_identity(street: Any) -> None:
    """Its identity is its instant in UTC and a short sum of its pairs and outlines: another pair, another identity."""
    scene = dated(street, "2026-11-25T11:00:30+01:00")
    assert scene.calibrated_at == datetime(2026, 11, 25, 10, 0, 30, tzinfo=UTC)
    day, digest = scene.calibration_id.rsplit("-", 1)
    assert day == "2026-11-25T10:00Z"
    assert len(digest) == 4
    assert dated(street, "2026-11-25T10:00:30Z").calibration_id == scene.calibration_id
    assert dated(street, "2026-11-25T10:00:30Z", shift=1e-4).calibration_id != scene.calibration_id


def test_an_undated_calibration_has_no_identity(street: Any) -> None:
    """Scene files without `made_at` are read as before."""
    assert (street.scene().calibration_id, street.scene().calibrated_at) == ("", None)


def test_an_instant_without_offset_is_refused(street: Any) -> None:
    """A calibration dated in nobody's time zone is refused by the field's name."""
    with pytest.raises(InvalidFile, match=r"calibration\.made_at"):
        dated(street, "2026-11-25T10:00:30")


def test_the_outlook_says_before_the_first_frame_what_will_be_unknown(tmp_path: Path) -> None:
    """A bay mostly outside the frame and one too small are named with their reason; a good one has none."""
    tiny = [[400, 50], [415, 50], [415, 58], [400, 58]]
    half = [[-150, 200], [60, 200], [60, 300], [-150, 300]]
    bays = [
        {"bay_id": name, "polygon_px": polygon}
        for name, polygon in (("good", SQUARE), ("tiny", tiny), ("half", half))
    ]
    found = outlook(read_scene(written(tmp_path, document(bays=bays))))
    assert [(one.bay_id, one.reason) for one in found] == [
        ("good", ""),
        ("tiny", "too_small"),
        ("half", "outside"),
    ]
    assert found[2].seen_share == pytest.approx(60 / 210)


def test_a_bay_with_a_place_outside_the_frame_cannot_be_told(tmp_path: Path) -> None:
    """Of a bay for three, the third place lies outside: a vehicle there is never seen, so that free can never be said."""
    long = [[340, 200], [760, 200], [760, 260], [340, 260]]
    bays = [{"bay_id": "A", "capacity": 3, "polygon_px": long}]
    (found,) = outlook(read_scene(written(tmp_path, document(bays=bays))))
    assert found.seen_share > 0.7
    assert found.reason == "outside"
