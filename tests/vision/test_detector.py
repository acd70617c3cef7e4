"""The detector on real pictures, and what may leave it."""

from __future__ import annotations

import csv
import json
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidSettings
from geo.words import VEHICLE_CLASSES, VehicleClass
from models.errors import UnknownWeights
from models.manifest import Weights, get_weights, read_network
from sample_data.scene.clips import clip_dir
from vision.commands.detect import detect
from vision.commands.evaluate import evaluate
from vision.crops import CropPlan, cut, plan_crops
from vision.detector import (
    CropDetector,
    Detections,
    embedded_detector,
    load_detector,
    overlap_with,
    suppress,
)
from vision.runtimes import MAX_BATCH, default_weights, open_runtime
from vision.runtimes.openvino_door import OpenVinoRuntime
from vision.scene import Scene, SceneBay, read_scene
from vision.source import frames, open_source


def called(command: Any, *arguments: object) -> str:
    """Call a command and return what it printed."""
    return CliRunner().invoke(command, list(map(str, arguments)), catch_exceptions=False).output


def bay(name: str, x: float, y: float, size: float) -> SceneBay:
    """Return a square bay."""
    corners = np.array([[x, y], [x + size, y], [x + size, y + size], [x, y + size]])
    return SceneBay(name, 1, corners)


@pytest.mark.slow
def test_a_real_car_park_is_told_bay_by_bay(shared: Path, tmp_path: Path) -> None:
    """On 1200 real bay states the balanced accuracy, unknown counted as wrong, is at least 0.975."""
    data = shared / "data" / "frames" / "car_park_ufpr05"
    out = tmp_path / "p.csv"
    called(detect, "--scene", data / "scene.json", "--frames", data / "frames", "--out", out)
    figures = json.loads(called(evaluate, "--truth", data / "truth.csv", "--found", out, "--json"))
    assert figures["answers_wanted"] == 1200
    assert figures["balanced_accuracy"] >= 0.975


@pytest.mark.slow
def test_real_delivery_trucks_are_found(shared: Path, tmp_path: Path) -> None:
    """In a scene whose one bay is the road, the truck's box is found at IoU above a half in at least 97 % of frames."""
    data = shared / "data" / "frames" / "delivery_trucks"
    road = [[60, 260], [1300, 1050], [1780, 300], [1750, 100], [900, 90]]
    scene = {
        "camera_id": "lot",
        "image_size": [1911, 1080],
        "bays": [{"bay_id": "road", "polygon_px": road}],
    }
    (tmp_path / "scene.json").write_text(json.dumps(scene))
    boxes = tmp_path / "b.csv"
    called(
        detect,
        "--scene",
        tmp_path / "scene.json",
        "--frames",
        data / "frames",
        "--out",
        tmp_path / "p.csv",
        "--boxes",
        boxes,
    )
    found = corners_by_frame(boxes)
    truth = corners_by_frame(data / "boxes.csv")
    hits = [
        overlap_with(true[0], found[frame])[0].max(initial=0) > 0.5 if frame in found else False
        for frame, true in truth.items()
    ]
    assert len(hits) == 83
    assert np.mean(hits) >= 0.97


def corners_by_frame(path: Path) -> dict[str, Any]:
    """Return the boxes of each frame, shape (n, 4)."""
    frames: dict[str, list[list[float]]] = {}
    with path.open() as stream:
        for row in csv.DictReader(stream):
            frames.setdefault(row["frame"], []).append(
                [float(row[c]) for c in ("x0", "y0", "x1", "y1")]
            )
    return {frame: np.asarray(rows, np.float32) for frame, rows in frames.items()}


def test_an_empty_picture_has_no_vehicle() -> None:
    """On plain grey and on noise nothing is found, and what comes out are boxes, scores and vehicle classes only."""
    scene = Scene("cam", (640, 360), (bay("A", 200, 100, 80),), None)
    detector = embedded_detector(threads=1)
    noise = np.random.default_rng(1).integers(0, 255, (360, 640, 3), dtype=np.uint8)
    for picture in (np.full((360, 640, 3), 128, np.uint8), noise):
        assert len(detector.detect(picture, plan_crops(scene))) == 0
    assert set(Detections.__dataclass_fields__) == {"boxes_xyxy", "scores", "classes"}


