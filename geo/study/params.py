"""What else a study is told: parameters, audit and weights, from their JSON values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geo.calendar import public_holidays
from geo.communes import MAINLAND_TIME_ZONE, OVERSEAS_TIME_ZONES
from geo.dated_rules import Periods
from geo.errors import InvalidFile
from geo.in_force import named_periods
from geo.school import school_zone
from geo.study.words import DEFAULT_LENGTH_M, Audit, Period, Search, Weights
from geo.words import Day, VehicleClass, is_insee

FRENCH_TIME_ZONES = frozenset({MAINLAND_TIME_ZONE, *OVERSEAS_TIME_ZONES.values()})
"""Zones in which communes have INSEE codes and the public holidays of France."""

MAX_DAYS = 1830
"""Longest period in days: five years; a parameter of ours, so that a wrong century is refused."""


@dataclass(frozen=True)
class Params:
    """``params.json`` with its defaults."""

    time_zone: str
    first_on: date | None
    last_on: date | None
    """None where the file leaves the period to the stays."""
    holidays_on: frozenset[date] | None
    """None where the file leaves them to the communes."""
    length_m: Mapping[VehicleClass, float]
    search: Search

    @property
    def is_french(self) -> bool:
        """Whether communes are French."""
        return self.time_zone in FRENCH_TIME_ZONES


def read_params(document: Mapping[str, Any], place: str) -> Params:
    """Read parameters that keep to their schema.

    Raises
    ------
    InvalidFile
        The time zone is unknown, a date does not exist, or the period ends before it begins.
    """
    zone = document.get("time_zone", MAINLAND_TIME_ZONE)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidFile(
            f"{place}, time_zone: found {zone!r}: wanted an IANA name such as Europe/Paris"
        ) from error
    observed = document.get("observed")
    first_on = last_on = None
    if observed is not None:
        first_on = _day(observed["from"], f"{place}, observed.from")
        last_on = _day(observed["to"], f"{place}, observed.to")
        check_period(first_on, last_on, f"{place}, observed")
    holidays = document.get("holidays")
    lengths = {
        VehicleClass(key): float(m) for key, m in document.get("vehicle_length_m", {}).items()
    }
    return Params(
        zone,
        first_on,
        last_on,
        None if holidays is None else frozenset(_day(on, f"{place}, holidays") for on in holidays),
        {**DEFAULT_LENGTH_M, **lengths},
        _search(document.get("search", {})),
    )


def check_period(first_on: date, last_on: date, place: str) -> None:
    """Refuse a period that is backwards or longer than ``MAX_DAYS``.

    Raises
    ------
    InvalidFile
        It is.
    """
    days = (last_on - first_on).days + 1
    if not 1 <= days <= MAX_DAYS:
        raise InvalidFile(
            f"{place}: found {first_on} to {last_on}, {days} days: wanted 1 to {MAX_DAYS} days, first to last"
        )


def period(params: Params, first_on: date, last_on: date, communes: Iterable[str]) -> Period:
    """Return the period of a study with its public holidays.

    Without ``holidays`` in the parameters they are those that all communes share (Alsace and the overseas departments
    have some of their own), and none outside French time zones.
    """
    insees = sorted({insee for insee in communes if is_insee(insee)})
    if params.holidays_on is not None:
        found = params.holidays_on
    elif params.is_french:
        end_on = last_on + timedelta(days=1)
        found = frozenset.intersection(
            *(public_holidays(insee, first_on, end_on) for insee in insees)
        )
    else:
        found = frozenset()
    inside = frozenset(on for on in found if first_on <= on <= last_on)
    return Period(first_on, last_on, params.time_zone, inside, _shared_periods(params, insees))


def _shared_periods(params: Params, insees: Collection[str]) -> Periods:
    """Return the school days of the communes of a study where all lie in one zone; none where they do not."""
    zones = {school_zone(insee) for insee in insees}
    return named_periods(next(iter(insees))) if params.is_french and len(zones) == 1 else {}


def read_audit(document: Mapping[str, Any], place: str) -> Audit:
    """Read an audit that keeps to its schema.

    Raises
    ------
    InvalidFile
        A class is never seen, the readings of a class add up to more than 1, or the date does not exist.
    """
    recall = {VehicleClass(key): float(share) for key, share in document.get("recall", {}).items()}
    for key, share in recall.items():
        if share == 0:
            raise InvalidFile(f"{place}, recall.{key}: found 0: wanted a share above 0")
    confusion = {
        VehicleClass(true): {VehicleClass(read): float(share) for read, share in row.items()}
        for true, row in document.get("confusion", {}).items()
    }
    for true, row in confusion.items():
        wrong = sum(share for read, share in row.items() if read is not true)
        if wrong > 1 or sum(row.values()) > 1 + 1e-9:
            raise InvalidFile(
                f"{place}, confusion.{true}: found shares that add up to {sum(row.values()):g}: wanted at most 1"
            )
    dated = document.get("date")
    return Audit(
        recall,
        float(document.get("split_rate", 0.0)),
        confusion,
        document.get("sample"),
        None if dated is None else _day(dated, f"{place}, date"),
    )


def read_weights(document: Mapping[str, Any]) -> Weights:
    """Read weights that keep to their schema; those left out are the defaults."""
    return Weights(**{key: float(points) for key, points in document.items()})


def _search(given: Mapping[str, Any]) -> Search:
    default = Search()
    days: Sequence[str] | None = given.get("same_days")
    return Search(
        given.get("grid_min", default.grid_min),
        float(given.get("min_window_h", default.min_window_h)),
        given.get("max_windows", default.max_windows),
        tuple(sorted(given.get("max_stay_min", default.max_stay_min))),
        None if days is None else tuple(day for day in Day if day in days),
    )


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidFile(f"{place}: found {text!r}: wanted a day such as 2026-03-02") from error
