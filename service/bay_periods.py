"""A bay over some days: its facts read from the store, its figures and its forecast computed by the core."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from geo.bay_period import BayPeriod, Observed, RulesFrom, bay_period
from geo.calendar import public_holidays
from geo.forecast.typical import typical_week_forecast
from geo.local_time import midnight_s
from geo.sums import HOURS_OF_WEEK
from geo.words import SLOT_S
from service.figure_cache import HOURS, FigureCache
from service.store.axis import BayAxis, BayPlace
from service.store.calendars import day_books
from service.store.figures import counted_seen, read_figures
from service.store.stays import stay_arrays

FORECAST_WEEKS = 8
"""Weeks behind a forecast: two months of each weekday, short enough to follow a season."""

DAYS, SUNDAY = 7, 6

HOUR_S = 3600

SLOTS_IN_HOUR = HOUR_S // SLOT_S

SEEN_ROW, FULL_ROW = 0, 2
"""Rows of the packed figures; see ``service.store.packing``."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HoursForecast:
    """How likely a bay is to have no room in each hour of a typical week, with the ends of 90 % intervals.

    Shape ``(168,)``, Monday 0 h first; a public holiday counts as a Sunday.
    """

    from_on: date
    to_on: date
    """Last day it rests on, included."""
    p: Floats
    low: Floats
    high: Floats


def period_of_bay(
    session: Session, place: BayPlace, rules: list[RulesFrom], from_on: date, to_on: date
) -> BayPeriod:
    """Return the figures of a bay over local days, both ends included."""
    after_on = to_on + timedelta(days=1)
    zone, alone = place.time_zone, BayAxis((place,))
    start_s, end_s = midnight_s(from_on, zone), midnight_s(after_on, zone)
    observed = Observed(
        place.capacity,
        read_figures(session, alone, from_on, to_on),
        stay_arrays(session, alone, start_s, end_s),
        counted_seen(session, alone, start_s, end_s),
        rules,
        zone,
        public_holidays(place.insee, from_on, after_on),
        day_books(session, place.insee).periods,
    )
    return bay_period(observed, from_on, after_on)


def forecast_of_bay(
    session: Session, cache: FigureCache, axis: BayAxis, bay_id: str, to_on: date
) -> HoursForecast | None:
    """Forecast the typical week of a bay from the weeks until a day, included; None where its commune was not seen.

    All bays of the commune are read: a bay that was seen little leans on them.

    Parameters
    ----------
    axis
        All bays of the store.
    """
    insee = axis.places[axis.index[bay_id]].insee
    kept = axis.of_commune(insee)
    from_on = to_on - timedelta(weeks=FORECAST_WEEKS) + timedelta(days=1)
    holidays_on = public_holidays(insee, from_on, to_on + timedelta(days=1))
    seen_h = np.zeros((len(kept), DAYS, HOURS))
    full_h = seen_h.copy()
    for on, hours in cache.hours(session, axis, from_on, to_on).items():
        day = SUNDAY if on in holidays_on else on.weekday()
        seen_h[:, day] += hours[kept, SEEN_ROW] / HOUR_S
        full_h[:, day] += hours[kept, FULL_ROW] / HOUR_S
    if not seen_h.any():
        return None
    mine = int(np.flatnonzero(kept == axis.index[bay_id])[0])
    by_slot = typical_week_forecast(
        _per_slot(full_h), _per_slot(seen_h), wanted=slice(mine, mine + 1)
    )
    p, low, high = (_per_hour(part) for part in by_slot)
    return HoursForecast(from_on, to_on, p, low, high)


def _per_slot(hours: Floats) -> Floats:
    """Give each slot of an hour what its whole hour had, shape ``(B, 7, 96)``."""
    return np.repeat(hours, SLOTS_IN_HOUR, axis=2)


def _per_hour(slots: Floats) -> Floats:
    """Return the mean of the slots of each hour, shape ``(168,)``."""
    return np.asarray(slots.reshape(HOURS_OF_WEEK, SLOTS_IN_HOUR).mean(axis=1))
