"""Commands that list imports of inventories and take one back."""

from __future__ import annotations

import click

from service.commands.options import BY_COMMAND, database_options, open_current
from service.ingest.undo import undo_import
from service.moments import now_utc
from service.settings import Settings
from service.store.database import reading, writing
from service.store.imports import Import, list_imports


@click.command("imports")
@click.option("--commune", "insee", metavar="INSEE", help="Only those that changed bays of it.")
@database_options
def list_command(insee: str | None, settings: Settings) -> None:
    """List the imports of inventories, newest first, those undone too."""
    with reading(open_current(settings)) as session:
        for item in list_imports(session, insee):
            click.echo(_line(item))


@click.command("undo")
@click.argument("import_id", type=click.IntRange(min=1, max=2**31 - 1))
@database_options
def undo_command(import_id: int, settings: Settings) -> None:
    """Take the import IMPORT_ID back as a whole, or say why it cannot be.

    Bays that it brought go, those that it changed get back what they were, with their rules, polygons and zone
    identifiers. Refused when a later import changed the same bays, or when anything refers to a bay that would go.
    """
    with writing(open_current(settings)) as session:
        undone = undo_import(session, import_id, BY_COMMAND, now_utc())
    brought = undone.counts.get("new", 0)
    back = undone.counts.get("changed", 0) + undone.counts.get("moved", 0)
    click.echo(f"import {import_id} undone: {brought} bays removed, {back} as they were before")


def _line(item: Import) -> str:
    kinds = ", ".join(f"{number} {kind}" for kind, number in item.counts.items())
    parts = [
        str(item.id),
        item.made_at.isoformat(timespec="seconds"),
        item.by_name,
        item.file_name or "-",
        item.file_format or "-",
        kinds,
    ]
    if item.undone_at is not None:
        parts.append(
            f"undone by {item.undone_by} at {item.undone_at.isoformat(timespec='seconds')}"
        )
    return "\t".join(parts)
