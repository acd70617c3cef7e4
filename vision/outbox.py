"""The outbox on disk: events wait here, and a camera's memory is saved with the events it produced, in one transaction."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from geo.errors import InvalidFile, OutboxFull
from geo.words import Stay, VehicleClass
from vision.stays import Departed, StayEvent

BUSY_TIMEOUT_S = 10.0
"""Longest wait for another thread's transaction."""

PAGE_BYTES = 4096
"""SQLite's page size, fixed so that the limit in megabytes is exact."""

KEEP_STAYS_S = 30 * 86400
"""Time that full-precision stays stay on the device: as long as the service keeps raw events (house rule)."""

NO_ROOM = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
"""Primary result codes by which SQLite says that nothing more can be written."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS identity (salt TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS journal (camera_id TEXT PRIMARY KEY, memory BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS health (camera_id TEXT PRIMARY KEY, memory BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS status (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS stay (
  camera_id TEXT NOT NULL, bay_id TEXT NOT NULL, number INTEGER NOT NULL, vehicle_class TEXT NOT NULL,
  arrived_s REAL NOT NULL, departed_s REAL, PRIMARY KEY (camera_id, bay_id, number)
);
"""


@dataclass(frozen=True)
class Waiting:
    """One event in the outbox."""

    seq: int
    body: str
    """JSON object of the event."""


@dataclass(frozen=True)
class Saving:
    """What one camera saves at once."""

    camera_id: str
    memory: bytes
    events: tuple[str, ...] = ()
    """JSON objects to send."""
    stays: tuple[StayEvent, ...] = ()
    health: bytes = b""
    """What is remembered of the camera's health; empty: nothing new."""


