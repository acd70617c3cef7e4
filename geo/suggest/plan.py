"""One coherent set of changes for a commune: few different rules, chosen together by a mixed-integer programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, vstack

Floats = NDArray[np.float64]
Rule = TypeVar("Rule")

MAX_TEMPLATES = 15
"""Candidate rules of a commune (science brief, 3.5)."""

GAP = 0.005
"""Relative gap at which the solver may stop (science brief, 3.5)."""

TIME_LIMIT_S = 60.0
"""Longest solving time of one plan; a parameter of ours."""


@dataclass(frozen=True)
class Assignment:
    """Which template each bay gets, -1 = no change, and the gain of the whole in points per day."""

    template: NDArray[np.int64]
    """Shape ``(B,)``."""
    gain: float


def common_templates(
    wishes: Sequence[Mapping[Rule, float]], most: int = MAX_TEMPLATES
) -> list[Rule]:
    """Return the rules that would save most over all bays that wish them, best first; ties in order of appearance.

    Parameters
    ----------
    wishes
        For each bay, rules that suit it with their gains.
    most
        How many.
    """
    total: dict[Rule, float] = {}
    for wish in wishes:
        for rule, gain in wish.items():
            if gain > 0:
                total[rule] = total.get(rule, 0.0) + gain
    return sorted(total, key=lambda rule: -total[rule])[:most]


def assign(gain: Floats, max_templates: int, change_cost: Floats) -> Assignment:
    """Return the best assignment of at most so many templates.

    Maximises the gain less the cost of each change; a bay gets one template or keeps its rule.

    Source: science brief, 3.5; solved by HiGHS (scipy.optimize.milp).

    Parameters
    ----------
    gain
        Shape ``(B, T)``, points per day that template t saves at bay b; -inf where it may not be used.
    max_templates
        Different rules allowed.
    change_cost
        Shape ``(B,)``, points per day that changing each costs.
    """
    worth = gain - change_cost[:, None]
    bay, template = np.nonzero(worth > 0)
    nothing = Assignment(np.full(len(gain), -1, np.int64), 0.0)
    if len(bay) == 0:
        return nothing
    n, templates = len(bay), gain.shape[1]
    cost = np.concatenate([-worth[bay, template], np.zeros(templates)])
    column = np.arange(n)
    one_each = coo_array((np.ones(n), (bay, column)), shape=(len(gain), n + templates))
    opened = coo_array(
        (
            np.concatenate([np.ones(n), -np.ones(n)]),
            (np.tile(column, 2), np.concatenate([column, n + template])),
        ),
        shape=(n, n + templates),
    )
    few = coo_array(
        (np.ones(templates), (np.zeros(templates, np.int64), n + np.arange(templates))),
        shape=(1, n + templates),
    )
    upper = np.concatenate([np.ones(len(gain)), np.zeros(n), [max_templates]])
    solved = milp(
        cost,
        integrality=np.concatenate([np.zeros(n), np.ones(templates)]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(vstack([one_each, opened, few]), -np.inf, upper),
        options={"mip_rel_gap": GAP, "time_limit": TIME_LIMIT_S},
    )
    if solved.x is None:
        return nothing
    open_ones = np.flatnonzero(solved.x[n:] > 0.5)  # noqa: PLR2004 - a binary variable
    best = np.where(
        worth[:, open_ones].max(axis=1) > 0, open_ones[worth[:, open_ones].argmax(axis=1)], -1
    )
    changed = np.flatnonzero(best >= 0)
    return Assignment(best, float(gain[changed, best[changed]].sum()))
