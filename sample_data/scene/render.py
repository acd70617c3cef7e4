"""Renders a scenario to a clip with its exact truth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import sync_playwright

from geo.errors import Unavailable
from sample_data.scene.camera import FRAME_WH
from sample_data.scene.picture import Film
from sample_data.scene.studio import CHROMIUM, LIBRARY, Shot, open_studio
from sample_data.scene.timetable import Scenario
from sample_data.scene.truth import STATE_COLUMNS, csv_bytes, state_rows, truth_files
from sample_data.scene.witness import BOX_COLUMNS, SIGHT_COLUMNS, box_rows, sight_shares


def render(scenario: Scenario, folder: Path) -> None:
    """Write clip.mp4 and all truth of a scenario into a folder.

    Raises
    ------
    Unavailable
        When Chromium or three.js is not installed.
    """
    check_tools()
    folder.mkdir(parents=True, exist_ok=True)
    boxes: list[tuple[object, ...]] = []
    sights: list[tuple[str, str]] = []
    film = Film(scenario.seed, scenario.weather)
    with (
        clip(folder / "clip.mp4", scenario) as encoder,
        sync_playwright() as playwright,
        open_studio(scenario, playwright) as studio,
    ):
        for frame in range(scenario.frames):
            shot = studio.shoot(scenario.poses(frame))
            encoder.add(film.exposed(shot.picture_bgr))
            boxes += box_rows(scenario, frame, shot)
            sights += _sights(scenario, frame, shot)
    states = [(*row, *seen) for row, seen in zip(state_rows(scenario), sights, strict=True)]
    files = truth_files(scenario) | {
        "boxes.csv": csv_bytes(BOX_COLUMNS, boxes),
        "states.csv": csv_bytes(STATE_COLUMNS + SIGHT_COLUMNS, states),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)


def check_tools() -> None:
    """Refuse to start without the browser and the drawing library."""
    for path, remedy in (
        (CHROMIUM, "install chromium"),
        (LIBRARY, f"run npm ci in {LIBRARY.parents[1]}"),
    ):
        if not path.exists():
            raise Unavailable(f"{path} is absent: {remedy}")


class Encoder:
    """Takes pictures one after the other into a clip."""

    def __init__(self, container: av.container.OutputContainer, scenario: Scenario) -> None:
        self._container = container
        self._stream = container.add_stream("libx264", rate=scenario.fps)
        self._stream.width, self._stream.height = FRAME_WH
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = Fraction(1, scenario.fps)
        self._stream.options = {
            "crf": str(scenario.crf),
            "preset": "slow",
            "threads": "1",
            "g": str(scenario.keyframe_s * scenario.fps),
        }

    def add(self, picture_bgr: NDArray[np.uint8]) -> None:
        """Append one picture, shape ``(720, 1280, 3)``."""
        self._container.mux(self._stream.encode(av.VideoFrame.from_ndarray(picture_bgr, "bgr24")))

    def finish(self) -> None:
        """Write what the encoder still holds."""
        self._container.mux(self._stream.encode())


@contextmanager
def clip(path: Path, scenario: Scenario) -> Iterator[Encoder]:
    """Open a clip for writing; the file is whole when the block ends."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        encoder = Encoder(container, scenario)
        yield encoder
        encoder.finish()


def _sights(scenario: Scenario, frame: int, shot: Shot) -> Iterator[tuple[str, str]]:
    for bay in scenario.bays:
        yield sight_shares(scenario, bay, frame / scenario.fps, shot)
