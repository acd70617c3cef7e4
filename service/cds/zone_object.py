"""Writes a bay as the CDS object of a curb zone, and its places as curb spaces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

from geo.bay_details import BayDetails, Placement
from geo.bay_places import Ring
from geo.words import Bay
from service.cds.where import CM
from service.cds.wire import CurbSpace, CurbZone, Polygon, PreviousPolicies, Reference
from service.cds.zones import Kerb, Span

ADDRESS = re.compile(
    r"(?P<number>\d+(?:\s?(?:bis|ter|quater)\b|\s?[A-Za-z]\b(?=\s))?(?:\s?(?:-|à|/)\s?\d+)?)[\s,]+(?P<street>\D.+)",
    re.IGNORECASE,
)
"""A house number with its suffix or range, then the street."""

WEB_ADDRESS = re.compile(r"https://[^\s/]+(?:/(?:[^%]|%[0-9a-f]{2})*)?", re.IGNORECASE)
"""CDS wants a full HTTPS address."""

URL_SAFE = "%/:?#@!$&'()*+,;=~-._"
"""Characters that stand for themselves in an address (RFC 3986, section 2.2) but brackets."""

SAID_ELSEWHERE = frozenset(
    {
        "address",
        "width_m",
        "arrangement",
        "is_active",
        "comment",
        "extra",
        "estimated",
    }
)
"""Details that have a field of their own, and the free text of the source, which is not ours to publish."""

DIVISION = {"division": "equal_parts"}
"""Says of a space that it is a share of its zone, not painted on the ground."""


def zone_object(kerb: Kerb, span: Span, at_ms: int, *, with_geometry: bool = True) -> CurbZone:
    """Return a curb zone as it was at an instant of its time."""
    bay = span.bay
    details = bay.details
    street, number = split_address(details.address)
    spaces = [place.space_id for place in places_of(span)]
    return CurbZone(
        curb_zone_id=UUID(span.zone_id),
        geometry=_polygon(bay.polygon_lonlat) if with_geometry else None,
        curb_policy_ids=[UUID(name) for name in kerb.policy_ids(bay, kerb.rules_at(bay, at_ms))],
        published_date=span.start_ms,
        last_updated_date=span.updated_ms,
        start_date=span.start_ms,
        end_date=span.end_ms,
        prev_policies=_previous(kerb, span, at_ms) or None,
        prev_curb_zone_ids=[UUID(name) for name in span.previous_ids] or None,
        name=bay.name or None,
        user_zone_id=bay.bay_id,
        street_name=street,
        address_number=number,
        length=_cm(bay.length_m),
        width=None if details.width_m is None else _cm(details.width_m),
        parking_angle=None if details.arrangement is None else details.arrangement.value,
        num_spaces=bay.capacity,
        median=None if details.placement is None else details.placement is Placement.MEDIAN,
        available=details.is_active,
        curb_space_ids=spaces or None,
        custom_attributes=_attributes(bay),
        external_references=_references(details) or None,
    )


@dataclass(frozen=True)
class Place:
    """A place of a zone, by its number from 1."""

    span: Span
    number: int

    @property
    def space_id(self) -> UUID:
        """Identifier of the place, the same as long as its zone is divided alike."""
        return uuid5(UUID(self.span.zone_id), f"space:{self.number}/{self.span.bay.capacity}")

    @property
    def ring(self) -> Ring:
        """Outline."""
        return self.span.places[self.number - 1]


def places_of(span: Span) -> list[Place]:
    """Return the places of a zone, in order along the bay."""
    return [Place(span, number + 1) for number in range(len(span.places))]


def space_object(place: Place) -> CurbSpace:
    """Return a place as a curb space."""
    span, bay = place.span, place.span.bay
    return CurbSpace(
        curb_space_id=place.space_id,
        geometry=_polygon(place.ring),
        name=f"{bay.name or bay.bay_id} {place.number}/{bay.capacity}",
        published_date=span.start_ms,
        last_updated_date=span.updated_ms,
        curb_zone_id=UUID(span.zone_id),
        space_number=place.number,
        length=_cm(bay.length_m / bay.capacity),
        width=None if bay.details.width_m is None else _cm(bay.details.width_m),
        custom_attributes=DIVISION,
    )


def split_address(address: str | None) -> tuple[str | None, str | None]:
    """Return street and house number of a French address; None what it does not say for certain."""
    if not address:
        return None, None
    found = ADDRESS.fullmatch(address.strip())
    if found:
        return found["street"].strip(), found["number"]
    has_number = any(character.isdigit() for character in address)
    return (None if has_number else address.strip()), None


def _polygon(ring: Ring) -> Polygon:
    return Polygon(coordinates=[list(ring)])


def _cm(metres: float) -> int:
    return max(1, round(metres * CM))


def _previous(kerb: Kerb, span: Span, at_ms: int) -> list[PreviousPolicies]:
    """Return the policies that the zone had before an instant, most recent first."""
    return [
        PreviousPolicies(
            curb_policy_ids=[UUID(name) for name in kerb.policy_ids(span.bay, past.rules)],
            start_date=max(span.start_ms, past.start_ms or span.start_ms),
            end_date=past.end_ms,
        )
        for past in reversed(kerb.regulations(span.bay))
        if past.end_ms is not None and span.start_ms < past.end_ms <= at_ms
    ]


def _attributes(bay: Bay) -> dict[str, str]:
    """Return what CDS has no field for, as text."""
    said: dict[str, Any] = {"insee": bay.commune, "bay_type": bay.bay_type.value}
    said |= bay.details.model_dump(mode="json", exclude=set(SAID_ELSEWHERE))
    said |= {"estimated": [guess.value for guess in bay.details.estimated]}
    return {name: _text(value) for name, value in said.items() if value not in (None, [])}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list) else str(value)


def _references(details: BayDetails) -> list[Reference]:
    """Return the order of a bay, where its address is one that CDS takes."""
    url = details.order_url
    if url is None or not WEB_ADDRESS.fullmatch(url):
        return []
    named = None if details.order_ref is None else [details.order_ref]
    return [
        Reference(
            reference_url=quote(url, safe=URL_SAFE),
            name="Arrêté",
            identifier_name=None if named is None else "order_ref",
            ids=named,
        )
    ]
