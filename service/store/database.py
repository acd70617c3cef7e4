"""The database door: engines for SQLite and PostgreSQL, sessions, and all that differs between the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from geo.errors import DatabaseBusy, InvalidSettings, Unavailable

WRITES = "airelib_writes"
"""Execution option of connections that will write: SQLite then takes its lock at the beginning."""

LOCK_SIGNS = ("database is locked", "LockNotAvailable", "lock timeout", "deadlock detected")
"""What the two drivers say when another writer holds a lock."""


POSTGRESQL = "postgresql+psycopg"
"""The one PostgreSQL driver that is installed with the server."""

AT_ONCE = 5_000
"""Values of one condition; SQLite takes 32,766 and PostgreSQL's driver 65,535."""

PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "cache_size = -65536")
"""SQLite's habits: readers beside one writer, no loss on a crash, references kept, 64 MiB of pages at hand."""


Item = TypeVar("Item")


class DatabaseUnreachable(Unavailable):
    """The database does not answer or has no tables of ours."""

    code = "database_unreachable"


def open_engine(url: str, busy_timeout_s: float = 5.0) -> Engine:
    """Open an engine with the same behaviour on both databases.

    Raises
    ------
    InvalidSettings
        The URL is not one of SQLite or PostgreSQL.
    """
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError as error:
        raise InvalidSettings(
            "the database URL cannot be read, and is not shown as it may hold a password: wanted "
            "sqlite:///PATH or postgresql+psycopg://USER@HOST/NAME"
        ) from error
    if backend == "sqlite":
        engine = create_engine(url, connect_args={"timeout": busy_timeout_s})
        event.listen(engine, "connect", _sqlite_pragmas)
        event.listen(engine, "begin", _sqlite_begin)
        return engine
    if backend == "postgresql":
        _check_driver(url)
        wait = f"-c lock_timeout={int(busy_timeout_s * 1000)}"
        return create_engine(url, pool_pre_ping=True, connect_args=_with_options(url, wait))
    raise InvalidSettings(f"database {backend!r} is not supported: wanted sqlite or postgresql")


def _check_driver(url: str) -> None:
    name = make_url(url).drivername
    if name != POSTGRESQL:
        raise InvalidSettings(f"the database driver is {name!r}: wanted {POSTGRESQL!r}")


def _with_options(url: str, options: str) -> dict[str, Any]:
    """Add server options to those the URL already carries."""
    given = make_url(url).query.get("options", "")
    return {"options": f"{given} {options}".strip()}


def _sqlite_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session that sees one state of the database and writes nothing."""
    options: Mapping[str, Any] = (
        {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    )
    with clear_errors(), Session(engine.execution_options(**options)) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Give a session in one transaction: committed at the end, undone on any error.

    Raises
    ------
    DatabaseBusy
        Another writer held the lock longer than the time-out; nothing was written.
    """
    with (
        clear_errors(),
        Session(engine.execution_options(**{WRITES: True})) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn the drivers' failures into those of the family."""
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseBusy("all connections to the database are in use: try again") from error
    except OperationalError as error:
        said = f"{type(error.orig).__name__}: {error.orig}"
        if any(sign in said for sign in LOCK_SIGNS):
            raise DatabaseBusy(
                "the database is locked by another writer: nothing was written, try again"
            ) from error
        raise DatabaseUnreachable(f"the database cannot be used: {said.strip()}") from error
    except ProgrammingError as error:
        if "UndefinedTable" not in type(error.orig).__name__:
            raise
        raise DatabaseUnreachable("the database has no tables: run 'airelib db upgrade'") from error


def insert_new(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]]
) -> set[tuple[Any, ...]]:
    """Insert the rows whose primary key is new and return their keys; the others change nothing."""
    if not rows:
        return set()
    insert = _insert(session)(table).on_conflict_do_nothing()
    found = session.execute(insert.returning(*table.primary_key.columns), list(rows))
    return {tuple(row) for row in found}


def upsert(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or replace those with the same primary key."""
    if not rows:
        return
    insert = _insert(session)(table)
    key = {column.name for column in table.primary_key.columns}
    changed = {name: insert.excluded[name] for name in rows[0] if name not in key}
    insert = insert.on_conflict_do_update(index_elements=sorted(key), set_=changed)
    session.execute(insert, list(rows))


def in_parts(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    """Yield values of a condition in order, at most ``AT_ONCE`` together."""
    rest = iter(items)
    while part := list(islice(rest, AT_ONCE)):
        yield part


def _insert(session: Session) -> Any:
    name = session.get_bind().dialect.name
    return sqlite.insert if name == "sqlite" else postgresql.insert
