"""Fixtures of the web tests: one service, one browser, and pages that watch themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.web.served import (
    CHROMIUM,
    FLAGS,
    WEB,
    OpenPage,
    Site,
    Window,
    airelib,
    import_places,
    load_some_facts,
    serving,
    watch,
)
from tests.web.suggested import load_suggestions


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run a service that knows three communes and five weeks of stays."""
    if not (WEB / "dist" / "index.html").is_file():
        _skip_or_fail("the web application is not built: run make setup")
    folder = tmp_path_factory.mktemp("site")
    database = f"sqlite:///{folder / 'airelib.db'}"
    airelib("db", "upgrade", "--database", database)
    import_places(folder, database)
    load_some_facts(database)
    load_suggestions(database)
    key = airelib("officers", "add", "Test officer", "--database", database)
    with serving(database) as url:
        yield Site(url, key.strip().removeprefix("key "))


@pytest.fixture(scope="session")
def empty_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run a service on which nothing was imported."""
    database = f"sqlite:///{tmp_path_factory.mktemp('empty') / 'airelib.db'}"
    with serving(database) as url:
        yield Site(url, "")


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Browser:
    """Start Chromium once."""
    if not Path(CHROMIUM).is_file():
        _skip_or_fail("no Chromium on this machine: install the package chromium")
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Open pages of the site; at the end none may have warned or asked another origin."""
    windows: list[Window] = []

    def opened(path: str, width: int = 1024, height: int = 700, **options: Any) -> Page:
        base = options.pop("base", site.url)
        provoked = options.pop("provoked", ())
        settings = {"color_scheme": "light", "reduced_motion": "reduce", **options}
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        window = Window(context.new_page(), provoked)
        windows.append(window)
        watch(window, base)
        window.page.goto(f"{base}{path}")
        return window.page

    yield opened
    notes = [note for window in windows for note in window.notes]
    for window in windows:
        window.page.context.close()
    assert not notes


def _skip_or_fail(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
