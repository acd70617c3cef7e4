"""Routes of a commune's monthly report as files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from geo.errors import NotFound
from service.api.answers import answer_tagged, tag_of
from service.api.parameters import InseePath, MonthText, read_month
from service.context import Ctx
from service.store.bays import get_commune
from service.store.database import reading

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "gpkg": "application/geopackage+sqlite3",
    "pdf": "application/pdf",
}
"""Media type of each file of a report by its extension."""

router = APIRouter(prefix="/api/v1/communes", tags=["reports"])


@router.get(
    "/{insee}/report/{form}",
    response_class=Response,
    responses={200: {"content": {media: {} for media in TYPES.values()}}},
)
def get_report(  # noqa: PLR0917 - each parameter is one of the query
    request: Request,
    context: Ctx,
    insee: InseePath,
    form: Annotated[str, Path(pattern="^(csv|gpkg|pdf)$")],
    month: MonthText,
    lang: Annotated[str, Query(pattern="^(fr|en)$")] = "fr",
) -> Response:
    """Return a commune's month as CSV, GeoPackage or PDF."""
    from service.reports.build import build_report

    read_month(month)
    with reading(context.engine) as session:
        get_commune(session, insee)
        files = build_report(session, insee, month, lang)
    name = next((name for name in sorted(files) if name.endswith(f".{form}")), None)
    if name is None:
        raise NotFound(f"the report has no {form} file: it has {', '.join(sorted(files))}")
    content = files[name]
    response = answer_tagged(request, tag_of(content), lambda: content, TYPES[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
