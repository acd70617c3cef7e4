"""Bays as GeoPackage and GeoParquet."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd

from geo.crs import WGS84
from geo.exports.flat import COLUMNS, Column, flat_rows, outlines
from geo.exports.gdal import geopackage_file
from geo.words import Bay, FoundBay

LAYER = "bays"

UNDATED_ON = date(1970, 1, 1)
"""Date of a file whose bays were never dated."""

_SCHEMA_EXTENSION = (
    "gpkg_data_columns",
    None,
    "gpkg_schema",
    "http://www.geopackage.org/spec/#extension_schema",
    "read-write",
)
"""Row of gpkg_extensions by which readers know that columns have titles (OGC 12-128r19, annex F.9)."""


def geopackage(bays: Sequence[Bay | FoundBay]) -> bytes:
    """Return a GeoPackage in EPSG:4326 with the layer ``bays``; the same bays give the same bytes.

    Columns carry their French title and meaning (``gpkg_data_columns``), which desktop GIS shows as alias and comment.
    """
    with geopackage_file({LAYER: _frame(bays)}, _dated_on(bays)) as path:
        _add_titles(path)
        return path.read_bytes()


def geoparquet(bays: Sequence[Bay | FoundBay]) -> bytes:
    """Return GeoParquet 1.0 in OGC:CRS84 with the same columns; the same bays give the same bytes."""
    buffer = io.BytesIO()
    _frame(bays).to_parquet(buffer, index=False, schema_version="1.0.0", compression="zstd")
    return buffer.getvalue()


def _frame(bays: Sequence[Bay | FoundBay]) -> Any:
    rows = flat_rows(bays)
    columns = {column.name: _values(rows, column) for column in COLUMNS}
    return geopandas.GeoDataFrame(columns, geometry=outlines(bays), crs=WGS84)


def _values(rows: Sequence[Mapping[str, Any]], column: Column) -> Any:
    dtype: Any = column.dtype
    return pd.array([row[column.name] for row in rows], dtype=dtype)


def _dated_on(bays: Sequence[Bay | FoundBay]) -> date:
    known = [bay.details.surveyed_at for bay in bays if bay.details.surveyed_at]
    return max(known).date() if known else UNDATED_ON


def _add_titles(path: Path) -> None:
    """Write the titles of columns into a GeoPackage, as its schema extension wants them."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, "
            "title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, "
            "CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), "
            "CONSTRAINT gdc_tn UNIQUE (table_name, name))"
        )
        database.executemany(
            "INSERT INTO gpkg_data_columns (table_name, column_name, name, title, description) VALUES (?, ?, ?, ?, ?)",
            [(LAYER, one.name, one.title, one.title, one.meaning) for one in COLUMNS],
        )
        database.execute(
            "INSERT INTO gpkg_extensions (table_name, column_name, extension_name, definition, scope) VALUES (?, ?, ?, ?, ?)",
            _SCHEMA_EXTENSION,
        )