class Outbox:
    """One SQLite file; each thread opens its own.

    Parameters
    ----------
    path
        The file; it is made where there is none.
    max_mb
        Largest size in megabytes of 10^6 bytes, without the write-ahead log.
    """

    def __init__(self, path: Path, max_mb: float) -> None:
        self._path, self._max_mb = path, max_mb
        with self._translated():
            self._db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            self._db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute("PRAGMA journal_size_limit = 4194304")
            self._db.execute(f"PRAGMA max_page_count = {int(max_mb * 1e6) // PAGE_BYTES}")
            self._db.executescript(SCHEMA)
        with self._transaction():
            if self._db.execute("SELECT count(*) FROM identity").fetchone()[0] == 0:
                self._db.execute("INSERT INTO identity VALUES (?)", (str(uuid.uuid4()),))

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    @property
    def salt(self) -> uuid.UUID:
        """Return the random namespace of this outbox's identifiers."""
        return uuid.UUID(self._db.execute("SELECT salt FROM identity").fetchone()[0])

    def save(
        self,
        camera_id: str,
        memory: bytes,
        events: Sequence[str] = (),
        stays: Sequence[StayEvent] = (),
        health: bytes = b"",
    ) -> None:
        """Save a camera's memory with the events and stays it produced since the last saving: all or nothing.

        Raises
        ------
        OutboxFull
            When the limit or the disk is reached; nothing has been written.
        """
        self.save_all([Saving(camera_id, memory, tuple(events), tuple(stays), health)])

    def save_all(self, savings: Sequence[Saving]) -> None:
        """Save what several cameras have, in one transaction: all or nothing; errors as in `save`."""
        with self._transaction():
            for saving in savings:
                self._enter(saving)

    def _enter(self, saving: Saving) -> None:
        camera_id = saving.camera_id
        self._db.executemany(
            "INSERT INTO event (body) VALUES (?)", ((body,) for body in saving.events)
        )
        self._db.executemany(
            "INSERT OR REPLACE INTO stay VALUES (?, ?, ?, ?, ?, ?)",
            (_row(camera_id, e) for e in saving.stays),
        )
        for stay in saving.stays[-1:]:
            oldest_s = stay.presence.last_s - KEEP_STAYS_S
            self._db.execute("DELETE FROM stay WHERE arrived_s < ?", (oldest_s,))
        self._db.execute("INSERT OR REPLACE INTO journal VALUES (?, ?)", (camera_id, saving.memory))
        if saving.health:
            self._db.execute(
                "INSERT OR REPLACE INTO health VALUES (?, ?)", (camera_id, saving.health)
            )

    def saved(self, camera_id: str) -> bytes | None:
        """Return a camera's saved memory; None where there is none."""
        row = self._db.execute(
            "SELECT memory FROM journal WHERE camera_id = ?", (camera_id,)
        ).fetchone()
        return bytes(row[0]) if row else None

    def saved_health(self, camera_id: str) -> bytes | None:
        """Return a camera's saved health; None where there is none."""
        row = self._db.execute(
            "SELECT memory FROM health WHERE camera_id = ?", (camera_id,)
        ).fetchone()
        return bytes(row[0]) if row else None

    def save_status(self, body: str) -> None:
        """Save what the running worker says of itself, a JSON object."""
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO status VALUES (1, ?)", (body,))

    def status(self) -> str:
        """Return what a worker last said of itself; `{}` where none has."""
        row = self._db.execute("SELECT body FROM status").fetchone()
        return str(row[0]) if row else "{}"

    def oldest(self, limit: int) -> list[Waiting]:
        """Return the oldest waiting events, at most `limit`."""
        rows = self._db.execute("SELECT seq, body FROM event ORDER BY seq LIMIT ?", (limit,))
        return [Waiting(seq, body) for seq, body in rows]

    def remove(self, events: Sequence[Waiting], dropped: int) -> None:
        """Take sent events out and count them; `dropped` of them were refused for good."""
        with self._transaction():
            self._db.executemany(
                "DELETE FROM event WHERE seq = ?", ((event.seq,) for event in events)
            )
            self._count("posted", len(events) - dropped)
            self._count("dropped", dropped)

    def waiting(self) -> int:
        """Return the number of events that wait."""
        return int(self._db.execute("SELECT count(*) FROM event").fetchone()[0])

    def counters(self) -> dict[str, int]:
        """Return how many events were posted and dropped in this outbox's life."""
        found = dict(self._db.execute("SELECT name, value FROM counter"))
        return {name: int(found.get(name, 0)) for name in ("posted", "dropped")}

    def stays(self) -> list[Stay]:
        """Return the stays of the last 30 days with full precision, in order of bay and arrival; they stay on the device."""
        rows = self._db.execute(
            "SELECT bay_id, vehicle_class, arrived_s, departed_s FROM stay ORDER BY bay_id, arrived_s"
        )
        return [
            Stay(
                bay_id=bay_id,
                vehicle_class=VehicleClass(vehicle_class),
                arrived_at=datetime.fromtimestamp(arrived_s, UTC),
                departed_at=None if departed_s is None else datetime.fromtimestamp(departed_s, UTC),
            )
            for bay_id, vehicle_class, arrived_s, departed_s in rows
        ]

    def _count(self, name: str, more: int) -> None:
        self._db.execute(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
            (name, more),
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code not in NO_ROOM:
                raise
            raise OutboxFull(
                f"nothing more can be written to the outbox {self._path} ({error}): wanted room within its limit of "
                f"{self._max_mb:g} MB and on its disk; nothing was half-written"
            ) from error
        except sqlite3.DatabaseError as error:
            raise InvalidFile(f"{self._path} is not an outbox: {error}") from error


def _row(camera_id: str, event: StayEvent) -> tuple[str, str, int, str, float, float | None]:
    presence = event.presence
    departed_s = presence.departed_s if isinstance(event, Departed) else None
    return (
        camera_id,
        event.bay_id,
        presence.number,
        presence.vehicle_class.value,
        presence.arrived_s,
        departed_s,
    )
