"""The kerb itself: vehicles with real parking positions, retries, clearing and maximum stays, driver by driver.

The science brief's check simulation (sections 2.2, 3.2 and 3.4): 70 % park at the front of a gap, the others anywhere
in it, and who finds no gap long enough is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.compiled import compiled
from geo.facts.bay_facts import NO_LIMIT, NOT_RESERVED

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FRONT_SHARE = 0.7
"""Share of drivers who park at the front of a gap, the others anywhere in it (science brief, 2.2)."""

RETRY_FROM_S, RETRY_TO_S = 120, 600
"""A refused driver who comes round again does so after 2 to 10 minutes (science brief, 2.2)."""

LEAVES_BEFORE_S, LEAVES_AFTER_S = 900, 300
"""Cars that make room for a window leave from 15 minutes before to 5 minutes after its start (assumption)."""

LEAST_STAY_S = 20
"""Nobody stops for less (assumption)."""

NEVER_S = -1
"""Instant of parking of those who never found room or stayed away."""

_RHO, _KEEPS, _TRY, _CLEAR = 0, 1, 8, 1 << 40
"""Streams of chance of one driver; each try has four, each start of a window two."""

_GOLDEN, _MIX_A, _MIX_B, _MIX_C = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
    np.uint64(0xD1342543DE82EF95),
)
"""Constants of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), and a multiplier of Steele and Vigna (2021)."""

_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / (1 << 53)
_TOUCH_M = 1e-9


@dataclass(frozen=True)
class Arrivals:
    """Drivers who would like to stop at one kerb, in order of time.

    Attributes
    ----------
    at_s
        Shape ``(n,)``, int64, seconds on any clock, not descending.
    kind
        Shape ``(n,)``, int64, index into the kinds of ``Drivers``.
    stay_s
        Shape ``(n,)``, how long each would stay were there no rule.
    """

    at_s: Ints
    kind: Ints
    stay_s: Floats


@dataclass(frozen=True)
class Timetable:
    """The rules in force along the clock of the arrivals, in parts that follow each other.

    Attributes
    ----------
    from_s
        Shape ``(m,)``, int64, strictly ascending; the first part also holds before its start, the last for ever.
    limit_min
        Shape ``(m,)``, int64: maximum stay in minutes, ``NO_LIMIT``, or ``NOT_RESERVED``. Cars make room where a
        reserved part follows one that is not.
    """

    from_s: Ints
    limit_min: Ints


@dataclass(frozen=True)
class Drivers:
    """What the kinds of drivers are like at one kerb; the axis ``K`` is the caller's.

    Attributes
    ----------
    length_m
        Shape ``(K,)``, kerb taken.
    rho
        Shape ``(K,)``, share that stops in reserved hours: 1 for deliveries.
    kappa
        Shape ``(K,)``, share of those there that makes room for a window: 0 for deliveries.
    keeps_max_stay
        Shape ``(K,)``, share that leaves when the maximum stay is over.
    retry
        Shape ``(K,)``, share of the refused that comes round again, each time anew: 0 for cars.
    front_share
        Share that parks at the front of the first gap that is long enough, the others anywhere in it.
    """

    length_m: Floats
    rho: Floats
    kappa: Floats
    keeps_max_stay: Floats
    retry: Floats
    front_share: float = FRONT_SHARE


@dataclass(frozen=True)
class Parked:
    """What became of each driver, in the order of the arrivals.

    Attributes
    ----------
    parked_s
        Shape ``(n,)``, int64, when room was found, ``NEVER_S`` if never.
    departed_s
        Shape ``(n,)``, int64, ``NEVER_S`` if never parked.
    tries
        Shape ``(n,)``, int64, how often a gap was looked for: 0 for cars that stay away from reserved hours.
    is_cut
        Shape ``(n,)``, bool, whether the maximum stay shortened the stay.
    place_m
        Shape ``(n,)``, front of the vehicle along the kerb, NaN if never parked.
    """

    parked_s: Ints
    departed_s: Ints
    tries: Ints
    is_cut: NDArray[np.bool_]
    place_m: Floats


def park(
    arrivals: Arrivals, timetable: Timetable, drivers: Drivers, length_m: float, seed: int
) -> Parked:
    """Let drivers arrive at a kerb one after another.

    Every chance hangs on the seed, the driver's row and the turn only: two rules are compared on the same drivers
    with the same luck.

    Parameters
    ----------
    arrivals
        In order of time.
    timetable
        At least one part.
    drivers
        Shares and lengths by kind.
    length_m
        Of the kerb; who is longer never finds room.
    seed
        Any integer.
    """
    table = np.column_stack(
        [
            drivers.length_m,
            drivers.rho,
            drivers.kappa,
            drivers.keeps_max_stay,
            drivers.retry,
        ]
    )
    places = int(length_m / max(float(drivers.length_m.min()), 0.5)) + 2
    return Parked(
        *_park(
            (arrivals.at_s, arrivals.kind, arrivals.stay_s),
            (timetable.from_s, timetable.limit_min),
            np.ascontiguousarray(table),
            (float(length_m), places, float(drivers.front_share)),
            np.uint64(seed & 0xFFFFFFFFFFFFFFFF),
        )
    )


@compiled
def chance(seed: np.uint64, item: int, turn: int) -> float:
    """Return a uniform number in [0, 1) that belongs to a seed, a row and a turn."""
    bits = seed + _GOLDEN * np.uint64(item + 1) + _MIX_C * np.uint64(turn + 1)
    bits = (bits ^ (bits >> _S30)) * _MIX_A
    bits = (bits ^ (bits >> _S27)) * _MIX_B
    bits ^= bits >> _S31
    bits = (bits + _GOLDEN) * _MIX_C
    bits ^= bits >> _S30
    return float(bits >> _S11) * _UNIT


@compiled
def _park(
    drivers: tuple[Ints, Ints, Floats],
    parts: tuple[Ints, Ints],
    table: Floats,
    kerb: tuple[float, int, float],
    seed: np.uint64,
) -> tuple[Ints, Ints, Ints, NDArray[np.bool_], Floats]:
    """Run the loop; ``kerb`` is its length, how many vehicles fit at most, and the share at the front of gaps."""
    at_s, kind, stay_s = drivers
    kerb_m, places, front_share = kerb
    from_s, limit_min = parts
    n = len(at_s)
    parked_s = np.full(n, NEVER_S, np.int64)
    departed_s = np.full(n, NEVER_S, np.int64)
    tries = np.zeros(n, np.int64)
    is_cut = np.zeros(n, np.bool_)
    place_m = np.full(n, np.nan)
    there_m = np.zeros((places, 2))
    until_s = np.zeros(places, np.int64)
    again_s = np.zeros(n + 1, np.int64)
    again_row = np.zeros(n + 1, np.int64)
    count, waiting, fresh, part = 0, 0, 0, 0
    while fresh < n or waiting > 0:
        if waiting > 0 and (fresh >= n or again_s[waiting - 1] <= at_s[fresh]):
            waiting -= 1
            now_s, row = again_s[waiting], again_row[waiting]
        else:
            now_s, row = at_s[fresh], fresh
            fresh += 1
        part = _part_at(from_s, part, now_s)
        like = table[kind[row]]
        if limit_min[part] != NOT_RESERVED and chance(seed, row, _RHO) >= like[1]:
            continue
        count = _drive_off(there_m, until_s, count, now_s)
        turn = _TRY + 4 * tries[row]
        tries[row] += 1
        gap = _gap(there_m, count, like[0], kerb_m)
        if gap < 0:
            if chance(seed, row, turn) < like[4]:
                back_s = now_s + RETRY_FROM_S
                back_s += np.int64(chance(seed, row, turn + 1) * (RETRY_TO_S - RETRY_FROM_S))
                waiting = _come_back(again_s, again_row, waiting, back_s, row)
            continue
        stay = max(np.int64(stay_s[row]), LEAST_STAY_S)
        limit_s = 60 * limit_min[part]
        is_cut[row] = 0 < limit_s < stay and chance(seed, row, _KEEPS) < like[3]
        leaves_s = now_s + (limit_s if is_cut[row] else stay)
        if like[2] > 0.0:
            leaves_s = _cleared(parts, part, (now_s, leaves_s), like[2], (seed, row))
        parked_s[row], departed_s[row] = now_s, leaves_s
        where = chance(seed, row, turn + 2) - front_share, chance(seed, row, turn + 3)
        place_m[row] = _stand(there_m, count, gap, (like[0], kerb_m), where)
        for i in range(count, gap, -1):
            until_s[i] = until_s[i - 1]
        until_s[gap] = leaves_s
        count += 1
    return parked_s, departed_s, tries, is_cut, place_m


@compiled
def _part_at(from_s: Ints, part: int, now_s: int) -> int:
    """Return the part of the timetable at an instant not before the last one asked for."""
    while part + 1 < len(from_s) and from_s[part + 1] <= now_s:
        part += 1
    return part


@compiled
def _drive_off(there_m: Floats, until_s: Ints, count: int, now_s: int) -> int:
    """Take away who has left by now and return how many are there."""
    kept = 0
    for i in range(count):
        if until_s[i] > now_s:
            if kept != i:
                there_m[kept, 0], there_m[kept, 1] = there_m[i, 0], there_m[i, 1]
                until_s[kept] = until_s[i]
            kept += 1
    return kept


@compiled
def _gap(there_m: Floats, count: int, length_m: float, kerb_m: float) -> int:
    """Return the first gap that is long enough, counted from the front of the kerb, or -1."""
    ends_m = 0.0
    for i in range(count):
        if there_m[i, 0] - ends_m >= length_m - _TOUCH_M:
            return i
        ends_m = there_m[i, 1]
    return count if kerb_m - ends_m >= length_m - _TOUCH_M else -1


@compiled
def _stand(
    there_m: Floats,
    count: int,
    gap: int,
    sizes: tuple[float, float],
    where: tuple[float, float],
) -> float:
    """Put a vehicle into a gap and return where its front stands; ``sizes`` are its length and the kerb's.

    Who draws less than 0 in ``where`` stands at the front of the gap, the others at the share of it drawn second.
    """
    length_m, kerb_m = sizes
    place_m = there_m[gap - 1, 1] if gap > 0 else 0.0
    if where[0] >= 0.0:
        next_m = there_m[gap, 0] if gap < count else kerb_m
        place_m += where[1] * max(next_m - place_m - length_m, 0.0)
    for i in range(count, gap, -1):
        there_m[i, 0], there_m[i, 1] = there_m[i - 1, 0], there_m[i - 1, 1]
    there_m[gap, 0], there_m[gap, 1] = place_m, place_m + length_m
    return place_m


@compiled
def _cleared(
    parts: tuple[Ints, Ints],
    part: int,
    stay: tuple[int, int],
    kappa: float,
    who: tuple[np.uint64, int],
) -> int:
    """Return when a car leaves that may make room for the windows that start during its stay."""
    from_s, limit_min = parts
    now_s, leaves_s = stay
    while part + 1 < len(from_s) and from_s[part + 1] - LEAVES_BEFORE_S < leaves_s:
        part += 1
        starts = limit_min[part] != NOT_RESERVED and limit_min[part - 1] == NOT_RESERVED
        turn = _CLEAR + 2 * from_s[part]
        if starts and chance(who[0], who[1], turn) < kappa:
            spread_s = chance(who[0], who[1], turn + 1) * (LEAVES_BEFORE_S + LEAVES_AFTER_S)
            early_s = from_s[part] - LEAVES_BEFORE_S + np.int64(spread_s)
            room_s = early_s if early_s > now_s else from_s[part]
            return int(min(leaves_s, room_s))
    return leaves_s


@compiled
def _come_back(again_s: Ints, again_row: Ints, waiting: int, at_s: int, row: int) -> int:
    """Note a driver who comes round again, the next one last, and return how many there are."""
    i = waiting
    while i > 0 and again_s[i - 1] < at_s:
        again_s[i], again_row[i] = again_s[i - 1], again_row[i - 1]
        i -= 1
    again_s[i], again_row[i] = at_s, row
    return waiting + 1


ALWAYS_SHARED = Timetable(np.array([0], np.int64), np.array([NOT_RESERVED], np.int64))
"""No reserved hours at all."""

ALWAYS_RESERVED = Timetable(np.array([0], np.int64), np.array([NO_LIMIT], np.int64))
"""Reserved day and night, without a maximum stay."""
