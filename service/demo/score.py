"""How well the camera worker did on a clip, against the clip's exact truth."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from geo.matching import match_stays

Span = tuple[str, float, float]
"""Bay, arrival and departure in seconds since the first frame."""


@dataclass(frozen=True)
class Score:
    """Stays found against stays that were."""

    found: int
    true: int
    matched: int

    @property
    def precision(self) -> float | None:
        """Share of found stays that were; None where none was found."""
        return self.matched / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of stays that were found; None where there was none."""
        return self.matched / self.true if self.true else None


def score(
    truth: Path, truth_start_at: datetime, found: Path, found_start_at: datetime, length_s: float
) -> Score:
    """Compare two stays.csv files of one clip, each dated by its own first frame.

    Matched one to one within a bay with temporal IoU of at least one half; the class is not looked at. A stay
    without departure lasts to the end of the clip.
    """
    true_spans = _spans(truth, truth_start_at, length_s)
    found_spans = _spans(found, found_start_at, length_s)
    matched = match_stays(true_spans, found_spans)
    return Score(found=len(found_spans), true=len(true_spans), matched=len(matched))


def _spans(path: Path, start_at: datetime, length_s: float) -> list[Span]:
    with path.open(newline="") as file:
        return [
            (
                row["bay_id"],
                _offset_s(row["arrived_at"], start_at, 0.0),
                _offset_s(row["departed_at"], start_at, length_s),
            )
            for row in csv.DictReader(file)
        ]


def _offset_s(text: str, start_at: datetime, absent_s: float) -> float:
    if not text:
        return absent_s
    return (datetime.fromisoformat(text) - start_at) / timedelta(seconds=1)
