"""Reads the file of an inventory from the body of a request: counted while it comes in, its name beside."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from geo.errors import BatchTooLarge
from geo.inventory.formats import FORMATS
from geo.inventory.options import AUTO
from geo.words import INSEE_PATTERN
from service.context import Ctx, OfficerKey
from service.counted_body import read_counted
from service.errors import UnsupportedMediaType

MIB = 2**20


class FileTooLarge(BatchTooLarge):
    """The file of an inventory is over the limit of the settings."""

    code = "file_too_large"


NAME = r"^[^\x00-\x1f\x7f/\\]{1,255}$"
"""Form of a file's name: that of every file system, without a path."""


@dataclass(frozen=True)
class FileWanted:
    """What a request says of the file in its body."""

    name: Annotated[
        str, Query(pattern=NAME, description="Name of the file; its ending tells the form.")
    ] = "inventory"
    file_format: Annotated[
        str,
        Query(
            alias="format",
            pattern=f"^({'|'.join(FORMATS)})$",
            description=f"Form of the file: {', '.join(FORMATS)}; auto tells by its content.",
        ),
    ] = AUTO
    commune: Annotated[
        str | None,
        Query(
            pattern=INSEE_PATTERN,
            description="INSEE code of the bays that name none and lie in no outline.",
        ),
    ] = None
    crs: Annotated[
        str | None,
        Query(
            pattern=r"^[A-Za-z0-9:._/-]{1,64}$",
            description="Reference system, where the file does not say.",
        ),
    ] = None


Wanted = Annotated[FileWanted, Depends()]
"""What a request says of its file."""

FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file as it is.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""How the body stands in the description of the interface."""


async def read_file(request: Request, context: Ctx, key: OfficerKey) -> bytes:
    """Return the file that an officer sends; what the request says of its own length is not trusted.

    Raises
    ------
    UnsupportedMediaType
        The body is a form: wanted the bytes of the file and nothing around them.
    FileTooLarge
        More than the limit came in; reading stops there.
    """
    kind = request.headers.get("content-type", "")
    if kind.lower().startswith("multipart/"):
        raise UnsupportedMediaType(
            f"the body is {kind.partition(';')[0]}: wanted the bytes of the file as they are"
        )
    most_mib = context.settings.max_inventory_mib
    return await read_counted(
        request,
        most_mib * MIB,
        lambda _: FileTooLarge(
            f"the file has more than {most_mib * MIB} bytes: wanted at most {most_mib} MiB ({key.name})"
        ),
    )


FileBody = Annotated[bytes, Depends(read_file)]
"""The file that an officer sends."""


def file_hash(data: bytes) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(data).hexdigest()
