"""Brings stays, seen times and figures up to date with newly taken events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlmodel import Session

from geo.occupancy import OPEN_S
from service.facts import StayFact, TakenEvent, Touched, session_stay_id
from service.ingest.calibrations import derive_calibrations
from service.ingest.counts import counted_stays
from service.ingest.double_parking import derive_double_parking
from service.ingest.sessions import cut_stays, stay_of_session, uncut
from service.intervals import Interval, Reasoned, merge, merge_reasons, subtract
from service.security import Profile
from service.store.axis import axis_of
from service.store.coverage import replace_seen, replace_unseen, seen_near, unseen_near
from service.store.events import events_of_sessions, link_device, reports_since
from service.store.exclusions import device_exclusions
from service.store.figures import refresh, touched_days
from service.store.stays import (
    delete_stays,
    endless_bays,
    save_stays,
    stays_by_id,
    stays_since,
)

UNNAMED_REASON = "unknown"
"""Reason of an unseen time for which the device gave none."""


def derive(
    session: Session, device_id: str, profile: Profile | None, new: Sequence[TakenEvent]
) -> None:
    """Bring every fact and figure up to date with events that were just kept."""
    touched = Touched()
    link(session, device_id, {event.bay_id for event in new if event.bay_id is not None}, touched)
    derive_coverage(session, new, touched)
    derive_calibrations(session, device_id, new)
    derive_double_parking(session, new)
    if profile is Profile.COUNTS:
        _derive_counts(session, device_id, new, touched)
    else:
        _derive_sessions(session, device_id, new, touched)
    if touched.spans:
        axis = axis_of(session, touched.spans)
        refresh(session, axis, touched_days(session, axis, touched))


def link(session: Session, device_id: str, bay_ids: Iterable[str], touched: Touched) -> None:
    """Note which bays a device reports on; a new one falls under the device's exclusions, past ones too."""
    new = link_device(session, device_id, bay_ids)
    for from_s, to_s in device_exclusions(session, device_id) if new else ():
        for bay_id in new:
            touched.add(bay_id, from_s, to_s)


def derive_coverage(session: Session, new: Sequence[TakenEvent], touched: Touched) -> None:
    """Add what reports saw, and did not see, to the seen and unseen times."""
    seen: dict[str, list[Interval]] = defaultdict(list)
    unseen: dict[str, list[Reasoned]] = defaultdict(list)
    for event in new:
        report = event.report
        if report is None or event.bay_id is None:
            continue
        begins_s = event.event_s - report.window_s
        until_s = begins_s + report.observed_s
        seen[event.bay_id].append((begins_s, until_s))
        unseen[event.bay_id].append((until_s, event.event_s, report.reason or UNNAMED_REASON))
    if seen:
        add_coverage(session, seen, unseen, touched)


def add_coverage(
    session: Session,
    seen: dict[str, list[Interval]],
    unseen: dict[str, list[Reasoned]],
    touched: Touched,
) -> None:
    """Merge seen and unseen times of bays into those known; both name the same bays."""
    edges = [edge for items in seen.values() for item in items for edge in item]
    edges += [edge for items in unseen.values() for item in items for edge in item[:2]]
    bay_ids, low_s, high_s = list(seen), min(edges), max(edges)
    old_seen = seen_near(session, bay_ids, low_s, high_s)
    new_seen = {bay_id: merge([*old_seen[bay_id], *seen[bay_id]]) for bay_id in bay_ids}
    for bay_id in bay_ids:
        added = subtract(new_seen[bay_id], old_seen[bay_id])
        if added:
            touched.add(bay_id, added[0][0], added[-1][1])
    replace_seen(session, old_seen, new_seen)
    old_unseen = unseen_near(session, bay_ids, low_s, high_s)
    new_unseen = {
        bay_id: merge_reasons([*old_unseen[bay_id], *unseen.get(bay_id, ())], new_seen[bay_id])
        for bay_id in bay_ids
    }
    replace_unseen(session, old_unseen, new_unseen)


def _derive_sessions(
    session: Session, device_id: str, new: Sequence[TakenEvent], touched: Touched
) -> None:
    since_s = _report_times(new)
    parked = [event for event in new if event.session_id is not None]
    changed = _changed_sessions(session, device_id, parked)
    save_stays(session, [stay for _, stay in changed])
    for old, stay in changed:
        _touch(touched, old, stay)
        at_s = _first_difference(old, stay)
        since_s[stay.bay_id] = min(at_s, since_s.get(stay.bay_id, at_s))
    for bay_id in sorted(endless_bays(session, device_id, list(since_s))):
        _cut(session, device_id, bay_id, since_s[bay_id], touched)


