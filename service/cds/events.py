"""Routes of the CDS Events API: devices push, the commune reads their status."""

from __future__ import annotations

from collections import Counter
from typing import Any

import structlog
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from geo.events import BatchAnswer
from service.cds.body import Body, Pusher, batch_items
from service.cds.media import ANSWERED
from service.context import AnyKey, Ctx
from service.ingest.batch import take_batch
from service.ingest.items import Limits
from service.security import AccessKey, Role, check_commune
from service.store.bays import get_commune
from service.store.database import reading, writing
from service.store.keys import list_keys, note_use

BATCH_TAKEN = "batch_taken"
"""A pushed batch was taken; counts of its items follow."""

CDS_VERSION = "1.1.0"

router = APIRouter(prefix="/cds/{insee}/events", tags=["cds"])
log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@router.post("/event")
@router.post("/events")
def post_events(insee: str, context: Ctx, key: Pusher, body: Body) -> Response:
    """Take a batch of CDS 1.1 events from a device of the commune."""
    items = batch_items(body)
    limits = Limits(context.settings.max_clock_offset_s, context.settings.raw_event_days)
    with writing(context.engine) as session:
        get_commune(session, insee)
        note_use(session, key, context.clock())
        answer = take_batch(session, key, items, context.now_s, limits)
    _log(insee, key, answer)
    return Response(answer.model_dump_json(exclude_none=True), media_type=ANSWERED)


@router.get("/events")
def get_events() -> Response:
    """Refuse: events are kept for their figures only."""
    content = {
        "error": "not_implemented",
        "error_description": "events are not read back: read figures under /api/v1/occupancy",
        "error_details": [],
    }
    return JSONResponse(content, 501, media_type=ANSWERED)


@router.get("/status")
def get_status(insee: str, context: Ctx, key: AnyKey) -> Response:
    """Return the status of the commune's devices (CDS 1.1 Events API)."""
    check_commune(key, insee)
    with reading(context.engine) as session:
        commune = get_commune(session, insee)
        devices = [
            _status(device)
            for device in list_keys(session, Role.DEVICE)
            if device.insee in (None, insee)
        ]
    content = {
        "version": CDS_VERSION,
        "time_zone": commune.time_zone,
        "last_updated": context.now_s * 1000,
        "currency": "EUR",
        "data": {"status": devices},
        "links": {"next": None},
    }
    return JSONResponse(content, media_type=ANSWERED)


def _status(device: AccessKey) -> dict[str, Any]:
    return {
        "data_source_device_id": device.device_id,
        "data_source_type": "camera",
        "sensor_status_is_commissioned": device.revoked_at is None,
    }


def _log(insee: str, key: AccessKey, answer: BatchAnswer) -> None:
    """Log counts only: what was refused is named by its code, never by its value."""
    refused = Counter(item.error for item in answer.failures)
    log.info(
        BATCH_TAKEN,
        commune=insee,
        device_id=key.device_id,
        total=answer.total,
        success=answer.success,
        refused=dict(refused),
    )
