"""One look at a frame: the camera's health, the gate, the detector and what the frame says about each bay."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from vision.detector import Detector
from vision.frame import Frame
from vision.gate import Gate, step
from vision.health import Health, check
from vision.observation import BayObservation, Reason, SceneView, observe, prepare, unseen
from vision.scene import Scene
from vision.tally import Tally

_HEALTH = TypeAdapter(Health)


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
        self._view = prepare(scene, scene.image_size_wh)
        self._forced_look_s = forced_look_s
        self._gate = Gate(forced_look_s)
        self._last: Look | None = None
        self._health = Health()

    @property
    def view(self) -> SceneView:
        """Return the scene prepared for the frames that come."""
        return self._view

    @property
    def health(self) -> bytes:
        """Return what is remembered of the camera's health as JSON."""
        return _HEALTH.dump_json(self._health)

    def restore(self, health: bytes) -> None:
        """Take up a health that was saved; one of another version begins anew."""
        try:
            self._health = _HEALTH.validate_json(health)
        except ValidationError:
            self._health = Health()

    def look(self, frame: Frame, at_s: float, *, is_live: bool, is_settled: bool) -> Look:
        """Look at a frame of an instant in epoch seconds; `is_settled` as in `vision.gate.step`."""
        if frame.size_wh != self._view.scene.image_size_wh:
            self._view = prepare(self._scene, frame.size_wh)
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
        """Return why the picture cannot be trusted: the one place that asks the camera's health."""
        self._health, reason = check(self._health, frame.luma, at_s, is_live=is_live)
        self._tally.brightness = float(frame.luma[::8, ::8].mean())
        return reason

    def _inferred(self, frame: Frame) -> Look:
        began_s = time.monotonic()
        found = self._detector.detect(frame.bgr, self._view.plan)
        self._tally.inferred += 1
        self._tally.inference_s += time.monotonic() - began_s
        return Look(observe(self._view, found), len(found), was_inferred=True)
