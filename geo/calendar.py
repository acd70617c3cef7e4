"""Public holidays and kinds of day, by commune."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
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
    "975": "PM",
    "976": "976",
    "977": "BL",
    "978": "MF",
    "984": "TF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
"""Territories with holidays of their own, by the beginning of their INSEE codes, as the library names them.

Source: Code du travail, L3134-13 (Alsace-Moselle) and L3422-2 (overseas departments); loi 83-550 and décret 83-1003
for the days that commemorate the abolition of slavery. In Alsace-Moselle Good Friday is a holiday in communes with a
Protestant temple or a mixed church; no list of them is published, so it counts in all. In Guadeloupe the library also
counts days of local custom: mid-Lent, Good Friday and the day of Victor Schœlcher.
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
    found = _of_years(_subdivision(insee), tuple(range(from_on.year, to_on.year + 1)))
    return frozenset(on for on in found if from_on <= on < to_on)


@dataclass(frozen=True)
class PublicHolidays:
    """The public holidays of a commune in whatever year is asked about."""

    insee: str

    def __contains__(self, on: object) -> bool:
        return isinstance(on, date) and on in _of_years(_subdivision(self.insee), (on.year,))


def day_kind(on: date, holidays_on: AbstractSet[date]) -> DayKind:
    """Return the kind of a local day; a public holiday counts as a Sunday."""
    if on in holidays_on or on.weekday() == SUNDAY:
        return DayKind.SUNDAY
    return DayKind.SATURDAY if on.weekday() == SATURDAY else DayKind.WEEKDAY


def _subdivision(insee: str) -> str | None:
    return SUBDIVISIONS.get(insee[:3]) or SUBDIVISIONS.get(insee[:2])


@lru_cache(maxsize=512)
def _of_years(subdivision: str | None, years: tuple[int, ...]) -> frozenset[date]:
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=years))
