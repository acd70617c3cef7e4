"""Which kinds of day have a demand of their own, and how much days differ beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from geo.facts.bay_facts import BINS, DAY_KINDS, BayFacts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

USUAL_CV = 0.19
"""Variation of daily demand expected beforehand (science brief, section 6: 0.15 own and 0.12 city, squares added)."""

CV_WORTH = 40.0
"""Bay-days that the expectation is worth; parameter of ours."""

UNLIKELY = 0.1
"""Kinds of day are told apart where sameness is less likely than this; parameter of ours."""

LEAST_DAYS = 3
"""Days of a kind from which on they tell how much days differ; parameter of ours."""

BLOCKS = 8
"""Parts of the day, of three hours each, in which kinds of day are compared."""


@dataclass(frozen=True)
class DayEffects:
    """Variation of demand from day to day.

    Attributes
    ----------
    cv
        Standard deviation of a day's demand at one bay around its mean, as a share.
    cv_city
        The part that all bays have in common.
    """

    cv: float
    cv_city: float

    @property
    def own_variance(self) -> float:
        """Variance of a day's demand that a bay has for itself, as a share squared."""
        return max(self.cv**2 - self.cv_city**2, 1e-4)


def day_effects(facts: Sequence[BayFacts], columns: tuple[int, ...]) -> DayEffects:
    """Estimate how much days differ beyond Poisson chance, by moments over bays and days.

    Parameters
    ----------
    facts
        Bays of one commune with the same days.
    columns
        Positions on ``FACT_KINDS`` whose arrivals are summed.
    """
    counts, expected, free = _daily(facts, columns)
    beyond = ((counts - expected) ** 2 / np.maximum(free, 0.05) - counts).sum()
    weight = (expected**2).sum()
    typical = weight / max((expected > 0).sum(), 1)
    cv2 = (beyond + CV_WORTH * typical * USUAL_CV**2) / max(weight + CV_WORTH * typical, 1e-9)
    cv2 = float(np.clip(cv2, 1e-4, 1.0))
    total, mean = counts.sum(0), expected.sum(0)
    common = ((total - mean) ** 2 - total).sum() - cv2 * weight
    scale = (mean**2).sum() - weight
    city2 = float(np.clip(common / scale if scale > 0 else cv2 / 3, 0.0, cv2))
    return DayEffects(float(np.sqrt(cv2)), float(np.sqrt(city2)))


def _daily(facts: Sequence[BayFacts], columns: tuple[int, ...]) -> tuple[Floats, Floats, Floats]:
    """Return counts, expectations by day and bay, and the share of freedom left, each shape ``(B, Y)``."""
    rows = []
    for one in facts:
        counts = one.day_arrivals[:, columns].sum(1).astype(np.float64)
        exposure = one.day_exposure_s[:, columns].mean(1)
        usual = np.median(exposure[exposure > 0]) if (exposure > 0).any() else 1.0
        is_whole = exposure >= 0.8 * usual
        expected, free = np.zeros_like(counts), np.ones_like(counts)
        for kind in range(len(DAY_KINDS)):
            here = is_whole & (one.day_kind == kind)
            if here.sum() >= LEAST_DAYS:
                expected[here] = counts[here].sum() * exposure[here] / exposure[here].sum()
                free[here] = 1.0 - 1.0 / here.sum()
        rows.append((np.where(expected > 0, counts, 0.0), expected, free))
    counts, expected, free = (np.stack(part) for part in zip(*rows, strict=True))
    return counts, expected, free


def day_groups(
    arrivals: Floats, exposure_s: Floats, days: Ints, effects: DayEffects
) -> tuple[int, ...]:
    """Return for each kind of day the group whose demand it shares; groups are numbered from 0.

    Saturdays and Sundays join the weekdays, or failing that each other, where neither level nor course of the day
    tells them apart over the whole commune.

    Parameters
    ----------
    arrivals, exposure_s
        Shape ``(B, D, 48)``.
    days
        Shape ``(D,)``, days of each kind in the period.
    effects
        How much days differ by chance.
    """
    is_same = {
        (a, b): _are_alike(arrivals[:, [a, b]], exposure_s[:, [a, b]], days[[a, b]], effects)
        for a, b in ((0, 1), (0, 2), (1, 2))
    }
    saturday = 0 if is_same[0, 1] else 1
    if is_same[0, 2]:
        return 0, saturday, 0
    if saturday == 1 and is_same[1, 2]:
        return 0, 1, 1
    return 0, saturday, saturday + 1


def _are_alike(arrivals: Floats, exposure_s: Floats, days: Ints, effects: DayEffects) -> bool:
    """Tell whether two kinds of day differ no more than chance allows; shapes ``(B, 2, 48)``."""
    both = exposure_s.sum(1)
    rate = arrivals.sum(1) / np.maximum(both, 1.0)
    blocks = (len(arrivals), 2, BLOCKS, BINS // BLOCKS)
    is_seen = (exposure_s > 0).all(1)[:, None]
    found = np.where(is_seen, arrivals, 0.0).reshape(blocks).sum((0, 3))
    expected = np.where(is_seen, rate[:, None] * exposure_s, 0.0).reshape(blocks).sum((0, 3))
    if min(found.sum(1).min(), days.min()) < 1:
        return True
    level = np.log(found.sum(1) / expected.sum(1))
    own2 = effects.own_variance / len(arrivals)
    by_days = (effects.cv_city**2 + own2) * (1.0 / days).sum()
    spread = np.sqrt((1.0 / found.sum(1)).sum() + by_days)
    if abs(level[1] - level[0]) > chi2.ppf(1 - UNLIKELY, 1) ** 0.5 * spread:
        return False
    share = expected * (found.sum(1) / expected.sum(1))[:, None]
    share = np.asarray(share[0] / np.maximum(share.sum(0), 1e-9))
    total: Floats = np.asarray(found.sum(0))
    spare: Floats = np.asarray(total * share * (1.0 - share))
    known = spare > 1.0
    score = ((found[0] - total * share)[known] ** 2 / spare[known]).sum()
    return bool(score <= chi2.ppf(1 - UNLIKELY, max(int(known.sum()) - 1, 1)))
