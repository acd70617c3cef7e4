"""Doubt: what the look of a bay does to an answer, and that the detector's failure in a view makes nothing confidently wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vision.detector import FAINT_SCORE, SURE_SCORE, Detections, at_least, embedded_detector
from vision.doubt import doubted
from vision.files import empty_detections
from vision.observation import BayObservation, SceneView, observe, prepare
from vision.replay import seen_alone
from vision.scene import Scene, SceneBay
from vision.source import frames, open_source
from vision.structure import LOG_RATIO_LIMIT, log_ratios

Luma = NDArray[np.uint8]

SIZE_WH = (640, 360)

BOXES = tuple((40 + 200 * i, 150, 160 + 200 * i, 210) for i in range(3))
"""Three bays of 120 x 60 pixels beside each other: left, top, right, bottom."""

NOBODY = np.zeros((0, 4), np.float32)


def rectangle(x0: float, y0: float, x1: float, y1: float) -> NDArray[np.float64]:
    """Return the corners of a rectangle."""
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64)


def scene_with(*polygons: NDArray[np.float64], size_wh: tuple[int, int] = SIZE_WH) -> Scene:
    """Return a scene of bays named by their number, drawn in the picture."""
    bays = tuple(SceneBay(str(i), 1, polygon) for i, polygon in enumerate(polygons))
    return Scene("test", size_wh, bays, None)


def view_of(*polygons: NDArray[np.float64]) -> SceneView:
    """Return a prepared scene."""
    return prepare(scene_with(*polygons), SIZE_WH)


def road(seed: int = 0) -> Luma:
    """Paint a bare road with a sensor's noise and white lines between the bays."""
    rng = np.random.default_rng(seed)
    luma = np.clip(rng.normal(100, 3, SIZE_WH[::-1]), 0, 255).astype(np.uint8)
    for x0, y0, x1, y1 in BOXES:
        cv2.rectangle(luma, (x0, y0), (x1, y1), 200, 2)
    return luma


def parked(luma: Luma, bay: int) -> Luma:
    """Paint a car seen from above into a bay: body, windows, a shadow."""
    result = luma.copy()
    x0, y0, x1, y1 = BOXES[bay]
    cv2.rectangle(result, (x0 + 8, y0 + 10), (x1 - 8, y1 - 8), 190, -1)
    cv2.rectangle(result, (x0 + 30, y0 + 14), (x0 + 45, y1 - 12), 30, -1)
    cv2.rectangle(result, (x1 - 40, y0 + 14), (x1 - 28, y1 - 12), 35, -1)
    cv2.rectangle(result, (x0 + 8, y1 - 8), (x1 - 8, y1 - 3), 20, -1)
    return result


def boxes(*rows: tuple[int, float]) -> Detections:
    """Return detections given as bay and score: a box that stands in the bay."""
    found = [[BOXES[bay][0], BOXES[bay][1] - 20, BOXES[bay][2], BOXES[bay][3]] for bay, _ in rows]
    return Detections(
        np.asarray(found, np.float32).reshape(-1, 4),
        np.asarray([score for _, score in rows], np.float32),
        np.full(len(rows), 2, np.int8),
    )


def answers(luma: Luma, found: Detections) -> list[str]:
    """Return the state of each of three bays, doubt applied."""
    view = view_of(*(rectangle(*box) for box in BOXES))
    seen = doubted(view, luma, found, observe(view, at_least(found, SURE_SCORE)))
    return [bay.state.value for bay in seen]


def test_bare_ground_without_a_box_is_free() -> None:
    """Noise and painted lines are no structure."""
    assert answers(road(), empty_detections()) == ["free"] * 3


def test_a_bay_that_holds_something_the_detector_did_not_find_is_unknown() -> None:
    """It may be a vehicle that the detector missed: not free, and not occupied either."""
    assert answers(parked(road(), 1), empty_detections())[1] == "unknown"


def test_a_vehicle_found_where_one_is_seen_is_occupied_and_its_empty_neighbours_free() -> None:
    """Look and box agree."""
    assert answers(parked(road(), 1), boxes((1, 0.7))) == ["free", "occupied", "free"]


def test_a_box_on_bare_ground_is_unknown() -> None:
    """Stray boxes lie on trees' shadows and on nothing; picture and detector contradict each other."""
    assert answers(road(), boxes((0, SURE_SCORE + 0.02)))[0] == "unknown"


def test_among_found_vehicles_a_faint_look_is_outweighed() -> None:
    """Where the detector shows that it works, a bay with nothing but a crack in it stays free."""
    luma = parked(parked(road(), 1), 2)
    cv2.line(luma, (60, 160), (140, 200), 60, 2)
    assert answers(luma, boxes((1, 0.8), (2, 0.8)))[0] == "free"


