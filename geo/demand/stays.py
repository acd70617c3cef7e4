"""Lengths of stays without a maximum: lognormal, with cut stays and maximum stays as censoring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

from geo.facts.bay_facts import DWELL_EDGES_MIN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EARLY_MIN = 5.0
"""From this long before the maximum stay a departure may be the rule's doing; parameter of ours."""

LATE_MIN = 2.0
"""A stay that lasts this much longer than the maximum did not keep it; times are floored to the minute."""

NATIONAL_MU = np.log(np.array([12.0, 20.0, 25.0, 240.0]))
"""Median stays of vans, trucks, short and long cars expected beforehand. Vans: mean of about 10 minutes (Cerema) and
median of 24 in Philadelphia (science brief, 1.2 and 5); the others are assumptions of ours."""

NATIONAL_SIGMA = np.array([0.75, 0.7, 0.75, 0.6])
"""Spread of the logarithm expected beforehand; assumption of ours."""

NATIONAL_WORTH = 5.0
"""Stays that these expectations are worth; parameter of ours."""

BETWEEN_SD, BETWEEN_WORTH = 0.2, 6.0
"""Spread of the mean logarithm between bays expected beforehand, and how many bays that is worth; ours."""

ROUNDS = 30
"""Rounds of expectation-maximisation; parameter of ours."""


@dataclass(frozen=True)
class StaySample:
    """Stays of B bays for one kind: how many ended at each length, and how many lasted longer.

    Attributes
    ----------
    ended, longer
        Shape ``(B, X)``, weights at the lengths ``at_min`` and, for those cut, at the times ``after_min``.
    at_min, after_min
        Shape ``(X,)``, minutes.
    """

    ended: Floats
    longer: Floats
    at_min: Floats
    after_min: Floats


@dataclass(frozen=True)
class StaysOfKind:
    """Stays of one kind over a commune.

    Attributes
    ----------
    mu
        Mean of the logarithm of minutes over bays.
    sigma
        Standard deviation of the logarithm within a bay.
    between
        Standard deviation of the mean logarithm between bays.
    """

    mu: float
    sigma: float
    between: float


def lengths_min() -> Floats:
    """Return the length that stands for each class of ``DWELL_EDGES_MIN``, shape ``(X,)``.

    Lengths are differences of floored times, so that a class of one minute stands for the minute it begins with.
    """
    edges = np.append(DWELL_EDGES_MIN, DWELL_EDGES_MIN[-1] * 1.25)
    middle = (edges[:-1] + edges[1:]) / 2
    return np.asarray(np.where(np.diff(edges) <= 1.0, np.maximum(edges[:-1], 0.5), middle))


def sample(ended: Floats, cut: Floats, limits_min: Ints) -> StaySample:
    """Return stays with what may be a maximum stay's doing as lasting longer.

    Parameters
    ----------
    ended, cut
        Shape ``(B, L, X)``, by limit and length class.
    limits_min
        Shape ``(L,)``; no limit where not positive.
    """
    at = lengths_min()
    points = np.concatenate([at, np.maximum(limits_min - EARLY_MIN, 0.5)])
    longer = np.zeros((len(ended), len(points)))
    kept = np.zeros((len(ended), len(at)))
    for row, limit in enumerate(limits_min):
        is_free = at < limit - EARLY_MIN if limit > 0 else np.ones(len(at), np.bool_)
        kept += ended[:, row] * is_free
        longer[:, : len(at)] += cut[:, row] * is_free
        longer[:, len(at) + row] += ((ended[:, row] + cut[:, row]) * ~is_free).sum(1)
    return StaySample(kept, longer, at, points)


