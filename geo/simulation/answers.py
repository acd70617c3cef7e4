"""How drivers answer to time rules: who stays away, who leaves when the window opens, who keeps the maximum stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.rules import day_of, minutes, reserved_minutes
from geo.simulation.demand import CAR, Attempts, Calendar, Places, select
from geo.simulation.profiles import RESERVED_SHORT_SHARE, SHORT_CAR, Behaviour
from geo.sums import local_s
from geo.words import VEHICLE_CLASSES, TimeRule

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAVES_BEFORE_S, LEAVES_AFTER_S = 1500, 300
"""Cars that make room for a window leave from 25 minutes before to 5 minutes after its start (assumption)."""

KEPT_EARLY_S = 240
"""Drivers who keep the maximum stay leave up to this long before it ends (assumption)."""


def answered(
    attempts: Attempts,
    places: Places,
    calendar: Calendar,
    behaviour: Behaviour,
    rng: np.random.Generator,
) -> Attempts:
    """Return the attempts that rules leave, with their stays cut where drivers keep to them."""
    limit_min = _limits(attempts, places, calendar)
    is_car = ~attempts.delivers
    stays_away = is_car & (limit_min >= 0) & (rng.random(len(is_car)) > places.rho[attempts.bay])
    kept = ~stays_away
    some, limit_min = select(attempts, kept), limit_min[kept]
    length_s = _shorter_when_reserved(some, limit_min, rng)
    length_s = _cleared(some, length_s, places, calendar, (behaviour.kappa, rng))
    return replace(some, length_s=_limited(some, length_s, limit_min, behaviour, rng))


def _limits(attempts: Attempts, places: Places, calendar: Calendar) -> Ints:
    """Return the maximum stay in minutes in force at each attempt, 0 where there is none, -1 outside windows."""
    sets = list(dict.fromkeys(bay.rules for bay in places.bays))
    of_bay = np.array([sets.index(bay.rules) for bay in places.bays])
    tables = np.stack([_limit_days(rules, calendar) for rules in sets])
    minute = local_s(attempts.at_s, calendar.time_zone) % 86_400 // 60
    return np.asarray(tables[of_bay[attempts.bay], attempts.day, minute])


def _limit_days(rules: Sequence[TimeRule], calendar: Calendar) -> Ints:
    return np.array(
        [
            [
                -1 if rule is None else rule.max_stay_min or 0
                for rule in reserved_minutes(rules, day)
            ]
            for day in (
                day_of(on, is_public_holiday=on in calendar.holidays_on) for on in calendar.days
            )
        ],
        np.int64,
    )


def _shorter_when_reserved(some: Attempts, limit_min: Ints, rng: np.random.Generator) -> Floats:
    """Let most cars that park in reserved hours only stop."""
    stops = ~some.delivers & (limit_min >= 0) & (rng.random(len(limit_min)) < RESERVED_SHORT_SHARE)
    short_s = (
        60 * SHORT_CAR.median_min * np.exp(SHORT_CAR.sigma * rng.standard_normal(len(limit_min)))
    )
    return np.where(stops, np.minimum(some.length_s, short_s), some.length_s)


def _cleared(
    some: Attempts,
    length_s: Floats,
    places: Places,
    calendar: Calendar,
    draw: tuple[float, np.random.Generator],
) -> Floats:
    """Let a share of the parked cars leave around the next start of a reserved window."""
    kappa, rng = draw
    next_start_s = np.full(len(some.at_s), np.iinfo(np.int64).max)
    bounds = np.searchsorted(some.bay, np.arange(len(places.bays) + 1))
    for i, bay in enumerate(places.bays):
        starts_s = _window_starts_s(bay.rules, calendar)
        rows = slice(bounds[i], bounds[i + 1])
        after = np.searchsorted(starts_s, some.at_s[rows], side="right")
        next_start_s[rows] = np.append(starts_s, np.iinfo(np.int64).max)[after]
    leave_s = (
        next_start_s - some.at_s - rng.integers(-LEAVES_AFTER_S, LEAVES_BEFORE_S, len(length_s))
    )
    makes_room = (some.vehicle_class == CAR) & ~some.delivers & (rng.random(len(length_s)) < kappa)
    return np.where(makes_room & (leave_s < length_s), np.maximum(leave_s, 60.0), length_s)


def _window_starts_s(rules: Sequence[TimeRule], calendar: Calendar) -> Ints:
    """Return the epoch seconds at which windows start, in order; one that runs on from midnight starts nothing."""
    starts_s = calendar.hour_starts_s()
    found = [
        int(starts_s[i, minutes(rule.start) // 60]) + minutes(rule.start) % 60 * 60
        for i, on in enumerate(calendar.days)
        for rule in rules
        if day_of(on, is_public_holiday=on in calendar.holidays_on) in rule.days
        and minutes(rule.start) > 0
    ]
    return np.array(sorted(found), np.int64)


def _limited(
    some: Attempts,
    length_s: Floats,
    limit_min: Ints,
    behaviour: Behaviour,
    rng: np.random.Generator,
) -> Floats:
    """Cut the stays of the drivers who keep the maximum."""
    share = np.array([behaviour.keeps_max_stay[kind] for kind in VEHICLE_CLASSES])[
        some.vehicle_class
    ]
    keeps = (limit_min > 0) & (rng.random(len(length_s)) < share)
    until_s = limit_min * 60 - rng.integers(0, KEPT_EARLY_S, len(length_s))
    return np.where(keeps, np.minimum(length_s, until_s), length_s)
