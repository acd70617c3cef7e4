"""The calibration page in a real browser, on the sample's day: from the first picture to a scene that works."""

from __future__ import annotations

import csv
import json
import re
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.vision.calibration_page.conftest import Open, Serve, Served
from tests.vision.calibration_page.hands import (
    DAY,
    place_pairs,
    tap_picture,
    tap_plan,
    true_polygons,
)
from tests.web.served import AIRELIB, WEB
from tests.web.test_accessibility import RUN
from vision.calibration_page.kerb import read_kerb
from vision.scene import read_scene

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
START_WAIT_MS = 60_000
OUTLINES = """() => Object.fromEntries([...document.querySelectorAll(".picture [data-bay]")].map((bay) =>
  [bay.dataset.bay, bay.querySelector(".photo-bay").getAttribute("points").split(" ").map((one) => one.split(",").map(Number))]))"""


def ready(page: Page) -> Page:
    """Wait for the first picture, then go to the points."""
    page.locator(".picture image[href]").wait_for(timeout=START_WAIT_MS)
    page.locator("#step-points").click()
    page.locator(".plan .stage").wait_for()
    return page


def get(url: str, **headers: str) -> tuple[int, bytes, Any]:
    """Ask for a page as no browser would; return status, body and headers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 360])
def test_whole_flow(serve: Serve, open_calibration: Open, width: int) -> None:
    """Points, mask, try-out and saving lead to a scene that the worker reads and detects with."""
    served = serve()
    page = ready(open_calibration(served.url, width, 800 if width > 600 else 1100))
    place_pairs(page, read_kerb(served.folder / "bays.geojson"))
    expect(page.locator("#verdict")).to_have_attribute("data-verdict", "good")
    drawn = {name: np.asarray(points) for name, points in page.evaluate(OUTLINES).items()}
    for name, polygon in true_polygons().items():
        gaps = np.linalg.norm(drawn[name][:, None] - polygon[None] * [1000, 562.5], axis=2)
        assert gaps.min(axis=1).max() < 6
    mask_a_corner(page)
    try_it(page)
    covered = cv2.imdecode(
        np.frombuffer(get(f"{served.url}/api/trial/picture")[1], np.uint8), cv2.IMREAD_COLOR
    )
    assert covered is not None
    assert covered[50:150, 60:300].max() < 24
    assert covered[50:150, 500:900].max() > 100
    page.locator("#step-save").click()
    page.locator("#save").click()
    expect(page.locator("#saved")).to_have_text("Nouveau calibrage enregistré")
    expect(page.locator("pre")).to_contain_text("privacy_mask = [[[")
    expect(page.locator(".picture image[href]")).to_have_count(0)
    assert get(f"{served.url}/api/picture")[0] == 404
    assert {path.name for path in served.folder.iterdir()} == {"bays.geojson", "scene.json"}
    scene_works(served)


def mask_a_corner(page: Page) -> None:
    """Draw a mask over the upper left of the picture."""
    page.locator("#step-mask").click()
    for x, y in ((0.02, 0.02), (0.3, 0.02), (0.3, 0.25), (0.02, 0.25)):
        tap_picture(page, x, y)
    page.locator("#close-outline").click()
    expect(page.locator(".masks li")).to_have_count(1)


def try_it(page: Page) -> None:
    """Let the detector look, and find the vehicles that stand there."""
    page.locator("#step-try").click()
    page.locator("#try").click()
    page.locator("#states tbody tr").first.wait_for(timeout=START_WAIT_MS)
    expect(page.locator("#states tbody tr")).to_have_count(4)
    expect(page.locator("#states [data-state='occupied']").first).to_be_visible()
    assert page.locator(".picture .found").count() > 0
    assert page.locator(".picture .state-bay").count() == 4


def scene_works(served: Served) -> None:
    """Detect the first frame's bays with the saved scene and find what the sample says."""
    scene = read_scene(served.folder / "scene.json")
    document = json.loads((served.folder / "scene.json").read_text())
    assert scene.camera_id == "mast-3"
    assert scene.calibration is not None
    assert scene.calibration.residual_m is not None
    assert scene.calibration.residual_m < 0.5
    assert document["calibration"]["made_at"] == document["valid_from"]
    assert not any("polygon_px" in bay for bay in document["bays"])
    assert len(document["privacy_mask"]) == 1
    video = cv2.VideoCapture(str(DAY / "clip.mp4"))
    picture = served.folder / "0.png"
    cv2.imwrite(str(picture), np.asarray(video.read()[1]))
    argv = [AIRELIB, "detect", "--scene", str(served.folder / "scene.json"), "--threads", "1"]
    argv += ["--frames", str(picture), "--out", str(served.folder / "predictions.csv")]
    subprocess.run(argv, check=True, capture_output=True)
    with (served.folder / "predictions.csv").open() as file:
        found = {row["bay_id"]: row["state"] for row in csv.DictReader(file)}
    with (DAY / "states.csv").open() as file:
        first = [row for row in csv.DictReader(file) if row["frame"] == "0"]
    assert found == {
        row["bay_id"]: "occupied" if row["occupied"] == "1" else "free" for row in first
    }


