"""The wheel carries what runs from it: weights, sample, page, migrations, templates."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

WANTED = (
    "geo/files/schemas/scene.json",
    "geo/files/schemas/stays.json",
    "models/manifest.toml",
    "models/weights/nanodet-g-416.onnx",
    "models/weights/nanodet-g-416-int8.xml",
    "models/weights/nanodet-g-416-int8.bin",
    "models/weights/NOTICE",
    "models/pullable.toml",
    "sample_data/clips/day/clip.mp4",
    "sample_data/clips/day/scene.json",
    "sample_data/clips/rain/stays.csv",
    "sample_data/clips/oblique/bays.geojson",
    "sample_data/quarter/communes.geojson",
    "sample_data/quarter/bays.geojson",
    "service/migrations/env.py",
    "service/reports/templates/commune.typ",
    "service/web/dist/index.html",
    "vision/calibration_page/static/index.html",
    "vision/calibration_page/static/phrases/fr.json",
)


@pytest.mark.slow
def test_wheel_holds_what_runs_from_it(repo: Path, tmp_path: Path) -> None:
    """Everything the commands read at run time is in the wheel, and nothing of the page's tools."""
    elsewhere = tmp_path / "build.cfg"
    elsewhere.write_text(f"[build]\nbuild_base = {tmp_path / 'build'}\n")
    argv = [
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-q",
        "-w",
        str(tmp_path),
        str(repo),
    ]
    done = subprocess.run(
        [sys.executable, *argv],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DIST_EXTRA_CONFIG": str(elsewhere)},
    )
    assert done.returncode == 0, done.stderr
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    assert [name for name in WANTED if name not in names] == []
    assert [
        name for name in names if "node_modules" in name or name.endswith((".glb", ".tsx"))
    ] == []
