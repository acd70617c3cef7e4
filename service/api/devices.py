"""Route that shows an officer how the devices are doing."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from service.api.answers import answer
from service.context import Ctx, OfficerKey
from service.intervals import Interval, merge
from service.moments import utc_text
from service.security import AccessKey, Role
from service.store.coverage import seen_near
from service.store.database import reading
from service.store.events import last_events
from service.store.keys import bays_of_device, list_keys

LAST_S = 3600
"""Seconds over which a device's coverage is shown."""

router = APIRouter(prefix="/api/v1/devices", tags=["devices"])


@router.get("")
def get_devices(request: Request, context: Ctx, key: OfficerKey) -> Response:
    """Return devices with their last event and the coverage of the last hour."""
    with reading(context.engine) as session:
        last = last_events(session)
        items = [
            _shown(session, device, last, context.now_s)
            for device in list_keys(session, Role.DEVICE)
            if key.insee in (None, device.insee)
        ]
    return answer(request, {"items": items})


def _shown(session: Session, device: AccessKey, last: dict[str, int], now_s: int) -> dict[str, Any]:
    device_id = device.device_id or ""
    last_s = last.get(device_id)
    return {
        "id": device_id,
        "key_id": device.key_id,
        "name": device.name,
        "commune": device.insee,
        "profile": device.profile,
        "created_at": device.created_at.isoformat(timespec="seconds"),
        "last_used_at": device.last_used_at.isoformat(timespec="seconds")
        if device.last_used_at
        else None,
        "expires_at": device.expires_at.isoformat(timespec="seconds")
        if device.expires_at
        else None,
        "revoked_at": device.revoked_at.isoformat(timespec="seconds")
        if device.revoked_at
        else None,
        "last_event_at": None if last_s is None else utc_text(last_s),
        "coverage_last_hour": _coverage(session, device_id, now_s),
    }


def _coverage(session: Session, device_id: str, now_s: int) -> float | None:
    """Return the share of the last hour in which the device's bays were seen, or None without bays."""
    bay_ids = bays_of_device(session, device_id)
    if not bay_ids:
        return None
    near = seen_near(session, bay_ids, now_s - LAST_S, now_s)
    seen_s = sum(_length(items, now_s - LAST_S, now_s) for items in near.values())
    return round(seen_s / (LAST_S * len(bay_ids)), 3)


def _length(intervals: list[Interval], from_s: int, to_s: int) -> int:
    return sum(
        max(0, min(end_s, to_s) - max(start_s, from_s)) for start_s, end_s in merge(intervals)
    )
