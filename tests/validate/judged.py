"""Suggestions of invented cities beside what is true of them: the rows behind T5 to T10."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from toy import TUNINGS, toy_rule

from geo.each import each
from geo.facts.bay_facts import BayFacts
from geo.facts.sweep import study_facts
from geo.simulation.folder import Order, write_world
from geo.simulation.judge import true_week_outcome
from geo.simulation.regimes import Regime
from geo.simulation.truth import TruthBay
from geo.simulation.truth_file import read_truth
from geo.simulation.truth_parameters import true_parameters
from geo.study.folder import open_study
from geo.study.words import Search, Study, Weights
from geo.suggest.days import KIND_OF_DAY, WEEK_DAYS, day_groups
from geo.suggest.engine import suggest
from geo.suggest.record import BaySuggestion
from geo.suggest.shortlist import shortlist
from geo.whatif.chain import kerb
from geo.whatif.outcome import QUANTITIES, WeekRule, score, week_rule
from geo.whatif.windows import search_days
from geo.words import VEHICLE_CLASSES

KEPT = Path(".validate/cities")
"""Judged cities, so that a long validation goes on where it was stopped."""

TRUE_WEEKS = 400
"""Simulated weeks behind a true gain: its error is about 0.02 points per day on the same drivers."""

CANDIDATES = 3
"""Best rules at the true parameters that are played for each group of days to find the oracle's."""


@dataclass(frozen=True)
class City:
    """Which city is drawn."""

    regime: str
    weeks: int
    bays: int
    seed: int

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"{self.regime}-{self.weeks}w-{self.bays}b-s{self.seed}"


@dataclass(frozen=True)
class Row:
    """One bay: what was said, and what is true; gains in points per day before the cost of a change."""

    bay_id: str
    decision: str
    p_gain: float | None
    said: dict[str, list[float]]
    """Mean, p05, p95 of the gain and of each effect; of the proposed rule, or of the first alternative."""
    true: dict[str, float]
    """True values of the same."""
    oracle: float
    """True gain of the best rule."""
    toy: list[float | None]
    """True gain of the rule of thumb for each tuning; None where it changes nothing."""


def kept(city: City, workers: int = 2) -> list[Row]:
    """Return the rows of a city; computed once and kept in a file."""
    path = KEPT / f"{city.name}.json"
    if not path.exists():
        rows = _judge(city, workers)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps([asdict(row) for row in rows]))
        beside.replace(path)
    return [Row(**row) for row in json.loads(path.read_text())]


@cache
def fresh(city: City) -> list[Row]:
    """Return the rows of a city, computed by this process."""
    return _judge(city, 1)


@dataclass(frozen=True)
class _Case:
    """What one bay is judged on."""

    record: BaySuggestion
    truth: TruthBay
    facts: BayFacts


def _judge(city: City, workers: int) -> list[Row]:
    with TemporaryDirectory() as folder:
        path = Path(folder)
        order = replace(_order(city), workers=workers)
        for _ in write_world(order, path):
            pass
        data = open_study(path)
        said = suggest(data, Weights(), city.seed, workers)
        truth = {
            bay.bay_id: bay for bay in read_truth(json.loads((path / "truth.json").read_text()))
        }
        cases = [
            _Case(record, truth[record.bay_id], facts)
            for record, facts in zip(said.bays, study_facts(data), strict=True)
        ]
        return list(each(partial(_row, data.study), cases, workers))


def _order(city: City) -> Order:
    return Order(bays=city.bays, weeks=city.weeks, seed=city.seed, regime=Regime(city.regime))


def _row(study: Study, case: _Case) -> Row:
    record, truth = case.record, case.truth
    now = week_rule(record.rule_now)
    outcome = partial(true_week_outcome, truth, weeks=TRUE_WEEKS, seed=7)
    before = outcome(now)
    said: dict[str, list[float]] = {}
    true: dict[str, float] = {}
    shown = record if record.rules_new is not None else next(iter(record.alternatives), None)
    if shown is not None:
        rules = record.rules_new if record.rules_new is not None else record.alternatives[0].rules
        change = outcome(week_rule(rules)) - before
        effect = {**shown.effect.model_dump(), "gain": shown.gain.model_dump()}
        said = {name: [of["mean"], of["p05"], of["p95"]] for name, of in effect.items()}
        true = {
            "gain": -float(score(change, Weights())),
            "unserved_per_day": float(change[QUANTITIES.index("unserved")]),
            "resident_hours_per_week": 7 * float(change[QUANTITIES.index("shared_car_h")]),
            "double_park_min_per_day": float(change[QUANTITIES.index("unserved_min")]),
            "cut_short_per_day": float(change[QUANTITIES.index("cut_short")]),
        }
    points = float(score(before, Weights()))

    def gain(week: WeekRule) -> float:
        return points - float(score(outcome(week), Weights()))

    return Row(
        bay_id=record.bay_id,
        decision=record.decision,
        p_gain=record.p_gain,
        said=said,
        true=true,
        oracle=max(0.0, true.get("gain", 0.0), *(gain(w) for w in _best_weeks(study, truth, now))),
        toy=[_toy_gain(case, now, tuning, gain) for tuning in TUNINGS],
    )


def _best_weeks(study: Study, truth: TruthBay, now: WeekRule) -> list[WeekRule]:
    """Return weeks of which the best is the oracle's: the best of each group at the true parameters, in steps."""
    lengths = tuple(study.length_m[kind] for kind in VEHICLE_CLASSES)
    here, parameters = kerb(truth.length_m, lengths), true_parameters(truth)
    weeks = [now]
    for group in day_groups(Search()):
        kinds = {kind: days / WEEK_DAYS for kind, days in group.kinds.items()}
        of_now = {KIND_OF_DAY[p]: now.days[p] for p in group.positions}
        found = search_days(here, parameters, kinds, Weights(), Search(), now=of_now)
        rules, scores = zip(*found.best(500), strict=True)
        first = shortlist(rules, np.array(scores), list(of_now.values()), CANDIDATES)
        weeks += [_with(week, group.positions, rule) for week in weeks[:4] for rule in first]
    return weeks


def _with(week: WeekRule, positions: tuple[int, ...], rule: object) -> WeekRule:
    days = list(week.days)
    for position in positions:
        days[position] = rule  # type: ignore[call-overload]
    return WeekRule(tuple(days))


def _toy_gain(case: _Case, now: WeekRule, tuning: float, gain: object) -> float | None:
    capacity = max(1, int(case.truth.length_m // 6))
    days = list(now.days)
    for position, kind in enumerate(KIND_OF_DAY):
        new = toy_rule(case.facts, kind, tuning, capacity, now.days[position])
        if new is not None:
            days[position] = new
    week = WeekRule(tuple(days))
    return None if week == now else gain(week)  # type: ignore[operator]
