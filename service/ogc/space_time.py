"""Reads the parameters bbox and datetime as OGC API - Features writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.ogc.failures import InvalidParameter
from service.store.bays import Bbox

MAX_LON, MAX_LAT = 180.0, 90.0
"""Ends of the axes of CRS 84 in degrees."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:)(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
"""RFC 3339, section 5.6, date-time."""

_LEAP = "60"
"""Seconds of the minute in which a leap second is put in."""

_OPEN = ("", "..")
"""An open end of an interval."""

_WANTED = "wanted an RFC 3339 instant, or two with / between them, of which one may be .. or empty"


@dataclass(frozen=True)
class Interval:
    """A time from an instant to another, both included, in epoch seconds; None is open."""

    from_s: float | None = None
    to_s: float | None = None

    def meets(self, start_s: int, end_s: int) -> bool:
        """Tell whether a half-open time meets it."""
        return (self.to_s is None or start_s <= self.to_s) and (
            self.from_s is None or end_s > self.from_s
        )


def read_boxes(text: str) -> tuple[Bbox, ...]:
    """Return the box of a bbox parameter: four numbers, or six whose heights are not looked at, as bays have none.

    Where west is east of east the box crosses the antimeridian, and two boxes are returned.

    Raises
    ------
    InvalidParameter
        Not four or six numbers, out of range, or south is north of north.
    """
    parts = text.split(",")
    if len(parts) not in (4, 6) or not all(_NUMBER.fullmatch(part) for part in parts):
        raise InvalidParameter(
            f"bbox is {text!r}: wanted west,south,east,north in degrees, or six numbers with heights"
        )
    numbers = [float(part) for part in parts]
    half = len(numbers) // 2
    (west, south), (east, north) = numbers[:2], numbers[half : half + 2]
    if not (
        abs(west) <= MAX_LON and abs(east) <= MAX_LON and -MAX_LAT <= south <= north <= MAX_LAT
    ):
        raise InvalidParameter(
            f"bbox is {text!r}: wanted longitudes within -180 and 180, latitudes within -90 and 90, south <= north"
        )
    if half > 2 and numbers[2] > numbers[5]:  # noqa: PLR2004 - a plane has two axes
        raise InvalidParameter(f"bbox is {text!r}: wanted the lower height first")
    if west <= east:
        return ((west, south, east, north),)
    return (west, south, MAX_LON, north), (-MAX_LON, south, east, north)


def read_interval(text: str) -> Interval:
    """Return the time of a datetime parameter; an instant is an interval of no length.

    Raises
    ------
    InvalidParameter
        No RFC 3339 instant or interval, open at both ends without a slash, or backwards.
    """
    ends = text.split("/")
    if len(ends) == 1:
        at_s = _instant_s(ends[0], text)
        return Interval(at_s, at_s)
    if len(ends) != 2:  # noqa: PLR2004 - an interval has two ends
        raise InvalidParameter(f"datetime is {text!r}: {_WANTED}")
    from_s, to_s = (None if end in _OPEN else _instant_s(end, text) for end in ends)
    if from_s is None and to_s is None:
        raise InvalidParameter(f"datetime is {text!r}, open at both ends: {_WANTED}")
    if from_s is not None and to_s is not None and from_s > to_s:
        raise InvalidParameter(f"datetime is {text!r}: wanted the earlier instant first")
    return Interval(from_s, to_s)


def _instant_s(said: str, text: str) -> float:
    parts = _INSTANT.fullmatch(said)
    if parts is None:
        raise InvalidParameter(f"datetime is {text!r}: {_WANTED}")
    day, minute, second, fraction, offset = parts.groups()
    leap = second == _LEAP
    plain = f"{day}T{minute}{'59' if leap else second}{offset.upper()}"
    try:
        at = datetime.fromisoformat(plain) + timedelta(seconds=leap)
        return (at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() + float(fraction or 0)
    except (ValueError, OverflowError) as error:
        raise InvalidParameter(f"datetime is {text!r}: {error}; {_WANTED}") from error
