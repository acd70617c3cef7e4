"""What the browser has to fetch, and where the packages come from."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from tests.web.served import WEB

MAX_FIRST_JS_BYTES = 350_000
"""Bar of the product brief: initial JavaScript, gzipped, without the map library."""


@pytest.fixture(scope="module")
def dist() -> Path:
    """Return the built application, or skip."""
    folder = WEB / "dist"
    if not (folder / "index.html").is_file():
        pytest.skip("the web application is not built: run make setup")
    return folder


def test_first_page_is_small(dist: Path) -> None:
    """The scripts that the first page names are under the bar, and the map library is not among them."""
    page = (dist / "index.html").read_text()
    scripts = [dist / name.lstrip("/") for name in re.findall(r'(?:src|href)="(/[^"]+\.js)"', page)]
    assert scripts
    assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) <= MAX_FIRST_JS_BYTES
    assert not any("maplibregl" in path.read_text() for path in scripts)


def test_first_page_has_nothing_inline(dist: Path) -> None:
    """The strict content policy can stand: no inline script, no inline style, no other origin."""
    page = (dist / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "<style" not in page
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page) == []


def test_styles_ask_no_other_origin(dist: Path) -> None:
    """No style sheet imports a font or picture from elsewhere."""
    for path in (dist / "assets").glob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text()) == []


def test_lock_file_names_no_registry() -> None:
    """Versions are pinned by checksum, without the address of any registry."""
    lock = json.loads((WEB / "package-lock.json").read_text())
    assert not [name for name, one in lock["packages"].items() if "resolved" in one]
    pinned = [one for name, one in lock["packages"].items() if name]
    assert all("integrity" in one for one in pinned)
