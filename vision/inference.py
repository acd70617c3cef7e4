"""One detector for all cameras: what waits is taken as one batch, and each camera waits for its own answer."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vision.crops import CropPlan
from vision.detector import Detections, Detector

MAX_BATCH_WINDOWS = 6
"""Windows in one batch, as long as more than one picture is in it: bounds memory and the wait of the last.

Measured on two cores: the time grows with the windows alone, and each six more take 60 MB.
"""


@dataclass(eq=False)
class _Request:
    frame_bgr: NDArray[np.uint8]
    plan: CropPlan
    asked_s: float = field(default_factory=time.monotonic)
    found: Detections | None = None
    error: Exception | None = None
    is_done: threading.Event = field(default_factory=threading.Event)


class SharedDetector:
    """A detector that many threads may call: a thread of its own runs it, over batches across cameras.

    Each caller waits for its answer, so that as many pictures wait as there are callers and no more.

    Parameters
    ----------
    detector
        What finds vehicles; called from one thread only.
    """

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._waiting: deque[_Request] = deque()
        self._running: tuple[_Request, ...] = ()
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="detector", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join()

    def detect(self, frame_bgr: NDArray[np.uint8], plan: CropPlan) -> Detections:
        """Return the vehicles of a frame; waits for its turn."""
        return self.detect_many([(frame_bgr, plan)])[0]

    def detect_many(
        self, pictures: Sequence[tuple[NDArray[np.uint8], CropPlan]]
    ) -> list[Detections]:
        """Return the vehicles of each picture; waits for their turn."""
        requests = [_Request(frame_bgr, plan) for frame_bgr, plan in pictures]
        with self._changed:
            self._waiting.extend(requests)
            self._changed.notify_all()
        return [_answer(request) for request in requests]

    @property
    def oldest_wait_s(self) -> float:
        """Return how long the oldest unanswered picture has waited; 0 when none does."""
        with self._changed:
            open_ones = [*self._running, *self._waiting]
        return max((time.monotonic() - request.asked_s for request in open_ones), default=0.0)

    def _run(self) -> None:
        while batch := self._next():
            _fill(self._detector, batch)
            with self._changed:
                self._running = ()
            for request in batch:
                request.is_done.set()

    def _next(self) -> tuple[_Request, ...]:
        """Return what waits, as much as one batch may hold; nothing when closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            batch: list[_Request] = []
            windows = 0
            while self._waiting:
                windows += len(self._waiting[0].plan.windows_xyxy)
                if batch and windows > MAX_BATCH_WINDOWS:
                    break
                batch.append(self._waiting.popleft())
            self._running = tuple(batch)
            return self._running


def _fill(detector: Detector, batch: Sequence[_Request]) -> None:
    """Answer the requests of a batch; when it fails as a whole each picture is tried alone, so that one bad one spoils no other."""
    try:
        found = detector.detect_many([(r.frame_bgr, r.plan) for r in batch])
    except Exception as error:  # noqa: BLE001 - handed to the camera that asked, whose loop logs and counts it
        if len(batch) == 1:
            batch[0].error = error
            return
        for request in batch:
            _fill(detector, [request])
        return
    for request, detections in zip(batch, found, strict=True):
        request.found = detections


def _answer(request: _Request) -> Detections:
    request.is_done.wait()
    if request.error is not None:
        raise request.error
    if request.found is None:
        raise RuntimeError("the detector gave no answer for a picture")
    return request.found
