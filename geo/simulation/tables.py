"""Stays and unseen times as lines of CSV and as Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.occupancy import MINUTE_S
from geo.simulation.observed import Told
from geo.simulation.outages import REASONS, UnseenArrays
from geo.sums import local_s
from geo.words import VEHICLE_CLASSES

Ints = NDArray[np.int64]


def iso(at_s: Ints, time_zone: str) -> list[str]:
    """Return instants as local wall time with its offset, ISO 8601 to the second."""
    if not len(at_s):
        return []
    wall_s = local_s(at_s, time_zone)
    text = np.datetime_as_string(wall_s.astype("datetime64[s]")).tolist()
    ends = {offset: _offset(offset) for offset in set((wall_s - at_s).tolist())}
    offsets = (wall_s - at_s).tolist()
    return [at + ends[offset] for at, offset in zip(text, offsets, strict=True)]


def stays_csv(told: Told, ids: Sequence[str], first: int, time_zone: str) -> bytes:
    """Return lines of ``stays.csv``: an end that was not seen is empty; bay ``first`` of the axis has the first id."""
    stays = told.stays
    names = [kind.value for kind in VEHICLE_CLASSES]
    rows = zip(
        stays.bay.tolist(),
        stays.vehicle_class.tolist(),
        _seen(iso(stays.arrived_s, time_zone), told.arrival_seen),
        _seen(iso(stays.departed_s, time_zone), told.departure_seen),
        strict=True,
    )
    lines = [f"{ids[b - first]},{names[k]},{a},{d}\n" for b, k, a, d in rows]
    return "".join(lines).encode()


def unseen_csv(unseen: UnseenArrays, ids: Sequence[str], first: int, time_zone: str) -> bytes:
    """Return lines of ``unseen.csv``, half-open."""
    rows = zip(
        unseen.bay.tolist(),
        iso(unseen.from_s, time_zone),
        iso(unseen.to_s, time_zone),
        unseen.reason.tolist(),
        strict=True,
    )
    return "".join([f"{ids[b - first]},{a},{z},{REASONS[r]}\n" for b, a, z, r in rows]).encode()


def stays_table(told: Told, ids: Sequence[str], first: int) -> Any:
    """Return stays as an Arrow table: instants in UTC with their zone, null where an end was not seen."""
    import pyarrow as pa

    stays, instant = told.stays, pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "bay_id": pa.DictionaryArray.from_arrays(
                pa.array(stays.bay - first, pa.int32()), pa.array(list(ids), pa.string())
            ),
            "vehicle_class": pa.DictionaryArray.from_arrays(
                pa.array(stays.vehicle_class, pa.int8()),
                pa.array([kind.value for kind in VEHICLE_CLASSES], pa.string()),
            ),
            "arrived_at": pa.array(
                stays.arrived_s * 1_000_000, pa.int64(), mask=~told.arrival_seen
            ).cast(instant),
            "departed_at": pa.array(
                stays.departed_s * 1_000_000, pa.int64(), mask=~told.departure_seen
            ).cast(instant),
        }
    )


def _seen(texts: list[str], is_seen: NDArray[np.bool_]) -> list[str]:
    return [text if seen else "" for text, seen in zip(texts, is_seen.tolist(), strict=True)]


def _offset(offset_s: int) -> str:
    sign = "-" if offset_s < 0 else "+"
    hours, minutes = divmod(abs(offset_s) // MINUTE_S, 60)
    return f"{sign}{hours:02d}:{minutes:02d}"
