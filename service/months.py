"""A commune's month: its facts read from the store, its figures computed by the core."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Session

from geo.calendar import public_holidays
from geo.commune_month import CommuneMonth, Facts, commune_month
from geo.errors import UnknownBay
from geo.local_time import midnight_s
from service.store.axis import bay_axis
from service.store.bays import get_commune, list_bays
from service.store.calendars import day_books
from service.store.figures import counted_seen
from service.store.stays import stay_arrays


def facts_of_commune(session: Session, insee: str, from_on: date, to_on: date) -> Facts:
    """Return what was observed in a commune's bays, less what an officer excluded.

    Parameters
    ----------
    from_on, to_on
        First local day, and the day after the last.

    Raises
    ------
    UnknownCommune
        No commune has this code.
    UnknownBay
        The commune has no bay.
    """
    commune = get_commune(session, insee)
    axis = bay_axis(session, insee)
    if not axis.places:
        raise UnknownBay(f"commune {insee} has no bay: wanted at least one")
    zone = commune.time_zone
    start_s, end_s = midnight_s(from_on, zone), midnight_s(to_on, zone)
    return Facts(
        list_bays(session, insee),
        stay_arrays(session, axis, start_s, end_s),
        counted_seen(session, axis, start_s, end_s),
        zone,
        public_holidays(insee, from_on, to_on),
        day_books(session, insee).periods,
    )


def month_of_commune(session: Session, insee: str, first_on: date) -> CommuneMonth:
    """Return the figures of a commune for the month that begins on a day."""
    to_on = next_month(first_on)
    return commune_month(facts_of_commune(session, insee, first_on, to_on), first_on, to_on)


def next_month(first_on: date) -> date:
    """Return the first day of the month after."""
    return (first_on + timedelta(days=31)).replace(day=1)


def month_before(first_on: date) -> date:
    """Return the first day of the month before."""
    return (first_on - timedelta(days=1)).replace(day=1)
