"""`airelib convert`: what other systems recorded, as the files of a study."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from geo.errors import InvalidFile, InvalidInput

BAD_INPUT = 2
"""Exit status for files that cannot be used, as everywhere in the product."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def convert() -> None:
    """Bring what other systems recorded into the files of a study."""


@convert.command("cds-sessions")
@click.argument("file", type=FILE)
@click.option("--time-zone", required=True, metavar="ZONE", help="For example America/New_York.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to; made when absent.",
)
@click.option("--bays", "bays_file", type=FILE, help="GeoJSON with what is known of the zones.")
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="Refused rows listed."
)
@click.pass_context
def cds_sessions(
    ctx: click.Context, file: Path, *, time_zone: str, out: Path, bays_file: Path | None, limit: int
) -> None:
    """Bring a CSV FILE of CDS parking sessions into the files of a study.

    Rows that cannot be taken are listed with their reasons, and the rest is written; exits with 2 when there are any.
    """
    from geo.convert.cds_sessions import read_sessions
    from geo.convert.study_files import study_files

    _check_zone(time_zone)
    rows = _rows(file)
    found = read_sessions(rows)
    for one in found.refused[:limit]:
        click.echo(f"{file}, line {one.line}: {one.reason}", err=True)
    files = study_files(found, time_zone, _known(bays_file))
    _write(out, files)
    for name in files:
        click.echo(str(out / name))
    click.echo(f"{len(rows)} rows: {len(found.sessions)} stays, {len(found.refused)} refused")
    if found.refused:
        ctx.exit(BAD_INPUT)


def _check_zone(time_zone: str) -> None:
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInput(
            f"time zone is {time_zone!r}: wanted a name of the IANA data base, for example Europe/Paris"
        ) from error


def _rows(file: Path) -> list[dict[str, str | None]]:
    from geo.convert.cds_sessions import COLUMNS

    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            columns = tuple(reader.fieldnames or ())
            rows: list[dict[str, str | None]] = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidFile(f"{file} cannot be read as CSV: {error}") from error
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        raise InvalidFile(
            f"{file} has the columns {', '.join(columns) or 'none'}: wanted also {', '.join(missing)}"
        )
    return rows


def _known(bays_file: Path | None) -> Any:
    if bays_file is None:
        return None
    try:
        return json.loads(bays_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidFile(f"{bays_file} cannot be read as GeoJSON: {error}") from error


def _write(out: Path, files: dict[str, bytes]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            beside = out / f"{name}.partial"
            beside.write_bytes(content)
            beside.replace(out / name)
    except OSError as error:
        raise InvalidFile(
            f"{out} cannot be written: {error.strerror}; wanted a folder with room"
        ) from error
