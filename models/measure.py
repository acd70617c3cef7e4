"""Compares detectors on labelled pictures: precision, recall and average precision, by size and condition, and speed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import DatasetInvalid
from models.heads import read_boxes
from models.labelled import Folder, Labelled, open_folder, read_pictures
from models.manifest import Weights, read_network
from models.nanodet import normalise
from models.shelf import VEHICLE_LABELS
from models.trial import runner

Floats = NDArray[np.float32]

MATCH_IOU = 0.5
"""Overlap from which a box is the labelled one: the 50 of mAP50 (PASCAL VOC 2010)."""

NMS_IOU = 0.5
"""Boxes of a picture that share more than this are one vehicle, as in the detector."""

LEAST_SCORE = 0.01
"""Boxes below it end the curve of precision and recall (parameter)."""

SIZES = (("small", 0.0, 0.05), ("medium", 0.05, 0.15), ("large", 0.15, np.inf))
"""Size of a vehicle by the longer side of its box over that of the picture; at 640 pixels: below 32, 32 to 96, above, as COCO."""

GREY = 114
"""Padding of a picture that is not square, 0..255."""


@dataclass(frozen=True)
class Row:
    """One line of the comparison; shares are 0..1."""

    weights: str
    group: str
    """`all`, a size or a condition."""
    labelled: int
    """Labelled vehicles."""
    precision: float | None
    """At the weights' threshold; None where nothing was found, and for sizes of what was found nowhere."""
    recall: float
    map50: float
    """Area under the curve of precision and recall at IoU 0.5, of vehicles as one class."""
    picture_ms: float | None
    """Median milliseconds a picture in OpenVINO, without reading the file; of the group `all` only."""


@dataclass(frozen=True)
class Looked:
    """What one picture gave."""

    scores: Floats
    """Shape (n,), best first."""
    sizes: Floats
    """Shape (n,): longer side of each box over the picture's."""
    match: NDArray[np.int64]
    """Shape (n,): the labelled box that each found one is, -1 for none."""
    true_sizes: Floats
    """Shape (m,)."""
    condition: str


def compare_weights(weights: Weights, data: Path, split: str, threads: int) -> list[Row]:
    """Measure weights on a labelled folder.

    Vehicles are one class: COCO's labels and a folder's own do not name the same things.

    Parameters
    ----------
    weights
        Entry of a manifest, ONNX or OpenVINO IR.
    data
        data.yaml of a YOLO-format folder, or the folder.
    split
        Its part.
    threads
        Processor threads.

    Raises
    ------
    DatasetInvalid
        If the folder cannot be read or holds no vehicle.
    """
    folder = open_folder(data, split)
    run, looked, times_s = runner(read_network(weights), threads), [], []
    for labelled in read_pictures(folder):
        begun = time.perf_counter()
        boxes, scores = _found(weights, run, labelled.picture_bgr)
        times_s.append(time.perf_counter() - begun)
        looked.append(_looked(boxes, scores, labelled, folder))
    if not sum(len(one.true_sizes) for one in looked):
        raise DatasetInvalid(
            f"{data} labels no vehicle: wanted at least one of {', '.join(VEHICLE_LABELS)}."
        )
    rows = [_row(weights, "all", looked, (0.0, np.inf), float(np.median(times_s)) * 1000)]
    rows += [_row(weights, name, looked, (low, high)) for name, low, high in SIZES]
    for condition in sorted({one.condition for one in looked} - {""}):
        chosen = [one for one in looked if one.condition == condition]
        rows.append(_row(weights, condition, chosen, (0.0, np.inf)))
    return [row for row in rows if row.labelled]


def table(rows: list[Row]) -> str:
    """Write rows as a Markdown table."""
    head = "| weights | group | labelled | precision | recall | mAP50 | ms a picture |\n|---|---|--:|--:|--:|--:|--:|\n"
    return head + "".join(
        f"| {row.weights} | {row.group} | {row.labelled} | {_share(row.precision)} | {_share(row.recall)} "
        f"| {_share(row.map50)} | {'' if row.picture_ms is None else f'{row.picture_ms:.1f}'} |\n"
        for row in rows
    )


