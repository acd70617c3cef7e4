"""Routes of key figures: a commune's month, a bay's typical week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from geo.commune_month import BayFigures, Hour, begun_stays
from geo.intervals import Interval
from geo.local_time import day_bounds_s, midnight_s
from geo.stays_figures import durations_min
from geo.words import SLOT_S
from service.api.answers import DECIMALS, answer, answer_tagged, encode, shares, tag_of
from service.api.occupancy import MAX_WEEKS, week_days
from service.api.parameters import BayPath, InseePath, MonthText, read_day, read_month
from service.api.provenance import shown_of_all, shown_of_bay, shown_of_one
from service.context import Context, Ctx
from service.months import month_before, month_of_commune, next_month
from service.provenance import Provenance, provenance
from service.store.axis import BayAxis, bay_axis
from service.store.bays import get_bay, get_commune
from service.store.calendars import list_calendars
from service.store.database import reading
from service.store.double_parking import read_double_parking
from service.store.exclusions import excluded_near
from service.store.figures import counted_seen, day_versions
from service.store.notes import INVENTORY, get_note, is_sample
from service.store.stays import stay_arrays, stays_version
from service.weeks import take, typical_week

DWELL_EDGES_MIN = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120)
"""Lower ends of the classes of dwell times in minutes; the last one is open."""

router = APIRouter(prefix="/api/v1", tags=["figures"])


@router.get("/communes/{insee}/figures")
def get_figures(request: Request, context: Ctx, insee: InseePath, month: MonthText) -> Response:
    """Return the key figures of a commune's month, with 90 % intervals and coverage.

    `unseen` tells the shares of the time that were not seen, by reason, largest first, of all bays and of each;
    `calibrations` by which calibrations each bay was measured, and of all bays when each was first and last used.
    """
    first_on, last_on = read_month(month)
    with reading(context.engine) as session:
        commune = get_commune(session, insee)
        sample = is_sample(session)
        bay_ids = list(bay_axis(session, insee).index)
        rests_on = rests_on_days(session, bay_ids, commune.time_zone, first_on, last_on)
        version = _version(session, insee, first_on, last_on)
        days = list_calendars(session, insee)
        tag = tag_of(month, commune, sample, version, rests_on, days)

        def body() -> bytes:
            head = {"insee": insee, "name": commune.name, "month": month, "sample": sample}
            previous = _previous(session, context, insee, month_before(first_on))
            shown = _month(session, insee, first_on)
            bays = [bay | shown_of_bay(rests_on, bay["bay_id"]) for bay in shown["bays"]]
            rest = {**shown_of_all(rests_on), "bays": bays, "previous": previous}
            return encode({**head, **shown, **rest})

        return answer_tagged(request, tag, lambda: context.bodies.get(tag, body))


@router.get("/bays/{bay_id}/week")
def get_bay_week(
    request: Request,
    context: Ctx,
    bay_id: BayPath,
    weeks: Annotated[int, Query(ge=1, le=MAX_WEEKS, description="Whole weeks summed.")] = 8,
    until: Annotated[str | None, Query(description="Last day, included.")] = None,
) -> Response:
    """Return a bay's typical week and the dwell times of its stays.

    `unseen` tells the shares of the time that were not seen, by reason, largest first; `calibrations` each use of
    a calibration in the weeks, in whole slots and in order of time; `double_parked_s` for how long vehicles were seen
    double-parked beside the bay.
    """
    with reading(context.engine) as session:
        get_bay(session, bay_id)
        from_on, to_on = week_days(session, weeks, read_day(until))
        axis = bay_axis(session)
        zone = axis.places[axis.index[bay_id]].time_zone
        sums = take(
            typical_week(session, context.cache, axis, from_on, to_on),
            np.array([axis.index[bay_id]]),
        )
        content = {
            "id": bay_id,
            "from_on": from_on.isoformat(),
            "to_on": to_on.isoformat(),
            "occupancy": shares(sums.occupancy)[0],
            "coverage": shares(np.nan_to_num(sums.coverage))[0],
            "full": shares(sums.full_share)[0],
            "dwell": _dwell(session, axis, bay_id, from_on, to_on),
            "double_parked_s": double_parked_s(session, axis, bay_id, from_on, to_on),
            **shown_of_one(rests_on_days(session, [bay_id], zone, from_on, to_on), bay_id),
        }
    return answer(request, content)


def rests_on_days(
    session: Session, bay_ids: Sequence[str], zone: str, from_on: date, to_on: date
) -> Provenance:
    """Return what the figures of bays rest on over some local days, both ends included."""
    start_s, end_s = midnight_s(from_on, zone), day_bounds_s(to_on, zone)[1]
    return provenance(session, bay_ids, start_s, end_s)


def _dwell(
    session: Session, axis: BayAxis, bay_id: str, from_on: date, to_on: date
) -> dict[str, Any]:
    """Return how many stays lasted how long, of those that count as arrivals of the period and were seen to end."""
    place = axis.places[axis.index[bay_id]]
    start_s = midnight_s(from_on, place.time_zone)
    end_s = day_bounds_s(to_on, place.time_zone)[1]
    alone = BayAxis((place,))
    stays = stay_arrays(session, alone, start_s, end_s)
    seen = counted_seen(session, alone, start_s, end_s)
    lengths = durations_min(begun_stays(stays, seen, 1, start_s, end_s))
    edges = np.array([*DWELL_EDGES_MIN, np.inf])
    counts, _ = np.histogram(lengths[~np.isnan(lengths)], edges)
    return {"from_min": list(DWELL_EDGES_MIN), "stays": counts.tolist()}


def double_parked_s(
    session: Session, axis: BayAxis, bay_id: str, from_on: date, to_on: date
) -> int:
    """Return the seconds of double parking over some local days, without the slots that an exclusion touches."""
    zone = axis.places[axis.index[bay_id]].time_zone
    start_s, end_s = midnight_s(from_on, zone), day_bounds_s(to_on, zone)[1]
    out = excluded_near(session, [bay_id], start_s, end_s).get(bay_id, [])
    total = 0
    for on, seconds in read_double_parking(session, bay_id, from_on, to_on).items():
        begins_s = midnight_s(on, zone) + SLOT_S * np.arange(len(seconds))
        kept = np.ones(len(seconds), bool)
        for from_s, to_s in out:
            kept &= (begins_s >= to_s) | (begins_s + SLOT_S <= from_s)
        total += int(seconds[kept].sum())
    return total


def _month(session: Session, insee: str, first_on: date) -> dict[str, Any]:
    found = month_of_commune(session, insee, first_on)
    return {
        "period": {
            "from_on": found.from_on.isoformat(),
            "to_on": (found.to_on - timedelta(days=1)).isoformat(),
        },
        "coverage": _rounded(found.coverage),
        "occupancy": _interval(found.occupancy),
        "full_share": _rounded(found.full_share),
        "reserved_occupancy": _interval(found.reserved_occupancy),
        "reserved_full_share": _rounded(found.reserved_full_share),
        "stays": found.stays,
        "turnover": _interval(found.turnover),
        "dwell_min": {
            "median": _rounded(found.dwell.median_min),
            "p90": _rounded(found.dwell.p90_min),
            "low": _rounded(found.dwell_median_min.low),
            "high": _rounded(found.dwell_median_min.high),
            "complete": found.dwell.complete,
            "censored": found.dwell.censored,
        },
        "overstay_share": _rounded(found.overstay_share),
        "class_mix": {name: _rounded(part) for name, part in found.class_mix.items()},
        "hours": {"weekday": _hours(found.weekday), "weekend": _hours(found.weekend)},
        "bays": [_bay(bay) for bay in found.bays],
    }


def _version(session: Session, insee: str, first_on: date, last_on: date) -> tuple[object, ...]:
    """Return what a month's figures depend on: day figures, stays, and the bays with their rules."""
    axis = bay_axis(session, insee)
    zone = get_commune(session, insee).time_zone
    start_s, end_s = midnight_s(first_on, zone), day_bounds_s(last_on, zone)[1]
    days = day_versions(session, month_before(first_on), last_on)
    return (
        sorted(days.items()),
        stays_version(session, axis, start_s, end_s),
        get_note(session, INVENTORY),
        axis.checksum,
    )