@settings(max_examples=40, deadline=None)
@given(
    places=st.lists(
        st.tuples(st.floats(0, 1200), st.floats(0, 640), st.floats(25, 300)),
        min_size=1,
        max_size=12,
    )
)
def test_every_bay_lies_whole_in_a_window(places: list[tuple[float, float, float]]) -> None:
    """However bays lie, each is inside some window as far as the frame goes, windows are square and never more than bays and frame."""
    bays = tuple(bay(str(i), x, y, size) for i, (x, y, size) in enumerate(places))
    plan = plan_crops(Scene("cam", (1280, 720), bays, None))
    windows = plan.windows_xyxy
    assert len(windows) <= len(bays) + 1
    assert (windows[:, 2] - windows[:, 0] == windows[:, 3] - windows[:, 1]).all()
    for one in bays:
        low = np.clip(one.polygon_px.min(axis=0), 0, (1280, 720))
        high = np.clip(one.polygon_px.max(axis=0), 0, (1280, 720))
        assert ((windows[:, :2] <= low + 2) & (windows[:, 2:] >= high - 2)).all(axis=1).any()


def test_cut_pads_beyond_the_frame() -> None:
    """Windows come out at the network's size, the space beyond the frame grey."""
    frame = np.zeros((360, 640, 3), np.uint8)
    plan = plan_crops(Scene("cam", (640, 360), (bay("A", 300, 200, 60),), None))
    pictures = cut(frame, plan, (416, 416))
    assert pictures.shape == (len(plan.windows_xyxy), 416, 416, 3)
    assert (pictures[-1][-50:] == 114).all()
    assert (pictures[-1][:200] == 0).all()


def test_one_vehicle_seen_by_several_windows_is_one_box() -> None:
    """Boxes that overlap, whatever their labels, or lie within a better one, become one; neighbours stay."""
    boxes = np.array(
        [[0, 0, 100, 50], [4, 2, 102, 52], [0, 0, 45, 50], [110, 0, 210, 50]], np.float32
    )
    found = Detections(
        boxes, np.array([0.6, 0.8, 0.5, 0.4], np.float32), np.array([1, 2, 1, 1], np.int8)
    )
    kept = suppress(found)
    np.testing.assert_array_equal(kept.boxes_xyxy, boxes[[1, 3]])


def test_the_scene_of_the_car_park_needs_few_windows(shared: Path) -> None:
    """Forty bays are covered by at most ten windows."""
    scene = read_scene(shared / "data" / "frames" / "car_park_ufpr05" / "scene.json")
    assert len(plan_crops(scene).windows_xyxy) <= 10


@pytest.fixture(scope="module")
def street() -> tuple[np.ndarray, CropPlan]:
    """Return a rendered frame with vehicles, and its windows."""
    folder = clip_dir("day")
    frame = next(islice(frames(open_source(str(folder / "clip.mp4"))), 150, None))
    return frame.bgr, plan_crops(read_scene(folder / "scene.json"))


def test_openvino_and_onnx_runtime_see_the_same(street: tuple[np.ndarray, CropPlan]) -> None:
    """On a frame with vehicles both runtimes in 32 bits give the same boxes, scores and classes."""
    weights = get_weights("nanodet-g")
    precise = OpenVinoRuntime(weights, read_network(weights), 1, precision="f32")
    one = CropDetector(weights, precise, 0.3).detect(*street)
    other = load_detector("nanodet-g", "onnx", 1, 0.3).detect(*street)

    assert len(one) >= 3
    np.testing.assert_allclose(one.boxes_xyxy, other.boxes_xyxy, atol=0.1)
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-3)
    np.testing.assert_array_equal(one.classes, other.classes)


def test_the_embedded_8_bits_see_what_the_published_network_sees(
    street: tuple[np.ndarray, CropPlan],
) -> None:
    """Every vehicle that the published network is sure of is found in 8 bits too, at nearly the same place."""
    published = load_detector("nanodet-g", threads=1, threshold=0.45).detect(*street)
    embedded = embedded_detector(1).detect(*street)

    assert len(published) >= 3
    for box in published.boxes_xyxy:
        assert overlap_with(box, embedded.boxes_xyxy)[0].max() > 0.8


