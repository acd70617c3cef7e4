"""What the published OpenAPI says of the answers of CDS routes."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from geo.events import MAX_BATCH_EVENTS, BatchAnswer
from service.cds.media import ANSWERED
from service.cds.wire import CdsError

ERROR_REF = {"$ref": "#/components/schemas/CdsError"}

EVENT_REF = {"$ref": "#/components/schemas/CurbEvent"}

MEANINGS = {
    304: "The client has this already.",
    400: "A parameter or the body cannot be used.",
    401: "The key is missing, unknown, expired or revoked.",
    403: "The key is for another commune or purpose.",
    404: "No such commune or object.",
    406: "Only other types or versions are accepted.",
    409: "The device's clock is off.",
    413: "The batch is too large.",
    415: "The body is of a type that is not read.",
    501: "A part of CDS that is not served.",
    503: "The database is busy; try again.",
}

PUBLIC = (304, 400, 404, 406, 503)

KEYED = (*PUBLIC, 401, 403)

Responses = dict[int | str, dict[str, Any]]


class CdsResponse(JSONResponse):
    """JSON in the media type of CDS."""

    media_type = ANSWERED


def responses(model: type[BaseModel], *statuses: int) -> Responses:
    """Return the answers of a route: its own, and the errors it may give."""
    return {200: {"model": model, "description": "Found."}, **errors(*statuses)}


def errors(*statuses: int) -> Responses:
    """Return error answers, each with the CDS error object."""
    said: Responses = {
        status: {"description": MEANINGS[status], **({} if status == 304 else _error())}  # noqa: PLR2004 - not modified
        for status in statuses
    }
    return {**said, "default": {"description": "Another error.", **_error()}}


def _error() -> dict[str, Any]:
    return {"model": CdsError}


def csv_responses() -> Responses:
    """Return the answers of a route that gives a table."""
    content = {"content": {ANSWERED: {"schema": ERROR_REF}}}
    said: Responses = {
        status: {"description": MEANINGS[status], **content}
        for status in (*KEYED, 501)
        if status != 304  # noqa: PLR2004 - not modified
    }
    return {**said, "default": {"description": "Another error.", **content}}


def pushed() -> tuple[Responses, dict[str, Any]]:
    """Return the answers and the body of a push."""
    found = responses(BatchAnswer, 400, 401, 403, 404, 406, 409, 413, 415, 503)
    array = {"type": "array", "items": EVENT_REF, "maxItems": MAX_BATCH_EVENTS}
    content = {"schema": {"oneOf": [array, EVENT_REF]}}
    body = {"required": True, "content": {"application/json": content, ANSWERED: content}}
    return found, {"requestBody": body}
