"""Curves over the day as sums of waves, with how strongly each wave is expected beforehand."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.facts.bay_facts import BINS

Floats = NDArray[np.float64]

ALL_WAVES = BINS // 2
"""Waves a day that half hours can tell apart; with the level they span every curve on 48 half hours."""


@lru_cache(maxsize=8)
def waves(most: int) -> Floats:
    """Return the level and the waves of 1 to ``most`` periods a day at the middle of each half hour.

    Returns
    -------
    Shape ``(48, 1 + 2 * most)``, or ``(48, 48)`` for all waves; columns have mean square 1, level first, then sine
    and cosine by rising frequency.
    """
    phase = 2 * np.pi * (np.arange(BINS) + 0.5) / BINS
    columns = [np.ones(BINS)]
    for periods in range(1, most + 1):
        columns.append(np.sqrt(2) * np.sin(periods * phase))
        if periods < ALL_WAVES:
            columns.append(np.sqrt(2) * np.cos(periods * phase))
    columns = [*columns[:-1], columns[-1] / np.sqrt(2)] if most == ALL_WAVES else columns
    basis = np.stack(columns, axis=1)
    basis.flags.writeable = False
    return basis


def expected_variance(most: int, level: float, first: float, roughness: float) -> Floats:
    """Return the variance of each column of ``waves(most)`` beforehand.

    Parameters
    ----------
    most
        Waves a day.
    level
        Variance of the level.
    first
        Variance of the slowest waves.
    roughness
        Waves a day from which on the variance falls, as the fourth power of the frequency.

    Returns
    -------
    Shape ``(columns,)``.
    """
    periods = np.repeat(np.arange(1, most + 1), 2)[: waves(most).shape[1] - 1]
    falling = first / (1.0 + (periods / roughness) ** 4)
    return np.concatenate([[level], falling])
