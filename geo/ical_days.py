"""Days of the events of an iCalendar file (RFC 5545), repetitions and exceptions included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, cast
from zoneinfo import ZoneInfo

import icalendar

from geo.errors import InvalidFile
from geo.recurrence import read_recurrence, recurring_days

MOST_EVENTS = 5_000
"""Events that one calendar may hold (convention)."""

MOST_DEPTH = 10
"""Components within components; a calendar has events in it, and alarms in those (RFC 5545, 3.6)."""

MOST_STEPS = 1_000_000
"""Days that all repetitions together may be looked for on, so that a hostile file costs seconds at most."""

FIRST_ON = date(1970, 1, 1)
"""Repetitions that start before are refused: a count would have to be followed from there."""

LONGEST_DAYS = 3_660
"""Longest event taken: ten years of works (convention)."""

UNREADABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)
"""What the library raises on calendars that are not of their form."""

Spans = Iterator[tuple[date, date]]


@dataclass(frozen=True)
class _Event:
    """What of an event is needed."""

    uid: str
    first_on: date
    span_days: int
    replaces_on: date | None
    """Day of the repetition that it stands for; None in an event of its own."""
    is_cancelled: bool
    source: icalendar.Component


def ical_days(text: str, time_zone: str, from_on: date, until_on: date) -> Spans:
    """Yield the days of all events of a calendar as half-open spans; those outside the half-open time may be left out.

    Raises
    ------
    InvalidFile
        No calendar, or larger or deeper than any.
    """
    _check_depth(text)
    try:
        calendar = icalendar.Calendar.from_ical(text)
        sources = list(calendar.walk("VEVENT"))
        if len(sources) > MOST_EVENTS:
            raise InvalidFile(f"holds {len(sources)} events: wanted at most {MOST_EVENTS}")
        zone = ZoneInfo(time_zone)
        events = [_event(source, zone) for source in sources]
        yield from _spans(events, zone, from_on, until_on)
    except UNREADABLE as error:
        raise InvalidFile(f"is no calendar: {str(error)[:200]}") from error


def _spans(events: list[_Event], zone: ZoneInfo, from_on: date, until_on: date) -> Spans:
    moved = {(one.uid, one.replaces_on) for one in events if one.replaces_on is not None}
    steps = 0
    for event in (one for one in events if not one.is_cancelled):
        starts: Iterator[date] = iter((event.first_on,))
        if event.replaces_on is None:
            rules = _listed(event.source.get("RRULE"))
            steps += len(rules) * max(0, (until_on - event.first_on).days)
            if steps > MOST_STEPS:
                raise InvalidFile(
                    "repeats more often than can be followed: wanted fewer repetitions"
                )
            starts = _starts(event, rules, zone, until_on)
        for start_on in starts:
            end_on = start_on + timedelta(days=event.span_days)
            is_moved = event.replaces_on is None and (event.uid, start_on) in moved
            if end_on > from_on and not is_moved:
                yield start_on, end_on


def _starts(event: _Event, rules: list[Any], zone: ZoneInfo, until_on: date) -> Iterator[date]:
    """Return the first days of an event and of its repetitions."""
    if rules and event.first_on < FIRST_ON:
        raise InvalidFile(f"repeats since {event.first_on}: wanted a start from {FIRST_ON} on")
    without = set(_dates(event.source.get("EXDATE"), zone))
    repeated = [
        recurring_days(read_recurrence(_parts(rule)), event.first_on, until_on) for rule in rules
    ]
    own = (event.first_on,), _dates(event.source.get("RDATE"), zone)
    return (on for on in dict.fromkeys(chain(*own, *repeated)) if on not in without)


def _event(source: icalendar.Component, zone: ZoneInfo) -> _Event:
    given: Any = source
    start, end = cast("date", given["DTSTART"].dt), _end(source)
    first_on = _local_day(start, zone)
    until_on = _local_until(end, zone) if end is not None else first_on + timedelta(days=1)
    span_days = max(1, (until_on - first_on).days)
    if span_days > LONGEST_DAYS:
        raise InvalidFile(f"has an event of {span_days} days: wanted at most {LONGEST_DAYS}")
    replaced = source.get("RECURRENCE-ID")
    return _Event(
        str(source.get("UID", "")),
        first_on,
        span_days,
        None if replaced is None else _local_day(replaced.dt, zone),
        str(source.get("STATUS", "")).upper() == "CANCELLED",
        source,
    )


def _end(source: icalendar.Component) -> date | None:
    """Return where an event ends, excluded; None where it does not say."""
    given: Any = source
    if "DTEND" in given:
        return cast("date", given["DTEND"].dt)
    if "DURATION" in given:
        return cast("date", given["DTSTART"].dt + given["DURATION"].dt)
    return None


def _local_day(at: date, zone: ZoneInfo) -> date:
    """Return the local day of a date or an instant; an instant without zone is local already."""
    if not isinstance(at, datetime):
        return at
    return (at if at.tzinfo is None else at.astimezone(zone)).date()


def _local_until(end: date, zone: ZoneInfo) -> date:
    """Return the first local day after an end that is excluded: midnight itself belongs to the day before."""
    if not isinstance(end, datetime):
        return end
    last = (end if end.tzinfo is None else end.astimezone(zone)) - timedelta(microseconds=1)
    return last.date() + timedelta(days=1)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _dates(value: Any, zone: ZoneInfo) -> Iterator[date]:
    """Yield the days of EXDATE or RDATE; of a period its start."""
    for part in _listed(value):
        for one in part.dts:
            at = one.dt[0] if isinstance(one.dt, tuple) else one.dt
            yield _local_day(at, zone)


def _parts(rule: Any) -> dict[str, list[Any]]:
    return {str(name).upper(): _listed(value) for name, value in rule.items()}


def _check_depth(text: str) -> None:
    depth = 0
    for line in text.splitlines():
        word = line[:6].upper()
        depth += (word == "BEGIN:") - (line[:4].upper() == "END:")
        if depth > MOST_DEPTH:
            raise InvalidFile(f"has components {depth} deep: wanted at most {MOST_DEPTH}")
