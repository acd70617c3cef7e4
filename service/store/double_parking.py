"""Seconds of double parking beside bays in the database: one row per bay and local day that has any."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, tuple_
from sqlmodel import Session

from geo.words import SLOT_S
from service.store.database import upsert
from service.store.figures import BayDay
from service.store.packing import LEVEL, PACKED
from service.store.tables import DOUBLE

Seconds = NDArray[np.int64]
"""Seconds of each slot of a local day, shape ``(92 | 96 | 100,)``."""


def add_double_parking(session: Session, added: Mapping[BayDay, Seconds]) -> None:
    """Add seconds to the slots of bay-days; a slot holds no more than its own length, in any order of additions."""
    if not added:
        return
    key = tuple_(DOUBLE.c.bay_id, DOUBLE.c.on_date)
    statement = select(DOUBLE.c.bay_id, DOUBLE.c.on_date, DOUBLE.c.seconds).where(
        key.in_(sorted(added))
    )
    known = {(bay_id, on): _unpacked(seconds) for bay_id, on, seconds in session.execute(statement)}
    rows = []
    for (bay_id, on), seconds in added.items():
        total = np.minimum(known.get((bay_id, on), 0) + seconds, SLOT_S)
        packed = zlib.compress(total.astype(PACKED).tobytes(), LEVEL)
        rows.append({"bay_id": bay_id, "on_date": on, "slots": len(seconds), "seconds": packed})
    upsert(session, DOUBLE, rows)


def read_double_parking(
    session: Session, bay_id: str, from_on: date, to_on: date
) -> dict[date, Seconds]:
    """Return the seconds of each local day of a bay that has any, both ends included."""
    statement = select(DOUBLE.c.on_date, DOUBLE.c.seconds).where(
        DOUBLE.c.bay_id == bay_id, DOUBLE.c.on_date >= from_on, DOUBLE.c.on_date <= to_on
    )
    return {on: _unpacked(seconds) for on, seconds in session.execute(statement)}


def _unpacked(seconds: bytes) -> Seconds:
    return np.frombuffer(zlib.decompress(seconds), PACKED).astype(np.int64)
