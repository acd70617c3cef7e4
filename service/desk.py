"""A commune's study with its estimates at hand, so that a rule is weighed while a slider moves."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from geo.demand.commune import Commune
from geo.demand.estimate import estimate, learn
from geo.demand.parameters import Parameters
from geo.errors import UnknownBay
from geo.facts.bay_facts import BayFacts
from geo.facts.sweep import study_facts
from geo.study.folder import open_study
from geo.study.words import Study, StudyBay, Weights
from geo.suggest.choose import DOUBLE_PARK_SHARE, WIDENING, chance_above, effect_of, range_of
from geo.suggest.days import KIND_OF_DAY
from geo.suggest.record import Effect
from geo.whatif.chain import Kerb, kerb, outcomes
from geo.whatif.outcome import DAY_KIND_OF, QUANTITIES, DayRule, score, week_rule
from geo.words import VEHICLE_CLASSES, TimeRule
from service.engine_port import WhatIf

Floats = NDArray[np.float64]

DRAWS = 40
"""Draws behind an answer: on two 24 m bays an answer then keeps well under the 0.3 s of a slider (science brief, T16)."""


def read_desk(folder: Path, weights: Weights, seed: int) -> GeoDesk:
    """Read a study's folder and learn what its bays share; one process, as a server's is not to be forked."""
    data = open_study(folder)
    facts = list(study_facts(data, workers=1))
    return GeoDesk(data.study, facts, learn(facts, data.study, seed), (weights, seed))


class GeoDesk:
    """The desk of one study."""

    def __init__(
        self,
        study: Study,
        facts: list[BayFacts],
        commune: Commune,
        asked: tuple[Weights, int],
    ) -> None:
        self._study = study
        self._facts = {bay.bay_id: (bay, of) for bay, of in zip(study.bays, facts, strict=True)}
        self._commune = commune
        self._weights, self._seed = asked
        self._benches: dict[str, Bench] = {}
        self._lock = Lock()

    def what_if(self, bay_id: str, rules: tuple[TimeRule, ...]) -> WhatIf:
        """Answer what rules would change at a bay.

        Raises
        ------
        UnknownBay
            The study has no such bay.
        """
        bench = self._bench(bay_id)
        with bench.lock:
            before, after = bench.week(bench.bay.rules), bench.week(rules)
        change = after - before
        gain = -score(change, self._weights)
        return WhatIf(
            before=_means(before),
            after=_means(after),
            effect=_effect(change),
            gain=range_of(gain, WIDENING),
            p_gain=chance_above(gain, self._weights.change_per_day, WIDENING),
        )

    def _bench(self, bay_id: str) -> Bench:
        if bay_id not in self._facts:
            raise UnknownBay(f"the study has no bay {bay_id!r}: it holds {len(self._facts)} others")
        with self._lock:
            known = self._benches.get(bay_id)
            if known is None:
                bay, facts = self._facts[bay_id]
                draws = estimate(facts, bay, self._commune).draws(DRAWS, self._seed)
                lengths_m = tuple(self._study.length_m[kind] for kind in VEHICLE_CLASSES)
                known = self._benches[bay_id] = Bench(bay, kerb(bay.length_m, lengths_m), draws)
            return known


class Bench:
    """One bay with draws of its parameters; a day's rule is computed once."""

    def __init__(self, bay: StudyBay, its_kerb: Kerb, draws: Parameters) -> None:
        self.bay = bay
        self.lock = Lock()
        self._kerb, self._draws = its_kerb, draws
        self._days: dict[tuple[int, DayRule], Floats] = {}

    def week(self, rules: tuple[TimeRule, ...]) -> Floats:
        """Return what comes of rules on the average day of a week, shape ``(R, Q)``."""
        days = list(zip(week_rule(rules).days, KIND_OF_DAY, strict=True))
        for rule, kind in days:
            if (kind, rule) not in self._days:
                found = outcomes(self._kerb, self._draws, kind, [rule])[:, 0]
                self._days[kind, rule] = np.asarray(found)
        return np.asarray(np.mean([self._days[kind, rule] for rule, kind in days], axis=0))


def _effect(change: Floats) -> Effect:
    return effect_of(change, WIDENING, DOUBLE_PARK_SHARE)


def _means(outcome: Floats) -> dict[str, float]:
    """Return the posterior means of an outcome by name of an effect."""
    mean = dict(zip(QUANTITIES, outcome.mean(axis=0).tolist(), strict=True))
    return {
        "unserved_per_day": mean["unserved"],
        "resident_hours_per_week": len(DAY_KIND_OF) * mean["shared_car_h"],
        "double_park_min_per_day": mean["unserved_min"],
        "cut_short_per_day": mean["cut_short"],
    }
