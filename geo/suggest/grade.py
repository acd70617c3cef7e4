"""Decision and grade from a probability and from what it rests on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from geo.suggest.record import Decision, Grade

PUBLISH_P = 0.9
"""A change is proposed only above this probability that it is worth its signs (science brief, 3.4)."""

PROMISING_P = 0.7
"""Above it, more data are asked for (same source); between the two P is over-confident, so nothing is proposed."""

SURE_P = 0.95
"""Grade A (same source)."""

WEEK_D = 7

LEAST_DAYS = 10
"""Seen days under which nothing is judged; a parameter of ours: two weeks less a weekend."""

WEEKS_A, WEEKS_B = 6, 4
"""Seen weeks of grades A and B (science brief, 3.4)."""

AUDIT_FRESH_D = 183
"""Six months, the age up to which an audit supports grade A (same source)."""

MOST_DAYS = 365
"""More days than this are no help: the estimate is not limited by counting."""


Z_PUBLISH = 1.2816
"""Normal quantile of ``PUBLISH_P``."""


@dataclass(frozen=True)
class Basis:
    """What a grade rests on."""

    seen_days: int
    audit_age_d: int | None
    """Days from the audit to the end of the period; None without an audit."""
    sources: Mapping[str, str]
    """Where behaviour was learned: ``local``, ``commune`` or ``national``."""


def decide(p_gain: float, mean_gain: float, change_per_day: float) -> Decision:
    """Return the decision for the best rule of a bay."""
    if p_gain >= PUBLISH_P and mean_gain > change_per_day:
        return "change"
    return "need_data" if p_gain >= PROMISING_P else "keep"


def grade(p_gain: float, basis: Basis) -> Grade:
    """Return the grade of a bay's best rule."""
    if basis.seen_days < LEAST_DAYS:
        return "D"
    if p_gain < PUBLISH_P or basis.seen_days < WEEKS_B * WEEK_D - WEEK_D // 2:
        return "C"
    is_fresh = basis.audit_age_d is not None and basis.audit_age_d <= AUDIT_FRESH_D
    is_learned = all(basis.sources.get(name) != "national" for name in ("rho", "kappa"))
    long_enough = basis.seen_days >= WEEKS_A * WEEK_D - WEEK_D // 2
    return "A" if p_gain >= SURE_P and is_fresh and is_learned and long_enough else "B"


def days_needed(
    seen_days: int, mean_gain: float, spread: tuple[float, float], bar: float
) -> int | None:
    """Return how many more days would make P(gain > bar) reach ``PUBLISH_P`` if the mean stays; None where none would.

    Only the sampling part of the spread shrinks with days (science brief, 3.4): where behaviour dominates, waiting
    does not help.

    Parameters
    ----------
    seen_days
        Days behind the estimate.
    mean_gain
        Points per day.
    spread
        Standard deviation of the gain, and the part of it with all behaviour held at its mean.
    bar
        Cost of the change, points per day.
    """
    sd, sd_sampling = spread
    wanted_var = ((mean_gain - bar) / Z_PUBLISH) ** 2 if mean_gain > bar else 0.0
    rest_var = max(sd * sd - sd_sampling * sd_sampling, 0.0)
    if wanted_var <= rest_var or sd_sampling <= 0:
        return None
    factor = sd_sampling * sd_sampling / (wanted_var - rest_var)
    days = math.ceil(seen_days * (factor - 1.0))
    return None if days > MOST_DAYS else max(days, WEEK_D)
