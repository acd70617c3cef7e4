"""Serves the built web application: files with their type, every other path with its first page."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

DIST = Path(__file__).resolve().parent / "web" / "dist"
"""Folder of the built application."""

FOREVER = "public, max-age=31536000, immutable"
"""Files under assets carry a hash of their content in their name."""

TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""Types that must not depend on the machine's own table."""

NOT_BUILT = "The web application is not built. Run: make setup\n"

INTERFACES = ("api/", "cds/", "ogc/")
"""Paths that are interfaces, never pages."""

BAY_PAGES = "aires/"
"""Paths that end in the identifier of a bay, which may hold a point like the name of a file."""


def add_pages(app: FastAPI, dist: Path = DIST) -> None:
    """Serve the application at the root; interfaces keep their own paths."""

    @app.get("/{path:path}", include_in_schema=False)
    def get_page(path: str) -> Response:
        if path.startswith(INTERFACES):
            raise HTTPException(404, "no such path")
        return _file(dist, path) or _first_page(dist, path)


def _file(dist: Path, path: str) -> Response | None:
    root = dist.resolve()
    file = (root / path).resolve() if "\0" not in path else root
    if not file.is_relative_to(root) or not file.is_file() or file.name == "index.html":
        return None
    kind = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    cache = FOREVER if file.parent.name == "assets" else "no-cache"
    return FileResponse(file, media_type=kind, headers={"Cache-Control": cache})


def _first_page(dist: Path, path: str) -> Response:
    """Answer a path of the application with its first page; a missing file stays missing."""
    is_file = "." in path.rsplit("/", maxsplit=1)[-1] and not path.startswith(BAY_PAGES)
    if is_file and path != "index.html":
        raise HTTPException(404, "no such file")
    index = dist / "index.html"
    if not index.is_file():
        return PlainTextResponse(NOT_BUILT, 503)
    return FileResponse(index, media_type="text/html", headers={"Cache-Control": "no-cache"})
