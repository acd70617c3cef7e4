"""The door to map files: tables of a GeoPackage, Shapefile or GeoJSON, with their outlines in WGS 84."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from geo.communes_unpack import MapFile
from geo.crs import WGS84
from geo.errors import InvalidFile, UnknownCrs
from geo.geojson import read_features

MAX_ROWS = 200_000
"""Most rows of a table: France has 34,900 communes and some 2,000 delegated ones."""

MAX_JSON_BYTES = 512 * 1024**2
"""Largest GeoJSON, which is read whole: the communes of France in full detail are about that."""

CRS_NAME = r"(?i)(urn:ogc:def:crs:)?(EPSG|OGC|IGNF):[\w.:]{1,20}"
"""Names of reference systems that a GeoJSON may give: codes of registers, no definitions, which may name files."""

MAX_REASON_CHARS = 200
"""How much of what the library says of a damaged file is shown."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Layer:
    """One table of a map file, not yet read."""

    file: MapFile
    name: str
    has_shapes: bool = True
    """Whether its rows have geometries; styles and the like have none."""


@dataclass(frozen=True)
class Table:
    """Rows of a table with their outlines in WGS 84, longitude then latitude."""

    rows: list[Row]
    kept: list[int]
    """Positions of the rows whose outline was wanted."""
    outlines: list[Any]
    """Geometry of each kept row, None where it has none or it cannot be read."""


def layers_of(file: MapFile) -> list[Layer]:
    """Return the tables of a map file.

    Raises
    ------
    InvalidFile
        It cannot be opened.
    """
    if file.kind != "gpkg":
        return [Layer(file, Path(file.told_name).stem)]
    import pyogrio

    with _clear(file):
        return [
            Layer(file, str(name), shapes is not None)
            for name, shapes in pyogrio.list_layers(file.path)
        ]


def read_rows_of(layer: Layer) -> list[Row]:
    """Return the rows of a table without outlines."""
    return read_table(layer, lambda _row: False, None).rows


def read_table(layer: Layer, is_wanted: Callable[[Row], bool], crs: str | None) -> Table:
    """Return the rows of a table, with the outlines of those that are wanted.

    Parameters
    ----------
    layer
        As ``layers_of`` gives it.
    is_wanted
        Tells of a row whether its outline is wanted.
    crs
        Reference system if the file names none.

    Raises
    ------
    InvalidFile
        The table cannot be read, or has too many rows.
    UnknownCrs
        Its reference system is not named or not known.
    """
    if layer.file.kind == "geojson":
        return _geojson_table(layer, is_wanted, crs)
    rows, fids = _attributes(layer)
    kept = [position for position, row in enumerate(rows) if is_wanted(row)]
    if not kept:
        return Table(rows, [], [])
    import pyogrio
    from pyogrio.raw import read

    with _clear(layer.file):
        told = pyogrio.read_info(layer.file.path, layer=layer.name).get("crs")
        wanted = None if len(kept) == len(rows) else fids[kept]
        _, _, geometries, _ = read(
            layer.file.path, layer=layer.name, columns=[], force_2d=True, fids=wanted
        )
    return Table(rows, kept, _in_degrees(_from_wkb(geometries), told or crs, layer))


def _attributes(layer: Layer) -> tuple[list[Row], np.ndarray[Any, np.dtype[np.int64]]]:
    from pyogrio.raw import read

    with _clear(layer.file):
        meta, fids, _, columns = read(
            layer.file.path,
            layer=layer.name,
            read_geometry=False,
            return_fids=True,
            datetime_as_string=True,
            max_features=MAX_ROWS + 1,
        )
    _check_rows(layer, len(fids))
    names = [str(name) for name in meta["fields"]]
    cells = [column.tolist() for column in columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*cells, strict=True)], fids


def _geojson_table(layer: Layer, is_wanted: Callable[[Row], bool], crs: str | None) -> Table:
    size = layer.file.path.stat().st_size
    if size > MAX_JSON_BYTES:
        raise InvalidFile(f"{layer.name} has {size:,} bytes: wanted at most {MAX_JSON_BYTES:,}")
    document = _document(layer)
    features = read_features(document)
    _check_rows(layer, len(features))
    rows = [_properties(feature) for feature in features]
    kept = [position for position, row in enumerate(rows) if is_wanted(row)]
    shapes = [_shape(features[position]) for position in kept]
    told = _crs_member(document)
    return Table(rows, kept, _in_degrees(shapes, told or crs or WGS84, layer))


def _document(layer: Layer) -> Mapping[str, Any]:
    try:
        document = json.loads(layer.file.path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise InvalidFile(
            f"{layer.name} is no JSON that can be read: {error}; wanted GeoJSON"
        ) from error
    if not isinstance(document, Mapping):
        raise InvalidFile(f"{layer.name} is a JSON {type(document).__name__}: wanted GeoJSON")
    return document


def _properties(feature: Any) -> Row:
    given = feature.get("properties") if isinstance(feature, Mapping) else None
    return given if isinstance(given, Mapping) else {}


def _shape(feature: Any) -> Any:
    """Return a feature's geometry, None where it has none that can be read: it is refused with its code later."""
    geometry = feature.get("geometry") if isinstance(feature, Mapping) else None
    try:
        return None if geometry is None else shapely.geometry.shape(geometry)
    except (ShapelyError, AttributeError, TypeError, ValueError, KeyError, IndexError):
        return None


def _crs_member(document: Mapping[str, Any]) -> str | None:
    """Return the reference system that GeoJSON of before RFC 7946 may name."""
    member = document.get("crs")
    named = member.get("properties") if isinstance(member, Mapping) else None
    name = named.get("name") if isinstance(named, Mapping) else None
    if not name:
        return None
    if not re.fullmatch(CRS_NAME, str(name), re.ASCII):
        raise UnknownCrs(
            f"the file names the reference system {str(name)[:80]!r}: wanted a code such as EPSG:2154"
        )
    return str(name)


def _from_wkb(geometries: Any) -> list[Any]:
    return list(shapely.from_wkb(np.asarray(geometries, object), on_invalid="ignore"))


def _in_degrees(shapes: list[Any], crs: str | None, layer: Layer) -> list[Any]:
    if crs is None:
        raise UnknownCrs(
            f"{layer.name} names no reference system: wanted one, such as EPSG:2154 for Lambert-93"
        )
    try:
        change = Transformer.from_crs(crs, WGS84, always_xy=True)
    except CRSError as error:
        raise UnknownCrs(
            f"{layer.name} has the reference system {crs[:80]!r}, which is not known: {error}"
        ) from error

    def changed(coordinates: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return np.stack(change.transform(coordinates[:, 0], coordinates[:, 1]), axis=1)

    outlines = np.empty(len(shapes), object)
    outlines[:] = shapes
    return list(shapely.transform(shapely.force_2d(outlines), changed))


def _check_rows(layer: Layer, rows: int) -> None:
    if rows > MAX_ROWS:
        raise InvalidFile(
            f"table {layer.name} has more than {MAX_ROWS:,} rows: wanted communes, at most that many"
        )


@contextmanager
def _clear(file: MapFile) -> Iterator[None]:
    """Turn the library's failures into one of the family."""
    from pyogrio.errors import DataLayerError, DataSourceError

    try:
        yield
    except (DataSourceError, DataLayerError, UnicodeDecodeError, ValueError) as error:
        raise InvalidFile(
            f"{file.path.name} cannot be read: {str(error)[:MAX_REASON_CHARS]}; wanted a whole, undamaged file"
        ) from error
