"""Live cameras: the newest frame wins, old ones are dropped, silence ends, and one bad camera slows no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import CameraLost
from tests.vision import painted
from tests.vision.cameras import http_camera, mute_camera
from vision.config import WorkerConfig, read_config
from vision.frame import Frame
from vision.live import Patience, newest_frames
from vision.outbox import Outbox
from vision.source import Source
from vision.tally import Tally
from vision.worker import Watch, run_worker

CAMERA = Source("rtsp://camera")


def frame(number: int) -> Frame:
    """Return a small frame."""
    return Frame(str(number), float(number), np.zeros((4, 4, 3), np.uint8))


def test_the_newest_frame_wins() -> None:
    """While one frame is looked at, later ones replace each other and are counted."""
    may_go, has_read = threading.Event(), threading.Event()

    def read(stop: threading.Event) -> Iterator[Frame]:
        yield frame(0)
        may_go.wait()
        yield from (frame(number) for number in range(1, 6))
        has_read.set()
        stop.wait()

    tally = Tally()
    found = newest_frames(CAMERA, read, Patience(60, 60), threading.Event(), tally)
    assert next(found)[1].name == "0"
    may_go.set()
    has_read.wait()
    assert next(found)[1].name == "5"
    assert tally.stale == 4
    found.close()


def test_an_old_frame_is_dropped() -> None:
    """A frame that has waited longer than allowed is passed over, and the next one taken."""
    may_go = threading.Event()

    def read(stop: threading.Event) -> Iterator[Frame]:
        yield frame(0)
        may_go.wait()
        yield frame(1)
        stop.wait()

    tally = Tally()
    found = newest_frames(CAMERA, read, Patience(0.0, 60), threading.Event(), tally)
    threading.Timer(0.3, may_go.set).start()
    patient = newest_frames(CAMERA, read, Patience(60, 60), threading.Event(), Tally())
    assert next(patient)[1].name == "0"
    stop = threading.Thread(target=lambda: list(found), daemon=True)
    stop.start()
    deadline = time.monotonic() + 10
    while tally.stale < 2 and time.monotonic() < deadline:
        may_go.wait(0.05)
    assert tally.stale == 2


def test_a_reading_that_hangs_is_left_behind() -> None:
    """A camera that gives nothing for the watchdog's time is lost, though its thread still hangs."""
    hangs = threading.Event()

    def read(_: threading.Event) -> Iterator[Frame]:
        hangs.wait()
        yield frame(0)

    found = newest_frames(CAMERA, read, Patience(5, 0.3), threading.Event(), Tally())
    with pytest.raises(CameraLost, match=r"rtsp://camera gave nothing for 0\.3 s"):
        next(found)
    hangs.set()


def test_a_stop_ends_the_wait_for_a_frame() -> None:
    """Told to stop, the wait for a silent camera ends at once and without an error."""
    stop, hangs = threading.Event(), threading.Event()

    def read(_: threading.Event) -> Iterator[Frame]:
        hangs.wait()
        yield frame(0)

    stop.set()
    assert list(newest_frames(CAMERA, read, Patience(5, 60), stop, Tally())) == []
    hangs.set()


class Looks:
    """Takes down each observation."""

    def __init__(self, enough: int, stop: threading.Event) -> None:
        self.rows: list[tuple[str, float]] = []
        self._enough, self._stop = enough, stop

    def looked(self, camera_id: str, due_s: float, done_s: float, *, was_inferred: bool) -> None:  # noqa: ARG002
        """Take down camera and lateness; end the run when the painted camera was seen often enough."""
        self.rows.append((camera_id, done_s - due_s))
        if sum(name == "painted" for name, _ in self.rows) >= self._enough:
            self._stop.set()


def with_cameras(config: Path, *addresses: str) -> WorkerConfig:
    """Read a configuration with further cameras of the same scene."""
    first = read_config(config)
    more = [
        first.camera[0].model_copy(update={"id": f"more-{i}", "source": address, "start_at": None})
        for i, address in enumerate(addresses)
    ]
    return first.model_copy(update={"camera": (*first.camera, *more)})


def test_a_bad_camera_slows_no_other(tmp_path: Path, receiver: Any) -> None:
    """Beside two cameras that accept and never answer, and one that is not there, a file and a live camera are looked at to the end; the others' bays are unseen."""
    stop = threading.Event()
    looks = Looks(round(painted.CLIP_S * painted.FPS), stop)
    path = painted.write_setup(tmp_path, receiver.url)
    with mute_camera() as mute, http_camera() as good:
        config = with_cameras(path, mute, mute, "http://127.0.0.1:9/live", f"{good}/live")
        run_worker(
            config,
            until_end=False,
            stop=stop,
            detector_of=lambda _: painted.BrightnessDetector(),
            watch=Watch(probe=looks),
        )
    names = [name for name, _ in looks.rows]
    assert names.count("painted") >= looks._enough
    assert names.count("more-3") > 0
    assert "more-0" not in names
    outbox = Outbox(tmp_path / "outbox.sqlite", 16)
    assert len([stay for stay in outbox.stays() if stay.bay_id in "AB"]) >= 3
    assert outbox.saved("more-2") is not None