def _changed_sessions(
    session: Session, device_id: str, parked: Sequence[TakenEvent]
) -> list[tuple[StayFact | None, StayFact]]:
    """Return the stays that park events change, each as it was known and as it is now reported."""
    if not parked:
        return []
    names = {event.session_id for event in parked if event.session_id is not None}
    wanted = {(event.bay_id, event.session_id) for event in parked}
    told = {
        session_stay_id(device_id, bay_id, name): events
        for (bay_id, name), events in events_of_sessions(session, device_id, names).items()
        if (bay_id, name) in wanted
    }
    known = stays_by_id(session, list(told))
    pairs = [
        (known.get(stay_id), stay_of_session(events, known.get(stay_id)))
        for stay_id, events in told.items()
    ]
    return [
        (old, stay)
        for old, stay in pairs
        if stay is not None and (old is None or uncut(old) != stay)
    ]


def _first_difference(old: StayFact | None, new: StayFact) -> int:
    """Return the first instant at which a changed stay can change what counts say of its bay."""
    times = [new.arrived_s if new.departed_s is None else new.departed_s]
    if old is None or old.arrived_s != new.arrived_s:
        times.append(new.arrived_s)
    if old is not None and old.departed_s is not None:
        times.append(old.departed_s)
    return min(times)


def _cut(session: Session, device_id: str, bay_id: str, since_s: int, touched: Touched) -> None:
    """Think over, from an instant on, which stays without a departure are gone."""
    reports = reports_since(session, device_id, bay_id, since_s)
    if not reports:
        return
    stays = stays_since(session, bay_id, device_id, "session", min(reports[0][0], since_s))
    known = {stay.stay_id: stay for stay in stays}
    found = [stay for stay in cut_stays(stays, reports, since_s) if stay != known[stay.stay_id]]
    save_stays(session, found)
    for stay in found:
        _touch(touched, known[stay.stay_id], stay)


def _derive_counts(
    session: Session, device_id: str, new: Sequence[TakenEvent], touched: Touched
) -> None:
    for bay_id, since_s in _report_times(new).items():
        reports = reports_since(session, device_id, bay_id, since_s, seeing=True)
        first_s, first = reports[0]
        anchor_s = first_s if first_s < since_s else first_s - first.window_s
        old = {
            stay.stay_id: stay
            for stay in stays_since(session, bay_id, device_id, "count", anchor_s)
            if stay.departed_s is None or stay.departed_s >= anchor_s
        }
        here = [stay for stay in old.values() if stay.arrived_s < anchor_s]
        now = {
            stay.stay_id: stay
            for stay in counted_stays(device_id, bay_id, here if first_s < since_s else [], reports)
        }
        _exchange(session, old, now, touched)


def _exchange(
    session: Session, old: dict[str, StayFact], now: dict[str, StayFact], touched: Touched
) -> None:
    """Put stays in the place of others, touching only those that differ."""
    gone = [stay for stay_id, stay in old.items() if stay_id not in now]
    changed = [stay for stay_id, stay in now.items() if old.get(stay_id) != stay]
    delete_stays(session, [stay.stay_id for stay in gone])
    save_stays(session, changed)
    for stay in gone:
        _touch(touched, None, stay)
    for stay in changed:
        _touch(touched, old.get(stay.stay_id), stay)


def _report_times(new: Iterable[TakenEvent]) -> dict[str, int]:
    """Return the first instant of new reports, by bay."""
    first: dict[str, int] = {}
    for event in new:
        if event.report is not None and event.bay_id is not None:
            first[event.bay_id] = min(event.event_s, first.get(event.bay_id, event.event_s))
    return first


def _touch(touched: Touched, old: StayFact | None, new: StayFact) -> None:
    """Mark the time in which a stay differs from what it was."""
    end_s = OPEN_S if new.departed_s is None else new.departed_s
    if old is None or old.vehicle_class != new.vehicle_class:
        touched.add(
            new.bay_id, new.arrived_s, max(end_s, _end(old)) + 1 if end_s < OPEN_S else end_s
        )
        return
    edges = [(old.arrived_s, new.arrived_s), (_end(old), end_s)]
    for one_s, other_s in edges:
        if one_s != other_s:
            touched.add(new.bay_id, min(one_s, other_s), max(one_s, other_s))


def _end(stay: StayFact | None) -> int:
    if stay is None:
        return 0
    return OPEN_S if stay.departed_s is None else stay.departed_s
