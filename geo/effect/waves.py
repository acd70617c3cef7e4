"""Adoption in two waves drawn by lot: what waits is the control of what went first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np

from geo.effect.register import WEEKS, Adoption


def two_waves(
    planned: Sequence[Adoption], seed: int, weeks_between: int = WEEKS
) -> tuple[Adoption, ...]:
    """Spread planned adoptions over two waves, drawn by lot within each measure.

    The first wave keeps its day, the second follows after some weeks. Each measure gives half of its bays to each wave,
    the odd one to the first; a measure planned for one bay cannot be spread. Controls are left to be chosen by rule.

    Parameters
    ----------
    planned
        What is to be adopted, in any order.
    seed
        Same seed, same waves, whatever the order of what is planned.
    weeks_between
        From the first wave to the second.

    Returns
    -------
    The same adoptions sorted by day, measure and bay.
    """
    rng = np.random.default_rng(seed)
    spread = [
        one
        for measure in sorted({one.measure for one in planned})
        for one in _of_measure(
            (one for one in planned if one.measure == measure), rng, weeks_between
        )
    ]
    return tuple(sorted(spread, key=lambda one: (one.adopted_on, one.measure, one.bay_id)))


def _of_measure(
    planned: Iterable[Adoption], rng: np.random.Generator, weeks_between: int
) -> Iterable[Adoption]:
    bays = sorted(planned, key=lambda one: one.bay_id)
    drawn = rng.permutation(len(bays))
    first = set(drawn[: (len(bays) + 1) // 2].tolist())
    for place, one in enumerate(bays):
        later = timedelta(0) if place in first else timedelta(weeks=weeks_between)
        yield replace(one, adopted_on=one.adopted_on + later, control_bay_ids=())
