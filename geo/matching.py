"""Matching of found stays with true ones: one to one within a bay, as many as possible."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIN_IOU = 0.5
"""Smallest share of common time, over the time of either, for two stays to be the same (vision brief, section 6)."""

BEYOND_S = 60.0
"""Time that two stays which are both still there are taken to share beyond the latest known instant (convention)."""


@dataclass(frozen=True)
class StayMatch:
    """Which found stay is which true one."""

    true_index: int
    found_index: int
    iou: float
    """Common time over the time of either, 0..1."""


def match_stays(
    true: Sequence[tuple[str, float, float]],
    found: Sequence[tuple[str, float, float]],
    min_iou: float = MIN_IOU,
) -> list[StayMatch]:
    """Pair stays one to one within each bay, as many as possible.

    Parameters
    ----------
    true, found
        Each stay as bay, arrival and departure in seconds of one clock, half-open; the departure of one that is still
        there is infinite. It is taken to last to the latest instant of either list, and a minute longer beside another
        that is still there too.
    min_iou
        Smallest temporal intersection over union of a pair, 0..1.

    Returns
    -------
    list[StayMatch]
        Sorted by position in `true`. Among largest matchings, pairs with more common time are tried first.

    Notes
    -----
    Augmenting paths in a bipartite graph: Kuhn 1955; the result is a maximum matching.
    """
    latest_s = max((t for row in (*true, *found) for t in row[1:] if math.isfinite(t)), default=0.0)
    matches: list[StayMatch] = []
    for bay in sorted({row[0] for row in true}):
        here_true = [i for i, row in enumerate(true) if row[0] == bay]
        here_found = [i for i, row in enumerate(found) if row[0] == bay]
        ious = iou_matrix(
            [true[i][1:] for i in here_true], [found[i][1:] for i in here_found], latest_s
        )
        matches += [
            StayMatch(here_true[row], here_found[column], float(ious[row, column]))
            for row, column in max_matching(ious, min_iou)
        ]
    return sorted(matches, key=lambda match: match.true_index)


def iou_matrix(
    first: Sequence[tuple[float, float]],
    second: Sequence[tuple[float, float]],
    latest_s: float = 0.0,
) -> NDArray[np.float64]:
    """Return the temporal intersection over union, shape (len(first), len(second)), of half-open intervals in seconds.

    An infinite end stands for `latest_s`, or for `BEYOND_S` more where both ends are infinite.
    """
    if not first or not second:
        return np.zeros((len(first), len(second)))
    a, b = np.asarray(first, np.float64)[:, None], np.asarray(second, np.float64)[None]
    both_last = np.isinf(a[..., 1]) & np.isinf(b[..., 1])
    end_s = latest_s + np.where(both_last, BEYOND_S, 0.0)
    a_end = np.where(np.isinf(a[..., 1]), end_s, a[..., 1])
    b_end = np.where(np.isinf(b[..., 1]), end_s, b[..., 1])
    common = np.clip(np.minimum(a_end, b_end) - np.maximum(a[..., 0], b[..., 0]), 0, None)
    either = (a_end - a[..., 0]) + (b_end - b[..., 0]) - common
    return np.asarray(np.divide(common, either, out=np.zeros_like(common), where=either > 0))


def max_matching(weights: NDArray[np.float64], minimum: float) -> list[tuple[int, int]]:
    """Return as many pairs (row, column) as possible with a weight of at least `minimum`, each row and column once."""
    rows, columns = weights.shape
    wishes = [
        [int(c) for c in np.argsort(-weights[r], kind="stable") if weights[r, c] >= minimum]
        for r in range(rows)
    ]
    holder: dict[int, int] = {}
    order = sorted(range(rows), key=lambda r: -weights[r].max(initial=0.0)) if columns else []
    for row in order:
        _augment(row, wishes, holder, set())
    return sorted((row, column) for column, row in holder.items())


def _augment(row: int, wishes: list[list[int]], holder: dict[int, int], tried: set[int]) -> bool:
    for column in wishes[row]:
        if column in tried:
            continue
        tried.add(column)
        if column not in holder or _augment(holder[column], wishes, holder, tried):
            holder[column] = row
            return True
    return False
