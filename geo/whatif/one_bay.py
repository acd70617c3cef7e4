"""One question about one bay of a study: what its commune shares is learned, the bay estimated, the rules compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version

from geo.demand.estimate import estimate, learn
from geo.errors import UnknownBay
from geo.facts.bay_facts import BayFacts
from geo.facts.sweep import study_facts
from geo.frozen import Frozen
from geo.rules import set_aside
from geo.study.folder import OpenStudy
from geo.study.words import Study, StudyBay
from geo.suggest.accounts import assumptions, demand_per_day
from geo.suggest.engine import LEARN_ALONE
from geo.suggest.proposal import Case
from geo.suggest.record import Assumption, Range
from geo.whatif.answer import DRAWS, Answer, Terms, what_if
from geo.whatif.chain import kerb
from geo.whatif.outcome import week_rule
from geo.words import VEHICLE_CLASSES, TimeRule


@dataclass(frozen=True)
class Question:
    """What is asked."""

    bay_id: str
    rules: tuple[TimeRule, ...]
    terms: Terms


class BayAnswer(Frozen):
    """The answer with what it rests on."""

    engine_version: str
    data_hash: str
    seed: int
    draws: int
    weights: dict[str, float]
    double_park_share: float
    bay_id: str
    rules_now: tuple[TimeRule, ...]
    rules_new: tuple[TimeRule, ...]
    rules_set_aside: tuple[TimeRule, ...]
    """Of both, the rules that do not hold in every week: the answer is of a typical week and leaves them out."""
    answer: Answer
    demand_per_day: Range
    """Deliveries that would like to stop, on the average day of a week."""
    assumptions: tuple[Assumption, ...]
    seen_days: float
    coverage: float


def answered(opened: OpenStudy, question: Question) -> BayAnswer:
    """Return the answer to a question; the same study, question and seed give the same.

    Raises
    ------
    UnknownBay
        The study has no such bay.
    """
    study = opened.study
    row = _row(study, question.bay_id)
    bay = study.bays[row]
    facts = list(study_facts(opened))
    commune = learn(_shared(study.bays, facts, bay.commune), study, question.terms.seed)
    known = estimate(facts[row], bay, commune)
    states = kerb(bay.length_m, tuple(study.length_m[name] for name in VEHICLE_CLASSES))
    found = what_if(
        states,
        known,
        week_rule(bay.rules),
        week_rule(question.rules),
        question.terms,
    )
    case = Case(bay, facts[row], known, states, study.period.last_on)
    draws = known.draws(DRAWS, question.terms.seed)
    return BayAnswer(
        engine_version=version("airelib"),
        data_hash=study.data_hash,
        seed=question.terms.seed,
        draws=DRAWS,
        weights=asdict(question.terms.weights),
        double_park_share=question.terms.double_park_share,
        bay_id=bay.bay_id,
        rules_now=bay.rules,
        rules_new=question.rules,
        rules_set_aside=tuple(dict.fromkeys(set_aside((*bay.rules, *question.rules)))),
        answer=found,
        demand_per_day=demand_per_day(draws),
        assumptions=assumptions(case, draws),
        seen_days=known.seen_days,
        coverage=known.coverage,
    )


def _row(study: Study, bay_id: str) -> int:
    row = next((i for i, bay in enumerate(study.bays) if bay.bay_id == bay_id), None)
    if row is None:
        raise UnknownBay(
            f"bay is {bay_id!r}: wanted one of the {len(study.bays)} bays of bays.geojson"
        )
    return row


def _shared(bays: Sequence[StudyBay], facts: Sequence[BayFacts], commune: str) -> list[BayFacts]:
    """Return the facts that a bay's commune learns from, as suggestions do: small communes learn together."""
    sizes = Counter(bay.commune for bay in bays)
    together = {name for name, count in sizes.items() if count < LEARN_ALONE}
    group = together if commune in together else {commune}
    return [of for bay, of in zip(bays, facts, strict=True) if bay.commune in group]
