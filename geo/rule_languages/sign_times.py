"""Hours of a parking sign, in all the ways they are written: ``7:30-18:30``, ``7.30AM - 6.30PM``, ``1500-1600``.

A sign may leave out AM and PM. Where that leaves two readings open it is refused, not guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import Window
from geo.rules import DAY_MIN

NOON = 720

_TIME = r"(?P<{0}h>\d{{1,2}})(?:(?P<{0}mark>[.:])(?P<{0}m>\d\d))? ?(?P<{0}half>AM|PM|MD|MN)?"
_FOUR = r"(?P<{0}four>[0-2]\d[0-5]\d)"
_END = f"(?:{_FOUR}|{_TIME})"
HOURS = re.compile(
    rf"(?<![\d./]){_END.format('a')}\s*(?:-|–|TO|\s)\s*{_END.format('b')}(?![\d.:A-Z])"  # noqa: RUF001 - dash
)
"""A range of two times, upper case."""


@dataclass(frozen=True)
class Clock:
    """One time as it is written."""

    minute: int
    """As written, 0..1440, on a clock of 24 hours."""
    half: str | None
    """AM, PM, MD (midday) or MN (midnight)."""
    is_24h: bool
    """Whether it can only be of a clock of 24 hours: 13 or more, a leading zero, four digits."""
    has_colon: bool

    @property
    def is_sure(self) -> bool:
        """Whether nothing is left open."""
        return self.half is not None or self.is_24h

    @property
    def sure_min(self) -> int:
        """Minutes since midnight of a time that leaves nothing open."""
        if self.half == "MD":
            return NOON
        if self.half == "MN":
            return 0
        if self.half is None or self.minute >= NOON + 60:
            return self.minute
        return self.minute % NOON + (NOON if self.half == "PM" else 0)


def hours_of(found: re.Match[str]) -> Window:
    """Return the window of a match of `HOURS`, minutes since midnight, the end up to 1440.

    Raises
    ------
    InvalidTimeRule
        The times can be read in two ways, or go past midnight.
    """
    text = found.group().strip()
    start, end = _clock(found, "a", text), _clock(found, "b", text)
    from_min, to_min = _resolved(start, end, text)
    if to_min in (0, DAY_MIN - 1):
        to_min = DAY_MIN
    if from_min >= to_min:
        raise InvalidTimeRule(f"hours {text!r} end before they start: wanted one day")
    return from_min, to_min


def _clock(found: re.Match[str], end: str, text: str) -> Clock:
    four = found.group(f"{end}four")
    if four is not None:
        return Clock(int(four[:2]) * 60 + int(four[2:]), None, is_24h=True, has_colon=False)
    hours = found.group(f"{end}h")
    minute = int(hours) * 60 + int(found.group(f"{end}m") or 0)
    if minute > DAY_MIN or int(found.group(f"{end}m") or 0) > 59:  # noqa: PLR2004 - minutes of an hour
        raise InvalidTimeRule(f"hours {text!r} hold no time of day: wanted 0:00 to 24:00")
    is_24h = minute >= NOON + 60 or hours.startswith("0")
    return Clock(minute, found.group(f"{end}half"), is_24h, found.group(f"{end}mark") == ":")


def _resolved(start: Clock, end: Clock, text: str) -> Window:
    if start.half is None and end.half is None:
        return _without_halves(start, end, text)
    if start.is_sure and end.is_sure:
        return start.sure_min, end.sure_min
    if end.is_sure:
        return _start_before(start, end.sure_min, text), end.sure_min
    if end.minute <= start.sure_min and end.minute < NOON:
        return start.sure_min, end.minute + NOON
    raise _ambiguous(text)


def _start_before(start: Clock, to_min: int, text: str) -> int:
    """Return the start that fits before a known end, where just one of morning and afternoon does."""
    morning = start.minute % NOON
    fitting = [minute for minute in (morning, morning + NOON) if minute < (to_min or DAY_MIN)]
    if len(fitting) != 1:
        raise _ambiguous(text)
    return fitting[0]


def _without_halves(start: Clock, end: Clock, text: str) -> Window:
    """Return hours without AM and PM.

    With a time that only a clock of 24 hours has, or with colons, they stand as they are, but for 11:59, by which
    signs mean the last minute of the morning or of the day. Else an end before its start is of the afternoon.
    """
    last_minute = NOON - 1
    if start.is_24h or end.is_24h or (start.has_colon and end.has_colon):
        if end.minute == last_minute or start.minute >= end.minute > 0:
            raise _ambiguous(text)
        return start.minute, end.minute
    if start.minute >= NOON:
        raise _ambiguous(text)
    if end.minute <= start.minute:
        return start.minute, end.minute + NOON
    if end.minute < NOON:
        raise _ambiguous(text)
    return start.minute, end.minute


def _ambiguous(text: str) -> InvalidTimeRule:
    return InvalidTimeRule(f"hours {text!r} can be read in two ways: wanted AM or PM, or 24 hours")
