"""Commands for the named days of a commune, which rules may refer to: markets, works, events."""

from __future__ import annotations

from pathlib import Path

import click

from geo.day_calendars import read_days
from geo.errors import InvalidInput
from service.commands.options import database_options, open_current
from service.settings import Settings
from service.store.bays import get_commune
from service.store.calendars import LONGEST_NAME, NamedDay, list_calendars, replace_calendar
from service.store.database import reading, writing

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def calendar() -> None:
    """Look after the named days of communes."""


@calendar.command("import")
@click.argument("file", type=FILE)
@click.option("--commune", "insee", metavar="INSEE", required=True, help="Whose days they are.")
@click.option("--name", required=True, help="As rules name them, for example market.")
@database_options
def import_command(file: Path, insee: str, name: str, settings: Settings) -> None:
    """Put the days that FILE (.ics, .csv or .html) names in the place of those known under a name.

    Every other day is then known not to be one: give the days of all the years for which rules are asked about.
    """
    if not (name.isprintable() and 0 < len(name.strip()) <= LONGEST_NAME):
        raise InvalidInput(
            f"name is {name!r}: wanted one line of at most {LONGEST_NAME} characters"
        )
    engine = open_current(settings)
    with reading(engine) as session:
        time_zone = get_commune(session, insee).time_zone
    days = read_days(file.read_bytes(), file.name, time_zone)
    with writing(engine) as session:
        replace_calendar(session, insee, name.strip(), [NamedDay(on) for on in days])
    click.echo(f"{name.strip()}: {len(days)} days from {min(days)} to {max(days)} in {insee}")


@calendar.command("list")
@click.option("--commune", "insee", metavar="INSEE", required=True, help="Whose days they are.")
@database_options
def list_command(insee: str, settings: Settings) -> None:
    """List the calendars of a commune with their number of days, first and last."""
    with reading(open_current(settings)) as session:
        get_commune(session, insee)
        for name, days in list_calendars(session, insee).items():
            click.echo(f"{name}\t{len(days)} days\t{days[0].on}\t{days[-1].on}")
