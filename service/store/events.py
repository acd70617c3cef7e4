"""Taken events in the database: what makes a repeat harmless and what stays are derived from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import delete, func, select
from sqlmodel import Session

from service.facts import Report, TakenEvent, read_parked, read_report
from service.store.database import insert_new
from service.store.tables import EVENT, LINK

REPORT = "scheduled_report"
"""Event type of the per-minute report."""


def add_events(session: Session, events: Sequence[TakenEvent], received_s: int) -> list[TakenEvent]:
    """Keep events and return those that were not known; repeats change nothing."""
    rows = {
        (event.device_id, event.event_id): {
            "device_id": event.device_id,
            "event_id": event.event_id,
            "bay_id": event.bay_id,
            "event_type": event.event_type,
            "event_s": event.event_s,
            "session_id": event.session_id,
            "observed_s": None if event.report is None else event.report.observed_s,
            "received_s": received_s,
            "detail": event.detail,
        }
        for event in reversed(events)
    }
    new = insert_new(session, EVENT, list(rows.values()))
    taken = {(event.device_id, event.event_id): event for event in reversed(events)}
    return [event for key, event in reversed(taken.items()) if key in new]


def link_device(session: Session, device_id: str, bay_ids: Iterable[str]) -> list[str]:
    """Note that a device reports on bays; return those it had not reported on before."""
    known = session.scalars(select(LINK.c.bay_id).where(LINK.c.device_id == device_id))
    missing = set(bay_ids) - set(known)
    rows = [{"device_id": device_id, "bay_id": bay_id} for bay_id in sorted(missing)]
    insert_new(session, LINK, rows)
    return sorted(missing)


def events_of_sessions(
    session: Session, device_id: str, session_ids: Collection[str]
) -> dict[tuple[str, str], list[TakenEvent]]:
    """Return the park events of a device's sessions, by bay and session."""
    statement = select(
        EVENT.c.event_id,
        EVENT.c.bay_id,
        EVENT.c.event_type,
        EVENT.c.event_s,
        EVENT.c.session_id,
        EVENT.c.detail,
    ).where(EVENT.c.device_id == device_id, EVENT.c.session_id.in_(session_ids))
    found: dict[tuple[str, str], list[TakenEvent]] = defaultdict(list)
    for event_id, bay_id, event_type, event_s, session_id, detail in session.execute(statement):
        found[bay_id, session_id].append(
            TakenEvent(
                device_id,
                event_id,
                bay_id,
                event_type,
                event_s,
                session_id,
                parked=read_parked(detail),
            )
        )
    return found


def reports_since(
    session: Session, device_id: str, bay_id: str, from_s: int, *, seeing: bool = False
) -> list[tuple[int, Report]]:
    """Return a device's reports on a bay from the last one before an instant onwards.

    With ``seeing`` it is the last one before that saw anything.

    One report for each window end, in order; of several for the same end the one that saw most,
    then the one that counted most.
    """
    mine = (
        EVENT.c.device_id == device_id,
        EVENT.c.bay_id == bay_id,
        EVENT.c.event_type == REPORT,
    )
    last = select(func.max(EVENT.c.event_s)).where(*mine, EVENT.c.event_s < from_s)
    before = session.execute(last.where(EVENT.c.observed_s > 0) if seeing else last).scalar_one()
    statement = select(EVENT.c.event_s, EVENT.c.detail).where(
        *mine, EVENT.c.event_s >= (from_s if before is None else before)
    )
    best: dict[int, Report] = {}
    for event_s, detail in session.execute(statement):
        report = read_report(detail)
        if event_s not in best or _says_more(report, best[event_s]):
            best[event_s] = report
    return sorted(best.items())


def _says_more(one: Report, other: Report) -> bool:
    return (one.observed_s, one.count, one.occupants) > (
        other.observed_s,
        other.count,
        other.occupants,
    )


def last_events(session: Session) -> dict[str, int]:
    """Return the instant of each device's last event, epoch seconds."""
    statement = select(EVENT.c.device_id, func.max(EVENT.c.event_s)).group_by(EVENT.c.device_id)
    return {row[0]: row[1] for row in session.execute(statement)}


def purge_events(session: Session, before_s: int) -> int:
    """Remove the events dated before an instant; return how many."""
    gone = session.execute(delete(EVENT).where(EVENT.c.event_s < before_s))
    return int(gone.rowcount)  # type: ignore[attr-defined]
