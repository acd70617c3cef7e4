"""Time rules from the texts of parking signs: Melbourne's, and the French panel of a delivery bay."""

from __future__ import annotations

import re
from typing import Any

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import canonical, in_order
from geo.rule_languages.checked import checked_rule
from geo.rule_languages.panel import is_panel, read_panel
from geo.rule_languages.sign_times import HOURS, hours_of
from geo.rules import ALL_DAYS, WEEK, clock_of
from geo.words import Activity, Day, TimeRule

DISABLED = "disabled_parking_permit"
"""CDS 1.1, Rule.purposes."""

RESIDENT = "resident_permit"
"""User class of ours; an area follows it: ``resident_permit_1b``."""

_MINUTES = r"(?P<stay>\d+)(?P<unit>M\b(?!-)| ?(?:MIN|MINS|MINUTES|HR|HRS)\b)"
_KINDS: tuple[tuple[re.Pattern[str], Activity], ...] = (
    (re.compile(r"CW TOW\b|CLEARWAY( TOW)?\b"), Activity.NO_STOPPING),
    (re.compile(r"(S/ ?)?NO STOP(PING)?\b|S/"), Activity.NO_STOPPING),
    (re.compile(rf"(L/ZONE|LOADING ZONE|LZ) ?({_MINUTES})?"), Activity.LOADING),
    (re.compile(rf"P/ ?({_MINUTES}|(?P<bare>\d+)\b)?"), Activity.NO_PARKING),
    (re.compile(r"1/(?P<part>[24]) ?P(?![A-Z])"), Activity.PARKING),
    (re.compile(r"(?P<hours>\d) ?P(M\b|(?=DIS)|(?![A-Z]))"), Activity.PARKING),
    (re.compile(rf"{_MINUTES} P\b"), Activity.PARKING),
    (re.compile(rf"P ?({_MINUTES}|(?P<bare>\d+)\b)|P\b"), Activity.PARKING),
)
"""How a sign begins, and what it allows or forbids.

Source: the TypeDesc columns of the file (Loading Zone 30M, Clearway (Tow away), 1/4P, P 10 Mins, P/ (No Parking) …).
A P that is crossed out, ``P/``, forbids parking; its minutes are how long a stop may take.
"""

_ASIDES = re.compile(
    r"\b(MTR|METER|TKT( A\b)?|NO DAYS)\b|\(?\b(722|621)\b\)?( OFFENCE)?|[<>]"
    r"|\(NO PARKING( 621)?\)|-? ?\bNO PARK(ING)?\b"
)
"""What a sign says of payment, of the offence's number, of the stretch of kerb, and twice: no condition of time."""

_RESIDENTS = re.compile(r"\bRPA\b( (?P<area>\d+[A-Z]?)\b(?![.:]))?|\b(A )?RPE\b")
_DISABLED = re.compile(r"\bDIS(ABLED?)?( ONLY)?\b")
_OTHER_TIMES = re.compile(r"\b(AOT|ALL OTHER TIMES)\b")

_DAY = (
    r"(?:MON(?:DAY)?|MO|M|TUE(?:SDAY)?|TU|WED(?:NESDAY)?|WE|W|THU(?:RSDAY)?|TH|FRI(?:DAY)?|FR|F"
    r"|SAT(?:URDAY)?|SA|SUN(?:DAY)?|SU|S)"
)
_DAYS = re.compile(
    rf"(?<![A-Z/])(?P<first>{_DAY})(?: ?(?P<mark>-|TO|&|AND) ?(?P<last>{_DAY}))?(?![A-Z])"
)
_LETTERS = {"M": "MO", "W": "WE", "F": "FR"}


MOST_CHARACTERS = 1_000
"""Longest sign that is read."""


