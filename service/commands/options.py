"""Options that commands of the service share, and the database they name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from geo.errors import InvalidFile
from service.settings import Settings, read_settings
from service.store.database import open_engine
from service.store.schema import check_current

BY_COMMAND = "command line"
"""Who stands on record for what a command of this machine did."""

Command = Callable[..., Any]

_DATABASE = click.option(
    "--database",
    "database_url",
    metavar="URL",
    help="SQLAlchemy URL; default: the setting AIRELIB_DATABASE_URL, or airelib.db in the data folder.",
)
_DATA_DIR = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the embedded database; default: the setting AIRELIB_DATA_DIR, or here.",
)


def database_options(command: Command) -> Command:
    """Give a command the options that name its database, and the settings they make."""

    @wraps(command)
    def run(database_url: str | None, data_dir: Path | None, **given: Any) -> Any:
        settings = read_settings(database_url=database_url, data_dir=data_dir)
        return command(settings=settings, **given)

    return _DATABASE(_DATA_DIR(run))


def maybe_database_options(command: Command) -> Command:
    """Give a command the options that name its database, the settings they make, and whether any was given."""

    @wraps(command)
    def run(database_url: str | None, data_dir: Path | None, **given: Any) -> Any:
        settings = read_settings(database_url=database_url, data_dir=data_dir)
        is_named = database_url is not None or data_dir is not None
        return command(settings=settings, is_database_named=is_named, **given)

    return _DATABASE(_DATA_DIR(run))


def make_folder(path: Path) -> None:
    """Make a folder to write to, if it is not there.

    Raises
    ------
    InvalidFile
        It cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidFile(
            f"folder {path} cannot be made: {error.strerror}; wanted one that can be written to"
        ) from error


def open_current(settings: Settings) -> Engine:
    """Open the database of the settings.

    Raises
    ------
    SchemaOutdated
        It has no tables or older ones.
    """
    engine = open_engine(settings.url, settings.busy_timeout_s)
    check_current(engine)
    return engine


def has_database(settings: Settings) -> bool:
    """Tell whether there is a database to look into; a server's is taken to be there, as only asking would tell."""
    url = make_url(settings.url)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()
