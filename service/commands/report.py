"""The command that writes a commune's monthly report."""

from __future__ import annotations

from pathlib import Path

import click

from geo.files.writing import write_whole
from service.commands.options import database_options, make_folder, open_current
from service.settings import Settings
from service.store.database import reading


@click.command()
@click.option("--commune", "insee", required=True, metavar="CODE", help="INSEE code.")
@click.option("--month", required=True, metavar="YYYY-MM", help="Month of the report.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to; made when absent.",
)
@click.option("--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True)
@database_options
def report(insee: str, month: str, out: Path, lang: str, settings: Settings) -> None:
    """Write a commune's month as CSV, GeoPackage and two-page PDF."""
    from service.reports.build import build_report

    with reading(open_current(settings)) as session:
        files = build_report(session, insee, month, lang)
    make_folder(out)
    for name, content in files.items():
        write_whole(out / name, content)
        click.echo(f"{out / name}: {len(content)} bytes")
