"""Tests of what the two databases must do alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError, StatementError

from geo.errors import DatabaseBusy, InvalidSettings
from service.security import Role
from service.store.database import DatabaseUnreachable, open_engine, reading, writing
from service.store.keys import find_key, list_keys
from service.store.notes import get_note, set_note
from service.store.schema import SchemaOutdated, check_current, check_tables, upgrade
from service.store.tables import BayRow
from tests.service.world import World


def test_tables_are_as_the_code_says(engine: Engine) -> None:
    """After all migrations nothing is left that Alembic would change."""
    check_tables(engine)


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    """A database that is up to date stays as it is."""
    assert upgrade(engine) == check_current(engine)


def test_a_database_without_tables_is_told(tmp_path: Path) -> None:
    """A missing migration is refused with the command that brings it."""
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(SchemaOutdated, match="airelib db upgrade"):
        check_current(engine)
    with pytest.raises(DatabaseUnreachable), reading(engine) as session:
        get_note(session, "x")


def test_instants_come_back_aware_and_equal(world: World) -> None:
    """An instant written in any zone is read as the same instant in UTC."""
    paris = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    key = world.add_key("zoned", expires_at=paris)
    with reading(world.engine) as session:
        found = find_key(session, key.key_id)
    assert found is not None
    assert found.expires_at == paris
    assert found.expires_at.tzinfo is UTC


def test_naive_instants_are_refused(world: World) -> None:
    """An instant without a zone never reaches the database."""
    naive = datetime(2026, 3, 29, 3, 30)  # noqa: DTZ001 - the fault under test
    with pytest.raises(StatementError, match="no time zone"):
        world.add_key("naive", expires_at=naive)


def test_an_error_undoes_everything(world: World) -> None:
    """A transaction that fails leaves nothing behind."""

    def write_half() -> None:
        with writing(world.engine) as session:
            set_note(session, "half", "written")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_half()
    with reading(world.engine) as session:
        assert get_note(session, "half") is None


def test_references_are_kept(world: World) -> None:
    """A bay of an unknown commune cannot be stored, on SQLite either."""
    row = BayRow(
        bay_id="x", insee="00000", zone_id="z", name="", length_m=1, capacity=1, bay_type="periodic",
        rules="[]", polygon="{}", west=0, south=0, east=0, north=0,
    )  # fmt: skip
    with pytest.raises(IntegrityError), writing(world.engine) as session:
        session.add(row)


def test_another_writer_makes_it_busy(world: World, database_url: str) -> None:
    """While another connection holds the lock, a writer waits its time-out, then is told; nothing is lost."""
    other = create_engine(database_url, isolation_level="AUTOCOMMIT")
    brief = open_engine(database_url, busy_timeout_s=0.2)
    lock = "BEGIN IMMEDIATE" if "sqlite" in database_url else "BEGIN; LOCK TABLE setting"
    with other.connect() as holder:
        holder.execute(text(lock))
        with pytest.raises(DatabaseBusy), writing(brief) as session:
            set_note(session, "key", "value")
        holder.execute(text("ROLLBACK"))
    with writing(brief) as session:
        set_note(session, "key", "value")
    with reading(brief) as session:
        assert get_note(session, "key") == "value"
    brief.dispose()
    other.dispose()


def test_readers_do_not_wait_for_a_writer(world: World) -> None:
    """While one transaction writes, another reads the state before."""
    with writing(world.engine) as session:
        set_note(session, "key", "new")
        with reading(world.engine) as other:
            assert get_note(other, "key") is None
            assert len(list_keys(other, Role.DEVICE)) == 1


@pytest.mark.parametrize("url", ["mysql://x", "nonsense", "sqlite+nothing", ""])
def test_other_databases_are_refused(url: str) -> None:
    """A URL of another database is refused, naming it."""
    with pytest.raises(InvalidSettings):
        open_engine(url)


@pytest.mark.parametrize(
    "url",
    ["postgresql:/app:hush@db/airelib", "app:hush@db", "postgresql+asyncpg://app:hush@db/airelib"],
)
def test_a_refused_url_keeps_its_password(url: str) -> None:
    """A URL that cannot be used is refused with the form that was wanted, never with its password."""
    with pytest.raises(InvalidSettings, match=r"wanted .*postgresql\+psycopg") as refused:
        open_engine(url)
    assert "hush" not in str(refused.value)
