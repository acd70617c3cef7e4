"""Draws a scenario with three.js in a headless Chromium: pictures, and which actor each pixel shows."""

from __future__ import annotations

import base64
import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page, Playwright
from typing_extensions import override

from geo.errors import Unavailable
from sample_data.scene.camera import FRAME_WH
from sample_data.scene.motion import Pose
from sample_data.scene.timetable import PAINTS, Scenario, Vehicle, Walker

FOLDER = Path(__file__).parent
CHROMIUM = Path("/usr/bin/chromium")
LIBRARY = FOLDER / "node_modules" / "three"

FLAGS = (
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--use-angle=swiftshader",
    "--disable-background-networking",
)
"""Software rendering, so that a picture depends on no graphics card."""

START_LIMIT_MS = 120_000


@dataclass(frozen=True)
class Shot:
    """One drawn instant."""

    picture_bgr: NDArray[np.uint8]
    """Shape ``(720, 1280, 3)``."""
    shown: NDArray[np.uint8]
    """Shape ``(720, 1280)``: the actor that a pixel shows, counted from 1 in the order of `actors`; 0 for the street."""
    whole_px: dict[str, int]
    """Pixels that each actor would show if nothing stood before it."""


def actors(scenario: Scenario) -> tuple[Vehicle | Walker, ...]:
    """Return everyone in the order in which a shot counts them."""
    return (*scenario.vehicles, *scenario.walkers)


class Studio:
    """A street that stands ready to be drawn."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._poses: dict[str, Pose] | None = None
        self._shot = Shot(
            np.zeros((FRAME_WH[1], FRAME_WH[0], 3), np.uint8),
            np.zeros((FRAME_WH[1], FRAME_WH[0]), np.uint8),
            {},
        )

    def shoot(self, poses: dict[str, Pose]) -> Shot:
        """Draw an instant; when nobody moved since the last one, give that again."""
        if poses != self._poses:
            drawn = self._page.evaluate("poses => window.draw(poses)", poses)
            self._shot = self._developed(drawn)
            self._poses = poses
        return self._shot

    def _developed(self, drawn: dict[str, Any]) -> Shot:
        picture = self._shot.picture_bgr.copy()
        if drawn["area"] is not None:
            x0, y0, x1, y1 = drawn["area"]
            png = np.frombuffer(base64.b64decode(drawn["picture"]), np.uint8)
            picture[y0:y1, x0:x1] = np.asarray(cv2.imdecode(png, cv2.IMREAD_COLOR), np.uint8)
        shown = np.frombuffer(base64.b64decode(drawn["shown"]), np.uint8)
        return Shot(picture, shown.reshape(FRAME_WH[1], FRAME_WH[0]), drawn["whole"])


@contextmanager
def open_studio(scenario: Scenario, playwright: Playwright) -> Iterator[Studio]:
    """Build the street of a scenario in a browser; it closes with the block."""
    with _served() as address:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = browser.new_page(viewport={"width": FRAME_WH[0], "height": FRAME_WH[1]})
        faults: list[str] = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(f"{address}/page/index.html")
        page.wait_for_function("window.ready", timeout=START_LIMIT_MS)
        page.evaluate("spec => window.stage(spec)", _spec(scenario))
        yield Studio(page)
        browser.close()
    if faults:
        raise Unavailable(f"the page reported {len(faults)} errors, the first: {faults[0]}")


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    @override
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: each shape would be a line."""


@contextmanager
def _served() -> Iterator[str]:
    handler = functools.partial(_QuietHandler, directory=str(FOLDER))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def _spec(scenario: Scenario) -> dict[str, Any]:
    camera = scenario.camera
    return {
        "size": FRAME_WH,
        "weather": scenario.weather,
        "camera": {"eye": camera.eye, "target": camera.target, "hfov_deg": camera.hfov_deg},
        "actors": [_actor(actor) for actor in actors(scenario)],
    }


def _actor(actor: Vehicle | Walker) -> dict[str, Any]:
    if isinstance(actor, Walker):
        return {"key": actor.key, "model": "walker", "tint": {"cloth": PAINTS[actor.cloth]}}
    return {
        "key": actor.key,
        "model": actor.model,
        "tint": {"paint": PAINTS[actor.paint], "stripe": PAINTS[actor.stripe]},
    }
