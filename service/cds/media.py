"""Media types of CDS: which are read, which are answered."""

from __future__ import annotations

import re

from service.errors import NotAcceptable, UnsupportedMediaType

VENDOR = "application/vnd.cds+json"
"""Media type of CDS without its version."""

ANSWERED = f"{VENDOR};version=1.1"
"""Media type of every answer on CDS routes."""

VERSIONS = frozenset({"1.0", "1.1"})
"""Versions understood; 1.0 events are a subset of those of 1.1."""

PLAIN = frozenset({"application/json", "application/*", "*/*"})
"""Types that ask for no version: browsers and the published OpenAPI use them."""


def check_accept(accept: str | None) -> None:
    """Refuse a request that admits nothing we answer.

    Raises
    ------
    NotAcceptable
        Only other types or other versions of CDS are accepted.
    """
    if accept and not any(_is_known(part) for part in accept.split(",")):
        raise NotAcceptable(f"Accept is {accept!r}: wanted application/json or {ANSWERED}")


def check_content_type(content_type: str | None) -> None:
    """Refuse a body of a type that is not read.

    Raises
    ------
    UnsupportedMediaType
        The type is neither JSON nor a known version of CDS.
    """
    if content_type and not _is_known(content_type):
        raise UnsupportedMediaType(
            f"Content-Type is {content_type!r}: wanted application/json or {ANSWERED}"
        )


def _is_known(text: str) -> bool:
    name = text.split(";", maxsplit=1)[0].strip().lower()
    if name != VENDOR:
        return name in PLAIN
    version = re.search(r"version\s*=\s*\"?([\d.]+)", text)
    return version is None or version[1] in VERSIONS