def _previous(
    session: Session, context: Context, insee: str, before_on: date
) -> dict[str, Any] | None:
    """Return the main figures of the month before, or None where nothing was seen."""
    axis = bay_axis(session)
    last_on = next_month(before_on) - timedelta(days=1)
    week = take(
        typical_week(session, context.cache, axis, before_on, last_on), axis.of_commune(insee)
    )
    place_s = week.place_s.sum()
    if place_s == 0:
        return None
    return {
        "month": f"{before_on:%Y-%m}",
        "occupancy": _rounded(float(week.occupied_s.sum() / place_s)),
        "coverage": _rounded(float(week.seen_s.sum() / week.span_s.sum())),
        "stays": int(week.arrivals.sum()),
    }


def _hours(hours: tuple[Hour, ...]) -> list[dict[str, Any]]:
    return [{name: _rounded(value) for name, value in asdict(hour).items()} for hour in hours]


def _bay(bay: BayFigures) -> dict[str, Any]:
    return {
        "bay_id": bay.bay_id,
        "name": bay.name,
        "occupancy": _rounded(bay.occupancy),
        "coverage": _rounded(bay.coverage),
        "full_share": _rounded(bay.full_share),
        "reserved_occupancy": _rounded(bay.reserved_occupancy),
        "reserved_full_share": _rounded(bay.reserved_full_share),
        "stays": bay.stays,
        "turnover": _rounded(bay.turnover),
        "dwell_median_min": _rounded(bay.dwell_median_min),
        "overstay_share": _rounded(bay.overstay_share),
    }


def _interval(interval: Interval) -> dict[str, float | None]:
    return {name: _rounded(value) for name, value in asdict(interval).items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
