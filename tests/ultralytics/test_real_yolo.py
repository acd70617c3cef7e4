"""A real YOLO network is trained, exported, imported, and gives the same boxes on every runtime."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.errors import UltralyticsFailed
from models.heads import read_boxes
from models.manifest import get_weights
from models.ultralytics_process import run_job
from tests.ultralytics.street import EPOCHS, NAMES, SIDE_PX, Trained, called, frames_of
from vision.crops import CropPlan, cut
from vision.detector import load_detector, overlap_with
from vision.runtimes import open_runtime

pytest.importorskip(
    "ultralytics", reason="no Ultralytics in this environment: `make test-ultralytics` runs these"
)

EXACT_PX = 0.05
"""Largest difference of a box's side between runtimes in 32 bits, network pixels: sums in another order."""

BF16_PX = 2.0
"""The same where Ultralytics lets OpenVINO compute in bf16, as it does on processors that have it: steps of 1 at 128 to 256."""

BEST = 20
"""Boxes of a picture that are compared, the best ones: after so few epochs no score is high."""

CELLS = 525
"""Cells of a network of side 160: 400, 100 and 25."""

TOLERANCE_SCORE = 0.005


def test_the_loss_goes_down(trained: Trained) -> None:
    """Some epochs on the rendered street bring the training loss down, and the card tells it epoch by epoch."""
    losses = trained.card["losses"]
    assert len(losses) == EPOCHS
    assert losses[-1] < 0.9 * losses[0]
    assert tuple(trained.card["classes"]) == NAMES


@pytest.fixture(scope="module")
def kept(trained: Trained, user_folder: Path) -> dict[str, str]:
    """Import the checkpoint in each form; the name of the weights by form."""
    names = {form: f"street-{form}" for form in ("onnx", "openvino", "pt")}
    for form, name in names.items():
        called("import", trained.checkpoint, "--name", name, "--as", form, "--size", SIDE_PX)
    return names


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """Return square pictures of the network's size."""
    crops = [picture[230:390, 620:780] for _, picture in frames_of("day")][:5]
    return np.ascontiguousarray(np.stack(crops))


@pytest.mark.parametrize(
    ("form", "runtime", "tolerance_px"),
    [
        ("openvino", "openvino", EXACT_PX),
        ("onnx", "onnx", EXACT_PX),
        ("pt", "ultralytics", EXACT_PX),
        ("onnx", "ultralytics", EXACT_PX),
        ("openvino", "ultralytics", BF16_PX),
    ],
)
def test_every_runtime_gives_the_same_boxes(
    kept: dict[str, str], pictures: np.ndarray, form: str, runtime: str, tolerance_px: float
) -> None:
    """The exports in OpenVINO and ONNX Runtime, and checkpoint and exports in Ultralytics, give the boxes of ONNX in OpenVINO."""
    wanted_weights, weights = get_weights(kept["onnx"]), get_weights(kept[form])
    wanted = precise(open_runtime(wanted_weights, "openvino", 1).infer(pictures))
    found = precise(open_runtime(weights, runtime, 1).infer(pictures))

    assert found.shape == wanted.shape == (5, 4 + len(NAMES), CELLS)
    for one, other in zip(found, wanted, strict=True):
        threshold = float(np.sort(other[4:].max(axis=0))[-BEST])
        sure = np.flatnonzero(other[4:].max(axis=0) >= threshold)
        np.testing.assert_allclose(one[:4, sure], other[:4, sure], atol=tolerance_px)
        np.testing.assert_allclose(one[4:, sure], other[4:, sure], atol=TOLERANCE_SCORE)
        boxes, _, _ = read_boxes(
            [other], wanted_weights, threshold=threshold, keep_class_ids=range(len(NAMES))
        )
        assert len(boxes) == len(sure) >= BEST


def precise(outputs: list[np.ndarray]) -> np.ndarray:
    """Return the one tensor that a YOLO gives."""
    (tensor,) = outputs
    return tensor


def test_the_detector_takes_imported_weights(kept: dict[str, str]) -> None:
    """A detector by name gives the same vehicles through its crops on two runtimes, and only vehicle classes."""
    picture = next(picture for _, picture in frames_of("day"))
    plan = CropPlan(np.array([[400, 100, 900, 600], [0, 0, 1280, 1280]], np.int32))
    weights = get_weights(kept["onnx"])
    (raw,) = open_runtime(weights, "onnx", 1).infer(cut(picture, plan, weights.input_size_wh))
    threshold = float(raw[:, 4 : 4 + len(NAMES) - 1].max()) * 0.8
    found = [
        load_detector(kept["onnx"], runtime, 1, threshold).detect(picture, plan)
        for runtime in ("openvino", "onnx")
    ]
    assert len(found[0]) > 0
    np.testing.assert_allclose(found[0].boxes_xyxy, found[1].boxes_xyxy, atol=0.5)
    np.testing.assert_array_equal(found[0].classes, found[1].classes)


