"""Privacy: what lies under the mask changes nothing, and nothing but vehicles comes out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.vision.painted import BAYS, SIZE_WH, BrightnessDetector, painted_frame
from vision.detector import FAINT_SCORE, LABEL_TO_CLASS, embedded_detector
from vision.doubt import doubted
from vision.frame import PrivacyMask
from vision.health import dump_health, examine, new_health
from vision.health.registration import WIDTH_PX, look_from, points_of
from vision.observation import observe, prepare
from vision.scene import Scene, SceneBay
from vision.source import frames, open_source

Bgr = NDArray[np.uint8]

MASK = [[(200.0, 0.0), (320.0, 0.0), (320.0, 80.0), (200.0, 80.0)]]
"""A window and a door in the upper right corner of the painted street."""

SCENE = Scene(
    "painted",
    SIZE_WH,
    tuple(
        SceneBay(name, 1, np.array([[x, 70.0], [x + 100, 70], [x + 100, 130], [x, 130]]))
        for name, x in BAYS
    ),
    None,
)


def everything(bgr: Bgr) -> tuple[object, ...]:
    """Return all that comes of one picture: health, finding, observations."""
    covered = PrivacyMask(MASK, SIZE_WH).blackened(bgr, is_own=False)
    luma = np.asarray(cv2.cvtColor(covered, cv2.COLOR_BGR2GRAY), np.uint8)
    health, finding = examine(new_health(), luma, 0.0, is_live=True, scene=SCENE)
    view = prepare(SCENE, SIZE_WH)
    found = BrightnessDetector().detect(covered, view.plan)
    seen = doubted(view, luma, found, observe(view, found))
    return dump_health(health), finding.reason, finding.measures, seen


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_what_lies_under_the_mask_changes_nothing(seed: int) -> None:
    """Whatever is painted under the mask, memory, health and observations are the same."""
    plain = painted_frame(30.0)
    other = plain.copy()
    rng = np.random.default_rng(seed)
    other[:80, 200:] = rng.integers(0, 255, other[:80, 200:].shape, dtype=np.uint8)
    assert everything(other) == everything(plain)


def test_no_keypoint_is_kept_in_the_mask_or_at_its_edge(repo: Path) -> None:
    """A mask's edge stands still whatever the camera does, and what it hides is nobody's."""
    clip = repo / "sample_data" / "clips" / "day" / "clip.mp4"
    frame = next(frames(open_source(str(clip))))
    polygon = (((300.0, 0.0), (900.0, 0.0), (900.0, 300.0), (300.0, 300.0)),)
    covered = PrivacyMask(polygon, frame.size_wh).blackened(frame.bgr, is_own=False)
    points = points_of(np.asarray(cv2.cvtColor(covered, cv2.COLOR_BGR2GRAY), np.uint8))
    kept = look_from(points, np.eye(3), 100.0, 0.0).points_01 * frame.size_wh
    margin = frame.size_wh[0] / WIDTH_PX * 2
    inside = (kept[:, 0] > 300 - margin) & (kept[:, 0] < 900 + margin) & (kept[:, 1] < 300 + margin)
    assert len(kept) > 50
    assert not inside.any()


def test_a_person_gives_no_box(shared: Path) -> None:
    """Where a man walks over the lawn at night, no box of any score lies on him."""
    path = shared / "data" / "frames" / "videos" / "tyoh_night.mp4"
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    frame = next(f for f in frames(open_source(str(path))) if f.name == "3")
    lawn = np.array([[300.0, 200.0], [400, 200], [400, 320], [300, 320]])
    view = prepare(Scene("lawn", frame.size_wh, (SceneBay("lawn", 1, lawn),), None), frame.size_wh)
    found = embedded_detector(1, FAINT_SCORE).detect(frame.bgr, view.plan)
    person = np.array([330.0, 210, 368, 305])
    low = np.maximum(found.boxes_xyxy[:, :2], person[:2])
    high = np.minimum(found.boxes_xyxy[:, 2:], person[2:])
    common = np.clip(high - low, 0, None).prod(axis=1)
    either = (found.boxes_xyxy[:, 2:] - found.boxes_xyxy[:, :2]).prod(axis=1) + 38 * 95 - common
    assert (common / either < 0.5).all()


def test_no_label_but_a_vehicle_is_kept() -> None:
    """Persons, animals and things have no way out of the detector."""
    assert set(LABEL_TO_CLASS) == {
        "bicycle",
        "motorcycle",
        "car",
        "bus",
        "truck",
        "train",
        "van",
        "two_wheeler",
    }
