"""Fixtures that every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

REPO = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data beside the checkout; the test skips where there is none."""
    folder = Path(os.environ.get("AIRELIB_SHARED", REPO.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no real data at {folder}: set AIRELIB_SHARED to run this test")
    return folder


@pytest.fixture(scope="session")
def repo() -> Path:
    """Return the root of the checkout."""
    return REPO


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Drive browsers: one driver a process, for a second one is refused while the first runs."""
    with sync_playwright() as driver:
        yield driver
