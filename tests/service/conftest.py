"""Databases of both kinds for the tests of the service, and a small world in them."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from service.store.database import open_engine, writing
from service.store.schema import upgrade
from service.store.tables import Row
from tests.service.world import World, make_world

POSTGRES = os.environ.get(
    "AIRELIB_TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    """Give a migrated PostgreSQL database of the module's own, and drop it afterwards."""
    server = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"airelib_test_{uuid.uuid4().hex[:12]}"
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL at {server.url}: {type(error).__name__}")
    url = server.url.set(database=name).render_as_string(hide_password=False)
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    yield url
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give an empty migrated database of each kind."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "test.db")
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    empty(engine)
    engine.dispose()
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give an engine of an empty migrated database of each kind."""
    engine = open_engine(database_url, busy_timeout_s=2)
    yield engine
    engine.dispose()


def empty(engine: Engine) -> None:
    """Remove every row.

    The trail of decisions refuses to lose rows in any other way than as a whole, so that it is truncated where it has
    some. Truncating every table takes PostgreSQL thirty times as long as deleting the few rows of a test.
    """
    tables = list(reversed(Row.metadata.sorted_tables))
    with writing(engine) as session:
        trail = text("SELECT 1 FROM suggestion_event LIMIT 1")
        if engine.dialect.name == "postgresql" and session.execute(trail).first():
            session.execute(text("TRUNCATE suggestion_event"))
        for table in tables:
            session.execute(table.delete())


@pytest.fixture
def world(engine: Engine, database_url: str) -> World:
    """Give the small world with a device and an officer of commune 99001."""
    return make_world(database_url, engine)
