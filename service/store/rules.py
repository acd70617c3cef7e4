"""The time rules of bays through time: kept when an inventory changes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session

from geo.bay_period import RulesFrom
from geo.rules import read_rules
from geo.words import TimeRule
from service.store.database import upsert
from service.store.tables import BAY, PAST_RULES

Rules = tuple[TimeRule, ...]


def end_rules(session: Session, given: Mapping[str, Rules], since_on: date) -> int:
    """Keep the rules that known bays have now where others are given for them; return of how many bays.

    Rules that would have been in force for no day are not kept: of two changes on one day the last counts.

    Parameters
    ----------
    given
        New rules by bay.
    since_on
        First local day of the new rules.
    """
    now = {row[0]: row[1] for row in session.execute(select(BAY.c.bay_id, BAY.c.rules))}
    latest = select(PAST_RULES.c.bay_id, func.max(PAST_RULES.c.until_on)).group_by(
        PAST_RULES.c.bay_id
    )
    last = {row[0]: row[1] for row in session.execute(latest)}
    rows = [
        {"bay_id": bay_id, "until_on": since_on, "rules": now[bay_id]}
        for bay_id, rules in given.items()
        if bay_id in now
        and read_rules(json.loads(now[bay_id])) != rules
        and not (bay_id in last and last[bay_id] >= since_on)
    ]
    upsert(session, PAST_RULES, rows)
    return len(rows)


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
