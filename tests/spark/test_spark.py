"""Spark says what DuckDB says, on a cluster of two workers."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from geo.facts.bay_facts import BayFacts
from geo.facts.slot_tables import by_duckdb, by_spark
from geo.facts.spread import spark_facts
from geo.facts.sweep import study_facts
from geo.study.folder import OpenStudy, open_study
from tests.geo.studies import bay, write_study


def test_counts_agree_to_the_last_digit(session: Any, opened: OpenStudy) -> None:
    """Every cell has the same arrivals, vehicle-seconds and seen seconds; occupancy agrees to 1e-9."""
    here = pa.concat_tables(list(by_duckdb(opened, bays_per_part=5)), promote_options="default")
    there = by_spark(opened, session)
    cells = 2 * 96 + 92  # the one Sunday of the period has no hour from 2 to 3
    assert here.num_rows == len(opened.study.bays) * cells * 5
    for name in ("bay_id", "day_kind", "slot", "vehicle_class", "arrivals", "vehicle_s", "seen_s"):
        assert here[name].to_pylist() == there[name].to_pylist(), name
    shares = [table["occupancy"].to_numpy(zero_copy_only=False) for table in (here, there)]
    assert np.allclose(*shares, rtol=1e-9, atol=0, equal_nan=True)


def test_stays_in_csv_are_read_alike(session: Any, tmp_path: Path) -> None:
    """Spark reads instants with offsets as text just as DuckDB does."""
    rows = [
        ("A", "van", "2026-03-02T09:00:00+01:00", "2026-03-02T08:30:00.900Z"),
        ("A", "car", "", "2026-03-03T08:30:00+0100"),
        ("A", "truck", "2026-03-04 08:30:00+01:00", ""),
    ]
    with open_study(write_study(tmp_path, rows, bays=[bay()])) as opened:
        (here,) = by_duckdb(opened)
        there = by_spark(opened, session)
    assert here.equals(there)


def test_the_sweep_agrees_to_1e_9(session: Any, opened: OpenStudy) -> None:
    """The compiled sweep spread over the cluster gives each bay the facts that one process gives."""
    here, there = list(study_facts(opened)), list(spark_facts(opened, session, bays_per_part=5))
    assert len(here) == len(there) == len(opened.study.bays)
    for one, other in zip(here, there, strict=True):
        for field in fields(BayFacts):
            values = np.asarray(getattr(one, field.name)), np.asarray(getattr(other, field.name))
            if values[0].dtype.kind == "i":
                assert np.array_equal(*values), field.name
            assert np.allclose(*values, rtol=1e-9, atol=0), field.name
