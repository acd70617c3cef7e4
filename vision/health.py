"""Whether a picture can be trusted at all: too dark to see, or frozen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.observation import Reason

DARK_MEAN = 8.0
"""Mean brightness, 0..255, below which the picture shows nothing (assumption: a covered lens gives 0 to 5)."""

FROZEN_S = 30.0
"""Time without any change at all after which a live picture is frozen: a sensor's noise alone changes every frame."""

SAMPLE_STEP_PX = 8
"""Every eighth row and column tells enough."""


@dataclass(frozen=True)
class Health:
    """What is remembered of the last pictures: no pixel, only a checksum."""

    checksum: str = ""
    since_s: float = 0.0
    """Instant since which the checksum has been the same, epoch seconds."""


def check(
    health: Health, bgr: NDArray[np.uint8], at_s: float, *, is_live: bool
) -> tuple[Health, Reason | None]:
    """Return the new memory and why the picture cannot be trusted, or None; only a live picture can be frozen."""
    sample = bgr[::SAMPLE_STEP_PX, ::SAMPLE_STEP_PX]
    if float(sample.mean()) < DARK_MEAN:
        return health, Reason.DARK
    if not is_live:
        return health, None
    checksum = hashlib.blake2b(np.ascontiguousarray(sample).tobytes(), digest_size=16).hexdigest()
    if checksum != health.checksum:
        return Health(checksum, at_s), None
    is_frozen = at_s - health.since_s >= FROZEN_S
    return health, Reason.FROZEN if is_frozen else None
