"""Route of all that a bay's page tells: rules through time, figures of a period, forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from geo.bay_period import DWELL_FROM_MIN, BayPeriod, DwellCounts, RulesFrom
from geo.intervals import Interval
from geo.local_time import day_bounds_s, midnight_s
from geo.rule_text import rule_text
from geo.suggest.record import Range
from geo.words import VehicleClass
from service.api.answers import DECIMALS, answer_tagged, encode, shares, tag_of
from service.api.figures import double_parked_s, rests_on_days
from service.api.occupancy import MAX_WEEKS, week_days
from service.api.parameters import BayPath, read_day
from service.api.provenance import shown_of_one
from service.bay_periods import FORECAST_WEEKS, HoursForecast, forecast_of_bay, period_of_bay
from service.context import Ctx
from service.rule_now import said_now
from service.store.axis import BayAxis, BayPlace, bay_axis
from service.store.bays import get_bay, get_commune
from service.store.calendars import day_books
from service.store.database import reading
from service.store.figures import bay_version, day_versions
from service.store.notes import is_sample
from service.store.rules import rules_of
from service.store.runs import get_run
from service.store.stays import stays_version
from service.store.suggestions import Wanted, list_suggestions

router = APIRouter(prefix="/api/v1", tags=["figures"])


@router.get("/bays/{bay_id}/figures")
def get_bay_figures(
    request: Request,
    context: Ctx,
    bay_id: BayPath,
    weeks: Annotated[int, Query(ge=1, le=MAX_WEEKS, description="Whole weeks summed.")] = 8,
    until: Annotated[str | None, Query(description="Last day, included.")] = None,
) -> Response:
    """Return a bay with its rules through time, the figures of some weeks, and the forecast of a typical week.

    Intervals are of 90 %; what was not seen is null. `arrivals_per_day` are per 24 hours of seen time; `dwell` counts the
    stays seen to end by five minutes, begun while a rule set a maximum stay (`limited`) or not (`free`); `overstays`
    tells how many of the limited were longer: a statistic, never an offence. `forecast` is the probability that the bay
    has no room, from at most eight weeks until the same day. `rule_history` begins with the oldest rules known, whose
    `from_on` is null. `estimate` is of the newest suggestion run: deliveries that would like to stop and those that
    find no room, per day. `rule_now` says in words what applies at this moment and what comes next.
    `from_on` is null; `rule_texts` says `rules` in words, in their order. `estimate` is of the newest suggestion run: deliveries that would like to stop and those that
    find no room, per day.
    """
    with reading(context.engine) as session:
        properties = get_bay(session, bay_id)["properties"]
        from_on, to_on = week_days(session, weeks, read_day(until))
        axis = bay_axis(session)
        place = axis.places[axis.index[bay_id]]
        rules = rules_of(session, bay_id)
        rests_on = rests_on_days(session, [bay_id], place.time_zone, from_on, to_on)
        double_s = double_parked_s(session, axis, bay_id, from_on, to_on)
        estimate = _estimate(session, bay_id)
        now = said_now(rules[-1].rules, context.clock(), day_books(session, place.insee))
        facts = (properties, rules, rests_on, double_s, estimate, now, is_sample(session))
        tag = tag_of(facts, from_on, to_on, _version(session, axis, place, from_on, to_on))

        def body() -> bytes:
            found = period_of_bay(session, place, rules, from_on, to_on)
            forecast = forecast_of_bay(session, context.cache, axis, bay_id, to_on)
            return encode(
                {
                    **_place(session, properties, rules),
                    "period": {"from_on": from_on.isoformat(), "to_on": to_on.isoformat()},
                    "weeks": weeks,
                    **_figures(found),
                    "double_parked_s": None if found.stays is None else double_s,
                    "estimate": estimate,
                    "rule_now": now,
                    "forecast": None if forecast is None else _forecast(forecast),
                    **shown_of_one(rests_on, bay_id),
                    "sample": is_sample(session),
                }
            )

        return answer_tagged(request, tag, lambda: context.bodies.get(tag, body))


def _estimate(session: Session, bay_id: str) -> dict[str, Any] | None:
    """Return what the newest suggestion run says of the demand; None where there is none."""
    standing = list_suggestions(session, Wanted(bay_id=bay_id))
    if not standing:
        return None
    newest = max(standing, key=lambda one: (one.run_id, one.id))
    return {
        "made_at": get_run(session, newest.run_id).made_at.isoformat(timespec="seconds"),
        "demand_per_day": _range(newest.record.demand_per_day),
        "unserved_per_day": _range(newest.record.unserved_per_day),
    }


def _range(found: Range | None) -> dict[str, float] | None:
    if found is None:
        return None
    named = (("value", found.mean), ("low", found.p05), ("high", found.p95))
    return {name: round(value, DECIMALS) for name, value in named}


def _version(
    session: Session, axis: BayAxis, place: BayPlace, from_on: date, to_on: date
) -> tuple[object, ...]:
    """Return what the figures and the forecast depend on besides the facts in the answer."""
    start_s = midnight_s(from_on, place.time_zone)
    end_s = day_bounds_s(to_on, place.time_zone)[1]
    return (
        bay_version(session, place.bay_id, from_on, to_on),
        stays_version(session, BayAxis((place,)), start_s, end_s),
        sorted(day_versions(session, to_on - timedelta(weeks=FORECAST_WEEKS), to_on).items()),
        axis.checksum,
        place.time_zone,
    )


def _place(
    session: Session, properties: Mapping[str, Any], rules: list[RulesFrom]
) -> dict[str, Any]:
    commune = get_commune(session, properties["commune"])
    ends_on = [one.from_on for one in rules[1:]]
    return {
        **properties,
        "commune": {"insee": commune.insee, "name": commune.name},
        "rule_texts": [
            {"fr": rule_text(rule, "fr"), "en": rule_text(rule, "en")} for rule in rules[-1].rules
        ],
        "rule_history": [
            {
                "from_on": _day(one.from_on),
                "until_on": _day(until_on),
                "rules": [rule.model_dump(mode="json") for rule in one.rules],
            }
            for one, until_on in zip(rules, [*ends_on, None], strict=True)
        ],
    }


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def _figures(found: BayPeriod) -> dict[str, Any]:
    return {
        "coverage": _rounded(found.coverage),
        "occupancy": _interval(found.occupancy),
        "full_share": _rounded(found.full_share),
        "reserved_occupancy": _interval(found.reserved_occupancy),
        "reserved_full_share": _rounded(found.reserved_full_share),
        "stays": found.stays,
        "turnover": _interval(found.turnover),
        "arrivals_per_day": {
            "all" if name is None else name.value: _interval(interval)
            for name, interval in found.arrivals_per_day.items()
        },
        "class_mix": {"arrivals": _mix(found.arrival_mix), "time": _mix(found.time_mix)},
        "week": {
            "occupancy": shares(found.week.occupancy)[0],
            "coverage": shares(np.nan_to_num(found.week.coverage))[0],
            "full": shares(found.week.full_share)[0],
            "turnover": shares(found.week.turnover)[0],
        },
        "dwell": {
            "from_min": list(DWELL_FROM_MIN),
            "classes": {name.value: _dwell(counts) for name, counts in found.dwell.items()},
            "median_min": _rounded(found.lasting.median_min),
            "p90_min": _rounded(found.lasting.p90_min),
            "unended": found.lasting.censored,
        },
    }


def _dwell(counts: DwellCounts) -> dict[str, Any]:
    return {
        "limited": list(counts.limited),
        "free": list(counts.free),
        "overstays": asdict(counts.overstays),
    }


def _forecast(forecast: HoursForecast) -> dict[str, Any]:
    return {
        "from_on": forecast.from_on.isoformat(),
        "to_on": forecast.to_on.isoformat(),
        "p": shares(forecast.p),
        "low": shares(forecast.low),
        "high": shares(forecast.high),
    }


def _mix(mix: Mapping[VehicleClass, float]) -> dict[str, float | None]:
    return {name.value: _rounded(part) for name, part in mix.items()}


def _interval(interval: Interval) -> dict[str, float | None]:
    return {name: _rounded(value) for name, value in asdict(interval).items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
