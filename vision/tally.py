"""What a camera has done since the worker started: counted as it happens, read by the status and the metrics."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

STARTING, WATCHING, LOST, ENDED, FAILED = "starting", "watching", "lost", "ended", "failed"
"""States of a camera; `failed` wants a person."""


@dataclass
class Tally:
    """Counts of one camera in this run; written by its threads, read by others."""

    state: str = STARTING
    frames: int = 0
    """Frames taken from the source, at most one a period."""
    stale: int = 0
    """Frames of a camera dropped because a newer one had come or they had waited too long."""
    looks: int = 0
    """Observations of the bays."""
    inferred: int = 0
    """Observations for which the detector ran."""
    skipped: int = 0
    """Observations equal to the one before because nothing had changed."""
    losses: int = 0
    """Times the source was lost."""
    last_frame_s: float | None = None
    """Instant of the last frame, epoch seconds."""
    decode_s: float = 0.0
    """Processor seconds of the reading thread."""
    inference_s: float = 0.0
    """Seconds spent waiting for the detector."""
    reason: str = ""
    """Why the picture as a whole cannot be trusted; empty when it can."""
    brightness: float | None = None
    """Mean brightness of the last frame, 0..255."""
    sharpness: float | None = None
    """Sharpness of the last frame, by the camera's health; None where it is not measured."""
    shift_px: float | None = None
    """Shift of the view against its reference, in pixels; None where it is not measured."""
    calibration: str = ""
    """Calibration in use; empty where the scene has none."""

    @property
    def inferred_share(self) -> float | None:
        """Return the share of observations for which the detector ran, 0..1; None before the first."""
        return self.inferred / self.looks if self.looks else None

    def report(self) -> dict[str, Any]:
        """Return the counts with their names."""
        return {**asdict(self), "inferred_share": self.inferred_share}
