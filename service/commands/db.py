"""Commands of the database: bring its tables up to date, check them, forget what is too old."""

from __future__ import annotations

import click

from service.commands.options import database_options, make_folder, open_current
from service.ingest.retention import forget
from service.moments import now_utc
from service.settings import Settings
from service.store.database import open_engine, writing
from service.store.schema import check_tables, upgrade


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@database_options
def upgrade_command(settings: Settings) -> None:
    """Make the tables, or bring them up to date."""
    engine = open_engine(settings.url, settings.busy_timeout_s)
    make_folder(settings.data_dir)
    click.echo(f"database at revision {upgrade(engine)}")


@db.command("check")
@database_options
def check_command(settings: Settings) -> None:
    """Compare the tables with what this version needs; fails when they differ."""
    engine = open_engine(settings.url, settings.busy_timeout_s)
    check_tables(engine)
    click.echo("the tables are as this version needs them")


@db.command("purge")
@database_options
def purge_command(settings: Settings) -> None:
    """Forget raw events and stays that are older than the retention settings."""
    engine = open_current(settings)
    with writing(engine) as session:
        gone = forget(session, settings.raw_event_days, settings.stay_months, now_utc())
    click.echo(f"forgot {gone.events} events and {gone.stays} stays")
