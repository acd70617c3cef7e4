"""The accuracy written in the manifest is what the shipped weights give on real frames."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.manifest import Weights
from models.nanodet import decode, normalise

TOLERANCE = 0.006
"""Figures are written with three digits; three of the 423 occupied bay states may differ."""

STANDING_POINT = 0.6
"""A vehicle is held to stand at this share of its box's height, as in ../shared/data/README.md."""

CROP_OVERLAP = 0.2
"""Share of a crop's side that the next crop sees too."""

THRESHOLDS = (0.20, 0.25, 0.30, 0.35)
"""Scores tried for the default threshold."""

Finder = Callable[[Path, tuple[int, int]], np.ndarray]

pytestmark = pytest.mark.slow


def crops(size_wh: tuple[int, int], columns_rows: tuple[int, int]) -> Iterator[tuple[slice, slice]]:
    """Cut a frame into overlapping crops of equal size, row by row."""
    spans = []
    for side, count in zip(size_wh, columns_rows, strict=True):
        length = side / (count - (count - 1) * CROP_OVERLAP)
        starts = [int(length * (1 - CROP_OVERLAP) * index) for index in range(count)]
        spans.append([slice(start, start + int(length)) for start in starts])
    return ((rows, columns) for rows in spans[1] for columns in spans[0])


def letterbox(picture: np.ndarray, side: int) -> tuple[np.ndarray, float]:
    """Shrink a picture into the top left of a grey square; gives the scale too."""
    scale = side / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    square = np.full((side, side, 3), 114, np.uint8)
    square[: small.shape[0], : small.shape[1]] = small
    return square, scale


@pytest.fixture(scope="module")
def find(weights: Weights, detector: Callable[[np.ndarray], list[np.ndarray]]) -> Finder:
    """Return the finder of vehicles (n, 5) in a picture file: box in pixels of the file, score."""

    @cache
    def found(path: Path, columns_rows: tuple[int, int]) -> np.ndarray:
        frame = cv2.imread(str(path))
        windows = list(crops((frame.shape[1], frame.shape[0]), columns_rows))
        squares = [letterbox(frame[window], weights.input_size_wh[0]) for window in windows]
        outputs = detector(normalise(np.stack([square for square, _ in squares])))
        vehicles = []
        for index, (rows, columns) in enumerate(windows):
            boxes, scores, _ = decode(
                [output[index] for output in outputs],
                threshold=min(THRESHOLDS),
                keep_class_ids=weights.vehicle_class_ids,
            )
            corner = [columns.start, rows.start] * 2
            vehicles.append(np.column_stack([boxes / squares[index][1] + corner, scores]))
        return np.concatenate(vehicles)

    return found


def bay_shares(
    folder: Path, find: Finder, columns_rows: tuple[int, int], threshold: float
) -> tuple[float, float]:
    """Give the shares of occupied bays found occupied and of free bays found free."""
    scene = json.loads((folder / "scene.json").read_text(encoding="utf-8"))
    polygons = {bay["bay_id"]: np.float32(bay["polygon_px"]) for bay in scene["bays"]}
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        truth = [
            (row["frame"], row["bay_id"], row["occupied"] == "1") for row in csv.DictReader(file)
        ]
    points = {
        frame: standing_points(find(folder / "frames" / frame, columns_rows), threshold)
        for frame in {frame for frame, _, _ in truth}
    }
    right: dict[bool, list[bool]] = {False: [], True: []}
    for frame, bay_id, occupied in truth:
        inside = [
            cv2.pointPolygonTest(polygons[bay_id], (float(x), float(y)), measureDist=False) >= 0
            for x, y in points[frame]
        ]
        right[occupied].append(any(inside) == occupied)
    return float(np.mean(right[True])), float(np.mean(right[False]))


def standing_points(vehicles: np.ndarray, threshold: float) -> np.ndarray:
    """Give the points (n, 2) where the vehicles scored at least the threshold stand."""
    left, top, right, bottom, score = vehicles.T
    points = np.stack([(left + right) / 2, top + STANDING_POINT * (bottom - top)], axis=1)
    return points[score >= threshold]


def sure_boxes(vehicles: np.ndarray, threshold: float) -> np.ndarray:
    """Give the boxes (n, 4) scored at least the threshold."""
    return vehicles[vehicles[:, 4] >= threshold, :4]


def best_iou(boxes: np.ndarray, truth: np.ndarray) -> float:
    """Give the largest intersection over union of any box with the true one; 0 without boxes."""
    shared_wh = np.minimum(boxes[:, 2:], truth[2:]) - np.maximum(boxes[:, :2], truth[:2])
    shared = np.clip(shared_wh, 0, None).prod(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) + (truth[2:] - truth[:2]).prod()
    return float(np.max(shared / (areas - shared), initial=0))


def written(weights: Weights, name: str) -> float:
    """Return a figure of the manifest by name."""
    return next(figure.value for figure in weights.accuracy if figure.name == name)


@pytest.mark.parametrize(("plan", "columns_rows"), [("crops", (3, 2)), ("whole", (1, 1))])
def test_car_park_figures_are_measured(
    shared: Path, weights: Weights, find: Finder, plan: str, columns_rows: tuple[int, int]
) -> None:
    """Vehicles are found where the truth of a real car park says occupied, as often as is written."""
    folder = shared / "data/frames/car_park_ufpr05"

    recall, specificity = bay_shares(folder, find, columns_rows, weights.threshold)

    assert recall == pytest.approx(written(weights, f"car_park_{plan}_recall"), abs=TOLERANCE)
    assert specificity == pytest.approx(
        written(weights, f"car_park_{plan}_specificity"), abs=TOLERANCE
    )


def test_the_default_threshold_is_the_best_of_four(
    shared: Path, weights: Weights, find: Finder
) -> None:
    """No other threshold tried gives a better mean of the two shares on the crops of the car park."""
    folder = shared / "data/frames/car_park_ufpr05"

    balanced = {
        threshold: float(np.mean(bay_shares(folder, find, (3, 2), threshold)))
        for threshold in THRESHOLDS
    }

    assert max(balanced, key=lambda threshold: balanced[threshold]) == weights.threshold


def test_delivery_truck_figure_is_measured(shared: Path, weights: Weights, find: Finder) -> None:
    """Delivery trucks of a real camera are found in whole frames as often as is written."""
    folder = shared / "data/frames/delivery_trucks"
    with (folder / "boxes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    ious = [
        best_iou(
            sure_boxes(find(folder / "frames" / row["frame"], (1, 1)), weights.threshold),
            np.asarray([float(row[side]) for side in ("x0", "y0", "x1", "y1")]),
        )
        for row in rows
    ]

    share = float(np.mean(np.asarray(ious) > 0.5))
    assert share == pytest.approx(written(weights, "delivery_trucks_whole_recall"), abs=TOLERANCE)
