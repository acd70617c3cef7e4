"""The detector: frames in, vehicle boxes out; nothing else of a picture leaves this module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.words import VEHICLE_CLASSES, VehicleClass
from models.manifest import Weights, get_weights, read_weights
from models.nanodet import decode
from vision.crops import CropPlan, cut

LABEL_TO_CLASS = {
    "bicycle": VehicleClass.TWO_WHEELER,
    "motorcycle": VehicleClass.TWO_WHEELER,
    "car": VehicleClass.CAR,
    "bus": VehicleClass.TRUCK,
    "truck": VehicleClass.TRUCK,
    "train": VehicleClass.TRUCK,
}
"""COCO labels that are vehicles, as one family; a bus or a train at the kerb is a lorry seen from an odd side.

COCO has no van: vans come out as car, truck or bus, so that the class is decided with the vehicle's size (`vision.vehicle_class`).
"""

SURE_SCORE = 0.3
"""Score from which a box alone shows a vehicle: below it NanoDet gives 28 % stray boxes, above it 6 % (scene brief, pitfalls)."""

FAINT_SCORE = 0.2
"""Score from which a box shows that a vehicle seen before is still there (parameter; see `vision.stays`)."""

NMS_IOU = 0.5
"""Boxes of one family that share more than this are one vehicle (parameter; car_park_ufpr05: docs/how-to/measure-vision.md)."""

INSIDE_SHARE = 0.85
"""A box that lies in better ones by this share of its own area is a part of a vehicle that a crop cut, or straddles two."""

EDGE_PX = 3
"""Network pixels from a window's inner edge within which a box counts as cut by the window."""


@dataclass(frozen=True)
class Detections:
    """The vehicles of one frame.

    Image y grows downwards; boxes are left, top, right, bottom in pixels of the frame.
    """

    boxes_xyxy: NDArray[np.float32]
    """Shape (n, 4)."""
    scores: NDArray[np.float32]
    """Shape (n,), 0..1."""
    classes: NDArray[np.int8]
    """Shape (n,), index in `geo.words.VEHICLE_CLASSES`, from the label alone."""

    def __len__(self) -> int:
        return len(self.scores)


class Runtime(Protocol):
    """What runs a network: OpenVINO, or another door."""

    def infer(self, pictures_bgr: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Return the outputs for a batch of pictures of the network's size."""


class Detector(Protocol):
    """What finds vehicles."""

    def detect(self, frame_bgr: NDArray[np.uint8], plan: CropPlan) -> Detections:
        """Return the vehicles of a frame, shape (height, width, 3), looked at through the windows of a plan."""


class NanoDetDetector:
    """The embedded detector behind a runtime.

    Parameters
    ----------
    weights
        Entry of the manifest.
    runtime
        Runs the weights' bytes.
    threshold
        Smallest score, 0..1, of a box.
    """

    def __init__(self, weights: Weights, runtime: Runtime, threshold: float) -> None:
        self._weights = weights
        self._runtime = runtime
        self._threshold = threshold
        self._ids = [
            weights.classes.index(label) for label in LABEL_TO_CLASS if label in weights.classes
        ]

    def detect(self, frame_bgr: NDArray[np.uint8], plan: CropPlan) -> Detections:
        """Return the vehicles of a frame, each once however many windows saw it."""
        outputs = self._runtime.infer(cut(frame_bgr, plan, self._weights.input_size_wh))
        found = [
            self._in_frame([tensor[i] for tensor in outputs], window, frame_bgr.shape)
            for i, window in enumerate(plan.windows_xyxy)
        ]
        boxes, scores, classes = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return suppress(Detections(boxes, scores, classes))

    def _in_frame(
        self, outputs: list[NDArray[np.float32]], window: NDArray[np.int32], shape: tuple[int, ...]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int8]]:
        size_wh = self._weights.input_size_wh
        boxes, scores, labels = decode(
            outputs,
            threshold=self._threshold,
            keep_class_ids=self._ids,
            input_size_wh=size_wh,
            strides_px=self._weights.strides_px,
            reg_max=self._weights.reg_max,
        )
        frame_xyxy = np.asarray([0, 0, shape[1], shape[0]], np.float32)
        keep = ~_cut_by_window(boxes, window, size_wh, frame_xyxy)
        scale = (window[2:] - window[:2]) / np.asarray(size_wh, np.float32)
        boxes = boxes[keep] * np.tile(scale, 2) + np.tile(window[:2], 2)
        boxes = np.clip(boxes, 0, np.tile(frame_xyxy[2:], 2)).astype(np.float32)
        return boxes, scores[keep], self._class_of(labels[keep])

    def _class_of(self, labels: NDArray[np.int64]) -> NDArray[np.int8]:
        names = self._weights.classes
        return np.asarray(
            [VEHICLE_CLASSES.index(LABEL_TO_CLASS[names[label]]) for label in labels], np.int8
        )


def embedded_detector(
    threads: int = 0, threshold: float = SURE_SCORE, name: str | None = None
) -> NanoDetDetector:
    """Load trusted weights on OpenVINO: by name, or the embedded ones."""
    from vision.runtime_openvino import OpenVinoRuntime

    weights = get_weights(name)
    runtime = OpenVinoRuntime(
        read_weights(weights), weights.input_size_wh, weights.mean_bgr, weights.std_bgr, threads
    )
    return NanoDetDetector(weights, runtime, threshold)


def suppress(found: Detections) -> Detections:
    """Keep one box a vehicle, best score first, across labels and windows.

    A box is dropped when it overlaps a kept one by `NMS_IOU`, or lies within kept ones by `INSIDE_SHARE` of its own area.
    """
    order = np.argsort(-found.scores, kind="stable")
    boxes = found.boxes_xyxy[order]
    alive = np.ones(len(order), bool)
    inside = np.zeros(len(order), np.float32)
    for i in range(len(order)):
        if alive[i]:
            iou, share = overlap_with(boxes[i], boxes[i + 1 :])
            inside[i + 1 :] += share
            alive[i + 1 :] &= (iou < NMS_IOU) & (inside[i + 1 :] < INSIDE_SHARE)
    kept = order[alive]
    return Detections(found.boxes_xyxy[kept], found.scores[kept], found.classes[kept])


def at_least(found: Detections, score: float) -> Detections:
    """Return the detections whose score reaches a limit, 0..1."""
    kept = found.scores >= score
    return Detections(found.boxes_xyxy[kept], found.scores[kept], found.classes[kept])


def overlap_with(
    box: NDArray[np.float32], others: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return, for each of `others`, shape (n, 4), its intersection over union with a box and its share inside the box."""
    common = np.clip(
        np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2]), 0, None
    ).prod(axis=1)
    own = (others[:, 2:] - others[:, :2]).prod(axis=1)
    area = (box[2:] - box[:2]).prod()
    union = np.maximum(area + own - common, 1e-6)
    return common / union, common / np.maximum(own, 1e-6)


def _cut_by_window(
    boxes: NDArray[np.float32],
    window: NDArray[np.int32],
    size_wh: tuple[int, int],
    frame_xyxy: NDArray[np.float32],
) -> NDArray[np.bool_]:
    """Tell which boxes, in network pixels, end at a window's edge that is not the frame's edge."""
    inner_low = window[:2] > frame_xyxy[:2]
    inner_high = window[2:] < frame_xyxy[2:]
    at_low = (boxes[:, :2] < EDGE_PX) & inner_low
    at_high = (boxes[:, 2:] > np.asarray(size_wh) - EDGE_PX) & inner_high
    return np.asarray(at_low.any(axis=1) | at_high.any(axis=1))
