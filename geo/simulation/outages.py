"""When invented cameras do not see their bays, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.occupancy import MINUTE_S, SeenArrays
from geo.simulation.clock import Calendar
from geo.simulation.profiles import Outages

Ints = NDArray[np.int64]

REASONS = ("power", "offline", "dark", "blocked", "dirty")
"""Codes of ``geo.vocabulary.UNSEEN_REASON_LABELS``; where two causes overlap the one that began first is the reason."""

POWER, OFFLINE, DARK, BLOCKED, DIRTY = range(5)

HOUR_S = 3600

NIGHT_BEFORE_S, NIGHT_AFTER_S = 2 * HOUR_S, 6 * HOUR_S
"""A weak camera sees nothing from 22 to 6 h (assumption: public lighting)."""

CUTS_FROM_MIN, CUTS_TO_MIN = 360, 1320
"""Minutes of the day between which something may begin to stand before a bay (assumption)."""

WEAK_POWER_PER_WEEK = 4.0
"""How often a weak camera fails (assumption)."""

PEAK_FROM_S, PEAK_SPREAD_S, PEAK_DAY_SHARE = 7 * HOUR_S, 3 * HOUR_S // 2, 0.8
"""Time lost at the peak begins from 7 to 8.30 h on four days in five (science brief, T15; the hours are ours)."""


@dataclass(frozen=True)
class UnseenArrays:
    """Half-open times on whole minutes in which bays were not seen; disjoint and in order within a bay."""

    bay: NDArray[np.int32]
    from_s: Ints
    to_s: Ints
    reason: NDArray[np.int8]
    """Index into ``REASONS``."""


def draw_unseen(rows: range, calendar: Calendar, outages: Outages, seed: int) -> UnseenArrays:
    """Draw the unseen times of some bays; bays of one camera lose power and light together.

    Parameters
    ----------
    rows
        Rows of the bays on the axis of all bays: each has its own chance, whatever else is drawn.
    calendar
        The period.
    outages
        How often and how long.
    seed
        Of all bays.
    """
    cameras: dict[int, Ints] = {}
    parts = []
    for row in rows:
        camera = row // outages.bays_per_camera
        if camera not in cameras:
            rng = np.random.default_rng((seed, 4, camera))
            cameras[camera] = _of_camera(calendar, outages, rng)
        own = _of_bay(calendar, outages, np.random.default_rng((seed, 5, row)))
        merged = _merged(np.concatenate([cameras[camera], own]), calendar)
        parts.append((row, merged))
    bay = np.repeat([row for row, _ in parts], [len(part) for _, part in parts])
    all_of = np.concatenate([part for _, part in parts])
    return UnseenArrays(
        bay.astype(np.int32), all_of[:, 0], all_of[:, 1], all_of[:, 2].astype(np.int8)
    )


def seen_between(unseen: UnseenArrays, rows: range, start_s: int, end_s: int) -> SeenArrays:
    """Return the rest of a period: the times in which each bay was seen, in order."""
    edge = np.arange(rows.start, rows.stop)
    bay = np.concatenate([edge, unseen.bay])
    from_s = np.concatenate([np.full(len(edge), start_s), unseen.to_s])
    order = np.lexsort((from_s, bay))
    ends = np.concatenate([unseen.from_s, np.full(len(edge), end_s)])
    end_order = np.lexsort((ends, np.concatenate([unseen.bay, edge])))
    kept = ends[end_order] > from_s[order]
    return SeenArrays.of(bay[order][kept], from_s[order][kept], ends[end_order][kept])


def _of_camera(calendar: Calendar, outages: Outages, rng: np.random.Generator) -> Ints:
    """Return start, end and reason of what all bays of a camera lose, shape ``(n, 3)``."""
    midnights_s = calendar.midnights_s
    days = len(calendar.days)
    lost = np.flatnonzero(rng.random(days) < outages.lost_day_share)
    is_weak = rng.random() < outages.weak_share
    is_dark = rng.random() < outages.dark_share
    rate = WEAK_POWER_PER_WEEK if is_weak else outages.power_per_week
    cuts = rng.poisson(rate * days / 7)
    causes = [POWER, OFFLINE, DIRTY] if is_weak else [POWER, OFFLINE]
    nights_s = midnights_s if is_dark else midnights_s[:0]
    return np.concatenate(
        [
            _rows(midnights_s[lost], midnights_s[lost + 1], OFFLINE),
            _rows(nights_s - NIGHT_BEFORE_S, nights_s + NIGHT_AFTER_S, DARK),
            _pieces(calendar, cuts, outages.power_h, rng.choice(causes, cuts), rng),
            _share_lost(calendar, outages, rng),
        ]
    )


def _of_bay(calendar: Calendar, outages: Outages, rng: np.random.Generator) -> Ints:
    """Return the times in which something stood before one bay, by day."""
    days = len(calendar.days)
    count = rng.poisson(outages.cuts_per_day * days)
    day = rng.integers(0, days, count)
    start_s = calendar.midnights_s[day] + 60 * rng.integers(CUTS_FROM_MIN, CUTS_TO_MIN, count)
    return _rows(start_s, start_s + 60 * rng.integers(*outages.cut_min, count), BLOCKED)


def _share_lost(calendar: Calendar, outages: Outages, rng: np.random.Generator) -> Ints:
    """Return pieces that take a share of all time, at random or in the morning."""
    if outages.lost_share <= 0:
        return _rows(calendar.midnights_s[:0], calendar.midnights_s[:0], OFFLINE)
    if outages.lost_at_peak:
        days = np.flatnonzero(rng.random(len(calendar.days)) < PEAK_DAY_SHARE)
        start_s = calendar.midnights_s[days] + PEAK_FROM_S
        start_s = start_s + rng.integers(0, PEAK_SPREAD_S, len(days))
        length_s = int(outages.lost_share / PEAK_DAY_SHARE * 24 * HOUR_S)
        return _rows(start_s, start_s + length_s, OFFLINE)
    mean_s = sum(outages.lost_h) / 2 * HOUR_S
    span_s = calendar.end_s - calendar.start_s
    count = rng.poisson(-np.log1p(-outages.lost_share) * span_s / mean_s)
    return _pieces(calendar, count, outages.lost_h, np.full(count, OFFLINE), rng)


def _pieces(
    calendar: Calendar,
    count: int,
    length_h: tuple[float, float],
    reason: Ints,
    rng: np.random.Generator,
) -> Ints:
    """Return pieces at any time that have begun before the period's start or within it."""
    earliest_s = calendar.start_s - int(length_h[1] * HOUR_S)
    start_s = rng.integers(earliest_s, calendar.end_s, count)
    length_s = (HOUR_S * rng.uniform(*length_h, count)).astype(np.int64)
    return np.column_stack([start_s, start_s + length_s, reason]).astype(np.int64)


def _rows(start_s: Ints, end_s: Ints, reason: int) -> Ints:
    return np.column_stack([start_s, end_s, np.full(len(start_s), reason)]).astype(np.int64)


def _merged(rows: Ints, calendar: Calendar) -> Ints:
    """Return pieces on whole minutes within the period, in order, those that touch or overlap as one."""
    times = np.clip(rows[:, :2] // MINUTE_S * MINUTE_S, calendar.start_s, calendar.end_s)
    kept = times[:, 0] < times[:, 1]
    times, reason = times[kept], rows[kept, 2]
    if not len(times):
        return rows[:0]
    order = np.argsort(times[:, 0], kind="stable")
    times, reason = times[order], reason[order]
    reach = np.maximum.accumulate(times[:, 1])
    begins = np.concatenate([[True], times[1:, 0] > reach[:-1]])
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(times)) - 1
    return np.column_stack([times[first, 0], reach[last], reason[first]])