def test_a_wrong_pair_is_refused_and_named(serve: Serve, open_calibration: Open) -> None:
    """A pair led to another bay is refused, named, and once removed the rest is accepted."""
    served = serve()
    page = ready(open_calibration(served.url))
    place_pairs(page, read_kerb(served.folder / "bays.geojson"), wrong=3)
    expect(page.locator("#verdict")).to_have_attribute("data-verdict", "refused")
    expect(page.locator(".panel .notice")).to_contain_text("La paire 4 est en cause")
    page.locator("#step-try").click()
    expect(page.locator("#try")).to_be_disabled()
    page.locator("#step-save").click()
    expect(page.locator("#save")).to_be_disabled()
    page.locator("#step-points").click()
    page.locator("#remove-3").click()
    expect(page.locator("#verdict")).to_have_attribute("data-verdict", "good")
    page.locator("#undo").click()
    expect(page.locator("#verdict")).to_have_attribute("data-verdict", "refused")


def test_points_are_placed_and_moved_by_keys(serve: Serve, open_calibration: Open) -> None:
    """Arrows aim, Enter places, arrows on a point move it, Delete removes it."""
    page = ready(open_calibration(serve().url))
    page.locator(".picture .stage").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".plan .stage").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    point = page.get_by_role("button", name="Paire 1, point de l'image")
    before = point.get_attribute("data-at")
    point.focus()
    page.keyboard.press("ArrowLeft")
    expect(point).not_to_have_attribute("data-at", before or "")
    expect(point).to_be_focused()
    page.keyboard.press("Delete")
    expect(point).to_have_count(0)


