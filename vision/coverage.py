"""Coverage: how many seconds of each minute a bay was really seen, how many of them it was occupied, and why not seen."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from geo.words import VehicleClass
from vision.observation import BayObservation, BayState, Reason
from vision.stay_rules import RULES, StayRules
from vision.stays import BayMachine, Departed, StayEvent

WINDOW_S = 60
"""Length of a report's window: what leaves the device is never finer than the minute (house rule)."""

SETTLE_S = 20.0
"""Time after a window's end at which its figures are final: arrivals and departures are confirmed later than they happen."""


@dataclass(frozen=True)
class Segment:
    """A half-open time in which a bay was seen, or not, for one reason."""

    from_s: float
    to_s: float
    reason: str
    """Empty where the bay was seen."""


@dataclass(frozen=True)
class Past:
    """A vehicle that has left, as long as a report still needs it."""

    arrived_s: float
    departed_s: float
    vehicle_class: VehicleClass


@dataclass(frozen=True)
class Ledger:
    """The not yet reported past of one bay."""

    bay_id: str
    segments: tuple[Segment, ...] = ()
    past: tuple[Past, ...] = ()
    reported_s: int | None = None
    """End of the last reported window, epoch seconds; None before the first observation."""


@dataclass(frozen=True)
class WindowReport:
    """One bay in one minute."""

    bay_id: str
    end_s: int
    """End of the half-open window, epoch seconds, a whole minute."""
    observed_s: float
    """Seconds seen, 0..60."""
    occupied_s: float
    """Seconds seen with at least one vehicle in the bay, at most `observed_s`."""
    present: tuple[VehicleClass, ...]
    """Vehicles in the bay at the window's end."""
    reason: str
    """Why most of the unseen time was not seen; empty when all was seen."""
    double_parked_s: float = 0.0
    """Seconds in which a vehicle stood double-parked beside the bay, 0..60, whether or not the bay was seen."""


def look(
    ledger: Ledger, machine: BayMachine, at_s: float, seen: BayObservation, rules: StayRules = RULES
) -> Ledger:
    """Enter the time from the machine's last observation to this one.

    `machine` is the memory before the observation. A time longer than `rules.gap_s` without a frame was not seen.
    """
    if machine.last_s is None or at_s <= machine.last_s:
        return (
            ledger
            if ledger.reported_s is not None
            else replace(ledger, reported_s=_window_start(at_s))
        )
    reason = str(seen.reason) if seen.state is BayState.UNKNOWN else ""
    if at_s - machine.last_s > rules.gap_s:
        reason = str(Reason.NO_PICTURE)
    return replace(
        ledger, segments=_appended(ledger.segments, Segment(machine.last_s, at_s, reason))
    )


def note(ledger: Ledger, events: tuple[StayEvent, ...]) -> Ledger:
    """Enter the vehicles that have left."""
    gone = tuple(
        Past(event.presence.first_s, event.presence.last_s, event.presence.vehicle_class)
        for event in events
        if isinstance(event, Departed)
    )
    return replace(ledger, past=ledger.past + gone) if gone else ledger


def reports(
    ledger: Ledger, machine: BayMachine, until_s: float
) -> tuple[Ledger, tuple[WindowReport, ...]]:
    """Return the reports of all windows that end at or before an instant, and the ledger without them."""
    if ledger.reported_s is None:
        return ledger, ()
    ends = range(ledger.reported_s + WINDOW_S, math.floor(until_s) + 1, WINDOW_S)
    made = tuple(_report(ledger, machine, end_s) for end_s in ends)
    if not made:
        return ledger, ()
    last_s = made[-1].end_s
    kept = tuple(segment for segment in ledger.segments if segment.to_s > last_s)
    past = tuple(stay for stay in ledger.past if stay.departed_s > last_s)
    return replace(ledger, segments=kept, past=past, reported_s=last_s), made


def last_window_end_s(ledger: Ledger) -> float:
    """Return the end of the window that holds the ledger's last second; used when the observation ends."""
    if not ledger.segments:
        return float(ledger.reported_s or 0)
    return float(math.ceil(ledger.segments[-1].to_s / WINDOW_S) * WINDOW_S)


def _window_start(at_s: float) -> int:
    return math.floor(at_s / WINDOW_S) * WINDOW_S


def _appended(segments: tuple[Segment, ...], new: Segment) -> tuple[Segment, ...]:
    if segments and segments[-1].to_s == new.from_s and segments[-1].reason == new.reason:
        return (*segments[:-1], replace(segments[-1], to_s=new.to_s))
    return (*segments, new)


def _report(ledger: Ledger, machine: BayMachine, end_s: int) -> WindowReport:
    stays = [*ledger.past, *(Past(p.first_s, math.inf, p.vehicle_class) for p in machine.confirmed)]
    window = [_clipped(segment, end_s - WINDOW_S, end_s) for segment in ledger.segments]
    lit = [(from_s, to_s) for from_s, to_s, reason in window if not reason and to_s > from_s]
    return WindowReport(
        bay_id=ledger.bay_id,
        end_s=end_s,
        observed_s=sum(to_s - from_s for from_s, to_s in lit),
        occupied_s=sum(_occupied_s(stays, from_s, to_s) for from_s, to_s in lit),
        present=tuple(s.vehicle_class for s in stays if s.arrived_s < end_s <= s.departed_s),
        reason=_main_reason(window, WINDOW_S),
    )


def _clipped(segment: Segment, from_s: float, to_s: float) -> tuple[float, float, str]:
    start_s = min(max(segment.from_s, from_s), to_s)
    return start_s, max(min(segment.to_s, to_s), start_s), segment.reason


def _occupied_s(stays: list[Past], from_s: float, to_s: float) -> float:
    """Return the seconds of [from, to) with at least one vehicle: the length of a union of intervals."""
    spans = sorted((max(s.arrived_s, from_s), min(s.departed_s, to_s)) for s in stays)
    total, reached = 0.0, from_s
    for start_s, end_s in spans:
        total += max(0.0, end_s - max(start_s, reached))
        reached = max(reached, end_s)
    return total


def _main_reason(window: list[tuple[float, float, str]], window_s: float) -> str:
    by_reason: dict[str, float] = {}
    for from_s, to_s, reason in window:
        if to_s > from_s:
            by_reason[reason] = by_reason.get(reason, 0.0) + to_s - from_s
    outside_s = window_s - sum(by_reason.values())
    by_reason[str(Reason.NO_PICTURE)] = by_reason.get(str(Reason.NO_PICTURE), 0.0) + max(
        outside_s, 0.0
    )
    unseen = {reason: seconds for reason, seconds in by_reason.items() if reason and seconds > 0}
    return max(unseen, key=lambda reason: unseen[reason]) if unseen else ""
