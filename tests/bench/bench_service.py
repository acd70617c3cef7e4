"""Events a second through real HTTP into SQLite, for batches of one, of a minute's size, and of the limit."""

from __future__ import annotations

import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from bench_row import Row, compared
from geo.events import MAX_BATCH_EVENTS
from geo.words import curb_zone_id
from sample_data.quarter.files import quarter_bays
from service.app import create_app
from service.commands.serve import configure_log
from service.demo.folder import DemoFolder
from service.demo.load import COMMUNE, fill_places
from service.demo.run import address, listening
from service.settings import Settings

BATCHES = {
    "events: one a request": (1, 100),
    "events: batches of 60": (60, 20),
    "events: batches of 500": (500, 8),
}
"""Size of a batch and number of requests of each measurement; the first is the baseline."""


def bench_service() -> list[Row]:
    """Measure how fast events are taken, coverage and figures brought up to date."""
    configure_log("warning")
    with (
        tempfile.TemporaryDirectory() as root,
        _served(DemoFolder(Path(root) / "bench")) as (client, device),
    ):
        stream = _reports(device)
        return compared(
            {what: _per_s(client, stream, size, number) for what, (size, number) in BATCHES.items()}
        )


def _per_s(client: httpx.Client, stream: Iterator[dict[str, Any]], size: int, number: int) -> float:
    batches = [[next(stream) for _ in range(size)] for _ in range(number)]
    began = time.perf_counter()
    for batch in batches:
        answer = client.post(f"/cds/{COMMUNE}/events/event", json=batch)
        if answer.json() != {"success": size, "total": size, "failures": []}:
            raise AssertionError(answer.text)
    return size * number / (time.perf_counter() - began)


def _reports(device: str) -> Iterator[dict[str, Any]]:
    """Yield scheduled reports of the commune's bays, minute after minute, of the last day."""
    zones = [
        str(curb_zone_id(COMMUNE, bay.bay_id)) for bay in quarter_bays() if bay.commune == COMMUNE
    ]
    minute_s = int(time.time()) // 60 * 60 - 86_400
    while len(zones) <= MAX_BATCH_EVENTS:
        minute_s += 60
        for zone in zones:
            yield {
                "event_id": str(uuid.uuid4()),
                "event_type": "scheduled_report",
                "event_time": minute_s * 1000,
                "event_publication_time": int(time.time() * 1000),
                "data_source_type": "camera",
                "data_source_device_id": device,
                "curb_zone_id": zone,
                "curb_occupants": [],
                "custom_attributes": {
                    "window_s": "60",
                    "observed_s": "60",
                    "occupied_s": "0",
                    "reason": "",
                    "calibration": "2026-11-25T10:00Z-3f2a",
                },
            }


@contextmanager
def _served(folder: DemoFolder) -> Iterator[tuple[httpx.Client, str]]:
    folder.prepare()
    device = fill_places(folder)
    app = create_app(Settings(database_url=folder.database_url))
    server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="error"))
    with listening(0) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        headers = {"Authorization": f"Bearer {folder.device_key.read_text().strip()}"}
        with httpx.Client(base_url=address(listener), headers=headers, timeout=60) as client:
            yield client, device
        server.should_exit = True
        thread.join()
