"""The shared detector and the journal: each caller gets its own answer, and one bad picture or full disk spoils no other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.errors import OutboxFull
from vision.crops import CropPlan
from vision.detector import Detections
from vision.inference import MAX_BATCH_WINDOWS, SharedDetector
from vision.journal import Journal
from vision.outbox import Outbox

PLAN = CropPlan(np.array([[0, 0, 4, 4]], np.int32))

BAD = 255
"""Brightness of the picture that no detector bears."""


class LevelDetector:
    """Finds one box as wide as the picture is bright, and fails on a white one."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.may_go = threading.Event()

    def detect(self, frame_bgr: NDArray[np.uint8], plan: CropPlan) -> Detections:
        """Return one box."""
        return self.detect_many([(frame_bgr, plan)])[0]

    def detect_many(
        self, pictures: Sequence[tuple[NDArray[np.uint8], CropPlan]]
    ) -> list[Detections]:
        """Return one box a picture."""
        self.may_go.wait()
        self.batches.append(len(pictures))
        if any(picture.max() == BAD for picture, _ in pictures):
            raise ValueError("a white picture")
        return [
            Detections(
                np.array([[0, 0, picture.max(), 1]], np.float32),
                np.ones(1, np.float32),
                np.zeros(1, np.int8),
            )
            for picture, _ in pictures
        ]


def picture(level: int) -> NDArray[np.uint8]:
    """Return an even picture."""
    return np.full((4, 4, 3), level, np.uint8)


def test_each_caller_gets_its_own_answer() -> None:
    """Many threads ask at once: each gets the boxes of its picture, and the detector sees few batches of bounded size."""
    detector = LevelDetector()
    with SharedDetector(detector) as shared, ThreadPoolExecutor(40) as pool:
        answers = [pool.submit(shared.detect, picture(level), PLAN) for level in range(40)]
        while shared.oldest_wait_s == 0:
            detector.may_go.wait(0.01)
        detector.may_go.set()
        widths = [int(answer.result().boxes_xyxy[0, 2]) for answer in answers]
        assert widths == list(range(40))
        assert shared.oldest_wait_s == 0
    assert max(detector.batches) <= MAX_BATCH_WINDOWS
    assert sum(detector.batches) == 40


def test_a_bad_picture_spoils_no_other() -> None:
    """The picture that makes a batch fail fails alone."""
    detector = LevelDetector()
    with SharedDetector(detector) as shared, ThreadPoolExecutor(5) as pool:
        answers = [pool.submit(shared.detect, picture(level), PLAN) for level in (1, BAD, 3, 4, 5)]
        detector.may_go.set()
        with pytest.raises(ValueError, match="white"):
            answers[1].result()
        assert [a.result().boxes_xyxy[0, 2] for i, a in enumerate(answers) if i != 1] == [
            1,
            3,
            4,
            5,
        ]


def test_what_the_journal_has_answered_for_is_on_disk(tmp_path: Path) -> None:
    """Savings of many threads at once are all there, each with its events, once `save` has returned."""
    path = tmp_path / "o.sqlite"
    with Journal(path, 16) as journal, ThreadPoolExecutor(30) as pool:
        done = [
            pool.submit(journal.save, f"cam{i}", str(i).encode(), [f'{{"n":{i}}}'], (), b"h")
            for i in range(60)
        ]
        for one in done:
            one.result()
        outbox = Outbox(path, 16)
        assert outbox.waiting() == 60
        assert [outbox.saved(f"cam{i}") for i in range(60)] == [str(i).encode() for i in range(60)]
        assert journal.saved_health("cam7") == b"h"
        assert journal.saved("nobody") is None


def test_a_saving_without_room_spoils_no_other(tmp_path: Path) -> None:
    """A camera whose events find no room is told so; what others saved at the same time is on disk."""
    path = tmp_path / "o.sqlite"
    with Journal(path, 0.2) as journal, ThreadPoolExecutor(8) as pool:
        large = pool.submit(journal.save, "large", b"{}", ["x" * 10_000] * 100)
        small = [pool.submit(journal.save, f"small{i}", b"{}", ["{}"]) for i in range(7)]
        for one in small:
            one.result()
        with pytest.raises(OutboxFull):
            large.result()
    outbox = Outbox(path, 0.2)
    assert outbox.waiting() == 7
    assert outbox.saved("large") is None
