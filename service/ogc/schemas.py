"""Schemas of the documents, as OpenAPI 3.0 writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.ogc.collection import Collection, Property

Schema = dict[str, Any]


def _array(name: str) -> Schema:
    return {"type": "array", "items": _ref(name)}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: tuple[str, ...], properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "required": list(required), "properties": dict(properties)}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
INSTANT: Schema = {"type": "string", "format": "date-time"}

GEOMETRY: Schema = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"type": "string", "enum": ["Point", "Polygon", "MultiPolygon"]},
        "coordinates": {"type": "array", "items": {}},
    },
}
"""Geometry of RFC 7946 of the kinds that are served."""

EXTENT: Schema = _object(
    (),
    {
        "spatial": _object(
            (),
            {
                "bbox": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "array", "minItems": 4, "maxItems": 6, "items": NUMBER},
                },
                "crs": TEXT,
            },
        ),
        "temporal": _object(
            (),
            {
                "interval": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "array",
                        "minItems": 2,
                        "maxItems": 2,
                        "items": {**INSTANT, "nullable": True},
                    },
                },
                "trs": TEXT,
            },
        ),
    },
)

SCHEMAS: Mapping[str, Schema] = {
    "link": _object(
        ("href", "rel"),
        dict.fromkeys(("href", "rel", "type", "hreflang", "title"), TEXT),
    ),
    "landingPage": _object(
        ("links",), {"title": TEXT, "description": TEXT, "links": _array("link")}
    ),
    "conformance": _object(("conformsTo",), {"conformsTo": {"type": "array", "items": TEXT}}),
    "extent": EXTENT,
    "collection": _object(
        ("id", "links"),
        {
            "id": TEXT,
            "title": TEXT,
            "description": TEXT,
            "extent": _ref("extent"),
            "itemType": TEXT,
            "crs": {"type": "array", "items": TEXT},
            "links": _array("link"),
        },
    ),
    "collections": _object(
        ("links", "collections"),
        {"links": _array("link"), "collections": _array("collection")},
    ),
    "geometry": GEOMETRY,
    "exception": _object(
        ("code", "description", "type", "title", "status", "detail", "instance"),
        {
            "code": TEXT,
            "description": TEXT,
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "instance": TEXT,
        },
    ),
}
"""Schemas that all collections use (OGC API - Features 1.0.1, section 7; RFC 9457 for exceptions)."""


def properties_schema(one: Collection) -> Schema:
    """Return what the properties of a collection's features look like: all are there, null where unknown."""
    return _object(
        tuple(one.properties), {name: _property(said) for name, said in one.properties.items()}
    )


def item_schema(one: Collection) -> Schema:
    """Return what a feature of a collection looks like, as a component of the definition."""
    return _object(
        ("type", "id", "geometry", "properties"),
        {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": TEXT,
            "geometry": _ref("geometry"),
            "properties": properties_schema(one),
            "links": _array("link"),
        },
    )


def items_schema(item: str) -> Schema:
    """Return what a page of features looks like."""
    return _object(
        ("type", "features", "links", "timeStamp", "numberMatched", "numberReturned"),
        {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": _array(item),
            "links": _array("link"),
            "timeStamp": INSTANT,
            "numberMatched": COUNT,
            "numberReturned": COUNT,
        },
    )


def feature_schema(one: Collection) -> Schema:
    """Return what a feature of a collection looks like, by itself.

    A property has a single type, with ``nullable`` beside it as in OpenAPI 3.0: GDAL takes the types of its fields from it.
    """
    return {
        "title": one.title,
        **_object(
            ("type", "geometry", "properties"),
            {
                "type": {"type": "string", "enum": ["Feature"]},
                "geometry": GEOMETRY,
                "properties": properties_schema(one),
            },
        ),
    }


def _property(said: Property) -> Schema:
    schema: Schema = {"type": said.kind, "description": said.meaning, "nullable": True}
    if said.form is not None:
        schema["format"] = said.form
    if said.values:
        schema["enum"] = [*said.values, None]
    return schema
