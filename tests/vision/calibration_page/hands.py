"""What an installer's hands do on the page: tap the picture, tap the map, drag."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

from geo.calibration import calibrate, local_metres, to_image
from vision.calibration_page.kerb import Kerb

Floats = NDArray[np.float64]

DAY = Path(__file__).resolve().parents[3] / "sample_data" / "clips" / "day"
SIZE = np.array([1280.0, 720.0])
CORNERS = ((0, 0), (0, 3), (1, 1), (2, 2), (3, 1), (3, 2), (2, 0))
"""Bay and corner of the pairs that the tests tap, spread over the view."""

ON_PLAN = """([east, north]) => {
  const stage = document.querySelector(".plan .stage");
  const box = stage.viewBox.baseVal, frame = stage.getBoundingClientRect();
  return [frame.left + (east - box.x) / box.width * frame.width, frame.top + (-north - box.y) / box.height * frame.height];
}"""


def true_polygons() -> dict[str, Floats]:
    """Return the sample's bays in the picture, in 0..1 of the frame."""
    scene = json.loads((DAY / "scene.json").read_text())
    return {bay["bay_id"]: np.asarray(bay["polygon_px"]) / SIZE for bay in scene["bays"]}


def tap_picture(page: Page, x: float, y: float) -> None:
    """Tap the picture at a share of its width and height."""
    frame = page.locator(".picture .stage").bounding_box()
    assert frame is not None
    page.mouse.click(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"])


def tap_plan(page: Page, at_m: Floats) -> None:
    """Tap the map at metres east and north."""
    page.mouse.click(*page.evaluate(ON_PLAN, [float(value) for value in at_m]))


def place_pairs(page: Page, kerb: Kerb, wrong: int | None = None) -> None:
    """Place pairs at true corners of bays; one may be led to another bay's corner."""
    polygons = list(true_polygons().values())
    for i, (bay, corner) in enumerate(CORNERS):
        tap_picture(page, *polygons[bay][corner])
        ring = kerb.bays[(bay + 2) % 4 if i == wrong else bay].ring_m
        tap_plan(page, ring[_same_corner(kerb, bay, corner)])
        page.locator(".panel h3", has_text=f"{i + 1} pair").wait_for()


def _same_corner(kerb: Kerb, bay: int, corner: int) -> int:
    """Return the index on the ground of a corner in the picture, by the sample's true calibration."""
    scene = json.loads((DAY / "scene.json").read_text())
    true = calibrate(
        np.asarray(scene["calibration"]["image_points"]),
        np.asarray(scene["calibration"]["ground_points"]),
    )
    seen = to_image(true, local_metres(true, kerb.lonlat(kerb.bays[bay].ring_m)))
    polygon = list(true_polygons().values())[bay]
    return int(np.argmin(np.linalg.norm(seen - polygon[corner], axis=1)))
