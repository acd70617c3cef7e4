"""Links between the documents of the interface: where each lies, and the pages before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from service.api.answers import GEOJSON
from service.ogc.query import Asked

JSON = "application/json"

OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
"""Media type of an OpenAPI 3.0 document (OGC API - Features 1.0.1, section 9.1)."""

SCHEMA = "application/schema+json"

PATH = "/ogc"
"""Where the interface begins."""

Link = dict[str, str]


@dataclass(frozen=True)
class Addresses:
    """Where documents lie for the one who asks."""

    root: str
    """Address of the landing page, without a slash at its end."""

    @property
    def api(self) -> str:
        """The OpenAPI document."""
        return f"{self.root}/api"

    @property
    def conformance(self) -> str:
        """The declaration of conformance."""
        return f"{self.root}/conformance"

    @property
    def collections(self) -> str:
        """The list of collections."""
        return f"{self.root}/collections"

    def collection(self, collection_id: str) -> str:
        """Return the address of a collection."""
        return f"{self.collections}/{collection_id}"

    def schema(self, collection_id: str) -> str:
        """Return the address of what the features of a collection look like."""
        return f"{self.collection(collection_id)}/schema"

    def items(self, collection_id: str, pairs: Sequence[tuple[str, str]] = ()) -> str:
        """Return the address of the features of a collection that a query asks for."""
        path = f"{self.collection(collection_id)}/items"
        return f"{path}?{urlencode(pairs, safe=',:/')}" if pairs else path

    def item(self, collection_id: str, feature_id: str) -> str:
        """Return the address of one feature."""
        return f"{self.items(collection_id)}/{quote(feature_id, safe='')}"


def link(rel: str, href: str, media_type: str, title: str) -> Link:
    """Return a link (RFC 8288) to a document in French."""
    return {"rel": rel, "href": href, "type": media_type, "title": title, "hreflang": "fr"}


def page_links(
    at: Addresses, collection_id: str, asked: Asked, count: tuple[int, int], shown: str | None
) -> list[Link]:
    """Return the links of a page: itself, the next, the one before, the collection.

    Parameters
    ----------
    count
        How many features match, and how many are on the page.
    shown
        The datetime that was meant where the query names none: the other pages ask for it, so that all show one time.
    """
    matched, returned = count
    others = [pair for pair in asked.pairs if pair[0] not in {"limit", "offset"}]
    others += [("datetime", shown)] if shown else []

    def page(limit: int, offset: int) -> str:
        place = [("limit", str(limit)), ("offset", str(offset))]
        return at.items(collection_id, [*others, *place])

    links = [link("self", at.items(collection_id, asked.pairs), GEOJSON, "Cette page")]
    end = asked.offset + returned
    if returned and end < matched:
        links.append(link("next", page(asked.limit, end), GEOJSON, "Page suivante"))
    if asked.offset:
        before = max(asked.offset - asked.limit, 0)
        limit = min(asked.limit, asked.offset)
        links.append(link("prev", page(limit, before), GEOJSON, "Page précédente"))
    links.append(link("collection", at.collection(collection_id), JSON, "La collection"))
    return links
