"""Writes what the store knows of a commune as the files of a study, so that the engine reads what a consultant would."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv
from shapely.geometry import Polygon
from sqlmodel import Session

from geo.bays import bay_feature
from geo.crs import metric_crs, to_metric
from geo.errors import UnknownBay
from geo.geojson import feature_collection
from geo.local_time import day_bounds_s, midnight_s
from geo.occupancy import OPEN_S, SeenArrays, StayArrays
from geo.words import VEHICLE_CLASSES, Bay
from service.errors import InvalidPeriod
from service.intervals import Interval, Reasoned, clip, merge, subtract
from service.moments import utc_text
from service.store.axis import BayAxis, bay_axis
from service.store.bays import get_commune, list_bays
from service.store.coverage import unseen_near
from service.store.exclusions import excluded_near
from service.store.figures import counted_seen, figure_days
from service.store.stays import stay_arrays

NEAR_M = 100.0
"""Farthest that a refused driver tries another bay (science brief, 2.4)."""

MAX_NEIGHBOURS = 3
"""Neighbours of one bay, the nearest first (science brief, 2.4)."""


@dataclass(frozen=True)
class StudyWanted:
    """What a study is made of."""

    insee: str
    first_on: date
    last_on: date
    """Last local day, included."""
    parameters: Mapping[str, Any]
    """``params`` and ``audit``, each as in its file; empty for the engine's own."""


def last_weeks(session: Session, weeks: int, today_on: date) -> tuple[date, date]:
    """Return the first and the last day of the newest whole days that have figures, at most so many weeks.

    Raises
    ------
    InvalidPeriod
        No day before today has figures.
    """
    known = figure_days(session)
    if known is None or known[0] >= today_on:
        raise InvalidPeriod("no whole day has figures yet: wanted at least one before today")
    last_on = min(known[1], today_on - timedelta(days=1))
    return max(known[0], last_on - timedelta(weeks=weeks) + timedelta(days=1)), last_on


def write_study(session: Session, wanted: StudyWanted, folder: Path) -> None:
    """Write the files of a study into a folder that is there.

    Raises
    ------
    UnknownCommune
        No commune has this code.
    UnknownBay
        The commune has no bay.
    """
    zone = get_commune(session, wanted.insee).time_zone
    bays, axis = list_bays(session, wanted.insee), bay_axis(session, wanted.insee)
    if not bays:
        raise UnknownBay(f"commune {wanted.insee} has no bay: wanted at least one")
    start_s, end_s = midnight_s(wanted.first_on, zone), day_bounds_s(wanted.last_on, zone)[1]
    seen = counted_seen(session, axis, start_s, end_s)
    stays = stay_arrays(session, axis, start_s, end_s)
    _write_json(folder / "bays.geojson", feature_collection(bay_feature(bay) for bay in bays))
    _write_json(folder / "params.json", _params(wanted, zone))
    if wanted.parameters.get("audit"):
        _write_json(folder / "audit.json", wanted.parameters["audit"])
    _write_table(folder / "stays.csv", stays_table(axis, stays, seen))
    unseen = list(_unseen(session, axis, seen, (start_s, end_s)))
    _write_table(folder / "unseen.csv", _columns(("bay_id", "from", "to", "reason"), unseen))
    near = list(neighbours(bays))
    _write_table(
        folder / "neighbours.csv", _columns(("bay_id", "neighbour_id", "distance_m"), near)
    )


def stays_table(axis: BayAxis, stays: StayArrays, seen: SeenArrays) -> pa.Table:
    """Return stays as the file has them; a departure that was not seen is empty."""
    order = np.lexsort((stays.vehicle_class, stays.departed_s, stays.arrived_s, stays.bay))
    bay, departed_s = stays.bay[order], stays.departed_s[order]
    names = np.array([place.bay_id for place in axis.places], object)
    kinds = np.array([name.value for name in VEHICLE_CLASSES], object)
    cut = ~_is_seen(bay, departed_s, seen)
    ends = _texts(np.where(cut, 0, departed_s))
    ends[cut] = ""
    return pa.table(
        {
            "bay_id": names[bay],
            "vehicle_class": kinds[stays.vehicle_class[order]],
            "arrived_at": _texts(stays.arrived_s[order]),
            "departed_at": ends,
        }
    )


