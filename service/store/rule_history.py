"""The earlier time rules of all bays of a commune at once."""

from __future__ import annotations

import json
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from geo.rules import read_rules
from geo.words import TimeRule
from service.store.tables import BAY, PAST_RULES

PastRules = list[tuple[date, tuple[TimeRule, ...]]]
"""Earlier rules of a bay, oldest first, each with the first local day of those that followed."""


def past_rules(session: Session, insee: str) -> dict[str, PastRules]:
    """Return the earlier rules of the bays of a commune that had any, by bay."""
    statement = (
        select(PAST_RULES.c.bay_id, PAST_RULES.c.until_on, PAST_RULES.c.rules)
        .join(BAY, BAY.c.bay_id == PAST_RULES.c.bay_id)
        .where(BAY.c.insee == insee)
        .order_by(PAST_RULES.c.bay_id, PAST_RULES.c.until_on)
    )
    found: dict[str, PastRules] = {}
    for bay_id, until_on, text in session.execute(statement):
        found.setdefault(bay_id, []).append((until_on, read_rules(json.loads(text))))
    return found
