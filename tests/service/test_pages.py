"""Tests of how the web application's files are served."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.pages import add_pages


@pytest.fixture
def site(tmp_path: Path) -> TestClient:
    """Return a client of a small built application, with a secret beside it."""
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<!doctype html><title>first</title>")
    (tmp_path / "dist" / "assets" / "app-1a2b.js").write_text("export {}")
    (tmp_path / "dist" / "favicon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    app = FastAPI()
    add_pages(app, tmp_path / "dist")
    return TestClient(app)


@pytest.mark.parametrize("path", ["/", "/carte", "/communes/99001", "/index.html"])
def test_every_page_begins_with_the_first(site: TestClient, path: str) -> None:
    """Any path of the application gives its first page, asked about each time."""
    answer = site.get(path)
    assert "first" in answer.text
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"


def test_files_have_their_type_and_last(site: TestClient) -> None:
    """Hashed assets may be kept for ever, other files are asked about."""
    script = site.get("/assets/app-1a2b.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    icon = site.get("/favicon.svg")
    assert icon.headers["content-type"].startswith("image/svg+xml")
    assert icon.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/none.js",
        "/%00.js",
    ],
)
def test_nothing_else_is_served(site: TestClient, path: str) -> None:
    """A missing file or one outside the folder is not found, and never the first page under a wrong type."""
    answer = site.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/api/v1/none", "/cds/none"])
def test_interfaces_are_no_pages(site: TestClient, path: str) -> None:
    """An unknown path of an interface is not found."""
    assert site.get(path).status_code == 404


def test_an_unbuilt_application_says_what_to_run(tmp_path: Path) -> None:
    """Without a build the page names the command."""
    app = FastAPI()
    add_pages(app, tmp_path)
    answer = TestClient(app).get("/")
    assert answer.status_code == 503
    assert "make setup" in answer.text
