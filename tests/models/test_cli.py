"""`airelib models` lists, checks and converts, and says what is wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from models.cli import models
from models.errors import ChecksumMismatch, SourceUnreadable, UnknownWeights
from models.manifest import MANIFEST_PATH, load_manifest


@pytest.fixture
def tampered(tmp_path: Path) -> Path:
    """Return a manifest beside weights of which the last byte was changed."""
    folder = tmp_path / "models"
    (folder / "weights").mkdir(parents=True)
    shutil.copy(MANIFEST_PATH, folder)
    for weights in load_manifest().weights:
        content = weights.path.read_bytes()
        (folder / "weights" / weights.path.name).write_bytes(content[:-1] + b"\0")
    return folder / "manifest.toml"


def test_list_shows_licence_size_classes_input_and_accuracy() -> None:
    """A person reads every property of the default weights."""
    shown = CliRunner().invoke(models, ["list"])

    assert shown.exit_code == 0
    wanted = [
        "nanodet-g-int8 (default)",
        "MIT AND Apache-2.0",
        "7.6 MB",
        "80",
        "416 x 416",
        "0.969",
    ]
    assert [text for text in wanted if text not in shown.output] == []


def test_list_gives_the_same_as_json() -> None:
    """A program reads the same entry with its checksum and figures."""
    shown = CliRunner().invoke(models, ["list", "--json"])

    row, _ = json.loads(shown.output)
    entry = load_manifest().weights[0]
    assert row["sha256"] == entry.sha256
    assert row["size_bytes"] == entry.path.stat().st_size
    assert [figure["value"] for figure in row["accuracy"]] == [f.value for f in entry.accuracy]


def test_check_says_ok_and_that_it_ran() -> None:
    """The shipped weights pass, checksum and run."""
    shown = CliRunner().invoke(models, ["check"])

    assert shown.exit_code == 0
    assert shown.output.splitlines() == [
        "nanodet-g: OK (checksum, runs in OpenVINO)",
        "nanodet-g-int8: OK (checksum, runs in OpenVINO)",
    ]


def test_check_as_json_with_speed_gives_times() -> None:
    """A program learns that the weights run and how long a crop takes, by batch size."""
    shown = CliRunner().invoke(models, ["check", "nanodet-g", "--speed", "--json"])

    (row,) = json.loads(shown.output)
    assert (row["ok"], row["ran"]) == (True, True)
    assert sorted(row["crop_ms_by_batch"]) == ["1", "4"]


def test_check_reports_the_failure_and_raises_it(tampered: Path) -> None:
    """Changed weights are reported by code, and the error goes on to the root of the command line."""
    shown = CliRunner().invoke(models, ["check", "--json", "--manifest", str(tampered)])

    assert isinstance(shown.exception, ChecksumMismatch)
    assert json.loads(shown.output) == [
        {"name": name, "ok": False, "ran": False, "error": "checksum_mismatch"}
        for name in ("nanodet-g", "nanodet-g-int8")
    ]


def test_a_mismatch_ends_the_command_with_status_2(tampered: Path) -> None:
    """On the real command line changed weights give status 2 and one sentence with both sums."""
    command = [sys.executable, "-c", "from service.cli import main; main()"]

    ended = subprocess.run(
        [*command, "models", "check", "--manifest", str(tampered)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert ended.stderr.startswith("error: ")
    assert load_manifest().weights[0].sha256 in ended.stderr
    assert "Traceback" not in ended.stderr


def test_check_of_an_unknown_name_is_refused() -> None:
    """A name that is not in the manifest is refused."""
    shown = CliRunner().invoke(models, ["check", "yolo"])

    assert isinstance(shown.exception, UnknownWeights)


def test_convert_of_another_archive_writes_nothing(tmp_path: Path) -> None:
    """A source without the published files is refused and no file appears."""
    source = tmp_path / "other.tgz"
    source.write_bytes(b"not an archive")
    out = tmp_path / "made.onnx"

    shown = CliRunner().invoke(
        models, ["convert", "nanodet", "--source", str(source), "--out", str(out)]
    )

    assert isinstance(shown.exception, SourceUnreadable)
    assert list(tmp_path.iterdir()) == [source]
