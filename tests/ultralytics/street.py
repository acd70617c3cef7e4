"""Frames of the rendered clips as a labelled folder, and what training on it leaves."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from click.testing import CliRunner

from models.cli import models

CLIPS = Path(__file__).parents[2] / "sample_data" / "clips"

NAMES = ("van", "truck", "car", "two_wheeler", "other")

SIDE_PX = 160
"""Small, so that some epochs take a minute on two cores."""

TILE_PX = 360

TILES_XY = ((60, 180), (440, 180), (820, 180))
"""Tiles of a frame in which most vehicles stand."""

EPOCHS = 10

STEP = 75
"""One frame of so many is labelled."""


def called(*arguments: object) -> str:
    """Call `airelib models` and return what it printed."""
    done = CliRunner().invoke(models, [str(part) for part in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def frames_of(clip: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every so many frames of a clip, with their index as boxes.csv names it."""
    from vision.source import frames, open_source

    for frame in islice(frames(open_source(str(CLIPS / clip / "clip.mp4"))), 0, None, STEP):
        yield frame.name, frame.bgr


def true_boxes(clip: str) -> dict[str, list[tuple[int, np.ndarray]]]:
    """Return class and box of each vehicle that can be seen, by frame."""
    boxes: dict[str, list[tuple[int, np.ndarray]]] = {}
    with (CLIPS / clip / "boxes.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if float(row["visible_share"]) > 0.3:
                box = np.array([float(row[side]) for side in ("x0", "y0", "x1", "y1")])
                entry = NAMES.index(row["vehicle_class"]), box
                boxes.setdefault(row["frame"], []).append(entry)
    return boxes


def labels(boxes: list[tuple[int, np.ndarray]], x0: int, y0: int) -> str:
    """Write the label lines of a tile: vehicles of which at least two fifths lie in it."""
    lines = []
    for class_id, box in boxes:
        low, high = np.clip((box.reshape(2, 2) - (x0, y0)) / TILE_PX, 0, 1)
        whole = (box[2:] - box[:2]).prod() / TILE_PX**2
        if (high - low).prod() > 0.4 * whole:
            shares = (*(low + high) / 2, *(high - low))
            lines.append(f"{class_id} " + " ".join(f"{share:.6f}" for share in shares))
    return "\n".join(lines)


def write_part(folder: Path, part: str, clip: str, conditions: list[tuple[str, str]]) -> None:
    """Write tiles of a clip's frames and their true boxes as a part of a YOLO-format folder."""
    boxes = true_boxes(clip)
    for kind in ("images", "labels"):
        (folder / kind / part).mkdir(parents=True, exist_ok=True)
    for name, picture in frames_of(clip):
        for x0, y0 in TILES_XY:
            file = f"{clip}{name}-{x0}.png"
            tile = picture[y0 : y0 + TILE_PX, x0 : x0 + TILE_PX]
            cv2.imwrite(str(folder / "images" / part / file), tile)
            text = labels(boxes.get(name, []), x0, y0)
            (folder / "labels" / part / file).with_suffix(".txt").write_text(text)
            conditions.append((file, clip))


@dataclass(frozen=True)
class Trained:
    """What training left."""

    checkpoint: Path
    card: dict[str, Any]
    data: Path
