"""Suggestions as an engine would give them, and an engine that gives them at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from geo.rules import read_rules
from geo.study.words import Weights
from geo.suggest.record import (
    Assumption,
    BaySuggestion,
    Effect,
    HalfHours,
    Range,
    StudyPeriod,
    Suggestions,
    Text,
)
from geo.words import TimeRule
from service.engine_port import Desk, WhatIf

LONG = read_rules([{"days": ["mo", "tu"], "start": "07:00", "end": "20:00", "max_stay_min": 30}])
"""The rule of the small world's bays."""

SHORT = read_rules([{"days": ["mo", "tu"], "start": "06:00", "end": "11:00", "max_stay_min": 20}])
SHORTER = read_rules([{"days": ["mo", "tu"], "start": "06:00", "end": "10:00"}])


def around(mean: float, half: float = 0.5) -> Range:
    """Return a figure with an interval around it."""
    return Range(mean=mean, p05=mean - half, p95=mean + half)


EFFECT = Effect(
    unserved_per_day=around(-3.0),
    resident_hours_per_week=around(40.0, 8.0),
    double_park_min_per_day=around(-31.0, 6.0),
    cut_short_per_day=around(0.4, 0.2),
)


def record(bay_id: str, **given: Any) -> BaySuggestion:
    """Return what the engine says of a bay: by default a change that is very probably worth it."""
    decision = given.get("decision", "change")
    change = decision == "change"
    said = {
        "bay_id": bay_id,
        "commune": "99001",
        "decision": decision,
        "rule_now": LONG,
        "rules_new": SHORT if change else None,
        "effect": EFFECT if change else None,
        "gain": around(2.2) if change else None,
        "p_gain": 0.97 if change else None,
        "grade": {"change": "A", "need_data": "C", "keep": None}[decision],
        "needs_days": 12 if decision == "need_data" else None,
        "assumptions": (
            Assumption(name="rho_short", mean=0.35, p05=0.2, p95=0.5, source="commune"),
            Assumption(name="kappa", mean=0.7, p05=0.6, p95=0.8, source="local"),
        ),
        "reasons_not": (Text(code="uniform_rule", fr="Une seule règle.", en="One rule only."),),
        "alternatives": (),
        "demand_per_day": around(18.0, 2.0),
        "unserved_per_day": around(4.0, 1.0),
        "seen_days": 52,
        "coverage": 0.93,
        "audit_dated_on": None,
        "neighbours_affected": ("99001-0002",),
        "evidence": (half_hours(),),
        "considerants": Text(code="considerants", fr="Considérant…", en="Whereas…")
        if change
        else None,
    }
    return BaySuggestion.model_validate({**said, **given})


def half_hours() -> HalfHours:
    """Return a weekday in which the morning is short of room and two hours were never seen."""
    wanted = tuple(2.0 if 12 <= n < 24 else 0.5 for n in range(48))
    unseen = {4, 5, 6, 7}
    return HalfHours(
        day_kind="weekday",
        seen_h=tuple(0.0 if n in unseen else 20.0 for n in range(48)),
        deliveries_per_h=tuple(None if n in unseen else 0.7 * w for n, w in enumerate(wanted)),
        wanted_per_h=wanted,
        no_room_share=tuple(None if n in unseen else 0.3 for n in range(48)),
        cars=tuple(None if n in unseen else 0.8 for n in range(48)),
    )


@dataclass
class FakeAdvisor:
    """An engine that says what it was given; its data hash is that of the files it reads."""

    records: tuple[BaySuggestion, ...] = ()
    asked: list[tuple[Weights, int]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    """What the last study's folder held."""
    desks: int = 0
    """How many desks were made."""

    def suggest(self, folder: Path, weights: Weights, seed: int) -> Suggestions:
        """Return the records it was given."""
        self.files = {path.name: path.read_text() for path in sorted(folder.iterdir())}
        self.asked.append((weights, seed))
        return Suggestions(
            engine_version="fake-1",
            data_hash=hashlib.sha256(repr(self.files).encode()).hexdigest(),
            seed=seed,
            period=StudyPeriod(
                first_on=date(2026, 3, 1), last_on=date(2026, 3, 9), time_zone="Europe/Paris"
            ),
            weights=vars(weights),
            bays=self.records,
            commune_plans=(),
        )

    def desk(self, folder: Path, weights: Weights, seed: int) -> Desk:  # noqa: ARG002 - a fake
        """Return a desk and count it."""
        self.desks += 1
        return FakeDesk()


class FakeDesk:
    """A desk by which each reserved hour serves one delivery more."""

    def what_if(self, bay_id: str, rules: tuple[TimeRule, ...]) -> WhatIf:  # noqa: ARG002 - same
        """Answer by the number of windows."""
        served = float(len(rules))
        quantities: Mapping[str, float] = {"unserved_per_day": 5.0}
        return WhatIf(
            before=quantities,
            after={"unserved_per_day": 5.0 - served},
            effect=EFFECT,
            gain=around(served),
            p_gain=0.9,
        )
