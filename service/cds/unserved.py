"""Parts of CDS that are not served, each with the reason, and the list of those that are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.cds.answers import Asker
from service.cds.curbs import Asking, KnownKerb
from service.cds.documented import PUBLIC, CdsResponse, errors, responses
from service.cds.wire import BaseAnswer, Endpoint, plain
from service.errors import NotServed

SERVED = (
    "curbs/zones",
    "curbs/policies",
    "curbs/spaces",
    "events/event",
    "events/events",
    "events/status",
    "metrics/aggregates",
)
"""Endpoints under a base."""

AREAS = "curb areas are not served: the commune is the base, and nothing smaller is kept"
OBJECTS = "curb objects are not served: signs and paint are attributes of their zone, and no camera is published"
SESSIONS = "sessions are not served: single stays are kept for figures and are not given out"

NOT_SERVED = errors(404, 406, 501)

router = APIRouter(prefix="/cds/{insee}", tags=["cds"], default_response_class=CdsResponse)

ObjectId = Annotated[str, Path(description="UUID of the object.")]


@router.get("", responses=responses(BaseAnswer, *PUBLIC))
def get_base(asker: Asking, kerb: KnownKerb) -> Response:
    """Return what is served under the base of a commune."""
    base = f"{str(asker.request.base_url).rstrip('/')}/cds/{asker.commune.insee}"
    found = [plain(Endpoint(name=name, url=f"{base}/{name}")) for name in SERVED]
    return asker.answer({"endpoints": found}, kerb.updated_ms)


@router.get("/curbs/areas", responses=NOT_SERVED, status_code=501)
def get_areas(asker: Asking) -> Response:
    """Refuse: nothing smaller than the commune is kept."""
    raise _not_served(asker, AREAS)


@router.get("/curbs/areas/{area_id}", responses=NOT_SERVED, status_code=501)
def get_area(asker: Asking, area_id: ObjectId) -> Response:
    """Refuse: nothing smaller than the commune is kept."""
    raise _not_served(asker, f"{AREAS}, not even {area_id!r}")


@router.get("/curbs/objects", responses=NOT_SERVED, status_code=501)
def get_objects(asker: Asking) -> Response:
    """Refuse: signs and paint are attributes of their zone."""
    raise _not_served(asker, OBJECTS)


@router.get("/curbs/objects/{object_id}", responses=NOT_SERVED, status_code=501)
def get_object(asker: Asking, object_id: ObjectId) -> Response:
    """Refuse: signs and paint are attributes of their zone."""
    raise _not_served(asker, f"{OBJECTS}, not even {object_id!r}")


@router.get("/metrics/sessions", responses=NOT_SERVED, status_code=501)
def get_sessions(asker: Asking) -> Response:
    """Refuse: single stays are not given out."""
    raise _not_served(asker, SESSIONS)


def _not_served(asker: Asker, why: str) -> NotServed:
    return NotServed(f"{asker.commune.name}: {why}")
