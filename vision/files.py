"""The files by which others measure us: predictions, boxes, truth, stays and unseen times, read and written."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import numpy as np

from geo.errors import InvalidFile
from geo.words import VEHICLE_CLASSES, Stay, Unseen, VehicleClass
from vision.detector import Detections
from vision.observation import BayObservation, BayState

Row = dict[str, str]
T = TypeVar("T")

PREDICTION_COLUMNS = (
    "frame",
    "bay_id",
    "state",
    "vehicles",
    "vehicle_class",
    "confidence",
    "seen_share",
    "reason",
)
BOX_COLUMNS = ("frame", "vehicle_class", "confidence", "x0", "y0", "x1", "y1")
TRUTH_COLUMNS = ("frame", "bay_id", "occupied")
STAY_COLUMNS = ("bay_id", "vehicle_class", "arrived_at", "departed_at")
DETAIL_COLUMNS = ("arrival_uncertainty_s", "departure_uncertainty_s", "class_confidence")
UNSEEN_COLUMNS = ("bay_id", "from", "to", "reason")


@contextmanager
def csv_writer(path: Path, columns: Sequence[str]) -> Iterator[Callable[[Iterable[object]], None]]:
    """Open a CSV file with its header and give a function that writes one row."""
    try:
        stream = path.open("w", newline="", encoding="utf-8")
    except OSError as error:
        raise InvalidFile(f"{path} cannot be written: {error.strerror}") from error
    with stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        yield writer.writerow


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a whole CSV file."""
    with csv_writer(path, columns) as write:
        for row in rows:
            write(row)


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Read a CSV file that has at least these columns.

    Raises
    ------
    InvalidFile
        When it cannot be read or a column is missing; the sentence names the columns found.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            found = tuple(reader.fieldnames or ())
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidFile(f"{path} cannot be read as CSV: {error}") from error
    missing = [column for column in columns if column not in found]
    if missing:
        raise InvalidFile(
            f"{path} has the columns {', '.join(found) or 'none'}: wanted also {', '.join(missing)}"
        )
    return rows


def prediction_row(frame: str, seen: BayObservation) -> tuple[str, ...]:
    """Return one row of predictions.csv; cells that are not known are empty."""
    known = seen.state is not BayState.UNKNOWN
    vehicle_class = seen.vehicle_class
    return (
        frame,
        seen.bay_id,
        seen.state.value,
        str(len(seen.sightings)) if known else "",
        vehicle_class.value if known and vehicle_class else "",
        f"{seen.confidence:.3f}" if known else "",
        f"{seen.seen_share:.3f}",
        str(seen.reason),
    )


def box_rows(frame: str, found: Detections) -> Iterator[tuple[str, ...]]:
    """Yield the rows of boxes.csv for one frame; a frame without vehicles has none."""
    for box, score, vehicle_class in zip(
        found.boxes_xyxy, found.scores, found.classes, strict=True
    ):
        corners = (f"{value:.1f}" for value in box)
        yield (frame, VEHICLE_CLASSES[vehicle_class].value, f"{score:.3f}", *corners)


def read_boxes(path: Path) -> dict[str, Detections]:
    """Read boxes.csv into the detections of each frame; a row with an empty `x0` names a frame without vehicles."""
    by_frame: dict[str, list[tuple[float, ...]]] = {}
    for line, row in enumerate(read_rows(path, BOX_COLUMNS), start=2):
        boxes = by_frame.setdefault(row["frame"], [])
        if row["x0"]:
            boxes.append(_parsed(path, line, _box, row))
    return {frame: _detections(boxes) for frame, boxes in by_frame.items()}


def empty_detections() -> Detections:
    """Return the detections of a frame without vehicles."""
    return _detections([])


def stay_row(stay: Stay) -> tuple[str, ...]:
    """Return one row of stays.csv; an empty departure means still there."""
    departed = stay.departed_at.isoformat() if stay.departed_at else ""
    return (stay.bay_id, stay.vehicle_class.value, stay.arrived_at.isoformat(), departed)


def detailed_stay_row(stay: Stay) -> tuple[str, ...]:
    """Return one row of stays.csv with how sure its times and its class are; cells that nobody knows are empty."""
    known = (stay.arrival_uncertainty_s, stay.departure_uncertainty_s, stay.class_confidence)
    return (*stay_row(stay), *("" if one is None else f"{one:.3f}" for one in known))


def read_stays(path: Path) -> list[Stay]:
    """Read stays.csv."""
    rows = read_rows(path, STAY_COLUMNS)
    return [_parsed(path, line, _stay, row) for line, row in enumerate(rows, start=2)]


def unseen_row(unseen: Unseen) -> tuple[str, ...]:
    """Return one row of unseen.csv."""
    return (unseen.bay_id, unseen.from_at.isoformat(), unseen.to_at.isoformat(), unseen.reason)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with its offset.

    Raises
    ------
    ValueError
        When it is no instant or has no offset.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no offset: wanted for example 2026-03-02T09:00:00+01:00")
    return at


def _parsed(path: Path, line: int, parse: Callable[[Row], T], row: Row) -> T:
    try:
        return parse(row)
    except ValueError as error:
        raise InvalidFile(f"{path}, line {line}: {error}") from error


def _box(row: Row) -> tuple[float, ...]:
    vehicle_class = VEHICLE_CLASSES.index(VehicleClass(row["vehicle_class"]))
    corners = tuple(float(row[column]) for column in ("x0", "y0", "x1", "y1"))
    return (float(vehicle_class), float(row["confidence"] or 1), *corners)


def _detections(boxes: list[tuple[float, ...]]) -> Detections:
    table = np.asarray(boxes, np.float64).reshape(-1, 6)
    return Detections(
        table[:, 2:].astype(np.float32), table[:, 1].astype(np.float32), table[:, 0].astype(np.int8)
    )


def _stay(row: Row) -> Stay:
    departed = row["departed_at"]
    return Stay(
        bay_id=row["bay_id"],
        vehicle_class=VehicleClass(row["vehicle_class"]),
        arrived_at=parse_instant(row["arrived_at"]),
        departed_at=parse_instant(departed) if departed else None,
    )
