"""Poisson counts whose log rates are a commune's curve plus each bay's own deviation: the posterior of both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 14
"""Newton steps for one bay; parameter of ours, steps are below 1e-4 long before."""

LONGEST_STEP = 1.5
"""Most that a log rate may change in one Newton step; parameter of ours, it keeps the first steps from overshooting."""

CLOSE = 1e-5
"""A Newton step shorter than this, on the log rate, is the last."""


@dataclass(frozen=True)
class Design:
    """How log rates in ``J`` cells follow from the commune's ``P`` and a bay's own ``Q`` coefficients.

    ``log rate = common @ beta + own @ z``; ``beta`` and ``z`` are Gaussian beforehand.

    Attributes
    ----------
    common
        Shape ``(J, P)``.
    own
        Shape ``(J, Q)``.
    common_told, told
        Shape ``(P,)`` and ``(Q,)``, 1 where a coefficient is part of the rate that is asked for, 0 where it is chance
        of this period only (the days that happened to be busy, in the whole commune or at the bay).
    common_mean, common_variance
        Shape ``(P,)``.
    """

    common: Floats
    own: Floats
    common_told: Floats
    told: Floats
    common_mean: Floats
    common_variance: Floats


@dataclass(frozen=True)
class Own:
    """Gaussian posterior of the own coefficients of B bays, given the commune's.

    Attributes
    ----------
    mean
        Shape ``(B, Q)``.
    covariance
        Shape ``(B, Q, Q)``.
    pull
        Shape ``(B, Q, P)``: the mean moves by ``-pull @ d`` when the commune's coefficients move by ``d``.
    """

    mean: Floats
    covariance: Floats
    pull: Floats


@dataclass(frozen=True)
class Common:
    """Gaussian posterior of the commune's coefficients, and the spread of own ones between bays.

    Attributes
    ----------
    mean
        Shape ``(P,)``.
    covariance
        Shape ``(P, P)``.
    spread
        Shape ``(Q, Q)``, covariance of own coefficients between bays; zero in rows of chance.
    """

    mean: Floats
    covariance: Floats
    spread: Floats


def own_posterior(
    design: Design, counts: Floats, exposure: Floats, common: Common, chance: Floats
) -> Own:
    """Return the posterior of the own coefficients of bays.

    Gaussian variational approximation: the expected rate ``exp(mean + variance / 2)`` balances the counts, so that
    bays with few counts are not read as too low (as the mode of the posterior would).

    Parameters
    ----------
    design, common
        Of the commune.
    counts, exposure
        Shape ``(B, J)``; cells without exposure tell nothing.
    chance
        Shape ``(B, Q)``, variance of the coefficients that are chance of the period, 0 elsewhere.
    """
    precision = precisions(common.spread, chance)
    base = design.common @ common.mean
    z = np.zeros((len(counts), design.own.shape[1]))
    z[:, 0] = np.log((counts.sum(1) + 1.0) / ((exposure * np.exp(base)).sum(1) + 1.0))
    variance = np.zeros_like(counts)
    for _ in range(STEPS):
        expected = _expected(exposure, base + z @ design.own.T + variance / 2)
        covariance = _inverse(precision + _weighed(design.own, expected, design.own))
        slope = (counts - expected) @ design.own - _times(precision, z)
        step = _bounded(_times(covariance, slope), design.own)
        z = z + step
        variance = _variances(design.own, covariance)
        if np.abs(step @ design.own.T).max(initial=0.0) < CLOSE:
            break
    expected = _expected(exposure, base + z @ design.own.T + variance / 2)
    return Own(z, covariance, covariance @ _weighed(design.own, expected, design.common))


def common_posterior(
    design: Design,
    counts: Floats,
    exposure: Floats,
    chance: Floats,
    beforehand: Beforehand,
) -> Common:
    """Learn the commune's coefficients and the spread between bays by expectation-maximisation.

    Each round takes a joint Newton step of the commune's and all own coefficients (the own ones eliminated), then
    sets the spread to the mean of the posterior second moments, shrunk to what was expected.

    Parameters
    ----------
    counts, exposure
        Shape ``(B, J)``.
    chance
        Shape ``(B, Q)`` as in ``own_posterior``.
    beforehand
        What is expected of the spread.
    """
    beta = _start(design, counts, exposure)
    z = np.zeros((len(counts), design.own.shape[1]))
    variance = np.zeros_like(counts)
    spread = beforehand.spread
    hessian: Floats = np.asarray(np.diag(1.0 / design.common_variance), np.float64)
    for _ in range(beforehand.rounds):
        precision = precisions(spread, chance)
        expected = _expected(exposure, design.common @ beta + z @ design.own.T + variance / 2)
        covariance = _inverse(precision + _weighed(design.own, expected, design.own))
        cross = _weighed(design.own, expected, design.common)
        slope = (counts - expected) @ design.own - _times(precision, z)
        hessian = _hessian(design, expected, covariance, cross)
        move = np.linalg.solve(
            hessian, _slope(design, counts - expected, beta, (cross, covariance, slope))
        )
        move *= min(1.0, LONGEST_STEP / max(np.abs(design.common @ move).max(), 1e-12))
        beta = beta + move
        z = z + _bounded(_times(covariance, slope - cross @ move), design.own)
        variance = _variances(design.own, covariance)
        spread = beforehand.updated(z, covariance, design.told)
    return Common(beta, _inverse(hessian), spread)


@dataclass(frozen=True)
class Beforehand:
    """What is expected of the spread between bays before any was seen.

    Attributes
    ----------
    spread
        Shape ``(Q, Q)``, covariance expected; zero in rows of chance.
    blocks
        Coefficients that may be correlated, one slice each; all others are left as expected.
    worth
        How many bays the expectation is worth, for each block.
    rounds
        Rounds of expectation-maximisation.
    """

    spread: Floats
    blocks: tuple[slice, ...]
    worth: tuple[float, ...]
    rounds: int = 16

    def updated(self, z: Floats, covariance: Floats, told: Floats) -> Floats:
        """Return the spread that posterior means ``(B, Q)`` and covariances ``(B, Q, Q)`` speak for."""
        moments = z.T @ z + covariance.sum(0)
        spread = np.zeros_like(self.spread)
        for block, worth in zip(self.blocks, self.worth, strict=True):
            spread[block, block] = (moments[block, block] + worth * self.spread[block, block]) / (
                len(z) + worth
            )
        return spread * told[:, None] * told


def precisions(spread: Floats, chance: Floats) -> Floats:
    """Return the prior precision of each bay's own coefficients, shape ``(B, Q, Q)``."""
    is_chance = np.diagonal(spread) == 0.0
    filled = spread + np.diag(is_chance.astype(np.float64))
    base = np.linalg.inv(filled) - np.diag(is_chance.astype(np.float64))
    own = np.where(is_chance, 1.0 / np.maximum(chance, 1e-8), 0.0)
    return np.asarray(base + own[:, :, None] * np.eye(len(base)))


