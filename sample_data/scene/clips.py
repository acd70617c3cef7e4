"""Where the rendered clips lie, and when they begin and how long they last."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sample_data.scene.scenarios import SCENARIOS

FOLDER = Path(__file__).parents[1] / "clips"


def list_clips() -> tuple[str, ...]:
    """Return the names of the clips that come with the sample."""
    return tuple(SCENARIOS)


def clip_dir(name: str) -> Path:
    """Return the folder of a clip, with clip.mp4, scene.json, bays.geojson, stays.csv, states.csv and boxes.csv."""
    return FOLDER / name


def clip_start_at(name: str) -> datetime:
    """Return the instant, aware, that the truth gives to the first frame of a clip."""
    return SCENARIOS[name].start_at


def clip_length_s(name: str) -> float:
    """Return how long a clip lasts."""
    return float(SCENARIOS[name].duration_s)
