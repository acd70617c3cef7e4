"""One look at a frame: the camera's health, the gate, the detector and what the frame says about each bay."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from pydantic import ValidationError

from vision.detector import Detector
from vision.doubt import doubted
from vision.eye import Eye
from vision.frame import Frame
from vision.gate import Gate, step
from vision.health import dump_health, examine, load_health, new_health
from vision.observation import BayObservation, Reason, SceneView, observe, unseen
from vision.scene import Scene
from vision.tally import Tally


@dataclass(frozen=True)
class Look:
    """What one frame said."""

    seen: tuple[BayObservation, ...]
    """In the scene's order."""
    vehicles: int
    """Vehicles found, in a bay or not."""
    was_inferred: bool
    """Whether the detector ran; otherwise the look is that of the frame before, or the picture could not be trusted."""


class Looker:
    """The eye of one camera.

    Parameters
    ----------
    scene
        Its view.
    detector
        What finds vehicles.
    tally
        Where looks are counted.
    forced_look_s
        Longest time without running the detector on an unchanged picture; 0: it runs on every frame.
    """

    def __init__(
        self, scene: Scene, detector: Detector, tally: Tally, forced_look_s: float = 0.0
    ) -> None:
        self._scene, self._detector, self._tally = scene, detector, tally
        self._tally.calibration = scene.calibration_id
        self._eye = Eye(scene)
        self._view = self._eye.view(scene.image_size_wh, None)
        self._forced_look_s = forced_look_s
        self._gate = Gate(forced_look_s)
        self._last: Look | None = None
        self._health = new_health()
        self._saved_check_s: float | None = None

    @property
    def view(self) -> SceneView:
        """Return the scene prepared for the frames that come."""
        return self._view

    def health_to_save(self) -> bytes:
        """Return what is remembered of the camera's health as JSON, once after each check of the view; else nothing."""
        checked_s = self._health.view.checked_s
        if checked_s == self._saved_check_s:
            return b""
        self._saved_check_s = checked_s
        return dump_health(self._health)

    def restore(self, health: bytes) -> None:
        """Take up a health that was saved; one of another version begins anew."""
        try:
            self._health = load_health(health)
        except ValidationError:
            self._health = new_health()

    def look(self, frame: Frame, at_s: float, *, is_live: bool, is_settled: bool) -> Look:
        """Look at a frame of an instant in epoch seconds; `is_settled` as in `vision.gate.step`."""
        reason = self._examined(frame, at_s, is_live=is_live)
        self._tally.looks += 1
        self._tally.reason = str(reason or "")
        if reason is not None:
            self._gate, self._last = Gate(self._forced_look_s), None
            return Look(unseen(self._view, reason), 0, was_inferred=False)
        self._gate, must_look = step(
            self._gate, frame.luma, self._view.plan, at_s, is_settled=is_settled
        )
        if not must_look and self._last is not None:
            self._tally.skipped += 1
            return replace(self._last, was_inferred=False)
        self._last = self._inferred(frame)
        return self._last

    def _examined(self, frame: Frame, at_s: float, *, is_live: bool) -> Reason | None:
        """Return why the picture cannot be trusted, and follow a camera that has moved a little."""
        self._health, finding = examine(
            self._health, frame.luma, at_s, is_live=is_live, scene=self._scene
        )
        view = self._eye.view(frame.size_wh, finding.moved)
        if view is not self._view:
            self._view, self._gate, self._last = view, Gate(self._forced_look_s), None
        measures = finding.measures
        self._tally.brightness, self._tally.sharpness = measures.brightness, measures.sharpness
        self._tally.shift_px = measures.shift_px
        return finding.reason

    def _inferred(self, frame: Frame) -> Look:
        began_s = time.monotonic()
        found = self._detector.detect(frame.bgr, self._view.plan)
        self._tally.inferred += 1
        self._tally.inference_s += time.monotonic() - began_s
        seen = doubted(self._view, frame.luma, found, observe(self._view, found))
        return Look(seen, len(found), was_inferred=True)
