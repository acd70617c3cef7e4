"""Cars when a window starts: how many were there, how many stayed, and how many would have stayed anyway."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.demand.leaving import at_starts, course_of_day
from geo.facts.bay_facts import BINS, FACT_KINDS, RESERVED, SHARED, BayFacts

Floats = NDArray[np.float64]

CARS = [FACT_KINDS.index("short_car"), FACT_KINDS.index("long_car")]

NATURAL_WORTH = 20.0
"""Cars of the commune's natural departures that are added to a bay's own; parameter of ours."""

USUAL_GONE, USUAL_WORTH = 0.1, 10.0
"""Natural departures in 55 minutes expected beforehand, and how many cars that is worth; assumption of ours."""

PASSED_H = (0.25, 0.5, 1 / 6)
"""Hours passed in the half hours from 45 minutes before a window starts to 10 minutes after; 100 minutes earlier the
half hours are cut otherwise, which is neglected."""

EDGE, CONTROL = -2, -5
"""Half hours, counted from the window's start, in whose middle the cars are counted first."""

COURSE_TRUST = 0.6
"""Power to which the ratio of natural departures by the course of the day is taken: the course is smoothed and mixes cars
that came at different hours, and overstates the morning. Parameter of ours, set on simulated studies."""

RATIO_LIMITS = (0.25, 6.0)
"""Natural departures at the start of a window are no rarer and no more frequent than this beside the control; ours."""


def natural_of(facts: Sequence[BayFacts]) -> float:
    """Return the share of cars that leave naturally in the control time, over a commune."""
    gone = sum(one.control_gone for one in facts) + USUAL_GONE * USUAL_WORTH
    return float(gone / (sum(one.control_present for one in facts) + USUAL_WORTH))


def car_course(facts: Sequence[BayFacts]) -> Floats:
    """Return the share of the cars there at the middle of each half hour that naturally leave within 55 minutes.

    Short cars, of which many are there by day, leave at their own rate; long ones at that of the half hours passed.
    Only shared hours count, and none in which a window starts.

    Returns
    -------
    Shape ``(48,)``.
    """
    left, hours = np.zeros((2, BINS)), np.zeros((2, BINS))
    for one in facts:
        away = ~at_starts(one)[:, :, None]
        left += (one.departures[:, SHARED][..., CARS] * away).sum(0).T
        hours += (one.vehicle_s[:, SHARED][..., CARS] * away).sum(0).T / 3600.0
    per_h = np.stack([course_of_day(*pair) for pair in zip(left, hours, strict=True)])
    weight = np.stack([course_of_day(hours[1], hours.sum(0), 1.0)])[0]
    passed = sum(h * np.roll(per_h, -i, axis=1) for i, h in enumerate(PASSED_H))
    gone = 1.0 - np.exp(-np.asarray(passed))
    return np.asarray((1.0 - weight) * gone[0] + weight * gone[1])


def edges(
    facts: Sequence[BayFacts], natural: float, course: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return cars still there when a window starts, of how many, and the share that would stay anyway, ``(B,)``.

    Parameters
    ----------
    facts
        Of bays.
    natural
        From ``natural_of``.
    course
        From ``car_course``: night cars leave in the morning, when windows start, rather than 100 minutes earlier.
    """
    present = np.array([one.edge_present for one in facts], np.float64)
    gone = np.array([one.edge_gone for one in facts], np.float64)
    stay = np.array(
        [
            1.0
            - (one.control_gone + NATURAL_WORTH * natural) / (one.control_present + NATURAL_WORTH)
            for one in facts
        ]
    )
    power = np.array([_power(one, course) for one in facts])
    return present - gone, present, np.clip(stay**power, 0.05, 0.999)


def _power(one: BayFacts, course: Floats) -> float:
    """Return how much likelier natural departures are at the starts of a bay's windows than in the control time."""
    reserved, shared = one.seen_s[:, RESERVED] > 0, one.seen_s[:, SHARED] > 0
    starts = (reserved & ~np.roll(reserved, 1, 1) & np.roll(shared, 1, 1)).sum(0)
    if not starts.any():
        return 1.0
    edge, control = (
        -np.log1p(-float(starts @ np.roll(course, -ahead)) / starts.sum())
        for ahead in (EDGE, CONTROL)
    )
    ratio = edge / max(control, 1e-9)
    return float(np.clip(ratio**COURSE_TRUST, *RATIO_LIMITS))
