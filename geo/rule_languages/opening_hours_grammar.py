"""The rules of a text of OSM opening hours, each with its days, times and modifier.

Source: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification, as far as time rules can say it.
"""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import Window
from geo.rule_languages.opening_hours_days import MONTH_NAMES, read_days
from geo.rule_languages.opening_hours_tokens import Tokens
from geo.rules import DAY_MIN, WEEK, minutes
from geo.words import TimeRule

MOST_CHARACTERS = 10_000
"""Longest text that is read; OpenStreetMap itself holds 255 characters, ours are longer where comments say much."""

LATEST = 48 * 60
"""The grammar counts hours past midnight up to 48:00."""

SEPARATORS = (";", ",", "||")
CLOSED, OPEN, UNKNOWN = "off", "open", "unknown"
_STATES = {"off": CLOSED, "closed": CLOSED, "open": OPEN, "unknown": UNKNOWN}
_STARTS = (*WEEK, *MONTH_NAMES, "ph", "sh", "week", "24/7", "<year>", "<time>")


@dataclass(frozen=True)
class Said:
    """One rule of a text of opening hours."""

    separator: str
    """What stands before it: ``;`` replaces earlier rules on its days, ``,`` adds, ``||`` fills what is left."""
    days: tuple[TimeRule, ...]
    """The days it selects, each rule of all hours."""
    windows: tuple[Window, ...]
    """Start and end in minutes since midnight, the end up to 2880; empty: none given, all day."""
    state: str
    comment: str | None


def parse(text: str) -> tuple[Said, ...]:
    """Read the rules of a text in order.

    Raises
    ------
    InvalidTimeRule
        Something that a time rule cannot say or that is no opening hours; its text names the piece.
    """
    if len(text) > MOST_CHARACTERS:
        raise InvalidTimeRule(
            f"opening hours have {len(text)} characters: wanted at most {MOST_CHARACTERS}"
        )
    tokens = Tokens(text)
    said: list[Said] = []
    separator = ";"
    while not tokens.is_done:
        said.append(_rule(tokens, separator))
        if tokens.is_done:
            break
        separator = tokens.take(*SEPARATORS)
        if tokens.is_done and separator != ";":
            raise tokens.refuse("wanted a rule after the mark")
    return tuple(said)


def _rule(tokens: Tokens, separator: str) -> Said:
    starts = tokens.sees(*_STARTS)
    if not starts and not tokens.sees(*_STATES):
        raise tokens.refuse("wanted days, times or off")
    days = read_days(tokens)
    windows = _times(tokens)
    state, comment = _modifier(tokens)
    return Said(separator, days, windows, state, comment)


def _times(tokens: Tokens) -> tuple[Window, ...]:
    windows: list[Window] = []
    while tokens.sees("<time>"):
        windows.append(_window(tokens))
        if not (tokens.sees(",") and tokens.sees("<time>", ahead=1)):
            break
        tokens.take(",")
    return tuple(windows)


def _window(tokens: Tokens) -> Window:
    start = _minute(tokens, DAY_MIN - 1)
    if not tokens.takes("-"):
        raise tokens.refuse("wanted a time range with its end")
    end = _minute(tokens, LATEST)
    if tokens.sees("+", "/"):
        raise tokens.refuse("wanted a time range with a fixed end and no repetition")
    return start, end if start < end else end + DAY_MIN


def _minute(tokens: Tokens, latest: int) -> int:
    if not tokens.sees("<time>"):
        raise tokens.refuse("wanted a time HH:MM, not one of the sun or an open end")
    text = tokens.take("<time>")
    minute = minutes(text)
    if minute > latest or int(text.rsplit(":", 1)[1]) > 59:  # noqa: PLR2004 - minutes of an hour
        raise InvalidTimeRule(f"opening hours {tokens.text!r} hold the time {text}: wanted HH:MM")
    return minute


def _modifier(tokens: Tokens) -> tuple[str, str | None]:
    state = OPEN
    if tokens.sees(*_STATES):
        state = _STATES[tokens.take(*_STATES).casefold()]
    comment = tokens.take("<comment>").strip('"') if tokens.sees("<comment>") else None
    return state, comment
