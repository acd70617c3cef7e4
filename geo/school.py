"""School holidays by zone, and the zone of a commune."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from vacances_scolaires_france import SchoolHolidayDates

from geo.calendar import SATURDAY
from geo.errors import InvalidInput, UnknownDays

ZONES = ("A", "B", "C")

_DEPARTMENTS = {
    "A": (
        "01 03 07 15 16 17 19 21 23 24 25 26 33 38 39 40 42 43 47 58 63 64 69 70 71 73 74 79 86 87 "
        "89 90"
    ),
    "B": (
        "02 04 05 06 08 10 13 14 18 22 27 28 29 35 36 37 41 44 45 49 50 51 52 53 54 55 56 57 59 60 "
        "61 62 67 68 72 76 80 83 84 85 88"
    ),
    "C": "09 11 12 30 31 32 34 46 48 65 66 75 77 78 81 82 91 92 93 94 95",
}
"""Departments of each zone.

Source: arrêté du 16 avril 2015 fixant le calendrier scolaire, and those after it, which name the academies of each
zone: A Besançon, Bordeaux, Clermont-Ferrand, Dijon, Grenoble, Limoges, Lyon, Poitiers; B Aix-Marseille, Amiens,
Caen, Lille, Nancy-Metz, Nantes, Nice, Orléans-Tours, Reims, Rennes, Rouen, Strasbourg; C Créteil, Montpellier, Paris,
Toulouse, Versailles; Code de l'éducation, R222-2, for the departments of an academy. Corsica and the overseas
departments decide on calendars of their own (D521-6 and D521-7) and are in no zone.
"""

FIRST_ON = date(2015, 9, 1)
"""First day of the present zones: before, academies lay in other ones (arrêté du 16 avril 2015)."""

_BRIDGE_FRIDAYS = (
    date(2016, 5, 6),
    date(2017, 5, 26),
    date(2018, 5, 11),
    date(2023, 5, 19),
    date(2024, 5, 10),
    date(2025, 5, 30),
    date(2026, 5, 15),
)
"""Fridays after Ascension on which, with the Saturday, no zone has class, and which the library leaves out.

Source: the arrêtés that fix the school calendars of 2015-2018 and 2022-2026 ("les classes vaqueront").
"""


def school_zone(insee: str) -> str | None:
    """Return the zone of a commune, ``A``, ``B`` or ``C``; None in Corsica and overseas, which are in none."""
    return next((zone for zone in ZONES if insee[:2] in _DEPARTMENTS[zone].split()), None)


@dataclass(frozen=True)
class SchoolHolidays:
    """Days without class of a zone; asking about a day that the calendar does not cover raises `UnknownDays`."""

    zone: str

    def __post_init__(self) -> None:
        if self.zone not in ZONES:
            raise InvalidInput(f"school zone is {self.zone!r}: wanted A, B or C")

    def __contains__(self, on: object) -> bool:
        days, until_on = _known(self.zone)
        if not isinstance(on, date) or not FIRST_ON <= on < until_on:
            raise UnknownDays(
                f"school holidays of zone {self.zone} are not known on {on}: wanted a day from {FIRST_ON} "
                f"to {until_on - timedelta(days=1)}, or a calendar named school_holidays"
            )
        return on in days


@dataclass(frozen=True)
class SchoolDays:
    """Days with class: Monday to Friday, outside school holidays and public holidays.

    Source: Code de l'éducation, D521-10: lessons lie on Monday to Friday; communes without class on Wednesday say so
    by the days of their rules.
    """

    school_holidays: Container[date]
    public_holidays: Container[date] = field(default_factory=frozenset)

    def __contains__(self, on: object) -> bool:
        return (
            isinstance(on, date)
            and on.weekday() < SATURDAY
            and on not in self.public_holidays
            and on not in self.school_holidays
        )


@lru_cache(maxsize=len(ZONES))
def _known(zone: str) -> tuple[frozenset[date], date]:
    """Return the days without class, and the first day that is no longer known: the one after the last summer."""
    read = _library()
    years = range(FIRST_ON.year, read.max_year + 1)
    days = {on for year in years for on in read.holidays_for_year_and_zone(year, zone)}
    bridges = {friday + timedelta(days=i) for friday in _BRIDGE_FRIDAYS for i in range(2)}
    return frozenset(days | bridges), max(days) + timedelta(days=1)


@lru_cache(maxsize=1)
def _library() -> SchoolHolidayDates:
    """Return the library's table, which takes a while to read."""
    return SchoolHolidayDates()
