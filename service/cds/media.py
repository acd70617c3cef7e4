"""Media types of CDS: which are read, which are answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from service.errors import CDS_JSON, NotAcceptable, UnsupportedMediaType

VENDOR = "application/vnd.cds+json"
"""Media type of CDS without its version."""

VENDOR_CSV = "application/vnd.cds+csv"
"""Media type of CDS tables without its version."""

ANSWERED = CDS_JSON
"""Media type of answers on CDS routes, unless 1.0 is asked for."""

NEWEST, OLDER = "1.1", "1.0"

VERSIONS = frozenset({OLDER, NEWEST})
"""Versions understood; 1.0 events are a subset of those of 1.1."""

PLAIN = frozenset({"application/json", "application/*", "*/*"})
"""Types that ask for no version: browsers and the published OpenAPI use them."""

PLAIN_CSV = frozenset({"text/csv", "text/*", "application/*", "*/*"})
"""Types that ask for a table of no version."""


@dataclass(frozen=True)
class _Asked:
    """One type of an ``Accept`` header."""

    name: str
    version: str | None
    weight: float


def version_of(request: Request) -> str:
    """Return the version of CDS that a request asks for, the newest unless another is preferred.

    Raises
    ------
    NotAcceptable
        Only other types or other versions of CDS are accepted.
    """
    return _version(request.headers.get("accept"), VENDOR, PLAIN)


def csv_version_of(request: Request) -> str:
    """Return the version of a CDS table that a request asks for.

    Raises
    ------
    NotAcceptable
        Only other types or other versions of CDS are accepted.
    """
    return _version(request.headers.get("accept"), VENDOR_CSV, PLAIN_CSV)


Version = Annotated[str, Depends(version_of)]
"""The version of CDS to answer in."""

CsvVersion = Annotated[str, Depends(csv_version_of)]
"""The version of CDS to answer a table in."""


def media_type(version: str, vendor: str = VENDOR) -> str:
    """Return the media type of an answer in a version."""
    return f"{vendor};version={version}"


def check_content_type(content_type: str | None) -> None:
    """Refuse a body of a type that is not read.

    Raises
    ------
    UnsupportedMediaType
        The type is neither JSON nor a known version of CDS.
    """
    if not content_type:
        return
    asked = _asked(content_type)
    is_vendor = asked.name == VENDOR and asked.version in (None, *VERSIONS)
    if not is_vendor and asked.name not in PLAIN:
        raise UnsupportedMediaType(
            f"Content-Type is {content_type!r}: wanted application/json or {ANSWERED}"
        )


def _version(accept: str | None, vendor: str, plain: frozenset[str]) -> str:
    if not accept:
        return NEWEST
    found = [
        (asked.weight, asked.version or NEWEST)
        for asked in map(_asked, accept.split(","))
        if asked.weight > 0
        and (asked.name in plain or (asked.name == vendor and asked.version in (None, *VERSIONS)))
    ]
    if not found:
        raise NotAcceptable(
            f"Accept is {accept!r}: wanted {media_type(NEWEST, vendor)}, its version {OLDER}, or a plain type"
        )
    return max(found)[1]


def _asked(text: str) -> _Asked:
    name = text.split(";", maxsplit=1)[0].strip().lower()
    version = re.search(r";\s*version\s*=\s*\"?([\w.]+)", text, re.ASCII)
    weight = re.search(r";\s*q\s*=\s*([01](?:\.\d+)?)", text, re.ASCII)
    is_vendor = name in {VENDOR, VENDOR_CSV}
    return _Asked(
        name,
        version[1] if version and is_vendor else None,
        float(weight[1]) if weight else 1.0,
    )
