"""GeoPackages written by hand, with the least that the standard asks for."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import shapely

from geo.bays import bay_feature
from geo.words import FoundBay

TABLES = """
CREATE TABLE gpkg_contents (table_name TEXT);
CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER);
INSERT INTO gpkg_spatial_ref_sys VALUES (4326, 'EPSG', 4326), (2154, 'EPSG', 2154);
"""
BAYS_LAYER = "INSERT INTO gpkg_geometry_columns VALUES ('bays', 'geom', 4326);"

LAYOUT = """
CREATE TABLE bays (
  fid INTEGER PRIMARY KEY, geom BLOB, bay_id, commune, name, bay_type, length_m, capacity, address, rules_text,
  rules, details, remark
)
"""
COLUMNS = ("bay_id", "commune", "name", "bay_type", "length_m", "capacity", "address", "rules_text")


def database(path: Path, *statements: str) -> bytes:
    """Return an SQLite file in which statements were run."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("\n".join(statements))
    return path.read_bytes()


def geometry(bay: FoundBay) -> bytes:
    """Return the polygon of a bay as a GeoPackage geometry without an envelope."""
    return (
        b"GP\x00\x01"
        + struct.pack("<i", 4326)
        + shapely.to_wkb(shapely.Polygon(bay.polygon_lonlat))
    )


def layer(path: Path, made: Sequence[FoundBay], **changed: Any) -> bytes:
    """Return a GeoPackage as our export lays it out, with some columns changed in every row."""
    database(path, TABLES, BAYS_LAYER, LAYOUT)
    with closing(sqlite3.connect(path)) as connection, connection:
        for bay in made:
            feature = bay_feature(bay)["properties"]
            told = feature | {"address": bay.details.address, "rules_text": "en clair"} | changed
            values = (
                geometry(bay),
                *(told[name] for name in COLUMNS),
                json.dumps(feature["rules"]),
                json.dumps(feature.get("details", {})),
                told.get("remark"),
            )
            connection.execute("INSERT INTO bays VALUES (NULL, ?,?,?,?,?,?,?,?,?,?,?,?)", values)
    return path.read_bytes()
