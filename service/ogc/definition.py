"""The OpenAPI 3.0 document of the interface, made from the table of collections."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from service.api.answers import GEOJSON
from service.errors import PROBLEM_JSON
from service.ogc.catalogue import COLLECTIONS
from service.ogc.collection import Collection
from service.ogc.links import JSON, OPENAPI, SCHEMA, Addresses
from service.ogc.query import DEFAULT_LIMIT, FILTERS, MAX_LIMIT, MAX_OFFSET, PAGING
from service.ogc.schemas import SCHEMAS, item_schema, items_schema

TITLE = "Airelib : aires de livraison"

DESCRIPTION = (
    "Les aires de livraison, leur occupation mesurée et les propositions de règles, pour QGIS et tout client OGC API - "
    "Features. Rien n'est en direct : seules les heures écoulées sont rendues."
)

Part = dict[str, Any]

PARAMETERS: Mapping[str, Part] = {
    "limit": {
        "name": "limit",
        "in": "query",
        "description": f"Nombre d'objets par page ; au-delà de {MAX_LIMIT}, {MAX_LIMIT} sont rendus.",
        "schema": {
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_LIMIT,
            "default": DEFAULT_LIMIT,
        },
        "style": "form",
        "explode": False,
    },
    "offset": {
        "name": "offset",
        "in": "query",
        "description": "Objets passés avant le premier de la page.",
        "schema": {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0},
        "style": "form",
        "explode": False,
    },
    "bbox": {
        "name": "bbox",
        "in": "query",
        "description": "Ouest, sud, est, nord en degrés (CRS84), ou six nombres avec les hauteurs, qui ne comptent pas. "
        "Si l'ouest dépasse l'est, le cadre traverse l'antiméridien.",
        "schema": {
            "type": "array",
            "minItems": 4,
            "maxItems": 6,
            "items": {"type": "number"},
        },
        "style": "form",
        "explode": False,
    },
    "datetime": {
        "name": "datetime",
        "in": "query",
        "description": "Instant RFC 3339, ou deux séparés par /, dont l'un peut être .. ou vide. Les objets sans date sont "
        "toujours rendus. Sans ce paramètre, les collections d'occupation rendent les sept derniers jours enregistrés.",
        "schema": {"type": "string"},
        "style": "form",
        "explode": False,
    },
    "featureId": {
        "name": "featureId",
        "in": "path",
        "required": True,
        "description": "Identifiant de l'objet.",
        "schema": {"type": "string"},
    },
}
"""Parameters that all collections use."""

RESPONSES: Mapping[str, str] = {
    "InvalidParameter": "Un paramètre est inconnu ou sa valeur est impossible.",
    "BadKey": "La clé manque, est inconnue, expirée ou révoquée.",
    "OutOfScope": "La clé n'ouvre pas cette collection ou cette commune.",
    "NotFound": "La collection ou l'objet n'existe pas.",
    "Unavailable": "La base de données ne répond pas ; réessayer plus tard.",
}
"""Answers that are no success."""

KEYS: list[Part] = [{"key": []}, {"password": []}]
"""Either way to show a key."""

ANYONE: list[Part] = [{}, *KEYS]

ERRORS = {"400": "InvalidParameter", "401": "BadKey", "503": "Unavailable"}
"""Which of them any address may give, by status."""


def definition(at: Addresses) -> Part:
    """Return the OpenAPI 3.0 document."""
    paths: Part = {
        "/": _plain("getLandingPage", "Page d'accueil", JSON, "landingPage"),
        "/api": _one_get("getDefinition", "Ce document", OPENAPI, {"type": "object"}),
        "/conformance": _plain("getConformance", "Classes de conformité", JSON, "conformance"),
        "/collections": _plain("getCollections", "Collections", JSON, "collections"),
    }
    for one in COLLECTIONS.values():
        paths |= _paths(one)
    return {
        "openapi": "3.0.3",
        "info": {"title": TITLE, "description": DESCRIPTION, "version": version("airelib")},
        "servers": [{"url": at.root}],
        "tags": [{"name": one.id, "description": one.description} for one in COLLECTIONS.values()],
        "paths": paths,
        "components": _components(),
    }


def _paths(one: Collection) -> Part:
    name = _camel(one.id)
    path = f"/collections/{one.id}"
    page = _get(f"get{name}Items", f"{one.title} : objets", one, _names(one))
    item = _get(f"get{name}Item", f"{one.title} : un objet", one, [_parameter("featureId")])
    about = _get(f"get{name}", f"{one.title} : description", one, [])
    schema = _get(f"get{name}Schema", f"{one.title} : attributs", one, [])
    found = {"404": _response("NotFound")}
    return {
        path: _answering(about, JSON, _schema("collection")),
        f"{path}/schema": _answering(schema, SCHEMA, {"type": "object"}),
        f"{path}/items": _answering(page, GEOJSON, _schema(f"{name}Page")),
        f"{path}/items/{{featureId}}": _answering(item, GEOJSON, _schema(name), found),
    }


def _names(one: Collection) -> list[Part]:
    return [
        *(_parameter(name) for name in PAGING),
        *(_filter(name) for name in one.filters),
    ]


def _filter(name: str) -> Part:
    said = FILTERS[name]
    schema: Part = {"type": "string"}
    schema |= {"enum": list(said.values)} if said.values else {"pattern": said.pattern}
    return {
        "name": name,
        "in": "query",
        "description": said.meaning,
        "schema": schema,
        "style": "form",
        "explode": False,
    }


def _get(operation: str, summary: str, one: Collection, parameters: list[Part]) -> Part:
    refused = {"403": _response("OutOfScope")} if one.needs_key else {}
    return {
        "operationId": operation,
        "summary": summary,
        "tags": [one.id],
        "parameters": parameters,
        "security": KEYS if one.needs_key else ANYONE,
        "responses": refused,
    }


def _answering(
    get: Part, media_type: str, schema: Part, more: Mapping[str, Part] | None = None
) -> Part:
    """Return a path whose only operation answers with a document of a schema."""
    content = {"200": {"description": get["summary"], "content": {media_type: {"schema": schema}}}}
    errors = {status: _response(name) for status, name in ERRORS.items()}
    return {"get": {**get, "responses": {**content, **errors, **get["responses"], **(more or {})}}}


def _plain(operation: str, summary: str, media_type: str, schema: str) -> Part:
    return _one_get(operation, summary, media_type, _schema(schema))


def _one_get(operation: str, summary: str, media_type: str, schema: Part) -> Part:
    get = {"operationId": operation, "summary": summary, "security": ANYONE}
    return _answering({**get, "responses": {}}, media_type, schema)


def _components() -> Part:
    exception = {PROBLEM_JSON: {"schema": _schema("exception")}}
    schemas = dict(SCHEMAS)
    for one in COLLECTIONS.values():
        name = _camel(one.id)
        schemas |= {name: item_schema(one), f"{name}Page": items_schema(name)}
    return {
        "parameters": dict(PARAMETERS),
        "schemas": schemas,
        "responses": {
            name: {"description": said, "content": exception} for name, said in RESPONSES.items()
        },
        "securitySchemes": {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": "Clé d'agent : airelib officers add NOM --commune INSEE.",
            },
            "password": {
                "type": "http",
                "scheme": "basic",
                "description": "La même clé comme mot de passe, avec n'importe quel nom.",
            },
        },
    }


def _camel(collection_id: str) -> str:
    return "".join(part.capitalize() for part in collection_id.split("-"))


def _schema(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter(name: str) -> Part:
    return {"$ref": f"#/components/parameters/{name}"}


def _response(name: str) -> Part:
    return {"$ref": f"#/components/responses/{name}"}
