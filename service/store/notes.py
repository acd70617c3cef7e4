"""Words the store remembers about itself."""

from __future__ import annotations

from sqlmodel import Session

from service.store.tables import SettingRow

SAMPLE = "sample"
"""Name of the note that says that the data is made up."""


INVENTORY = "inventory_version"
"""Name of the note that changes with each import of bays."""


def get_note(session: Session, key: str) -> str | None:
    """Return a note, or None."""
    row = session.get(SettingRow, key)
    return None if row is None else row.value


def set_note(session: Session, key: str, value: str) -> None:
    """Write a note."""
    session.merge(SettingRow(key=key, value=value))
    session.flush()


def is_sample(session: Session) -> bool:
    """Tell whether the data is sample data."""
    return get_note(session, SAMPLE) == "true"
