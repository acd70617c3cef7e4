"""The main job end to end: frames, worker process, HTTP, service process, figures; cut and resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

AIRELIB = (sys.executable, "-m", "service.cli")
ENOUGH = 0.95
"""Stay precision and recall that the main job must reach on the sample's clips."""

WEATHERS = ("day", "rain")
COMPARED = (
    "frames",
    "detections",
    "stays_found",
    "stays_true",
    "stay_precision",
    "stay_recall",
    "events_posted",
)


COUNTED_ONCE = tuple(name for name in COMPARED if name != "detections")
"""What a restart leaves as it is; the detector looks once more after each, where it would have rested."""


def command(folder: Path, clip: str) -> list[str]:
    """Return the demonstration's command line, run to the end."""
    return [*AIRELIB, "demo", "--once", "--json", "--clip", clip, "--folder", str(folder)]


def run_to_end(folder: Path, clip: str) -> dict[str, Any]:
    """Run the demonstration to the end and return its last line."""
    done = subprocess.run(command(folder, clip), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    summary: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return summary


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Return the summary of an undisturbed run in each weather."""
    return {clip: run_to_end(tmp_path_factory.mktemp(clip), clip) for clip in WEATHERS}


@pytest.mark.slow
@pytest.mark.parametrize("clip", WEATHERS)
def test_stays_are_found_in_both_weathers(runs: dict[str, dict[str, Any]], clip: str) -> None:
    """Stays are found with the precision and recall that the product promises."""
    summary = runs[clip]
    assert summary["stays_true"] >= 10
    assert summary["stay_precision"] >= ENOUGH
    assert summary["stay_recall"] >= ENOUGH


@pytest.mark.slow
def test_summary_says_all_it_promises(runs: dict[str, dict[str, Any]]) -> None:
    """The last line holds the documented fields, and the sample's places and figures are there."""
    summary = runs["day"]
    assert set(summary) == {*COMPARED, "bays", "communes", "slots", "wall_s", "url"}
    assert summary["communes"] == 11
    assert 280 <= summary["bays"] <= 320
    assert summary["slots"] > 1_000_000
    assert summary["events_posted"] > summary["stays_found"]
    assert summary["url"].startswith("http://127.0.0.1:")


def children(pid: int) -> dict[str, int]:
    """Return the demonstration's child processes by what they run."""
    found = {}
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        words = Path(f"/proc/{child}/cmdline").read_bytes().decode().split("\0")
        found["worker" if "worker" in words else "service"] = int(child)
    return found


@pytest.mark.slow
def test_kill_loses_and_doubles_nothing(tmp_path: Path, runs: dict[str, dict[str, Any]]) -> None:
    """With worker, service and then everything killed in the middle, a restart finds the same stays, each once."""
    log = tmp_path / "once" / "worker.log"
    log.parent.mkdir(parents=True)
    log.touch()
    (log.parent / "airelib-demo").touch()
    (log.parent / "run.json").unlink(missing_ok=True)
    with subprocess.Popen(
        command(tmp_path, "day"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as demo:
        victims = iter(("worker", "service", "demonstration"))
        for line in following(log, demo.pid):
            if "batch_sent" not in line:
                continue
            victim = next(victims)
            os.kill(children(demo.pid).get(victim, demo.pid), signal.SIGKILL)
            if victim == "demonstration":
                break
    assert demo.returncode == -signal.SIGKILL

    again = run_to_end(tmp_path, "day")

    assert {name: again[name] for name in COUNTED_ONCE} == {
        name: runs["day"][name] for name in COUNTED_ONCE
    }


def following(log: Path, pid: int) -> Any:
    """Yield each new line of a log, until the process has ended."""
    argv = ["tail", "-n", "+1", f"--pid={pid}", "-F", str(log)]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as tail:
        assert tail.stdout is not None
        yield from tail.stdout
        tail.kill()


def test_port_that_is_taken_is_named(tmp_path: Path) -> None:
    """A port that another program holds is refused with its number, and nothing is left behind."""
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [*AIRELIB, "demo", "--port", str(port), "--folder", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 3
    assert f"port {port} of 127.0.0.1 is taken" in done.stderr


def test_unknown_clip_is_named(tmp_path: Path) -> None:
    """A clip that does not exist is refused with the ones that do."""
    done = subprocess.run(command(tmp_path, "night"), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "day" in done.stderr
    assert not (tmp_path / "once").exists()