def test_the_reason_is_given_and_nothing_is_counted() -> None:
    """An answer taken back leaves no vehicle and no confidence."""
    view = view_of(*(rectangle(*box) for box in BOXES))
    luma = parked(road(), 2)
    unsure = doubted(view, luma, empty_detections(), observe(view, empty_detections()))[2]
    assert (unsure.reason, unsure.sightings, unsure.confidence) == ("unsure", (), 0.0)


def test_what_is_unknown_already_keeps_its_reason() -> None:
    """Doubt speaks only of answers."""
    view = view_of(rectangle(-90, 150, 30, 210), rectangle(*BOXES[1]))
    seen = doubted(view, road(), empty_detections(), observe(view, empty_detections()))
    assert [bay.reason for bay in seen] == ["outside", ""]


def test_a_picture_of_one_brightness_raises_no_error() -> None:
    """Black and white pictures have no contrast to divide by."""
    for value in (0, 255):
        even = np.full(SIZE_WH[::-1], value, np.uint8)
        assert answers(even, empty_detections()) == ["free"] * 3


@given(st.floats(0.5, 1.8), st.integers(0, 20))
@settings(max_examples=20, deadline=None)
def test_the_look_hardly_depends_on_exposure(gain: float, seed: int) -> None:
    """A brighter or darker picture of the same bays keeps bare ground and vehicles apart."""
    view = view_of(*(rectangle(*box) for box in BOXES))
    luma = np.clip(parked(road(seed), 0) * gain, 0, 255).astype(np.uint8)
    with_car, bare = (log_ratios(view.views[bay], luma, NOBODY)[0] for bay in (0, 1))
    assert with_car > 1
    assert bare < -1
    assert max(abs(with_car), abs(bare)) <= LOG_RATIO_LIMIT


def test_what_stands_before_a_bay_says_nothing_of_it() -> None:
    """Samples behind another vehicle's box are left out, and with too few left the look is not told."""
    view = view_of(rectangle(*BOXES[0]))
    covering = np.array([[*BOXES[0]]], np.float32)
    assert np.isnan(log_ratios(view.views[0], road(), covering)).all()


CLIPS: dict[str, tuple[int, list[tuple[tuple[float, float, float, float], bool]]]] = {
    "ufuk_carPark.mp4": (
        122,
        [
            ((50, 103, 155, 146), True),
            ((50, 197, 155, 240), True),
            ((157, 292, 262, 335), True),
            ((400, 339, 503, 382), True),
            ((903, 339, 995, 382), True),
            ((50, 386, 155, 429), False),
            ((157, 575, 262, 618), False),
            ((620, 100, 700, 150), False),
        ],
    ),
    "tyoh_night.mp4": (
        115,
        [
            ((430, 250, 570, 350), True),
            ((250, 250, 340, 340), False),
            ((180, 290, 300, 355), False),
            ((250, 190, 330, 225), False),
        ],
    ),
    "intel_car-detection.mp4": (
        217,
        [
            ((90, 215, 290, 430), True),
            ((315, 20, 455, 255), True),
            ((50, 50, 200, 200), False),
            ((560, 100, 730, 300), False),
        ],
    ),
}
"""Clips on which the detector fails or half fails: index of a frame and bays with whether a vehicle stands there."""


@pytest.mark.parametrize("name", CLIPS)
@pytest.mark.parametrize("alone", [True, False])
def test_where_the_detector_fails_bays_are_right_or_unknown(
    shared: Path, name: str, *, alone: bool
) -> None:
    """From straight above and at night no answer is wrong, whether the scene has one bay or several."""
    path = shared / "data" / "frames" / "videos" / name
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    index, bays = CLIPS[name]
    frame = next(f for f in frames(open_source(str(path))) if f.name == str(index))
    detector = embedded_detector(1, FAINT_SCORE)
    for group in [[bay] for bay in bays] if alone else [bays]:
        scene = scene_with(*(rectangle(*box) for box, _ in group), size_wh=frame.size_wh)
        view = prepare(scene, frame.size_wh)
        found = detector.detect(frame.bgr, view.plan)
        seen = seen_alone(view, frame.luma, found, SURE_SCORE)
        for bay, (_, is_occupied) in zip(seen, group, strict=True):
            assert bay.state.value in {"unknown", "occupied" if is_occupied else "free"}


def test_faint_boxes_alone_are_left_to_the_machine(
    sighting: Callable[..., Any], seen: Callable[..., BayObservation]
) -> None:
    """A box below the sure score keeps a known vehicle: doubt does not take it away."""
    view = view_of(rectangle(*BOXES[0]))
    faint = seen(sighting(score=0.25))
    assert doubted(view, road(), empty_detections(), (faint,)) == (faint,)
