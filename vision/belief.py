"""How sure it is that a vehicle stands where it was seen: log-odds that each look raises or lowers, at the vehicle's own hit rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, TypedDict

from vision.observation import Box
from vision.stay_rules import StayRules


class Believed(Protocol):
    """Anything that is there with some probability."""

    @property
    def log_odds(self) -> float:
        """Log-odds of being there."""

    @property
    def hits(self) -> float:
        """Looks that showed it, weighted; the oldest fade."""

    @property
    def looks(self) -> float:
        """Looks that could have shown it, weighted; the oldest fade."""

    @property
    def missed(self) -> float:
        """Looks in a row, up to the last, that could have shown it and did not, weighted."""


class Change(TypedDict):
    """The fields of a `Believed` after a look."""

    log_odds: float
    hits: float
    looks: float
    missed: float


def before_first(rules: StayRules) -> float:
    """Return the log-odds after the first sighting of a vehicle."""
    return rules.log_odds_start + math.log(rules.hit_rate / rules.false_rate)


def after_hit(of: Believed, weight: float, rules: StayRules, trust: float = 1.0) -> Change:
    """Return the belief after a look that showed the vehicle.

    Parameters
    ----------
    of
        The belief before.
    weight
        What the look counts, 0..1: looks close together fail together.
    trust
        What the sighting counts, 0..1: a faint one less.
    """
    gain = weight * trust * math.log(_hit_rate(of, rules) / rules.false_rate)
    kept = min(1.0, rules.memory_looks / of.looks)
    return Change(
        log_odds=min(of.log_odds + gain, rules.log_odds_limit),
        hits=of.hits * kept + weight,
        looks=of.looks * kept + weight,
        missed=0.0,
    )


def after_miss(
    of: Believed, weight: float, rules: StayRules, spells: Spells | None = None
) -> Change:
    """Return the belief after a look that would have shown the vehicle and did not.

    `spells` are those that the same bay's vehicles have come back from: where misses follow misses, the second tells less.
    """
    miss = 1 - _hit_rate(of, rules)
    if of.missed > 0 and spells is not None:
        miss = spells.going_on(miss, rules)
    return Change(
        log_odds=of.log_odds + weight * math.log(miss / (1 - rules.false_rate)),
        hits=of.hits,
        looks=of.looks + weight,
        missed=of.missed + weight,
    )


@dataclass(frozen=True)
class Spells:
    """The misses, at a bay, that were spells: the vehicle was seen again."""

    misses: float = 0.0
    """Looks missed, weighted."""
    followed: float = 0.0
    """Those of them that another miss followed."""

    def with_run(self, missed: float, rules: StayRules) -> Spells:
        """Return the spells with one more; the oldest fade."""
        kept = min(1.0, rules.memory_looks / max(self.misses, 1e-9))
        followed = self.followed * kept + max(0.0, missed - 1)
        return Spells(self.misses * kept + missed, followed)

    def going_on(self, alone: float, rules: StayRules) -> float:
        """Return the probability that a miss follows a miss: the bay's own share, drawn to that of any miss."""
        drawn = self.followed + alone * rules.prior_misses
        return max(alone, drawn / (self.misses + rules.prior_misses))


def iou(a: Box, b: Box) -> float:
    """Return the intersection of two boxes over their union, 0..1."""
    common = common_area(a, b)
    either = common_area(a, a) + common_area(b, b) - common
    return common / either if either > 0 else 0.0


def common_area(a: Box, b: Box) -> float:
    """Return the area that two boxes share, in the square of their unit."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(width, 0.0) * max(height, 0.0)


def mixed(mean: Box, box: Box, passed_s: float, rules: StayRules) -> Box:
    """Return a mean box drawn to a new one, the more the longer ago the last was: exponential, `rules.place_s`."""
    share = drawn_share(passed_s, rules)
    x0, y0, x1, y1 = (u + share * (v - u) for u, v in zip(mean, box, strict=True))
    return x0, y0, x1, y1


def drawn_share(passed_s: float, rules: StayRules) -> float:
    """Return the share, 0..1, by which a mean is drawn to a new value after a time in seconds."""
    return 1 - math.exp(-max(0.0, passed_s) / rules.place_s)


def _hit_rate(of: Believed, rules: StayRules) -> float:
    """Return the vehicle's own hit rate, drawn to the general one by `prior_looks`."""
    hits = of.hits + rules.hit_rate * rules.prior_looks
    return min(rules.hit_rate, hits / (of.looks + rules.prior_looks))
