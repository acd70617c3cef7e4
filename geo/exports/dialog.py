"""Orders as the body that DiaLog, the State's register of traffic orders, takes.

Source: DiaLog's own description of ``POST /api/regulations`` (MTES-MCT/dialog, docs/public/api.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from geo.exports.datex2_conditions import DAYS
from geo.exports.regulation import (
    RESERVING,
    NotExpressible,
    Regulation,
    alike,
    binding_rules,
    check_forbids,
    check_users,
)
from geo.geojson import rounded
from geo.rules import DAY_END, MIDNIGHT, WEEK, minutes
from geo.words import Activity, Bay, Day, TimeRule

IDENTIFIER_MAX, TITLE_MAX = 60, 255
"""Characters of ``identifier`` and ``title``."""

WEIGHTS_T = (3.5, 7.5, 12.0, 19.0, 26.0, 32.0, 44.0)
"""Values of ``heavyweightMaxWeight``."""

LAST_MINUTE = 24 * 60 - 1
"""Slots are instants of one day: the end of the day is written as its last minute."""

UNSAID = (
    "months",
    "weeks_of_month",
    "days_of_month",
    "week_parity",
    "only_periods",
    "except_periods",
    "until_on",
)
"""Conditions without which a measure would ban more than the order does."""

SEE_ORDER = "durées et exceptions : voir l'arrêté joint"
"""Said in the title where what DiaLog has no field for is too long for it."""


def dialog(regulation: Regulation) -> dict[str, Any]:
    """Return the body that creates an order as a draft, permanent, one measure for each kind of rule.

    DiaLog has no field for a maximum stay nor for public holidays: both go into the title, and belong into the order
    that is attached.

    Raises
    ------
    NotExpressible
        The reference is too long, the order forbids nothing, or a rule has a condition that DiaLog would drop.
    """
    if len(regulation.regulation_id) > IDENTIFIER_MAX:
        raise NotExpressible(
            f"the order's reference {regulation.regulation_id!r} has {len(regulation.regulation_id)} characters: "
            f"DiaLog takes at most {IDENTIFIER_MAX}"
        )
    check_forbids(regulation)
    return {
        "identifier": regulation.regulation_id,
        "status": "draft",
        "category": "permanentRegulation",
        "subject": "other",
        "otherCategoryText": "Aires de livraison",
        "title": dialog_title(regulation),
        "measures": [
            measure
            for rules, bays in _by_rules(regulation.bays)
            for group in alike(rules)
            for measure in _measures(regulation, group, bays)
        ],
    }


def dialog_title(regulation: Regulation) -> str:
    """Return the title with what DiaLog has no field for, at most 255 characters."""
    rules = [rule for bay in regulation.bays for rule in binding_rules(bay)]
    stays = sorted({rule.max_stay_min for rule in rules if rule.max_stay_min})
    said = [f"arrêt limité à {' ou '.join(map(str, stays))} min"] if stays else []
    on_holidays = {Day.PH in rule.days for rule in rules}
    if on_holidays == {False}:
        said.append("sauf jours fériés")
    elif len(on_holidays) > 1:
        said.append("jours fériés : voir l'arrêté joint")
    told = ", ".join(said)
    for unsaid in (told, SEE_ORDER):
        title = f"{regulation.title} ({unsaid})" if unsaid else regulation.title
        if len(title) <= TITLE_MAX:
            return title
    return f"{regulation.title[: TITLE_MAX - len(SEE_ORDER) - 4]}… ({SEE_ORDER})"


def _by_rules(bays: Iterable[Bay]) -> Iterator[tuple[tuple[TimeRule, ...], list[Bay]]]:
    """Yield each set of rules with the bays that have it, in the order of their first bay."""
    groups: dict[tuple[TimeRule, ...], list[Bay]] = {}
    for bay in bays:
        groups.setdefault(binding_rules(bay), []).append(bay)
    yield from groups.items()


def _measures(
    regulation: Regulation, rules: Sequence[TimeRule], bays: Sequence[Bay]
) -> Iterator[dict[str, Any]]:
    first = rules[0]
    _check(bays[0], first)
    if first.activity is Activity.PARKING:
        return
    place = {
        "periods": [_period(regulation, rule) for rule in rules],
        "locations": [_location(bay) for bay in bays],
    }
    exempt = ["cityLogistics"] if first.activity in RESERVING else []
    yield {
        "type": "parkingProhibited",
        "vehicleSet": {"allVehicles": True, "restrictedTypes": [], "exemptedTypes": exempt},
        **place,
    }
    if first.max_weight_t is not None:
        heavy = {
            "allVehicles": False,
            "restrictedTypes": ["heavyGoodsVehicle"],
            "exemptedTypes": [],
            "heavyweightMaxWeight": first.max_weight_t,
        }
        yield {"type": "parkingProhibited", "vehicleSet": heavy, **place}


def _check(bay: Bay, rule: TimeRule) -> None:
    known = RESERVING | {Activity.PARKING, Activity.NO_PARKING, Activity.NO_STOPPING}
    if rule.activity not in known:
        raise NotExpressible(
            f"bay {bay.bay_id}: activity {rule.activity.value!r} is no parking ban; wanted one of {', '.join(sorted(known))}"
        )
    check_users(bay, rule)
    for name in UNSAID:
        value = getattr(rule, name)
        if value:
            raise NotExpressible(
                f"bay {bay.bay_id}: {name} is {value!r}: DiaLog has no field for it"
            )
    if rule.max_weight_t is not None and rule.max_weight_t not in WEIGHTS_T:
        raise NotExpressible(
            f"bay {bay.bay_id}: max_weight_t is {rule.max_weight_t}: DiaLog takes {', '.join(map(str, WEIGHTS_T))}"
        )


def _period(regulation: Regulation, rule: TimeRule) -> dict[str, Any]:
    start = regulation.begin_at(rule)
    days = [DAYS[day] for day in WEEK if day in rule.days]
    if not days:
        raise NotExpressible("a rule holds on public holidays only: DiaLog has no field for them")
    every_day = len(days) == len(WEEK)
    recurrence = "everyDay" if every_day else "certainDays"
    whole_day = (rule.start, rule.end) == (MIDNIGHT, DAY_END)
    return {
        "startDate": start.isoformat(),
        "recurrenceType": recurrence,
        "isPermanent": True,
        "dailyRange": None if every_day else {"recurrenceType": recurrence, "applicableDays": days},
        "timeSlots": []
        if whole_day
        else [{"startTime": _at(start, rule.start), "endTime": _at(start, rule.end)}],
    }


def _at(day: datetime, clock: str) -> str:
    return (day + timedelta(minutes=min(minutes(clock), LAST_MINUTE))).isoformat()


def _location(bay: Bay) -> dict[str, Any]:
    geometry = {"type": "Polygon", "coordinates": [rounded(bay.polygon_lonlat)]}
    return {
        "roadType": "rawGeoJSON",
        "rawGeoJSON": {
            "label": bay.details.address or bay.name or bay.bay_id,
            "geometry": json.dumps(geometry),
        },
    }