def read_sign(text: str) -> tuple[TimeRule, ...]:
    """Return what one sign text says, for example ``LZ 30MINS M-F 7:30AM - 6:30PM``.

    A sign without days, or of all seven, is of every day, public holidays included; fewer days leave them out.
    That a place is paid is left out. A text that begins with LIVRAISONS is a French panel.

    Raises
    ------
    InvalidTimeRule
        The text cannot be understood for certain; the message names the piece: an unknown word, hours that can be
        read in two ways, no hours at all, or hours that hang on the other signs of the place (AOT).
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidTimeRule(f"sign has {len(text)} characters: wanted at most {MOST_CHARACTERS}")
    if is_panel(text):
        return read_panel(text)
    left = " ".join(text.upper().split())
    if _OTHER_TIMES.search(left):
        raise InvalidTimeRule(f"sign {text!r} is of all other times: wanted the hours themselves")
    left, fields = _kind(left, text)
    left = _ASIDES.sub(" ", left)
    left, users = _users(left)
    left, days = _days(left, text)
    found = HOURS.search(left)
    if found is None:
        raise InvalidTimeRule(f"sign {text!r} has no hours that can be read in {left.strip()!r}")
    start, end = hours_of(found)
    rest = (left[: found.start()] + " " + left[found.end() :]).replace("-", " ").strip()
    if rest:
        raise InvalidTimeRule(f"sign {text!r} holds {rest!r}: wanted days, hours and known words")
    window = {"days": days, "start": clock_of(start), "end": clock_of(end)}
    return canonical([checked_rule(f"sign {text!r}", {**fields, **users, **window})])


def _kind(left: str, text: str) -> tuple[str, dict[str, Any]]:
    """Take the beginning off, and return what the sign allows or forbids and for how long."""
    for pattern, activity in _KINDS:
        found = pattern.match(left)
        if found is not None:
            return left[found.end() :], {"activity": activity, "max_stay_min": _stay_min(found)}
    raise InvalidTimeRule(f"sign {text!r} begins with no known kind: wanted P, LZ, CW, S/ …")


def _stay_min(found: re.Match[str]) -> int | None:
    said = {name: value for name, value in found.groupdict().items() if value is not None}
    if "part" in said:
        return 60 // int(said["part"])
    if "hours" in said:
        return 60 * int(said["hours"])
    if "stay" in said:
        return int(said["stay"]) * (60 if said["unit"].strip().startswith("HR") else 1)
    return int(said["bare"]) if "bare" in said else None


def _users(left: str) -> tuple[str, dict[str, Any]]:
    users: dict[str, Any] = {}
    if _DISABLED.search(left):
        users["user_classes"] = (DISABLED,)
    residents = _RESIDENTS.search(left)
    if residents is not None:
        area = residents.group("area")
        users["except_user_classes"] = (f"{RESIDENT}_{area.lower()}" if area else RESIDENT,)
    return _RESIDENTS.sub(" ", _DISABLED.sub(" ", left)), users


def _days(left: str, text: str) -> tuple[str, tuple[Day, ...]]:
    found = list(_DAYS.finditer(left))
    if not found:
        return left, ALL_DAYS
    if len(found) > 1:
        raise InvalidTimeRule(
            f"sign {text!r} names days twice, {', '.join(one.group() for one in found)}: wanted once"
        )
    days = in_order(_named(found[0]))
    rest = left[: found[0].start()] + " " + left[found[0].end() :]
    return rest, ALL_DAYS if days == WEEK else days


def _named(found: re.Match[str]) -> list[Day]:
    first, last = found.group("first"), found.group("last")
    if found.group() in ("S-S", "S - S"):
        return [Day.SA, Day.SU]
    if "S" in (first, last):
        raise InvalidTimeRule(f"day {found.group()!r} is Saturday or Sunday: wanted SA or SU")
    start = _day(first)
    if last is None:
        return [start]
    end = _day(last)
    if found.group("mark") in ("&", "AND"):
        return [start, end]
    at = WEEK.index(start)
    return [WEEK[(at + step) % 7] for step in range((WEEK.index(end) - at) % 7 + 1)]


def _day(name: str) -> Day:
    return Day(_LETTERS.get(name, name)[:2].lower())
