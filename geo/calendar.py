"""Public holidays and kinds of day, by commune."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

SUBDIVISIONS = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "976": "976",
}
"""Departments with holidays of their own, by the beginning of their INSEE codes, as the library names them.

Source: Code du travail, L3134-13 (Alsace-Moselle) and L3422-2 (overseas departments).
"""


SATURDAY, SUNDAY = 5, 6
"""As ``date.weekday`` counts."""


class DayKind(StrEnum):
    """Kinds of day with a demand of their own."""

    WEEKDAY = "weekday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    """Sundays and public holidays."""


def days(from_on: date, to_on: date) -> list[date]:
    """Return the days from the first, included, to the last, excluded."""
    return [from_on + timedelta(days=i) for i in range((to_on - from_on).days)]


def public_holidays(insee: str, from_on: date, to_on: date) -> frozenset[date]:
    """Return the public holidays of a commune in a half-open period."""
    subdivision = SUBDIVISIONS.get(insee[:3]) or SUBDIVISIONS.get(insee[:2])
    found = _of_years(subdivision, tuple(range(from_on.year, to_on.year + 1)))
    return frozenset(on for on in found if from_on <= on < to_on)


def day_kind(on: date, holidays_on: AbstractSet[date]) -> DayKind:
    """Return the kind of a local day; a public holiday counts as a Sunday."""
    if on in holidays_on or on.weekday() == SUNDAY:
        return DayKind.SUNDAY
    return DayKind.SATURDAY if on.weekday() == SATURDAY else DayKind.WEEKDAY


@lru_cache(maxsize=64)
def _of_years(subdivision: str | None, years: tuple[int, ...]) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=years))
