"""Reads the body of a request, counted while it comes in: what the request says of its own length is not trusted."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request

from geo.errors import AirelibError


async def read_counted(
    request: Request, most_bytes: int, refuse: Callable[[int], AirelibError]
) -> bytes:
    """Return the body of a request.

    Parameters
    ----------
    request
        Not read yet.
    most_bytes
        Length up to which it is taken; reading stops with the part that goes beyond.
    refuse
        Makes the error of a longer body from the bytes that had come in before that part.
    """
    body = bytearray()
    async for part in request.stream():
        if len(body) + len(part) > most_bytes:
            raise refuse(len(body))
        body += part
    return bytes(body)
