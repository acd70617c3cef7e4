"""Opens an archive of map files safely: bounded sizes, names that stay inside, nothing run."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from geo.errors import InvalidFile

MAX_FILE_BYTES = 2 * 1024**3
"""Largest map file that is opened: all outlines of France in full detail are about half of it."""

MAX_UNPACKED_BYTES = 1024**3
"""Most bytes that an archive may unpack to."""

MAX_ENTRIES = 2000
"""Most files in an archive; a delivery of all territories has some hundreds."""

BLOCK_BYTES = 1024 * 1024

MAP_SUFFIXES = frozenset({".gpkg", ".geojson", ".json", ".shp", ".shx", ".dbf", ".prj", ".cpg"})
"""What is taken out of an archive."""

ZIP_SIGN, SEVEN_ZIP_SIGN = b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c"
SQLITE_SIGN, SHAPE_SIGN = b"SQLite format 3\0", b"\x00\x00\x27\x0a"
"""First bytes of files."""

WANTED = "a GeoPackage, a Shapefile with its .dbf and .shx, GeoJSON, or a zip of these"


@dataclass(frozen=True)
class MapFile:
    """One map file on disk, of a kind that its first bytes prove."""

    path: Path
    kind: str
    """``gpkg``, ``shp`` or ``geojson``."""
    told_name: str
    """Its name with the folders it had in its archive: it may tell the vintage."""


@contextmanager
def map_files(path: Path) -> Iterator[list[MapFile]]:
    """Give the map files that a file is or holds; what is unpacked is removed afterwards.

    Raises
    ------
    InvalidFile
        It is none of these, is too large, or its archive is made to break things.
    """
    sign = _sign(path)
    if sign.startswith(ZIP_SIGN):
        with TemporaryDirectory(prefix="airelib-communes-") as folder:
            yield _unpacked(path, Path(folder))
    elif sign.startswith(SEVEN_ZIP_SIGN):
        raise InvalidFile(f"{path.name} is a 7z archive: unpack it first, wanted {WANTED}")
    else:
        yield [_map_file(path, path.name)]


def _sign(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise InvalidFile(f"{path.name} has {size:,} bytes: wanted at most {MAX_FILE_BYTES:,}")
    with path.open("rb") as file:
        return file.read(64)


def _map_file(path: Path, told_name: str) -> MapFile:
    sign = _sign(path)
    if sign.startswith(SQLITE_SIGN):
        _check_geopackage(path)
        return MapFile(path, "gpkg", told_name)
    if sign.startswith(SHAPE_SIGN):
        _check_shapefile(path)
        return MapFile(path, "shp", told_name)
    if sign.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return MapFile(path, "geojson", told_name)
    raise InvalidFile(f"{path.name} begins with {sign[:8]!r}: wanted {WANTED}")


def _check_shapefile(path: Path) -> None:
    here = {other.name.lower() for other in path.parent.iterdir()}
    lacking = [s for s in (".dbf", ".shx") if f"{path.stem}{s}".lower() not in here]
    if lacking:
        raise InvalidFile(
            f"{path.name} stands without its {' and '.join(lacking)}: wanted all files of the Shapefile"
        )


def _check_geopackage(path: Path) -> None:
    """Refuse databases that are no GeoPackage, and layers that are views or virtual: these may compute for ever."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            layers = {name for (name,) in database.execute("SELECT table_name FROM gpkg_contents")}
            kinds = dict(database.execute("SELECT name, type || ' ' || sql FROM sqlite_master"))
    except sqlite3.Error as error:
        raise InvalidFile(
            f"{path.name} is no GeoPackage that can be read: {error}; wanted a whole one"
        ) from error
    said = {name: str(kinds.get(name)).upper() for name in layers}
    odd = sorted(name for name, text in said.items() if not text.startswith("TABLE CREATE TABLE"))
    if odd:
        raise InvalidFile(
            f"{path.name}: layer {', '.join(map(repr, odd))} is no plain table: wanted outlines, not a view"
        )


def _unpacked(path: Path, folder: Path) -> list[MapFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _checked(archive, path.name)
            _take_out(archive, entries, folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise InvalidFile(
            f"{path.name} cannot be unpacked: {error}; wanted a whole, plain zip"
        ) from error
    found = [
        _map_file(target, f"{path.name}/{entry.filename}")
        for entry, target in _targets(entries, folder)
        if target.suffix in {".gpkg", ".shp", ".geojson", ".json"}
    ]
    if not found:
        raise InvalidFile(f"{path.name} holds no map file: wanted {WANTED}")
    return found


def _checked(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """Return the entries to take out, after a look at all of them."""
    entries = archive.infolist()
    size = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or size > MAX_UNPACKED_BYTES:
        raise InvalidFile(
            f"{name} unpacks to {len(entries):,} files of {size:,} bytes: wanted at most {MAX_ENTRIES:,} files and "
            f"{MAX_UNPACKED_BYTES:,} bytes"
        )
    for entry in entries:
        where = PurePosixPath(entry.filename.replace("\\", "/"))
        if where.is_absolute() or ".." in where.parts or ":" in entry.filename:
            raise InvalidFile(
                f"{name} holds the name {entry.filename!r}, which leads outside: wanted plain names"
            )
    return [e for e in entries if _suffix(e) in MAP_SUFFIXES and not e.is_dir()]


def _targets(entries: list[zipfile.ZipInfo], folder: Path) -> list[tuple[zipfile.ZipInfo, Path]]:
    """Return where each entry goes: files of one folder of the archive stay side by side under their own names."""
    parents = sorted({str(PurePosixPath(entry.filename).parent) for entry in entries})
    return [
        (
            entry,
            folder
            / str(parents.index(str(PurePosixPath(entry.filename).parent)))
            / (PurePosixPath(entry.filename).stem + _suffix(entry)),
        )
        for entry in entries
    ]


def _take_out(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], folder: Path) -> None:
    """Unpack; no entry gives more bytes than it announced, and their sum was looked at before."""
    for entry, target in _targets(entries, folder):
        target.parent.mkdir(exist_ok=True)
        with archive.open(entry) as source, target.open("xb") as out:
            shutil.copyfileobj(source, out, BLOCK_BYTES)


def _suffix(entry: zipfile.ZipInfo) -> str:
    return PurePosixPath(entry.filename).suffix.lower()
