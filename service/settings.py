"""Settings of the service, read once at the entry points and handed on as arguments."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from geo.errors import InvalidSettings

PREFIX = "AIRELIB_"
"""Beginning of each environment variable that is a setting."""

NOT_SETTINGS = frozenset({"AIRELIB_SHARED", "AIRELIB_TEST_POSTGRES_URL"})
"""Environment variables with our prefix that belong to the tests."""


class Settings(BaseSettings):
    """What a person may set for the service."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, use_attribute_docstrings=True
    )

    data_dir: Path = Path()
    """Folder of the embedded database when no database URL is given."""

    database_url: str = ""
    """SQLAlchemy URL (`sqlite:///…` or `postgresql+psycopg://…`); empty: `airelib.db` in the data folder."""

    host: str = "127.0.0.1"
    """Address to listen on; loopback by default, a reverse proxy faces the network."""

    port: int = Field(default=8000, ge=0, le=65535)
    """TCP port to listen on."""

    raw_event_days: int = Field(default=30, ge=1, le=365)
    """Days raw events are kept; older events are refused (the DPIA decides)."""

    stay_months: int = Field(default=13, ge=1, le=60)
    """Months stays are kept (the DPIA decides)."""

    max_clock_offset_s: int = Field(default=300, ge=1, le=3600)
    """Seconds a device's clock may differ from the service's."""

    busy_timeout_s: float = Field(default=5.0, gt=0, le=60)
    """Seconds a request waits for a database lock before it answers 503."""

    max_inventory_mib: int = Field(default=20, ge=1, le=1000)
    """Largest inventory file that an officer may send over HTTP, in MiB; the command line takes any."""

    live: bool = False
    """Whether CDS events are read back up to now; off: whole quarters of an hour only, as a live state serves to act at once and is no statistic (CNIL, ADR 8)."""

    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$")
    """Least severe level logged."""

    dialog_url: str = ""
    """Address of DiaLog, the State's register of traffic orders; empty: nothing is ever sent."""

    dialog_client_id: str = ""
    """Identifier that DiaLog gave the commune for its API."""

    dialog_secret_file: Path | None = None
    """File that holds the secret that DiaLog gave with it."""

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database in use."""
        return self.database_url or f"sqlite:///{self.data_dir / 'airelib.db'}"


def read_settings(**given: Any) -> Settings:
    """Return the settings of the environment, overruled by what was given and is not None.

    Raises
    ------
    InvalidSettings
        A value is out of range, or the environment names a setting that does not exist.
    """
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields} | NOT_SETTINGS
    unknown = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name not in known
    )
    if unknown:
        raise InvalidSettings(
            f"unknown settings in the environment: {', '.join(unknown)}; wanted only {', '.join(sorted(known - NOT_SETTINGS))}"
        )
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        found = "; ".join(
            f"{'.'.join(map(str, e['loc']))} = {e['input']!r}: {e['msg']}" for e in error.errors()
        )
        raise InvalidSettings(f"settings cannot be used: {found}") from error
