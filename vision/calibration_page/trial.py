"""The try-out: for a minute the detector looks at live frames and says what it makes of each bay."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import structlog

from geo.errors import AirelibError
from geo.words import VEHICLE_CLASSES
from vision.calibration_page.eye import blackened, jpeg
from vision.detector import Detections, Detector
from vision.doubt import doubted
from vision.frame import Frame
from vision.observation import BayObservation, SceneView, observe, prepare
from vision.scene import Scene
from vision.source import Source, frames

TRIAL_S = 60.0
"""Length of a try-out."""

PERIOD_S = 1.0
"""Least time between two looks: what a phone can follow and a small device can infer (parameter)."""

TRIAL_FAILED = "trial_failed"
"""Log event: a try-out ended by an error."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Shown:
    """One look of a try-out."""

    number: int
    size_wh: tuple[int, int]
    jpeg: bytes
    """The masked frame."""
    found: Detections
    seen: tuple[BayObservation, ...]


@dataclass(frozen=True)
class TrialScene:
    """What is tried."""

    scene: Scene
    mask_px: list[list[tuple[float, float]]]
    source: Source
    start_s: float = 0.0
    """Moment of a recording to begin at."""


class Trial:
    """One try-out in a thread of its own; only its last look is kept, in memory.

    Parameters
    ----------
    tried
        Scene, mask and source.
    load_detector
        Gives the detector, which takes a moment.
    length_s
        How long it lasts.
    """

    def __init__(
        self,
        tried: TrialScene,
        load_detector: Callable[[], Detector],
        length_s: float = TRIAL_S,
    ) -> None:
        self._tried, self._load, self._length_s = tried, load_detector, length_s
        self._stop = threading.Event()
        self._shown: Shown | None = None
        self._error: AirelibError | None = None
        self._ends_s: float | None = None
        self._thread = threading.Thread(target=self._run, name="trial", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it and wait until the camera and the detector are let go."""
        self._stop.set()
        self._thread.join()

    @property
    def shown(self) -> Shown | None:
        """The last look."""
        return self._shown

    @property
    def error(self) -> AirelibError | None:
        """What ended it early."""
        return self._error

    @property
    def is_running(self) -> bool:
        """Tell whether more looks will come."""
        return self._thread.is_alive() and not self._stop.is_set()

    @property
    def remaining_s(self) -> float:
        """Seconds left; the whole length until the first look."""
        if not self.is_running:
            return 0.0
        return self._length_s if self._ends_s is None else max(0.0, self._ends_s - time.monotonic())

    def _run(self) -> None:
        try:
            self._watch()
        except AirelibError as error:
            log.warning(TRIAL_FAILED, code=error.code, sentence=str(error))
            self._error = error

    def _watch(self) -> None:
        detector = self._load()
        view = prepare(self._tried.scene, self._tried.scene.image_size_wh)
        for number, frame in enumerate(self._paced(), start=1):
            size_wh = (frame.bgr.shape[1], frame.bgr.shape[0])
            if size_wh != view.scene.image_size_wh:
                view = prepare(self._tried.scene, size_wh)
            self._shown = self._looked(number, frame, detector, view)
            if self._ends_s is None:
                self._ends_s = time.monotonic() + self._length_s
            if self._stop.is_set() or time.monotonic() >= self._ends_s:
                return

    def _looked(self, number: int, frame: Frame, detector: Detector, view: SceneView) -> Shown:
        covered = blackened(frame.bgr, self._mask_px(view.scene.image_size_wh))
        found = detector.detect(covered, view.plan)
        luma = np.asarray(cv2.cvtColor(covered, cv2.COLOR_BGR2GRAY), np.uint8)
        seen = doubted(view, luma, found, observe(view, found))
        return Shown(number, view.scene.image_size_wh, jpeg(covered), found, seen)

    def _mask_px(self, size_wh: tuple[int, int]) -> list[list[tuple[float, float]]]:
        x_scale, y_scale = (
            now / then for now, then in zip(size_wh, self._tried.scene.image_size_wh, strict=True)
        )
        return [[(x * x_scale, y * y_scale) for x, y in part] for part in self._tried.mask_px]

    def _paced(self) -> Iterator[Frame]:
        """Yield a camera's frames as they come, a recording's at their time, from its start again after its end."""
        source, after_s = self._tried.source, self._tried.start_s - PERIOD_S
        while not self._stop.is_set():
            begun_s: float | None = None
            for frame in frames(source, PERIOD_S, -1.0 if source.is_live else after_s):
                if not source.is_live:
                    begun_s = time.monotonic() - frame.offset_s if begun_s is None else begun_s
                    self._stop.wait(max(0.0, begun_s + frame.offset_s - time.monotonic()))
                if self._stop.is_set():
                    return
                yield frame
            self._stop.wait(PERIOD_S)
            after_s = -1.0


def shown_json(shown: Shown) -> dict[str, Any]:
    """Return a look's boxes, in 0..1 of the frame, and bay states, for the page."""
    width, height = shown.size_wh
    return {
        "number": shown.number,
        "boxes": [
            {
                "box": [
                    float(x0) / width,
                    float(y0) / height,
                    float(x1) / width,
                    float(y1) / height,
                ],
                "score": round(float(score), 2),
                "vehicle_class": VEHICLE_CLASSES[int(kind)].value,
            }
            for (x0, y0, x1, y1), score, kind in zip(
                shown.found.boxes_xyxy, shown.found.scores, shown.found.classes, strict=True
            )
        ],
        "bays": [
            {
                "bay_id": seen.bay_id,
                "state": seen.state.value,
                "reason": str(seen.reason),
                "vehicles": len(seen.sightings),
                "vehicle_class": seen.vehicle_class.value if seen.vehicle_class else None,
                "seen_share": round(seen.seen_share, 2),
            }
            for seen in shown.seen
        ],
    }
