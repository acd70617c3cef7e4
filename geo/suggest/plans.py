"""Plans for communes: streets that keep one rule, few different rules, and what that coherence costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.study.words import Neighbour
from geo.suggest.days import KIND_OF_DAY, WEEK_DAYS
from geo.suggest.plan import assign, common_templates
from geo.suggest.proposal import Case, Settings
from geo.suggest.record import BaySuggestion, CommunePlan, PlannedBay
from geo.whatif.chain import outcome
from geo.whatif.outcome import DayRule, score, week_rule
from geo.words import TimeRule

Floats = NDArray[np.float64]

SIZES = (1, 2, 4)
"""Numbers of different rules for which a plan is made; a parameter of ours."""

STREET_M = 60.0
"""Bays nearer than this that have the same rule now keep one rule; a parameter of ours: one block face."""

Rules = tuple[TimeRule, ...]


@dataclass(frozen=True)
class Part:
    """The bays of one commune that take part in its plan, in the same order everywhere."""

    commune: str
    records: tuple[BaySuggestion, ...]
    gain: Floats
    """Shape ``(B, T)``, points per day that each template saves at each bay."""
    templates: tuple[Rules, ...]


def templates_of(records: Sequence[BaySuggestion]) -> tuple[Rules, ...]:
    """Return the rules that suit a commune's proposed changes best."""
    wishes = [
        {
            record.rules_new: record.gain.mean,
            **{other.rules: other.gain.mean for other in record.alternatives},
        }
        for record in records
        if record.rules_new is not None and record.gain is not None
    ]
    return tuple(common_templates(wishes))


def template_gains(case: Case, templates: Sequence[Rules], settings: Settings) -> Floats:
    """Return the points per day that each template would save at a bay, at the best parameters, shape ``(T,)``."""
    mean = case.estimate.mean()
    known: dict[tuple[int, DayRule], float] = {}

    def points(kind: int, rule: DayRule) -> float:
        if (kind, rule) not in known:
            known[kind, rule] = float(score(outcome(case.kerb, mean, kind, rule), settings.weights))
        return known[kind, rule]

    def week_points(days: Sequence[DayRule]) -> float:
        return sum(points(kind, rule) for kind, rule in zip(KIND_OF_DAY, days, strict=True))

    before = week_points(case.now.days)
    return np.array([before - week_points(week_rule(one).days) for one in templates]) / WEEK_DAYS


def commune_plans(
    part: Part, neighbours: Sequence[Neighbour], change_cost: float
) -> list[CommunePlan]:
    """Return a plan for each of ``SIZES``; none where no bay is to change."""
    if not part.templates or not part.records:
        return []
    street = _streets(part.records, neighbours)
    streets = int(street.max()) + 1
    gain = np.zeros((streets, len(part.templates)))
    np.add.at(gain, street, part.gain)
    bays = np.bincount(street, minlength=streets)
    free = float(np.maximum(part.gain.max(axis=1), 0.0).sum())
    plans = []
    cost = np.asarray(change_cost * bays, np.float64)
    for size in SIZES:
        if size > len(part.templates):
            break
        found = assign(gain, size, cost)
        plans.append(_plan(part, size, found.template[street], free))
    return plans


def _plan(part: Part, size: int, template: NDArray[np.int64], free: float) -> CommunePlan:
    used = sorted(set(template[template >= 0].tolist()))
    changed = np.flatnonzero(template >= 0)
    gains = part.gain[changed, template[changed]]
    return CommunePlan(
        commune=part.commune,
        max_templates=size,
        templates=tuple(part.templates[t] for t in used),
        bays=tuple(
            PlannedBay(
                bay_id=part.records[b].bay_id, template=used.index(int(template[b])), gain=float(g)
            )
            for b, g in zip(changed.tolist(), gains, strict=True)
        ),
        gain=float(gains.sum()),
        gain_free=free,
        changes=len(changed),
    )


def _streets(
    records: Sequence[BaySuggestion], neighbours: Sequence[Neighbour]
) -> NDArray[np.int64]:
    """Return the street of each bay: bays joined by near neighbours with the same rule now."""
    index = {record.bay_id: i for i, record in enumerate(records)}
    parent = list(range(len(records)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for pair in neighbours:
        one, other = index.get(pair.bay_id), index.get(pair.neighbour_id)
        if one is None or other is None or pair.distance_m > STREET_M:
            continue
        if records[one].rule_now == records[other].rule_now:
            first, second = sorted((root(one), root(other)))
            parent[second] = first
    return np.unique([root(i) for i in range(len(records))], return_inverse=True)[1].astype(
        np.int64
    )
