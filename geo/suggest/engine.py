"""From a study to its suggestions: facts, what bays share, each bay's record, one plan for each commune."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version

import numpy as np

from geo.demand.commune import Commune
from geo.demand.estimate import estimate, learn
from geo.each import each
from geo.facts.bay_facts import BayFacts
from geo.facts.sweep import study_facts
from geo.study.folder import OpenStudy
from geo.study.words import Study, StudyBay, Weights
from geo.suggest.bay import Surroundings, suggest_bay
from geo.suggest.choose import DOUBLE_PARK_SHARE
from geo.suggest.plans import Floats, Part, Rules, commune_plans, template_gains, templates_of
from geo.suggest.proposal import Case, Settings
from geo.suggest.record import BaySuggestion, CommunePlan, StudyPeriod, Suggestions
from geo.whatif.chain import kerb
from geo.words import VEHICLE_CLASSES

LEARN_ALONE = 30
"""Bays from which a commune learns what its bays share by itself; communes with fewer learn together."""

REACH_M = 100.0
"""Neighbours within it are named (science brief, 2.4)."""

TOGETHER = ""
"""Key of what the small communes of a study share."""


@dataclass(frozen=True)
class _Known:
    """One bay before it is judged."""

    bay: StudyBay
    facts: BayFacts
    neighbours: tuple[str, ...]


@dataclass(frozen=True)
class _Run:
    """What every process knows."""

    study: Study
    settings: Settings
    communes: dict[str, Commune]

    def case(self, known: _Known) -> Case:
        """Return a bay with its estimate and kerb."""
        commune = self.communes.get(known.bay.commune) or self.communes[TOGETHER]
        lengths_m = tuple(self.study.length_m[kind] for kind in VEHICLE_CLASSES)
        return Case(
            known.bay,
            known.facts,
            estimate(known.facts, known.bay, commune),
            kerb(known.bay.length_m, lengths_m),
            self.study.period.last_on,
        )


def suggest(data: OpenStudy, weights: Weights, seed: int = 0, workers: int = 2) -> Suggestions:
    """Return the suggestions of a study; the same data, weights and seed give the same.

    Parameters
    ----------
    data
        The study with its stays.
    weights
        Points per unit.
    seed
        Of all draws.
    workers
        Processes; their number changes nothing but the time.
    """
    study = data.study
    facts = list(study_facts(data, workers))
    run = _Run(study, Settings(study.search, weights, seed), _learned(study, facts, seed))
    known = [
        _Known(bay, of, _near(study, bay.bay_id)) for bay, of in zip(study.bays, facts, strict=True)
    ]
    records = list(each(partial(_judge, run), known, workers))
    return Suggestions(
        engine_version=version("airelib"),
        data_hash=study.data_hash,
        seed=seed,
        period=StudyPeriod(
            first_on=study.period.first_on,
            last_on=study.period.last_on,
            time_zone=study.period.time_zone,
        ),
        weights=asdict(weights),
        bays=tuple(records),
        commune_plans=tuple(_plans(run, known, records, workers)),
    )


def _judge(run: _Run, known: _Known) -> BaySuggestion:
    around = Surroundings(run.study.period, run.study.audit, DOUBLE_PARK_SHARE, known.neighbours)
    return suggest_bay(run.case(known), run.settings, around)


def _template_gains(run: _Run, templates: Sequence[Rules], known: _Known) -> Floats:
    return template_gains(run.case(known), templates, run.settings)


def _learned(study: Study, facts: Sequence[BayFacts], seed: int) -> dict[str, Commune]:
    """Return what bays share, for each large commune and for all others together."""
    sizes = Counter(bay.commune for bay in study.bays)
    large = {commune for commune, bays in sizes.items() if bays >= LEARN_ALONE}
    groups: dict[str, list[BayFacts]] = {}
    for bay, of in zip(study.bays, facts, strict=True):
        groups.setdefault(bay.commune if bay.commune in large else TOGETHER, []).append(of)
    return {commune: learn(of, study, seed) for commune, of in groups.items()}


def _plans(
    run: _Run, known: Sequence[_Known], records: Sequence[BaySuggestion], workers: int
) -> Iterator[CommunePlan]:
    for commune in sorted({bay.commune for bay in run.study.bays}):
        rows = [
            i
            for i, record in enumerate(records)
            if record.commune == commune and record.decision == "change"
        ]
        chosen = tuple(records[i] for i in rows)
        templates = templates_of(chosen)
        if not templates:
            continue
        gain = np.array(
            list(each(partial(_template_gains, run, templates), [known[i] for i in rows], workers))
        )
        part = Part(commune, chosen, gain, templates)
        yield from commune_plans(part, run.study.neighbours, run.settings.weights.change_per_day)


def _near(study: Study, bay_id: str) -> tuple[str, ...]:
    near = {
        pair.neighbour_id if pair.bay_id == bay_id else pair.bay_id
        for pair in study.neighbours
        if bay_id in {pair.bay_id, pair.neighbour_id} and pair.distance_m <= REACH_M
    }
    return tuple(sorted(near))
