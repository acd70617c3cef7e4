"""Forgets what is older than it may be kept; figures of the forgotten stays remain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from service.store.coverage import purge_coverage
from service.store.events import purge_events
from service.store.stays import purge_stays

GRACE_DAYS = 1
"""Raw events live a day longer than they are accepted, so that no late event misses its earlier half."""

DAYS_IN_MONTH = 30.44
"""Mean length of a month (365.25 / 12)."""


@dataclass(frozen=True)
class Forgotten:
    """How much was removed."""

    events: int
    stays: int


def forget(session: Session, raw_event_days: int, stay_months: int, now_at: datetime) -> Forgotten:
    """Remove raw events and ended stays beyond their retention; the figures of slots are aggregates and stay.

    The times seen go with the stays: a bay whose stays are forgotten must not look seen and empty.
    """
    events_s = int((now_at - timedelta(days=raw_event_days + GRACE_DAYS)).timestamp())
    stays_s = int((now_at - timedelta(days=stay_months * DAYS_IN_MONTH)).timestamp())
    gone = Forgotten(purge_events(session, events_s), purge_stays(session, stays_s))
    purge_coverage(session, stays_s)
    return gone
