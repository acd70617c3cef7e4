"""The detector: frames in, vehicle boxes out; nothing else of a picture leaves this module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.errors import InvalidSettings
from geo.words import VEHICLE_CLASSES, VehicleClass
from models.heads import read_boxes
from models.manifest import Weights, get_weights
from vision.crops import CropPlan, cut
from vision.runtimes import DEFAULT_RUNTIME, Runtime, Tensors, default_weights, open_runtime

LABEL_TO_CLASS = {
    "bicycle": VehicleClass.TWO_WHEELER,
    "motorcycle": VehicleClass.TWO_WHEELER,
    "car": VehicleClass.CAR,
    "bus": VehicleClass.TRUCK,
    "truck": VehicleClass.TRUCK,
    "train": VehicleClass.TRUCK,
    "van": VehicleClass.VAN,
    "two_wheeler": VehicleClass.TWO_WHEELER,
}
"""Labels that are vehicles: COCO's, and our own words for networks trained with them; a bus or a train at the kerb is a lorry seen from an odd side.

COCO has no van: vans come out as car, truck or bus, so that the class is decided with the vehicle's size (`vision.vehicle_class`).
"""

SURE_SCORE = 0.33
"""Score from which a box alone shows a vehicle.

Measured on frames of the rendered clips day and rain, NanoDet-g: 5 % of the boxes from it up are strays, 19 % of those from 0.22 up; the choice on
real frames stands in models/weights/nanodet-g.md.
"""

FAINT_SCORE = 0.22
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


class Detector(Protocol):
    """What finds vehicles; safe to call from one thread at a time."""

    def detect(self, frame_bgr: NDArray[np.uint8], plan: CropPlan) -> Detections:
        """Return the vehicles of a frame, shape (height, width, 3), looked at through the windows of a plan."""

    def detect_many(
        self, pictures: Sequence[tuple[NDArray[np.uint8], CropPlan]]
    ) -> list[Detections]:
        """Return the vehicles of frames of several cameras, looked at as one batch, in the order given."""


class CropDetector:
    """Trusted weights behind a runtime.

    Parameters
    ----------
    weights
        Entry of the manifest.
    runtime
        Runs them.
    threshold
        Smallest score, 0..1, of a box.

    Raises
    ------
    InvalidSettings
        If the weights know no class that is a vehicle.
    """

    def __init__(self, weights: Weights, runtime: Runtime, threshold: float) -> None:
        self._weights = weights
        self._runtime = runtime
        self._threshold = threshold
        labels = [label for label in weights.vehicle_classes if label in LABEL_TO_CLASS]
        if not labels:
            raise InvalidSettings(
                f"the weights {weights.name} know {', '.join(weights.vehicle_classes) or 'no vehicle'}: "
                f"wanted at least one of {', '.join(LABEL_TO_CLASS)}"
            )
        self._ids = [weights.classes.index(label) for label in labels]
        narrow = [LABEL_TO_CLASS[label] is VehicleClass.TWO_WHEELER for label in labels]
        self._alike = [
            [i for i, is_narrow in zip(self._ids, narrow, strict=True) if is_narrow is wanted]
            for wanted in (False, True)
        ]

    def detect(self, frame_bgr: NDArray[np.uint8], plan: CropPlan) -> Detections:
        """Return the vehicles of a frame, each once however many windows saw it."""
        return self.detect_many([(frame_bgr, plan)])[0]

    def detect_many(
        self, pictures: Sequence[tuple[NDArray[np.uint8], CropPlan]]
    ) -> list[Detections]:
        """Return the vehicles of each frame, all their windows run as one batch."""
        if not pictures:
            return []
        size_wh = self._weights.input_size_wh
        crops = [cut(frame_bgr, plan, size_wh) for frame_bgr, plan in pictures]
        outputs = self._runtime.infer(crops[0] if len(crops) == 1 else np.concatenate(crops))
        ends = accumulate(map(len, crops), initial=0)
        return [
            self._read([tensor[start:end] for tensor in outputs], plan, frame_bgr.shape)
            for (frame_bgr, plan), (start, end) in zip(pictures, pairwise(ends), strict=True)
        ]

    def _read(self, outputs: Tensors, plan: CropPlan, shape: tuple[int, ...]) -> Detections:
        found = [
            self._in_frame([tensor[i] for tensor in outputs], window, shape)
            for i, window in enumerate(plan.windows_xyxy)
        ]
        boxes, scores, classes = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return suppress(Detections(boxes, scores, classes))

    def _in_frame(
        self, outputs: Tensors, window: NDArray[np.int32], shape: tuple[int, ...]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int8]]:
        size_wh = self._weights.input_size_wh
        boxes, scores, labels = read_boxes(
            outputs,
            self._weights,
            threshold=self._threshold,
            keep_class_ids=self._ids,
            alike=self._alike,
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


def load_detector(
    name: str | None = None,
    runtime: str = DEFAULT_RUNTIME,
    threads: int = 0,
    threshold: float = SURE_SCORE,
) -> CropDetector:
    """Load trusted weights on a runtime.

    Parameters
    ----------
    name
        Weights of the shipped manifest or the user's; None for the embedded ones that the runtime takes.
    runtime
        One of `vision.runtimes.RUNTIMES`.
    threads
        Processor threads for one batch; 0 leaves the choice to the runtime.
    threshold
        Smallest score, 0..1, of a box.

    Raises
    ------
    ModelsError
        If the weights are unknown, missing or changed, or the runtime is not installed.
    InvalidSettings
        If the runtime is unknown or does not take this kind of file.
    """
    weights = get_weights(name) if name else default_weights(runtime)
    return CropDetector(weights, open_runtime(weights, runtime, threads), threshold)


def embedded_detector(
    threads: int = 0, threshold: float = SURE_SCORE, name: str | None = None
) -> CropDetector:
    """Load trusted weights on the default runtime: by name, or the embedded ones."""
    return load_detector(name, DEFAULT_RUNTIME, threads, threshold)


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
