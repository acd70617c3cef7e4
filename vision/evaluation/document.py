"""What an evaluation says: metrics.json as a document, and metrics.md as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vision.evaluation.chance import INTERVAL_SHARE, Chance
from vision.evaluation.frames import frame_figures
from vision.evaluation.reading import (
    check_frames_fit,
    check_stays_fit,
    kind_of,
    read_answers,
    read_true_stays,
    read_truth,
)
from vision.evaluation.stays import stay_figures
from vision.files import read_stays

Document = dict[str, Any]

RESAMPLED = {"frames": "frames", "stays": "stays; bay-hours for occupied_time_*"}
"""What is drawn again, by kind."""

GROUP_FIGURES = {
    "frames": (
        "answers_wanted",
        "balanced_accuracy",
        "accuracy",
        "answered_share",
        "answered_accuracy",
    ),
    "stays": (
        "stays_true",
        "precision",
        "recall",
        "class_accuracy",
        "arrival_error_s",
        "departure_error_s",
        "phantom_departures",
    ),
}
"""Columns of the tables per condition and per bay."""


def evaluate_files(truth: Path, found: Path, chance: Chance) -> Document:
    """Compare two files and return metrics.json.

    Raises
    ------
    InvalidFile
        When a file cannot be read or the two are not of one kind.
    UnknownBay
        When what was found concerns nothing of the truth.
    """
    if kind_of(truth, found) == "stays":
        true_stays, found_stays = read_true_stays(truth), read_stays(found)
        check_stays_fit(true_stays, found_stays)
        figures = stay_figures(true_stays, found_stays, chance)
    else:
        states, answers = read_truth(truth), read_answers(found)
        check_frames_fit(states, answers)
        figures = frame_figures(states, answers, chance)
    return {
        **figures,
        "interval_share": INTERVAL_SHARE,
        "resampled": RESAMPLED[figures["kind"]],
        "resamples": chance.resamples,
        "seed": chance.seed,
    }


def tables(document: Document) -> str:
    """Return the document as Markdown: all figures with their intervals, then groups and the confusion of classes."""
    parts = [_figures(document)]
    for key, title in (("by_condition", "condition"), ("by_bay", "bay")):
        if document[key]:
            parts.append(_groups(title, document[key], GROUP_FIGURES[document["kind"]]))
    if document["kind"] == "stays":
        parts.append(_confusion(document["class_confusion"]))
    return "\n\n".join(parts)


def shown(value: object) -> str:
    """Return a value as a cell."""
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _figures(document: Document) -> str:
    intervals: Mapping[str, Any] = document["intervals"]
    rows: list[tuple[str, ...]] = [
        (name, shown(value), _ends(intervals.get(name)))
        for name, value in document.items()
        if not isinstance(value, dict)
    ]
    rows += [
        (f"unknown: {reason}", str(count), "")
        for reason, count in document.get("unknown_reasons", {}).items()
    ]
    return _table(("figure", "value", f"{100 * INTERVAL_SHARE:.0f} % interval"), rows)


def _ends(ends: tuple[float, float] | None) -> str:
    return f"{ends[0]:.4f} to {ends[1]:.4f}" if ends else ""


def _groups(title: str, groups: Mapping[str, Document], columns: tuple[str, ...]) -> str:
    rows = [(name, *(shown(group[c]) for c in columns)) for name, group in groups.items()]
    return _table((title, *columns), rows)


def _confusion(table: Mapping[str, Mapping[str, int]]) -> str:
    classes = tuple(table)
    rows = [(true, *(str(table[true][said]) for said in classes)) for true in classes]
    return _table(("true class, found as", *classes), rows)


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    return "\n".join(_lines(columns, rows))


def _lines(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|---{'|--:' * (len(columns) - 1)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
