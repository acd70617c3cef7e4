"""Routes by which an officer takes times out of the figures and puts them back."""

from __future__ import annotations

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Path, Request, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from geo.errors import InvalidInput
from service.api.answers import answer, encode
from service.api.parameters import in_usual_years
from service.context import Ctx, OfficerKey
from service.ingest.exclude import exclude, put_back
from service.moments import utc_text
from service.store.database import reading, writing
from service.store.exclusions import Exclusion, NewExclusion, list_exclusions
from service.store.keys import note_use

EXCLUSION_ADDED = "exclusion_added"
"""An officer took a time out of the figures."""

EXCLUSION_UNDONE = "exclusion_undone"
"""An officer put a time back into the figures."""

MAX_REASON = 200
"""Characters of a reason: a sentence."""

router = APIRouter(prefix="/api/v1/exclusions", tags=["exclusions"])
log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def printable(text: str) -> str:
    """Return one line of text without the space around it."""
    if not text.isprintable() or not text.strip():
        raise ValueError("wanted one line of text")
    return text.strip()


ExclusionId = Annotated[int, Path(ge=1, le=2**31 - 1, description="As the list gives it.")]


class ExclusionWanted(BaseModel):
    """A half-open period of one bay or of one device's bays."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, populate_by_name=True)

    bay_id: str | None = None
    """Bay whose time is taken out; or name a device."""
    device_id: str | None = None
    """Device all of whose bays are meant; or name a bay."""
    from_at: Annotated[AwareDatetime, Field(alias="from"), AfterValidator(in_usual_years)]
    """Start, included."""
    to_at: Annotated[AwareDatetime, Field(alias="to"), AfterValidator(in_usual_years)]
    """End, excluded."""
    reason: Annotated[str, Field(min_length=1, max_length=MAX_REASON), AfterValidator(printable)]
    """Why, for the record: works, market, event."""


@router.post("", status_code=201)
def post_exclusion(wanted: ExclusionWanted, context: Ctx, key: OfficerKey) -> Response:
    """Take a period of a bay or device out of the figures."""
    new = NewExclusion(
        wanted.bay_id,
        wanted.device_id,
        int(wanted.from_at.timestamp()),
        int(wanted.to_at.timestamp()),
        wanted.reason,
    )
    for name in (wanted.bay_id, wanted.device_id):
        if name is not None and not name.isprintable():
            raise InvalidInput(f"{name!r} is no identifier: wanted printable characters")
    with writing(context.engine) as session:
        note_use(session, key, context.clock())
        made = exclude(session, key, new, context.clock())
    log.info(EXCLUSION_ADDED, exclusion=made.id, by=key.key_id)
    return Response(encode(_shown(made)), 201, media_type="application/json")


@router.get("")
def get_exclusions(request: Request, context: Ctx, _key: OfficerKey) -> Response:
    """Return all excluded periods, newest first, those undone too."""
    with reading(context.engine) as session:
        items = [_shown(item) for item in list_exclusions(session)]
    return answer(request, {"items": items})


@router.delete("/{exclusion_id}")
def delete_exclusion(exclusion_id: ExclusionId, context: Ctx, key: OfficerKey) -> Response:
    """Put an excluded period back; it stays on record."""
    with writing(context.engine) as session:
        note_use(session, key, context.clock())
        undone = put_back(session, key, exclusion_id, context.clock())
    log.info(EXCLUSION_UNDONE, exclusion=undone.id, by=key.key_id)
    return Response(encode(_shown(undone)), media_type="application/json")


def _shown(item: Exclusion) -> dict[str, Any]:
    return {
        "id": item.id,
        "bay_id": item.bay_id,
        "device_id": item.device_id,
        "from": utc_text(item.from_s),
        "to": utc_text(item.to_s),
        "reason": item.reason,
        "created_by": item.created_by,
        "created_at": item.created_at.isoformat(timespec="seconds"),
        "undone_by": item.undone_by,
        "undone_at": item.undone_at.isoformat(timespec="seconds") if item.undone_at else None,
    }
