"""What `airelib bays import` does: reads the files, then previews, writes GeoJSON, or imports."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import Engine
from sqlmodel import Session

from geo.bays import bays_geojson
from geo.communes import CommuneOutline, CommunesRead, read_communes
from geo.communes_vintages import latest, whole_communes
from geo.errors import InvalidInput
from geo.files.writing import write_whole
from geo.inventory.found import FoundInventory
from geo.inventory.options import ReadOptions
from geo.inventory.report import report
from geo.streets import Street, read_streets
from geo.words import Bay, FoundBay
from service.commands.options import BY_COMMAND, has_database, open_current
from service.ingest.inventory import Counts, Inventory, Source, save_inventory
from service.ingest.placing import Scope, check_any, note_unplaced, place
from service.ingest.preview import Preview, preview
from service.ingest.reading import read_found
from service.settings import Settings
from service.store.bays import list_communes
from service.store.database import reading, writing
from service.store.places import list_outlines, list_streets

LISTED = 20
"""Lines of one kind that are printed; the report holds all."""


JSON_ENDINGS = frozenset({".json", ".geojson"})
"""Endings of GeoJSON files."""

Place = TypeVar("Place", CommuneOutline, Street)


@dataclass(frozen=True)
class Wanted:
    """What the command was asked for."""

    file: Path
    file_format: str
    communes_file: Path | None
    streets_file: Path | None
    commune: str | None
    crs: str | None
    report_file: Path | None
    out_file: Path | None
    rules_since_on: date | None
    is_dry_run: bool
    is_file_only: bool
    """Whether no database is touched."""

    @property
    def file_name(self) -> str:
        """Name of the file, as it can be stored: a name on disk may be no text at all."""
        return self.file.name.encode(errors="replace").decode()


@dataclass(frozen=True)
class _Given:
    """What the files gave."""

    found: FoundInventory
    communes: Sequence[CommuneOutline]
    """Those of the file of communes, each by its newest outline."""
    streets: Sequence[Street] | None
    file_hash: str


def run_import(wanted: Wanted, settings: Settings) -> None:
    """Read the files, then preview, write GeoJSON, or import.

    Raises
    ------
    InvalidFile
        A file cannot be read at all, or no row of it can be taken: nothing was written but the report.
    InvalidInput
        A file to write has the name of another one.
    """
    _check_names(wanted)
    engine = _engine(wanted, settings)
    given = _read(wanted, engine)
    if engine is None:
        _to_file(wanted, given)
    elif wanted.is_dry_run:
        _preview(wanted, given, engine)
    else:
        _import(wanted, given, engine)


def _check_names(wanted: Wanted) -> None:
    """Refuse to write over what is read, or one result over the other."""
    named = (
        wanted.file,
        wanted.communes_file,
        wanted.streets_file,
        wanted.report_file,
        wanted.out_file,
    )
    found = Counter(path.resolve() for path in named if path is not None and not _is_pipe(path))
    for path in (wanted.report_file, wanted.out_file):
        if path is not None and found[path.resolve()] > 1:
            raise InvalidInput(f"{path} is named twice: wanted a file of its own to write")


def _is_pipe(path: Path) -> bool:
    """Tell whether a path is no file that writing replaces: a pipe, a device."""
    return path.exists() and not path.is_file()


def _engine(wanted: Wanted, settings: Settings) -> Engine | None:
    if wanted.is_file_only:
        return None
    if wanted.is_dry_run and not has_database(settings):
        click.echo("note: there is no database to compare with", err=True)
        return None
    return open_current(settings)


def _read(wanted: Wanted, engine: Engine | None) -> _Given:
    read = CommunesRead((), ())
    if wanted.communes_file is not None:
        read = _communes(wanted.communes_file)
        _list(
            f"{wanted.communes_file} feature {one.row}: {one.message} [{one.code}]"
            for one in read.refusals
        )
    streets = read_streets(wanted.streets_file.read_bytes()) if wanted.streets_file else None
    data = wanted.file.read_bytes()
    options = ReadOptions(
        file_format=wanted.file_format,
        communes=read.communes or _known(engine, list_outlines),
        successors=read.successors,
        commune=wanted.commune,
        crs=wanted.crs,
        streets=_known(engine, list_streets) if streets is None else streets,
    )
    found = read_found(data, wanted.file_name, options)
    communes = whole_communes(latest(read.communes))
    return _Given(found, communes, streets, hashlib.sha256(data).hexdigest())


def _communes(file: Path) -> CommunesRead:
    """Read outlines from GeoJSON, or from any other file that `airelib communes import` takes."""
    if file.suffix.lower() in JSON_ENDINGS:
        return read_communes(file.read_bytes())
    from geo.communes_file import read_communes_file

    return read_communes_file(file).read


def _known(engine: Engine | None, listed: Callable[[Session], list[Place]]) -> list[Place]:
    """Return outlines or streets of the database, which serve where no file gives any."""
    if engine is None:
        return []
    with reading(engine) as session:
        return listed(session)


def _to_file(wanted: Wanted, given: _Given) -> None:
    """Write the bays as GeoJSON; those of no known commune too, with a warning."""
    found = note_unplaced(given.found)
    _tell(found)
    _check_any(wanted, found, report(found))
    _write(wanted, report(found), found.bays)
    _say(found, "read")


def _preview(wanted: Wanted, given: _Given, engine: Engine) -> None:
    with reading(engine) as session:
        known = {commune.insee for commune in list_communes(session)}
        found, bays = place(given.found, _scope(given, known))
        would = preview(session, bays, found.turned)
    whole = {**report(found), "changes": would.as_report()}
    _tell(found)
    _check_any(wanted, found, whole)
    _write(wanted, whole, found.bays)
    _say_preview(found, would)


def _import(wanted: Wanted, given: _Given, engine: Engine) -> None:
    with reading(engine) as session:
        known = {commune.insee for commune in list_communes(session)}
    found, bays = place(given.found, _scope(given, known))
    _tell(found)
    _check_any(wanted, found, report(found))
    source = Source(BY_COMMAND, wanted.file_name, given.file_hash, found.file_format, report(found))
    inventory = Inventory(
        bays,
        given.communes,
        given.streets,
        wanted.rules_since_on,
        source,
        turned=found.turned,
    )
    with writing(engine) as session:
        counts = save_inventory(session, inventory)
        changes = {**counts.kinds, "import_id": counts.import_id}
        _write(wanted, {**report(found), "changes": changes}, bays)
    _say_import(found, counts)


def _scope(given: _Given, known: Iterable[str]) -> Scope:
    return Scope({*known, *(item.commune.insee for item in given.communes)})


def _check_any(wanted: Wanted, found: FoundInventory, whole: Mapping[str, Any]) -> None:
    """Refuse an inventory of which nothing can be taken, with its report."""
    if not found.bays and wanted.report_file is not None:
        write_whole(wanted.report_file, _json(whole))
    check_any(found, str(wanted.file))


def _write(wanted: Wanted, whole: Mapping[str, Any], bays: Sequence[Bay | FoundBay]) -> None:
    if wanted.out_file is not None:
        write_whole(wanted.out_file, _json(bays_geojson(bays)))
    if wanted.report_file is not None:
        write_whole(wanted.report_file, _json(whole))


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def _tell(found: FoundInventory) -> None:
    """Name on standard error what was refused, and where communes disagree."""
    _list(f"refused row {one.row}: {one.message} [{one.code}]" for one in found.refused)
    _list(
        f"note: bay {one.bay_id} says commune {one.declared} and lies in {one.found or 'none given'}"
        for one in found.disagreements
    )


def _list(lines: Iterable[str]) -> None:
    told = list(lines)
    for line in told[:LISTED]:
        click.echo(line, err=True)
    if len(told) > LISTED:
        click.echo(f"… and {len(told) - LISTED} more; the report holds all", err=True)


def _say(found: FoundInventory, verb: str) -> None:
    click.echo(
        f"{verb} {len(found.bays)} bays of {found.rows} rows ({found.file_format}): {len(found.merged)} merged, "
        f"{len(found.refused)} refused, {len(found.repairs)} repairs, {len(found.warnings)} warnings"
    )


def _say_preview(found: FoundInventory, would: Preview) -> None:
    _say(found, "would import")
    click.echo(
        ", ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in would.counts().items())
    )
    told = [one for one in would.changes if one.kind in ("changed", "moved")]
    for one in told[:LISTED]:
        far = "" if one.moved_m is None else f" by {one.moved_m} m"
        click.echo(f"  {one.bay.bay_id} {one.kind}{far}: {', '.join(one.fields)}")
    if len(told) > LISTED:
        click.echo(f"  … and {len(told) - LISTED} more; the report holds all")


def _say_import(found: FoundInventory, counts: Counts) -> None:
    click.echo(f"imported {counts.bays} bays, {counts.communes} communes, {counts.streets} streets")
    _say(found, "took")
    kinds = ", ".join(f"{number} {kind}" for kind, number in counts.kinds.items())
    click.echo(f"{kinds}; to take it back: airelib bays undo {counts.import_id}")
