"""A small database, a real service on it, and a browser window that notes what it should not have seen."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import ConsoleMessage, Page

from geo.local_time import midnight_s
from geo.occupancy import SeenArrays, StayArrays

WEB = Path(__file__).resolve().parents[2] / "service" / "web"
AIRELIB = str(Path(sys.executable).with_name("airelib"))
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--use-angle=swiftshader",
    "--disable-background-networking",
)
COMMUNES = ("99001", "99002", "99003")
FIRST_ON = date(2026, 3, 2)
"""A Monday; the period holds a whole March, and the day on which clocks change."""
DAYS = 35
DEVICE = "0b7a6c9e-54b0-4a39-9e5d-5a0d6b9a1c11"
UNSEEN_BAY, THIN_BAY = 2, 3
"""Positions of a bay that is never seen, and of one that is seen for a third of each hour."""
MOVED_BAY = 0
"""Position of a bay whose camera was calibrated anew on the seventeenth of March."""
RULED_BAY = 5
"""Position of a bay that had no reserved hours before the ninth of March."""
FIRST_CALIBRATION, NEW_CALIBRATION = "2026-02-28T23:30Z-00aa", "2026-03-17T09:00Z-3f2a"
"""The first was made on the first of March by the clock of the communes."""
START_WAIT_S = 60
SOFTWARE_DRIVER = "GPU stall due to ReadPixels"
"""What the software renderer of this machine says when a picture is taken of a canvas."""


OpenPage = Callable[..., Page]
"""Opens a path at a size, with options of the browser context; `base` names another site."""


@dataclass(frozen=True)
class Site:
    """A running service."""

    url: str
    officer_key: str

    def get(self, path: str) -> Any:
        """Return the JSON of a path."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=30) as answer:
            return json.load(answer)


@dataclass
class Window:
    """A page, and what its browser noted."""

    page: Page
    provoked: tuple[str, ...] = ()
    """Parts of the messages that the test provokes; the browser reports each failed request."""
    notes: list[str] = field(default_factory=list)

    def note_console(self, message: ConsoleMessage) -> None:
        """Keep warnings and errors."""
        expected = (SOFTWARE_DRIVER, *self.provoked)
        if message.type in {"warning", "error"} and not any(e in message.text for e in expected):
            self.notes.append(f"{message.type}: {message.text}")