def test_many_pictures_at_once_are_each_alone(street: tuple[np.ndarray, CropPlan]) -> None:
    """A batch across cameras, of other sizes and numbers of windows, gives what each gives alone, in order; none gives none."""
    frame, plan = street
    dark = np.zeros((360, 640, 3), np.uint8)
    small = plan_crops(Scene("cam", (640, 360), (bay("A", 200, 100, 80),), None))
    pictures = [(frame, plan), (dark, small), (frame[:, ::-1].copy(), plan)]
    assert sum(len(p.windows_xyxy) for _, p in pictures) > MAX_BATCH
    detector = embedded_detector(1)

    together = detector.detect_many(pictures)

    assert [len(found) > 0 for found in together] == [True, False, True]
    for found, (picture, windows) in zip(together, pictures, strict=True):
        alone = detector.detect(picture, windows)
        np.testing.assert_allclose(found.boxes_xyxy, alone.boxes_xyxy, atol=0.5)
        np.testing.assert_allclose(found.scores, alone.scores, atol=0.01)
    assert detector.detect_many([]) == []


class Scripted:
    """A runtime that answers what it was told."""

    def __init__(self, *tensors: np.ndarray) -> None:
        self.tensors = list(tensors)

    def infer(self, pictures_bgr: np.ndarray) -> list[np.ndarray]:
        """Answer the same for each picture."""
        return [np.repeat(tensor[None], len(pictures_bgr), axis=0) for tensor in self.tensors]


def yolo_weights(*vehicles: str) -> Weights:
    """Return an entry of the family yolo."""
    facts = {
        "name": "y",
        "path": "y.onnx",
        "sha256": "0" * 64,
        "family": "yolo",
        "licence": "",
        "source": "",
    }
    more = {"recipe": "", "card": "y.md", "classes": ("person", "van"), "input_size_wh": (64, 64)}
    return Weights.model_validate({**facts, **more, "vehicle_classes": vehicles, "threshold": 0.25})


def test_nothing_but_vehicles_leaves_whatever_the_network_knows() -> None:
    """A sure person is dropped where boxes are read, a van beside it comes out as a van in pixels of the frame."""
    tensor = np.zeros((6, 84), np.float32)
    tensor[:, 0] = (20, 20, 10, 10, 0.9, 0.0)
    tensor[:, 1] = (40, 40, 20, 10, 0.1, 0.8)
    detector = CropDetector(yolo_weights("van"), Scripted(tensor), 0.3)
    plan = CropPlan(np.array([[0, 0, 128, 128]], np.int32))

    found = detector.detect(np.zeros((128, 128, 3), np.uint8), plan)

    np.testing.assert_allclose(found.boxes_xyxy, [[60, 70, 100, 90]])
    assert [VEHICLE_CLASSES[i] for i in found.classes] == [VehicleClass.VAN]


def test_weights_without_a_vehicle_are_refused() -> None:
    """A network that knows no vehicle is refused with the classes it offers."""
    with pytest.raises(InvalidSettings, match="person"):
        CropDetector(yolo_weights("person"), Scripted(), 0.3)


def test_a_runtime_says_what_it_takes() -> None:
    """Unknown names and files of another kind are refused naming the wanted ones; without a name fitting weights are taken."""
    with pytest.raises(InvalidSettings, match=r"tensorrt.*openvino, onnx, ultralytics"):
        load_detector(None, "tensorrt")
    with pytest.raises(InvalidSettings, match=r"nanodet-g-int8.*\.onnx"):
        load_detector("nanodet-g-int8", "onnx")
    with pytest.raises(InvalidSettings, match=r"family nanodet: wanted yolo"):
        load_detector("nanodet-g", "ultralytics")
    with pytest.raises(UnknownWeights, match="nanodet-g"):
        load_detector("yolo99")
    assert default_weights("openvino").name == "nanodet-g-int8"
    assert default_weights("onnx").name == "nanodet-g"
    pictures = np.zeros((1, 416, 416, 3), np.uint8)
    assert len(open_runtime(default_weights("onnx"), "onnx", 1).infer(pictures)) == 6