def average_precision(hits: NDArray[np.bool_], labelled: int) -> float:
    """Return the area under the curve of precision and recall.

    Parameters
    ----------
    hits
        Shape (n,): whether each found box is a labelled one, best score first.
    labelled
        Labelled boxes, above 0.

    Notes
    -----
    Precision is made falling from the right, then summed over the steps of recall: PASCAL VOC 2010, all points.
    """
    right = np.cumsum(hits)
    precision = right / np.arange(1, len(hits) + 1)
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    return float((falling * hits).sum() / labelled)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _found(
    weights: Weights, run: Callable[[Floats], list[Floats]], picture_bgr: NDArray[np.uint8]
) -> tuple[Floats, Floats]:
    """Return boxes in pixels of the picture and scores, best first, each vehicle once."""
    square, scale = _letterbox(picture_bgr, weights.input_size_wh[0])
    planes = normalise(square[None], weights.mean_bgr, weights.std_bgr)
    outputs = run(planes[:, ::-1].copy() if weights.channel_order == "rgb" else planes)
    boxes, scores, _ = read_boxes(
        [tensor[0] for tensor in outputs],
        weights,
        threshold=LEAST_SCORE,
        keep_class_ids=weights.vehicle_class_ids,
    )
    order = np.argsort(-scores, kind="stable")
    boxes, scores = boxes[order] / scale, scores[order]
    alive = np.ones(len(scores), bool)
    for i in range(len(scores)):
        if alive[i]:
            alive[i + 1 :] &= _overlap(boxes[i + 1 :], boxes[i : i + 1])[:, 0] < NMS_IOU
    return boxes[alive], scores[alive]


def _letterbox(picture_bgr: NDArray[np.uint8], side: int) -> tuple[NDArray[np.uint8], float]:
    height, width = picture_bgr.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    square = np.full((side, side, 3), GREY, np.uint8)
    square[: size[1], : size[0]] = cv2.resize(picture_bgr, size, interpolation=cv2.INTER_AREA)
    return square, scale


def _looked(boxes: Floats, scores: Floats, labelled: Labelled, folder: Folder) -> Looked:
    longer = max(labelled.picture_bgr.shape[:2])
    is_vehicle = [folder.names[i] in VEHICLE_LABELS for i in labelled.class_ids]
    truth = labelled.boxes_xyxy[np.asarray(is_vehicle, bool)]
    overlap, match = _overlap(boxes, truth), np.full(len(boxes), -1, np.int64)
    for i in range(len(boxes)):
        if overlap.shape[1] and overlap[i].max() >= MATCH_IOU:
            match[i] = overlap[i].argmax()
            overlap[:, match[i]] = 0
    return Looked(scores, _sides(boxes) / longer, match, _sides(truth) / longer, labelled.condition)


def _row(
    weights: Weights,
    group: str,
    looked: list[Looked],
    size: tuple[float, float],
    picture_ms: float | None = None,
) -> Row:
    parts = [_counted(one, size) for one in looked]
    scores, hits = (np.concatenate(column) for column in zip(*(p[:2] for p in parts), strict=True))
    labelled = sum(part[2] for part in parts)
    order = np.argsort(-scores, kind="stable")
    scores, hits = scores[order], hits[order].astype(bool)
    sure = hits[scores >= weights.threshold]
    return Row(
        weights=weights.name,
        group=group,
        labelled=labelled,
        precision=float(sure.mean()) if len(sure) else None,
        recall=float(sure.sum() / max(labelled, 1)),
        map50=average_precision(hits, labelled) if labelled else 0.0,
        picture_ms=picture_ms,
    )


def _counted(one: Looked, size: tuple[float, float]) -> tuple[Floats, NDArray[np.bool_], int]:
    """Return scores, hits and labelled vehicles of a size: a hit has the size of its label, a stray its own."""
    low, high = size
    true_sizes = np.append(one.true_sizes, 0)[one.match]
    sizes = np.where(one.match >= 0, true_sizes, one.sizes)
    here = (sizes >= low) & (sizes < high)
    labelled = int(((one.true_sizes >= low) & (one.true_sizes < high)).sum())
    return one.scores[here], one.match[here] >= 0, labelled


def _sides(boxes: Floats) -> Floats:
    return np.asarray((boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0), np.float32)


def _overlap(boxes: Floats, others: Floats) -> Floats:
    """Return the intersection over union of each box, shape (n, m), with each other one."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(part[:, 2:] - part[:, :2]).prod(axis=1) for part in (boxes, others)]
    return np.asarray(
        common / np.maximum(areas[0][:, None] + areas[1][None] - common, 1e-6), np.float32
    )
