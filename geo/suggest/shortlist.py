"""A handful of rules worth weighing on every draw: the best ones, and the best of each simple kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.suggest.choose import HOUR_MIN
from geo.whatif.outcome import DayRule

Floats = NDArray[np.float64]

APART_MIN = 60
"""Minutes by which the edges of two rules must differ in all for both to be weighed; a parameter of ours."""

Wish = Callable[[DayRule], bool]


def shortlist(
    rules: Sequence[DayRule], scores: Floats, now: Sequence[DayRule], most: int
) -> list[DayRule]:
    """Return at most so many rules: the best of each wish, then the next best that are not nearly the same.

    Wishes are what an officer asks first: the same maximum stay, whole hours, one window, the same start, the same
    end.

    Parameters
    ----------
    rules
        Candidates.
    scores
        Shape ``(len(rules),)``, points per day, lower is better.
    now
        Rules of the days as they are.
    most
        Length of the list.
    """
    order = np.argsort(scores, kind="stable")
    ranked = [rules[i] for i in order if rules[i] not in now]
    found: list[DayRule] = []
    for wish in _wishes(now):
        first = next((rule for rule in ranked if wish(rule)), None)
        if first is not None and first not in found:
            found.append(first)
    for rule in ranked:
        if len(found) >= most:
            break
        if all(_apart_min(rule, other) >= APART_MIN for other in found):
            found.append(rule)
    return found[:most]


def _wishes(now: Sequence[DayRule]) -> list[Wish]:
    limits = {window.max_stay_min for rule in now for window in rule}
    starts = {rule[0].start_min for rule in now if rule}
    ends = {rule[-1].end_min for rule in now if rule}

    def same_limit(rule: DayRule) -> bool:
        return not limits or all(window.max_stay_min in limits for window in rule)

    def whole_hours(rule: DayRule) -> bool:
        return all(
            at % HOUR_MIN == 0 for window in rule for at in (window.start_min, window.end_min)
        )

    return [
        lambda _rule: True,
        same_limit,
        lambda rule: same_limit(rule) and whole_hours(rule) and len(rule) == 1,
        lambda rule: same_limit(rule) and len(rule) == 1,
        lambda rule: bool(rule) and same_limit(rule) and rule[0].start_min in starts,
        lambda rule: bool(rule) and same_limit(rule) and rule[-1].end_min in ends,
    ]


def _apart_min(one: DayRule, other: DayRule) -> float:
    """Return by how many minutes the edges of two rules differ; rules of different shape are far apart."""
    if len(one) != len(other) or any(
        a.max_stay_min != b.max_stay_min for a, b in zip(one, other, strict=True)
    ):
        return float("inf")
    return float(
        sum(
            abs(a.start_min - b.start_min) + abs(a.end_min - b.end_min)
            for a, b in zip(one, other, strict=True)
        )
    )
