"""The worlds that can be simulated, each a change to the science brief's city."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from enum import StrEnum

import numpy as np

from geo.simulation.places import CURRENT_RULES
from geo.simulation.profiles import City, Detector, Outages
from geo.simulation.truth import TruthBay, with_rules


class Regime(StrEnum):
    """Kinds of world."""

    BASE = "base"
    """The reference city of the science brief, section 6."""
    NULL = "null"
    """Each bay already has the rule that is best for it under the default weights."""
    SPARSE = "sparse"
    """Few deliveries."""
    OUTAGES = "outages"
    """A fifth of all time unseen."""
    DETECTOR = "detector"
    """A detector that got worse since its audit."""
    UNIFORM = "uniform"
    """One rule in the whole commune."""
    GROWTH = "growth"
    """Deliveries grow, and part of the bays get a new rule midway."""
    OVERFLOW = "overflow"
    """Refused drivers try the bay next door."""
    BUSY = "busy"
    """Thirty told stays a day and bay, for measuring speed (T16)."""


SPARSE_PER_DAY, SPARSE_RANGE = 5.0, (1.0, 15.0)
"""Assumption."""

LOST_SHARE = 0.2
"""Science brief, T15."""

STALE_RECALL, BELIEVED_RECALL = 0.87, 0.95
"""Science brief, 2.3, "harsh"."""

GROWTH_PER_WEEK = 0.015
"""Assumption: about 13 % in eight weeks."""

NEW_RULE_SHARE = 0.4
"""Share of the bays that get a new rule midway (assumption)."""

OVERFLOW_PER_DAY, OVERFLOW_SHARE = 30.0, (0.2, 0.7)
"""Deliveries of the median bay, and the share of one bay's refused drivers that tries the next: least and most
(science brief, 2.4, tried 0.3 and 0.6)."""

BUSY_PER_DAY, BUSY_RANGE = 43.0, (10.0, 200.0)
"""Deliveries a day that give thirty told stays a day and bay on average (measured)."""


def city_of(
    regime: Regime, *, lost_at_peak: bool = False, deliveries_per_day: float | None = None
) -> City:
    """Return the parameters of a regime.

    Parameters
    ----------
    regime
        Which world.
    lost_at_peak
        Whether the time that ``OUTAGES`` loses is lost in the mornings.
    deliveries_per_day
        Median of the bays on a weekday; None: that of the regime.
    """
    base = City()
    changes: dict[Regime, City] = {
        Regime.SPARSE: replace(
            base, deliveries_per_day=SPARSE_PER_DAY, deliveries_range=SPARSE_RANGE
        ),
        Regime.OUTAGES: replace(
            base,
            outages=Outages(
                lost_day_share=0.0,
                cuts_per_day=0.0,
                power_per_week=0.0,
                lost_share=LOST_SHARE,
                lost_at_peak=lost_at_peak,
            ),
        ),
        Regime.DETECTOR: replace(
            base, detector=Detector(recall=STALE_RECALL, audited_recall=BELIEVED_RECALL)
        ),
        Regime.GROWTH: replace(base, growth_per_week=GROWTH_PER_WEEK),
        Regime.OVERFLOW: replace(
            base,
            deliveries_per_day=OVERFLOW_PER_DAY,
            behaviour=replace(base.behaviour, retry=0.0),
        ),
        Regime.BUSY: replace(base, deliveries_per_day=BUSY_PER_DAY, deliveries_range=BUSY_RANGE),
    }
    city = changes.get(regime, base)
    return (
        city if deliveries_per_day is None else replace(city, deliveries_per_day=deliveries_per_day)
    )


def with_new_rules(
    bays: tuple[TruthBay, ...], weeks: int, rng: np.random.Generator
) -> tuple[TruthBay, ...]:
    """Give part of the bays another of the current rules from the Monday in the middle of the period on."""
    from_day = 7 * (weeks // 2)
    chosen = rng.random(len(bays)) < NEW_RULE_SHARE
    step = rng.integers(1, len(CURRENT_RULES), len(bays))
    kinds = [rules for _, rules in CURRENT_RULES]
    return tuple(
        with_rules(bay, kinds[(kinds.index(bay.rules) + int(step[i])) % len(kinds)], from_day)
        if chosen[i] and from_day > 0
        else bay
        for i, bay in enumerate(bays)
    )


def with_overflow(
    bays: tuple[TruthBay, ...], near: AbstractSet[tuple[str, str]], rng: np.random.Generator
) -> tuple[TruthBay, ...]:
    """Let refused drivers of a bay try the next one of the axis where it is near; no bay is in two such pairs.

    Parameters
    ----------
    bays
        The bays axis.
    near
        Pairs of identifiers of neighbours.
    rng
        Of the shares.
    """
    share = rng.uniform(*OVERFLOW_SHARE, len(bays))
    found = list(bays)
    row = 1
    while row < len(bays):
        if (bays[row - 1].bay_id, bays[row].bay_id) in near:
            found[row] = replace(bays[row], overflow_row=row - 1, overflow_share=float(share[row]))
            row += 1
        row += 1
    return tuple(found)
