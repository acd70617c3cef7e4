"""Words the store remembers about itself."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session

from service.store.database import insert_new
from service.store.tables import SETTING, SettingRow

SAMPLE = "sample"
"""Name of the note that says that the data is made up."""


INVENTORY = "inventory_version"
"""Name of the note that changes with each import of bays, and with each undo."""


def get_note(session: Session, key: str) -> str | None:
    """Return a note, or None."""
    row = session.get(SettingRow, key)
    return None if row is None else row.value


def set_note(session: Session, key: str, value: str) -> None:
    """Write a note."""
    session.merge(SettingRow(key=key, value=value))
    session.flush()


def next_inventory(session: Session) -> int:
    """Count a change of the inventory; other changes of it wait until this transaction ends."""
    insert_new(session, SETTING, [{"key": INVENTORY, "value": "0"}])
    locked = select(SETTING.c.value).where(SETTING.c.key == INVENTORY).with_for_update()
    version = int(session.execute(locked).scalar_one()) + 1
    set_note(session, INVENTORY, str(version))
    return version


def is_sample(session: Session) -> bool:
    """Tell whether the data is sample data."""
    return get_note(session, SAMPLE) == "true"
