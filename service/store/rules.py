"""The time rules of bays through time: kept when an inventory changes them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy import delete, func, select, tuple_
from sqlmodel import Session

from geo.bay_period import RulesFrom
from geo.rules import read_rules
from service.store.database import in_parts, upsert
from service.store.tables import BAY, PAST_RULES


def end_rules(session: Session, ended: Mapping[str, str], since_on: date) -> set[str]:
    """Keep rules that end, and return the bays of which they are kept.

    Rules that would have been in force for no day are not kept: of two changes on one day the last counts.

    Parameters
    ----------
    ended
        The rules that known bays have had until now, as their rows hold them, by bay.
    since_on
        First local day of the rules that follow.
    """
    last = {
        row[0]: row[1]
        for part in in_parts(ended)
        for row in session.execute(
            select(PAST_RULES.c.bay_id, func.max(PAST_RULES.c.until_on))
            .where(PAST_RULES.c.bay_id.in_(part))
            .group_by(PAST_RULES.c.bay_id)
        )
    }
    kept = {bay_id for bay_id in ended if not (bay_id in last and last[bay_id] >= since_on)}
    rows = [
        {"bay_id": bay_id, "until_on": since_on, "rules": ended[bay_id]} for bay_id in sorted(kept)
    ]
    upsert(session, PAST_RULES, rows)
    return kept


def drop_ends(session: Session, ends: Collection[tuple[str, date]]) -> None:
    """Forget rules that ended, named by bay and by the first local day of those that followed."""
    key = tuple_(PAST_RULES.c.bay_id, PAST_RULES.c.until_on)
    for part in in_parts(ends):
        session.execute(delete(PAST_RULES).where(key.in_(part)))


def rules_of(session: Session, bay_id: str) -> list[RulesFrom]:
    """Return all rules that a known bay is known to have had, oldest first; the last are in force."""
    past = session.execute(
        select(PAST_RULES.c.until_on, PAST_RULES.c.rules)
        .where(PAST_RULES.c.bay_id == bay_id)
        .order_by(PAST_RULES.c.until_on)
    ).all()
    now = session.execute(select(BAY.c.rules).where(BAY.c.bay_id == bay_id)).scalar_one()
    begins = [None, *(row[0] for row in past)]
    texts = [*(row[1] for row in past), now]
    return [
        RulesFrom(from_on, read_rules(json.loads(text)))
        for from_on, text in zip(begins, texts, strict=True)
    ]
