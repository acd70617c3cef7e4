"""The collection of hourly occupancy: each bay in each local hour that is over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import numpy as np

from geo.local_time import local_date
from geo.publication import ENOUGH_STAYS, enough
from geo.words import VEHICLE_CLASSES, BayType
from service.moments import utc_text
from service.ogc import figures
from service.ogc.collection import Collection, Found, Property, Reader, feature
from service.ogc.local_hours import (
    DEFAULT_HOURS,
    HOUR_S,
    Record,
    Span,
    hour_spans,
    hourly,
    hours_asked,
    local_days,
    local_text,
    page_on_record,
    record_of,
    time_on_record,
)
from service.ogc.query import Asked
from service.ogc.space_time import Interval
from service.store.axis import axis_of
from service.store.bays import Bbox
from service.store.blocks import Days
from service.store.hour_pages import BayDay, find_bay_day, page_of_bay_days
from service.store.pages import Selection, extent_of_bays

TIME_PROPERTIES: Mapping[str, Property] = {
    "from_at": Property("string", "Début, UTC.", "date-time"),
    "to_at": Property("string", "Fin, exclue, UTC.", "date-time"),
    "from_local": Property("string", "Début à l'heure locale, avec son décalage.", "date-time"),
}

PROPERTIES: Mapping[str, Property] = {
    "bay_id": Property("string", "Identifiant de l'aire."),
    "name": Property("string", "Nom de l'aire."),
    "commune": Property("string", "Code INSEE de la commune."),
    "type": Property("string", "Type d'aire.", values=tuple(kind.value for kind in BayType)),
    "capacity": Property("integer", "Véhicules qui y tiennent."),
    **TIME_PROPERTIES,
    **figures.PROPERTIES,
}
"""Properties of a bay in an hour."""


class BayHours:
    """Bays and hours as features."""

    def page(self, reader: Reader, asked: Asked) -> Found:
        """Return the hours that a query asks for: the newest seven days where it names no time."""
        return page_on_record(reader, asked, partial(_page, reader, asked))

    def one(self, reader: Reader, feature_id: str) -> Mapping[str, Any] | None:
        """Return a bay in an hour, or None."""
        bay_id, _, hour = feature_id.rpartition("@")
        start_s = hour_start_s(hour)
        record = record_of(reader.session, reader.now_s)
        if start_s is None or record is None or not record.start_s <= start_s < record.end_s:
            return None
        place = next(iter(axis_of(reader.session, [bay_id]).places), None)
        if place is None:
            return None
        day = find_bay_day(reader.session, bay_id, local_date(start_s, place.time_zone))
        return None if day is None else _one(reader, day, start_s, record)

    def box(self, reader: Reader) -> Bbox | None:
        """Return the box around all bays."""
        return extent_of_bays(reader.session)

    def time(self, reader: Reader) -> Interval | None:
        """Return from the first hour on record to the last that is over."""
        return time_on_record(reader)


OCCUPATION_HORAIRE = Collection(
    "occupation-horaire",
    "Occupation horaire des aires",
    "L'occupation de chaque aire pendant chaque heure locale écoulée. Sans datetime, seules les "
    f"{DEFAULT_HOURS} dernières heures enregistrées (sept jours) sont rendues ; datetime ouvre tout l'historique. Les "
    f"chiffres observés à moins de {figures.LEAST_SEEN} ou reposant sur moins de {ENOUGH_STAYS} stationnements sont nuls, "
    "avec la raison dans withheld ; une clé d'agent montre ceux de sa commune, classe par classe, dès "
    f"{figures.LEAST_SEEN} d'observation.",
    PROPERTIES,
    BayHours(),
    ("commune", "type", "bay_id"),
)


def hour_id(start_s: int) -> str:
    """Return an hour as part of an identifier: ``2026-03-10T08Z``."""
    return datetime.fromtimestamp(start_s, UTC).strftime("%Y-%m-%dT%HZ")


def hour_start_s(text: str) -> int | None:
    """Return the hour that ``hour_id`` wrote in epoch seconds, or None."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\dZ", text, re.ASCII):
        return None
    try:
        return int(datetime.fromisoformat(f"{text[:-1]}:00+00:00").timestamp())
    except ValueError:
        return None


def time_of(span: Span, time_zone: str) -> dict[str, str]:
    """Return a time as properties."""
    return {
        "from_at": utc_text(span.from_s),
        "to_at": utc_text(span.to_s),
        "from_local": local_text(span.from_s, time_zone),
    }


def _one(reader: Reader, day: BayDay, start_s: int, record: Record) -> Mapping[str, Any] | None:
    exactly = Interval(start_s, start_s + HOUR_S - 1)
    wanted = hours_asked(day.on, day.time_zone, exactly, record.end_s)
    return next(iter(_features(reader, day, wanted)), None)


def _page(reader: Reader, asked: Asked, record: Record, meant: Interval) -> Found:
    """Return the features of a query that meet a time."""
    selection = Selection(
        asked.boxes,
        asked.filters.get("commune"),
        asked.filters.get("type"),
        asked.filters.get("bay_id"),
    )

    def hours(on: date, time_zone: str) -> list[int]:
        return hours_asked(on, time_zone, meant, record.end_s)

    days = Days(*local_days(record, meant), lambda on, zone: len(hours(on, zone)))
    found = page_of_bay_days(reader.session, selection, days, asked.limit, asked.offset)
    features = [
        one
        for piece in found.rows
        for one in _features(
            reader,
            piece.row,
            [hours(piece.row.on, piece.row.time_zone)[item] for item in piece.items],
        )
    ]
    return Found(found.matched, features)


def _features(reader: Reader, day: BayDay, hours: Sequence[int]) -> Iterator[dict[str, Any]]:
    sums = hourly([(day.capacity, day.slots, day.figures)])
    everything = reader.may_see(day.insee)
    told = enough(sums)[0] | everything
    classes = np.full((len(VEHICLE_CLASSES), len(told)), everything)
    shown = figures.shown(sums, told, classes)
    spans = hour_spans(day.on, day.time_zone)
    geometry = json.loads(day.polygon)
    place = {
        "bay_id": day.bay_id,
        "name": day.name,
        "commune": day.insee,
        "type": day.bay_type,
        "capacity": day.capacity,
    }
    for hour in hours:
        properties = {**place, **time_of(spans[hour], day.time_zone), **shown[hour]}
        yield feature(f"{day.bay_id}@{hour_id(spans[hour].from_s)}", geometry, properties)
