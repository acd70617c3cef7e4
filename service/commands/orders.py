"""The command that drafts orders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import InvalidInput
from service.commands.options import database_options, make_folder, open_current
from service.commands.written import write_whole
from service.orders.forms import FORMS
from service.settings import Settings

if TYPE_CHECKING:
    from geo.orders.fields import OrderFields
    from service.orders.drafts import Drafted

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class Source:
    """What an order is drafted from: exactly one of them, but that a file may need its commune."""

    suggestion_ids: tuple[int, ...]
    file: Path | None
    insee: str | None


@click.group()
def orders() -> None:
    """Draft the orders that rules need: proposals, never legal acts."""


def read_forms(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    """Return the forms that a comma-separated list names."""
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    unknown = [form for form in found if form not in FORMS]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is not one of {', '.join(FORMS)}")
    return found


@orders.command("draft")
@click.option(
    "--suggestion",
    "suggestion_ids",
    type=click.IntRange(1),
    multiple=True,
    metavar="ID",
    help="Suggestion that stands; may be given again for one order on several bays.",
)
@click.option("--inventory", "inventory_file", type=FILE, help="Inventory whose bays are listed.")
@click.option("--commune", "insee", metavar="INSEE", help="Commune whose bays are listed.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to; made when absent.",
)
@click.option(
    "--settings",
    "fields_file",
    type=FILE,
    help="TOML of what only a person can say: number, who signs, court …",
)
@click.option(
    "--format",
    "forms",
    default=",".join(FORMS),
    show_default=True,
    callback=read_forms,
    metavar="LIST",
    help="Files to write, separated by commas.",
)
@click.option(
    "--push",
    is_flag=True,
    help="Also send the draft with its PDF to DiaLog, where it stays a draft; needs AIRELIB_DIALOG_URL.",
)
@database_options
def draft_command(  # noqa: PLR0913, PLR0917 - each parameter is an option
    suggestion_ids: tuple[int, ...],
    inventory_file: Path | None,
    insee: str | None,
    out: Path,
    fields_file: Path | None,
    forms: tuple[str, ...],
    push: bool,  # noqa: FBT001 - a flag of the command line
    settings: Settings,
) -> None:
    """Draft an order from suggestions, from an inventory file, or from all bays of a commune of the database.

    What only a person can say stays as a blank in square brackets unless --settings says it.
    """
    from geo.orders.fields import OrderFields, read_fields
    from service.orders.files import order_file, order_file_name

    fields = read_fields(fields_file.read_bytes()) if fields_file else OrderFields()
    drafted = _drafted(Source(suggestion_ids, inventory_file, insee), fields, settings)
    make_folder(out)
    for form in forms:
        path = out / order_file_name(drafted, form)
        content = order_file(drafted, form)
        write_whole(path, content)
        click.echo(f"{path}: {len(content)} bytes")
    if push:
        from geo.exports.dialog import dialog
        from service.orders.register import send_draft

        name = send_draft(settings, dialog(drafted.regulation), order_file(drafted, "pdf"))
        click.echo(f"DiaLog: {name}, as a draft")


def _drafted(source: Source, fields: OrderFields, settings: Settings) -> Drafted:
    from service.inventory_files import read_file
    from service.moments import now_utc
    from service.orders.drafts import draft_from_commune, draft_from_file, draft_from_suggestions
    from service.store.database import reading

    now_at = now_utc()
    if source.file is not None and not source.suggestion_ids:
        content = source.file.read_bytes()
        return draft_from_file(read_file(content, source.file.name, source.insee, now_at), fields)
    if bool(source.suggestion_ids) == (source.insee is not None) or source.file is not None:
        raise InvalidInput("wanted one of --suggestion, --inventory or --commune")
    with reading(open_current(settings)) as session:
        if source.insee is not None:
            return draft_from_commune(session, source.insee, fields, now_at)
        return draft_from_suggestions(session, source.suggestion_ids, fields, now_at.date())
