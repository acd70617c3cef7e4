"""The whole machine on the sample's rendered clips, and on their exact boxes without a picture."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from vision.commands.evaluate import evaluate
from vision.commands.replay import replay

WEATHERS = ("day", "rain")


def called(command: Any, *arguments: object) -> str:
    """Call a command and return what it printed."""
    return CliRunner().invoke(command, list(map(str, arguments)), catch_exceptions=False).output


def clip(repo: Path, name: str) -> Path:
    """Return the folder of a sample clip."""
    return repo / "sample_data" / "clips" / name


def start_of(folder: Path) -> str:
    """Return the instant of a clip's first frame: something stands in a bay from its start on."""
    with (folder / "stays.csv").open() as stream:
        return min(row["arrived_at"] for row in csv.DictReader(stream))


def replayed(folder: Path, out: Path, *options: object) -> dict[str, Any]:
    """Replay a clip into a folder and return its figures."""
    called(
        replay, "--scene", folder / "scene.json", "--source", folder / "clip.mp4", "--start", start_of(folder),
        "--out", out / "stays.csv", "--unseen", out / "unseen.csv", *options,
    )  # fmt: skip
    figures: dict[str, Any] = json.loads(
        called(evaluate, "--truth", folder / "stays.csv", "--found", out / "stays.csv", "--json")
    )
    return figures


def unseen_s(out: Path, bay_id: str, from_at: datetime, to_at: datetime) -> float:
    """Return how many seconds of a time a bay was unseen."""
    total = timedelta()
    with (out / "unseen.csv").open() as stream:
        for row in csv.DictReader(stream):
            if row["bay_id"] == bay_id:
                start, end = datetime.fromisoformat(row["from"]), datetime.fromisoformat(row["to"])
                total += max(min(end, to_at) - max(start, from_at), timedelta())
    return total.total_seconds()


@pytest.mark.slow
@pytest.mark.parametrize("name", WEATHERS)
def test_stays_of_a_clip_are_found(repo: Path, tmp_path: Path, name: str) -> None:
    """In both weathers stay precision and recall are at least 0.95, and times are right to two seconds."""
    figures = replayed(clip(repo, name), tmp_path)
    assert figures["stays_true"] >= 10
    assert figures["precision"] >= 0.95
    assert figures["recall"] >= 0.95
    assert figures["arrival_error_s"] <= 2
    assert figures["departure_error_s"] <= 2


@pytest.mark.slow
@pytest.mark.parametrize("name", WEATHERS)
def test_stays_are_found_from_exact_boxes(repo: Path, tmp_path: Path, name: str) -> None:
    """From the clip's true boxes, without a picture, every stay is found and nothing else."""
    folder = clip(repo, name)
    figures = replayed(folder, tmp_path, "--detections", folder / "boxes.csv")
    assert (figures["precision"], figures["recall"]) == (1.0, 1.0)


@pytest.mark.slow
def test_hidden_bays_are_unknown_not_free(repo: Path, tmp_path: Path) -> None:
    """While the lorry hides the bay behind it, that bay is unseen for at least 90 % of the time, empty or not."""
    folder = clip(repo, "oblique")
    figures = replayed(folder, tmp_path)
    start = datetime.fromisoformat(start_of(folder))
    hidden = (start + timedelta(seconds=8), start + timedelta(seconds=45))
    assert unseen_s(tmp_path, "99001-0002", *hidden) >= 0.9 * 37
    assert figures["recall"] >= 0.6
