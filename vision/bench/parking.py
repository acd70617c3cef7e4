"""Against the named baseline: Ultralytics ParkingManagement on the same frames, the same network and one core each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from geo.errors import Unavailable
from models.manifest import FOLDER_VARIABLE, get_weights
from models.shelf import Arrival, take_in
from vision.bench.pipeline import Cost, Run
from vision.bench.street import Street

PROGRAM = Path(__file__).with_name("parking_program.py")

SIDE_PX = 320
"""Side of a crop for the network (parameter): a vehicle, which spans .29 of a crop, then takes 94 pixels."""

NAME = "yolo11n-random"


def has_baseline() -> bool:
    """Tell whether the extra `ultralytics` is installed."""
    return find_spec("ultralytics") is not None


def measure_baseline(street: Street, clip: Path, folder: Path, run: Run) -> dict[str, Any]:
    """Return frames, seconds and processor seconds of the baseline on a clip."""
    regions = folder / "regions.json"
    regions.write_text(json.dumps([{"points": street.polygon_px}]), encoding="utf-8")
    job = {
        "clip": str(clip),
        "checkpoint": str(folder / "yolo11n.pt"),
        "regions": str(regions),
        "warm_up": run.warm_up,
        "frames": run.frames,
        "core": run.core,
    }
    return dict(json.loads(_called([str(PROGRAM), "run", json.dumps(job)], isolated=True)))


def make_weights(folder: Path) -> None:
    """Write a YOLO11n of random weights, checkpoint and ONNX, and trust the ONNX under `NAME` in a folder of its own."""
    _called([str(PROGRAM), "weights", str(folder), str(SIDE_PX)], isolated=True)
    file = (
        folder / "yolo11n.onnx"
    )  # its definition numbers the classes, which are COCO's as the embedded network's are
    arrival = Arrival(
        name=NAME,
        family="yolo",
        classes=get_weights().classes,
        input_size_wh=(SIDE_PX, SIDE_PX),
        threshold=0.25,
        licence="AGPL-3.0-only",
        source="yolo11n.yaml of the installed ultralytics, random weights: speed only",
    )
    take_in(file, arrival, folder / "weights")


def measure_ours(run: Run, folder: Path) -> Cost:
    """Return what the whole pipeline costs in a process of its own; weights of `make_weights` are found in the folder."""
    environment = {**os.environ, FOLDER_VARIABLE: str(folder / "weights")}
    said = _called(["-m", "vision.bench.pipeline", json.dumps(asdict(run))], environment)
    return Cost(**json.loads(said))


def with_clip(run: Run, clip: Path, *, is_gated: bool, rest_s: float) -> Run:
    """Return a run of another clip, every frame inferred or gated."""
    return replace(run, clip=str(clip), forced_look_s=rest_s if is_gated else 0.0)


def _called(
    arguments: list[str], environment: dict[str, str] | None = None, *, isolated: bool = False
) -> str:
    """Run Python and return the last line that it said."""
    command = [sys.executable, *(["-I"] if isolated else []), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise Unavailable(f"the measurement {command[-2]} failed: {done.stderr[-500:].strip()}")
    return (done.stdout.splitlines() or [""])[-1]
