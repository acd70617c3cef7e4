"""An inventory's bytes opened: what kind of file it is, and its rows or its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from geo.errors import InvalidFile, RowRefused
from geo.inventory import geopackage
from geo.inventory.cells import Row
from geo.inventory.csv_rows import Cells
from geo.inventory.decoding import decode
from geo.inventory.json_rows import declared_crs, features_of, is_collection, read_json

MAX_BYTES = 64 * 1024 * 1024
"""Size of an inventory: the 9,198 bays of Paris are 3 MB as CSV and 12 MB as our GeoJSON."""

REFUSED_KINDS = (
    (b"PK", "a ZIP archive or an Excel file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x00\x00\x27\x0a", "a shapefile"),
    (b"PAR1", "a Parquet file"),
)
"""First bytes of files that are never unpacked or parsed, and their names."""

WANTED = "wanted CSV, GeoJSON, CDS or CurbLR as JSON, or a GeoPackage"


@dataclass(frozen=True)
class Opened:
    """A file with its rows, or a document that is no table."""

    rows: tuple[Row | tuple[int, RowRefused], ...] = ()
    columns: frozenset[str] = frozenset()
    """Plain forms of all columns."""
    document: Any = None
    """The whole JSON document, None for tables."""
    kind: str = "csv"
    """``csv``, ``json`` or ``geopackage``."""
    crs: str | None = None
    """Reference system that the file declares."""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def document_is_table(self) -> bool:
        """Whether the rows are all there is: a table, a layer, or the features of a collection."""
        return self.kind != "json" or is_collection(self.document)


def open_inventory(data: bytes, name: str) -> Opened:
    """Open an inventory; nothing is unpacked, and XML is not parsed.

    Raises
    ------
    InvalidFile
        Too large, empty, of a kind that is not read, or damaged; the name of the file is in the sentence.
    """
    try:
        return _opened(data)
    except InvalidFile as error:
        raise InvalidFile(f"{name}: {error}") from error


def _opened(data: bytes) -> Opened:
    if len(data) > MAX_BYTES:
        raise InvalidFile(f"the file has {len(data)} bytes: wanted at most {MAX_BYTES}")
    if not data.strip():
        raise InvalidFile(f"the file is empty: {WANTED}")
    for magic, kind in REFUSED_KINDS:
        if data.startswith(magic):
            raise InvalidFile(f"found {kind}, which is not opened: {WANTED}")
    if data.startswith(geopackage.MAGIC):
        return _from_layer(geopackage.read_layer(data))
    text = decode(data)
    start = text.text.lstrip()[:1]
    if start == "<":
        raise InvalidFile(f"found XML or HTML, which is not read: {WANTED}")
    if start in {"{", "["}:
        return _from_json(text.text, {"encoding": text.encoding})
    cells = Cells(text.text)
    facts = {"encoding": text.encoding, "separator": cells.separator}
    return Opened(tuple(cells), frozenset(cells.titles), kind="csv", facts=facts)


def _from_json(text: str, facts: Mapping[str, Any]) -> Opened:
    document = read_json(text)
    if not is_collection(document):
        return Opened(document=document, kind="json", facts=facts)
    rows = tuple(features_of(document))
    columns = frozenset(key for row in rows if isinstance(row, Row) for key in row.titles)
    return Opened(rows, columns, document, "json", declared_crs(document), facts)


def _from_layer(layer: geopackage.Layer) -> Opened:
    columns = frozenset(key for row in layer.rows if isinstance(row, Row) for key in row.titles)
    facts = {"layer": layer.name, "layers_left_aside": list(layer.left_aside)}
    return Opened(layer.rows, columns, None, "geopackage", layer.crs, facts)
