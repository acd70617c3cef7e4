"""Imports of inventories in the database, with what each changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlmodel import Session

from geo.errors import NotFound
from service.store.database import in_parts
from service.store.inventory_tables import IMPORT, IMPORT_CHANGE, ImportRow
from service.store.known_bays import BayRecord, record_of_text, record_text


class UnknownImport(NotFound):
    """No import of an inventory has this identifier."""

    code = "unknown_import"


@dataclass(frozen=True)
class NewImport:
    """An inventory that was taken."""

    made_at: datetime
    by_name: str
    file_name: str
    file_hash: str
    """SHA-256 of the file, hexadecimal; empty if there was none."""
    file_format: str
    report: Mapping[str, Any]
    """The object of report.json."""
    counts: Mapping[str, int]
    """How many bays were new, changed, moved, unchanged."""


@dataclass(frozen=True)
class Import:
    """An import as it is listed."""

    id: int
    made_at: datetime
    by_name: str
    file_name: str
    file_hash: str
    file_format: str
    counts: Mapping[str, int]
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True)
class StoredChange:
    """What one import made of one bay."""

    bay_id: str
    kind: str
    """``new``, ``changed`` or ``moved``."""
    insee: str
    """Commune after the import."""
    zone_id: str
    """Zone identifier after the import."""
    rules_until_on: date | None
    """First local day of the rules that the import brought, if it ended others."""
    before: BayRecord | None
    """The bay's row before; None if the import brought the bay."""


def add_import(session: Session, new: NewImport, changes: Sequence[StoredChange]) -> int:
    """Keep an import with what it changed, and return its identifier."""
    plain = {**vars(new), "report": json.dumps(new.report), "counts": json.dumps(new.counts)}
    row = ImportRow(**plain, places="{}")
    session.add(row)
    session.flush()
    rows = [
        {
            **vars(change),
            "import_id": row.id,
            "before": None if change.before is None else record_text(change.before),
        }
        for change in changes
    ]
    if rows:
        session.execute(insert(IMPORT_CHANGE), rows)
    return row.id or 0


def note_places(session: Session, import_id: int, text: str) -> None:
    """Write down which communes and streets an import replaced; see ``service.store.places``."""
    session.execute(IMPORT.update().where(IMPORT.c.id == import_id).values(places=text))


def places_of_import(session: Session, import_id: int) -> str:
    """Return which communes and streets an import replaced."""
    return str(
        session.execute(select(IMPORT.c.places).where(IMPORT.c.id == import_id)).scalar_one()
    )


def list_imports(session: Session, insee: str | None = None) -> list[Import]:
    """Return imports, newest first, those undone too; all, or those that changed bays of a commune."""
    statement = select(*_COLUMNS).order_by(IMPORT.c.id.desc())
    if insee is not None:
        touched = select(IMPORT_CHANGE.c.import_id).where(IMPORT_CHANGE.c.insee == insee)
        statement = statement.where(IMPORT.c.id.in_(touched))
    return [_import(dict(row)) for row in session.execute(statement).mappings()]


def get_import(session: Session, import_id: int) -> Import:
    """Return an import.

    Raises
    ------
    UnknownImport
        None has this identifier.
    """
    found = session.execute(select(*_COLUMNS).where(IMPORT.c.id == import_id)).mappings().first()
    if found is None:
        raise UnknownImport(f"no import has the identifier {import_id}")
    return _import(dict(found))


def get_report(session: Session, import_id: int) -> dict[str, Any]:
    """Return the report of an import.

    Raises
    ------
    UnknownImport
        None has this identifier.
    """
    row = session.get(ImportRow, import_id)
    if row is None:
        raise UnknownImport(f"no import has the identifier {import_id}")
    report: dict[str, Any] = json.loads(row.report)
    return report


def changes_of(session: Session, import_id: int) -> list[StoredChange]:
    """Return what an import changed, by bay."""
    rows = session.execute(
        select(IMPORT_CHANGE)
        .where(IMPORT_CHANGE.c.import_id == import_id)
        .order_by(IMPORT_CHANGE.c.bay_id)
    ).mappings()
    return [
        StoredChange(
            **{name: row[name] for name in _CHANGE_COLUMNS},
            before=None if row["before"] is None else record_of_text(row["before"]),
        )
        for row in rows
    ]


def later_imports(
    session: Session, import_id: int, bay_ids: Collection[str]
) -> dict[int, list[str]]:
    """Return the later imports, not undone, that changed some of these bays, with those bays, oldest first."""
    found: dict[int, list[str]] = {}
    for part in in_parts(bay_ids):
        statement = (
            select(IMPORT_CHANGE.c.import_id, IMPORT_CHANGE.c.bay_id)
            .join(IMPORT, IMPORT.c.id == IMPORT_CHANGE.c.import_id)
            .where(
                IMPORT.c.id > import_id,
                IMPORT.c.undone_at.is_(None),
                IMPORT_CHANGE.c.bay_id.in_(part),
            )
            .order_by(IMPORT_CHANGE.c.import_id, IMPORT_CHANGE.c.bay_id)
        )
        for later, bay_id in session.execute(statement):
            found.setdefault(later, []).append(bay_id)
    return dict(sorted(found.items()))


def communes_of_imports(session: Session) -> dict[int, list[str]]:
    """Return the communes whose bays each import changed, in order; imports that changed none are left out."""
    statement = (
        select(IMPORT_CHANGE.c.import_id, IMPORT_CHANGE.c.insee, func.count())
        .group_by(IMPORT_CHANGE.c.import_id, IMPORT_CHANGE.c.insee)
        .order_by(IMPORT_CHANGE.c.import_id, IMPORT_CHANGE.c.insee)
    )
    found: dict[int, list[str]] = {}
    for import_id, insee, _ in session.execute(statement):
        found.setdefault(import_id, []).append(insee)
    return found


def note_undone(session: Session, import_id: int, by_name: str, at: datetime) -> None:
    """Write down that an import was undone."""
    values = {"undone_at": at, "undone_by": by_name}
    session.execute(IMPORT.update().where(IMPORT.c.id == import_id).values(values))


_CHANGE_COLUMNS = ("bay_id", "kind", "insee", "zone_id", "rules_until_on")
_COLUMNS = tuple(
    IMPORT.c[name]
    for name in (
        "id",
        "made_at",
        "by_name",
        "file_name",
        "file_hash",
        "file_format",
        "counts",
        "undone_at",
        "undone_by",
    )
)
"""Columns in the order of ``Import``; reports are read one by one."""


def _import(row: Mapping[str, Any]) -> Import:
    return Import(**{**row, "counts": json.loads(row["counts"])})
