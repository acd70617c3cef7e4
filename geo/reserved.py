"""Which slots lie in reserved hours."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.local_time import EPOCH_ON
from geo.rules import ALL_DAYS, day_of, reserved_minutes
from geo.sums import local_slot_s
from geo.words import TimeRule

DAY_S = 86_400


def reserved_slots(
    rules: Sequence[tuple[TimeRule, ...]],
    start_s: int,
    slots: int,
    time_zone: str,
    holidays_on: AbstractSet[date],
) -> NDArray[np.bool_]:
    """Tell for each bay and slot whether a rule is in force when the slot starts, shape ``(B, T)``.

    Parameters
    ----------
    rules
        Rules of each bay.
    start_s, slots
        First slot in epoch seconds, and how many.
    time_zone
        In which rules are written.
    holidays_on
        Public holidays: only rules that name them apply.
    """
    wall_s = local_slot_s(start_s, slots, time_zone)
    ordinal = wall_s // DAY_S
    first, last = int(ordinal[0]), int(ordinal[-1])
    on = [EPOCH_ON + timedelta(days=day) for day in range(first, last + 1)]
    named = np.array(
        [ALL_DAYS.index(day_of(one, is_public_holiday=one in holidays_on)) for one in on]
    )
    minute = wall_s % DAY_S // 60
    return np.stack([_reserved(one)[named[ordinal - first], minute] for one in rules])


@lru_cache(maxsize=256)
def _reserved(rules: tuple[TimeRule, ...]) -> NDArray[np.bool_]:
    """Return which minutes are reserved by named day, shape ``(8, 1440)``."""
    return np.array(
        [[rule is not None for rule in reserved_minutes(rules, day)] for day in ALL_DAYS]
    )
