"""A calibration page on the sample's day, served as an installer would, and Chromium before it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.web.served import AIRELIB, CHROMIUM, FLAGS, Window, watch

Serve = Callable[..., "Served"]
Open = Callable[..., Page]


@dataclass(frozen=True)
class Served:
    """A running page."""

    url: str
    folder: Path
    code: str
    """The one-time code that it printed; empty on loopback."""


@pytest.fixture
def serve(repo: Path, tmp_path: Path) -> Iterator[Serve]:
    """Start `airelib calibrate` on the sample clip; options go to the command."""
    day = repo / "sample_data" / "clips" / "day"
    shutil.copy(day / "bays.geojson", tmp_path)
    running: list[subprocess.Popen[str]] = []

    def start(*options: str, with_bays: bool = True) -> Served:
        argv = [AIRELIB, "calibrate", "--scene", str(tmp_path / "scene.json")]
        argv += ["--source", str(day / "clip.mp4")]
        argv += ["--bays", str(tmp_path / "bays.geojson")] if with_bays else []
        process = subprocess.Popen(
            [*argv, "--camera-id", "mast-3", "--port", "0", *options],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        running.append(process)
        assert process.stdout is not None
        line, code = process.stdout.readline(), ""
        if line.startswith("code"):
            code, line = line.split()[1], process.stdout.readline()
        return Served(line.split()[-1].rstrip("/"), tmp_path, code)

    yield start
    for process in running:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start Chromium once."""
    if not Path(CHROMIUM).is_file():
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine: install the package chromium")
        pytest.skip("no Chromium on this machine: install the package chromium")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture
def open_calibration(chromium: Browser) -> Iterator[Open]:
    """Open a page; at the end it may have said nothing on the console and asked nobody else."""
    windows: list[Window] = []

    def opened(url: str, width: int = 1280, height: int = 800, **options: Any) -> Page:
        provoked = options.pop("provoked", ())
        settings = {"color_scheme": "light", "reduced_motion": "reduce", **options}
        context = chromium.new_context(viewport={"width": width, "height": height}, **settings)
        window = Window(context.new_page(), provoked)
        windows.append(window)
        watch(window, url)
        window.page.goto(url)
        return window.page

    yield opened
    notes = [note for window in windows for note in window.notes]
    for window in windows:
        window.page.context.close()
    assert not notes
