"""One line of the benchmark's table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A speed and how it compares."""

    what: str
    per_s: float
    ratio: float | None
    """Speed over the baseline's in the same run; None for the baseline itself."""


def compared(rows: dict[str, float]) -> list[Row]:
    """Return rows whose first is the baseline of the others."""
    baseline = next(iter(rows.values()))
    return [
        Row(what, per_s, None if index == 0 else per_s / baseline)
        for index, (what, per_s) in enumerate(rows.items())
    ]
