"""Commands that bring outlines of communes and their groups into the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import InvalidFile
from service.commands.options import database_options, open_current
from service.commands.written import write_whole
from service.settings import Settings

if TYPE_CHECKING:
    from geo.communes_file import CommunesFile
    from geo.epci import Group, GroupsRead
    from service.ingest.communes import Taken

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

MAX_LINES = 20
"""Most notes of one kind that are shown; the rest is counted."""


@click.group()
def communes() -> None:
    """Look after the outlines of communes and their groups."""


@communes.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--vintage",
    type=click.IntRange(1943, 2100),
    help="Year of the official geographic code; default: as rows or the file's name tell.",
)
@click.option(
    "--only",
    help="Codes of communes, arrondissements or departments to keep, such as 92,75056,2A004.",
)
@click.option("--crs", help="Reference system of a file that names none, such as EPSG:2154.")
@click.option(
    "--groups", "with_groups", is_flag=True, help="Take the intercommunal bodies (EPCI) too."
)
@click.option(
    "--groups-file", type=FILE, help="CSV of EPCI: siren, name, kind and INSEE codes of members."
)
@click.option(
    "--older", "takes_older", is_flag=True, help="Let an outline replace one of a later vintage."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write GeoJSON instead, and touch no database.",
)
@database_options
def import_command(  # noqa: PLR0913 - each parameter is an option
    *,
    file: Path,
    vintage: int | None,
    only: str | None,
    crs: str | None,
    with_groups: bool,
    groups_file: Path | None,
    takes_older: bool,
    out: Path | None,
    settings: Settings,
) -> None:
    """Bring communes of FILE into the database: Admin Express (IGN) in any edition, or another file of outlines.

    FILE is a GeoPackage, a Shapefile, GeoJSON, or a zip of these, in any reference system. A row that cannot be taken is
    listed with its reason and the rest is taken; if none can be, nothing is written.
    """
    from geo.communes_codes import read_selection
    from geo.communes_file import read_communes_file
    from geo.epci import GroupsRead, read_groups

    found = read_communes_file(file, read_selection(only) if only else None, vintage, crs)
    _check(file, only, found)
    listed = read_groups(groups_file.read_bytes()) if groups_file else GroupsRead()
    own = found.groups if with_groups else GroupsRead()
    _say_groups(own, listed)
    if out is not None:
        _write(out, found)
        return
    groups = {group.siren: group for group in (*own.groups, *listed.groups)}
    _say(_saved(settings, found, list(groups.values()), takes_older=takes_older))


@communes.command("list")
@database_options
def list_command(settings: Settings) -> None:
    """List the communes of the database: code, vintage of the outline, bays, groups, name."""
    from service.store.communes import stored_communes
    from service.store.database import reading
    from service.store.groups import groups_of_communes, known_members

    with reading(open_current(settings)) as session:
        stored, members = stored_communes(session), known_members(session)
        groups = groups_of_communes(session)
    click.echo("insee  vintage  bays  groups  name")
    for insee, commune in stored.items():
        named = ",".join(groups.get(insee, ())) or "none"
        vintage = commune.vintage or "unknown"
        click.echo(f"{insee}  {vintage}  {members[insee].bays}  {named}  {commune.name}")


def _check(file: Path, only: str | None, found: CommunesFile) -> None:
    """Say which rows were refused; raise where nothing is left."""
    refused = found.read.refusals
    lines = [f"row {item.row}: {item.message} [{item.code}]" for item in refused]
    if not found.read.communes:
        of = f" is of {only} and" if only else ""
        raise InvalidFile(
            f"nothing was imported: of the {found.rows} rows of {file.name} none{of} can be taken, wanted at least one"
            + "".join(f"\n  {line}" for line in lines[:MAX_LINES])
        )
    _notes("refused", lines)


def _say_groups(*read: GroupsRead) -> None:
    for one in read:
        _notes("refused group", [f"row {n.row}: {n.message} [{n.code}]" for n in one.refused])
        _notes(
            "note",
            [
                f"{count} communes name the group {siren}, of which the file tells no name: left out"
                for siren, count in one.nameless.items()
            ],
        )


def _say(taken: Taken) -> None:
    _notes(
        "kept",
        [
            f"commune {insee}: the database has a later vintage (--older replaces it)"
            for insee in taken.older
        ],
    )
    _notes(
        "note",
        [
            f"group {siren} has lost the members {', '.join(gone)}: the file does not name them"
            for siren, gone in taken.left.items()
        ],
    )
    _notes(
        "note",
        [
            f"commune {item.insee} is in {len(item.sirens)} groups with taxation of their own: {', '.join(item.sirens)}"
            for item in taken.contradictions
        ],
    )
    click.echo(f"imported {taken.communes} communes, {taken.groups} groups")


def _notes(head: str, lines: Sequence[str]) -> None:
    for line in lines[:MAX_LINES]:
        click.echo(f"{head}: {line}", err=True)
    if len(lines) > MAX_LINES:
        click.echo(f"{head}: and {len(lines) - MAX_LINES} more", err=True)


def _saved(
    settings: Settings, found: CommunesFile, groups: Sequence[Group], *, takes_older: bool
) -> Taken:
    from service.ingest.communes import save_outlines
    from service.store.database import writing

    with writing(open_current(settings)) as session:
        return save_outlines(session, found.read.communes, groups, takes_older=takes_older)


def _write(path: Path, found: CommunesFile) -> None:
    from geo.communes import communes_geojson

    text = json.dumps(communes_geojson(found.read.communes), ensure_ascii=False)
    write_whole(path, f"{text}\n".encode())
    click.echo(f"wrote {len(found.read.communes)} outlines to {path}")
