"""The collections that are served, and what each document says of them."""

from __future__ import annotations

from typing import Any

from geo.errors import BadKey
from service.api.answers import GEOJSON
from service.moments import utc_text
from service.ogc.aires import AIRES
from service.ogc.bay_hours import OCCUPATION_HORAIRE
from service.ogc.collection import Collection, Reader
from service.ogc.commune_hours import OCCUPATION_COMMUNE
from service.ogc.communes import COMMUNES
from service.ogc.failures import UnknownCollection
from service.ogc.links import JSON, SCHEMA, Addresses, link
from service.ogc.propositions import PROPOSITIONS
from service.ogc.space_time import Interval
from service.security import KEY_MARK, Role, check_role

COLLECTIONS = {
    one.id: one for one in (AIRES, OCCUPATION_HORAIRE, OCCUPATION_COMMUNE, COMMUNES, PROPOSITIONS)
}
"""All collections by identifier, in the order in which they are listed."""

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""WGS 84, longitude then latitude."""

GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"

CONFORMS_TO = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "geojson", "oas30")
)
"""Conformance classes of OGC API - Features, Part 1, 1.0.1 that are kept."""


def listed(reader: Reader) -> list[Collection]:
    """Return the collections that the one who asks may read."""
    is_officer = reader.key is not None and reader.key.role is Role.OFFICER
    return [one for one in COLLECTIONS.values() if is_officer or not one.needs_key]


def get_collection(collection_id: str, reader: Reader) -> Collection:
    """Return a collection that the one who asks may read.

    Raises
    ------
    UnknownCollection
        There is none of this name.
    BadKey, OutOfScope
        It is for officers, and no key or that of a device was given.
    """
    found = COLLECTIONS.get(collection_id)
    if found is None:
        known = ", ".join(one.id for one in listed(reader))
        raise UnknownCollection(f"no collection is called {collection_id!r}: wanted one of {known}")
    if found.needs_key:
        if reader.key is None:
            raise BadKey(
                f"the collection {collection_id} is for officers and no key was given: wanted "
                f"'Authorization: Bearer {KEY_MARK}_<id>_<secret>'"
            )
        check_role(reader.key, Role.OFFICER)
    return found


def described(one: Collection, reader: Reader, at: Addresses) -> dict[str, Any]:
    """Return what is said of a collection, in the list and by itself."""
    extent = _extent(one, reader)
    return {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        **({"extent": extent} if extent else {}),
        "itemType": "feature",
        "crs": [CRS84],
        "links": [
            link("self", at.collection(one.id), JSON, one.title),
            link("items", at.items(one.id), GEOJSON, f"{one.title} (GeoJSON)"),
            link("describedBy", at.schema(one.id), SCHEMA, f"{one.title} : attributs"),
        ],
    }


def datetime_text(interval: Interval) -> str:
    """Return an interval as the parameter datetime writes it."""
    return "/".join(_end(at_s) or ".." for at_s in (interval.from_s, interval.to_s))


def _extent(one: Collection, reader: Reader) -> dict[str, Any]:
    extent: dict[str, Any] = {}
    box, time = one.source.box(reader), one.source.time(reader)
    if box is not None:
        extent["spatial"] = {"bbox": [list(box)], "crs": CRS84}
    if time is not None:
        extent["temporal"] = {"interval": [[_end(time.from_s), _end(time.to_s)]], "trs": GREGORIAN}
    return extent


def _end(at_s: float | None) -> str | None:
    return None if at_s is None else utc_text(int(at_s))
