"""The cells in which demand is counted, and how the commune's and a bay's own curves make up their log rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.demand.mixed import Beforehand, Design
from geo.demand.shapes import ALL_WAVES, expected_variance, waves
from geo.facts.bay_facts import BINS, DAY_KINDS

Floats = NDArray[np.float64]

OWN_WAVES = 12
"""Waves a day in which a bay may differ from its commune: turns of about an hour; parameter of ours."""

GROUP_WAVES, OWN_GROUP_WAVES = 8, 4
"""The same for a kind of day of the commune, and of a bay; parameters of ours."""

NATIONAL_RHO, NATIONAL_RHO_SD = 0.35, 0.5
"""Share of car demand that parks in reserved hours beforehand, and its doubt on the log scale.

Science brief, section 9: invented, none was ever measured.
"""

RHO_BETWEEN_SD, RHO_WORTH = 0.25, 6.0
"""Spread of log rho between bays expected beforehand, and how many bays that is worth; parameters of ours."""


@dataclass(frozen=True)
class Smoothness:
    """What is expected of curves beforehand: variances of levels and waves, and from which wave on they fade."""

    level: float
    first: float
    roughness: float
    own_level: float
    own_first: float
    own_roughness: float


DELIVERIES_SMOOTH = Smoothness(4.0, 1.0, 4.0, 0.35, 0.15, 3.0)
"""Deliveries rise and fall within an hour; variances on the log scale, assumptions of ours that the commune overrules."""

CARS_SMOOTH = Smoothness(4.0, 0.5, 2.5, 0.25, 0.05, 2.0)
"""Cars come and go more evenly; assumption of ours. It is what tells rho where all bays share one rule."""


@dataclass(frozen=True)
class Cells:
    """Cells of one kind of vehicle and the design of their log rates.

    Attributes
    ----------
    groups
        For each kind of day the group whose demand it shares.
    by_regime
        Whether shared and reserved hours are cells of their own (cars).
    design, beforehand
        Of the log rates, cells in the order group, regime, half hour.
    """

    groups: tuple[int, ...]
    by_regime: bool
    design: Design
    beforehand: Beforehand

    @property
    def count(self) -> int:
        """Number of groups."""
        return max(self.groups) + 1

    def gathered(self, values: Floats) -> Floats:
        """Sum figures ``(..., D, G, 48)`` into cells, shape ``(..., J)``."""
        grouped = np.stack(
            [values[..., np.array(self.groups) == one, :, :].sum(-3) for one in range(self.count)],
            axis=-3,
        )
        if not self.by_regime:
            grouped = grouped.sum(-2)
        return np.asarray(grouped.reshape(*values.shape[:-3], -1))

    def shared_rows(self) -> NDArray[np.int64]:
        """Return the cell of shared hours for each kind of day and half hour, shape ``(D, 48)``."""
        regimes = 2 if self.by_regime else 1
        return np.array(
            [[group * regimes * BINS + s for s in range(BINS)] for group in self.groups], np.int64
        )


def cells(groups: tuple[int, ...], smooth: Smoothness, *, by_regime: bool) -> Cells:
    """Return the cells of a kind of vehicle; with ``by_regime`` the last but chance column is log rho."""
    count = max(groups) + 1
    common = _columns(count, (ALL_WAVES, GROUP_WAVES), by_regime=by_regime)
    own = _columns(count, (OWN_WAVES, OWN_GROUP_WAVES), by_regime=by_regime)
    chance = np.kron(np.eye(count), np.ones((own.shape[0] // count, 1)))
    curves = own.shape[1] - by_regime
    spread = _variances(
        count,
        (OWN_WAVES, OWN_GROUP_WAVES),
        (smooth.own_level, smooth.own_first, smooth.own_roughness),
    )
    wide = _variances(
        count, (ALL_WAVES, GROUP_WAVES), (smooth.level, smooth.first, smooth.roughness)
    )
    blocks: tuple[slice, ...] = (slice(0, curves),)
    worth: tuple[float, ...] = (curves / 2 + 5.0,)
    mean = np.zeros(common.shape[1])
    if by_regime:
        spread, wide = np.append(spread, RHO_BETWEEN_SD**2), np.append(wide, NATIONAL_RHO_SD**2)
        blocks, worth = (*blocks, slice(curves, curves + 1)), (*worth, RHO_WORTH)
        mean[-1] = np.log(NATIONAL_RHO)
    told = np.concatenate([np.ones(own.shape[1]), np.zeros(count)])
    spread = np.diag(np.concatenate([spread, np.zeros(count)]))
    design = Design(common, np.hstack([own, chance]), told, mean, wide)
    return Cells(groups, by_regime, design, Beforehand(spread, blocks, worth))


def days_seen(day_seen_s: Floats, day_kind: NDArray[np.int64], groups: tuple[int, ...]) -> Floats:
    """Return the whole days seen in each group, shape ``(groups,)``."""
    by_kind = np.bincount(day_kind, day_seen_s, len(DAY_KINDS)) / 86_400.0
    return np.bincount(np.array(groups), by_kind, max(groups) + 1).astype(np.float64)


def _columns(count: int, most: tuple[int, int], *, by_regime: bool) -> Floats:
    """Return curves shared by all groups, those of each group where there are several, and log rho."""
    regimes = 2 if by_regime else 1
    every = np.tile(waves(most[0]), (count * regimes, 1))
    parts: list[Floats] = [every]
    if count > 1:
        parts.append(np.kron(np.eye(count), np.tile(waves(most[1]), (regimes, 1))))
    if by_regime:
        reserved = np.tile(np.repeat([0.0, 1.0], BINS), count)
        parts.append(reserved[:, None])
    return np.hstack(parts)


def _variances(count: int, most: tuple[int, int], smooth: tuple[float, float, float]) -> Floats:
    level, first, roughness = smooth
    parts = [expected_variance(most[0], level, first, roughness)]
    if count > 1:
        parts += [expected_variance(most[1], level / 4, first / 4, roughness)] * count
    return np.concatenate(parts)
