"""What the detector makes of true stays, from its audit, and the true counts behind the observed ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.facts.bay_facts import FACT_KINDS
from geo.study.words import Audit
from geo.words import VEHICLE_CLASSES, VehicleClass

Floats = NDArray[np.float64]

CLASS_OF_KIND = np.array(
    [
        VEHICLE_CLASSES.index(VehicleClass(name.removeprefix("short_").removeprefix("long_")))
        for name in FACT_KINDS
    ]
)
"""Vehicle class of each of ``FACT_KINDS``."""

SHORT, LONG = FACT_KINDS.index("short_car"), FACT_KINDS.index("long_car")

UNAUDITED_SAMPLE = 100
"""Labelled vehicles that figures without a sample size are taken to rest on; parameter of ours."""

LEAST_LABELLED = 2.0
"""Fewest labelled vehicles that a class is taken to have had in the sample; parameter of ours."""

DOUBT = 0.5
"""Vehicles of either kind that a sample without any is taken to hide (Jeffreys prior)."""

NEARLY_0 = 1e-6
"""Share of all stays that a kind has at least, so that it may still grow; parameter of ours."""

ROUNDS = 8
"""Rounds of expectation-maximisation of the true counts; parameter of ours, the reading is near the identity."""


@dataclass(frozen=True)
class Reading:
    """How true vehicles are read; one, or draws with a leading axis.

    Attributes
    ----------
    seen_as
        Shape ``([R,] 5, 5)``, ``[true, read]`` over ``VEHICLE_CLASSES``: stays that one true stay gives, splits and
        misses included.
    extra
        Shape ``([R])``, extra stays per stay.
    recall
        Shape ``([R,] 5)``, share of vehicles that are seen at all.
    """

    seen_as: Floats
    extra: Floats
    recall: Floats

    def matrix(self, looks_short: Floats | float = 0.0) -> Floats:
        """Return stays read as each of ``FACT_KINDS`` for one true stay of each, shape ``([R,] 6, 6)``.

        Parameters
        ----------
        looks_short
            Share of the long cars whose stay a rule cuts below two hours, and that are so read as short; with axes of
            its own these lead the shape instead of R.
        """
        if np.ndim(looks_short):
            return (1.0 - np.asarray(looks_short)[..., None, None]) * self.matrix() + np.asarray(
                looks_short
            )[..., None, None] * self.matrix(1.0)
        matrix = self.seen_as[..., CLASS_OF_KIND[:, None], CLASS_OF_KIND[None, :]].copy()
        matrix[..., :, LONG] = 0.0
        as_car = self.seen_as[..., CLASS_OF_KIND[LONG], CLASS_OF_KIND[LONG]]
        whole = as_car / (1.0 + self.extra)
        matrix[..., LONG, LONG] = whole * (1.0 - looks_short)
        matrix[..., LONG, SHORT] = whole * looks_short + as_car - whole
        return np.asarray(matrix)


def reading(audit: Audit) -> Reading:
    """Return the reading that an audit says."""
    recall = np.array([audit.recall.get(one, 1.0) for one in VEHICLE_CLASSES])
    extra = np.float64(audit.split_rate)
    return Reading(recall[:, None] * _confusion(audit) * (1.0 + extra), np.asarray(extra), recall)


def drawn_readings(audit: Audit, shares: Floats, count: int, rng: np.random.Generator) -> Reading:
    """Return draws of the reading, as uncertain as a sample of the audit's size leaves it.

    Recall and splits are drawn from beta posteriors and confusion from Dirichlet ones, each with its mean at the
    audit's figure; where the audit had no errors the mean stays there and errors of up to ``1 / sample`` are drawn.

    Parameters
    ----------
    audit
        As given.
    shares
        Shape ``(5,)``, share of each class among the labelled vehicles.
    count
        Draws R.
    rng
        Of the commune: every bay sees the same draw.
    """
    sample = audit.sample or UNAUDITED_SAMPLE
    labelled = np.maximum(sample * shares, LEAST_LABELLED)
    mean = reading(audit)
    recall = _beta(mean.recall, labelled, count, rng)
    confusion = np.stack(
        [
            rng.dirichlet(row * n + 1e-3, count)
            for row, n in zip(_confusion(audit), labelled, strict=True)
        ],
        axis=1,
    )
    extra = _beta(np.array([float(mean.extra)]), np.array([float(sample)]), count, rng)[:, 0]
    seen_as = recall[:, :, None] * confusion * (1.0 + extra)[:, None, None]
    return Reading(seen_as, extra, recall)


def true_counts(read: Floats, matrix: Floats, rounds: int = ROUNDS) -> Floats:
    """Return the true stays most likely behind those read, by expectation-maximisation; never negative.

    Parameters
    ----------
    read
        Shape ``(..., 6)``.
    matrix
        Shape ``(..., 6, 6)``, ``[true, read]``.
    rounds
        How many rounds, from the solution of the linear system with its negative entries raised to nearly 0, where
        the rounds alone would be slow.
    """
    given = np.maximum(matrix.sum(-1), 1e-9)
    regular = np.swapaxes(matrix, -1, -2) + NEARLY_0 * np.eye(matrix.shape[-1])
    regular = np.broadcast_to(regular, (*read.shape, matrix.shape[-1]))
    solved = np.linalg.solve(regular, read[..., None])[..., 0]
    true = np.maximum(solved, NEARLY_0 * read.sum(-1, keepdims=True))
    for _ in range(rounds):
        true = allotted(read, matrix, true) / given
    return np.asarray(true)


def allotted(read: Floats, matrix: Floats, expected: Floats) -> Floats:
    """Return how many of the stays read are owed to each true kind, given how many of each are expected.

    The total is kept where anything is expected; stays nobody expects go to the kind they were read as.

    Parameters
    ----------
    read, expected
        Shape ``(..., 6)``.
    matrix
        Shape ``(..., 6, 6)``.
    """
    return np.asarray((owed_shares(matrix, expected) * read[..., None, :]).sum(-1))


def owed_shares(matrix: Floats, expected: Floats) -> Floats:
    """Return which share of the stays read as each kind is owed to each true one, shape ``(..., 6 true, 6 read)``."""
    owed = expected[..., :, None] * matrix
    total = owed.sum(-2, keepdims=True)
    unexpected = np.eye(matrix.shape[-1])
    return np.asarray(np.where(total > 0, owed / np.where(total > 0, total, 1.0), unexpected))


def _confusion(audit: Audit) -> Floats:
    """Return the share of seen vehicles of each class read as each class, shape ``(5, 5)``, rows sum to 1."""
    matrix = np.array(
        [
            [audit.confusion.get(true, {}).get(read, 0.0) for read in VEHICLE_CLASSES]
            for true in VEHICLE_CLASSES
        ]
    )
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, np.maximum(1.0 - matrix.sum(1), 0.0))
    return np.asarray(matrix / matrix.sum(1, keepdims=True))


def _beta(mean: Floats, sample: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Return beta draws of a mean, shape ``(count, len(mean))``; at 0 and 1 half a vehicle of doubt is added."""
    first, second = mean * sample, (1.0 - mean) * sample
    doubt = np.where(np.minimum(first, second) < DOUBT, DOUBT, 0.0)
    return np.asarray(
        rng.beta(
            np.maximum(first, doubt + 1e-6), np.maximum(second, doubt + 1e-6), (count, len(mean))
        )
    )
