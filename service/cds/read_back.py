"""Routes of the CDS Events API on which a commune reads back what its devices sent."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from geo.words import SLOT_S
from service.cds.answers import MS, PAGE_SIZE, Asker, PageNumber, pages_of
from service.cds.documented import KEYED, CdsResponse, responses
from service.cds.logged import logged_event
from service.cds.media import Version
from service.cds.place import InseePath, check_insee
from service.cds.status import device_status
from service.cds.wire import EventsAnswer, StatusAnswer, plain
from service.context import AnyKey, Context, Ctx
from service.errors import InvalidPeriod
from service.security import AccessKey, Role, check_commune
from service.store.bays import get_commune
from service.store.database import reading
from service.store.event_log import Wanted, count_events, devices_of_bay, read_events, zone_span
from service.store.keys import list_keys

HOUR_S = 3600

HOUR_TEXT = r"\d{4}-\d\d-\d\dT\d\d"
"""An hour in UTC as CDS writes it."""

router = APIRouter(prefix="/cds/{insee}/events", tags=["cds"], default_response_class=CdsResponse)

Zone = Annotated[UUID | None, Query(alias="curb_zone_id", description="Events of one zone.")]
Elsewhere = Annotated[
    UUID | None,
    Query(description="No event is tied to one: nothing is found."),
]


@router.get("/events", responses=responses(EventsAnswer, *KEYED))
def get_events(  # noqa: PLR0913, PLR0917 - each parameter is one of the query
    insee: InseePath,
    request: Request,
    context: Ctx,
    key: AnyKey,
    version: Version,
    event_time: Annotated[
        str | None,
        Query(description="Hour as YYYY-MM-DDTHH in UTC; the last 60 minutes if left out."),
    ] = None,
    curb_zone_id: Zone = None,
    curb_area_id: Elsewhere = None,
    curb_space_id: Elsewhere = None,
    curb_object_id: Elsewhere = None,
    page: PageNumber = 1,
) -> Response:
    """Return the events of an hour, newest first: an officer all of the commune, a device its own.

    Unless the setting `live` is on, only events of quarters of an hour that are over are given.
    """
    check_commune(key, check_insee(insee))
    from_s, to_s = _hour(context, event_time)
    is_elsewhere = any((curb_area_id, curb_space_id, curb_object_id))
    wanted = Wanted(
        insee,
        from_s,
        from_s if is_elsewhere else to_s,
        None if curb_zone_id is None else str(curb_zone_id),
        key.device_id if key.role is Role.DEVICE else None,
    )
    with reading(context.engine) as session:
        asker = Asker(request, get_commune(session, insee), version)
        number, last_s = count_events(session, wanted)
        found = read_events(session, wanted, (page - 1) * PAGE_SIZE, PAGE_SIZE)
    data = {"events": [logged_event(insee, event) for event in found]}
    return asker.answer(data, (last_s or from_s) * MS, page, pages_of(number))


@router.get("/status", responses=responses(StatusAnswer, *KEYED))
def get_status(  # noqa: PLR0913, PLR0917 - each parameter is one of the query
    insee: InseePath,
    request: Request,
    context: Ctx,
    key: AnyKey,
    version: Version,
    curb_zone_id: Zone = None,
    curb_area_id: Elsewhere = None,
    curb_space_id: Elsewhere = None,
    curb_object_id: Elsewhere = None,
) -> Response:
    """Return the status of the commune's devices: which should report, and which do."""
    check_commune(key, check_insee(insee))
    with reading(context.engine) as session:
        asker = Asker(request, get_commune(session, insee), version)
        keys = [
            device for device in list_keys(session, Role.DEVICE) if device.insee in (None, insee)
        ]
        if curb_zone_id is not None:
            keys = _of_zone(session, insee, str(curb_zone_id), keys)
        if any((curb_area_id, curb_space_id, curb_object_id)):
            keys = []
        found = device_status(session, insee, keys, context.clock())
    data: dict[str, Any] = {"status": [plain(device) for device in found.devices]}
    return asker.answer(data, found.updated_s * MS)


def _hour(context: Context, event_time: str | None) -> tuple[int, int]:
    """Return the half-open time asked for, epoch seconds, cut where events are not given yet."""
    now_s = context.now_s
    until_s = now_s + 1 if context.settings.live else now_s // SLOT_S * SLOT_S
    if event_time is None:
        return until_s - HOUR_S, until_s
    start_s = _hour_start_s(event_time)
    return start_s, max(start_s, min(start_s + HOUR_S, until_s))


def _hour_start_s(text: str) -> int:
    try:
        if not re.fullmatch(HOUR_TEXT, text, re.ASCII):
            raise ValueError(text)  # noqa: TRY301 - the two faults are one to the caller
        start_s = int(datetime.fromisoformat(f"{text}:00").replace(tzinfo=UTC).timestamp())
    except ValueError as error:
        raise InvalidPeriod(
            f"event_time is {text!r}: wanted an hour in UTC as YYYY-MM-DDTHH"
        ) from error
    if start_s < 0:
        raise InvalidPeriod(f"event_time is {text!r}: wanted an hour of 1970 or later")
    return start_s


def _of_zone(session: Session, insee: str, zone_id: str, keys: list[AccessKey]) -> list[AccessKey]:
    span = zone_span(session, insee, zone_id)
    devices = set() if span is None else devices_of_bay(session, span.bay_id)
    return [key for key in keys if key.device_id in devices]
