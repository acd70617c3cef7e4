"""Forecasts from the folder of a study: the states of all its bays, its calendar, and what instants are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np

from geo.calendar import public_holidays
from geo.errors import InvalidInput
from geo.forecast.outlook import Calendar, Outlook, Request, outlook
from geo.forecast.states import States, presence_of, states
from geo.local_time import day_bounds_s, local_date
from geo.study.folder import OpenStudy, bounds_s
from geo.study.params import FRENCH_TIME_ZONES
from geo.study.words import Study
from geo.words import is_insee


def study_outlook(opened: OpenStudy, request: Request) -> Outlook:
    """Return the forecasts that were asked for, for every bay of a study.

    Raises
    ------
    InvalidInput
        No slot lies between the two instants, or none was observed before the first.
    """
    study = opened.study
    communes = [bay.commune for bay in study.bays]
    calendar = Calendar(study.period.time_zone, _holidays_on(study, request.until_s))
    return outlook(study_states(opened), communes, calendar, request)


def study_states(opened: OpenStudy) -> States:
    """Return the states of all bays of a study at the middles of the slots of its period."""
    start_s, end_s = bounds_s(opened.study.period)
    parts = [
        states(presence_of(part, part.bays), len(part.bays), start_s, end_s)
        for part in opened.parts()
    ]
    return States(
        start_s,
        np.concatenate([part.vehicles for part in parts]),
        np.concatenate([part.seen for part in parts]),
    )


def instant_s(text: str, time_zone: str) -> int:
    """Read a local date, which stands for its end, or an instant with its offset, as epoch seconds.

    Raises
    ------
    InvalidInput
        It is neither.
    """
    try:
        return day_bounds_s(date.fromisoformat(text), time_zone)[1]
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidInput(
            f"found {text!r}: wanted a local date such as 2026-03-02, which stands for its end, or an instant with "
            "its offset, such as 2026-03-02T18:00:00+01:00"
        )
    return int(at.timestamp())


def _holidays_on(study: Study, until_s: int) -> frozenset[date]:
    """Return the public holidays of the period, and in France of the days forecast after it."""
    period = study.period
    begin_on = period.last_on + timedelta(days=1)
    end_on = local_date(until_s, period.time_zone) + timedelta(days=1)
    insee = [one for one in {bay.commune for bay in study.bays} if is_insee(one)]
    if period.time_zone not in FRENCH_TIME_ZONES or end_on <= begin_on or not insee:
        return period.holidays_on
    return period.holidays_on | frozenset.intersection(*_coming(insee, begin_on, end_on))


def _coming(insee: list[str], begin_on: date, end_on: date) -> Iterator[frozenset[date]]:
    for one in insee:
        yield public_holidays(one, begin_on, end_on)
