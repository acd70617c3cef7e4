"""The oracle: the best rule of a bay, found on its truth; for validation, and for a city where all is well."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind
from geo.facts.bay_facts import DAY_KINDS
from geo.rules import WEEK
from geo.simulation.judge import day_trial, true_score
from geo.simulation.truth import TruthBay
from geo.simulation.truth_parameters import true_parameters
from geo.study.words import DEFAULT_LENGTH_M, Search, Weights
from geo.whatif.outcome import DayRule
from geo.whatif.states import kerb
from geo.whatif.windows import search as search_rules
from geo.words import VEHICLE_CLASSES, Day, TimeRule

Floats = NDArray[np.float64]

FINALISTS, SINGLES = 12, 4
"""Rules of any form, and of a single window, that meet on simulated days (parameters of ours)."""

NULL_DAYS = 1_500
"""Days on which finalists meet for a city where all is well (parameter of ours)."""

DAYS_OF_KIND = {
    DayKind.WEEKDAY: WEEK[:5],
    DayKind.SATURDAY: (Day.SA,),
    DayKind.SUNDAY: (Day.SU, Day.PH),
}


def best_rule(
    bay: TruthBay,
    kind: int,
    weights: Weights,
    limits: Search,
    run: tuple[int, int] = (3_000, 1),
) -> tuple[DayRule, Floats]:
    """Return the best rule found for days of one kind, and its true outcome per day.

    The loss chain ranks all rules with the true parameters, which no estimate has; the best of them then meet on
    simulated days with the same drivers, and these decide.

    Parameters
    ----------
    bay
        The truth of a bay.
    kind
        Index into ``DAY_KINDS``.
    weights
        Points.
    limits
        Which rules are allowed.
    run
        Days on which the finalists meet, and the seed.
    """
    lengths = tuple(DEFAULT_LENGTH_M[name] for name in VEHICLE_CLASSES)
    place = kerb(bay.length_m, lengths)
    ranked = search_rules(place, true_parameters(bay), kind, weights, limits)
    by_score = [rule for rule, _ in ranked.best(len(ranked.scores))]
    singles = [rule for rule in by_score if len(rule) == 1][:SINGLES]
    finalists = dict.fromkeys([*by_score[:FINALISTS], *singles, ()])
    trial = day_trial(bay, kind, run[0], run[1])
    best = min(finalists, key=lambda rule: true_score(trial, rule, weights))
    return best, trial.outcome((best,) * len(trial.week))


def best_week(bay: TruthBay, seed: int) -> tuple[TimeRule, ...]:
    """Return the best rules of weekdays, Saturdays, and Sundays with holidays, under the default weights and search."""
    return tuple(
        TimeRule.model_validate(
            {
                "days": DAYS_OF_KIND[name],
                "start": _clock(window.start_min),
                "end": _clock(window.end_min),
                "max_stay_min": window.max_stay_min,
            }
        )
        for kind, name in enumerate(DAY_KINDS)
        for window in best_rule(bay, kind, Weights(), Search(), (NULL_DAYS, seed))[0]
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
