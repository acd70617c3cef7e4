"""Candidate rules of a group of days, weighed against the rule now on the same draws of all parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.demand.parameters import Parameters
from geo.study.words import Weights
from geo.suggest.days import KIND_OF_DAY, WEEK_DAYS, DayGroup
from geo.whatif.chain import Kerb, outcomes
from geo.whatif.outcome import DayRule, WeekRule, score

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weighed:
    """A candidate rule of a group of days.

    Attributes
    ----------
    rule
        For every day of the group.
    change
        Shape ``(R, Q)``, quantities new minus now on the average calendar day, one row for each draw.
    gain
        Shape ``(R,)``, points per day saved, before the cost of the change.
    """

    rule: DayRule
    change: Floats
    gain: Floats

    @property
    def mean_gain(self) -> float:
        """Posterior mean of the gain."""
        return float(self.gain.mean())


@dataclass(frozen=True)
class Standing:
    """What candidates are weighed on: the bay, R draws of its parameters, its rules now, points per unit."""

    kerb: Kerb
    draws: Parameters
    now: WeekRule
    weights: Weights


def weigh(standing: Standing, group: DayGroup, rules: Sequence[DayRule]) -> list[Weighed]:
    """Return candidates with what each changes, draw by draw, the same draws for all.

    Parameters
    ----------
    standing
        What they are weighed on.
    group
        Days that would get the rule; now they may differ.
    rules
        N candidates.
    """
    change: Floats | None = None
    for kind in group.kinds:
        days = [day for day in group.positions if KIND_OF_DAY[day] == kind]
        rules_now = list(dict.fromkeys(standing.now.days[day] for day in days))
        found = outcomes(standing.kerb, standing.draws, kind, [*rules_now, *rules])
        before = np.sum([found[:, rules_now.index(standing.now.days[day])] for day in days], axis=0)
        part = (found[:, len(rules_now) :] * len(days) - before[:, None]) / WEEK_DAYS
        change = part if change is None else change + part
    if change is None:
        return []
    gain = -score(change, standing.weights)
    return [Weighed(rule, change[:, i], gain[:, i]) for i, rule in enumerate(rules)]


def together(parts: Sequence[Weighed]) -> tuple[Floats, Floats]:
    """Return the change ``(R, Q)`` and gain ``(R,)`` of several groups' rules at once: days add up."""
    return np.sum([part.change for part in parts], axis=0), np.sum(
        [part.gain for part in parts], axis=0
    )
