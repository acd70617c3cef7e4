"""Routes of a commune's inventory as open files: what stands on the street, nothing measured."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from service.api.answers import answer_tagged, tag_of
from service.api.parameters import InseePath
from service.context import Ctx
from service.inventory_forms import FORMS, OPEN_FORMS
from service.store.bays import get_commune
from service.store.database import reading
from service.store.notes import INVENTORY, get_note

router = APIRouter(prefix="/api/v1/communes", tags=["inventory"])


@router.get(
    "/{insee}/inventory.{suffix}",
    response_class=Response,
    responses={200: {"content": {FORMS[form].media_type: {} for form in OPEN_FORMS}}},
)
def get_inventory_file(
    request: Request,
    context: Ctx,
    insee: InseePath,
    suffix: Annotated[
        str,
        Path(
            pattern="^(csv|geojson|gpkg|parquet)$",
            description="National schema (Cerema, CSV), GeoJSON, GeoPackage or GeoParquet.",
        ),
    ],
) -> Response:
    """Return the bays of a commune with their rules, as a file of open data."""
    from service.inventory_files import inventory_file, stored_inventory

    form = next(form for form in OPEN_FORMS if FORMS[form].suffix == suffix)
    with reading(context.engine) as session:
        get_commune(session, insee)
        tag = tag_of(form, insee, get_note(session, INVENTORY))

        def made() -> bytes:
            return inventory_file(stored_inventory(session, insee, context.clock()), form)

        response = answer_tagged(
            request, tag, lambda: context.bodies.get(tag, made), FORMS[form].media_type
        )
    name = f"aires-de-livraison-{insee}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