class serving:  # noqa: N801 - reads as the verb it is
    """A service on a free port for as long as the block lasts."""

    def __init__(self, database: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.database = database

    def __enter__(self) -> str:
        command = [AIRELIB, "serve", "--port", str(self.port)]
        command += ["--database", self.database]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        url = f"http://127.0.0.1:{self.port}"
        wait_until_up(url, self.process)
        return url

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.communicate(timeout=20)


def wait_until_up(url: str, process: subprocess.Popen[str]) -> None:
    """Ask for the status until it answers; a service that died says why."""
    deadline = time.monotonic() + START_WAIT_S
    while True:
        try:
            urllib.request.urlopen(f"{url}/api/v1/status", timeout=5).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                pytest.fail(f"the service did not start: {process.communicate()[1]}")
            time.sleep(0.05)
        else:
            return


def airelib(*arguments: str) -> str:
    """Run the command line and return what it prints."""
    command = [AIRELIB, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def watch(window: Window, base: str) -> None:
    """Note console warnings and errors, uncaught errors, and requests to another origin."""
    origin = urlsplit(base).netloc

    def note_request(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != origin:
            window.notes.append(f"foreign request: {url}")

    window.page.on("console", window.note_console)
    window.page.on("pageerror", lambda error: window.notes.append(f"uncaught: {error}"))
    window.page.on("request", lambda request: note_request(request.url))


def map_ready(page: Page) -> None:
    """Wait until the map has drawn its places."""
    page.wait_for_selector(".map-canvas[data-drawn='true']", timeout=30_000)


def import_places(folder: Path, database: str) -> None:
    """Import three communes of the sample quarter through the command line."""
    quarter = WEB.parents[1] / "sample_data" / "quarter"
    for name, key in (("bays", "commune"), ("communes", "insee"), ("streets", "commune")):
        places = json.loads((quarter / f"{name}.geojson").read_text())
        kept = [one for one in places["features"] if one["properties"][key] in COMMUNES]
        (folder / f"{name}.geojson").write_text(json.dumps({**places, "features": kept}))
    extra = [f"--{name}={folder / f'{name}.geojson'}" for name in ("communes", "streets")]
    airelib("bays", "import", str(folder / "bays.geojson"), *extra, "--database", database)


def load_some_facts(database: str) -> None:
    """Load stays that make every bay and hour different, and the mark of sample data."""
    from service.ingest.bulk import BulkFacts, load_facts
    from service.store.axis import bay_axis
    from service.store.database import open_engine, upsert, writing
    from service.store.double_parking import add_double_parking
    from service.store.notes import SAMPLE, set_note
    from service.store.tables import PAST_RULES

    engine = open_engine(database)
    with writing(engine) as session:
        bay_ids = [place.bay_id for place in bay_axis(session).places]
        facts = BulkFacts(
            DEVICE,
            bay_ids,
            some_stays(len(bay_ids)),
            some_coverage(len(bay_ids)),
            some_reasons(bay_ids[THIN_BAY]),
            some_calibrations(bay_ids),
        )
        load_facts(session, facts)
        quarters = np.full(96, 60, np.int64)
        add_double_parking(session, {(bay_ids[THIN_BAY], FIRST_ON): quarters})
        past = {"bay_id": bay_ids[RULED_BAY], "until_on": date(2026, 3, 9), "rules": "[]"}
        upsert(session, PAST_RULES, [past])
        set_note(session, SAMPLE, "true")
    engine.dispose()


def some_stays(bays: int, seed: int = 7) -> StayArrays:
    """Return about eight stays per bay and day, mornings first, weekends quieter."""
    rng = np.random.default_rng(seed)
    days = np.array([midnight_s(FIRST_ON + timedelta(days=n), "Europe/Paris") for n in range(DAYS)])
    count = bays * DAYS * 8
    bay, day = rng.integers(0, bays, count), rng.integers(0, DAYS, count)
    keep = rng.random(count) < np.where(day % 7 < 5, 1.0, 0.4)
    minute = np.clip(rng.normal(11 * 60, 200, count), 0, 1430).astype(np.int64)
    arrived_s = days[day] + minute * 60
    length_s = rng.integers(5, 60, count) * 60 * (1 + bay % 3)
    kinds = rng.choice(5, count, p=[0.5, 0.2, 0.2, 0.06, 0.04]).astype(np.int8)
    return StayArrays(
        bay[keep].astype(np.int32), kinds[keep], arrived_s[keep], (arrived_s + length_s)[keep]
    )


def some_coverage(bays: int) -> SeenArrays:
    """Return whole days for all bays, but none for one bay and twenty minutes an hour for another."""
    start_s = midnight_s(FIRST_ON, "Europe/Paris")
    end_s = midnight_s(FIRST_ON + timedelta(days=DAYS), "Europe/Paris")
    whole = np.array([n for n in range(bays) if n not in {UNSEEN_BAY, THIN_BAY}])
    hours_s = np.arange(start_s, end_s, 3600)
    return SeenArrays(
        np.concatenate([whole, np.full(len(hours_s), THIN_BAY)]).astype(np.int32),
        np.concatenate([np.full(len(whole), start_s), hours_s]),
        np.concatenate([np.full(len(whole), end_s), hours_s + 1200]),
    )


def some_reasons(bay: str) -> list[tuple[str, int, int, str]]:
    """Return why the bay that is seen for a third of each hour is not for the rest of its first four weeks."""
    start_s = midnight_s(FIRST_ON, "Europe/Paris")
    hours_s = range(start_s, start_s + 28 * 86_400, 3600)
    dark = [(bay, at_s + 1200, at_s + 3000, "dark") for at_s in hours_s]
    return [*dark, *((bay, at_s + 3000, at_s + 3600, "shifted") for at_s in hours_s)]


def some_calibrations(bays: list[str]) -> list[tuple[str, str, int, int]]:
    """Return one calibration for all bays and days but one bay, which has another from the seventeenth on."""
    start_s = midnight_s(FIRST_ON, "Europe/Paris")
    moved_s = midnight_s(FIRST_ON + timedelta(days=15), "Europe/Paris")
    end_s = midnight_s(FIRST_ON + timedelta(days=DAYS), "Europe/Paris")
    moved = bays[MOVED_BAY]
    return [
        *((bay, FIRST_CALIBRATION, start_s, end_s) for bay in bays if bay != moved),
        (moved, FIRST_CALIBRATION, start_s, moved_s),
        (moved, NEW_CALIBRATION, moved_s, end_s),
    ]
