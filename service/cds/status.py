"""Tells which devices of a commune should report, and which do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from geo.words import SLOT_S
from service.cds.logged import operator_id
from service.cds.wire import SourceStatus
from service.security import AccessKey
from service.store.events import last_events

ONLINE_S = SLOT_S
"""A device that has sent an event within a slot is online: ours report each minute, other makers less often."""


@dataclass(frozen=True)
class DeviceStatus:
    """Devices, and when anything last changed of them."""

    devices: list[SourceStatus]
    updated_s: int


def device_status(
    session: Session, insee: str, keys: Sequence[AccessKey], now_at: datetime
) -> DeviceStatus:
    """Return each device of some keys once, by the age of its first key."""
    last_s = last_events(session)
    now_s = int(now_at.timestamp())
    by_device: dict[str, list[AccessKey]] = {}
    for key in keys:
        if key.device_id is not None:
            by_device.setdefault(key.device_id, []).append(key)
    devices = [
        SourceStatus(
            data_source_device_id=UUID(device_id),
            data_source_operator_id=UUID(operator_id(insee)),
            sensor_status_is_commissioned=any(_is_in_force(key, now_at) for key in mine),
            sensor_status_is_online=last_s.get(device_id, 0) > now_s - ONLINE_S,
        )
        for device_id, mine in by_device.items()
    ]
    known = [last_s[device_id] for device_id in by_device if device_id in last_s]
    changed = [int((key.revoked_at or key.created_at).timestamp()) for key in keys]
    return DeviceStatus(devices, max([*known, *changed], default=0))


def _is_in_force(key: AccessKey, now_at: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now_at)
