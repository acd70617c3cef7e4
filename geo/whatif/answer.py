"""The answer to one question: what would these rules do at this bay, and how sure is that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geo.demand.parameters import Parameters
from geo.frozen import Frozen
from geo.study.words import Weights
from geo.suggest.choose import DOUBLE_PARK_SHARE, WIDENING, chance_above, effect_of, range_of
from geo.suggest.record import Effect, Range
from geo.whatif.chain import Kerb, week_outcome
from geo.whatif.outcome import WeekRule, score

Floats = NDArray[np.float64]

DRAWS = 40
"""Draws behind an answer: enough for a slider, and well under 0.3 s (science brief, T16)."""


class Drawn(Protocol):
    """An estimate that parameters can be drawn from (``geo.demand.estimate.BayEstimate``)."""

    def draws(self, count: int, seed: int) -> Parameters:
        """Return draws from the posterior."""


@dataclass(frozen=True)
class Terms:
    """On what terms a question is answered."""

    weights: Weights = field(default_factory=Weights)
    """Points per unit."""
    seed: int = 0
    """Of the draws."""
    double_park_share: float = DOUBLE_PARK_SHARE


class Answer(Frozen):
    """What rules do, in the fields of suggestions.json, on the average day of a week."""

    now: Effect
    """Under the rules now, in absolute figures."""
    new: Effect
    """Under the rules given, in absolute figures."""
    effect: Effect
    """New minus now, on the same draws."""
    gain: Range
    """Points per day saved, before the cost of the change."""
    p_gain: float
    """P(gain > change_per_day)."""


def what_if(
    kerb: Kerb,
    estimate: Drawn,
    week_now: WeekRule,
    week_new: WeekRule,
    terms: Terms | None = None,
) -> Answer:
    """Return what a week of rules does against another, the same draws for both.

    Parameters
    ----------
    kerb
        The bay.
    estimate
        What is known of the bay.
    week_now, week_new
        Rules of the seven days.
    terms
        The product's weights, seed 0 and every refused delivery double-parked by default.
    """
    terms = terms or Terms()
    draws = estimate.draws(DRAWS, terms.seed)
    now, new = (week_outcome(kerb, draws, week) for week in (week_now, week_new))
    before, after, change = (
        effect_of(rows, WIDENING, terms.double_park_share) for rows in (now, new, new - now)
    )
    gain = -score(new - now, terms.weights)
    return Answer(
        now=_at_least_nothing(before),
        new=_at_least_nothing(after),
        effect=change,
        gain=range_of(gain, WIDENING),
        p_gain=chance_above(gain, terms.weights.change_per_day, WIDENING),
    )


def _at_least_nothing(absolute: Effect) -> Effect:
    """Return absolute figures with no interval below zero, where widening might put it."""
    return Effect.model_validate(dict(_clipped(absolute)))


def _clipped(absolute: Effect) -> Iterator[tuple[str, Range]]:
    for name in Effect.model_fields:
        found: Range = getattr(absolute, name)
        yield name, found.model_copy(update={"p05": max(found.p05, 0.0)})
