"""The sample's stays: the same each time, on minutes, plausible, and written as files."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from geo.bays import read_bays
from geo.local_time import midnight_s
from geo.occupancy import slot_figures
from geo.sums import total
from sample_data.cli import sample
from sample_data.quarter.files import quarter_bays
from sample_data.stays import FIRST_ON, TIME_ZONE, SampleStays, sample_stays, stays_csv

ONE_WEEK_SHA256 = "2cbcf4ad96d97b4a20369b04ba61d0bfd92584db3590fd1fc2b11258f04401d0"
"""Of the first week's ``stays.csv`` with seed 1: changes only when the demand process is changed on purpose."""


@pytest.fixture(scope="module")
def week() -> SampleStays:
    """Give one week of the sample."""
    return sample_stays(seed=1, first_on=FIRST_ON, weeks=1)


def test_the_sample_is_the_same_to_the_byte(week: SampleStays) -> None:
    """The pinned hash guards against drift of the process, of its streams and of its writing."""
    assert hashlib.sha256(stays_csv(week)).hexdigest() == ONE_WEEK_SHA256


def test_the_sample_is_plausible(week: SampleStays) -> None:
    """Bays differ, most are seen well and a few are not, and hours reserved for loading are not empty."""
    capacity = np.array([bay.capacity for bay in quarter_bays()])
    start_s, end_s = midnight_s(FIRST_ON, TIME_ZONE), midnight_s(week.end_on, TIME_ZONE)
    sums = total(slot_figures(week.stays, week.seen, capacity, start_s, end_s), capacity)
    low = (sums.coverage < 0.7).mean()
    assert 0.01 < low < 0.15
    assert np.nanquantile(sums.occupancy, 0.1) < 0.25
    assert np.nanquantile(sums.occupancy, 0.9) > 0.45
    assert 10 < sums.arrivals.sum() / len(capacity) / 7 < 30


def test_the_command_writes_files_that_read_back(tmp_path: Path) -> None:
    """`airelib sample quarter` writes five files in the formats of the files reference."""
    result = CliRunner().invoke(
        sample, ["quarter", "--out", str(tmp_path), "--first-on", "2026-06-01", "--weeks", "1"]
    )
    assert result.exit_code == 0, result.output
    assert len(read_bays((tmp_path / "bays.geojson").read_bytes()).bays) == len(quarter_bays())
    rows = list(csv.DictReader(io.StringIO((tmp_path / "stays.csv").read_text())))
    assert list(rows[0]) == ["bay_id", "vehicle_class", "arrived_at", "departed_at"]
    arrivals = [datetime.fromisoformat(row["arrived_at"]) for row in rows]
    assert {at.second for at in arrivals} == {0}
    assert {at.utcoffset().total_seconds() for at in arrivals} == {7200}
    assert min(arrivals).date() >= date(2026, 5, 31)
    cut = [row for row in rows if not row["departed_at"]]
    assert 0 < len(cut) < 0.05 * len(rows)
    unseen = list(csv.DictReader(io.StringIO((tmp_path / "unseen.csv").read_text())))
    assert all(row["from"] < row["to"] for row in unseen)
    assert {row["reason"] for row in unseen} <= {"power", "offline", "dark", "blocked", "dirty"}
