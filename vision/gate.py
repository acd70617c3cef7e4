"""Gating: whether the crops have changed since the detector last looked, so that the cost follows the street and not the clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.crops import CropPlan
from vision.stay_rules import RULES, StayRules
from vision.watch import Memory

Floats = NDArray[np.float32]

CELLS = 48
"""Cells a side of a crop's thumbnail: a vehicle, which spans .29 of a crop (`vision.crops`), covers about 14 by 10 of them."""

SAMPLES = 4
"""Pixels a side that are averaged into one cell."""

LEAST_CHANGE = 4.0
"""Change of a cell's brightness, 0..255, below which nothing is said: a codec's own unrest between keyframes stays below 2."""

NOISE_FACTOR = 6.0
"""Change of a cell over the picture's noise, from which it counts (parameter; normal noise exceeds it once in 5e8)."""

CHANGED_CELLS = 4
"""Cells of one crop that must change: the smallest vehicle that the detector finds covers more than ten."""

AFTER_CHANGE_S = RULES.gap_s
"""Time after a change to the first forced look: a vehicle missed in that one look (one in twenty) is found before its time counts as unseen."""

FORCED_LOOK_S = 30.0
"""Longest time without a look (parameter)."""

MAD_TO_SIGMA = 1.4826
"""Standard deviation of normal noise over its median absolute deviation."""


@dataclass(frozen=True)
class Gate:
    """What the crops looked like at the last look."""

    forced_look_s: float = FORCED_LOOK_S
    """Longest time without a look; 0: every frame is looked at."""
    plan: CropPlan | None = None
    """The windows looked through; None before the first look."""
    cells: tuple[Floats, ...] = ()
    """Mean brightness by window, shape (48, 48)."""
    looked_s: float = 0.0
    """Instant of the last look."""
    changed_s: float = 0.0
    """Instant of the last look that a change called for."""


def step(
    gate: Gate, luma: NDArray[np.uint8], plan: CropPlan, at_s: float, *, is_settled: bool = True
) -> tuple[Gate, bool]:
    """Return the new memory and whether the detector must look at this frame.

    Parameters
    ----------
    gate
        What the crops looked like at the last look.
    luma
        Brightness of the frame, shape (height, width), 0..255.
    plan
        The windows that the detector looks through.
    at_s
        Instant of the frame, in seconds.
    is_settled
        False while a vehicle is arriving or leaving: then every frame is looked at.
    """
    cells = tuple(_thumbnail(luma, window) for window in _around_bays(plan, luma.shape))
    has_changed = gate.plan is not plan or any(map(_differ, cells, gate.cells))
    after = replace(gate, plan=plan, cells=cells, looked_s=at_s)
    if has_changed or gate.forced_look_s == 0:
        return replace(after, changed_s=at_s), True
    if not is_settled or at_s - gate.looked_s >= _patience_s(gate):
        return after, True
    return gate, False


def is_settled(memory: Memory, rules: StayRules = RULES) -> bool:
    """Tell whether each vehicle of a camera's memory stands in its bay for sure, so that another equal look would say nothing new."""
    return all(
        presence.is_confirmed and presence.log_odds >= rules.log_odds_there
        for bay in memory.bays
        for presence in bay.machine.presences
    )


def _patience_s(gate: Gate) -> float:
    """Return the time from the last look to a forced one: doubled with each quiet look after a change."""
    return min(gate.forced_look_s, max(AFTER_CHANGE_S, 2 * (gate.looked_s - gate.changed_s)))


def _around_bays(plan: CropPlan, shape: tuple[int, ...]) -> list[NDArray[np.int32]]:
    """Return the windows but for the whole frame, whose traffic changes all the time, unless it is the only one."""
    side = max(shape)
    windows = [w for w in plan.windows_xyxy if w[2] - w[0] < side or w[3] - w[1] < side]
    return windows or list(plan.windows_xyxy)


def _thumbnail(luma: NDArray[np.uint8], window: NDArray[np.int32]) -> Floats:
    x0, y0, x1, y1 = (int(edge) for edge in window)
    part = luma[max(y0, 0) : y1, max(x0, 0) : x1]
    every = max(1, min(part.shape) // (CELLS * SAMPLES))
    sampled = np.ascontiguousarray(part[::every, ::every])
    small = cv2.resize(sampled, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _differ(now: Floats, before: Floats) -> bool:
    """Tell whether two thumbnails differ by more than brightness and noise."""
    gain = (float(np.median(now)) + 1) / (float(np.median(before)) + 1)
    rest = now - gain * before
    rest -= np.median(rest)
    size = np.abs(rest)
    noise = MAD_TO_SIGMA * float(np.median(size))
    changed = size > max(LEAST_CHANGE, NOISE_FACTOR * noise)
    return bool(np.count_nonzero(changed) >= CHANGED_CELLS)
