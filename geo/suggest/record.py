"""The suggestions file: what is proposed for each bay and commune, how sure that is, and why (science brief, 3.6)."""

from __future__ import annotations

from datetime import date
from typing import Literal

from geo.frozen import Frozen
from geo.words import TimeRule

Decision = Literal["change", "keep", "need_data"]

Grade = Literal["A", "B", "C", "D"]
"""A: P at least 0.95, six weeks seen, an audit younger than six months, behaviour learned here. B: P at least 0.9 and
four weeks. C: promising, P 0.7 to 0.9. D: too little was seen (science brief, 3.4)."""

Source = Literal["local", "commune", "national"]


class Range(Frozen):
    """A figure with its 90 % interval."""

    mean: float
    p05: float
    p95: float


class Effect(Frozen):
    """What a rule changes, new minus now, on the average day of a week."""

    unserved_per_day: Range
    """Deliveries by van or truck that find no room and do not come back."""
    resident_hours_per_week: Range
    """Hours that cars are parked outside reserved windows."""
    double_park_min_per_day: Range
    """Minutes that refused deliveries would stand in the lane."""
    cut_short_per_day: Range
    """Deliveries that the maximum stay shortens."""


class Text(Frozen):
    """A sentence in both languages, under a stable code."""

    code: str
    fr: str
    en: str


class Assumption(Frozen):
    """A parameter that the effect rests on."""

    name: Literal[
        "rho_short",
        "rho_long",
        "kappa",
        "keeps_max_stay_deliveries",
        "keeps_max_stay_cars",
        "retry",
    ]
    mean: float
    p05: float
    p95: float
    source: Source
    """Whether it was learned at this bay, from the commune's bays, or is a prior."""


class Alternative(Frozen):
    """Another rule that was weighed."""

    rules: tuple[TimeRule, ...]
    gain: Range
    p_gain: float
    effect: Effect


class HalfHours(Frozen):
    """What was seen of a kind of day, by half hour of local wall time from 00:00, 48 values; None where unseen."""

    day_kind: Literal["weekday", "saturday", "sunday"]
    seen_h: tuple[float, ...]
    deliveries_per_h: tuple[float | None, ...]
    """Vans and trucks that found room."""
    wanted_per_h: tuple[float, ...]
    """Vans and trucks that would have liked to stop: an estimate."""
    no_room_share: tuple[float | None, ...]
    """Share of seen time in which a van found no gap."""
    cars: tuple[float | None, ...]
    """Mean number of parked cars."""


class BaySuggestion(Frozen):
    """What is proposed for one bay."""

    bay_id: str
    commune: str
    decision: Decision
    rule_now: tuple[TimeRule, ...]
    rules_new: tuple[TimeRule, ...] | None
    """In the form of ``rules`` in bays.geojson; None where the decision is not ``change``."""
    effect: Effect | None
    """Of ``rules_new`` against ``rule_now``; None where the decision is not ``change``."""
    gain: Range | None
    """Points per day that the rule saves, before the cost of the change; None where the decision is not ``change``."""
    p_gain: float | None
    """P(gain > change_per_day); None where the decision is not ``change``."""
    grade: Grade | None
    """None where the decision is ``keep``."""
    needs_days: int | None
    """With ``need_data``: more seen days after which it may be decided; None where days do not help or are not needed."""
    assumptions: tuple[Assumption, ...]
    reasons_not: tuple[Text, ...]
    alternatives: tuple[Alternative, ...]
    """At most three, best first; with ``need_data`` the first is the rule that may turn out to be worth it."""
    demand_per_day: Range | None
    """Deliveries that would like to stop, on the average day of a week; None where too little was seen."""
    unserved_per_day: Range | None = None
    """Of those, deliveries that find no room under ``rule_now`` and do not come back; None where no change was weighed."""
    seen_days: int
    """Whole days' worth of seen time."""
    coverage: float
    """Share of the period that was seen, 0..1."""
    audit_dated_on: date | None
    neighbours_affected: tuple[str, ...]
    evidence: tuple[HalfHours, ...]
    considerants: Text | None
    """Draft of the reasons an order must give; None where the decision is not ``change``."""


class PlannedBay(Frozen):
    """One bay of a commune's plan."""

    bay_id: str
    template: int
    """Index into the plan's templates."""
    gain: float


class CommunePlan(Frozen):
    """The best coherent set of changes under a limit on the number of different rules."""

    commune: str
    max_templates: int
    templates: tuple[tuple[TimeRule, ...], ...]
    bays: tuple[PlannedBay, ...]
    gain: float
    """Posterior mean of points per day saved by the rules, before the cost of the changes."""
    gain_free: float
    """The same with a rule of its own for each bay."""
    changes: int


class StudyPeriod(Frozen):
    """The whole local days that were observed."""

    first_on: date
    last_on: date
    """Included."""
    time_zone: str


class Suggestions(Frozen):
    """The file."""

    engine_version: str
    data_hash: str
    seed: int
    period: StudyPeriod
    weights: dict[str, float]
    bays: tuple[BaySuggestion, ...]
    commune_plans: tuple[CommunePlan, ...]
