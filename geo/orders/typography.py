"""French typography and numbers of an order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from geo.intervals import Interval
from geo.rule_conditions_text import date_text, joined
from geo.suggest.record import Range
from geo.suggest.sentences import number, share

DASH = "\N{EN DASH}"

UNKNOWN = DASH
"""How a figure that is not known is written."""

NBSP, APOSTROPHE = "\N{NO-BREAK SPACE}", "\N{RIGHT SINGLE QUOTATION MARK}"

WHOLE_FROM = 10
"""From this value on estimates are written as whole numbers: their intervals are wider than a decimal."""

_BEFORE = re.compile(r" +(?=[;:!?»%])")
_AFTER = re.compile(r"(?<=«) +")
_UNITS = re.compile(r"(?<=\d) (?=(?:h|min|m|t|%|places?)\b)|(?<=\bn°) |(?<=\b[LR]\.) (?=\d)")


def french(text: str) -> str:
    """Return a text with the apostrophes and unbreakable spaces of French print."""
    for pattern in (_BEFORE, _AFTER, _UNITS):
        text = pattern.sub(NBSP, text)
    return text.replace("'", APOSTROPHE).replace(" - ", f" {DASH} ")


def day_text(on: date) -> str:
    """Return a date in words: ``1er mars 2026``."""
    return date_text(on, "fr")


def listed(items: Sequence[str]) -> str:
    """Return words as an enumeration: ``a, b et c``."""
    return joined(items, "fr")


def number_text(value: float | None, decimals: int = 0) -> str:
    """Return a number in French; a dash where unknown."""
    return UNKNOWN if value is None else number(value, decimals)[0]


def share_text(value: float | None) -> str:
    """Return a share 0..1 in per cent; a dash where unknown."""
    return UNKNOWN if value is None else share(value)[0]


def share_interval_text(value: Interval) -> str:
    """Return a share with its 90 % interval where there is one."""
    if value.low is None or value.high is None:
        return share_text(value.value)
    return f"{share_text(value.value)} ({share_text(value.low)} à {share_text(value.high)})"


def range_text(value: Range) -> str:
    """Return an estimate with its 90 % interval; from ten on without decimals."""
    decimals = 0 if abs(value.mean) >= WHOLE_FROM else 1
    mean, low, high = (number(part, decimals)[0] for part in (value.mean, value.p05, value.p95))
    return f"{mean} ({low} à {high})"