def _start(design: Design, counts: Floats, exposure: Floats) -> Floats:
    beta = design.common_mean.copy()
    expected = (exposure * np.exp(design.common @ beta)).sum()
    beta[0] += np.log((counts.sum() + 1.0) / (expected + 1.0))
    return beta


def _expected(exposure: Floats, log_rate: Floats) -> Floats:
    return np.asarray(exposure * np.exp(np.clip(log_rate, -30.0, 20.0)))


def _weighed(left: Floats, weights: Floats, right: Floats) -> Floats:
    """Return ``left.T @ diag(weights of each bay) @ right``, shape ``(B, Q, P)``."""
    return np.asarray((left.T[None] * weights[:, None, :]) @ right)


def _inverse(matrices: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrices), np.float64)


def _times(matrices: Floats, vectors: Floats) -> Floats:
    return np.asarray((matrices @ vectors[:, :, None])[:, :, 0])


def _variances(own: Floats, covariance: Floats) -> Floats:
    """Return the variance of each log rate, shape ``(B, J)``."""
    return np.asarray(((own @ covariance) * own).sum(2))


def _bounded(step: Floats, own: Floats) -> Floats:
    longest = np.abs(step @ own.T).max(axis=1, initial=1e-12)
    return np.asarray(step * np.minimum(1.0, LONGEST_STEP / longest)[:, None])


def _hessian(design: Design, expected: Floats, covariance: Floats, cross: Floats) -> Floats:
    """Return the curvature in the commune's coefficients with the own ones eliminated."""
    total = (design.common.T * expected.sum(0)) @ design.common
    eliminated = np.tensordot(cross, covariance @ cross, axes=([0, 1], [0, 1]))
    return np.asarray(np.diag(1.0 / design.common_variance) + total - eliminated)


def _slope(
    design: Design, residual: Floats, beta: Floats, own: tuple[Floats, Floats, Floats]
) -> Floats:
    cross, covariance, slope = own
    pull = (beta - design.common_mean) / design.common_variance
    eliminated = np.tensordot(cross, _times(covariance, slope), axes=([0, 1], [0, 1]))
    return np.asarray(residual.sum(0) @ design.common - pull - eliminated)
