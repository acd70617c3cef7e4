"""Reads the body of a push: counted while it comes in, then taken for JSON."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import Depends, Request

from geo.errors import BatchTooLarge, InvalidInput
from geo.events import MAX_BATCH_BYTES
from service.cds.media import Version, check_content_type
from service.cds.place import InseePath, check_insee
from service.context import AnyKey
from service.counted_body import read_counted
from service.security import AccessKey, Role, check_commune, check_role


def pusher(insee: InseePath, key: AnyKey) -> AccessKey:
    """Return the caller's key if it is a device's and good for the commune of the path."""
    return check_commune(check_role(key, Role.DEVICE), check_insee(insee))


Pusher = Annotated[AccessKey, Depends(pusher)]
"""The key of a device of the commune in the path."""


async def read_body(request: Request, key: Pusher, _version: Version) -> bytes:
    """Return the body of a request by a known device; what it says of its own length is not trusted.

    Raises
    ------
    BatchTooLarge
        More than ``MAX_BATCH_BYTES`` came in; reading stops there.
    """
    check_content_type(request.headers.get("content-type"))
    return await read_counted(
        request,
        MAX_BATCH_BYTES,
        lambda taken: BatchTooLarge(
            f"the batch is larger than {taken} bytes and goes on: wanted at most "
            f"{MAX_BATCH_BYTES} bytes ({key.name})"
        ),
    )


Body = Annotated[bytes, Depends(read_body)]
"""The body of a push."""


def batch_items(body: bytes) -> list[Any]:
    """Return the items of a batch: an array, or one event by itself.

    Raises
    ------
    InvalidInput
        The body is no JSON, or neither array nor object.
    """
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"the body is no JSON: {error}") from error
    if isinstance(parsed, dict):
        return [parsed]
    if not isinstance(parsed, list):
        raise InvalidInput(
            f"the body is a JSON {type(parsed).__name__}: wanted an array of events or one event"
        )
    return parsed
