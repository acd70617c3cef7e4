"""Small studies on disk, built for tests."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

RULE = {
    "activity": "loading",
    "days": ["mo", "tu", "we", "th", "fr", "sa"],
    "start": "07:00",
    "end": "20:00",
    "max_stay_min": 30,
}
PARAMS: dict[str, Any] = {"observed": {"from": "2026-03-02", "to": "2026-03-08"}}
STAYS = ("bay_id", "vehicle_class", "arrived_at", "departed_at")
UNSEEN = ("bay_id", "from", "to", "reason")

Row = Sequence[str]


def bay(bay_id: str = "A", **changes: Any) -> dict[str, Any]:
    """Return a feature of bays.geojson without geometry."""
    properties = {
        "bay_id": bay_id,
        "commune": "75056",
        "length_m": 12.0,
        "capacity": 2,
        "bay_type": "periodic",
        "rules": [RULE],
        **changes,
    }
    return {"type": "Feature", "properties": properties, "geometry": None}


def write_study(
    folder: Path,
    stays: Iterable[Row] = (),
    unseen: Iterable[Row] = (),
    bays: Sequence[Mapping[str, Any]] | None = None,
    **documents: Any,
) -> Path:
    """Write a study with CSV tables; documents are named without suffix, None leaves one out."""
    folder.mkdir(parents=True, exist_ok=True)
    features = [bay()] if bays is None else list(bays)
    write_json(folder / "bays.geojson", {"type": "FeatureCollection", "features": features})
    for name, document in {"params": PARAMS, **documents}.items():
        if document is not None:
            write_json(folder / f"{name}.json", document)
    write_csv(folder / "stays.csv", STAYS, stays)
    write_csv(folder / "unseen.csv", UNSEEN, unseen)
    return folder


def write_json(path: Path, document: Any) -> None:
    """Write a JSON file."""
    path.write_text(json.dumps(document))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a CSV file, and its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(rows)


def as_parquet(path: Path, *, files: int = 1) -> None:
    """Replace a CSV file of stays or unseen times by Parquet with instants, in one file or a folder of several."""
    with path.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    columns = STAYS if path.stem == "stays" else UNSEEN
    arrays = {name: _column(name, [row[name] for row in rows]) for name in columns}
    table = pa.table(arrays)
    path.unlink()
    target = path.with_suffix(".parquet")
    if files == 1:
        pq.write_table(table, target)
        return
    target.mkdir()
    for i in range(files):
        pq.write_table(table.take(list(range(i, len(rows), files))), target / f"part-{i}.parquet")


def _column(name: str, cells: list[str]) -> pa.Array:
    if name in {"arrived_at", "departed_at", "from", "to"}:
        instants = [
            datetime.fromisoformat(cell).astimezone(UTC) if cell else None for cell in cells
        ]
        return pa.array(instants, pa.timestamp("us", "UTC"))
    return pa.array(cells, pa.string())
