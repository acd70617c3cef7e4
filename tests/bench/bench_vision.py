"""Frames a second of the edge's pipeline on the sample's day clip."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice

import numpy as np

from bench_row import Row, compared
from sample_data.scene.clips import clip_dir
from vision.crops import CropPlan
from vision.detector import FAINT_SCORE, embedded_detector
from vision.frame import Frame
from vision.observation import observe, prepare
from vision.scene import read_scene
from vision.source import frames, open_source
from vision.watch import new_memory, take

FRAMES = 100
"""Frames of each measurement, after five for warming up."""

WARM_UP = 5


def bench_vision() -> list[Row]:
    """Measure decoding alone, and the whole pipeline with crops in one batch and one by one."""
    folder = clip_dir("day")
    scene = read_scene(folder / "scene.json")
    view = prepare(scene, scene.image_size_wh)
    detector = embedded_detector(0, FAINT_SCORE)
    memory = new_memory(scene)
    crops = [CropPlan(window[None]) for window in view.plan.windows_xyxy]

    def batched(frame: Frame) -> None:
        nonlocal memory
        found = detector.detect(frame.bgr, view.plan)
        memory, _ = take(memory, frame.offset_s, observe(view, found), len(found))

    def one_by_one(frame: Frame) -> None:
        for crop in crops:
            detector.detect(frame.bgr, crop)

    clip = str(folder / "clip.mp4")
    number = len(view.plan.windows_xyxy)
    return compared(
        {
            f"frames: each of {number} crops alone, detection only": _per_s(clip, one_by_one),
            f"frames: {number} crops in one batch, whole pipeline": _per_s(clip, batched),
            "frames: decoding only": _per_s(clip, lambda frame: np.mean(frame.bgr[::64, ::64])),
        }
    )


def _per_s(clip: str, work: Callable[[Frame], object]) -> float:
    stream = frames(open_source(clip))
    for frame in islice(stream, WARM_UP):
        work(frame)
    began = time.perf_counter()
    count = sum(1 for frame in islice(stream, FRAMES) if work(frame) is not Ellipsis)
    return count / (time.perf_counter() - began)
