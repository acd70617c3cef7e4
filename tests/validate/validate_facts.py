"""T15 and T16: outages are no zeros, and counts of a large study come fast in bounded memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from validate_whatif import speed

from checks import Check, Figure, Scale
from geo.calendar import days
from geo.facts.bay_facts import BIN_S, BayFacts
from geo.facts.sweep import bay_facts
from geo.simulation.clock import Calendar
from geo.simulation.places import draw_places
from geo.simulation.profiles import Outages
from geo.simulation.regimes import Regime, city_of
from geo.simulation.truth import draw_truth
from geo.simulation.world import Setting, World, simulate
from geo.study.history import completed
from geo.study.stays import OPEN_S, UNKNOWN_ARRIVAL_S, StaysPart, merged, sorted_stays
from geo.study.words import DEFAULT_LENGTH_M, Audit, Period, Search, Study, StudyBay
from geo.words import BayType, TimeRule

MONDAY = date(2026, 6, 1)
PARIS = "Europe/Paris"
DELIVERIES = 2
"""The first two kinds deliver."""


@dataclass(frozen=True)
class Lost:
    """How the time was lost, and what it makes of the two naive readings (science brief, 2.1)."""

    name: str
    at_peak: bool


LOST = (Lost("at random", at_peak=False), Lost("at the peak", at_peak=True))


def outages(scale: Scale) -> list[Figure]:
    """Estimate deliveries of the same weeks with and without a fifth of the time lost; no seed was tuned on."""
    seeds, bays, weeks = ((1,), 60, 4) if scale is Scale.SMALL else ((21, 22, 23, 24, 25), 200, 8)
    figures = []
    for lost in LOST:
        rows = np.array([_readings(seed, bays, weeks, lost) for seed in seeds])
        unseen, zero, restarts = (100 * (rows.mean(axis=0) - 1)).tolist()
        bar = 2.0 if scale is Scale.FULL else 4.0
        worst = 100 * float(np.abs(rows[:, 0] - 1).max())
        name = f"lost {lost.name}, points against none lost"
        figures += [
            Figure(f"{name}: as unseen", unseen, f"within {bar:g}", bool(abs(unseen) <= bar)),
            Figure(f"{name}: as unseen, worst seed", worst, ""),
            Figure(f"{name}: as zero", zero, "baseline"),
            Figure(f"{name}: restarts as arrivals", restarts, "baseline"),
        ]
    return figures


def _readings(seed: int, bays: int, weeks: int, lost: Lost) -> tuple[float, float, float]:
    """Return demand over that of the world where nothing was lost: as unseen, as zero, restarts as arrivals."""
    calendar = Calendar(tuple(days(MONDAY, MONDAY + timedelta(weeks=weeks))), PARIS)
    city = replace(city_of(Regime.OUTAGES, lost_at_peak=lost.at_peak), detector=None)
    kerbs = [
        place.kerb
        for place in draw_places(bays, is_uniform=False, rng=np.random.default_rng((seed, 8)))
    ]
    truth = draw_truth(kerbs, city, np.random.default_rng((seed, 0)))
    study = _study([(kerb.length_m, kerb.rules) for kerb in kerbs], calendar)
    nothing = Outages(lost_day_share=0.0, cuts_per_day=0.0, power_per_week=0.0)
    worlds = [
        simulate(range(bays), truth, Setting(calendar, some, seed))
        for some in (replace(city, outages=nothing), city)
    ]
    whole, parts = (bay_facts(study, _part(study, world)) for world in worlds)
    blind = bay_facts(study, _part(study, worlds[1], believes_all=True))
    again = bay_facts(study, _part(study, worlds[1], restarts=True))
    wanted = _demand(whole, whole)
    return (
        _demand(parts, parts) / wanted,
        _demand(parts, blind) / wanted,
        _demand(again, parts) / wanted,
    )


def _demand(counted: Sequence[BayFacts], exposed: Sequence[BayFacts]) -> float:
    """Return deliveries per weekday that would like to stop, all bays: counts over exposure, bin by bin."""
    total = 0.0
    for one, other in zip(counted, exposed, strict=True):
        arrivals = one.arrivals[0, ..., :DELIVERIES].sum(axis=0)
        exposure_s = other.exposure_s[0, ..., :DELIVERIES].sum(axis=0)
        total += float((arrivals / np.maximum(exposure_s, BIN_S) * BIN_S).sum())
    return total


def _study(kerbs: Sequence[tuple[float, tuple[TimeRule, ...]]], calendar: Calendar) -> Study:
    period = Period(calendar.days[0], calendar.days[-1], PARIS)
    bounds = calendar.start_s, calendar.end_s
    bays = tuple(
        StudyBay(
            f"{i:04}", "75056", length_m, 2, BayType.PERIODIC, rules, completed([], rules, *bounds)
        )
        for i, (length_m, rules) in enumerate(kerbs)
    )
    return Study(period, bays, DEFAULT_LENGTH_M, Search(), Audit(), (), "")


def _part(
    study: Study, world: World, *, believes_all: bool = False, restarts: bool = False
) -> StaysPart:
    """Return what was told of a world as stays.

    Parameters
    ----------
    study, world
        The same bays.
    believes_all
        Read time that was lost as seen and empty.
    restarts
        Read vehicles that are there when seeing begins as arrivals of the next second.
    """
    told, dark = world.told, world.unseen
    begun = (
        told.stays.arrived_s if believes_all else np.full(len(told.arrival_seen), UNKNOWN_ARRIVAL_S)
    )
    if restarts:
        begun = told.stays.arrived_s + 1
    gone = told.stays.departed_s if believes_all else np.full(len(told.departure_seen), OPEN_S)
    arrived_s = np.where(told.arrival_seen, told.stays.arrived_s, begun)
    departed_s = np.maximum(np.where(told.departure_seen, told.stays.departed_s, gone), arrived_s)
    known = (arrived_s != UNKNOWN_ARRIVAL_S) | (departed_s != OPEN_S)
    columns = [told.stays.bay, told.stays.vehicle_class, arrived_s, departed_s]
    bay, kind, arrived_s, departed_s = sorted_stays([column[known] for column in columns])
    start_s, end_s = (history := study.bays[0].history)[0].from_s, history[-1].to_s
    lost = slice(0, 0) if believes_all else slice(None)
    unseen = merged(dark.bay[lost], dark.from_s[lost], dark.to_s[lost], start_s, end_s)
    return StaysPart(world.rows, bay, kind, arrived_s, departed_s, *unseen)


STAYS_PER_DAY = 30
BAYS_PER_FILE = 200
MOST_S, MOST_GB = 120.0, 8.0
"""Science brief, T16."""


def counts(scale: Scale) -> list[Figure]:
    """Count 10,000 bays over a year from partitioned Parquet, in a process of its own so that its memory is its own."""
    sizes = [(40, 28)] if scale is Scale.SMALL else [(1000, 365), (3000, 365), (10_000, 365)]
    figures = []
    for bays, length in sizes:
        with tempfile.TemporaryDirectory() as folder:
            _write_large(Path(folder), bays, length)
            took_s, peak_gb = _counted(Path(folder))
        is_bar = (bays, length) == (10_000, 365)
        stays = bays * length * STAYS_PER_DAY / 1e6
        name = f"{bays} bays x {length} days, {stays:.3g} M stays"
        figures += [
            Figure(f"{name}: s", took_s, "<= 120 s" if is_bar else "", took_s <= MOST_S if is_bar else None),
            Figure(f"{name}: GB", peak_gb, "<= 8 GB", peak_gb <= MOST_GB),
        ]  # fmt: skip
    return figures + speed(scale)


def _counted(folder: Path) -> tuple[float, float]:
    begun = time.perf_counter()
    program = "from service.cli import main; main()"
    command = ["facts", "--data", str(folder), "--out", str(folder / "facts.parquet")]
    subprocess.run([sys.executable, "-c", program, *command], check=True, capture_output=True)
    took_s = time.perf_counter() - begun
    # The largest of all children so far: sizes go up, so that it is that of this one, or an upper limit.
    return took_s, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6


def _write_large(folder: Path, bays: int, length: int) -> None:
    """Write a study of random stays: thirty a day and bay, a twentieth of the days with an outage."""
    ids = [f"75056-{i:05}" for i in range(bays)]
    last_on = MONDAY + timedelta(days=length - 1)
    rule = {
        "days": ["mo", "tu", "we", "th", "fr"],
        "start": "07:00",
        "end": "20:00",
        "max_stay_min": 30,
    }
    fixed = {
        "commune": "75056",
        "length_m": 12.0,
        "capacity": 2,
        "bay_type": "periodic",
        "rules": [rule],
    }
    features = [{"type": "Feature", "properties": {"bay_id": bay_id, **fixed}} for bay_id in ids]
    _write_json(folder / "bays.geojson", {"type": "FeatureCollection", "features": features})
    _write_json(folder / "params.json", {"observed": {"from": str(MONDAY), "to": str(last_on)}})
    (folder / "stays.parquet").mkdir()
    rng = np.random.default_rng(16)
    for first in range(0, bays, BAYS_PER_FILE):
        rows = range(first, min(first + BAYS_PER_FILE, bays))
        pq.write_table(_random_stays(ids, rows, length, rng), folder / "stays.parquet" / f"part-{first:05}.parquet")  # fmt: skip
    with (folder / "unseen.csv").open("w") as stream:
        stream.write("bay_id,from,to,reason\n")
        stream.writelines(_random_outages(ids, length, rng))


def _random_stays(ids: list[str], rows: range, length: int, rng: np.random.Generator) -> pa.Table:
    start_s = int(Calendar((MONDAY,), PARIS).start_s)
    shape = (len(rows), STAYS_PER_DAY * length)
    arrived_s = start_s + np.sort(rng.integers(0, length * 86_400, shape), axis=1) // 60 * 60
    departed_s = arrived_s + 60 * np.ceil(np.exp(rng.normal(2.6, 0.8, shape))).astype(np.int64)
    kinds = rng.choice(5, shape, p=[0.5, 0.1, 0.3, 0.07, 0.03]).ravel()
    instants = [
        pa.array(column.ravel() * 1_000_000, pa.timestamp("us", "UTC"))
        for column in (arrived_s, departed_s)
    ]
    bay = np.repeat(np.arange(rows.start, rows.stop, dtype=np.int32), shape[1])
    words = pa.array(["van", "truck", "car", "two_wheeler", "other"])
    return pa.table(
        {
            "bay_id": pa.DictionaryArray.from_arrays(pa.array(bay), pa.array(ids)),
            "vehicle_class": pa.DictionaryArray.from_arrays(pa.array(kinds.astype(np.int8)), words),
            "arrived_at": instants[0],
            "departed_at": instants[1],
        }
    )


def _random_outages(ids: list[str], length: int, rng: np.random.Generator) -> Iterator[str]:
    for bay_id in ids:
        for day in rng.choice(length, max(length // 20, 1), replace=False):
            on = (MONDAY + timedelta(days=int(day))).isoformat()
            hour = int(rng.integers(0, 20))
            yield f"{bay_id},{on}T{hour:02}:07:00Z,{on}T{hour + 3:02}:21:30Z,offline\n"


def _write_json(path: Path, document: object) -> None:
    path.write_text(json.dumps(document))


CHECKS = [
    Check("T15", "outages are no zeros", outages),
    Check("T16", "counts of a large study, and the answer to a slider", counts),
]
