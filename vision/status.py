"""What a worker says of itself, put together from its outbox while it runs or after, as a value and as a table."""

from __future__ import annotations

import json
from typing import Any

from vision.outbox import Outbox
from vision.watch import load_memory

COLUMNS = (
    "camera",
    "state",
    "last frame",
    "fps",
    "looks",
    "inferred",
    "reason",
    "calibration",
)
"""Heads of the table."""

SILENT_S = 30.0
"""Age of a status from which nobody keeps it up to date: the worker does not run."""


def status_of(outbox: Outbox, camera_ids: list[str]) -> dict[str, Any]:
    """Return the outbox's counts and by camera the frames and vehicles of its memory, with what the worker last said of it."""
    said = json.loads(outbox.status())
    cameras = {}
    for camera_id in camera_ids:
        saved = outbox.saved(camera_id)
        memory = load_memory(saved) if saved else None
        own = {
            "frames": memory.frames if memory else 0,
            "vehicles": memory.vehicles if memory else 0,
        }
        told = said.get("cameras", {}).get(camera_id, {})
        cameras[camera_id] = {**told, **own}
    rest = {key: value for key, value in said.items() if key != "cameras"}
    return {**outbox.counters(), "waiting": outbox.waiting(), **rest, "cameras": cameras}


def as_table(status: dict[str, Any], now_s: float) -> str:
    """Return a status as lines for people."""
    rows = [COLUMNS, *(_row(name, one, now_s) for name, one in status["cameras"].items())]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    counts = f"events: {status['waiting']} waiting, {status['posted']} posted, {status['dropped']} dropped"
    return "\n".join([_running(status, now_s), counts, "", *lines])


def _running(status: dict[str, Any], now_s: float) -> str:
    if "at_s" not in status:
        return "worker: has not said anything yet"
    age_s = now_s - status["at_s"]
    state = "running" if age_s < SILENT_S else "not running"
    memory_mb = status["rss_bytes"] / 1e6
    return f"worker: {state}, status of {age_s:.0f} s ago, {memory_mb:.0f} MB of memory, {status['crashes']} crashes"


def _row(name: str, camera: dict[str, Any], now_s: float) -> tuple[str, ...]:
    last_s = camera.get("last_frame_s")
    share = camera.get("inferred_share")
    return (
        name,
        camera.get("state", "-"),
        "-" if last_s is None else f"{now_s - last_s:.0f} s ago",
        f"{camera['fps']:g}" if "fps" in camera else "-",
        str(camera.get("looks", 0)),
        "-" if share is None else f"{share:.2f}",
        camera.get("reason") or "-",
        camera.get("calibration") or "-",
    )
