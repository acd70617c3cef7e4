"""The bench's street: one bay of the sample's clip in 1080p, as video in which all frames differ or four of five do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.bench.workload import SIZE_WH, encode, write_clip
from vision.scene import read_scene
from vision.source import frames, open_source

BAY_ID = "99001-0003"
"""A bay of twelve metres and two places in the middle of the sample's street: one crop and the whole frame."""

LOOKS = 125
"""Pictures of the sample's clip that are used."""

STILL = 5
"""Frames that show one picture in the clip with gaps: 80 % of frames show no change."""


@dataclass(frozen=True)
class Street:
    """Files of the workload."""

    scene: Path
    moving: Path
    """Each frame differs from the one before."""
    resting: Path
    """Four of five frames are equal to the one before."""
    quiet: Path
    """A keyframe each two seconds, a fifth of them changed."""
    polygon_px: list[list[int]]
    """The bay's outline, pixels of the 1080p frame."""


def build(sample: Path, folder: Path) -> Street:
    """Write the workload from a sample clip's folder (clip.mp4, scene.json, bays.geojson) into another folder."""
    looks = [
        _large(frame.bgr) for frame in islice(frames(open_source(str(sample / "clip.mp4"))), LOOKS)
    ]
    scene = _write_scene(sample, folder)
    polygon = read_scene(scene).bays[0].polygon_px
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    patch = (int(low[0]), int(low[1]), int((low[0] + high[0]) / 2), int(high[1]))
    street = Street(
        scene, folder / "moving.mp4", folder / "resting.mp4", folder / "quiet.mp4",
        polygon.round().astype(int).tolist(),
    )  # fmt: skip
    encode(street.moving, _endless(looks, 1), len(looks) * 2)
    encode(street.resting, _endless(looks, STILL), len(looks) * 2)
    write_clip(street.quiet, looks[0], patch)
    return street


def _write_scene(sample: Path, folder: Path) -> Path:
    document = json.loads((sample / "scene.json").read_text(encoding="utf-8"))
    document["bays"] = [{"bay_id": BAY_ID, "capacity": 2}]
    document["bays_geojson"] = str((sample / document["bays_geojson"]).resolve())
    document["image_size"] = list(SIZE_WH)
    path = folder / "scene.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _large(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(bgr, SIZE_WH, interpolation=cv2.INTER_CUBIC), np.uint8)


def _endless(looks: list[NDArray[np.uint8]], times: int) -> Iterator[NDArray[np.uint8]]:
    number = 0
    while True:
        yield looks[number // times % len(looks)]
        number += 1
