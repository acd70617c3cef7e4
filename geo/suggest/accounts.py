"""The figures beside a suggestion: demand, what is refused now, assumptions, days still needed, a second opinion."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.demand.parameters import DELIVERIES, Parameters
from geo.study.words import Audit
from geo.suggest.choose import range_of
from geo.suggest.days import KIND_OF_DAY, WEEK_DAYS
from geo.suggest.grade import LEAST_DAYS, Basis, days_needed
from geo.suggest.proposal import Case, Proposal, Settings, final
from geo.suggest.reasons import Opinion
from geo.suggest.record import Assumption, Range
from geo.whatif.chain import outcome, outcomes
from geo.whatif.outcome import QUANTITIES, DayRule, score
from geo.whatif.second_opinion import Play, simulated

Floats = NDArray[np.float64]

SAMPLING_DRAWS = 60
"""Draws with all behaviour held at its mean; a parameter of ours."""

OPINION_DAYS = 700
"""Simulated days of the second opinion for each day of the week; its error in unserved deliveries is about 0.04 a day."""

_BEHAVIOUR = ("rho", "kappa", "leave_per_h", "stay_mu", "stay_sigma", "keeps_max_stay", "retry")

_UNSERVED = QUANTITIES.index("unserved")

BIN_H = 0.5


def unserved_now(case: Case, draws: Parameters) -> Range:
    """Return the deliveries that find no room under the present rule, on the average calendar day."""
    total = np.zeros(draws.draws)
    for kind in sorted(set(KIND_OF_DAY)):
        days = [rule for rule, of in zip(case.now.days, KIND_OF_DAY, strict=True) if of == kind]
        rules = list(dict.fromkeys(days))
        found = outcomes(case.kerb, draws, kind, rules)[..., _UNSERVED]
        total += np.sum([found[:, rules.index(rule)] for rule in days], axis=0)
    return range_of(total / WEEK_DAYS, 1.0)


def demand_per_day(draws: Parameters) -> Range:
    """Return the deliveries that would like to stop on the average day of a week."""
    of_kind = BIN_H * draws.rate_per_h[..., :DELIVERIES].sum(axis=(2, 3))
    days = np.bincount(KIND_OF_DAY, minlength=of_kind.shape[1])
    return range_of(of_kind @ days / WEEK_DAYS, 1.0)


def assumptions(case: Case, draws: Parameters) -> tuple[Assumption, ...]:
    """Return the parameters of behaviour that effects rest on, with where they come from."""
    sources = case.estimate.sources
    values = {
        "rho_short": (draws.rho[:, 0], sources["rho"]),
        "rho_long": (draws.rho[:, 1], sources["rho"]),
        "kappa": (draws.kappa, sources["kappa"]),
        "keeps_max_stay_deliveries": (draws.keeps_max_stay[:, 0], sources["keeps_max_stay"]),
        "keeps_max_stay_cars": (draws.keeps_max_stay[:, 2], sources["keeps_max_stay"]),
        "retry": (draws.retry, "national"),
    }
    return tuple(
        Assumption.model_validate(
            {"name": name, "source": source, **range_of(of, 1.0).model_dump()}
        )
        for name, (of, source) in values.items()
    )


def basis(case: Case, audit: Audit) -> Basis:
    """Return what a grade rests on."""
    age = None if audit.dated_on is None else (case.last_on - audit.dated_on).days
    return Basis(case.seen_days, age, case.estimate.sources)


def more_days(case: Case, settings: Settings, best: Proposal) -> int | None:
    """Return how many more seen days would settle the question; None where behaviour limits, not counting."""
    draws = case.estimate.draws(SAMPLING_DRAWS, settings.seed)
    held = {
        name: np.broadcast_to(values.mean(axis=0), values.shape).copy()
        for name in _BEHAVIOUR
        for values in [getattr(draws, name)]
    }
    counted = final(case, settings, best.rules, replace(draws, **held))
    bar = settings.weights.change_per_day
    return days_needed(
        case.seen_days,
        float(best.gain.mean()),
        (float(best.gain.std()), float(counted.gain.std())),
        bar,
    )


def until_judged(case: Case) -> int:
    """Return how many more seen days there must be before anything is said."""
    return LEAST_DAYS - case.seen_days


def second_opinion(case: Case, settings: Settings, best: Proposal) -> Opinion:
    """Return the change by the loss chain and by event simulation, at the best parameters."""
    mean = case.estimate.mean()
    week = best.week(case.now)
    changes: Counter[tuple[int, DayRule, DayRule]] = Counter(
        (kind, before, after)
        for kind, before, after in zip(KIND_OF_DAY, case.now.days, week.days, strict=True)
        if before != after
    )
    chain, events = np.zeros((2, len(QUANTITIES)))
    play = Play(seed=settings.seed, day_cv=case.estimate.day_cv)
    for (kind, *rules), days in changes.items():
        of_chain = [outcome(case.kerb, mean, kind, rule) for rule in rules]
        of_events = [
            simulated(case.kerb, mean, kind, rule, replace(play, days=OPINION_DAYS * days))
            for rule in rules
        ]
        chain += days / WEEK_DAYS * (of_chain[1] - of_chain[0])
        events += days / WEEK_DAYS * (of_events[1] - of_events[0])
    return Opinion(chain, events)


def corrected(best: Proposal, opinion: Opinion, settings: Settings) -> Proposal:
    """Return a proposal moved by what the chain leaves out: parking places, the shape of stays, busy and quiet days.

    The simulation knows them, but takes too long for every draw: its difference at the best parameters is added to
    each.
    """
    change = best.change + (opinion.events - opinion.chain)
    return Proposal(best.rules, change, -score(change, settings.weights))
