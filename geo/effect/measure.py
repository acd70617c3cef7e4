"""The effect of each adoption, and of each measure over its bays, on each registered outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from geo.effect.panel import Floats, Panel
from geo.effect.placebo import Chance, chance, log_change
from geo.effect.register import Outcome, Registration

STOP_AT = 0.9
"""Probability of harm from which stopping is advised (science brief, section 4)."""

MOST_WEEKS = 52
"""More weeks than this are not promised to tell: in a year other things change (parameter of ours)."""

MORE_IS_BETTER: Mapping[Outcome, bool | None] = {
    Outcome.DELIVERIES: True,
    Outcome.OCCUPANCY: None,
    Outcome.OVERSTAYS: False,
}
"""What counts as harm: fewer deliveries that find room, more over-stays; a fuller bay is neither."""


PER_WEEK: Mapping[Outcome, float] = {
    Outcome.DELIVERIES: 7.0,
    Outcome.OCCUPANCY: 168.0,
    Outcome.OVERSTAYS: 7.0,
}
"""From an outcome per day to a count of the week: deliveries, hours that a place is taken, over-stays."""


class Verdict(StrEnum):
    """What can be said of an effect at 90 %."""

    MORE = "more"
    LESS = "less"
    NOT_YET = "not_yet_distinguishable"
    UNKNOWN = "unknown"
    """Too few weeks were seen, or too few controls."""


@dataclass(frozen=True)
class Share:
    """A relative change with its 90 % interval: 0.1 is a tenth more."""

    mean: float
    p05: float | None
    p95: float | None


@dataclass(frozen=True)
class Effect:
    """The effect on one outcome."""

    before: float | None
    """Outcome in the weeks before, per day, mean of the changed bays; None where too little was seen."""
    after: float | None
    effect: Share | None
    """Change of the changed bays against that of their controls."""
    p_value: float | None
    """Chance of an effect as large where nothing was done."""
    verdict: Verdict
    more_weeks: int | None
    """Further weeks after which an effect of this size would be told from chance; None where it is told already, or
    weeks alone would not tell it within ``MOST_WEEKS``: then more bays must."""
    p_harm: float | None
    controls: int
    why: str
    """Why the verdict is unknown; empty otherwise."""


@dataclass(frozen=True)
class Measured:
    """Effects of one adoption, or of one measure over several bays."""

    measure: str
    bay_ids: tuple[str, ...]
    weeks_before: int
    weeks_after: int
    """Whole weeks observed since adoption, at most those registered; the fewest of the bays."""
    effects: Mapping[Outcome, Effect]

    @property
    def stop(self) -> bool:
        """Whether stopping is advised: the main outcome is harmed with a probability above ``STOP_AT``."""
        p_harm = next(iter(self.effects.values())).p_harm
        return p_harm is not None and p_harm > STOP_AT


def measured(
    found: Panel, registrations: Sequence[Registration], seed: int
) -> tuple[tuple[Measured, ...], tuple[Measured, ...]]:
    """Return the effect of each adoption, and of each measure over its bays, sorted by its name.

    Parameters
    ----------
    found
        Holds all bays and controls of the registrations.
    registrations
        At least one.
    seed
        Same data and seed, same figures.
    """
    alone = tuple(_measured(found, [one], seed) for one in registrations)
    pooled = tuple(
        _measured(found, [one for one in registrations if one.measure == measure], seed)
        for measure in sorted({one.measure for one in registrations})
    )
    return alone, pooled


def weeks_observed(one: Registration, last_on: date) -> int:
    """Return how many of the registered weeks after adoption are over by the end of a local day."""
    days = (last_on - one.adopted_on).days + 1
    return max(0, min(one.weeks_after, days // 7))


def _measured(found: Panel, registrations: Sequence[Registration], seed: int) -> Measured:
    outcomes = [
        outcome
        for outcome in registrations[0].outcomes
        if all(outcome in one.outcomes for one in registrations)
    ]
    return Measured(
        registrations[0].measure,
        tuple(one.bay_id for one in registrations),
        min(one.weeks_before for one in registrations),
        min(weeks_observed(one, found.last_on) for one in registrations),
        {outcome: _effect(found, registrations, outcome, seed) for outcome in outcomes},
    )


def _effect(
    found: Panel, registrations: Sequence[Registration], outcome: Outcome, seed: int
) -> Effect:
    weeks = [_weeks(found, one, outcome) for one in registrations]
    per_week = PER_WEEK[outcome]
    changes = np.stack([log_change(before * per_week, after * per_week) for before, after in weeks])
    place = {bay_id: i for i, bay_id in enumerate(found.bay_ids)}
    own = [place[one.bay_id] for one in registrations]
    controls = np.full(changes.shape, np.nan)
    for row, one in enumerate(registrations):
        columns = [place[bay_id] for bay_id in one.control_bay_ids]
        controls[row, columns] = changes[row, columns]
    changed = changes[np.arange(len(own)), own]
    told = chance(changed, controls, seed)
    before, after = (
        _mean([pair[side][row] for pair, row in zip(weeks, own, strict=True)]) for side in (0, 1)
    )
    number = min(weeks_observed(one, found.last_on) for one in registrations)
    return Effect(
        before,
        after,
        _share(told),
        _or_none(told.p_value),
        _verdict(told),
        _more_weeks(told, registrations[0].weeks_before, number),
        _p_harm(told, more_is_better=MORE_IS_BETTER[outcome]),
        told.controls,
        _why(told, has_weeks=bool(np.isfinite(changed).any())),
    )


def _weeks(found: Panel, one: Registration, outcome: Outcome) -> tuple[Floats, Floats]:
    """Return the weeks before and after an adoption, of all bays."""
    before = found.weeks(outcome, one.before_from, one.weeks_before)
    return before, found.weeks(outcome, one.adopted_on, weeks_observed(one, found.last_on))


def _mean(weeks: Sequence[Floats]) -> float | None:
    known = np.concatenate([one[np.isfinite(one)] for one in weeks])
    return float(known.mean()) if len(known) else None


def _share(told: Chance) -> Share | None:
    if not np.isfinite(told.mean):
        return None
    if not np.isfinite(told.half_width):
        return Share(float(np.expm1(told.mean)), None, None)
    low, high = told.mean - told.half_width, told.mean + told.half_width
    return Share(*(float(np.expm1(one)) for one in (told.mean, low, high)))


def _verdict(told: Chance) -> Verdict:
    if not np.isfinite(told.p_value):
        return Verdict.UNKNOWN
    if not told.is_told:
        return Verdict.NOT_YET
    return Verdict.MORE if told.mean > 0 else Verdict.LESS


def _more_weeks(told: Chance, before: int, after: int) -> int | None:
    """Return how many more weeks would make the interval narrower than the effect.

    The variance of a difference of means falls as ``1 / before + 1 / after``.
    """
    if not np.isfinite(told.half_width) or told.is_told or after == 0 or before == 0:
        return None
    for more in range(1, MOST_WEEKS + 1):
        narrower = (1 / before + 1 / (after + more)) / (1 / before + 1 / after)
        if told.half_width * narrower**0.5 < abs(told.mean):
            return more
    return None


def _p_harm(told: Chance, *, more_is_better: bool | None) -> float | None:
    if more_is_better is None or not np.isfinite(told.half_width):
        return None
    below = told.p_below(0.0)
    return below if more_is_better else 1.0 - below


def _why(told: Chance, *, has_weeks: bool) -> str:
    if np.isfinite(told.p_value):
        return ""
    if not has_weeks:
        return "too few weeks of the bay were seen before or after"
    return f"{told.controls} controls were seen: wanted 9 or more"


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
