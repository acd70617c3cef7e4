"""Street and side of a French address: bays along the same street tell each other's direction."""

from __future__ import annotations

import re

from geo.inventory.cells import plain

NUMBER = re.compile(r"\W*\d+\s*(?:bis|ter|quater|[a-d])?\b[\s,]*", re.IGNORECASE)
"""House number at the beginning of an address, with its suffix."""


def street_of(address: str | None) -> str:
    """Return the plain form of the street of an address, without its number."""
    return plain(
        NUMBER.sub("", address or "", count=1) if NUMBER.match(address or "") else address or ""
    )


def parity_of(address: str | None) -> int | None:
    """Return the parity of an address's number, 0 or 1, None without one: odd and even are two sides of a street."""
    number = re.match(r"\W*(\d{1,6})\b", address or "")
    return int(number[1]) % 2 if number else None
