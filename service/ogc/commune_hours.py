"""The collection of communes' occupancy: each in each local hour that is over, and on each day that is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from geo.local_time import local_date
from geo.publication import ENOUGH_STAYS, told_classes, told_of_day
from geo.sums import Sums, by_commune
from geo.words import INSEE_PATTERN, VEHICLE_CLASSES
from service.ogc import figures
from service.ogc.bay_hours import TIME_PROPERTIES, hour_id, hour_start_s, time_of
from service.ogc.collection import Collection, Found, Property, Reader, feature
from service.ogc.local_hours import (
    DEFAULT_HOURS,
    HOUR_S,
    Record,
    Span,
    day_span,
    hour_spans,
    hourly,
    hours_asked,
    local_days,
    page_on_record,
    record_of,
    time_on_record,
)
from service.ogc.query import Asked
from service.ogc.space_time import Interval
from service.store.bays import Bbox, get_commune
from service.store.blocks import Days
from service.store.commune_pages import (
    CommuneDay,
    Figures,
    figures_of_communes,
    find_commune_day,
    page_of_commune_days,
)
from service.store.pages import Selection, extent_of_communes

DAY, HOUR = "day", "hour"
"""Values of the property ``period``."""

PROPERTIES: Mapping[str, Property] = {
    "commune": Property("string", "Code INSEE."),
    "name": Property("string", "Nom de la commune."),
    "period": Property("string", "Heure ou jour.", values=(HOUR, DAY)),
    **TIME_PROPERTIES,
    "bays": Property("integer", "Aires de la commune."),
    "bays_seen": Property("integer", "Aires observées, au moins en partie."),
    **figures.PROPERTIES,
}
"""Properties of a commune in an hour or on a day."""


@dataclass(frozen=True)
class Period:
    """An hour of a local day by its position, or the whole day."""

    hour: int | None
    span: Span


class CommuneHours:
    """Communes and hours, and communes and days, as features."""

    def page(self, reader: Reader, asked: Asked) -> Found:
        """Return what a query asks for: of the newest seven days where it names no time."""
        return page_on_record(reader, asked, partial(_page, reader, asked))

    def one(self, reader: Reader, feature_id: str) -> Mapping[str, Any] | None:
        """Return a commune in an hour or on a day, or None."""
        insee, _, said = feature_id.partition("@")
        record = record_of(reader.session, reader.now_s)
        if record is None or not re.fullmatch(INSEE_PATTERN, insee):
            return None
        on = _day_named(reader, insee, said, record)
        row = None if on is None else find_commune_day(reader.session, insee, on)
        if row is None:
            return None
        periods = periods_asked(row.on, row.time_zone, record.span, record)
        named = [one for one in periods if _id(insee, row.on, one) == feature_id]
        bays = figures_of_communes(reader.session, [row])
        return next(_features(reader, row, bays[row.insee, row.on], named), None)

    def box(self, reader: Reader) -> Bbox | None:
        """Return the box around all communes."""
        return extent_of_communes(reader.session)

    def time(self, reader: Reader) -> Interval | None:
        """Return from the first hour on record to the last that is over."""
        return time_on_record(reader)


OCCUPATION_COMMUNE = Collection(
    "occupation-commune",
    "Occupation par commune",
    "L'occupation des aires de chaque commune, par heure locale écoulée (period=hour) et par jour écoulé (period=day), "
    f"en un point de la commune. Sans datetime, seules les {DEFAULT_HOURS} dernières heures enregistrées (sept jours) sont "
    f"rendues ; datetime ouvre tout l'historique. Les chiffres observés à moins de {figures.LEAST_SEEN}, reposant sur "
    f"moins de {ENOUGH_STAYS} stationnements, ou dont la différence avec d'autres en trahirait un, sont nuls, avec la raison dans withheld.",
    PROPERTIES,
    CommuneHours(),
    ("commune", "period"),
)


def periods_asked(
    on: date, time_zone: str, asked: Interval, record: Record, wanted: str | None = None
) -> list[Period]:
    """Return the periods of a local day that are over and meet an interval: the day first, then its hours."""
    spans = hour_spans(on, time_zone)
    hours = [Period(hour, spans[hour]) for hour in hours_asked(on, time_zone, asked, record.end_s)]
    day = day_span(on, time_zone)
    over = day.to_s <= record.end_s and asked.meets(day.from_s, day.to_s)
    days = [Period(None, day)] if over else []
    return (days if wanted != HOUR else []) + (hours if wanted != DAY else [])


def _day_named(reader: Reader, insee: str, said: str, record: Record) -> date | None:
    """Return the local day that the second part of an identifier names."""
    start_s = hour_start_s(said)
    if start_s is not None:
        known = record.start_s <= start_s < record.end_s
        return local_date(start_s, get_commune(reader.session, insee).time_zone) if known else None
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _id(insee: str, on: date, period: Period) -> str:
    part = on.isoformat() if period.hour is None else hour_id(period.span.from_s)
    return f"{insee}@{part}"


def _page(reader: Reader, asked: Asked, record: Record, meant: Interval) -> Found:
    """Return the features of a query that meet a time."""
    selection = Selection(asked.boxes, asked.filters.get("commune"))
    wanted = asked.filters.get("period")

    def periods(on: date, time_zone: str) -> list[Period]:
        return periods_asked(on, time_zone, meant, record, wanted)

    days = Days(*local_days(record, meant), lambda on, zone: len(periods(on, zone)))
    found = page_of_commune_days(reader.session, selection, days, asked.limit, asked.offset)
    bays = figures_of_communes(reader.session, [piece.row for piece in found.rows])
    features = [
        one
        for piece in found.rows
        for one in _features(
            reader,
            piece.row,
            bays[piece.row.insee, piece.row.on],
            [periods(piece.row.on, piece.row.time_zone)[item] for item in piece.items],
        )
    ]
    return Found(found.matched, features)


def _features(
    reader: Reader, row: CommuneDay, figures_of_bays: Sequence[Figures], periods: Sequence[Period]
) -> Iterator[dict[str, Any]]:
    bays = hourly(figures_of_bays)
    hours = _together(bays, row.bays)
    day = _summed(hours)
    everything = reader.may_see(row.insee)
    told = told_of_day(bays, hours, day)
    no_classes = np.full((len(VEHICLE_CLASSES), len(told.hours)), everything)
    by_hour = figures.shown(hours, told.hours | everything, no_classes)
    classes = told_classes(day.arrivals[0, :, 0]) | everything
    (of_day,) = figures.shown(day, np.array([told.day or everything]), classes[:, None])
    seen = bays.seen_s > 0
    geometry = {"type": "Point", "coordinates": row.centre_lonlat}
    for one in periods:
        properties = {
            "commune": row.insee,
            "name": row.name,
            "period": DAY if one.hour is None else HOUR,
            **time_of(one.span, row.time_zone),
            "bays": row.bays,
            "bays_seen": int((seen.any(axis=1) if one.hour is None else seen[:, one.hour]).sum()),
            **(of_day if one.hour is None else by_hour[one.hour]),
        }
        yield feature(_id(row.insee, row.on, one), geometry, properties)


def _together(bays: Sums, number: int) -> Sums:
    """Return the hours of the commune, of which the bays without figures count as unseen."""
    whole = by_commune(bays, np.zeros(len(bays.seen_s), np.int64), 1)
    return replace(whole, span_s=np.full_like(whole.span_s, number * HOUR_S))


def _summed(hours: Sums) -> Sums:
    """Return the whole day."""
    return Sums(*(getattr(hours, one.name).sum(axis=-1, keepdims=True) for one in fields(Sums)))
