"""Routes of occupancy: a period slot by slot, and the typical week."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from geo.sums import Sums, by_commune, total
from geo.words import SLOT_S
from service.api.answers import (
    GEOJSON,
    answer,
    answer_tagged,
    collection,
    encode,
    share,
    shares,
    tag_of,
)
from service.api.parameters import ClassName, Insee, Level, class_index, read_day, read_period
from service.api.status import last_complete_slot_s
from service.context import Ctx
from service.errors import InvalidPeriod
from service.moments import utc_text
from service.store.axis import BayAxis, bay_axis
from service.store.bays import bay_features, commune_features, get_commune
from service.store.database import reading
from service.store.figures import day_versions, figure_days
from service.store.figures import read_period as read_slots
from service.weeks import take, typical_week

MAX_WEEKS = 53

router = APIRouter(prefix="/api/v1/occupancy", tags=["occupancy"])


@router.get("", responses={200: {"content": {GEOJSON: {}}}})
def get_occupancy(  # noqa: PLR0913, PLR0917 - each parameter is one of the query
    request: Request,
    context: Ctx,
    from_at: Annotated[
        str | None, Query(alias="from", description="ISO 8601 with offset, on a slot edge.")
    ] = None,
    to_at: Annotated[
        str | None, Query(alias="to", description="ISO 8601 with offset, on a slot edge, excluded.")
    ] = None,
    level: Level = "bay",
    insee: Insee = None,
    class_name: ClassName = None,
    form: Annotated[str, Query(alias="format", pattern="^(json|geojson)$")] = "json",
) -> Response:
    """Return the occupancy of a period; the last complete slot if none is given."""
    vehicle_class = class_index(class_name)
    with reading(context.engine) as session:
        start_s, end_s = _period(session, context.now_s, from_at, to_at)
        axis = _axis(session, insee)
        items = _items(session, axis, level, (start_s, end_s), vehicle_class)
        if form == "geojson":
            return answer(request, _features(session, level, insee, items), GEOJSON)
    period = {"from": utc_text(start_s), "to": utc_text(end_s)}
    return answer(request, {**period, "level": level, "items": items})


@router.get("/week")
def get_week(  # noqa: PLR0913, PLR0917 - each parameter is one of the query
    request: Request,
    context: Ctx,
    weeks: Annotated[int, Query(ge=1, le=MAX_WEEKS, description="Whole weeks summed.")] = 8,
    until: Annotated[
        str | None, Query(description="Last day, included; the last with figures if left out.")
    ] = None,
    insee: Insee = None,
    level: Level = "bay",
    class_name: ClassName = None,
) -> Response:
    """Return the typical week: occupancy and coverage by hour, Monday 0 h first."""
    vehicle_class = class_index(class_name)
    with reading(context.engine) as session:
        from_on, to_on = week_days(session, weeks, read_day(until))
        axis = bay_axis(session)
        if insee is not None:
            get_commune(session, insee)
        versions = sorted(day_versions(session, from_on, to_on).items())
        tag = tag_of(axis.checksum, versions, from_on, to_on, insee, level, vehicle_class)

        def body() -> bytes:
            sums = typical_week(session, context.cache, axis, from_on, to_on)
            named = _named(axis, sums, level, insee)
            head = {"from_on": from_on.isoformat(), "to_on": to_on.isoformat(), "level": level}
            return encode({**head, "items": _week_items(*named, vehicle_class)})

        return answer_tagged(request, tag, lambda: context.bodies.get(tag, body))


def _period(
    session: Session, now_s: int, from_at: str | None, to_at: str | None
) -> tuple[int, int]:
    if from_at is not None and to_at is not None:
        return read_period(from_at, to_at)
    if from_at is not None or to_at is not None:
        raise InvalidPeriod("only one of from and to is given: wanted both or none")
    start_s = last_complete_slot_s(session, now_s)
    if start_s is None:
        raise InvalidPeriod("no bay was ever seen: wanted from and to, or a device that reports")
    return start_s, start_s + SLOT_S


def _axis(session: Session, insee: str | None) -> BayAxis:
    if insee is not None:
        get_commune(session, insee)
    return bay_axis(session, insee)


def week_days(session: Session, weeks: int, until: date | None) -> tuple[date, date]:
    """Return the first and last day of whole weeks that end on a day, or on the last with figures."""
    days = figure_days(session)
    to_on = until or (days[1] if days else date.today())  # noqa: DTZ011 - nothing to show on any day
    return to_on - timedelta(days=7 * weeks - 1), to_on


def _items(
    session: Session,
    axis: BayAxis,
    level: str,
    period_s: tuple[int, int],
    vehicle_class: int | None,
) -> list[dict[str, Any]]:
    figures = read_slots(session, axis, *period_s)
    names, sums = _named(axis, total(figures, axis.capacity), level, None)
    occupancy = _occupancy(sums, vehicle_class)[:, 0]
    arrivals = _of_class(sums.arrivals, vehicle_class)[:, 0]
    return [
        {
            "id": name,
            "occupancy": share(occupancy[i]),
            "coverage": share(sums.coverage[i, 0]),
            "full_share": share(sums.full_share[i, 0]),
            "arrivals": int(arrivals[i]),
            "seen_s": int(sums.seen_s[i, 0]),
        }
        for i, name in enumerate(names)
    ]


def _named(axis: BayAxis, sums: Sums, level: str, insee: str | None) -> tuple[list[str], Sums]:
    """Return the names and sums of the wanted bays or communes."""
    if level == "commune":
        sums = by_commune(sums, axis.commune, len(axis.communes))
        names = list(axis.communes)
        wanted = np.array([insee in (None, name) for name in names], bool)
    else:
        names = [place.bay_id for place in axis.places]
        wanted = np.array([insee in (None, place.insee) for place in axis.places], bool)
    kept = np.flatnonzero(wanted)
    return [names[i] for i in kept], take(sums, kept)


def _week_items(names: list[str], sums: Sums, vehicle_class: int | None) -> list[dict[str, Any]]:
    columns = (
        shares(_occupancy(sums, vehicle_class)),
        shares(np.nan_to_num(sums.coverage)),
        shares(sums.full_share),
    )
    return [
        {"id": name, "occupancy": occupancy, "coverage": coverage, "full": full}
        for name, occupancy, coverage, full in zip(names, *columns, strict=True)
    ]


def _occupancy(sums: Sums, vehicle_class: int | None) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the share of places taken, by all or by one class; at most 1 where vehicles squeeze in."""
    if vehicle_class is None:
        return sums.occupancy
    return np.minimum(sums.class_occupancy[:, vehicle_class], 1.0)


def _of_class(
    values: np.ndarray[Any, np.dtype[np.int64]], vehicle_class: int | None
) -> np.ndarray[Any, np.dtype[np.int64]]:
    summed: np.ndarray[Any, np.dtype[np.int64]] = (
        values.sum(axis=1) if vehicle_class is None else values[:, vehicle_class]
    )
    return summed


def _features(
    session: Session, level: str, insee: str | None, items: list[dict[str, Any]]
) -> dict[str, Any]:
    found = {item["id"]: item for item in items}
    features = bay_features(session, insee) if level == "bay" else commune_features(session)
    return collection(
        {**feature, "properties": {**feature["properties"], **found[feature["id"]]}}
        for feature in features
        if feature["id"] in found
    )
