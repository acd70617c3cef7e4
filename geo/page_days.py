"""Days that a saved web page names: schema.org events in JSON-LD, or else its ``time`` elements."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

from typing_extensions import override

from geo.errors import InvalidFile
from geo.ical_days import LONGEST_DAYS

MOST_NODES = 50_000
"""Values of one page's JSON-LD that are looked at (convention)."""

_TAG = re.compile(r"<(script|time)\b[^<>]{0,1000}>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years in which a page's dates are dates and not misprints (convention)."""

Spans = Iterator[tuple[date, date]]


def page_days(text: str, time_zone: str) -> Spans:
    """Yield the days of a page's events as half-open spans; where it has none, the days of its ``time`` elements.

    Raises
    ------
    InvalidFile
        JSON-LD that is none or too large, or an event whose dates cannot be read.
    """
    scripts, times = _data(_without_comments(text))
    zone = ZoneInfo(time_zone)
    events = [event for script in scripts for event in _events(script)]
    if events:
        yield from (_event_span(event, zone) for event in events)
        return
    for value in times:
        day = _day(value, zone)
        if day is not None:
            yield day, day + timedelta(days=1)


class _Attributes(HTMLParser):
    """Reads the attributes of one tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.given: dict[str, str | None] = {}

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the attributes."""
        self.given = dict(attrs)


def _attributes(tag: str) -> dict[str, str | None]:
    reader = _Attributes()
    reader.feed(tag)
    return reader.given


def _without_comments(text: str) -> str:
    parts, at = [], 0
    while (begin := text.find("<!--", at)) >= 0:
        parts.append(text[at:begin])
        end = text.find("-->", begin)
        if end < 0:
            return "".join(parts)
        at = end + len("-->")
    return "".join([*parts, text[at:]])


def _data(text: str) -> tuple[list[str], list[str]]:
    """Return the JSON-LD scripts and the ``datetime`` of the ``time`` elements of a page without comments.

    Only these tags are given to the parser, one by one: on a malformed page its time grows with the square.
    """
    scripts, times, at = [], [], 0
    while (found := _TAG.search(text, at)) is not None:
        given, at = _attributes(found[0]), found.end()
        if found[1].lower() == "time":
            times.append(given.get("datetime") or "")
            continue
        end = _SCRIPT_END.search(text, at)
        if end is None:
            break
        if (given.get("type") or "").split(";")[0].strip().lower() == "application/ld+json":
            scripts.append(text[at : end.start()])
        at = end.end()
    return scripts, times


def _events(script: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a script that are events with a start, however deep."""
    try:
        waiting = [json.loads(script)]
    except (ValueError, RecursionError) as error:
        raise InvalidFile(f"has JSON-LD that cannot be read: {str(error)[:100]}") from error
    seen = 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if seen > MOST_NODES:
            raise InvalidFile(f"has more than {MOST_NODES} values in its JSON-LD: wanted fewer")
        if isinstance(node, Mapping):
            if _is_event(node):
                yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _is_event(node: Mapping[str, Any]) -> bool:
    """Tell whether an object is an Event of schema.org or one of its kinds, and not cancelled."""
    named = node.get("@type")
    kinds = [str(one) for one in (named if isinstance(named, list) else [named])]
    is_off = str(node.get("eventStatus", "")).endswith("EventCancelled")
    return (
        any(kind.endswith(("Event", "Festival")) for kind in kinds)
        and "startDate" in node
        and not is_off
    )


def _event_span(event: Mapping[str, Any], zone: ZoneInfo) -> tuple[date, date]:
    first_on = _day(str(event["startDate"]), zone)
    last_on = _day(str(event.get("endDate") or event["startDate"]), zone)
    if first_on is None or last_on is None or last_on < first_on:
        raise InvalidFile(
            f"has an event from {str(event['startDate'])[:40]!r} to {str(event.get('endDate'))[:40]!r}: "
            "wanted dates as 2026-03-01, the last not before the first"
        )
    if (last_on - first_on).days >= LONGEST_DAYS:
        raise InvalidFile(f"has an event from {first_on} to {last_on}: wanted at most ten years")
    return first_on, last_on + timedelta(days=1)


def _day(value: str, zone: ZoneInfo) -> date | None:
    """Return the local day of a date or an instant, None of what is neither, as a time or a duration."""
    text = value.strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        return None
    return (at if at.tzinfo is None else at.astimezone(zone)).date()
