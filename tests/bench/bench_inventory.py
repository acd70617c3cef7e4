"""Bays a second into SQLite: one import for each bay, 9,198 bays at once as in Paris, the same file again, and its undo."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bench_row import Row, compared
from geo.bays import bays_geojson
from geo.inventory.read import ReadOptions, read_inventory
from geo.words import Bay
from sample_data.quarter.files import quarter_bays, quarter_communes
from service.ingest.inventory import Inventory, save_inventory
from service.ingest.placing import Scope, place
from service.ingest.undo import undo_import
from service.moments import now_utc
from service.store.database import open_engine, writing
from service.store.schema import upgrade

BAYS = 9_198
"""Delivery bays of Paris in its open data."""

ALONE = 50
"""Bays imported one by one: the baseline."""

STEP = 0.003
"""Degrees between copies of the quarter, so that no two bays lie upon each other."""


def bench_inventory() -> list[Row]:
    """Measure reading and saving together."""
    with tempfile.TemporaryDirectory() as root:
        engine = open_engine(f"sqlite:///{Path(root) / 'bench.db'}")
        upgrade(engine)
        bays = _bays()
        return compared(
            {
                "inventory: one bay an import": _per_s(
                    engine, [_file(bays[i : i + 1]) for i in range(ALONE)], ALONE
                ),
                "inventory: 9,198 bays at once": _per_s(engine, [_file(bays)], BAYS),
                "inventory: the same 9,198 bays again": _per_s(engine, [_file(bays)], BAYS),
                "inventory: 9,198 moved bays undone": _undone_per_s(engine, bays),
            }
        )


def _per_s(engine: Engine, files: list[bytes], bays: int) -> float:
    began = time.perf_counter()
    for file in files:
        _import(engine, file)
    return bays / (time.perf_counter() - began)


def _undone_per_s(engine: Engine, bays: list[Bay]) -> float:
    moved = [_shifted(bay, f"{bay.bay_id}", 0.001) for bay in bays]
    import_id = _import(engine, _file(moved))
    began = time.perf_counter()
    with writing(engine) as session:
        undo_import(session, import_id, "bench", now_utc())
    return BAYS / (time.perf_counter() - began)


def _import(engine: Engine, file: bytes) -> int:
    communes = quarter_communes()
    read = read_inventory(file, "bays.geojson", ReadOptions())
    found, bays = place(read, Scope({item.commune.insee for item in communes}))
    if len(bays) != found.rows:
        raise AssertionError(found.refused[:3])
    with writing(engine) as session:
        return save_inventory(session, Inventory(bays, communes)).import_id


def _bays() -> list[Bay]:
    """Return copies of the quarter's bays side by side, as many as Paris has."""
    quarter = quarter_bays()
    copies = [
        _shifted(bay, f"{bay.bay_id}-{copy}", copy * STEP)
        for copy in range(BAYS // len(quarter) + 1)
        for bay in quarter
    ]
    return copies[:BAYS]


def _shifted(bay: Bay, bay_id: str, lat: float) -> Bay:
    ring = tuple((x, y + lat) for x, y in bay.polygon_lonlat)
    return bay.model_copy(update={"bay_id": bay_id, "polygon_lonlat": ring})


def _file(bays: list[Bay]) -> bytes:
    document: dict[str, Any] = bays_geojson(bays)
    return json.dumps(document).encode()