def neighbours(bays: Sequence[Bay]) -> Iterator[tuple[str, str, float]]:
    """Yield each bay with its nearest others and the metres between their centres."""
    centres = [Polygon(bay.polygon_lonlat).centroid.coords[0] for bay in bays]
    points = to_metric(np.array(centres, np.float64), metric_crs(*centres[0]))
    for index, bay in enumerate(bays):
        distance_m = np.hypot(*(points - points[index]).T)
        distance_m[index] = np.inf
        for other in np.argsort(distance_m, kind="stable")[:MAX_NEIGHBOURS]:
            if distance_m[other] <= NEAR_M:
                yield bay.bay_id, bays[other].bay_id, round(float(distance_m[other]), 1)


def _params(wanted: StudyWanted, zone: str) -> dict[str, Any]:
    observed = {"from": wanted.first_on.isoformat(), "to": wanted.last_on.isoformat()}
    given = wanted.parameters.get("params") or {}
    return {"time_zone": zone, **given, "observed": observed}


def _is_seen(bay: NDArray[np.int32], at_s: NDArray[np.int64], seen: SeenArrays) -> NDArray[Any]:
    """Tell of each instant whether its bay was seen right before and at it, shape ``(n,)``."""
    known = at_s < OPEN_S
    reach = int(max(seen.to_s.max(initial=0), at_s[known].max(initial=0))) + 1
    order = np.lexsort((seen.from_s, seen.bay))
    starts = seen.bay[order].astype(np.int64) * reach + seen.from_s[order]
    ends = seen.bay[order].astype(np.int64) * reach + seen.to_s[order]
    place = bay.astype(np.int64) * reach + np.where(known, at_s, 0)
    found = np.searchsorted(starts, place, side="left") - 1
    inside = (found >= 0) & (place < np.append(ends, 0)[found])
    return np.asarray(known & inside)


def _unseen(
    session: Session, axis: BayAxis, seen: SeenArrays, period_s: Interval
) -> Iterator[tuple[str, str, str, str]]:
    """Yield the times of the period that do not count as seen, each with one reason."""
    bay_ids = list(axis.index)
    told = unseen_near(session, bay_ids, *period_s)
    excluded = excluded_near(session, bay_ids, *period_s)
    for bay_id, index in axis.index.items():
        mine = seen.bay == index
        counted = zip(seen.from_s[mine].tolist(), seen.to_s[mine].tolist(), strict=True)
        missing = subtract([period_s], counted)
        for from_s, to_s, reason in _reasoned(missing, excluded.get(bay_id, []), told[bay_id]):
            yield bay_id, utc_text(from_s), utc_text(to_s), reason


def _reasoned(
    missing: Sequence[Interval], excluded: Sequence[Interval], told: Sequence[Reasoned]
) -> list[Reasoned]:
    """Return missing times with what is known of them: taken out by an officer, told by a device, or not reported."""
    pieces: list[Reasoned] = []
    left = list(missing)
    known = [(*span, "excluded") for span in merge(excluded)] + list(told)
    for from_s, to_s, reason in known:
        hit = [piece for span in left for piece in clip([span], from_s, to_s)]
        pieces.extend((start_s, end_s, reason) for start_s, end_s in hit)
        left = subtract(left, hit) if hit else left
    return sorted(pieces + [(from_s, to_s, "unreported") for from_s, to_s in left])


def _texts(at_s: NDArray[np.int64]) -> NDArray[Any]:
    """Return instants as ISO 8601 texts in UTC, with offset."""
    plain = np.datetime_as_string(at_s.astype("datetime64[s]"), unit="s")
    return np.char.add(plain, "+00:00").astype(object)


def _columns(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table({n: list(c) for n, c in zip(names, columns, strict=True)})


def _write_table(path: Path, table: pa.Table) -> None:
    csv.write_csv(table, path)


def _write_json(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, sort_keys=True))