def test_points_come_back_after_a_reload(serve: Serve, open_calibration: Open) -> None:
    """The device keeps what was clicked: a phone that reloads loses nothing."""
    served = serve()
    page = ready(open_calibration(served.url))
    kerb = read_kerb(served.folder / "bays.geojson")
    tap_plan(page, kerb.bays[0].ring_m[0])
    with page.expect_response(re.compile("/api/fit")):
        tap_picture(page, 0.3, 0.6)
    page.reload()
    ready(page)
    expect(page.locator("#remove-0")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(serve: Serve, open_calibration: Open, theme: str, width: int) -> None:
    """No violation on any step, in French and in English, and no sideways scrolling."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run make setup")
    served = serve()
    page = ready(open_calibration(served.url, width, 1100, color_scheme=theme))
    place_pairs(page, read_kerb(served.folder / "bays.geojson"))
    page.evaluate(AXE.read_text())
    for language in ("fr", "en"):
        if language == "en":
            page.locator("#language").click()
            expect(page.locator("html")).to_have_attribute("lang", "en")
        for step in ("picture", "points", "mask", "try", "save"):
            page.locator(f"#step-{step}").click()
            assert page.evaluate(RUN) == [], (language, step)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_both_languages_have_the_same_phrases() -> None:
    """A phrase of one language exists in the other, with the same values in it."""
    from vision.calibration_page.server import static_files

    french, english = (
        json.loads(static_files()[f"/phrases/{language}.json"].body) for language in ("fr", "en")
    )
    assert french.keys() == english.keys()
    values: Callable[[str], list[str]] = lambda text: sorted(set(re.findall(r"\{(\w+)\}", text)))  # noqa: E731
    assert [key for key in french if values(french[key]) != values(english[key])] == []


def test_loopback_alone_is_listened_on(serve: Serve) -> None:
    """Without --lan nothing answers on the machine's other addresses, and a foreign Host is refused."""
    served = serve()
    port = int(served.url.rpartition(":")[2])
    with socket.socket() as other:
        other.settimeout(5)
        assert other.connect_ex(("127.0.0.2", port)) != 0
    assert get(f"{served.url}/", Host="rebound.example.org")[0] == 403
    status, _, headers = get(f"{served.url}/")
    assert status == 200
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_other_sites_cannot_post(serve: Serve) -> None:
    """A request without the page's own header, or from another origin, is refused."""
    served = serve()
    asked = {"X-Airelib-Calibration": "1", "Content-Type": "application/json"}
    for headers, status in (
        ({}, 403),
        ({**asked, "Origin": "http://evil.example.org"}, 403),
        ({**asked, "Origin": served.url}, 200),
    ):
        request = urllib.request.Request(
            f"{served.url}/api/trial/stop", data=b"{}", headers=headers, method="POST"
        )
        try:
            with urllib.request.urlopen(request) as answer:
                found = answer.status
        except urllib.error.HTTPError as error:
            found = error.code
        assert found == status


def test_lan_needs_the_code(serve: Serve, open_calibration: Open) -> None:
    """On a network the page asks for the terminal's code, and neither state nor picture comes without."""
    served = serve("--lan")
    url = f"http://127.0.0.1:{served.url.rpartition(':')[2]}"
    for path in ("/api/state", "/api/picture", "/api/trial"):
        assert get(f"{url}{path}")[0] == 401
    page = open_calibration(url, 360, 740, provoked=("401",))
    page.get_by_label("Code à huit caractères").fill("AAAA-AAAA")
    page.get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_role("alert")).to_contain_text("Ce code n'est pas le bon")
    page.get_by_label("Code à huit caractères").fill(served.code)
    page.get_by_role("button", name="Ouvrir").click()
    page.locator(".picture image[href]").wait_for(timeout=START_WAIT_MS)
    cookie = page.context.cookies()[0]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


def test_bays_are_drawn_where_there_is_no_map(serve: Serve, open_calibration: Open) -> None:
    """Without a bay file a named bay is drawn in the picture and saved with its outline."""
    served = serve(with_bays=False)
    page = open_calibration(served.url)
    page.locator(".picture image[href]").wait_for(timeout=START_WAIT_MS)
    page.locator("#step-points").click()
    page.locator("#bay-name").fill("A-1")
    page.get_by_role("button", name="Dessiner").click()
    for x, y in ((0.05, 0.5), (0.25, 0.49), (0.26, 0.45), (0.05, 0.46), (0.05, 0.5)):
        tap_picture(page, x, y)
    page.locator("[data-bay='A-1']").wait_for()
    page.locator("#step-save").click()
    page.locator("#save").click()
    page.locator("#saved").wait_for()
    scene = read_scene(served.folder / "scene.json")
    assert [bay.bay_id for bay in scene.bays] == ["A-1"]
    np.testing.assert_allclose(scene.bays[0].polygon_px[0], [64, 360], atol=1.5)
