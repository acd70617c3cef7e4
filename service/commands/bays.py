"""Commands that bring communes, streets and bays into the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from geo.bays import read_bays
from geo.communes import CommunesRead, disagreements, read_communes
from geo.errors import InvalidFile
from geo.geojson import Refusal
from geo.streets import read_streets
from service.commands.bays_export import export_command
from service.commands.options import database_options, open_current
from service.ingest.inventory import Inventory, save_inventory
from service.settings import Settings
from service.store.database import writing

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def bays() -> None:
    """Look after the inventory of bays."""


bays.add_command(export_command)


@bays.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--communes", "communes_file", type=FILE, help="GeoJSON of communes with insee and name."
)
@click.option(
    "--streets", "streets_file", type=FILE, help="GeoJSON of named lines for the base map."
)
@click.option(
    "--rules-since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="First day of rules that differ from those known; today if left out.",
)
@database_options
def import_command(
    file: Path,
    communes_file: Path | None,
    streets_file: Path | None,
    rules_since: datetime | None,
    settings: Settings,
) -> None:
    """Bring the bays of a GeoJSON FILE into the database: all of them, or none.

    Every refused feature is listed with its reason. Bays already known are replaced; rules that change are kept,
    with the day until which they were in force.
    """
    since_on = rules_since.date() if rules_since else None
    inventory = replace(_read(file, communes_file, streets_file), rules_since_on=since_on)
    engine = open_current(settings)
    with writing(engine) as session:
        counts = save_inventory(session, inventory)
    for item in disagreements(inventory.bays, inventory.communes) if inventory.communes else ():
        click.echo(
            f"note: bay {item.bay_id} says commune {item.declared} and lies in {item.found or 'none given'}",
            err=True,
        )
    click.echo(f"imported {counts.bays} bays, {counts.communes} communes, {counts.streets} streets")


def _read(file: Path, communes_file: Path | None, streets_file: Path | None) -> Inventory:
    found = read_bays(file.read_bytes())
    communes = read_communes(communes_file.read_bytes()) if communes_file else CommunesRead((), ())
    refused = [*_lines(file, found.refusals), *_lines(communes_file, communes.refusals)]
    if refused:
        raise InvalidFile(
            "nothing was imported: "
            f"{len(refused)} features cannot be taken, wanted none\n" + "\n".join(refused)
        )
    streets = read_streets(streets_file.read_bytes()) if streets_file else None
    return Inventory(found.bays, communes.communes, streets)


def _lines(file: Path | None, refusals: tuple[Refusal, ...]) -> list[str]:
    return [f"  {file} feature {item.row}: {item.message} [{item.code}]" for item in refusals]
