"""Shares of drivers who do something, bay by bay: counts of those who did not, shrunk to the commune's mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln

Floats = NDArray[np.float64]

GRID: Floats = (np.arange(100) + 0.5) / 100
"""Shares that are weighed."""

MEANS: Floats = (np.arange(49) + 1.0) / 50
"""Means over the commune that are weighed."""

ALIKE: Floats = np.array([4.0, 8.0, 16.0, 32.0, 64.0, 128.0])
"""How alike bays are, as the size of the beta distribution that they are drawn from."""

ALIKE_BEFOREHAND: Floats = np.array([0.1, 0.25, 0.3, 0.2, 0.1, 0.05])
"""How each is weighed beforehand: bays differ by about a tenth; assumption of ours."""


@dataclass(frozen=True)
class SharesOfCommune:
    """Posterior of the mean over the commune and of how alike bays are, on ``MEANS`` x ``ALIKE``.

    Attributes
    ----------
    weight
        Shape ``(49 * 6,)``, sums to 1.
    told
        How much narrower than beforehand the mean is known: 1 - posterior variance / prior variance.
    """

    weight: Floats
    told: float

    @property
    def mean(self) -> float:
        """Mean over the commune."""
        return float(self.weight @ np.repeat(MEANS, len(ALIKE)))


def commune_shares(
    stayed: Floats, present: Floats, otherwise: Floats, prior: tuple[float, float]
) -> SharesOfCommune:
    """Learn the mean share over bays and how alike they are.

    Of ``present`` drivers ``stayed`` did not do it, each with probability ``otherwise * (1 - share)``.

    Parameters
    ----------
    stayed, present
        Shape ``(B,)``.
    otherwise
        Shape ``(B,)``, probability of staying for those who would not do it.
    prior
        Mean and worth, in drivers, of the national beta prior of the mean.
    """
    likelihood = _likelihood(stayed, present, otherwise)
    top = likelihood.max(1, keepdims=True)
    per_bay = np.log(np.exp(likelihood - top) @ _bay_priors().T + 1e-300) + top
    before = np.outer(_beta_weights(MEANS, *prior), ALIKE_BEFOREHAND).ravel()
    score = per_bay.sum(0) + np.log(before + 1e-300)
    weight = np.exp(score - score.max())
    weight = weight / weight.sum()
    means = np.repeat(MEANS, len(ALIKE))
    return SharesOfCommune(weight, float(1 - _variance(means, weight) / _variance(means, before)))


def bay_shares(commune: SharesOfCommune, one: tuple[float, float, float]) -> tuple[float, Floats]:
    """Return the posterior mean of one bay's share, and its distribution for each state of the commune.

    Parameters
    ----------
    commune
        As learned.
    one
        Stayed, present and otherwise of the bay.

    Returns
    -------
    The mean, and the cumulative distribution on ``GRID``, shape ``(49 * 6, 100)``.
    """
    likelihood = _likelihood(*(np.array([part]) for part in one))[0]
    joint = _bay_priors() * np.exp(likelihood - likelihood.max())
    fit = joint.sum(1, keepdims=True)
    given = joint / fit
    return float(commune.weight @ (given @ GRID)), np.cumsum(given, axis=1)


def drawn_shares(
    commune: SharesOfCommune, cumulative: Floats, chosen: tuple[Floats, Floats]
) -> Floats:
    """Return draws of one bay's share, shape ``(R,)``.

    Parameters
    ----------
    commune
        As learned.
    cumulative
        Of the bay, from ``bay_shares``.
    chosen
        Uniform draws of the commune (the same for all bays) and of the bay, shape ``(R,)`` each.
    """
    state = np.searchsorted(np.cumsum(commune.weight), chosen[0] * (1 - 1e-12))
    state = np.minimum(state, len(commune.weight) - 1)
    rows = cumulative[state]
    at = (rows < chosen[1][:, None] * rows[:, -1:]).sum(1)
    before = np.where(at > 0, rows[np.arange(len(at)), np.maximum(at - 1, 0)], 0.0)
    step = np.maximum(rows[np.arange(len(at)), at] - before, 1e-300)
    return np.asarray((at + np.clip((chosen[1] - before) / step, 0, 1)) / len(GRID))


def _likelihood(stayed: Floats, present: Floats, otherwise: Floats) -> Floats:
    """Return the log likelihood of each bay on ``GRID``, shape ``(B, 100)``."""
    staying = np.clip(otherwise[:, None] * (1.0 - GRID), 1e-9, 1 - 1e-9)
    gone = (present - stayed)[:, None]
    return np.asarray(stayed[:, None] * np.log(staying) + gone * np.log1p(-staying))


@lru_cache(maxsize=1)
def _bay_priors() -> Floats:
    """Return the distribution of bays' shares for each mean and alikeness, shape ``(49 * 6, 100)``."""
    means, alike = np.repeat(MEANS, len(ALIKE)), np.tile(ALIKE, len(MEANS))
    return np.stack([_beta_weights(GRID, m, n) for m, n in zip(means, alike, strict=True)])


def _beta_weights(at: Floats, mean: float, worth: float) -> Floats:
    first, second = mean * worth, (1.0 - mean) * worth
    log = (first - 1) * np.log(at) + (second - 1) * np.log1p(-at) - betaln(first, second)
    weight = np.exp(log - log.max())
    return np.asarray(weight / weight.sum())


def _variance(at: Floats, weight: Floats) -> float:
    mean = weight @ at
    return float(weight @ (at - mean) ** 2)
