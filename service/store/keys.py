"""Keys in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from geo.errors import UnknownDevice
from service.security import AccessKey, Profile, Role
from service.store.tables import AccessKeyRow, DeviceBayRow

USE_STEP = timedelta(seconds=60)
"""Last use is written at most this often: a device posts each minute."""


def add_key(session: Session, key: AccessKey) -> None:
    """Keep a new key."""
    session.add(AccessKeyRow(**vars(key)))
    session.flush()


def find_key(session: Session, key_id: str) -> AccessKey | None:
    """Return a key by its identifier, or None."""
    row = session.get(AccessKeyRow, key_id)
    return None if row is None else _key(row)


def list_keys(session: Session, role: Role) -> list[AccessKey]:
    """Return all keys of a role, oldest first."""
    rows = session.exec(
        select(AccessKeyRow)
        .where(AccessKeyRow.role == role.value)
        .order_by(col(AccessKeyRow.created_at), col(AccessKeyRow.key_id))
    )
    return [_key(row) for row in rows]


def revoke_keys(session: Session, name: str, role: Role, now_at: datetime) -> list[AccessKey]:
    """Revoke the keys in force with this key or device identifier and return them.

    Raises
    ------
    UnknownDevice
        No key in force has this identifier.
    """
    rows = [
        row
        for row in session.exec(select(AccessKeyRow).where(AccessKeyRow.role == role.value))
        if name in (row.key_id, row.device_id) and row.revoked_at is None
    ]
    if not rows:
        raise UnknownDevice(f"no {role} key in force has the identifier {name!r}")
    for row in rows:
        row.revoked_at = now_at
    session.flush()
    return [_key(row) for row in rows]


def note_use(session: Session, key: AccessKey, now_at: datetime) -> None:
    """Write down that a key was used, at most once a minute."""
    if key.last_used_at is None or now_at - key.last_used_at >= USE_STEP:
        session.execute(
            update(AccessKeyRow)
            .where(col(AccessKeyRow.key_id) == key.key_id)
            .values(last_used_at=now_at)
        )


def bays_of_device(session: Session, device_id: str) -> list[str]:
    """Return the bays a device has reported on.

    Raises
    ------
    UnknownDevice
        No key names this device.
    """
    known = session.exec(select(AccessKeyRow).where(AccessKeyRow.device_id == device_id)).first()
    if known is None:
        raise UnknownDevice(f"no device has the identifier {device_id!r}")
    statement = select(DeviceBayRow.bay_id).where(DeviceBayRow.device_id == device_id)
    return sorted(session.exec(statement))


def communes_of_device(session: Session, device_id: str) -> list[str | None]:
    """Return the communes a device's keys are good for; None stands for all of them."""
    statement = select(AccessKeyRow.insee).where(AccessKeyRow.device_id == device_id).distinct()
    return list(session.exec(statement))


def _key(row: AccessKeyRow) -> AccessKey:
    return AccessKey(
        **row.model_dump(exclude={"role", "profile"}),
        role=Role(row.role),
        profile=Profile(row.profile) if row.profile else None,
    )