def stays_of_commune(stays: StaySample, kind: int) -> StaysOfKind:
    """Learn the mean, the spread within and the spread between bays for a position on ``CHAIN_KINDS``."""
    mu, sigma, between = float(NATIONAL_MU[kind]), float(NATIONAL_SIGMA[kind]), BETWEEN_SD
    own = np.full(len(stays.ended), mu)
    counts = stays.ended.sum(1) + stays.longer.sum(1)
    for _ in range(ROUNDS):
        first, second = _moments(stays, own, sigma)
        own, doubt = _shrunk(first, counts, (mu, sigma, between))
        seen = counts > 0
        worth = NATIONAL_WORTH * between**2 / sigma**2 + 1e-6
        mu = float((own[seen].sum() + worth * NATIONAL_MU[kind]) / (seen.sum() + worth))
        within = (second - 2 * own * first + counts * (own**2 + doubt)).sum()
        sigma = float(
            np.sqrt(
                (within + NATIONAL_WORTH * NATIONAL_SIGMA[kind] ** 2)
                / (counts.sum() + NATIONAL_WORTH)
            )
        )
        spread = ((own - mu) ** 2 + doubt)[seen].sum() + BETWEEN_WORTH * BETWEEN_SD**2
        between = float(np.sqrt(spread / (seen.sum() + BETWEEN_WORTH)))
    return StaysOfKind(mu, sigma, between)


def stays_of_bays(stays: StaySample, commune: StaysOfKind) -> tuple[Floats, Floats]:
    """Return the mean logarithm of each bay, shrunk to the commune's, and its standard deviation, shape ``(B,)``."""
    own = np.full(len(stays.ended), commune.mu)
    uncut = stays.ended.sum(1)
    counts = uncut + stays.longer.sum(1)
    shape = (commune.mu, commune.sigma, commune.between)
    for _ in range(ROUNDS):
        own, _ = _shrunk(_moments(stays, own, commune.sigma)[0], counts, shape)
    known = uncut + 0.5 * (counts - uncut)
    return own, np.sqrt(_shrunk(counts * own, known, shape)[1])


def survival(minutes: Floats | float, mu: Floats | float, sigma: Floats | float) -> Floats:
    """Return the share of stays without a maximum that last longer than some minutes."""
    return np.asarray(ndtr((mu - np.log(minutes)) / sigma))


def mean_min(mu: Floats | float, sigma: Floats | float) -> Floats:
    """Return the mean of lognormal stays, in minutes."""
    return np.asarray(np.exp(mu + sigma**2 / 2))


def mean_until_min(limit_min: Floats | float, mu: Floats | float, sigma: Floats | float) -> Floats:
    """Return the mean of the smaller of a lognormal stay and a limit, in minutes."""
    z = (np.log(limit_min) - mu) / sigma
    return np.asarray(mean_min(mu, sigma) * ndtr(z - sigma) + limit_min * ndtr(-z))


def mean_beyond_min(minutes: Floats, mu: float, sigma: float) -> Floats:
    """Return how much longer, in the mean, a lognormal stay lasts that has lasted some minutes."""
    z = (np.log(minutes) - mu) / sigma
    return np.asarray(np.exp(mu + sigma**2 / 2 + log_ndtr(sigma - z) - log_ndtr(-z)) - minutes)


def _moments(stays: StaySample, mu: Floats, sigma: float) -> tuple[Floats, Floats]:
    """Return the expected sums of the logarithm and of its square over each bay's stays."""
    y = np.log(stays.at_min)
    first, second = stays.ended @ y, stays.ended @ y**2
    z = (np.log(stays.after_min) - mu[:, None]) / sigma
    hazard = np.exp(-0.5 * z**2 - 0.5 * np.log(2 * np.pi) - log_ndtr(-z))
    mean = mu[:, None] + sigma * hazard
    square = sigma**2 * (1 + z * hazard - hazard**2) + mean**2
    return first + (stays.longer * mean).sum(1), second + (stays.longer * square).sum(1)


def _shrunk(
    first: Floats, counts: Floats, shape: tuple[float, float, float]
) -> tuple[Floats, Floats]:
    mu, sigma, between = shape
    precision = counts / sigma**2 + 1 / between**2
    return (first / sigma**2 + mu / between**2) / precision, 1 / precision
