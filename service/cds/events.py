"""Routes of the CDS Events API on which devices push."""

from __future__ import annotations

from collections import Counter

import structlog
from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from geo.events import BatchAnswer
from service.cds.body import Body, Pusher, batch_items
from service.cds.documented import CdsResponse, pushed
from service.cds.media import Version, media_type
from service.cds.place import InseePath
from service.context import Ctx
from service.ingest.batch import take_batch
from service.ingest.items import Limits
from service.security import AccessKey
from service.store.bays import get_commune
from service.store.database import writing
from service.store.keys import note_use

BATCH_TAKEN = "batch_taken"
"""A pushed batch was taken; counts of its items follow."""

RESPONSES, BODY = pushed()

router = APIRouter(prefix="/cds/{insee}/events", tags=["cds"], default_response_class=CdsResponse)
log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@router.post("/event", responses=RESPONSES, openapi_extra=BODY)
@router.post("/events", responses=RESPONSES, openapi_extra=BODY)
def post_events(
    insee: InseePath, context: Ctx, key: Pusher, version: Version, body: Body
) -> Response:
    """Take a batch of CDS 1.1 events from a device of the commune."""
    items = batch_items(body)
    limits = Limits(context.settings.max_clock_offset_s, context.settings.raw_event_days)
    with writing(context.engine) as session:
        get_commune(session, insee)
        note_use(session, key, context.clock())
        answer = take_batch(session, key, items, context.now_s, limits)
    _log(insee, key, answer)
    return Response(answer.model_dump_json(exclude_none=True), media_type=media_type(version))


@router.get("/event", include_in_schema=False)
def get_event() -> Response:
    """Refuse: events are read back under the plural name."""
    raise HTTPException(405, "wanted POST, or GET on /events/events", {"Allow": "POST"})


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
