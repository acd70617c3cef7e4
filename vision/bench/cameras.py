"""Cameras a box: how many 1080p25 cameras the real worker bears at one observation each two seconds, none late; and one alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vision.bench.ramp import Load, measure, write_cameras

PERIOD_S = 2.0

LATEST_S = 2.0
"""Latest that an observation may be done after its frame was due: one period."""

LEVELS = (25, 50, 100, 150)
"""Cameras tried one after the other until a number is not borne, then the middle between that and the last (parameter)."""

SHORT_S = 30.0
"""Time for which each number is tried before the largest that holds is held for long."""


@dataclass(frozen=True)
class Ramp:
    """What was tried."""

    loads: tuple[Load, ...]
    """Each number in order; the last ones are held for long."""
    held_s: float

    @property
    def cameras(self) -> int:
        """Return the most cameras that were borne for the long time; 0 for none."""
        held = [load for load in self.loads if load.seconds >= self.held_s and is_borne(load)]
        return max((load.cameras for load in held), default=0)


def is_borne(load: Load) -> bool:
    """Tell whether every due observation was made and none was late."""
    return load.observations >= load.wanted - load.cameras and load.late_max_s <= LATEST_S


def ramp(
    clip: Path, scene: Path, held_s: float, say: Callable[[str], None], most: int = LEVELS[-1]
) -> Ramp:
    """Raise the number of cameras until one is not borne, then hold the largest that was for a long time."""
    loads: list[Load] = []
    for cameras in _levels(loads, most):
        loads.append(run(clip, scene, cameras, SHORT_S))
        say(sentence(loads[-1]))
    for cameras in sorted({load.cameras for load in loads if is_borne(load)}, reverse=True):
        loads.append(run(clip, scene, cameras, held_s))
        say(sentence(loads[-1]))
        if is_borne(loads[-1]):
            break
    return Ramp(tuple(loads), held_s)


def run(clip: Path, scene: Path, cameras: int, seconds: float, period_s: float = PERIOD_S) -> Load:
    """Run a number of cameras in a process of its own for a time."""
    with tempfile.TemporaryDirectory(prefix="airelib-bench-") as folder:
        config = write_cameras(Path(folder), clip, scene, cameras=cameras, period_s=period_s)
        return measure(config, seconds)


def sentence(load: Load) -> str:
    """Return what a load says, for a person."""
    return (
        f"{load.cameras} cameras for {load.seconds:.0f} s: {load.observations} of {load.wanted} observations, "
        f"latest {load.late_max_s:.2f} s, {load.inferred_share:.0%} inferred, "
        f"{load.cpu_s_per_s:.2f} cores, {load.rss_mb:.0f} MB"
    )


def _levels(loads: list[Load], most: int) -> Iterator[int]:
    """Yield the numbers to try, looking at what became of those before."""
    borne = 0
    for level in (level for level in LEVELS if level <= most):
        yield level
        if not is_borne(loads[-1]):
            if (middle := (borne + level) // 2) > 0:
                yield middle
            return
        borne = level
