"""Routes of OGC API - Features 1.0.1: landing page, definition, conformance, collections and features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from service.api.answers import GEOJSON, answer, answer_tagged, encode, tag_of
from service.context import Context, Ctx, known_key
from service.moments import utc_text
from service.ogc.catalogue import CONFORMS_TO, datetime_text, described, get_collection, listed
from service.ogc.collection import Reader
from service.ogc.definition import DESCRIPTION, TITLE, definition
from service.ogc.failures import UnknownFeature
from service.ogc.links import JSON, OPENAPI, PATH, SCHEMA, Addresses, link, page_links
from service.ogc.passwords import bearer_of
from service.ogc.query import only_declared, read_query
from service.ogc.schemas import feature_schema
from service.security import AccessKey
from service.store.database import reading

router = APIRouter(prefix=PATH, include_in_schema=False)

METHODS = ["GET", "HEAD"]

Pairs = Sequence[tuple[str, str]]


def addresses(request: Request) -> Addresses:
    """Return where documents lie for the one who asks: under the host that was asked."""
    return Addresses(f"{str(request.base_url).rstrip('/')}{PATH}")


def pairs_of(request: Request) -> Pairs:
    """Return the names and values of the query, in order."""
    return request.query_params.multi_items()


def no_parameters(request: Request) -> None:
    """Refuse any parameter."""
    only_declared(pairs_of(request))


def reader_key(request: Request, context: Ctx) -> AccessKey | None:
    """Return the caller's key, or None where none is given; one that is not good is refused, never overlooked."""
    said = request.headers.get("authorization")
    return None if said is None else known_key(context, bearer_of(said))


At = Annotated[Addresses, Depends(addresses)]
Key = Annotated[AccessKey | None, Depends(reader_key)]
Query = Annotated[Pairs, Depends(pairs_of)]
ALONE = [Depends(no_parameters)]


@contextmanager
def opened(context: Context, key: AccessKey | None) -> Iterator[Reader]:
    """Give a reader who sees one state of the database."""
    with reading(context.engine) as session:
        yield Reader(session, context.now_s, key)


@router.api_route("", methods=METHODS, dependencies=ALONE)
@router.api_route("/", methods=METHODS, dependencies=ALONE)
def get_landing_page(request: Request, at: At) -> Response:
    """Return the landing page."""
    links = [
        link("self", at.root, JSON, "Cette page"),
        link("service-desc", at.api, OPENAPI, "Définition OpenAPI 3.0"),
        link("conformance", at.conformance, JSON, "Classes de conformité"),
        link("data", at.collections, JSON, "Collections"),
    ]
    return answer(request, {"title": TITLE, "description": DESCRIPTION, "links": links})


@router.api_route("/api", methods=METHODS, dependencies=ALONE)
def get_definition(request: Request, at: At) -> Response:
    """Return the OpenAPI 3.0 document."""
    return answer(request, definition(at), OPENAPI)


@router.api_route("/conformance", methods=METHODS, dependencies=ALONE)
def get_conformance(request: Request) -> Response:
    """Return the conformance classes that are kept."""
    return answer(request, {"conformsTo": CONFORMS_TO})


@router.api_route("/collections", methods=METHODS, dependencies=ALONE)
def get_collections(request: Request, context: Ctx, at: At, key: Key) -> Response:
    """Return the collections that the caller may read."""
    with opened(context, key) as reader:
        collections = [described(one, reader, at) for one in listed(reader)]
    links = [link("self", at.collections, JSON, "Ce document")]
    return answer(request, {"links": links, "collections": collections})


@router.api_route("/collections/{collection_id}", methods=METHODS, dependencies=ALONE)
def get_one_collection(
    request: Request, context: Ctx, at: At, key: Key, collection_id: str
) -> Response:
    """Return one collection."""
    with opened(context, key) as reader:
        return answer(request, described(get_collection(collection_id, reader), reader, at))


@router.api_route("/collections/{collection_id}/schema", methods=METHODS, dependencies=ALONE)
def get_schema(request: Request, context: Ctx, key: Key, collection_id: str) -> Response:
    """Return what the features of a collection look like."""
    with opened(context, key) as reader:
        one = get_collection(collection_id, reader)
    return answer(request, feature_schema(one), SCHEMA)


@router.api_route("/collections/{collection_id}/items", methods=METHODS)
def get_items(  # noqa: PLR0917 - each is a part of the request
    request: Request, context: Ctx, at: At, key: Key, pairs: Query, collection_id: str
) -> Response:
    """Return a page of features."""
    with opened(context, key) as reader:
        one = get_collection(collection_id, reader)
        asked = read_query(pairs, one.filters)
        found = one.source.page(reader, asked)
    shown = None if found.shown is None else datetime_text(found.shown)
    count = (found.matched, len(found.features))
    content = {
        "type": "FeatureCollection",
        "links": page_links(at, one.id, asked, count, shown),
        "numberMatched": count[0],
        "numberReturned": count[1],
        "features": found.features,
    }
    return _stamped(request, content, utc_text(context.now_s))


@router.api_route("/collections/{collection_id}/items/{feature_id:path}", methods=METHODS)
def get_item(  # noqa: PLR0917 - each is a part of the request
    request: Request, context: Ctx, at: At, key: Key, collection_id: str, feature_id: str
) -> Response:
    """Return one feature."""
    no_parameters(request)
    with opened(context, key) as reader:
        one = get_collection(collection_id, reader)
        found = one.source.one(reader, feature_id) if feature_id.isprintable() else None
    if found is None:
        raise UnknownFeature(f"{collection_id} has no feature {feature_id!r}")
    links = [
        link("self", at.item(one.id, feature_id), GEOJSON, "Cet objet"),
        link("collection", at.collection(one.id), JSON, "La collection"),
    ]
    return answer(request, {**found, "links": links}, GEOJSON)


def _stamped(request: Request, content: Mapping[str, Any], at: str) -> Response:
    """Answer a page with the time at which it was made, which does not make it another page."""
    body = encode(content)
    stamp = encode({"timeStamp": at})
    return answer_tagged(request, tag_of(body), lambda: body[:-1] + b"," + stamp[1:], GEOJSON)
