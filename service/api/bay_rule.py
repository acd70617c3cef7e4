"""Route of the rule that applies at a bay at an instant, and of the next change."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request, Response

from geo.vocabulary import Label
from service.api.answers import answer
from service.api.parameters import BayPath, read_instant
from service.context import Ctx
from service.rule_now import rule_now, said_now, state_text
from service.store.bays import find_bay
from service.store.calendars import day_books
from service.store.database import reading

router = APIRouter(prefix="/api/v1/bays", tags=["places"])


@router.get("/{bay_id}/rule")
def get_rule(
    request: Request,
    context: Ctx,
    bay_id: BayPath,
    at: Annotated[str | None, Query(description="ISO 8601 with offset; now if left out.")] = None,
) -> Response:
    """Tell which rule applies at a bay at an instant, and what comes next, as data and in words.

    `rule` is null where parking is free to all; `next` where nothing changes within 400 days. Where it hangs on a
    calendar that the commune has not got, `unknown` says so: what applies has no `text` then, or what follows is null.
    Public holidays, school holidays and named days are those of the commune.
    """
    at_instant = context.clock() if at is None else read_instant("at", at)
    with reading(context.engine) as session:
        bay = find_bay(session, bay_id)
        book = day_books(session, bay.commune)
    now = rule_now(bay.rules, at_instant, book)
    following = now.following
    content = {
        "bay_id": bay_id,
        "commune": bay.commune,
        "time_zone": book.time_zone,
        **_at(at_instant, book.time_zone),
        "rule": None if now.rule is None else now.rule.model_dump(mode="json"),
        "text": None if not now.is_known else _both(state_text(now.rule)),
        "next": None
        if following is None
        else {
            **_at(following.at, book.time_zone),
            "rule": None if following.rule is None else following.rule.model_dump(mode="json"),
            "text": _both(state_text(following.rule)),
        },
        "unknown": now.unknown,
        "sentence": said_now(bay.rules, at_instant, book),
    }
    return answer(request, content)


def _at(at: datetime, time_zone: str) -> dict[str, str]:
    local = at.astimezone(ZoneInfo(time_zone))
    return {
        "at": f"{at.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%SZ}",
        "at_local": local.isoformat(timespec="seconds"),
    }


def _both(label: Label) -> dict[str, Any]:
    return {"fr": label.fr, "en": label.en}
