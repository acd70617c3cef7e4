"""The record of one bay: decision, effects with intervals, grade, evidence, reasons not, and the reasons of an order."""

from __future__ import annotations

from dataclasses import dataclass

from geo.study.words import Audit, Period
from geo.suggest.accounts import (
    assumptions,
    basis,
    corrected,
    demand_per_day,
    more_days,
    second_opinion,
    unserved_now,
    until_judged,
)
from geo.suggest.choose import WIDENING, chance_above, effect_of, range_of
from geo.suggest.evidence import half_hours
from geo.suggest.grade import LEAST_DAYS, PROMISING_P, decide, grade
from geo.suggest.proposal import Case, Proposal, Settings, proposals
from geo.suggest.reasons import reasons_not
from geo.suggest.record import Alternative, BaySuggestion, Decision
from geo.suggest.sentences import Grounds, considerants
from geo.whatif.rules import rules_of_week
from geo.words import TimeRule

MOST_ALTERNATIVES = 3

KNOWN_DRAWS = 40
"""Draws behind the assumptions and the demand of every bay; a parameter of ours."""


@dataclass(frozen=True)
class Surroundings:
    """What a bay's record needs besides the bay itself."""

    period: Period
    audit: Audit
    double_park_share: float
    neighbours: tuple[str, ...] = ()
    """Neighbours whose refused drivers may come here."""


def suggest_bay(case: Case, settings: Settings, around: Surroundings) -> BaySuggestion:
    """Return the record of one bay."""
    if case.seen_days < LEAST_DAYS:
        return _record(case, around, "need_data", {"grade": "D", "needs_days": until_judged(case)})
    found = proposals(case, settings)
    if not found:
        return _record(case, around, "keep", _known(case, settings))
    return _judged(case, settings, around, found)


def _judged(
    case: Case, settings: Settings, around: Surroundings, found: list[Proposal]
) -> BaySuggestion:
    best, bar = found[0], settings.weights.change_per_day
    opinion = None
    if chance_above(best.gain, bar, WIDENING) >= PROMISING_P:
        opinion = second_opinion(case, settings, best)
        best = corrected(best, opinion, settings)
    p_gain = chance_above(best.gain, bar, WIDENING)
    decision = decide(p_gain, float(best.gain.mean()), bar)
    level = grade(p_gain, basis(case, around.audit)) if decision != "keep" else None
    content: dict[str, object] = {**_known(case, settings), "grade": level}
    if decision != "change":
        few = case.estimate.draws(KNOWN_DRAWS, settings.seed)
        content["unserved_per_day"] = unserved_now(case, few)
    if decision == "keep":
        return _record(case, around, decision, content)
    content["reasons_not"] = reasons_not(case, best, opinion, around.audit, around.neighbours)
    if decision == "need_data":
        content["alternatives"] = _alternatives(case, settings, around, [best, *found[1:]])
        content["needs_days"] = more_days(case, settings, best)
        return _record(case, around, decision, content)
    content |= _change(case, settings, around, best)
    content["alternatives"] = _alternatives(case, settings, around, found[1:])
    return _record(case, around, decision, content)


def _change(
    case: Case, settings: Settings, around: Surroundings, best: Proposal
) -> dict[str, object]:
    """Return what only a proposed change has."""
    rules_new = _rules(case, best)
    effect = effect_of(best.change, WIDENING, around.double_park_share)
    p_gain = chance_above(best.gain, settings.weights.change_per_day, WIDENING)
    draws = case.estimate.draws(KNOWN_DRAWS, settings.seed)
    grounds = Grounds(
        bay_id=case.bay.bay_id,
        first_on=around.period.first_on,
        last_on=around.period.last_on,
        coverage=case.estimate.coverage,
        demand_per_day=demand_per_day(draws),
        unserved_now=unserved_now(case, draws),
        rules_now=case.bay.rules,
        rules_new=rules_new,
        effect=effect,
        p_gain=p_gain,
    )
    return {
        "rules_new": rules_new,
        "effect": effect,
        "gain": range_of(best.gain, WIDENING),
        "p_gain": p_gain,
        "unserved_per_day": grounds.unserved_now,
        "considerants": considerants(grounds),
    }


def _record(
    case: Case, around: Surroundings, decision: Decision, content: dict[str, object]
) -> BaySuggestion:
    mean = case.estimate.mean()
    empty: dict[str, object] = {
        "rules_new": None,
        "effect": None,
        "gain": None,
        "p_gain": None,
        "grade": None,
        "needs_days": None,
        "assumptions": (),
        "reasons_not": (),
        "alternatives": (),
        "demand_per_day": None,
        "unserved_per_day": None,
        "considerants": None,
    }
    head = {
        "bay_id": case.bay.bay_id,
        "commune": case.bay.commune,
        "decision": decision,
        "rule_now": case.bay.rules,
        "seen_days": case.seen_days,
        "coverage": case.estimate.coverage,
        "audit_dated_on": around.audit.dated_on,
        "neighbours_affected": around.neighbours,
        "evidence": tuple(half_hours(case.facts, mean, kind) for kind in range(3)),
    }
    return BaySuggestion.model_validate({**empty, **head, **content})


def _known(case: Case, settings: Settings) -> dict[str, object]:
    """Return what is said of every bay that could be estimated."""
    draws = case.estimate.draws(KNOWN_DRAWS, settings.seed)
    return {
        "assumptions": assumptions(case, draws),
        "demand_per_day": demand_per_day(draws),
    }


def _rules(case: Case, proposal: Proposal) -> tuple[TimeRule, ...]:
    return rules_of_week(proposal.week(case.now), case.bay.rules)


def _alternatives(
    case: Case, settings: Settings, around: Surroundings, others: list[Proposal]
) -> tuple[Alternative, ...]:
    bar = settings.weights.change_per_day
    return tuple(
        Alternative.model_validate(
            {
                "rules": _rules(case, other),
                "gain": range_of(other.gain, WIDENING),
                "p_gain": chance_above(other.gain, bar, WIDENING),
                "effect": effect_of(other.change, WIDENING, around.double_park_share),
            }
        )
        for other in others[:MOST_ALTERNATIVES]
    )
