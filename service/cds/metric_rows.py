"""Hourly aggregates of curb zones, less all that too few stays or too little seen time stand behind.

Source: Curb Data Specification 1.1, Metrics API, Methodology.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from geo.local_time import local_date, midnight_s
from geo.sums import local_s
from geo.words import ENOUGH_COVERAGE
from service.cds.answers import MS
from service.cds.zones import Span
from service.figure_cache import FigureCache, HourSums, hour_span_s
from service.store.axis import BayAxis, bay_axis
from service.store.packing import CLASSES
from service.store.stays import list_stays

FEWEST_SESSIONS = 5
"""Stays that must stand behind a published row; house rule on small counts."""

HOUR_S, MINUTE_S, DAY_S = 3600, 60, 86_400

SEEN, FIRST_CLASS = 0, 3
"""Rows of the packed figures; see ``service.store.packing``."""

METRICS = ("average_dwell_time", "occupancy_percent", "total_sessions", "turnover")
"""Metrics that are made, in alphabetical order."""

Ints = NDArray[np.int64]

Cell = tuple[str, date, int]
"""A bay, a local day and an hour of it."""


@dataclass(frozen=True)
class Row:
    """One aggregate."""

    on: date
    hour: int
    zone_id: str
    metric: str
    value: float


@dataclass(frozen=True)
class _Hour:
    """What was seen in one hour of one zone, of which enough was seen."""

    span: Span
    on: date
    hour: int
    sessions: int
    seen_s: int
    vehicle_s: int

    @property
    def cell(self) -> Cell:
        """Bay, day and hour."""
        return self.span.bay.bay_id, self.on, self.hour


@dataclass(frozen=True)
class _Dwell:
    """Stays that began in one hour."""

    stays: int
    ended: int
    """Of them those seen to end."""
    total_s: int


def aggregate_rows(
    session: Session,
    cache: FigureCache,
    spans: Sequence[Span],
    period_s: tuple[int, int],
    metrics: Sequence[str] = METRICS,
) -> list[Row]:
    """Return the aggregates of zones of one time zone by day, hour, zone and metric.

    A row is left out where less than ``ENOUGH_COVERAGE`` of the hour was seen or fewer than ``FEWEST_SESSIONS`` stays
    began in it, and the mean stay also where the end of any of them is not known. The hour that a change of clock
    repeats is one row over both.

    Parameters
    ----------
    spans
        Zones wanted.
    period_s
        Half-open, epoch seconds; hours that do not lie wholly in it are left out.
    """
    axis = bay_axis(session)
    hours = list(_hours(session, cache, axis, spans, period_s))
    dwells = _dwells(session, axis, hours) if "average_dwell_time" in metrics else {}
    rows = [row for hour in hours for row in _rows(hour, dwells.get(hour.cell), metrics)]
    return sorted(rows, key=lambda row: (row.on, row.hour, row.zone_id, row.metric))


def _hours(
    session: Session,
    cache: FigureCache,
    axis: BayAxis,
    spans: Sequence[Span],
    period_s: tuple[int, int],
) -> Iterator[_Hour]:
    known = [span for span in spans if span.bay.bay_id in axis.index]
    if not known or period_s[0] >= period_s[1]:
        return
    zone = axis.places[axis.index[known[0].bay.bay_id]].time_zone
    from_on, to_on = local_date(period_s[0], zone), local_date(period_s[1] - 1, zone)
    for on, figures in cache.hours(session, axis, from_on, to_on).items():
        length_s = hour_span_s(on, zone)
        start_s = midnight_s(on, zone) + np.concatenate([[0], np.cumsum(length_s)])
        inside = (start_s[:-1] >= period_s[0]) & (start_s[1:] <= period_s[1])
        for span in known:
            of_span = inside & _within(span, start_s)
            yield from _hours_of(span, axis, on, figures, np.where(of_span, length_s, 0))


def _within(span: Span, start_s: Ints) -> NDArray[np.bool_]:
    """Tell which hours lie wholly in the time of a zone; what was seen before a bay was known counts as its first zone."""
    begun = (start_s[:-1] * MS >= span.start_ms) | (not span.previous_ids)
    return begun if span.end_ms is None else begun & (start_s[1:] * MS <= span.end_ms)


def _hours_of(
    span: Span, axis: BayAxis, on: date, figures: HourSums, length_s: Ints
) -> Iterator[_Hour]:
    mine = figures[axis.index[span.bay.bay_id]].astype(np.int64)
    seen_s = mine[SEEN]
    sessions = mine[FIRST_CLASS + CLASSES :].sum(axis=0)
    vehicle_s = mine[FIRST_CLASS : FIRST_CLASS + CLASSES].sum(axis=0)
    enough = (length_s > 0) & (seen_s >= ENOUGH_COVERAGE * length_s)
    for hour in np.flatnonzero(enough & (sessions >= FEWEST_SESSIONS)):
        counted = int(sessions[hour]), int(seen_s[hour]), int(vehicle_s[hour])
        yield _Hour(span, on, int(hour), *counted)


def _rows(hour: _Hour, dwell: _Dwell | None, metrics: Sequence[str]) -> Iterator[Row]:
    values: dict[str, float] = {
        "total_sessions": hour.sessions,
        "turnover": round(hour.sessions * HOUR_S / hour.seen_s, 3),
        "occupancy_percent": round(hour.vehicle_s / hour.seen_s, 4),
    }
    if dwell is not None and dwell.stays == dwell.ended == hour.sessions:
        values["average_dwell_time"] = round(dwell.total_s / dwell.stays / MINUTE_S, 2)
    for metric, value in values.items():
        if metric in metrics:
            yield Row(hour.on, hour.hour, hour.span.zone_id, metric, value)


def _dwells(session: Session, axis: BayAxis, hours: Sequence[_Hour]) -> Mapping[Cell, _Dwell]:
    """Return the stays that began in each hour of some bays."""
    if not hours:
        return {}
    bays = {hour.span.bay.bay_id for hour in hours}
    zone = axis.places[axis.index[min(bays)]].time_zone
    first_on = min(hour.on for hour in hours)
    last_on = max(hour.on for hour in hours) + timedelta(days=1)
    stays = list_stays(session, bays, midnight_s(first_on, zone), midnight_s(last_on, zone))
    began_s = local_s(np.array([stay.arrived_s for stay in stays], np.int64), zone)
    found: dict[Cell, _Dwell] = {}
    for stay, at_s in zip(stays, began_s.tolist(), strict=True):
        on = date(1970, 1, 1) + timedelta(days=at_s // DAY_S)
        cell = (stay.bay_id, on, at_s % DAY_S // HOUR_S)
        before = found.get(cell, _Dwell(0, 0, 0))
        ended = stay.departed_s is not None and not stay.is_cut
        length_s = (stay.departed_s or stay.arrived_s) - stay.arrived_s
        found[cell] = _Dwell(before.stays + 1, before.ended + ended, before.total_s + length_s)
    return found
