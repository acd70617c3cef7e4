"""All figures of the bench in one object, with the workload they were taken on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from vision.bench import cameras, parking
from vision.bench.pipeline import Cost, Run
from vision.bench.street import STILL, Street, build
from vision.gate import FORCED_LOOK_S

WARM_UP, FRAMES = 25, 200
"""Frames that are not counted, and counted ones, of each measurement on one core."""

ALONE_S, ALONE_PERIOD_S = 60.0, 0.2
"""How long, and how often, one camera is watched for its latency."""

Say = Callable[[str], None]


def measured(sample: Path, folder: Path, held_s: float, most: int, say: Say) -> dict[str, Any]:
    """Measure everything.

    Parameters
    ----------
    sample
        Folder with clip.mp4, scene.json and bays.geojson.
    folder
        Empty folder for the workload.
    held_s
        Seconds for which the largest number of cameras is held.
    most
        Most cameras to try; 0 for none.
    say
        Is told of each step.

    Returns
    -------
    dict
        The figures by name; None where something is not installed or was not tried.
    """
    say("making the workload: 1080p25 from the sample clip")
    street = build(sample, folder)
    run = Run(str(street.moving), str(street.scene), "", 0.0, WARM_UP, FRAMES, core=0)
    embedded = parking.measure_ours(run, folder)
    say(f"embedded detector, every frame: {embedded.frames_per_s:.1f} frames/s/core")
    gated = parking.measure_ours(
        parking.with_clip(run, street.resting, is_gated=True, rest_s=FORCED_LOOK_S), folder
    )
    say(f"embedded detector, gated: {gated.frames_per_s:.1f} frames/s/core")
    compared = _compared(street, folder, run, say)
    alone = cameras.run(sample / "clip.mp4", sample / "scene.json", 1, ALONE_S, ALONE_PERIOD_S)
    say(cameras.sentence(alone))
    ramp = cameras.ramp(street.quiet, street.scene, held_s, say, most) if most else None
    return {
        "frames_per_s_per_core": embedded.frames_per_s,
        "frames_per_s_per_core_gated": gated.frames_per_s,
        "decode_ms": embedded.decode_ms,
        "inference_ms": embedded.inference_ms,
        "p95_frame_to_event_ms": 1e3 * alone.inferred_late_p95_s,
        "cameras_per_box": ramp.cameras if ramp else None,
        "rss_mb": max(load.rss_mb for load in ramp.loads) if ramp else None,
        "rss_mb_one_camera": alone.rss_mb,
        **compared,
        "workload": _workload(embedded, held_s, ramp),
    }


def table(figures: dict[str, Any]) -> str:
    """Return the figures as a Markdown table, the workload after it."""
    rows = [
        f"| {name} | {'-' if value is None else f'{value:.2f}' if isinstance(value, float) else value} |"
        for name, value in figures.items()
        if name != "workload"
    ]
    workload = json.dumps(figures["workload"], indent=2)
    return "\n".join(["| figure | value |", "|---|--:|", *rows, "", workload])


def _compared(street: Street, folder: Path, run: Run, say: Say) -> dict[str, Any]:
    """Compare with the baseline on both clips; None where it is not installed."""
    names = ("speedup_vs_ultralytics_parking", "speedup_vs_ultralytics_parking_gated")
    if not parking.has_baseline():
        say("Ultralytics is not installed: no comparison (airelib[ultralytics])")
        return dict.fromkeys(names)
    parking.make_weights(folder)
    own = Run(**{**asdict(run), "weights": parking.NAME})
    found: dict[str, Any] = {}
    for name, clip, is_gated in (
        (names[0], street.moving, False),
        (names[1], street.resting, True),
    ):
        ours = parking.measure_ours(
            parking.with_clip(own, clip, is_gated=is_gated, rest_s=FORCED_LOOK_S), folder
        )
        baseline = parking.measure_baseline(street, clip, folder, run)
        found[name] = (baseline["cpu_s"] / baseline["frames"]) / (ours.cpu_s / ours.frames)
        say(
            f"{name}: {found[name]:.2f}, of {baseline['frames'] / baseline['cpu_s']:.1f} frames/s/core"
        )
    return found


def _workload(embedded: Cost, held_s: float, ramp: cameras.Ramp | None) -> dict[str, Any]:
    return {
        "frames": FRAMES,
        "warm_up": WARM_UP,
        "frame_wh": [1920, 1080],
        "crops": embedded.crops,
        "network_wh": list(embedded.network_wh),
        "changed_share": 1.0,
        "changed_share_gated": 1 / STILL,
        "comparison": {
            "network": "YOLO11n, random weights, FP32, both sides",
            "side_px": parking.SIDE_PX,
            "crops": embedded.crops,
            "baseline": "ultralytics ParkingManagement, defaults (640), PyTorch",
            "cores": 1,
        },
        "cameras": None
        if ramp is None
        else {
            "source": "looped files of 1080p25 with a keyframe each 2 s, paced in real time",
            "period_s": cameras.PERIOD_S,
            "latest_s": cameras.LATEST_S,
            "held_s": held_s,
            "loads": [asdict(load) for load in ramp.loads],
        },
    }
