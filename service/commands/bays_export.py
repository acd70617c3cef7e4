"""The command that writes an inventory in the forms that others read."""

from __future__ import annotations

from pathlib import Path

import click

from geo.errors import InvalidInput
from service.commands.options import database_options, open_current
from service.commands.written import write_whole
from service.inventory_forms import FORMS
from service.settings import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("export")
@click.argument("file", required=False, type=FILE)
@click.option(
    "--format", "form", required=True, type=click.Choice(list(FORMS)), help="Form to write."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; one that is there is replaced.",
)
@click.option(
    "--commune",
    "insee",
    metavar="INSEE",
    help="Only the bays of this commune; with FILE, also the commune of bays for which it names none.",
)
@database_options
def export_command(
    file: Path | None, form: str, out: Path, insee: str | None, settings: Settings
) -> None:
    """Write bays for others: those of FILE, in any form that can be read, or else those of the database.

    A file from which a bay would not come back as it is is refused, and nothing is written.
    """
    from service.inventory_files import (
        check_file,
        inventory_file,
        read_file,
        stored_inventory,
        unregulated,
    )
    from service.moments import now_utc
    from service.store.database import reading

    if file is None:
        with reading(open_current(settings)) as session:
            inventory = stored_inventory(session, insee, now_utc())
    else:
        inventory = read_file(file.read_bytes(), file.name, insee, now_utc())
    if not inventory.bays:
        raise InvalidInput(
            f"no bay{f' of commune {insee}' if insee else ''} was found: wanted at least one"
        )
    content = inventory_file(inventory, form)
    check_file(inventory, form, content)
    write_whole(out, content)
    click.echo(f"{out}: {len(inventory.bays)} bays, {len(content)} bytes")
    without = unregulated(inventory) if form in {"datex2", "dialog"} else 0
    if without:
        click.echo(f"note: {without} bays have no known rule and are left out", err=True)
