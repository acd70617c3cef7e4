"""Camera health: whether a camera's pictures can be trusted, and where it points against its reference."""

from vision.health.examination import (
    Finding,
    Health,
    Measures,
    dump_health,
    examine,
    examine_alone,
    load_health,
    new_health,
)
from vision.health.registration import moved_scene

__all__ = [
    "Finding",
    "Health",
    "Measures",
    "dump_health",
    "examine",
    "examine_alone",
    "load_health",
    "moved_scene",
    "new_health",
]
