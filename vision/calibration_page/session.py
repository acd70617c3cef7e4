"""One calibration at work: the picture, the draft, the try-out and the saving, each safe to ask for from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from geo.errors import CalibrationTooLoose, Conflict, InvalidInput, NotFound
from vision.calibration_page.answers import fit_json, kerb_json, saved_json
from vision.calibration_page.draft import Draft
from vision.calibration_page.eye import Look, blurred_jpeg, jpeg, latest_moment_s, look
from vision.calibration_page.fit import Fit, Verdict, fit_draft
from vision.calibration_page.kerb import Kerb
from vision.calibration_page.scene_file import (
    Saved,
    draft_of,
    mask_px,
    read_document,
    scene_document,
    sketched_scene,
    succeeding,
    watched_bays,
    write_scene,
)
from vision.calibration_page.trial import TRIAL_S, Trial, TrialScene, shown_json
from vision.detector import Detector
from vision.source import Source


@dataclass(frozen=True)
class Job:
    """What is to be calibrated."""

    scene_path: Path
    source: Source
    camera_id: str
    kerb: Kerb | None
    bays_name: str | None
    """The bay file, relative to the scene's folder."""
    load_detector: Callable[[], Detector]
    trial_s: float = TRIAL_S


class Session:
    """What the page and the device share.

    Parameters
    ----------
    job
        What is to be calibrated.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._lock = threading.RLock()
        self._looking = threading.Lock()
        self._latest_s = latest_moment_s(job.source)
        self._looks = 0
        self._look: Look | None = None
        self._size_wh: tuple[int, int] | None = None
        self._trial: Trial | None = None
        document = read_document(job.scene_path)
        self._draft = draft_of(document, job.kerb) if document else Draft()

    def state(self) -> dict[str, Any]:
        """Return everything the page needs to begin, or to go on after a reload."""
        with self._lock:
            document = read_document(self._job.scene_path) or {}
            return {
                "camera_id": self._job.camera_id,
                "scene": self._job.scene_path.name,
                "source": self._job.source.shown if self._job.source.is_live else "",
                "latest_moment_s": self._latest_s,
                "trial_s": self._job.trial_s,
                "kerb": kerb_json(self._job.kerb) if self._job.kerb else None,
                "draft": self._draft.model_dump(),
                "valid_from": document.get("valid_from"),
                "picture": self._picture_json(),
            }

    def take_picture(self, moment_s: float = 0.0) -> dict[str, Any]:
        """Look through the camera; the former picture is forgotten."""
        with self._looking:
            taken = look(self._job.source, self._looks + 1, moment_s)
            with self._lock:
                self._looks, self._look, self._size_wh = taken.number, taken, taken.size_wh
                return {"picture": self._picture_json()}

    def picture_jpeg(self) -> bytes:
        """Return the picture in memory.

        Raises
        ------
        NotFound
            When none was taken, or it was deleted.
        """
        with self._lock:
            if self._look is None:
                raise NotFound("there is no picture: wanted one taken first")
            return jpeg(self._look.bgr)

    def fit(self, draft: Draft) -> dict[str, Any]:
        """Keep a draft and say what it is worth."""
        with self._lock:
            self._draft = draft
            return fit_json(self._fit(draft), self._seen_size_wh())

    def start_trial(self, draft: Draft) -> dict[str, Any]:
        """Begin a try-out of a draft; a running one ends."""
        self.stop_trial()
        with self._lock:
            self._draft = draft
            size_wh, fit = self._seen_size_wh(), self._usable(draft)
            scene = sketched_scene(draft, fit, size_wh)
            start_s = self._look.offset_s if self._look else 0.0
            tried = TrialScene(scene, mask_px(draft, size_wh), self._job.source, start_s)
            self._trial = Trial(tried, self._job.load_detector, self._job.trial_s)
        return self.trial()

    def stop_trial(self) -> dict[str, Any]:
        """End the try-out."""
        with self._lock:
            trial, self._trial = self._trial, None
        if trial is not None:
            trial.stop()
        return {"running": False, "remaining_s": 0.0, "look": None}

    def trial(self) -> dict[str, Any]:
        """Return how the try-out stands, with its last look."""
        with self._lock:
            trial = self._trial
        if trial is None:
            return {"running": False, "remaining_s": 0.0, "look": None}
        if trial.error is not None:
            raise trial.error
        shown = trial.shown
        return {
            "running": trial.is_running,
            "remaining_s": round(trial.remaining_s, 1),
            "look": shown_json(shown) if shown else None,
        }

    def trial_jpeg(self) -> bytes:
        """Return the masked frame of the try-out's last look.

        Raises
        ------
        NotFound
            When there is none.
        """
        with self._lock:
            trial = self._trial
        if trial is None or trial.shown is None:
            raise NotFound("there is no try-out: wanted one that has begun")
        return trial.shown.jpeg

    def save(
        self, draft: Draft, *, keep_blurred: bool, now: datetime | None = None
    ) -> dict[str, Any]:
        """Write the scene; then the picture is deleted, or kept only blurred where that was asked for."""
        self.stop_trial()
        with self._lock:
            self._draft = draft
            size_wh, fit = self._seen_size_wh(), self._usable(draft)
            made = scene_document(draft, fit, self._job.kerb, size_wh)
            if keep_blurred and self._look is None:
                raise Conflict("there is no picture to keep: wanted one taken first")
            saved = self._written(made, now or datetime.now(UTC))
            blurred = self._keep_blurred(draft) if keep_blurred else None
            self._look = None
            return saved_json(saved, made["privacy_mask"], blurred)

    def _written(self, made: dict[str, Any], at: datetime) -> Saved:
        path = self._job.scene_path
        document, is_new = succeeding(read_document(path), made, at)
        document = {"camera_id": self._job.camera_id, **document}
        if self._job.bays_name is not None:
            document["bays_geojson"] = self._job.bays_name
        write_scene(path, document)
        return Saved(path, document["valid_from"], is_new, len(document.get("history") or []))

    def _keep_blurred(self, draft: Draft) -> Path | None:
        if self._look is None:
            return None
        path = self._job.scene_path.with_name(f"{self._job.scene_path.stem}-blurred.jpg")
        path.write_bytes(blurred_jpeg(self._look.bgr, mask_px(draft, self._look.size_wh)))
        return path

    def _usable(self, draft: Draft) -> Fit:
        fit = self._fit(draft)
        if self._job.kerb is not None and not fit.is_usable and (draft.pairs or not draft.drawn):
            self._refuse(fit)
        if not watched_bays(draft, fit):
            raise InvalidInput("no bay is watched: wanted one that the picture shows")
        return fit

    def _refuse(self, fit: Fit) -> None:
        if fit.verdict is Verdict.REFUSED:
            residual_m = np.inf if fit.residual_m is None else fit.residual_m
            raise CalibrationTooLoose(
                f"the calibration misses its own points by {residual_m:.2f} m: wanted at most 0.5 m"
            )
        raise InvalidInput(
            f"{len(fit.errors_m)} pairs do not make a calibration: wanted four of which no three lie on one line"
        )

    def _fit(self, draft: Draft) -> Fit:
        return fit_draft(draft, self._job.kerb, self._seen_size_wh())

    def _seen_size_wh(self) -> tuple[int, int]:
        if self._size_wh is None:
            raise Conflict("there was no picture yet: wanted one taken first")
        return self._size_wh

    def _picture_json(self) -> dict[str, Any] | None:
        if self._look is None:
            return None
        return {
            "number": self._look.number,
            "offset_s": self._look.offset_s,
            "size": list(self._look.size_wh),
        }
