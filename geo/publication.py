"""Which figures may be told to everyone: enough stays, enough seen, and none that a difference of told ones gives away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.sums import Sums
from geo.words import ENOUGH_COVERAGE

ENOUGH_STAYS = 5
"""Fewest stays behind a figure that everyone may see.

House rule on small counts: what rests on fewer stays could be one known vehicle, and is left out of public data.
"""

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Told:
    """Which figures of a commune's local day everyone may see."""

    bays: Bools
    """Shape ``(B, H)``: of each bay and hour."""
    hours: Bools
    """Shape ``(H,)``: of the commune in each hour."""
    day: bool
    """Of the commune on the whole day."""


def enough(sums: Sums) -> Bools:
    """Tell which figures rest on enough stays and enough seen time, shape ``(N, G)``; nothing seen is not enough."""
    coverage = np.nan_to_num(sums.coverage)
    return np.asarray(
        (sums.arrivals.sum(axis=1) >= ENOUGH_STAYS) & (coverage >= ENOUGH_COVERAGE), np.bool_
    )


def told_of_day(bays: Sums, hours: Sums, day: Sums) -> Told:
    """Tell which figures of a commune's day everyone may see.

    A whole is told only if it is enough itself and what its untold parts have together is not one part alone and
    rests on enough stays: otherwise the whole less the told parts would give away what is held back.

    Parameters
    ----------
    bays
        Shape ``(B, H)``: the commune's bays that have figures on that day, hour by hour.
    hours, day
        Shapes ``(1, H)`` and ``(1, 1)``: the whole commune.
    """
    stays = bays.arrivals.sum(axis=1)
    told_bays = enough(bays)
    held = ~told_bays & (bays.seen_s > 0)
    told_hours = enough(hours)[0] & _covers(held, stays)
    open_held = held & ~told_hours
    by_hour = open_held.any(axis=0)
    held_stays = (stays * open_held).sum(axis=0)
    told_day = enough(day)[0, 0] & _covers(by_hour[:, None], held_stays[:, None])[0]
    return Told(told_bays, told_hours, bool(told_day))


def _covers(held: Bools, stays: Ints) -> Bools:
    """Tell for each column whether its held parts, down the rows, hide one another: none, or several with enough stays."""
    parts = held.sum(axis=0)
    together = (stays * held).sum(axis=0)
    return np.asarray((parts == 0) | ((parts > 1) & (together >= ENOUGH_STAYS)), np.bool_)


def told_classes(stays: Ints) -> Bools:
    """Tell of which classes everyone may see the stays, where the sum of all classes is told.

    Beyond small counts the smallest others are held back until the sum less the told ones is no small count either
    and not of one class alone.

    Parameters
    ----------
    stays
        Shape ``(C,)``: stays of each class.
    """
    held = stays < ENOUGH_STAYS
    for place in np.argsort(stays, kind="stable"):
        if _covers(held[:, None], stays[:, None])[0]:
            break
        held[place] = True
    return ~held