def test_models_are_compared_on_a_labelled_folder(
    kept: dict[str, str], trained: Trained, tmp_path: Path
) -> None:
    """The table has a line for all vehicles, sizes and conditions, and the embedded weights stand beside."""
    called(
        "compare", "nanodet-g", kept["onnx"], "--data", trained.data, "--json", tmp_path / "c.json"
    )
    rows = json.loads((tmp_path / "c.json").read_text())
    groups = {(row["weights"], row["group"]) for row in rows}
    assert {("nanodet-g", "all"), (kept["onnx"], "all"), ("nanodet-g", "oblique")} <= groups
    best = next(row for row in rows if row["weights"] == "nanodet-g" and row["group"] == "all")
    assert best["recall"] > 0.5
    assert best["picture_ms"] > 0


@pytest.fixture(scope="module")
def yolo26(labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkpoint of YOLO26n after one epoch on tiny pictures."""
    out = tmp_path_factory.mktemp("yolo26") / "y.pt"
    options = ["--start", "yolo26n.yaml", "--epochs", 1, "--size", 32]
    called("train", labelled, *options, "--out", out)
    return out


@pytest.mark.parametrize(("head", "shape"), [([], (9, CELLS)), (["--end-to-end"], (300, 6))])
def test_both_heads_of_yolo26_can_be_read(
    yolo26: Path, user_folder: Path, tmp_path: Path, head: list[str], shape: tuple[int, int]
) -> None:
    """YOLO26 exports with and without its end-to-end head; either is imported and gives the same scores in OpenVINO and ONNX Runtime."""
    network, name = tmp_path / "y.onnx", f"y26-{len(head)}"
    called("export", yolo26, "--format", "onnx", "--size", SIDE_PX, *head, "--out", network)
    called("import", network, "--name", name)
    weights = get_weights(name)
    pictures = np.random.default_rng(1).integers(0, 255, (2, SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
    one, other = (
        open_runtime(weights, runtime, 1).infer(pictures)[0] for runtime in ("openvino", "onnx")
    )
    assert one.shape == (2, *shape)
    assert weights.input_size_wh == (SIDE_PX, SIDE_PX)
    scores = (slice(None), slice(None), 4) if head else (slice(None), slice(4, None))
    np.testing.assert_allclose(one[scores], other[scores], atol=TOLERANCE_SCORE)


def test_eight_bits_are_made_and_see_the_same_vehicles(user_folder: Path, tmp_path: Path) -> None:
    """The published network becomes a smaller one of 8 bits, which is imported and finds the vehicles that the published one is sure of."""
    pictures = [picture for _, picture in frames_of("day")][:4]
    for i, picture in enumerate(pictures):
        cv2.imwrite(str(tmp_path / f"{i}.png"), picture)
    network, published = tmp_path / "small.xml", get_weights("nanodet-g")
    called("quantise", published.name, "--pictures", tmp_path, "--out", network)
    classes = ["--classes", ",".join(published.classes), "--family", "nanodet", "--size", 416]
    called("import", network, "--name", "small", *classes)

    assert get_weights("small").data_path.stat().st_size < 0.6 * published.path.stat().st_size
    plan = CropPlan(np.array([[400, 0, 950, 550], [0, 0, 1280, 1280]], np.int32))
    sure = load_detector(published.name, threads=1, threshold=0.5).detect(pictures[2], plan)
    found = load_detector("small", threads=1, threshold=0.25).detect(pictures[2], plan)
    assert len(sure) > 0
    for box in sure.boxes_xyxy:
        assert overlap_with(box, found.boxes_xyxy)[0].max() > 0.7


class Touch:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (open, (str(self.path), "w"))


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    """A checkpoint that would run code when it is loaded is refused, and the code has not run."""
    mark, checkpoint = tmp_path / "ran", tmp_path / "evil.pt"
    with zipfile.ZipFile(checkpoint, "w") as archive:
        archive.writestr("evil/data.pkl", pickle.dumps({"model": Touch(mark)}, protocol=2))
        archive.writestr("evil/version", "3\n")
        archive.writestr("evil/byteorder", "little")
    with pytest.raises(UltralyticsFailed):
        run_job({"do": "describe", "path": str(checkpoint)})
    assert not mark.exists()
