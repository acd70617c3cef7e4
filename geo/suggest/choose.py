"""Which candidate to propose: the simplest among the best, published only when it is sure enough."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.suggest.days import WEEK_DAYS
from geo.suggest.record import Effect, Range
from geo.suggest.weigh import Weighed
from geo.whatif.outcome import QUANTITIES, DayRule

Floats = NDArray[np.float64]

SIMPLER_WITHIN = 0.05
"""Share of the best gain that a simpler rule may cost (science brief, 3.4)."""

WIDENING = 1.25
"""Factor on the spread of draws around their mean: what the model itself leaves out.

Fitted on the invented cities of seeds 201 and 202, on which 90 % intervals held the truth in three cases of four; checked
on others (docs/how-to/measure-science.md). The science brief's prototype needed 1.3.
"""

HOUR_MIN = 60

DOUBLE_PARK_SHARE = 1.0
"""Share of refused deliveries that stand in the lane for their whole stay: an upper figure, every one of them.

Source: of all deliveries about a third double-park (Cerema, in the science brief, 1.2); how many of the refused do is
not known.
"""


def complexity(rule: DayRule, familiar: Sequence[DayRule]) -> float:
    """Return how hard a rule is to read on a sign: windows, odd edges, what differs from rules that are there.

    Parameters
    ----------
    rule
        Of one day.
    familiar
        Rules of the same bay on other days, and of its neighbours; one of these costs nothing more.
    """
    if rule in familiar:
        return 0.0
    odd = sum(at % HOUR_MIN != 0 for window in rule for at in (window.start_min, window.end_min))
    known_limits = {window.max_stay_min for other in familiar for window in other}
    new_limits = sum(window.max_stay_min not in known_limits for window in rule)
    return 1.0 + 2.0 * max(len(rule) - 1, 0) + 0.5 * odd + 0.5 * new_limits


def simplest_of_best(weighed: Sequence[Weighed], familiar: Sequence[DayRule]) -> Weighed:
    """Return the simplest candidate whose mean gain is near the best; of equals the better one."""
    best = max(one.mean_gain for one in weighed)
    near = [one for one in weighed if one.mean_gain >= best - SIMPLER_WITHIN * abs(best)]
    return min(near, key=lambda one: (complexity(one.rule, familiar), -one.mean_gain, one.rule))


def range_of(draws: Floats, widening: float) -> Range:
    """Return mean and 90 % interval of draws, shape ``(R,)``, spread around their mean by a factor."""
    mean = float(draws.mean())
    low, high = np.quantile(mean + widening * (draws - mean), [0.05, 0.95])
    return Range(mean=mean, p05=float(low), p95=float(high))


def effect_of(change: Floats, widening: float, double_park_share: float) -> Effect:
    """Return physical effects from changes per day, shape ``(R, Q)``."""

    def column(name: str) -> Floats:
        return np.asarray(change[:, QUANTITIES.index(name)])

    return Effect(
        unserved_per_day=range_of(column("unserved"), widening),
        resident_hours_per_week=range_of(WEEK_DAYS * column("shared_car_h"), widening),
        double_park_min_per_day=range_of(double_park_share * column("unserved_min"), widening),
        cut_short_per_day=range_of(column("cut_short"), widening),
    )


def chance_above(draws: Floats, bar: float, widening: float) -> float:
    """Return P(draw > bar) with draws spread around their mean by a factor."""
    mean = draws.mean()
    return float(np.mean(mean + widening * (draws - mean) > bar))
