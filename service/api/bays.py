"""Routes of places: communes, streets and bays as GeoJSON."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Query, Request, Response

from geo.rule_text import rules_text
from geo.rules import read_rules
from geo.vocabulary import Language
from service.api.answers import GEOJSON, GeoJson, answer, collection
from service.api.parameters import Insee, read_bbox
from service.context import Ctx
from service.store.bays import bay_features, commune_features, street_features
from service.store.database import reading

LANGUAGES: tuple[Language, ...] = get_args(Language)

PLAIN_WINDOW = frozenset({"activity", "days", "start", "end", "max_stay_min"})
"""Fields of a rule that says no more than a week does."""

router = APIRouter(prefix="/api/v1", tags=["places"])


@router.get("/communes", response_class=GeoJson)
def get_communes(request: Request, context: Ctx) -> Response:
    """Return all communes with their outline."""
    with reading(context.engine) as session:
        return answer(request, collection(commune_features(session)), GEOJSON)


@router.get("/streets", response_class=GeoJson)
def get_streets(request: Request, context: Ctx, insee: Insee = None) -> Response:
    """Return the streets of the base map."""
    with reading(context.engine) as session:
        return answer(request, collection(street_features(session, insee)), GEOJSON)


@router.get("/bays", response_class=GeoJson)
def get_bays(
    request: Request,
    context: Ctx,
    insee: Insee = None,
    bbox: Annotated[str | None, Query(description="west,south,east,north in degrees.")] = None,
) -> Response:
    """Return bays with their rules, of one commune or touching a box."""
    box = read_bbox(bbox)
    with reading(context.engine) as session:
        features = [in_words(feature) for feature in bay_features(session, insee, box)]
    return answer(request, collection(features), GEOJSON)


def in_words(feature: dict[str, Any]) -> dict[str, Any]:
    """Return a bay's feature with ``rules_text`` where a rule holds under conditions that a weekly strip cannot show."""
    properties = feature["properties"]
    if not any(rule.keys() - PLAIN_WINDOW for rule in properties["rules"]):
        return feature
    rules = read_rules(properties["rules"])
    text = {language: rules_text(rules, language) for language in LANGUAGES}
    return {**feature, "properties": {**properties, "rules_text": text}}
