"""The door to the folder of a study: every file checked, stays read bay by bay."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.calendar import days
from geo.engine import MEMORY_GB, THREADS, in_process
from geo.errors import InvalidFile
from geo.files.checking import faults
from geo.files.kinds import Content, read
from geo.geojson import read_features
from geo.local_time import day_bounds_s, local_date, midnight_s
from geo.study.bays import read_study_bays
from geo.study.history import completed, read_history
from geo.study.params import Params, check_period, period, read_audit, read_params, read_weights
from geo.study.stays import OPEN_S, UNKNOWN_ARRIVAL_S, StaysPart, merged, sorted_stays
from geo.study.tables import STAYS, UNSEEN, Sums, Table, find, sums, typed_sql
from geo.study.words import Audit, Neighbour, Period, Study, StudyBay, Weights

STAY, DARK = "stay", "dark"
"""Relations of an open study."""

Ints = NDArray[np.int64]

BAYS_PER_PART = 200
"""Bays whose stays are held in memory together: a year of 30 stays a day is then 50 MB."""


class OpenStudy:
    """A study whose stays can be read.

    Attributes
    ----------
    study
        All of it but its stays.
    connection
        DuckDB with the checked relations ``STAY`` and ``DARK``: ``position, bay_id, class_index, begin_s, end_s``.
    stays
        Where the stays lie.
    """

    def __init__(self, study: Study, connection: duckdb.DuckDBPyConnection, tables: Tables) -> None:
        self.study = study
        self.connection = connection
        self.stays = tables.found

    def parts(self, bays_per_part: int = BAYS_PER_PART) -> Iterator[StaysPart]:
        """Yield the stays of all bays in order, some bays at a time; memory is bounded by one part.

        Stays that do not touch the period are left out.
        """
        for first in range(0, len(self.study.bays), bays_per_part):
            yield self.part(range(first, min(first + bays_per_part, len(self.study.bays))))

    def part(self, bays: range) -> StaysPart:
        """Return the stays of consecutive bays."""
        cursor = self.connection.cursor()
        start_s, end_s = bounds_s(self.study.period)
        ids = [self.study.bays[bays[0]].bay_id, self.study.bays[bays[-1]].bay_id]
        stays = cursor.execute(
            "SELECT position::INTEGER AS bay, class_index::TINYINT AS kind, "
            f"coalesce(begin_s, {UNKNOWN_ARRIVAL_S}) AS begin_s, coalesce(end_s, {OPEN_S}) AS end_s "
            f"FROM {STAY} WHERE bay_id BETWEEN ? AND ? "
            f"AND (begin_s IS NULL OR begin_s < {end_s}) AND (end_s IS NULL OR end_s > {start_s})",
            ids,
        ).fetchnumpy()
        unseen = cursor.execute(
            "SELECT position::INTEGER AS bay, begin_s, end_s "
            f"FROM {DARK} WHERE bay_id BETWEEN ? AND ?",
            ids,
        ).fetchnumpy()
        columns = [np.asarray(stays[name]) for name in ("bay", "kind", "begin_s", "end_s")]
        bay, kind, arrived_s, departed_s = sorted_stays(columns)
        dark, from_s, to_s = (np.asarray(unseen[name]) for name in ("bay", "begin_s", "end_s"))
        return StaysPart(
            bays, bay, kind, arrived_s, departed_s, *merged(dark, from_s, to_s, start_s, end_s)
        )

    def unseen(self) -> tuple[NDArray[np.int32], Ints, Ints]:
        """Return the unseen times of all bays as they are in the file: position, beginning, end."""
        rows = (
            self.connection.cursor()
            .execute(f"SELECT position::INTEGER AS bay, begin_s, end_s FROM {DARK}")
            .fetchnumpy()
        )
        return np.asarray(rows["bay"]), np.asarray(rows["begin_s"]), np.asarray(rows["end_s"])

    def close(self) -> None:
        """Free what reading holds."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read_study(folder: Path) -> Study:
    """Read all of a study but its stays, which are checked too.

    Raises
    ------
    InvalidFile
        A file is missing or breaks its form; the error says which, where, what was found and what was wanted.
    BayTwice
        Two features have one identifier.
    """
    with open_study(folder) as opened:
        return opened.study


def open_study(folder: Path, memory_gb: float = MEMORY_GB, threads: int = THREADS) -> OpenStudy:
    """Read a study and keep its stays at hand; every row is checked once.

    Parameters
    ----------
    folder
        Holds ``bays.geojson``, stays and unseen times as CSV or Parquet, and optionally ``params.json``,
        ``audit.json``, ``rule_history.csv``, ``neighbours.csv`` (files reference).
    memory_gb, threads
        Limits of DuckDB, which reads.

    Raises
    ------
    InvalidFile, BayTwice
        As for ``read_study``.
    """
    if not folder.is_dir():
        raise InvalidFile(f"{folder}: found no folder: wanted one with bays.geojson and stays")
    params_path = folder / "params.json"
    params = read_params(_document(params_path, "params"), str(params_path))
    bays = read_study_bays(
        read_features(_text(folder / "bays.geojson")),
        str(folder / "bays.geojson"),
        is_french=params.is_french,
    )
    connection = in_process(memory_gb, threads)
    tables = Tables(connection, folder, bays)
    between = _period(params, bays, tables.stays_sums, folder)
    study = _study(folder, params, between, bays)
    return OpenStudy(_hashed(study, tables), connection, tables)


def read_weights_file(path: Path) -> Weights:
    """Read ``weights.json``.

    Raises
    ------
    InvalidFile
        It is missing or breaks its schema.
    """
    return read_weights(_checked(path, "weights"))


