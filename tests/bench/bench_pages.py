"""Answers a second of the pages' requests, and steps a second of the slider, with a year of data of 300 bays."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient
from playwright.sync_api import CDPSession, sync_playwright

from bench_row import Row, compared
from geo.bays import read_bays
from geo.communes import read_communes
from geo.local_time import midnight_s, slots_in_day
from geo.words import SLOT_S, VEHICLE_CLASSES
from service.app import create_app
from service.facts import StayFact
from service.ingest.inventory import Inventory, save_inventory
from service.settings import Settings
from service.store.database import open_engine, upsert, writing
from service.store.packing import ROWS, pack
from service.store.schema import upgrade
from service.store.stays import save_stays
from service.store.tables import DAY, SEEN
from tests.service.world import communes_document, feature, square
from tests.web.served import CHROMIUM, FLAGS, serving

BAYS = 300
FIRST_ON, DAYS = date(2025, 6, 2), 365
ROUNDS = 20

QGIS_HOURS = "/ogc/collections/occupation-horaire/items"

SLOWEST = 0.95
"""Share of answers that are at least as quick: the product's bar for pages is stated at the 95th percentile."""

STEP_THROUGH_THE_DAY = """async () => {
  const slider = document.getElementById("hour");
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  for (let hour = 0; hour < 24; hour += 1) {
    set.call(slider, String(hour));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }
}"""


def bench_pages() -> list[Row]:
    """Measure the typical week for the first time against the requests that pages then make; then the slider."""
    with tempfile.TemporaryDirectory() as root:
        url = f"sqlite:///{Path(root) / 'year.db'}"
        _fill_year(url)
        client = TestClient(create_app(Settings(database_url=url)))
        until = (FIRST_ON + timedelta(days=DAYS - 1)).isoformat()
        began = time.perf_counter()
        _get(client, f"occupancy/week?until={until}")
        first_s = time.perf_counter() - began
        rows = {"pages: typical week of 300 bays, the first time": 1 / first_s}
        for what, path in _requests(until):
            rows[f"pages: {what}, 95 % at least as quick"] = _per_s(client, path)
        return [
            *compared(rows),
            *compared({"page: steps of the slider, page's own thread": _steps_per_s(url)}),
        ]


def _requests(until: str) -> Iterator[tuple[str, str]]:
    yield "typical week again", f"occupancy/week?until={until}"
    yield "typical week by commune", f"occupancy/week?until={until}&level=commune"
    yield "status", "status"
    yield "bays", "bays"
    yield "a bay's eight weeks", f"bays/99001-{{bay:04d}}/figures?until={until}"
    yield "1,000 hours for QGIS, of seven days", f"{QGIS_HOURS}?limit=1000"
    yield (
        "1,000 hours for QGIS, of the year",
        f"{QGIS_HOURS}?limit=1000&datetime=2000-01-01T00:00:00Z/..",
    )
    yield "a bay's year", f"bays/99001-{{bay:04d}}/figures?weeks=52&until={until}"
    yield "one hour", "occupancy?from=2026-05-04T08:00:00Z&to=2026-05-04T09:00:00Z"


def _get(client: TestClient, path: str) -> None:
    answer = client.get(path if path.startswith("/") else f"/api/v1/{path}")
    if not answer.is_success:
        raise AssertionError(answer.text)


def _per_s(client: TestClient, path: str) -> float:
    """Ask again and again, each time for another bay where the path leaves one open, so that no kept body answers."""
    spent_s = []
    for bay in range(ROUNDS):
        began = time.perf_counter()
        _get(client, path.format(bay=bay))
        spent_s.append(time.perf_counter() - began)
    return float(1 / np.quantile(spent_s, SLOWEST))


def _steps_per_s(url: str) -> float:
    with serving(url) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page()
        page.goto(f"{address}/carte")
        page.locator("[data-drawn=true]").wait_for()
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        before_s = _thread_time_s(session)
        page.evaluate(STEP_THROUGH_THE_DAY)
        return 24 / (_thread_time_s(session) - before_s)


def _thread_time_s(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def _fill_year(url: str) -> None:
    """Give a store a year of figures, their values at random."""
    engine = open_engine(url)
    upgrade(engine)
    rng = np.random.default_rng(1)
    rule = {"days": ["mo"], "start": "07:00", "end": "20:00", "max_stay_min": 30}
    common = {
        "commune": "99001",
        "length_m": 12,
        "capacity": 2,
        "bay_type": "periodic",
        "rules": [rule],
    }
    features = [
        feature({"bay_id": f"99001-{i:04d}", **common}, square(2.6 + 0.0001 * i, 48.91, 0.00009))
        for i in range(BAYS)
    ]
    bays = read_bays({"type": "FeatureCollection", "features": features}).bays
    with writing(engine) as session:
        save_inventory(session, Inventory(bays, read_communes(communes_document()).communes))
        for number in range(DAYS):
            on = FIRST_ON + timedelta(days=number)
            slots = slots_in_day(on, "Europe/Paris")
            drawn = rng.integers(0, 900, (20, ROWS, slots)).astype(np.int32)
            drawn[:, 0] = SLOT_S
            packed = [vars(pack(day)) for day in drawn]
            rows = [
                {"bay_id": bay.bay_id, "on_date": on, **packed[i % len(packed)]}
                for i, bay in enumerate(bays)
            ]
            upsert(session, DAY, rows)
        upsert(session, SEEN, [_seen(bay.bay_id, number) for bay in bays for number in range(DAYS)])
        for bay in bays[:ROUNDS]:
            save_stays(session, _stays(bay.bay_id, rng))
    engine.dispose()


def _seen(bay_id: str, number: int) -> dict[str, object]:
    """Return the seen time of a bay on a day: all but a minute after midnight and an hour before."""
    start_s = midnight_s(FIRST_ON + timedelta(days=number), "Europe/Paris")
    return {"bay_id": bay_id, "from_s": start_s + 60, "to_s": start_s + 86_400 - 3600}


def _stays(bay_id: str, rng: np.random.Generator) -> Iterator[StayFact]:
    """Yield a year of stays of a bay, nine a day."""
    first_s = midnight_s(FIRST_ON, "Europe/Paris")
    for number, at_s in enumerate(first_s + np.sort(rng.integers(0, DAYS * 1440, 9 * DAYS)) * 60):
        arrived_s = int(at_s)
        yield StayFact(
            f"{bay_id}-{number}", bay_id, VEHICLE_CLASSES[number % 3], arrived_s, arrived_s + 1500
        )
