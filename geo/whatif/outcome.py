"""A rule as the chain sees it, and what comes of it, in physical quantities."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind
from geo.rules import WEEK, minutes, weekly
from geo.study.words import Weights
from geo.words import Day, TimeRule

Floats = NDArray[np.float64]

QUANTITIES = (
    "unserved",
    "unserved_min",
    "shared_car_h",
    "reserved_car_h",
    "cut_short",
    "served",
    "arrivals",
)
"""Axis of an outcome, all per day.

``unserved``: deliveries (vans and trucks) that found no room and did not come back; ``unserved_min``: the same times
the mean stay of their kind, in minutes; ``shared_car_h``, ``reserved_car_h``: hours of parked cars outside and
inside windows; ``cut_short``: deliveries shortened by the maximum stay; ``served``: deliveries that found room;
``arrivals``: deliveries that wanted to stop.
"""


@dataclass(frozen=True, order=True)
class Window:
    """One reserved window of a day."""

    start_min: int
    """Minutes after local midnight, included."""
    end_min: int
    """Excluded; 1440 is the end of the day."""
    max_stay_min: int | None = None


DayRule = tuple[Window, ...]
"""Windows of one day, in order and disjoint, touching only where their maximum stays differ; empty = shared all day.

Cars make room (kappa) only where reserved time follows shared time, never between windows that touch.
"""


@dataclass(frozen=True)
class WeekRule:
    """Rules of the seven days, Monday first; public holidays are left out of a typical week."""

    days: tuple[DayRule, ...]


def week_rule(rules: tuple[TimeRule, ...]) -> WeekRule:
    """Return the windows of each day of the week; of overlapping windows the shortest maximum stay rules.

    Windows that touch and have the same maximum stay are one.
    """
    return WeekRule(tuple(day_rule(rules, day) for day in WEEK))


def day_rule(rules: tuple[TimeRule, ...], day: Day) -> DayRule:
    """Return the windows of a named day, public holidays included; overlaps and touching windows as for a week.

    What does not hold alike in every week is left out (`geo.rules.weekly`).
    """
    here = [rule for rule in weekly(rules) if day in rule.days]
    edges = sorted({minutes(at) for rule in here for at in (rule.start, rule.end)})
    windows: list[Window] = []
    for start, end in pairwise(edges):
        over = [rule for rule in here if minutes(rule.start) <= start and minutes(rule.end) >= end]
        if not over:
            continue
        limits = [rule.max_stay_min for rule in over if rule.max_stay_min is not None]
        limit = min(limits, default=None)
        if windows and windows[-1].end_min == start and windows[-1].max_stay_min == limit:
            windows[-1] = Window(windows[-1].start_min, end, limit)
        else:
            windows.append(Window(start, end, limit))
    return tuple(windows)


DAY_KIND_OF = (DayKind.WEEKDAY,) * 5 + (DayKind.SATURDAY, DayKind.SUNDAY)
"""Kind of each day of the week, Monday first."""


def score(outcome: Floats, weights: Weights) -> Floats:
    """Return points per day, lower is better, without the cost of changing signs.

    Parameters
    ----------
    outcome
        Shape ``(..., Q)`` over ``QUANTITIES``.
    weights
        Points per unit.

    Returns
    -------
    Shape ``(...)``.
    """
    points = np.zeros(len(QUANTITIES))
    points[QUANTITIES.index("unserved")] = weights.unserved_per_day
    points[QUANTITIES.index("shared_car_h")] = weights.shared_car_hour
    points[QUANTITIES.index("reserved_car_h")] = weights.reserved_car_hour
    points[QUANTITIES.index("cut_short")] = weights.cut_short_per_day
    return np.asarray(outcome @ points)