def bounds_s(between: Period) -> tuple[int, int]:
    """Return the half-open bounds of a period, epoch seconds."""
    return (
        midnight_s(between.first_on, between.time_zone),
        day_bounds_s(between.last_on, between.time_zone)[1],
    )


class Tables:
    """Stays and unseen times of a folder as relations of a connection, checked."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, bays: list[StudyBay]
    ) -> None:
        ids = pa.table(
            {
                "bay_id": [bay.bay_id for bay in bays],
                "position": pa.array(range(len(bays)), pa.int32()),
            }
        )
        connection.register("ids", ids)
        connection.execute("CREATE TABLE bay AS SELECT * FROM ids")
        connection.unregister("ids")
        self.found = find(folder, STAYS)
        self.stays_sums = _related(connection, self.found, STAY)
        self.unseen_sums = _related(connection, find(folder, UNSEEN), DARK)


def _related(connection: duckdb.DuckDBPyConnection, table: Table, name: str) -> Sums:
    """Make a relation of a table: CSV is read once and kept, Parquet is read where it lies."""
    kind = "TABLE" if table.is_csv else "VIEW"
    try:
        connection.execute(f"CREATE {kind} {name} AS {typed_sql(connection, table)}")
    except duckdb.Error as error:
        raise InvalidFile(
            f"{table.path} cannot be read: {' '.join(str(error).splitlines()[:2])}"
        ) from error
    return sums(connection, table, name)


def _period(params: Params, bays: list[StudyBay], found: Sums, folder: Path) -> Period:
    first_on, last_on = params.first_on, params.last_on
    if first_on is None or last_on is None:
        if found.first_s is None or found.last_s is None:
            raise InvalidFile(
                f"{folder}: found no stay and no observed period: wanted observed in params.json"
            )
        first_on, last_on = (
            local_date(at_s, params.time_zone) for at_s in (found.first_s, found.last_s)
        )
        check_period(first_on, last_on, f"{folder}, the stays")
    return period(params, first_on, last_on, (bay.commune for bay in bays))


def _study(folder: Path, params: Params, between: Period, bays: list[StudyBay]) -> Study:
    audit_path = folder / "audit.json"
    ids = {bay.bay_id for bay in bays}
    history_path = folder / "rule_history.csv"
    history = read_history(_rows(history_path, "rule_history"), ids, str(history_path))
    start_s, end_s = bounds_s(between)
    dated = tuple(
        replace(bay, history=completed(history.get(bay.bay_id, []), bay.rules, start_s, end_s))
        for bay in bays
    )
    return Study(
        between,
        dated,
        params.length_m,
        params.search,
        read_audit(_document(audit_path, "audit"), str(audit_path))
        if audit_path.exists()
        else Audit(),
        _neighbours(folder / "neighbours.csv", ids),
        data_hash="",
    )


def _neighbours(path: Path, ids: set[str]) -> tuple[Neighbour, ...]:
    found = []
    for line, row in enumerate(_rows(path, "neighbours"), start=2):
        for name in ("bay_id", "neighbour_id"):
            if row[name] not in ids:
                raise InvalidFile(
                    f"{path}, line {line}, column {name}: found {row[name]!r}: wanted a bay of bays.geojson"
                )
        if row["bay_id"] == row["neighbour_id"]:
            raise InvalidFile(
                f"{path}, line {line}, column neighbour_id: found {row['bay_id']!r}: wanted another bay"
            )
        found.append(Neighbour(row["bay_id"], row["neighbour_id"], float(row["distance_m"])))
    return tuple(sorted(found, key=lambda pair: (pair.bay_id, pair.distance_m, pair.neighbour_id)))


def _hashed(study: Study, tables: Tables) -> Study:
    """Add the hash of what was read; every mapping is put in order first."""
    digest = hashlib.sha256()
    said = [
        study.period.first_on, study.period.last_on, study.period.time_zone,
        sorted(study.period.holidays_on), sorted(study.length_m.items()), study.search,
        sorted(study.audit.recall.items()), study.audit.split_rate,
        sorted((true, sorted(row.items())) for true, row in study.audit.confusion.items()),
        study.audit.sample, study.audit.dated_on, study.neighbours, study.bays,
        sorted(tables.stays_sums.by_bay.items()), sorted(tables.unseen_sums.by_bay.items()),
    ]  # fmt: skip
    for part in said:
        digest.update(repr(part).encode())
        digest.update(b"\n")
    return replace(study, data_hash=digest.hexdigest())


def _document(path: Path, kind: str) -> Mapping[str, Any]:
    return _checked(path, kind) if path.exists() else {}


def _checked(path: Path, kind: str) -> Mapping[str, Any]:
    """Return the values of a JSON file that keeps to its schema."""
    text = _text(path)
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except ValueError as error:
        raise InvalidFile(f"{path} is not JSON: {error}") from error
    for fault in faults(Content(kind, document=document)):
        raise InvalidFile(f"{path}, {fault}")
    return dict(document)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"found {name}: wanted a finite number")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(f"{path} cannot be read: {error}") from error


def _rows(path: Path, kind: str) -> tuple[dict[str, str], ...]:
    """Return the rows of an optional CSV file that keeps to its schema."""
    if not path.exists():
        return ()
    content = read(path, kind)
    for fault in faults(content):
        raise InvalidFile(f"{path}, {fault}")
    return content.rows


def days_of(between: Period) -> list[date]:
    """Return the local days of a period, in order."""
    return days(between.first_on, between.last_on + timedelta(days=1))
