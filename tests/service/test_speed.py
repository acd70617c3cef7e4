"""Tests that the page's requests stay quick with a year of data of 300 bays."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from geo.bays import read_bays
from geo.communes import read_communes
from geo.local_time import slots_in_day
from service.ingest.inventory import Inventory, save_inventory
from service.store.database import open_engine, upsert, writing
from service.store.packing import ROWS, pack
from service.store.schema import upgrade
from service.store.tables import DAY
from tests.service.world import World, communes_document, feature, square

BAYS = 300
FIRST_ON, DAYS = date(2025, 6, 2), 365
P95_MS = 150
"""Product brief: calls of the pages, p95 with a year of data of 300 bays."""

ROUNDS = 20


@pytest.fixture
def year(tmp_path: Path) -> World:
    """Give a store with a year of figures, their values at random."""
    url = f"sqlite:///{tmp_path / 'year.db'}"
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
            packed = [vars(pack(day)) for day in drawn]
            rows = [
                {"bay_id": bay.bay_id, "on_date": on, **packed[i % len(packed)]}
                for i, bay in enumerate(bays)
            ]
            upsert(session, DAY, rows)
    return World(url, engine)


@pytest.mark.slow
def test_pages_are_answered_quickly(year: World) -> None:
    """Typical week, its refresh, status and last slots take less processor time than the bar, at p95."""
    client = year.client()
    until = (FIRST_ON + timedelta(days=DAYS - 1)).isoformat()
    for path in (
        f"occupancy/week?until={until}",
        f"occupancy/week?until={until}&class=van",
        f"occupancy/week?until={until}&level=commune",
        "status",
        "bays",
        "occupancy?from=2026-05-04T08:00:00Z&to=2026-05-04T09:00:00Z",
    ):
        assert client.get(f"/api/v1/{path}").status_code == 200
        spent_ms = []
        for _ in range(ROUNDS):
            began_s = time.process_time()
            client.get(f"/api/v1/{path}")
            spent_ms.append((time.process_time() - began_s) * 1000)
        assert np.quantile(spent_ms, 0.95) < P95_MS, path
