"""The cells in which demand is counted, and how the commune's and a bay's own curves make up their log rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.demand.mixed import Beforehand, Design
from geo.demand.shapes import ALL_WAVES, expected_variance, waves
from geo.facts.bay_facts import BINS, DAY_KINDS

Floats = NDArray[np.float64]

DAY_S = 86_400.0

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
        Of the log rates; cells in the order kind of day, regime, half hour.
    """

    groups: tuple[int, ...]
    by_regime: bool
    design: Design
    beforehand: Beforehand

    def gathered(self, values: Floats) -> Floats:
        """Bring figures ``(..., D, G, 48)`` into cells, shape ``(..., J)``."""
        some = values if self.by_regime else values.sum(-2)
        return np.asarray(some.reshape(*values.shape[:-3], -1))

    def shared_rows(self) -> NDArray[np.int64]:
        """Return the cell of shared hours for each kind of day and half hour, shape ``(D, 48)``."""
        regimes = 2 if self.by_regime else 1
        return np.arange(len(self.groups))[:, None] * regimes * BINS + np.arange(BINS)

    @property
    def rho_columns(self) -> tuple[int, int]:
        """Positions of log rho among the commune's and the own coefficients: the last that are told."""
        told = self.design.common_told, self.design.told
        return int(np.flatnonzero(told[0])[-1]), int(np.flatnonzero(told[1])[-1])


def cells(groups: tuple[int, ...], smooth: Smoothness, city: Floats, *, by_regime: bool) -> Cells:
    """Return the cells of a kind of vehicle.

    Columns are curves shared by all kinds of day, curves of each group where there are several, log rho with
    ``by_regime``, and the chance of the period for each kind of day.

    Parameters
    ----------
    groups
        For each kind of day.
    smooth
        What is expected of curves.
    city
        Shape ``(D,)``, variance that the days of the period leave in the commune's level.
    by_regime
        Whether shared and reserved hours are told apart.
    """
    kinds = len(groups)
    common = _columns(groups, (ALL_WAVES, GROUP_WAVES), by_regime=by_regime)
    own = _columns(groups, (OWN_WAVES, OWN_GROUP_WAVES), by_regime=by_regime)
    chance = np.kron(np.eye(kinds), np.ones((own.shape[0] // kinds, 1)))
    levels = smooth.own_level, smooth.own_first, smooth.own_roughness
    spread = _variances(groups, (OWN_WAVES, OWN_GROUP_WAVES), levels)
    levels = smooth.level, smooth.first, smooth.roughness
    wide = _variances(groups, (ALL_WAVES, GROUP_WAVES), levels)
    curves = len(spread)
    blocks: tuple[slice, ...] = (slice(0, curves),)
    worth: tuple[float, ...] = (curves / 4 + 4.0,)
    mean = np.zeros(common.shape[1] + kinds)
    if by_regime:
        spread, wide = np.append(spread, RHO_BETWEEN_SD**2), np.append(wide, NATIONAL_RHO_SD**2)
        blocks, worth = (*blocks, slice(curves, curves + 1)), (*worth, RHO_WORTH)
        mean[common.shape[1] - 1] = np.log(NATIONAL_RHO)
    design = Design(
        common=np.hstack([common, chance]),
        own=np.hstack([own, chance]),
        common_told=np.repeat([1.0, 0.0], [common.shape[1], kinds]),
        told=np.repeat([1.0, 0.0], [own.shape[1], kinds]),
        common_mean=mean,
        common_variance=np.concatenate([wide, np.maximum(city, 1e-6)]),
    )
    before = np.diag(np.concatenate([spread, np.zeros(kinds)]))
    return Cells(groups, by_regime, design, Beforehand(before, blocks, worth))


def days_seen(day_seen_s: Floats, day_kind: NDArray[np.int64]) -> Floats:
    """Return the whole days seen of each kind, shape ``(D,)``; half a day where fewer were seen."""
    seen_s = np.bincount(day_kind, day_seen_s, len(DAY_KINDS)).astype(np.float64)
    return np.maximum(seen_s / DAY_S, 0.5)


def _columns(groups: tuple[int, ...], most: tuple[int, int], *, by_regime: bool) -> Floats:
    regimes = 2 if by_regime else 1
    parts = [np.tile(waves(most[0]), (len(groups) * regimes, 1))]
    if max(groups) > 0:
        member = np.eye(max(groups) + 1)[np.array(groups)]
        parts.append(np.asarray(np.kron(member, np.tile(waves(most[1]), (regimes, 1)))))
    if by_regime:
        reserved = np.tile(np.repeat([0.0, 1.0], BINS), len(groups))
        parts.append(reserved[:, None])
    return np.hstack(parts)


def _variances(
    groups: tuple[int, ...], most: tuple[int, int], smooth: tuple[float, float, float]
) -> Floats:
    level, first, roughness = smooth
    parts = [expected_variance(most[0], level, first, roughness)]
    if max(groups) > 0:
        of_group = expected_variance(most[1], level, first / 4, roughness)
        parts += [of_group] * (max(groups) + 1)
    return np.concatenate(parts)
