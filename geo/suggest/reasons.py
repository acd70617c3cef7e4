"""Why a suggestion might be wrong: computed for each bay, never left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.rule_text import rules_text
from geo.rules import clock_of, set_aside
from geo.study.words import Audit
from geo.suggest.days import KIND_OF_DAY
from geo.suggest.evidence import never_shared, reserved_car_share
from geo.suggest.grade import AUDIT_FRESH_D
from geo.suggest.proposal import Case, Proposal
from geo.suggest.record import Text
from geo.suggest.sentences import number, reason, share, source_words
from geo.whatif.outcome import QUANTITIES, DayRule, WeekRule
from geo.whatif.second_opinion import agree

Floats = NDArray[np.float64]

_UNSERVED = QUANTITIES.index("unserved")

CARS_WORTH_SAYING = 0.1
"""Mean number of cars in reserved time from which their unknown use is said; a parameter of ours."""

SHORT_PERIOD_D = 56
"""Eight weeks, under which season and calendar are named as a risk (science brief, section 6)."""

EARLY_MIN = 7 * 60
"""Windows that start before 7 a.m. may be heard by residents (science brief, 3.6)."""

CUT_WORTH_SAYING = 0.05
"""Deliveries cut short a day from which they are named; a parameter of ours."""


@dataclass(frozen=True)
class Opinion:
    """What two independent models say of a change, both at the best parameters.

    Attributes
    ----------
    chain, events
        Shape ``(Q,)``, quantities new minus now on the average calendar day.
    """

    chain: Floats
    events: Floats

    @property
    def agrees(self) -> bool:
        """Tell whether the two say the same of unserved deliveries."""
        return agree(self.chain, self.events)


def reasons_not(
    case: Case, best: Proposal, opinion: Opinion | None, audit: Audit, neighbours: Sequence[str]
) -> tuple[Text, ...]:
    """Return the reasons not to follow a proposal, gravest first."""
    found: list[Text] = []
    if opinion is not None and not opinion.agrees:
        found.append(
            reason(
                "models_disagree",
                chain=number(-opinion.chain[_UNSERVED]),
                events=number(-opinion.events[_UNSERVED]),
            )
        )
    found += _of_behaviour(case, best)
    found += _of_data(case, audit)
    if neighbours:
        found.append(reason("neighbour_overflow", names=", ".join(neighbours)))
    found += _of_rule(case, best)
    return (*found, reason("control_assumed"), reason("demand_held"))


def _of_behaviour(case: Case, best: Proposal) -> list[Text]:
    found = []
    source = case.estimate.sources["rho"]
    if source != "local":
        found.append(reason("behaviour_assumed", source=source_words(source)))
    unseen = _never_seen_shared(case, best.week(case.now))
    if unseen:
        found.append(reason("unseen_regime", hours=unseen))
    cars = reserved_car_share(case.facts)
    if cars is not None and cars > CARS_WORTH_SAYING:
        found.append(reason("unverified_cars", share=share(min(cars, 1.0))))
    return found


def _of_data(case: Case, audit: Audit) -> list[Text]:
    found = []
    if case.seen_days < SHORT_PERIOD_D:
        found.append(reason("short_period", days=str(case.seen_days)))
    if audit.sample is None:
        found.append(reason("audit_missing"))
    elif audit.dated_on is not None and (case.last_on - audit.dated_on).days > AUDIT_FRESH_D:
        found.append(
            reason("audit_old", date=(f"{audit.dated_on:%d/%m/%Y}", audit.dated_on.isoformat()))
        )
    return found


def _of_rule(case: Case, best: Proposal) -> list[Text]:
    found = []
    aside = set_aside(case.bay.rules)
    if aside:
        found.append(
            reason("rules_set_aside", rules=(rules_text(aside, "fr"), rules_text(aside, "en")))
        )
    cut_short = float(best.change[:, QUANTITIES.index("cut_short")].mean())
    if cut_short > CUT_WORTH_SAYING:
        found.append(reason("shorter_stay", count=number(cut_short)))
    earliest_now = min(
        (window.start_min for rule in case.now.days for window in rule), default=EARLY_MIN
    )
    for _, rule in best.rules:
        if rule and rule[0].start_min < min(EARLY_MIN, earliest_now):
            return [*found, reason("early_noise")]
    return found


def _never_seen_shared(case: Case, week: WeekRule) -> str:
    """Return the hours that would be open to all and never were while the bay was seen, as one phrase."""
    spans = set()
    for position, (before, after) in enumerate(zip(case.now.days, week.days, strict=True)):
        for start, end in _opened(before, after):
            if never_shared(case.facts, KIND_OF_DAY[position], start, end):
                spans.add((start, end))
    return ", ".join(f"{clock_of(start)}\u2013{clock_of(end)}" for start, end in sorted(spans))


def _opened(before: DayRule, after: DayRule) -> list[tuple[int, int]]:
    """Return half-open minutes that were reserved and would be shared."""
    reserved_after = [False] * 1440
    for window in after:
        reserved_after[window.start_min : window.end_min] = [True] * (
            window.end_min - window.start_min
        )
    found: list[tuple[int, int]] = []
    for window in before:
        for minute in range(window.start_min, window.end_min):
            if reserved_after[minute]:
                continue
            if found and found[-1][1] == minute:
                found[-1] = (found[-1][0], minute + 1)
            else:
                found.append((minute, minute + 1))
    return found
