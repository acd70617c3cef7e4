"""Writes the quarter with its stays and unseen times as the files that a consultant works with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from sample_data.quarter.files import (
    BAYS,
    COMMUNES,
    STREETS,
    quarter_bays,
    quarter_communes,
    quarter_path,
    quarter_streets,
)
from sample_data.stays import sample_stays, stays_csv, unseen_csv


def write_quarter(
    folder: Path, first_on: date, weeks: int, seed: int
) -> Iterator[tuple[Path, int]]:
    """Write five files and yield the path and the number of rows of each as it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    sample = sample_stays(seed, first_on, weeks)
    counts = {
        BAYS: len(quarter_bays()),
        COMMUNES: len(quarter_communes()),
        STREETS: len(quarter_streets()),
    }
    for name, rows in counts.items():
        yield _written(folder / name, quarter_path(name).read_bytes()), rows
    yield _written(folder / "stays.csv", stays_csv(sample)), len(sample.stays.bay)
    yield _written(folder / "unseen.csv", unseen_csv(sample)), len(sample.unseen_rows)


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path
