"""The door that writes a simulated study to a folder, part by part, with its truth."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from geo.calendar import days, public_holidays
from geo.each import each
from geo.simulation.clock import Calendar
from geo.simulation.oracle import best_week
from geo.simulation.places import COMMUNE, CURRENT_RULES, Place, draw_places, feature, neighbours
from geo.simulation.regimes import Regime, city_of, with_new_rules, with_overflow
from geo.simulation.tables import iso, stays_csv, stays_table, unseen_csv
from geo.simulation.truth import TruthBay, draw_truth, with_rules
from geo.simulation.truth_file import truth_document
from geo.simulation.world import WARM_UP_DAYS, Setting, simulate
from geo.study.words import DEFAULT_LENGTH_M
from geo.words import VEHICLE_CLASSES

TIME_ZONE = "Europe/Paris"
FIRST_ON = date(2026, 3, 2)
"""A Monday; four weeks on the clock changes, and May is full of holidays."""

ROWS_PER_PART = 1_000_000
"""Stays of one part, roughly: the row groups of Parquet, and what is in memory at a time."""

PART_BAYS = 200
"""Bays of one part at most."""

MIN_BAYS_FOR_PROCESSES = 400
"""Bay-weeks below which starting processes takes longer than it saves (measured)."""


@dataclass(frozen=True)
class Order:
    """What to simulate."""

    bays: int
    weeks: int
    seed: int
    regime: Regime = Regime.BASE
    lost_at_peak: bool = False
    deliveries_per_day: float | None = None
    first_on: date = FIRST_ON
    file_format: Literal["csv", "parquet"] = "csv"
    workers: int = 2


def write_world(order: Order, folder: Path) -> Iterator[tuple[str, int]]:
    """Simulate and write a study; yield the name and the number of rows of each file as it is complete.

    The same order gives the same bytes, whatever the number of workers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    setting, places = _setting(order), _places(order)
    bays = _with_regime(_truth(order, places, setting), order, places)
    _write_json(
        folder / "bays.geojson",
        {
            "type": "FeatureCollection",
            "features": [
                feature(place, bay.rules) for place, bay in zip(places, bays, strict=True)
            ],
        },
    )
    yield "bays.geojson", len(bays)
    counts = _write_stays(order, folder, bays, setting)
    yield ("stays.csv" if order.file_format == "csv" else "stays.parquet"), counts[0]
    yield "unseen.csv", counts[1]
    near = neighbours(places)
    _write_rows(folder / "neighbours.csv", ("bay_id", "neighbour_id", "distance_m"), near)
    yield "neighbours.csv", len(near)
    yield from _write_history(folder, bays, setting.calendar)
    _write_json(folder / "params.json", _params(setting.calendar))
    _write_json(folder / "audit.json", _audit(order, setting))
    _write_json(
        folder / "truth.json",
        truth_document(bays, _about(order, setting), setting.city_factors[WARM_UP_DAYS:]),
    )
    yield from (("params.json", 1), ("audit.json", 1), ("truth.json", len(bays)))


def _setting(order: Order) -> Setting:
    end_on = order.first_on + timedelta(weeks=order.weeks)
    holidays_on = public_holidays(COMMUNE, order.first_on - timedelta(days=WARM_UP_DAYS), end_on)
    calendar = Calendar(tuple(days(order.first_on, end_on)), TIME_ZONE, holidays_on)
    city = city_of(
        order.regime,
        lost_at_peak=order.lost_at_peak,
        deliveries_per_day=order.deliveries_per_day,
    )
    return Setting(calendar, city, order.seed)


def _places(order: Order) -> list[Place]:
    rng = np.random.default_rng((order.seed, 8))
    return draw_places(order.bays, is_uniform=order.regime is Regime.UNIFORM, rng=rng)


def _truth(order: Order, places: Sequence[Place], setting: Setting) -> tuple[TruthBay, ...]:
    rng = np.random.default_rng((order.seed, 0))
    return draw_truth([place.kerb for place in places], setting.city, rng)


def _with_regime(
    bays: tuple[TruthBay, ...], order: Order, places: Sequence[Place]
) -> tuple[TruthBay, ...]:
    if order.regime is Regime.OVERFLOW:
        near = {(bay_id, other) for bay_id, other, _ in neighbours(places)}
        return with_overflow(bays, near, np.random.default_rng((order.seed, 16)))
    if order.regime is Regime.GROWTH:
        return with_new_rules(bays, order.weeks, np.random.default_rng((order.seed, 9)))
    if order.regime is Regime.NULL:
        found = each(partial(best_week, seed=order.seed), bays, order.workers, 1)
        return tuple(with_rules(bay, rules) for bay, rules in zip(bays, found, strict=True))
    return bays


@dataclass(frozen=True)
class _Part:
    """What a process needs for some bays."""

    rows: range
    bays: dict[int, TruthBay]
    """These and the one before, whose refused drivers may come here."""
    setting: Setting
    parquet: Path | None


