"""Routes by which an officer previews, imports and takes back inventories, and sees what is wrong with one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Path, Query, Request, Response
from sqlmodel import Session

from geo.inventory.found import FoundInventory
from geo.inventory.lint import lint
from geo.inventory.options import ReadOptions
from geo.inventory.report import report
from service.api.answers import answer, collection, encode
from service.api.inventory_body import (
    FILE_BODY,
    FileBody,
    FileWanted,
    Wanted,
    file_hash,
)
from service.api.parameters import Insee, InseeQuery
from service.context import Context, Ctx, OfficerKey
from service.ingest.inventory import Inventory, Source, save_inventory
from service.ingest.placing import Scope, check_any, place
from service.ingest.preview import preview
from service.ingest.reading import read_found
from service.ingest.undo import undo_import
from service.security import AccessKey, check_commune
from service.store.bays import get_commune, list_bays, list_communes
from service.store.database import reading, writing
from service.store.imports import (
    Import,
    changes_of,
    communes_of_imports,
    get_import,
    get_report,
    list_imports,
)
from service.store.keys import note_use
from service.store.known_bays import communes_of_bays
from service.store.places import list_outlines, list_streets

INVENTORY_IMPORTED = "inventory_imported"
"""An officer imported an inventory; counts follow."""

INVENTORY_UNDONE = "inventory_undone"
"""An officer took an import back."""

router = APIRouter(prefix="/api/v1/inventory", tags=["inventory"])
log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

ImportId = Annotated[int, Path(ge=1, le=2**31 - 1, description="As the list gives it.")]
RulesSince = Annotated[
    date | None,
    Query(description="First day of rules that differ from those known; today if left out."),
]


@router.post("/preview", openapi_extra=FILE_BODY)
def post_preview(context: Ctx, key: OfficerKey, data: FileBody, wanted: Wanted) -> Response:
    """Tell what a file would change, and change nothing; the body is the file itself.

    `report` says what would become of every row, `report.changes` of every bay; the features carry `change` (new,
    changed, moved, unchanged), `fields` and `moved_m`. Rows outside the key's commune are refused.
    """
    read = _read(context, data, wanted)
    with reading(context.engine) as session:
        found, bays = place(read, _scope(session, key, read))
        would = preview(session, bays, found.turned)
    content = {
        "report": {**report(found), "changes": would.as_report()},
        "features": collection(would.features()),
    }
    return Response(encode(content), media_type="application/json")


@router.post("/imports", status_code=201, openapi_extra=FILE_BODY)
def post_import(
    context: Ctx, key: OfficerKey, data: FileBody, wanted: Wanted, rules_since: RulesSince = None
) -> Response:
    """Import a file, the body being the file itself: each row is imported, merged or refused with its reason.

    All that can be taken is taken in one transaction. Rows outside the key's commune are refused, and bays that are
    known in another one.
    """
    read = _read(context, data, wanted)
    now_at = context.clock()
    with writing(context.engine) as session:
        note_use(session, key, now_at)
        found, bays = place(read, _scope(session, key, read))
        check_any(found, wanted.name)
        source = Source(key.name, wanted.name, file_hash(data), found.file_format, report(found))
        counts = save_inventory(
            session,
            Inventory(
                bays,
                rules_since_on=rules_since,
                source=source,
                made_at=now_at,
                turned=found.turned,
            ),
        )
    log.info(INVENTORY_IMPORTED, import_id=counts.import_id, by=key.key_id, **counts.kinds)
    changes = {**counts.kinds, "import_id": counts.import_id}
    content = {"id": counts.import_id, "report": {**report(found), "changes": changes}}
    return Response(encode(content), 201, media_type="application/json")


@router.get("/imports")
def get_imports(request: Request, context: Ctx, key: OfficerKey, insee: Insee = None) -> Response:
    """Return imports, newest first, those taken back too: of a commune, or all that the key is good for."""
    if insee is not None:
        check_commune(key, insee)
    with reading(context.engine) as session:
        communes = communes_of_imports(session)
        items = [
            _shown(item, communes.get(item.id, []))
            for item in list_imports(session, insee or key.insee)
        ]
    return answer(request, {"items": items})


@router.get("/imports/{import_id}")
def get_one_import(
    request: Request, context: Ctx, key: OfficerKey, import_id: ImportId
) -> Response:
    """Return an import with its report, and what became of each bay that it brought or changed."""
    with reading(context.engine) as session:
        item = get_import(session, import_id)
        changes = changes_of(session, import_id)
        for insee in {change.insee for change in changes}:
            check_commune(key, insee)
        content = {
            **_shown(item, sorted({change.insee for change in changes})),
            "report": get_report(session, import_id),
            "bays": [{"bay_id": one.bay_id, "change": one.kind} for one in changes],
        }
    return answer(request, content)


@router.post("/imports/{import_id}/undo")
def post_undo(context: Ctx, key: OfficerKey, import_id: ImportId) -> Response:
    """Take an import back as a whole; it stays on record.

    Refused (409) when a later import changed the same bays, when it was taken back before, or when stays, events,
    devices or decisions refer to a bay that would go.
    """
    now_at = context.clock()
    with writing(context.engine) as session:
        note_use(session, key, now_at)
        communes = communes_of_imports(session).get(import_id, [])
        undone = undo_import(session, import_id, key.name, now_at, key.insee)
    log.info(INVENTORY_UNDONE, import_id=import_id, by=key.key_id)
    return Response(encode(_shown(undone, communes)), media_type="application/json")


@router.get("/findings")
def get_findings(request: Request, context: Ctx, key: OfficerKey, insee: InseeQuery) -> Response:
    """Return what is wrong with the bays of a commune, or not known of them, by bay, the worst first."""
    check_commune(key, insee)
    with reading(context.engine) as session:
        get_commune(session, insee)
        bays = list_bays(session, insee)
    items = [
        {
            "bay_id": one.bay_id,
            "code": one.code,
            "severity": one.severity,
            "message": {"fr": one.message.fr, "en": one.message.en},
        }
        for one in lint(bays)
    ]
    return answer(request, {"commune": insee, "bays": len(bays), "items": items})


def _read(context: Context, data: bytes, wanted: FileWanted) -> FoundInventory:
    """Read a file with the outlines and streets of the database."""
    with reading(context.engine) as session:
        options = ReadOptions(
            wanted.file_format,
            communes=list_outlines(session),
            commune=wanted.commune,
            crs=wanted.crs,
            streets=list_streets(session),
        )
    return read_found(data, wanted.name, options)


def _scope(session: Session, key: AccessKey, found: FoundInventory) -> Scope:
    known = {commune.insee for commune in list_communes(session)}
    known_in = communes_of_bays(session, [bay.bay_id for bay in found.bays])
    return Scope(known, key.insee, known_in)


def _shown(item: Import, communes: list[str]) -> dict[str, Any]:
    return {
        "id": item.id,
        "made_at": item.made_at.isoformat(timespec="seconds"),
        "by": item.by_name,
        "file_name": item.file_name,
        "file_hash": item.file_hash,
        "file_format": item.file_format,
        "counts": dict(item.counts),
        "communes": communes,
        "undone_at": item.undone_at.isoformat(timespec="seconds") if item.undone_at else None,
        "undone_by": item.undone_by,
    }
