"""The typical week as a page shows it: probability and 90 % interval, from counts that are already stored."""

from __future__ import annotations

import numpy as np
from scipy.special import betaincinv

from geo.errors import InvalidInput
from geo.forecast.climatology import (
    DAYS,
    DEFAULT_STRENGTHS,
    SLOTS,
    Counts,
    Floats,
    Strengths,
    clipped,
    expected,
    posterior,
)
from geo.intervals import TAIL


def typical_week_forecast(
    occupied_slots: Counts,
    seen_slots: Counts,
    strengths: Strengths = DEFAULT_STRENGTHS,
    wanted: slice = slice(None),
) -> tuple[Floats, Floats, Floats]:
    """Return how likely each bay of a commune is to be occupied in a typical week, with 90 % intervals.

    A bay that was seen little leans on the commune: give all bays of a commune at once.

    Parameters
    ----------
    occupied_slots, seen_slots
        Shape ``(B, 7, 96)``: how many times a slot was seen to hold a vehicle at its middle, and how many times it
        was seen; parts of slots, such as the share of a slot without room, count in part. Local day of the week
        (Monday first; a public holiday counts as a Sunday) and slot of the day. The hour that a change of clock
        repeats is counted twice, the one it skips not at all.
    strengths
        How much the commune weighs; what was chosen on held-out weeks, where there were any.
    wanted
        Which bays to return; an interval costs more than the rest.

    Returns
    -------
    p, low, high
        Each of shape ``(B, 7, 96)``, of the wanted bays, never exactly 0 or 1; NaN everywhere where no slot of the commune was seen. The
        interval is of the probability: of the share of many such weeks, not of one.

    Raises
    ------
    InvalidInput
        The shapes differ, or more slots were occupied than seen.
    """
    check_counts(occupied_slots, seen_slots)
    if not seen_slots.any():
        unknown = np.full(seen_slots[wanted].shape, np.nan)
        return unknown, unknown.copy(), unknown.copy()
    p, days = (part[wanted] for part in posterior(expected(occupied_slots, seen_slots), strengths))
    low = betaincinv(days * p, days * (1 - p), TAIL)
    high = betaincinv(days * p, days * (1 - p), 1 - TAIL)
    return p, np.minimum(clipped(low), p), np.maximum(clipped(high), p)


def check_counts(occupied_slots: Counts, seen_slots: Counts) -> None:
    """Refuse counts that are of no week.

    Raises
    ------
    InvalidInput
        The shapes differ or are not ``(B, 7, 96)``, or more slots were occupied than seen.
    """
    if occupied_slots.shape != seen_slots.shape or seen_slots.shape[1:] != (DAYS, SLOTS):
        raise InvalidInput(
            f"found counts of shapes {occupied_slots.shape} and {seen_slots.shape}: "
            f"wanted (bays, {DAYS}, {SLOTS}) twice"
        )
    if (occupied_slots > seen_slots).any() or (occupied_slots < 0).any():
        raise InvalidInput(
            "found more occupied slots than seen ones, or fewer than none: "
            "wanted from 0 to what was seen"
        )
