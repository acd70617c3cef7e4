"""The best change of one bay's rules: search at the best parameters, weigh on draws, choose the simplest of the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geo.demand.estimate import BayEstimate
from geo.demand.parameters import Parameters
from geo.facts.bay_facts import BayFacts
from geo.study.words import Search, StudyBay, Weights
from geo.suggest.choose import simplest_of_best
from geo.suggest.days import KIND_OF_DAY, WEEK_DAYS, DayGroup, day_groups
from geo.suggest.shortlist import shortlist
from geo.suggest.weigh import Standing, Weighed, together, weigh
from geo.whatif.chain import Kerb, outcome
from geo.whatif.outcome import DayRule, WeekRule, score, week_rule
from geo.whatif.windows import search_days

Floats = NDArray[np.float64]

WEIGHED_DRAWS = 20
"""Draws on which candidates are compared: the same for all, so that few are enough; a parameter of ours."""

FINAL_DRAWS = 80
"""Draws behind a published effect: the error of a 5 % quantile is then a quarter of the standard deviation."""

MOST_CANDIDATES = 6
"""Rules of a group of days that are weighed on draws (science brief, 3.4)."""

RANKED = 300
"""Rules of a search from which the candidates are taken; a parameter of ours."""

SCREEN = 0.8
"""A bay whose best rule saves less than this share of the cost of a change, at the best parameters, keeps its rule:
its gain would have to be twice as uncertain as any we measured to be published."""

WORTH_A_GROUP = 0.05
"""Points per day that a group of days must save to change along with another; a parameter of ours."""


@dataclass(frozen=True)
class Settings:
    """What is the same for all bays of a run."""

    search: Search
    weights: Weights
    seed: int


@dataclass(frozen=True)
class Case:
    """One bay with all that is known of it."""

    bay: StudyBay
    facts: BayFacts
    estimate: BayEstimate
    kerb: Kerb
    last_on: date

    @property
    def seen_days(self) -> int:
        """Whole days' worth of seen time."""
        return int(self.estimate.seen_days)

    @property
    def now(self) -> WeekRule:
        """Rules of the week at the end of the period."""
        return week_rule(self.bay.rules)


@dataclass(frozen=True)
class Proposal:
    """Rules for one or more groups of days, with what they change draw by draw.

    Attributes
    ----------
    rules
        For each changed group its rule.
    change
        Shape ``(R, Q)``, new minus now on the average calendar day.
    gain
        Shape ``(R,)``, points per day saved before the cost of the change.
    """

    rules: tuple[tuple[DayGroup, DayRule], ...]
    change: Floats
    gain: Floats

    def week(self, now: WeekRule) -> WeekRule:
        """Return the week with the changed days."""
        days = list(now.days)
        for group, rule in self.rules:
            for position in group.positions:
                days[position] = rule
        return WeekRule(tuple(days))


def proposals(case: Case, settings: Settings, others: int = 3) -> list[Proposal]:
    """Return the best proposal on ``FINAL_DRAWS`` draws, then others on fewer, best first; empty where none is worth a look."""
    mean, now = case.estimate.mean(), case.now
    lists = [
        (group, *_candidates(case, settings, mean, group)) for group in day_groups(settings.search)
    ]
    lists = [(group, rules, gain) for group, rules, gain in lists if gain > 0]
    if sum(gain for _, _, gain in lists) <= SCREEN * settings.weights.change_per_day:
        return []
    standing = Standing(
        case.kerb, case.estimate.draws(WEIGHED_DRAWS, settings.seed), now, settings.weights
    )
    chosen: list[tuple[DayGroup, Weighed]] = []
    weighed: list[tuple[DayGroup, list[Weighed]]] = []
    for group, rules, _ in lists:
        familiar = [one.rule for _, one in chosen]
        found = weigh(standing, group, list(dict.fromkeys([*familiar, *rules])))
        weighed.append((group, found))
        best = simplest_of_best(found, [*familiar, *now.days])
        if best.mean_gain > WORTH_A_GROUP:
            chosen.append((group, best))
    if not chosen:
        return []
    first = final(case, settings, [(group, one.rule) for group, one in chosen])
    return [first, *_others(chosen, weighed)[:others]]


def final(
    case: Case,
    settings: Settings,
    rules: Sequence[tuple[DayGroup, DayRule]],
    draws: Parameters | None = None,
) -> Proposal:
    """Return given rules weighed on ``FINAL_DRAWS`` draws, or on those given."""
    draws = draws or case.estimate.draws(FINAL_DRAWS, settings.seed)
    standing = Standing(case.kerb, draws, case.now, settings.weights)
    parts = [weigh(standing, group, [rule])[0] for group, rule in rules]
    return Proposal(tuple(rules), *together(parts))


def _candidates(
    case: Case, settings: Settings, mean: Parameters, group: DayGroup
) -> tuple[list[DayRule], float]:
    """Return the rules of a group worth weighing, and the points per day that the best saves at the best parameters."""
    now = case.now
    rules_now = list(dict.fromkeys(now.days[position] for position in group.positions))
    found = search_days(
        case.kerb,
        mean,
        {kind: days / WEEK_DAYS for kind, days in group.kinds.items()},
        settings.weights,
        settings.search,
        now={KIND_OF_DAY[position]: now.days[position] for position in group.positions},
    )
    rules, scores = zip(*found.best(RANKED), strict=True)
    before = _points(case, settings, mean, [(p, now.days[p]) for p in group.positions])
    short = shortlist(rules, np.array(scores), rules_now, MOST_CANDIDATES)
    return short, before - min(scores)


def _points(
    case: Case, settings: Settings, mean: Parameters, days: Sequence[tuple[int, DayRule]]
) -> float:
    """Return the points per calendar day of some days of the week, each with its rule, at the best parameters."""
    found: dict[tuple[int, DayRule], float] = {}
    total = 0.0
    for position, rule in days:
        key = (KIND_OF_DAY[position], rule)
        if key not in found:
            found[key] = float(score(outcome(case.kerb, mean, *key), settings.weights))
        total += found[key]
    return total / WEEK_DAYS


def _others(
    chosen: Sequence[tuple[DayGroup, Weighed]],
    weighed: Sequence[tuple[DayGroup, Sequence[Weighed]]],
) -> list[Proposal]:
    """Return proposals that differ from the chosen one in the rule of its main group, best first."""
    main, best = max(chosen, key=lambda one: one[1].mean_gain)
    rest = [one for one in chosen if one[0] is not main]
    found = []
    for other in next(found for group, found in weighed if group is main):
        if other.rule != best.rule:
            parts = [(main, other), *rest]
            found.append(
                Proposal(
                    tuple((group, one.rule) for group, one in parts),
                    *together([one for _, one in parts]),
                )
            )
    return sorted(found, key=lambda one: -float(one.gain.mean()))
