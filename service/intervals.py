"""Sets of half-open intervals in whole seconds, kept disjoint and merged."""

from __future__ import annotations

from collections.abc import Iterable

Interval = tuple[int, int]
"""``from_s, to_s``, half-open epoch seconds."""

Reasoned = tuple[int, int, str]
"""``from_s, to_s, reason``."""


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the union as disjoint intervals in order; those that touch become one, empty ones vanish."""
    merged: list[Interval] = []
    for from_s, to_s in sorted(intervals):
        if from_s >= to_s:
            continue
        if merged and from_s <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(to_s, merged[-1][1]))
        else:
            merged.append((from_s, to_s))
    return merged


def subtract(intervals: Iterable[Interval], removed: Iterable[Interval]) -> list[Interval]:
    """Return what of the first set is not in the second, disjoint and in order."""
    holes = merge(removed)
    kept: list[Interval] = []
    for from_s, to_s in merge(intervals):
        at_s = from_s
        for hole_from_s, hole_to_s in holes:
            if hole_to_s <= at_s or hole_from_s >= to_s:
                continue
            if hole_from_s > at_s:
                kept.append((at_s, hole_from_s))
            at_s = hole_to_s
        if at_s < to_s:
            kept.append((at_s, to_s))
    return kept


def merge_reasons(pieces: Iterable[Reasoned], seen: Iterable[Interval]) -> list[Reasoned]:
    """Return the unseen times as disjoint intervals, each with one reason, in order.

    What was seen after all is taken out. Where two reasons were given for one time the first in
    alphabetical order stays, so that the result does not depend on the order of arrival.
    """
    by_reason: dict[str, list[Interval]] = {}
    for from_s, to_s, reason in pieces:
        by_reason.setdefault(reason, []).append((from_s, to_s))
    taken = list(seen)
    result: list[Reasoned] = []
    for reason in sorted(by_reason):
        free = subtract(by_reason[reason], taken)
        taken.extend(free)
        result.extend((from_s, to_s, reason) for from_s, to_s in free)
    return sorted(result)


def clip(intervals: Iterable[Interval], from_s: int, to_s: int) -> list[Interval]:
    """Return what of some intervals lies in a period."""
    cut = ((max(start_s, from_s), min(end_s, to_s)) for start_s, end_s in intervals)
    return [(start_s, end_s) for start_s, end_s in cut if start_s < end_s]


def length_s(intervals: Iterable[Interval]) -> int:
    """Return how long disjoint intervals are together, in seconds."""
    return sum(end_s - start_s for start_s, end_s in intervals)
