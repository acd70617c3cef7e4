"""The state machine on random timetables with the detector's measured errors, from command to command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sample_data.cli import sample
from vision.commands.evaluate import evaluate
from vision.commands.replay import replay


def called(command: Any, *arguments: object) -> str:
    """Call a command and return what it printed."""
    return CliRunner().invoke(command, list(map(str, arguments)), catch_exceptions=False).output


@pytest.mark.parametrize(("seed", "miss"), [(11, 0.0), (12, 0.06)])
def test_stays_of_random_timetables_are_found(tmp_path: Path, seed: int, miss: float) -> None:
    """With measured jitter, cabs and labels, and 0 or 6 % of looks missed, precision and recall are at least 0.95."""
    truth, found = tmp_path / "truth", tmp_path / "found.csv"
    called(
        sample, "detections", "--seed", seed, "--duration", 300, "--fps", 2, "--miss", miss,
        "--out", truth,
    )  # fmt: skip
    called(
        replay, "--scene", truth / "scene.json", "--detections", truth / "boxes.csv", "--fps", 2,
        "--start", "2026-03-02T08:00:00+00:00", "--out", found,
    )  # fmt: skip
    figures = json.loads(
        called(evaluate, "--truth", truth / "stays.csv", "--found", found, "--json")
    )
    assert figures["stays_true"] >= 8
    assert figures["precision"] >= 0.95
    assert figures["recall"] >= 0.95
    assert figures["arrival_error_s"] <= 2
