"""The formats of inventories: how each is known and which reader reads its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from geo.errors import InvalidFile, RowRefused
from geo.inventory import (
    cds_zones,
    cerema,
    cerema_old,
    curblr_lines,
    hauts_de_seine,
    own_features,
    paris,
    plain_features,
)
from geo.inventory.cells import Row
from geo.inventory.draft import Ledger, Place, Said
from geo.inventory.opening import Opened
from geo.inventory.options import AUTO

FORMATS = (AUTO, "geojson", "csv", "cerema", "hauts-de-seine", "paris", "cds", "curblr")
"""Names of formats, as the option ``--format`` takes them."""

CEREMA_FEATURES = frozenset({"id", "temporalite_cds"})
"""Properties of features that follow the national schema; their position is their geometry."""

CDS_POLICIES = frozenset({"curb_policy_id", "rules", "time_spans"})

CDS_FEATURES = frozenset({"curb_zone_id", "curb_policy_ids"})

SHOWN_COLUMNS = 12
"""Columns that a message lists."""


@dataclass(frozen=True)
class Reader:
    """Reads the rows of one format."""

    file_format: str
    place: Callable[[Row, Ledger], Place]
    say: Callable[[Row, Ledger], Said]
    facts: Callable[[Ledger], None] | None = None
    """Writes down what holds for the whole file."""


@dataclass(frozen=True)
class Chosen:
    """A reader and the rows it is to read."""

    reader: Reader
    rows: Sequence[Row | tuple[int, RowRefused]]


CEREMA = Reader("cerema", cerema.place, cerema.say)
CEREMA_OLD = Reader("cerema", cerema_old.place, cerema_old.say)

TABLES: tuple[tuple[frozenset[str], Reader], ...] = (
    (own_features.COLUMNS, Reader("geojson", own_features.place, own_features.say)),
    (curblr_lines.COLUMNS, Reader("curblr", curblr_lines.place, curblr_lines.say)),
    (paris.COLUMNS, Reader("paris", paris.place, paris.say, paris.facts)),
    (
        hauts_de_seine.COLUMNS,
        Reader("hauts-de-seine", hauts_de_seine.place, hauts_de_seine.say),
    ),
    (cerema_old.COLUMNS, CEREMA_OLD),
    (cerema.COLUMNS, CEREMA),
    (CEREMA_FEATURES, CEREMA),
)
"""Columns by which each format is known, in the order in which they are tried."""

PLAIN = Reader("geojson", plain_features.place, plain_features.say)
PLAIN_TABLE = replace(PLAIN, file_format="csv")


def choose(opened: Opened, file_format: str) -> Chosen:
    """Return the reader of a file, by its columns or keys, or the one asked for.

    Raises
    ------
    InvalidFile
        No format has these columns, or the one asked for does not.
    """
    if file_format not in FORMATS:
        raise InvalidFile(f"the format is {file_format!r}: wanted one of {', '.join(FORMATS)}")
    zones = _zones(opened)
    if zones is not None and file_format in {AUTO, "cds"}:
        return zones
    for columns, reader in TABLES:
        if columns <= opened.columns and file_format in {AUTO, reader.file_format}:
            if _is_another(reader, opened, file_format):
                continue
            return Chosen(_with_manifest(reader, opened), opened.rows)
    plain = PLAIN_TABLE if opened.kind == "csv" else PLAIN
    if file_format in {AUTO, plain.file_format} and _has_positions(opened):
        return Chosen(plain, opened.rows)
    if opened.columns >= CDS_POLICIES:
        raise InvalidFile(_policies_alone(len(opened.rows)))
    raise InvalidFile(_unknown(opened, file_format))


def _is_another(reader: Reader, opened: Opened, file_format: str) -> bool:
    """Tell whether a table is of others: ours is no CSV, and a position alone makes no national schema."""
    if reader is CEREMA and file_format == AUTO:
        return opened.columns.isdisjoint(cerema.OWN_COLUMNS)
    return reader.place is own_features.place and opened.kind == "csv"


def _has_positions(opened: Opened) -> bool:
    if opened.kind == "csv":
        return plain_features.has_positions(opened.columns)
    return opened.document_is_table


def _with_manifest(reader: Reader, opened: Opened) -> Reader:
    """Return a reader that knows what its file says once for all features."""
    if reader.file_format != "curblr":
        return reader
    hierarchy = curblr_lines.hierarchy_of(opened.document)
    return replace(reader, say=partial(curblr_lines.say, hierarchy=hierarchy))


def _zones(opened: Opened) -> Chosen | None:
    """Return the reader of CDS zones, None where the file holds none."""
    document: Any = opened.document
    are_features = opened.columns >= CDS_FEATURES
    if not are_features and (opened.document_is_table or not cds_zones.is_curbs(document)):
        return None
    curbs = cds_zones.curbs_of(document)
    if not are_features and not curbs.zones:
        raise InvalidFile(_policies_alone(len(curbs.policies)))
    reader = Reader("cds", cds_zones.place, partial(cds_zones.say, curbs=curbs))
    return Chosen(reader, opened.rows if are_features else tuple(cds_zones.rows_of(curbs)))


def _policies_alone(count: int) -> str:
    return (
        f"found {count} CDS policies and no zone, so no bay: they belong to the CDS zones that name them in "
        "curb_policy_ids; wanted that file, with these policies in it"
    )


def _unknown(opened: Opened, file_format: str) -> str:
    names = sorted(opened.columns)
    if not names:
        return (
            "found a JSON document that is no collection of features and no CDS answer: "
            "wanted GeoJSON, CurbLR, or CDS zones with their policies"
        )
    found = ", ".join(names[:SHOWN_COLUMNS]) + (" …" if len(names) > SHOWN_COLUMNS else "")
    known: dict[str, str] = {}
    for columns, reader in TABLES:
        if file_format in {AUTO, reader.file_format}:
            known.setdefault(reader.file_format, ", ".join(sorted(columns)))
    if file_format in {AUTO, "csv"}:
        known["csv"] = "longitude and latitude, wkt, geo_shape or geo_point_2d"
    if opened.kind == "csv":
        known.pop("geojson", None)
        known.pop("curblr", None)
    wanted = "; ".join(f"{name} with {columns}" for name, columns in known.items())
    return f"found {found}: wanted {wanted or f'a file of the format {file_format}'}"
