"""Routes of the CDS Curbs API: the bays of a commune as curb zones, their spaces and their policies."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from geo.errors import InvalidInput, NotFound
from service.cds.answers import MS, Asker, PageNumber, page_of
from service.cds.documented import PUBLIC, CdsResponse, responses
from service.cds.media import Version
from service.cds.older import in_version
from service.cds.place import KnownCommune
from service.cds.where import Where
from service.cds.wire import (
    PoliciesAnswer,
    PolicyAnswer,
    SpaceAnswer,
    SpacesAnswer,
    ZoneAnswer,
    ZonesAnswer,
    plain,
)
from service.cds.zone_object import places_of, space_object, zone_object
from service.cds.zones import Kerb
from service.context import Context, Ctx
from service.store.database import reading

MAX_IDS = 200
"""Policies that one request may name."""

LAST_MS = 4_102_444_800_000
"""Latest instant that a request may name: the year 2100."""

router = APIRouter(prefix="/cds/{insee}/curbs", tags=["cds"], default_response_class=CdsResponse)


class UnknownPlace(NotFound):
    """No curb zone, space or policy of the commune has this identifier at this time."""

    code = "unknown_curb_place"


Id = Annotated[str, Path(description="UUID of the object.")]

Instant = Annotated[
    int | None,
    Query(
        alias="time", ge=0, le=LAST_MS, description="Milliseconds since 1970, UTC; now if left out."
    ),
]

Area = Annotated[
    UUID | None,
    Query(alias="area", description="No zone lies in a curb area: nothing is found."),
]


def kerb_of(commune: KnownCommune, context: Ctx) -> Kerb:
    """Return the bays of the commune of a path, with their history."""
    with reading(context.engine) as session:
        return context.kerbs.get(session, commune)


def asker_of(request: Request, commune: KnownCommune, version: Version) -> Asker:
    """Return who asks."""
    return Asker(request, commune, version)


KnownKerb = Annotated[Kerb, Depends(kerb_of)]
"""The bays of the commune."""

Asking = Annotated[Asker, Depends(asker_of)]
"""Who asks."""


@router.get("/zones", responses=responses(ZonesAnswer, *PUBLIC))
def get_zones(  # noqa: PLR0913 - each parameter is one of the query
    asker: Asking,
    kerb: KnownKerb,
    context: Ctx,
    where: Where,
    *,
    include_geometry: Annotated[
        bool, Query(description="Whether zones carry their polygon.")
    ] = True,
    time: Instant = None,
    area: Area = None,
    page: PageNumber = 1,
) -> Response:
    """Return the bays of the commune, as they are or as they were at a time."""
    at_ms = _at_ms(context, time)
    spans = [] if area else [span for span in kerb.spans if span.holds(at_ms)]
    found = page_of(where.choose(spans, lambda span: span.bay.polygon_lonlat), page)
    zones = [
        plain(zone_object(kerb, span, at_ms, with_geometry=include_geometry))
        for span in found.items
    ]
    return asker.answer({"zones": zones}, kerb.updated_ms, found.number, found.pages)


@router.get("/zones/{zone_id}", responses=responses(ZoneAnswer, *PUBLIC))
def get_zone(
    asker: Asking,
    kerb: KnownKerb,
    context: Ctx,
    zone_id: Id,
    *,
    time: Instant = None,
    show_historic: Annotated[
        bool, Query(description="Whether a polygon that a bay has no more is found.")
    ] = False,
) -> Response:
    """Return a bay, as it is or as it was at a time."""
    at_ms = _at_ms(context, time)
    span = next((one for one in kerb.spans if one.zone_id == zone_id.lower()), None)
    if span is None:
        raise UnknownPlace(f"the commune has no curb zone {zone_id!r}")
    if not span.holds(at_ms):
        if time is not None or not show_historic or span.end_ms is None:
            raise UnknownPlace(
                f"curb zone {zone_id} was not in force at that time: wanted one within its validity, "
                "or show_historic=true"
            )
        at_ms = span.end_ms - 1
    return asker.answer(plain(zone_object(kerb, span, at_ms)), span.updated_ms)


@router.get("/policies", responses=responses(PoliciesAnswer, *PUBLIC))
def get_policies(
    asker: Asking,
    kerb: KnownKerb,
    ids: Annotated[
        str | None, Query(description="UUIDs with commas between them; all policies if left out.")
    ] = None,
    page: PageNumber = 1,
) -> Response:
    """Return the policies of the commune's bays, those of earlier rules too."""
    wanted = None if ids is None else _ids(ids)
    chosen = [policy for name, policy in kerb.policies.items() if wanted is None or name in wanted]
    found = page_of(chosen, page)
    policies = [in_version(policy, asker.version) for policy in found.items]
    return asker.answer({"policies": policies}, kerb.updated_ms, found.number, found.pages)


@router.get("/policies/{policy_id}", responses=responses(PolicyAnswer, *PUBLIC))
def get_policy(asker: Asking, kerb: KnownKerb, policy_id: Id) -> Response:
    """Return a policy."""
    policy = kerb.policies.get(policy_id.lower())
    if policy is None:
        raise UnknownPlace(f"the commune has no curb policy {policy_id!r}")
    return asker.answer(in_version(policy, asker.version), kerb.updated_ms)


@router.get("/spaces", responses=responses(SpacesAnswer, *PUBLIC))
def get_spaces(  # noqa: PLR0913, PLR0917 - each parameter is one of the query
    asker: Asking,
    kerb: KnownKerb,
    context: Ctx,
    where: Where,
    zone: Annotated[UUID | None, Query(description="Spaces of one zone.")] = None,
    time: Instant = None,
    page: PageNumber = 1,
) -> Response:
    """Return the places of the bays whose drawing can be divided, of those in force at a time."""
    at_ms = _at_ms(context, time)
    places = [
        place
        for span in kerb.spans
        if span.holds(at_ms) and zone in {None, UUID(span.zone_id)}
        for place in places_of(span)
    ]
    found = page_of(where.choose(places, lambda place: place.ring), page)
    data = {"spaces": [plain(space_object(place)) for place in found.items]}
    return asker.answer(data, kerb.updated_ms, found.number, found.pages)


@router.get("/spaces/{space_id}", responses=responses(SpaceAnswer, *PUBLIC))
def get_space(
    asker: Asking, kerb: KnownKerb, context: Ctx, space_id: Id, time: Instant = None
) -> Response:
    """Return one place of a bay in force at a time."""
    at_ms = _at_ms(context, time)
    for span in kerb.spans:
        for place in places_of(span) if span.holds(at_ms) else ():
            if str(place.space_id) == space_id.lower():
                return asker.answer(plain(space_object(place)), span.updated_ms)
    raise UnknownPlace(f"the commune has no curb space {space_id!r}")


def _at_ms(context: Context, time: int | None) -> int:
    return context.now_s * MS if time is None else time


def _ids(text: str) -> set[str]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > MAX_IDS:
        raise InvalidInput(f"ids names {len(parts)} policies: wanted at most {MAX_IDS}")
    try:
        return {str(UUID(part)) for part in parts}
    except ValueError as error:
        raise InvalidInput(f"ids is {text!r}: wanted UUIDs with commas between them") from error
