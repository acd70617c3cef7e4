"""Routes of places: communes, streets and bays as GeoJSON."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from service.api.answers import GEOJSON, GeoJson, answer, collection
from service.api.parameters import Insee, read_bbox
from service.context import Ctx
from service.store.bays import bay_features, commune_features, street_features
from service.store.database import reading

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
        return answer(request, collection(bay_features(session, insee, box)), GEOJSON)
