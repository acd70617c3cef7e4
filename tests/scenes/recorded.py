"""The acceptance clips: detected, replayed and changed, and what was found on them."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from click.testing import CliRunner
from numpy.typing import NDArray

from sample_data.scene.acceptance import ACCEPTANCE
from sample_data.scene.timetable import Scenario
from vision.commands.detect import detect
from vision.commands.replay import replay
from vision.files import read_stays

CLIPS = Path(__file__).parent / "acceptance"
BAY = "99001-0002"
"""The bay that the scenes are about."""

Picture = NDArray[np.uint8]
Rows = list[dict[str, str]]
Stays = list[tuple[str, float, float | None]]
"""Bay, arrival and departure in seconds from the first frame."""


def called(command: Any, *arguments: object) -> str:
    """Call a command and return what it printed; its errors come through."""
    return CliRunner().invoke(command, list(map(str, arguments)), catch_exceptions=False).output


def rows_of(path: Path) -> Rows:
    """Read a CSV file."""
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def detected(name: str, out: Path) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Detect on a clip and return each answer beside the truth of its frame and bay."""
    folder = CLIPS / name
    called(
        detect, "--scene", folder / "scene.json", "--frames", folder / "clip.mp4", "--out", out / "p.csv",
        "--boxes", out / "b.csv", "--threads", 1,
    )  # fmt: skip
    answers = {(row["frame"], row["bay_id"]): row for row in rows_of(out / "p.csv")}
    return [(answers[row["frame"], row["bay_id"]], row) for row in rows_of(folder / "states.csv")]


def replayed(
    name: str, out: Path, *, source: object = None, options: tuple[object, ...] = ()
) -> Stays:
    """Replay a clip, or other frames of its scene, and return the stays."""
    folder = CLIPS / name
    called(
        replay, "--scene", folder / "scene.json", "--source", source or folder / "clip.mp4", "--start",
        ACCEPTANCE[name].start_at.isoformat(), "--out", out / "s.csv", "--unseen", out / "u.csv", "--threads", 1,
        *options,
    )  # fmt: skip
    return stays_in(out / "s.csv", ACCEPTANCE[name])


def stays_in(path: Path, scenario: Scenario) -> Stays:
    """Read stays as seconds of the scene."""
    start = scenario.start_at
    return [
        (
            stay.bay_id,
            (stay.arrived_at - start).total_seconds(),
            (stay.departed_at - start).total_seconds() if stay.departed_at else None,
        )
        for stay in read_stays(path)
    ]


def unseen_s(out: Path, scenario: Scenario, from_s: float, to_s: float) -> dict[str, float]:
    """Return for how many seconds of a time the bay was unseen, by reason."""
    total: dict[str, float] = {}
    first, last = (scenario.start_at + timedelta(seconds=at) for at in (from_s, to_s))
    for row in rows_of(out / "u.csv"):
        start, end = datetime.fromisoformat(row["from"]), datetime.fromisoformat(row["to"])
        common = (min(end, last) - max(start, first)).total_seconds()
        if row["bay_id"] == BAY and common > 0:
            total[row["reason"]] = total.get(row["reason"], 0.0) + common
    return total


def pictures(name: str) -> list[Picture]:
    """Decode a clip, BGR."""
    with av.open(str(CLIPS / name / "clip.mp4")) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


def filmed(path: Path, shown: dict[int, Picture]) -> Path:
    """Write pictures, each by its second, as a video with their times; a second without one is a missed frame."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=1, options={"crf": "24", "preset": "veryfast"}
        )
        first = next(iter(shown.values()))
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt, stream.time_base = "yuv420p", Fraction(1, 1)
        for second, picture in shown.items():
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "bgr24")
            frame.pts, frame.time_base = second, Fraction(1, 1)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def is_near(found: Stays, true: Stays, tolerance_s: float = 2.5) -> bool:
    """Tell whether the same stays were found, times within a tolerance: at one frame a second, two frames and rounding."""
    if len(found) != len(true):
        return False
    return all(
        a[0] == b[0]
        and (a[2] is None) == (b[2] is None)
        and all(abs(x - y) <= tolerance_s for x, y in zip(a[1:], b[1:], strict=True) if x is not None and y is not None)
        for a, b in zip(sorted(found), sorted(true), strict=True)
    )  # fmt: skip
