"""Route that tells what the service holds."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from geo.words import ENOUGH_COVERAGE, SLOT_S
from service.api.answers import answer
from service.context import Ctx
from service.moments import utc_text
from service.store.bays import count_places
from service.store.coverage import last_seen_before_s
from service.store.database import reading
from service.store.figures import figure_days
from service.store.notes import is_sample
from service.store.stays import count_stays

LIVE_DISPLAY = False
"""Only complete slots are shown, whatever the setting ``live``; a live display would leave the statistical purpose (ADR, CNIL 2022)."""

router = APIRouter(prefix="/api/v1", tags=["status"])


@router.get(
    "/status",
)
def get_status(request: Request, context: Ctx) -> Response:
    """Tell what the service holds: period, places, stays, and whether it is sample data."""
    with reading(context.engine) as session:
        return answer(request, _status(session, context.now_s))


def last_complete_slot_s(session: Session, now_s: int) -> int | None:
    """Return the start of the last slot that is over and in which any bay was seen, or None."""
    last_s = last_seen_before_s(session, now_s // SLOT_S * SLOT_S)
    return None if last_s is None else (last_s - 1) // SLOT_S * SLOT_S


def _status(session: Session, now_s: int) -> dict[str, Any]:
    communes, bays = count_places(session)
    days = figure_days(session)
    slot_s = last_complete_slot_s(session, now_s)
    return {
        "version": version("airelib"),
        "sample": is_sample(session),
        "live_display": LIVE_DISPLAY,
        "enough_coverage": ENOUGH_COVERAGE,
        "first_on": days[0].isoformat() if days else None,
        "last_on": days[1].isoformat() if days else None,
        "last_complete_slot_at": None if slot_s is None else utc_text(slot_s),
        "communes": communes,
        "bays": bays,
        "stays": count_stays(session),
    }
