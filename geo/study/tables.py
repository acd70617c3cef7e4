"""Stays and unseen times from CSV or Parquet through DuckDB: found, typed, checked and summed without loops over rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from geo.errors import InvalidFile
from geo.files.kinds import required_columns
from geo.words import VEHICLE_CLASSES

AN_INSTANT = "an instant with its offset, for example 2026-03-02T09:00:00+01:00"

CLASSES = ", ".join(VEHICLE_CLASSES)


@dataclass(frozen=True)
class Fault:
    """What may be wrong with a row."""

    condition: str
    """SQL over the typed row."""
    column: str
    wanted: str


@dataclass(frozen=True)
class Layout:
    """One kind of table: which columns it has and what its rows must keep."""

    kind: str
    begin: str
    """Column of the first instant."""
    end: str
    faults: tuple[Fault, ...]
    has_class: bool


_ROW_FAULTS = (
    Fault("bay_id IS NULL", "bay_id", "a value"),
    Fault("position IS NULL", "bay_id", "a bay of bays.geojson"),
)

STAYS = Layout(
    "stays",
    "arrived_at",
    "departed_at",
    (
        *_ROW_FAULTS,
        Fault("class_index IS NULL", "vehicle_class", f"one of {CLASSES}"),
        Fault("begin_text IS NOT NULL AND begin_s IS NULL", "arrived_at", AN_INSTANT),
        Fault("end_text IS NOT NULL AND end_s IS NULL", "departed_at", AN_INSTANT),
        Fault(
            "begin_s IS NULL AND end_s IS NULL", "arrived_at", "an arrival or a departure, or both"
        ),
        Fault("end_s < begin_s", "departed_at", "nothing before the arrival"),
    ),
    has_class=True,
)

UNSEEN = Layout(
    "unseen",
    "from",
    "to",
    (
        *_ROW_FAULTS,
        Fault("begin_s IS NULL", "from", AN_INSTANT),
        Fault("end_s IS NULL", "to", AN_INSTANT),
        Fault("end_s < begin_s", "to", "nothing before from"),
    ),
    has_class=False,
)

PRIME = 1_073_741_789
"""Modulus of the sums that tell tables apart, the largest prime below 2^30: products stay within 64 bits."""

MIXERS = ((982_451_653, 613_651_349, 179_424_673), (776_531_401, 961_748_941, 533_000_389))
"""Odd multipliers below ``PRIME``, two sets so that 60 bits tell rows apart; any would do."""


@dataclass(frozen=True)
class Sums:
    """What a whole table says of each bay, whatever the order of its rows."""

    by_bay: Mapping[int, tuple[int, int, int]]
    """Rows and two sums of mixed rows, by position on the bays axis."""
    first_s: int | None
    """Earliest instant, epoch seconds; None where there is no row."""
    last_s: int | None


@dataclass(frozen=True)
class Table:
    """A table that was found in a folder."""

    layout: Layout
    path: Path
    files: tuple[Path, ...]

    @property
    def is_csv(self) -> bool:
        """Whether it is one CSV file."""
        return self.path.suffix == ".csv"


def find(folder: Path, layout: Layout) -> Table:
    """Return the table of a kind in a folder: ``KIND.csv``, ``KIND.parquet`` or a folder of Parquet files ``KIND[.parquet]``.

    Raises
    ------
    InvalidFile
        There is none, more than one, or a folder without Parquet files.
    """
    names = [f"{layout.kind}.csv", f"{layout.kind}.parquet", layout.kind]
    there = [folder / name for name in names if (folder / name).exists()]
    if len(there) != 1:
        found = ", ".join(path.name for path in there) or "none"
        raise InvalidFile(f"{folder}: found {found} of {', '.join(names)}: wanted one of them")
    path = there[0]
    files = tuple(sorted(path.rglob("*.parquet"))) if path.is_dir() else (path,)
    if not files:
        raise InvalidFile(f"{path}: found no Parquet file: wanted one or more")
    return Table(layout, path, files)


def source_sql(table: Table, *, with_lines: bool = False) -> str:
    """Return SQL that reads the rows as they are; with lines, also ``file`` and ``line`` of each."""
    names = ", ".join(_quoted(str(path)) for path in table.files)
    if table.is_csv:
        line = (
            f", row_number() OVER () + 1 AS line, {_quoted(str(table.path))} AS file"
            if with_lines
            else ""
        )
        return f"(SELECT *{line} FROM read_csv({names}, header=true, all_varchar=true, delim=',', quote='\"', null_padding=false))"
    line = ", file_row_number + 1 AS line, filename AS file" if with_lines else ""
    options = "union_by_name=true, hive_partitioning=true, hive_types_autocast=false"
    lines = ", filename=true, file_row_number=true" if with_lines else ""
    return f"(SELECT *{line} FROM read_parquet([{names}], {options}{lines}))"


def typed_sql(
    connection: duckdb.DuckDBPyConnection, table: Table, *, with_lines: bool = False
) -> str:
    """Return SQL of ``position, bay_id, class_index, begin_s, end_s, fault`` for each row; fault 0 is none.

    Raises
    ------
    InvalidFile
        A column is missing, or of a type that cannot be read.
    """
    types = _column_types(connection, table)
    layout, source = table.layout, source_sql(table, with_lines=with_lines)
    wide = f"""
        SELECT CAST(bay_id AS VARCHAR) AS bay_id, {_class_sql(layout)} AS class_index,
               {_text_sql(layout.begin)} AS begin_text, {_instant_sql(layout.begin, types)} AS begin_s,
               {_text_sql(layout.end)} AS end_text, {_instant_sql(layout.end, types)} AS end_s
               {", vehicle_class" if layout.has_class else ""}{", file, line" if with_lines else ""}
        FROM {source}"""
    cases = " ".join(f"WHEN {fault.condition} THEN {i}" for i, fault in enumerate(layout.faults, 1))
    kept = "* EXCLUDE (begin_text, end_text)" if not with_lines else "*"
    return f"SELECT {kept}, CASE {cases} ELSE 0 END AS fault FROM ({wide}) LEFT JOIN bay USING (bay_id)"


def sums(connection: duckdb.DuckDBPyConnection, table: Table, relation: str) -> Sums:
    """Check every row and return what the table says of each bay.

    Raises
    ------
    InvalidFile
        A row has a fault: its place, the value found and what was wanted.
    """
    mixed = ", ".join(f"sum({_mixed_sql(table.layout, mixer)})" for mixer in MIXERS)
    try:
        rows = connection.execute(
            f"SELECT position, count(*), {mixed}, max(fault), min(coalesce(begin_s, end_s)), "
            f"max(coalesce(end_s, begin_s)) FROM {relation} GROUP BY position ORDER BY position"
        ).fetchall()
    except duckdb.Error as error:
        raise InvalidFile(f"{table.path} cannot be read: {_first_line(error)}") from error
    if any(row[4] for row in rows):
        raise InvalidFile(next(row_faults(connection, table)))
    return Sums(
        MappingProxyType({row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in rows}),
        min((row[5] for row in rows), default=None),
        max((row[6] for row in rows), default=None),
    )


def row_faults(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    """Yield each row with a fault: its place, the value found and what was wanted, in order of the rows."""
    cursor = connection.cursor().execute(
        f"SELECT * FROM ({typed_sql(connection, table, with_lines=True)}) "
        "WHERE fault > 0 ORDER BY file, line"
    )
    names = [column[0] for column in cursor.description or ()]
    texts = {table.layout.begin: "begin_text", table.layout.end: "end_text"}
    unit = "line" if table.is_csv else "row"
    while values := cursor.fetchone():
        row: dict[str, Any] = dict(zip(names, values, strict=True))
        fault = table.layout.faults[row["fault"] - 1]
        value = row.get(texts.get(fault.column, fault.column)) or ""
        yield (
            f"{row['file']}, {unit} {row['line']}, column {fault.column}: "
            f"found {value!r}: wanted {fault.wanted}"
        )


def _column_types(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, str]:
    if table.is_csv:
        columns: Sequence[str] = _header(table.path)
        types = dict.fromkeys(columns, "VARCHAR")
    else:
        try:
            described = connection.execute(f"DESCRIBE SELECT * FROM {source_sql(table)}").fetchall()
        except duckdb.Error as error:
            raise InvalidFile(f"{table.path} cannot be read: {_first_line(error)}") from error
        types = {row[0]: row[1] for row in described}
    missing = [name for name in required_columns(table.layout.kind) if name not in types]
    if missing:
        raise InvalidFile(
            f"{table.path}: found the columns {', '.join(types) or 'none'}: wanted also {', '.join(missing)}"
        )
    for name in (table.layout.begin, table.layout.end):
        if types[name] not in {"VARCHAR", "TIMESTAMP WITH TIME ZONE"}:
            raise InvalidFile(
                f"{table.path}, column {name}: found the type {types[name]}: wanted a timestamp with time zone, or text"
            )
    return types


def _header(path: Path) -> list[str]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            return next(csv.reader(stream), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidFile(f"{path} cannot be read as CSV: {error}") from error


def _instant_sql(name: str, types: Mapping[str, str]) -> str:
    """Return SQL of an instant as whole epoch seconds, NULL where it is none or has no offset."""
    column = f'"{name}"'
    if types[name] != "VARCHAR":
        return f"epoch_us({column}) // 1000000"
    offset = (
        f"length({column}) > 16 AND (right({column}, 1) = 'Z' OR substr({column}, -6, 1) IN ('+', '-') "
        f"OR substr({column}, -5, 1) IN ('+', '-') OR substr({column}, -3, 1) IN ('+', '-'))"
    )
    return f"CASE WHEN {offset} THEN epoch_us(TRY_CAST({column} AS TIMESTAMPTZ)) // 1000000 END"


def _text_sql(name: str) -> str:
    return f"nullif(CAST(\"{name}\" AS VARCHAR), '')"


def _class_sql(layout: Layout) -> str:
    if not layout.has_class:
        return "0"
    cases = " ".join(f"WHEN '{kind}' THEN {i}" for i, kind in enumerate(VEHICLE_CLASSES))
    return f"CASE vehicle_class {cases} END"


def _mixed_sql(layout: Layout, mixer: tuple[int, int, int]) -> str:
    """Return SQL that mixes a row into one number below ``PRIME``, the same on every engine."""
    begin, end, kind = mixer
    linear = (
        f"((coalesce(begin_s, 7) % {PRIME}) * {begin} + (coalesce(end_s, 5) % {PRIME}) * {end} "
        f"+ CAST({'class_index' if layout.has_class else '0'} AS BIGINT) * {kind}) % {PRIME}"
    )
    return f"(({linear}) * ({linear} + {kind})) % {PRIME}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
