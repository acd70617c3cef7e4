"""Commands that look after the inventory of bays."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from geo.inventory.formats import FORMATS
from geo.words import is_insee
from service.commands.bays_calendar import calendar
from service.commands.bays_export import export_command
from service.commands.bays_import import Wanted, run_import
from service.commands.bays_undo import list_command, undo_command
from service.commands.options import maybe_database_options
from service.settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NEW_FILE = click.Path(dir_okay=False, path_type=Path)


def _insee(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not is_insee(value):
        raise click.BadParameter(f"{value!r} is no INSEE code: wanted one such as 75056 or 2A004")
    return value


@click.group()
def bays() -> None:
    """Look after the inventory of bays."""


bays.add_command(export_command)
bays.add_command(calendar)
bays.add_command(list_command)
bays.add_command(undo_command)


@bays.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(FORMATS),
    default="auto",
    show_default=True,
    help="Form of the file; auto tells by its content.",
)
@click.option(
    "--communes",
    "communes_file",
    type=FILE,
    help="Outlines of communes; those of the database if left out.",
)
@click.option(
    "--streets", "streets_file", type=FILE, help="GeoJSON of named lines for the base map."
)
@click.option(
    "--commune",
    metavar="INSEE",
    callback=_insee,
    help="Commune of the bays that name none and lie in no outline.",
)
@click.option("--crs", metavar="CODE", help="Reference system, where the file does not say.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option("--report", "report_file", type=NEW_FILE, help="JSON: what became of every row.")
@click.option("--out", "out_file", type=NEW_FILE, help="GeoJSON of the bays that were taken.")
@click.option(
    "--rules-since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of rules that differ from those known; today if left out.",
)
@maybe_database_options
def import_command(  # noqa: PLR0913, PLR0917 - each parameter is an option
    file: Path,
    file_format: str,
    communes_file: Path | None,
    streets_file: Path | None,
    commune: str | None,
    crs: str | None,
    dry_run: bool,  # noqa: FBT001 - a flag of the command line
    report_file: Path | None,
    out_file: Path | None,
    rules_since: datetime | None,
    settings: Settings,
    is_database_named: bool,  # noqa: FBT001 - as the options tell
) -> None:
    """Bring the bays of FILE into the database: each row is imported, merged, or refused with its reason.

    What can be repaired is repaired, and said. Bays that are as they were stay as they are; of those that differ the
    earlier rules and polygons are kept. Known bays that the file does not name stay. `airelib bays undo` takes the
    whole import back.

    With --out and neither --database nor --data-dir the bays are written as GeoJSON and no database is touched.
    Exits with 2, and writes nothing but the report, when no row can be taken.
    """
    run_import(
        Wanted(
            file,
            file_format,
            communes_file,
            streets_file,
            commune,
            crs,
            report_file,
            out_file,
            rules_since.date() if rules_since else None,
            is_dry_run=dry_run,
            is_file_only=out_file is not None and not is_database_named and not dry_run,
        ),
        settings,
    )
