"""Derives stays from park events, and ends those whose departure was lost by what reports count.

Everything here is a function of the set of facts, never of their order of arrival.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from geo.words import VEHICLE_CLASSES
from service.facts import Report, StayFact, TakenEvent, session_stay_id

START = "park_start"

TimedReport = tuple[int, Report]
"""End of the window in epoch seconds, and the report."""


def stay_of_session(events: Sequence[TakenEvent], known: StayFact | None) -> StayFact | None:
    """Return the stay that a session's park events tell, or None while only its end is known.

    Of several starts the first counts, of several ends the last; the class is that of the most
    confident event, then of the latest. An end before its start (a clock set back) makes a stay
    of no length.

    Parameters
    ----------
    events
        All kept park events of one device, bay and session; not empty.
    known
        The stay as it was: its arrival still counts when the start event has been purged.
    """
    arrivals = [event.event_s for event in events if event.event_type == START]
    if known is not None and not arrivals:
        arrivals = [known.arrived_s]
    if not arrivals:
        return None
    arrived_s = min(arrivals)
    ends = [event.event_s for event in events if event.event_type != START]
    best = max(events, key=_weight)
    device_id, bay_id, session_id = best.device_id, best.bay_id or "", best.session_id or ""
    if best.parked is None:
        raise ValueError(f"park event {best.event_id} has no vehicle")
    return StayFact(
        stay_id=session_stay_id(device_id, bay_id, session_id),
        bay_id=bay_id,
        vehicle_class=best.parked.vehicle_class,
        arrived_s=arrived_s,
        departed_s=max(*ends, arrived_s) if ends else None,
        device_id=device_id,
        session_id=session_id,
        confidence=best.parked.confidence,
    )


def _weight(event: TakenEvent) -> tuple[int, bool, int, int, str]:
    if event.parked is None:
        raise ValueError(f"park event {event.event_id} has no vehicle")
    rank = VEHICLE_CLASSES.index(event.parked.vehicle_class)
    return (
        event.parked.confidence or 0,
        event.event_type != START,
        event.event_s,
        rank,
        event.event_id,
    )


def uncut(stay: StayFact) -> StayFact:
    """Return a stay as reported: one that was cut is open again."""
    return replace(stay, departed_s=None, cut_found_s=None) if stay.is_cut else stay


def cut_stays(
    stays: Iterable[StayFact], reports: Sequence[TimedReport], from_s: int
) -> list[StayFact]:
    """End the stays that two successive full reports no longer count.

    Where both of two full reports, one following the other without a gap, count fewer vehicles than
    there are stays, as many of the oldest stays without a reported departure end at the beginning
    of the first of the two windows: the last time they were counted.

    Parameters
    ----------
    stays
        Session stays of one device in one bay that last until the first report or later.
    reports
        The device's reports on the bay in order, from the last one before ``from_s`` onwards.
    from_s
        Cuts found at or after this instant are thought over again; earlier ones stand.

    Returns
    -------
    list[StayFact]
        The same stays, each open, departed as reported, or cut.
    """
    current = {
        stay.stay_id: uncut(stay) if (stay.cut_found_s or 0) >= from_s else stay for stay in stays
    }
    before: TimedReport | None = None
    missing_before = 0
    for at_s, report in reports:
        missing = _missing(current.values(), at_s, report) if report.is_full else 0
        follows = before is not None and before[0] == at_s - report.window_s
        if before is not None and follows and at_s >= from_s:
            gone = _oldest_open(current.values(), before[0])[: min(missing, missing_before)]
            left_s = before[0] - before[1].window_s
            for stay in gone:
                current[stay.stay_id] = replace(
                    stay, departed_s=max(stay.arrived_s, left_s), cut_found_s=at_s
                )
            missing -= len(gone)
        before, missing_before = (at_s, report), missing
    return list(current.values())


def _missing(stays: Iterable[StayFact], at_s: int, report: Report) -> int:
    """Return how many stays more there are than vehicles counted at the end of a window.

    Times are floored to the minute: a vehicle of minute 12:00 is counted from the window that
    ends at 12:01 on, and one that left in minute 12:10 is still counted at 12:10.
    """
    present = sum(
        stay.arrived_s < at_s and (stay.departed_s is None or stay.departed_s >= at_s)
        for stay in stays
    )
    return max(0, present - report.count)


def _oldest_open(stays: Iterable[StayFact], before_s: int) -> list[StayFact]:
    """Return the open stays that were there at an instant, oldest first."""
    found = [stay for stay in stays if stay.departed_s is None and stay.arrived_s < before_s]
    return sorted(found, key=lambda stay: (stay.arrived_s, stay.stay_id))
