"""Route of the CDS Metrics API: hourly aggregates of curb zones as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from starlette.requests import Request

from geo.errors import InvalidInput
from geo.words import SLOT_S
from service.cds.answers import MS, VARY
from service.cds.curbs import LAST_MS
from service.cds.documented import csv_responses
from service.cds.media import NEWEST, VENDOR_CSV, CsvVersion, media_type
from service.cds.metric_rows import DAY_S, METRICS, Row, aggregate_rows
from service.cds.place import InseePath, check_insee
from service.cds.where import Where
from service.cds.zones import Span
from service.context import Ctx, OfficerKey
from service.errors import InvalidPeriod, NotServed
from service.moments import utc_text
from service.security import check_commune
from service.store.bays import get_commune
from service.store.database import reading

USUAL_DAYS = 31
"""Days given where no period is asked for."""

MAX_DAYS = 100
"""Longest period of one request: a season."""

COLUMNS = ("curb_place_type", "curb_place_id", "metric_type", "date", "hour", "value")
"""Columns of an aggregate (CDS 1.1)."""

ZONE = "zone"


class CsvResponse(Response):
    """A table in the media type of CDS."""

    media_type = media_type(NEWEST, VENDOR_CSV)


router = APIRouter(prefix="/cds/{insee}/metrics", tags=["cds"], default_response_class=CsvResponse)

Instant = Annotated[
    int | None, Query(ge=0, le=LAST_MS, description="Milliseconds since 1970, UTC.")
]
PlaceType = Annotated[
    Literal["area", "zone", "space", "object"] | None,
    Query(description="Wanted with curb_place_id; aggregates are made of zones."),
]
PlaceId = Annotated[UUID | None, Query(description="One zone; wanted with curb_place_type.")]
MetricType = Annotated[
    Literal["total_sessions", "total_events", "turnover", "average_dwell_time", "occupancy_percent"]
    | None,
    Query(description="One metric; all that are made if left out."),
]


@router.get("/aggregates", responses=csv_responses())
def get_aggregates(  # noqa: PLR0913 - each parameter is one of the query
    insee: InseePath,
    request: Request,
    context: Ctx,
    key: OfficerKey,
    version: CsvVersion,
    *,
    where: Where,
    curb_place_type: PlaceType = None,
    curb_place_id: PlaceId = None,
    metric_type: MetricType = None,
    start_time: Instant = None,
    end_time: Instant = None,
) -> Response:
    """Return how many stays began at each bay in each hour, how long they were, and how full the bay was.

    Rows of which less than 70 % was seen, or of fewer than 5 stays, are left out. The last 31 days if no period
    is given; at most 100.
    """
    check_commune(key, check_insee(insee))
    _check_served(curb_place_type, curb_place_id, metric_type)
    period_s = _period(context.now_s, start_time, end_time)
    metrics = METRICS if metric_type is None else (metric_type,)
    with reading(context.engine) as session:
        commune = get_commune(session, insee)
        kerb = context.kerbs.get(session, commune)
        spans = [span for span in kerb.spans if _is_wanted(span, curb_place_id)]
        chosen = where.choose(spans, lambda span: span.bay.polygon_lonlat)
        rows = aggregate_rows(session, context.cache, chosen, period_s, metrics)
    wants_plain = request.headers.get("accept", "").split(";")[0].strip().lower() == "text/csv"
    return Response(
        _table(rows),
        media_type="text/csv" if wants_plain else media_type(version, VENDOR_CSV),
        headers={"Cache-Control": "no-store", "Vary": VARY},
    )


def _check_served(place_type: str | None, place_id: UUID | None, metric_type: str | None) -> None:
    if (place_type is None) != (place_id is None):
        raise InvalidInput(
            f"curb_place_type is {place_type!r} and curb_place_id is {place_id}: wanted both or none"
        )
    if place_type not in {None, ZONE}:
        raise NotServed(f"aggregates of a curb {place_type} are not made: wanted zone")
    if metric_type not in {None, *METRICS}:
        raise NotServed(f"{metric_type} is not made: wanted one of {', '.join(METRICS)}")


def _is_wanted(span: Span, place_id: UUID | None) -> bool:
    return place_id is None or span.zone_id == str(place_id)


def _period(now_s: int, start_ms: int | None, end_ms: int | None) -> tuple[int, int]:
    """Return the half-open period asked for, epoch seconds; only slots that are over count."""
    until_s = now_s // SLOT_S * SLOT_S
    end_s = until_s if end_ms is None else end_ms // MS
    start_s = end_s - USUAL_DAYS * DAY_S if start_ms is None else -(-start_ms // MS)
    if end_ms is not None and start_s >= end_s:
        raise InvalidPeriod(
            f"the period is {utc_text(start_s)} to {utc_text(end_s)}: wanted its start before its end"
        )
    if end_s - start_s > MAX_DAYS * DAY_S:
        raise InvalidPeriod(
            f"the period has {(end_s - start_s) / DAY_S:.1f} days: wanted at most {MAX_DAYS}"
        )
    return max(start_s, 0), min(end_s, until_s)


def _table(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            (ZONE, row.zone_id, row.metric, row.on.isoformat(), row.hour, f"{row.value:g}")
        )
    return text.getvalue()
