"""Typical weeks from hourly sums of days."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from geo.sums import HOURS_OF_WEEK, Sums
from service.figure_cache import HOURS, FigureCache, hour_span_s
from service.store.axis import BayAxis
from service.store.packing import CLASSES, ROWS

DAYS = 7


def typical_week(
    session: Session, cache: FigureCache, axis: BayAxis, from_on: date, to_on: date
) -> Sums:
    """Sum the hours of the local week of all bays over some days, both ends included.

    Returns
    -------
    Sums
        B bays of the axis, 168 hours, Monday 0 h first.
    """
    stack = np.zeros((len(axis), ROWS, DAYS, HOURS), np.int64)
    for on, hours in cache.hours(session, axis, from_on, to_on).items():
        stack[:, :, on.weekday()] += hours
    return week_sums(stack.reshape(len(axis), ROWS, HOURS_OF_WEEK), axis, from_on, to_on)


def week_sums(stack: NDArray[np.int64], axis: BayAxis, from_on: date, to_on: date) -> Sums:
    """Turn hourly rows as they are packed, shape ``(B, 13, 168)``, into sums."""
    seen_s = stack[:, 0]
    return Sums(
        span_s=_span_s(axis, from_on, to_on),
        seen_s=seen_s,
        place_s=seen_s * axis.capacity[:, None],
        occupied_s=stack[:, 1],
        full_s=stack[:, 2],
        vehicle_s=stack[:, 3 : 3 + CLASSES],
        arrivals=stack[:, 3 + CLASSES :],
    )


def _span_s(axis: BayAxis, from_on: date, to_on: date) -> NDArray[np.int64]:
    """Return how many seconds of each hour of the week the days hold, shape ``(B, 168)``."""
    by_zone: dict[str, NDArray[np.int64]] = {}
    for zone in {place.time_zone for place in axis.places}:
        span_s = np.zeros((DAYS, HOURS), np.int64)
        for number in range((to_on - from_on).days + 1):
            on = from_on + timedelta(days=number)
            span_s[on.weekday()] += hour_span_s(on, zone)
        by_zone[zone] = span_s.reshape(HOURS_OF_WEEK)
    rows = [by_zone[place.time_zone] for place in axis.places]
    return np.array(rows, np.int64).reshape(-1, HOURS_OF_WEEK)


def take(sums: Sums, kept: NDArray[np.int64]) -> Sums:
    """Return the sums of some places, in the order given."""
    return Sums(*(getattr(sums, field.name)[kept] for field in fields(Sums)))
