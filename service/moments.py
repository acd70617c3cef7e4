"""Instants between epoch seconds and the text people and machines read."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_text(at_s: int) -> str:
    """Return an instant in epoch seconds as ISO 8601 text in UTC; one beyond the calendar as a number."""
    try:
        return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return f"{at_s} s after 1970"


def now_utc() -> datetime:
    """Return the service's clock."""
    return datetime.now(UTC)