def _write_stays(
    order: Order, folder: Path, bays: tuple[TruthBay, ...], setting: Setting
) -> tuple[int, int]:
    """Write stays and unseen times part by part and return how many there are."""
    per_part = min(PART_BAYS, max(1, ROWS_PER_PART // (30 * 7 * order.weeks)))
    parquet = folder / "stays.parquet" if order.file_format == "parquet" else None
    if parquet is not None:
        parquet.mkdir(exist_ok=True)
        for stale in parquet.glob("*.parquet"):
            stale.unlink()
    parts = [
        _Part(
            range(first, min(first + per_part, len(bays))),
            {row: bays[row] for row in range(max(first - 1, 0), min(first + per_part, len(bays)))},
            setting,
            parquet,
        )
        for first in range(0, len(bays), per_part)
    ]
    workers = order.workers if order.bays * order.weeks > MIN_BAYS_FOR_PROCESSES else 1
    counts = np.zeros(2, np.int64)
    with (folder / "unseen.csv").open("wb") as unseen:
        unseen.write(b"bay_id,from,to,reason\n")
        if parquet is not None:
            for _, dark, rows in each(_part, parts, workers, 1):
                unseen.write(dark)
                counts += rows
        else:
            with (folder / "stays.csv").open("wb") as stays:
                stays.write(b"bay_id,vehicle_class,arrived_at,departed_at\n")
                for told, dark, rows in each(_part, parts, workers, 1):
                    stays.write(told)
                    unseen.write(dark)
                    counts += rows
    return int(counts[0]), int(counts[1])


def _part(part: _Part) -> tuple[bytes, bytes, tuple[int, int]]:
    """Simulate some bays; return their stays as lines of CSV (none where they went to Parquet) and unseen times."""
    first = part.rows.start
    world = simulate(part.rows, part.bays, part.setting)
    ids = [part.bays[row].bay_id for row in part.rows]
    zone = part.setting.calendar.time_zone
    dark = unseen_csv(world.unseen, ids, first, zone)
    said = world.told.with_an_end()
    if part.parquet is None:
        told = stays_csv(said, ids, first, zone)
    else:
        from pyarrow import parquet

        table = stays_table(said, ids, first)
        path = part.parquet / f"part-{first:06d}.parquet"
        parquet.write_table(table, path, row_group_size=ROWS_PER_PART, compression="zstd")
        told = b""
    return told, dark, (len(said.stays.bay), len(world.unseen.bay))


def _write_history(
    folder: Path, bays: Sequence[TruthBay], calendar: Calendar
) -> Iterator[tuple[str, int]]:
    """Write the rules that were in force before those of ``bays.geojson``, and what was adopted, if any bay had others."""
    rows: list[Sequence[object]] = []
    adopted: list[Sequence[object]] = []
    kinds = [rules for _, rules in CURRENT_RULES]
    for bay in bays:
        firsts = [first for first, _ in bay.versions]
        for (first, rules), until in zip(bay.versions, firsts[1:], strict=False):
            at = [int(calendar.midnights_s[day]) for day in (first, until)]
            said = json.dumps([rule.model_dump(mode="json") for rule in rules])
            rows.append((bay.bay_id, *iso(np.array(at), calendar.time_zone), said))
            measure = f"to rule {kinds.index(bay.rules) + 1}"
            adopted.append((bay.bay_id, str(calendar.days[until]), measure, ""))
    tables = {
        "rule_history.csv": (("bay_id", "from", "to", "rules"), rows),
        "adopted.csv": (("bay_id", "adopted_on", "measure", "control_bay_ids"), adopted),
    }
    for name, (header, lines) in tables.items():
        if lines:
            _write_rows(folder / name, header, lines)
            yield name, len(lines)
        else:
            (folder / name).unlink(missing_ok=True)


def _params(calendar: Calendar) -> dict[str, Any]:
    return {
        "time_zone": calendar.time_zone,
        "observed": {"from": str(calendar.days[0]), "to": str(calendar.days[-1])},
        "vehicle_length_m": {
            name.value: DEFAULT_LENGTH_M[name] for name in VEHICLE_CLASSES if name != "other"
        },
    }


def _audit(order: Order, setting: Setting) -> dict[str, Any]:
    """Return what people found in a labelled sample: its shares have the spread of its size."""
    detector = setting.city.detector
    if detector is None:
        return {"recall": {}, "split_rate": 0.0, "confusion": {}, "sample": None, "date": None}
    rng = np.random.default_rng((order.seed, 10))
    believed = detector.recall if detector.audited_recall is None else detector.audited_recall
    sizes = {"van": detector.audit_sample * 45 // 100, "car": detector.audit_sample * 45 // 100}
    sizes["truck"] = detector.audit_sample - sum(sizes.values())
    recall = {name: rng.binomial(n, believed) / n for name, n in sizes.items()}
    flips = {
        name: {other: rng.binomial(sizes[name], detector.flip) / sizes[name]}
        for name, other in (("van", "car"), ("car", "van"))
    }
    split = rng.binomial(detector.audit_sample, detector.split) / detector.audit_sample
    return {
        "recall": {name: round(float(value), 4) for name, value in sorted(recall.items())},
        "split_rate": round(float(split), 4),
        "confusion": {
            name: {other: round(float(value), 4) for other, value in row.items()}
            for name, row in sorted(flips.items())
        },
        "sample": detector.audit_sample,
        "date": str(setting.calendar.days[0]),
    }


def _about(order: Order, setting: Setting) -> dict[str, Any]:
    detector, calendar = setting.city.detector, setting.calendar
    holidays_on = sorted(calendar.holidays_on & set(calendar.days))
    return {
        "seed": order.seed,
        "regime": order.regime.value,
        "first_on": str(calendar.days[0]),
        "last_on": str(calendar.days[-1]),
        "time_zone": calendar.time_zone,
        "holidays_on": [str(on) for on in holidays_on],
        "detector": None
        if detector is None
        else {"recall": detector.recall, "flip": detector.flip, "split_rate": detector.split},
    }


def _write_json(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _write_rows(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_text(text.getvalue(), "utf-8")
