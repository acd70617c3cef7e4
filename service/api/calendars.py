"""Routes of the named days of a commune: markets, works, events that rules refer to."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlmodel import Session

from service.api.answers import answer, encode
from service.api.exclusions import printable
from service.api.parameters import InseeQuery, in_usual_years
from service.context import Ctx, OfficerKey
from service.security import check_commune
from service.store.bays import get_commune
from service.store.calendars import LONGEST_NAME, NamedDay, list_calendars, replace_calendar
from service.store.database import reading, writing
from service.store.keys import note_use
from service.writable import is_writable_line

CALENDAR_REPLACED = "calendar_replaced"
"""An officer put the days of a calendar in the place of others."""

MAX_DAYS = 5_000
"""Days of one calendar: thirteen years of daily markets."""

MAX_LABEL = 200
"""Characters of a label: a line."""

router = APIRouter(prefix="/api/v1/calendars", tags=["inventory"])
log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def _line(text: str) -> str:
    if not is_writable_line(text):
        raise ValueError("wanted one line without control characters")
    return text


class DayWanted(BaseModel):
    """A day of a calendar."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    on: Annotated[date, AfterValidator(in_usual_years)]
    """Local day."""
    label: Annotated[str, Field(max_length=MAX_LABEL), AfterValidator(_line)] = ""
    """What it is called."""


class CalendarWanted(BaseModel):
    """The days of a calendar; none remove it."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(printable)]
    """As rules name it in `only_periods` and `except_periods`."""
    days: Annotated[tuple[DayWanted, ...], Field(max_length=MAX_DAYS)]
    """All days; every other day is known not to be one."""


@router.get("")
def get_calendars(request: Request, context: Ctx, key: OfficerKey, insee: InseeQuery) -> Response:
    """Return the named days of a commune, by name."""
    check_commune(key, insee)
    with reading(context.engine) as session:
        get_commune(session, insee)
        return answer(request, _shown(session, insee))


@router.put("")
def put_calendar(
    wanted: CalendarWanted, context: Ctx, key: OfficerKey, insee: InseeQuery
) -> Response:
    """Put the days of a calendar in the place of those it had; without days it goes."""
    check_commune(key, insee)
    days = [NamedDay(day.on, day.label) for day in wanted.days]
    with writing(context.engine) as session:
        note_use(session, key, context.clock())
        replace_calendar(session, insee, wanted.name, days)
        content = _shown(session, insee)
    log.info(CALENDAR_REPLACED, commune=insee, calendar=wanted.name, days=len(days), by=key.key_id)
    return Response(encode(content), media_type="application/json")


def _shown(session: Session, insee: str) -> dict[str, Any]:
    items = [
        {
            "name": name,
            "days": [{"on": day.on.isoformat(), "label": day.label} for day in days],
        }
        for name, days in list_calendars(session, insee).items()
    ]
    return {"commune": insee, "items": items}
