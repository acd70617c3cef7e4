"""Answers of CDS: the envelope, pages with their links, and what a client may keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query, Request, Response

from geo.words import Commune
from service.api.answers import answer
from service.cds.media import NEWEST, media_type

FULL_VERSIONS = {"1.0": "1.0.1", NEWEST: "1.1.0"}
"""What the envelope calls a version of the media type."""

CURRENCY = "EUR"

MS = 1000
"""Milliseconds in a second: CDS instants are in milliseconds."""

VARY = "Accept, Accept-Encoding, Authorization"

PAGE_SIZE = 1000
"""Objects in one answer; only the largest cities have more bays."""

LAST_PAGE = 1_000_000
"""Largest number of a page that can be asked for."""

PageNumber = Annotated[
    int, Query(alias="page", ge=1, le=LAST_PAGE, description="Page, as the links give it.")
]

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of the objects that were found."""

    items: Sequence[T]
    number: int
    pages: int
    """How many pages there are, at least one."""


def page_of(found: Sequence[T], number: int) -> Page[T]:
    """Return one page of what was found; one beyond the last is empty."""
    first = (number - 1) * PAGE_SIZE
    return Page(found[first : first + PAGE_SIZE], number, pages_of(len(found)))


def pages_of(total: int) -> int:
    """Return how many pages a number of objects takes."""
    return max(1, -(-total // PAGE_SIZE))


def links_of(request: Request, number: int, pages: int) -> dict[str, str | None]:
    """Return the links between pages (JSON:API, as CDS asks); those that lead nowhere are null."""

    def url(page: int) -> str | None:
        is_there = 1 <= page <= pages
        return str(request.url.include_query_params(page=page)) if is_there else None

    return {
        "first": url(1),
        "last": url(pages),
        "prev": url(min(number - 1, pages)),
        "next": url(number + 1),
    }


@dataclass(frozen=True)
class Asker:
    """Who asks, of which commune, in which version."""

    request: Request
    commune: Commune
    version: str

    def answer(
        self, data: Mapping[str, Any], updated_ms: int, number: int = 1, pages: int = 1
    ) -> Response:
        """Answer with data in the envelope, or 304 where the client has the same already."""
        content = {
            "version": FULL_VERSIONS[self.version],
            "time_zone": self.commune.time_zone,
            "last_updated": updated_ms,
            "currency": CURRENCY,
            "author": self.commune.name,
            "data": data,
            "links": links_of(self.request, number, pages),
        }
        response = answer(self.request, content, media_type(self.version))
        response.headers["Vary"] = VARY
        return response
