"""Rows of a GeoPackage, read in memory from its bytes with bounds on time, size and what SQL may do."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from geo.errors import InvalidFile, RowRefused
from geo.inventory.cells import Row, shown
from geo.inventory.codes import Reason
from geo.inventory.csv_rows import MAX_COLUMNS, MAX_ROWS
from geo.inventory.json_rows import value_row

MAGIC = b"SQLite format 3\x00"

BAYS_LAYER = "bays"
"""The layer taken where a file has several."""

MAX_VALUE_BYTES = 5_000_000
"""Length of one value or row."""

MAX_TEXT_BYTES = 256 * 1024 * 1024
"""Text and geometries of all rows together: a damaged file can name the same pages many times."""

STEPS_PER_LOOK, MAX_LOOKS = 100_000, 5_000
"""Virtual machine steps between two looks at the clock of work, and looks allowed: about half a minute."""

JSON_COLUMNS = ("rules", "details")
"""Columns of our own layer that hold JSON as text."""

JOURNAL_OF_PAGES = slice(18, 20)
"""Bytes that say whether a write-ahead log belongs to the file (SQLite file format, section 1.3)."""

ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
"""Length of the envelope in a geometry's header by its indicator (GeoPackage 1.4, clause 2.1.3)."""

HEADER_BYTES = 8


@dataclass(frozen=True)
class Layer:
    """A layer of bays with its rows."""

    name: str
    crs: str
    rows: tuple[Row | tuple[int, RowRefused], ...]
    left_aside: tuple[str, ...]
    """Other layers of the file."""


def read_layer(data: bytes) -> Layer:
    """Return the layer of bays of a GeoPackage: ``bays``, or the only one there is.

    Raises
    ------
    InvalidFile
        No GeoPackage, a damaged one, one with several layers and none of bays, or one that takes too long.
    """
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            _bound(connection)
            connection.deserialize(_without_log(data))
            connection.execute("PRAGMA trusted_schema = OFF")
            return _layer(connection)
    except (sqlite3.Error, struct.error, MemoryError, OverflowError) as error:
        raise InvalidFile(
            f"the GeoPackage cannot be read: {error}; wanted an undamaged one"
        ) from error


def geometry_wkb(blob: Any) -> bytes:
    """Return the well-known binary in a GeoPackage geometry.

    Raises
    ------
    RowRefused
        The value is no GeoPackage geometry, or an empty one.
    """
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < HEADER_BYTES:
        raise RowRefused(
            Reason.NO_POSITION if blob is None else Reason.INVALID_GEOMETRY,
            f"the geometry is {shown(blob)}: wanted a GeoPackage geometry",
        )
    envelope = ENVELOPE_BYTES.get((blob[3] >> 1) & 0b111)
    if envelope is None:
        raise RowRefused(Reason.INVALID_GEOMETRY, "the geometry's header has an unknown envelope")
    return blob[HEADER_BYTES + envelope :]


def _without_log(data: bytes) -> bytes:
    """Return the file as one without a write-ahead log, which a file alone does not bring along."""
    whole = bytearray(data)
    whole[JOURNAL_OF_PAGES] = b"\x01\x01"
    return bytes(whole)


def _bound(connection: sqlite3.Connection) -> None:
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, MAX_COLUMNS)
    looks = iter(range(MAX_LOOKS))
    connection.set_progress_handler(lambda: next(looks, None) is None, STEPS_PER_LOOK)


def _layer(connection: sqlite3.Connection) -> Layer:
    tables = {
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if not {"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} <= tables:
        raise InvalidFile(
            "found an SQLite file without the tables of a GeoPackage: wanted a GeoPackage"
        )
    layers = {
        str(name): (str(column), str(organization), code)
        for name, column, organization, code in connection.execute(
            "SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id "
            "FROM gpkg_geometry_columns g JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id LIMIT 1000"
        )
        if name in tables
    }
    name = BAYS_LAYER if BAYS_LAYER in layers else next(iter(layers), None)
    if name is None or (len(layers) > 1 and name != BAYS_LAYER):
        raise InvalidFile(
            f"the GeoPackage has the layers {', '.join(sorted(layers)[:10]) or 'none'}: "
            f"wanted one, or one named {BAYS_LAYER}"
        )
    column, organization, code = layers[name]
    crs = f"{organization.upper()}:{code}"
    return Layer(
        name,
        crs,
        tuple(_rows(connection, name, column)),
        tuple(sorted(set(layers) - {name})),
    )


def _rows(
    connection: sqlite3.Connection, table: str, geometry: str
) -> Iterator[Row | tuple[int, RowRefused]]:
    quoted = table.replace('"', '""')
    found = connection.execute(f'SELECT * FROM "{quoted}" LIMIT {MAX_ROWS + 1}')  # noqa: S608 - a quoted name of a real table
    columns = [column[0] for column in found.description]
    keys = {row[1] for row in connection.execute(f'PRAGMA table_info("{quoted}")') if row[5]}
    taken = 0
    for number, values in enumerate(found, start=1):
        taken += sum(len(value) for value in values if isinstance(value, str | bytes))
        if taken > MAX_TEXT_BYTES:
            raise InvalidFile(
                f"the rows hold more than {MAX_TEXT_BYTES} bytes: wanted at most as many"
            )
        if number > MAX_ROWS:
            raise InvalidFile(f"the layer has more than {MAX_ROWS} rows: wanted at most as many")
        given = dict(zip(columns, values, strict=True))
        blob = given.pop(geometry, None)
        try:
            kept = {name: _value(name, value) for name, value in given.items() if name not in keys}
            yield value_row(number, kept, None if blob is None else geometry_wkb(blob))
        except RowRefused as refusal:
            yield number, refusal


def _value(name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        raise RowRefused(Reason.INVALID_VALUE, f"{name} holds bytes: wanted text or a number")
    if name in JSON_COLUMNS and isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError) as error:
            raise RowRefused(
                Reason.INVALID_VALUE, f"{name} is {shown(value)}: wanted JSON"
            ) from error
    return value
