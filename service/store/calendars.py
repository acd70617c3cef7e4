"""Calendars of named days in the database, and the day book that rules of a commune are read with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select
from sqlmodel import Session

from geo.in_force import DayBook, day_book
from service.store.bays import get_commune
from service.store.inventory_tables import CALENDAR_DAY

LONGEST_NAME = 64
"""Characters of a calendar's name, as the table holds them."""


@dataclass(frozen=True)
class NamedDay:
    """A day of a calendar."""

    on: date
    label: str = ""
    """What the source calls it."""


def list_calendars(session: Session, insee: str) -> dict[str, list[NamedDay]]:
    """Return the calendars of a commune by name, days in order."""
    rows = session.execute(
        select(CALENDAR_DAY.c.name, CALENDAR_DAY.c.on_date, CALENDAR_DAY.c.label)
        .where(CALENDAR_DAY.c.insee == insee)
        .order_by(CALENDAR_DAY.c.name, CALENDAR_DAY.c.on_date)
    )
    found: dict[str, list[NamedDay]] = {}
    for name, on, label in rows:
        found.setdefault(name, []).append(NamedDay(on, label))
    return found


def replace_calendar(session: Session, insee: str, name: str, days: Iterable[NamedDay]) -> int:
    """Put the days of a commune's calendar in the place of those it had; no days remove it; return how many.

    Raises
    ------
    UnknownCommune
        No commune has this code.
    """
    get_commune(session, insee)
    session.execute(
        delete(CALENDAR_DAY).where(CALENDAR_DAY.c.insee == insee, CALENDAR_DAY.c.name == name)
    )
    labels = {day.on: day.label for day in days}
    rows = [
        {"insee": insee, "name": name, "on_date": on, "label": label}
        for on, label in sorted(labels.items())
    ]
    if rows:
        session.execute(insert(CALENDAR_DAY), rows)
    return len(rows)


def day_books(session: Session, insee: str) -> DayBook:
    """Return the day book of a commune: its public holidays, school zone and calendars.

    Raises
    ------
    UnknownCommune
        No commune has this code.
    """
    calendars = {
        name: frozenset(day.on for day in days)
        for name, days in list_calendars(session, insee).items()
    }
    return day_book(insee, get_commune(session, insee).time_zone, calendars)
