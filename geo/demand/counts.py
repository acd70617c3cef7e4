"""True counts and exposures of bays, behind what an imperfect detector read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.demand.reading import CLASS_OF_KIND, LONG, SHORT, Reading, allotted, true_counts
from geo.facts.bay_facts import LONG_S, BayFacts
from geo.words import VEHICLE_CLASSES

Floats = NDArray[np.float64]

PSEUDO_STAYS = 3.0
"""Stays with the commune's mix that are added to a bay's before its mix is judged; parameter of ours."""


@dataclass(frozen=True)
class Stacked:
    """Facts of B bays as arrays with a leading axis."""

    arrivals: Floats
    """Shape ``(B, D, G, 48, 6)``."""
    exposure_s: Floats
    seen_s: Floats
    """Shape ``(B, D, G, 48)``."""
    vehicle_s: Floats

    @classmethod
    def of(cls, facts: Sequence[BayFacts]) -> Stacked:
        """Stack facts."""
        return cls(
            *(
                np.stack([getattr(one, name) for one in facts]).astype(np.float64)
                for name in ("arrivals", "exposure_s", "seen_s", "vehicle_s")
            )
        )


@dataclass(frozen=True)
class Expectation:
    """What a commune expects of a bay before it is looked at, and how its detector reads.

    Attributes
    ----------
    reading
        Best reading.
    looks_short
        Share of the long cars in reserved hours that a maximum stay makes short.
    per_s
        Shape ``(D, G, 48, 6)``, true arrivals per second of exposure.
    """

    reading: Reading
    looks_short: float
    per_s: Floats

    def matrices(self, reading: Reading | None = None) -> Floats:
        """Return the reading of ``FACT_KINDS`` in each regime, shape ``([R,] G, 6, 6)``."""
        one = reading or self.reading
        return np.stack([one.matrix(), one.matrix(self.looks_short)], axis=-3)


def expectation(stacked: Stacked, reading: Reading, looks_short: float) -> Expectation:
    """Return what a commune's bays together say of any one."""
    start = Expectation(reading, looks_short, np.zeros(stacked.arrivals.shape[1:]))
    total = stacked.arrivals.sum(0)
    smooth = (np.roll(total, 1, -2) + 2 * total + np.roll(total, -1, -2)) / 4
    true = true_counts(smooth, start.matrices()[None, :, None], smooth + 1e-3)
    exposure = true_exposure_s(stacked, reading).sum(0)
    by_kind = true.sum((0, 1, 2)) / np.maximum(exposure.sum((0, 1, 2)), 1.0)
    worth = 50.0 * 3600.0
    return Expectation(reading, looks_short, (true + by_kind * worth) / (exposure + worth))


def true_exposure_s(stacked: Stacked, reading: Reading) -> Floats:
    """Return exposures as they would be had every vehicle been seen, shape ``(B, D, G, 48, 6)``.

    A bay looks open while a vehicle that was missed takes its room: time without room is longer than it looks by as
    much as vehicles are missed, which holds where one vehicle takes the room and nearly where several do.
    """
    weight = np.bincount(CLASS_OF_KIND, stacked.vehicle_s.sum((0, 1, 2, 3)), len(VEHICLE_CLASSES))
    recall = float((weight @ reading.recall + 1e-9) / (weight.sum() + 1e-9))
    closed = (stacked.seen_s[..., None] - stacked.exposure_s) / recall
    return np.asarray(np.maximum(stacked.seen_s[..., None] - closed, 0.02 * stacked.exposure_s))


def true_arrivals(stacked: Stacked, expected: Expectation) -> tuple[Floats, Floats]:
    """Return counts owed to each true kind and the exposures to divide them by, shape ``(B, D, G, 48, 6)`` each.

    With a perfect detector and no maximum stay both are what was read.
    """
    matrices = expected.matrices()
    exposure = true_exposure_s(stacked, expected.reading)
    cell = expected.per_s * exposure
    ours = cell.sum((1, 3))
    mix = ours / np.maximum(ours.sum(-1, keepdims=True), 1e-12)
    read = stacked.arrivals.sum((1, 3)) + PSEUDO_STAYS * (mix[..., None, :] @ matrices)[..., 0, :]
    true = true_counts(read, matrices, np.maximum(mix, 1e-9) * read.sum(-1, keepdims=True))
    scale = true / np.maximum(ours, 1e-12)
    counts = allotted(
        stacked.arrivals, matrices[None, None, :, None], cell * scale[:, None, :, None]
    )
    return counts, exposure * matrices.sum(-1)[None, None, :, None]


def read_totals(stacked: Stacked) -> Floats:
    """Return stays read by regime and kind, shape ``(B, G, 6)``."""
    return np.asarray(stacked.arrivals.sum((1, 3)))


def log_corrections(read: Floats, matrices: Floats, drawn: Floats) -> Floats:
    """Return how much the logarithm of each true total moves with draws of the reading.

    Parameters
    ----------
    read
        Shape ``(G, 6)``, of one bay.
    matrices, drawn
        Shape ``(G, 6, 6)`` and ``(R, G, 6, 6)``.

    Returns
    -------
    Shape ``(R, G, 6)``.
    """
    some = read + 0.5
    best = true_counts(some, matrices, some)
    other = true_counts(some, drawn, np.broadcast_to(best, (len(drawn), *best.shape)), 10)
    return np.asarray(np.log(np.maximum(other, 0.05)) - np.log(np.maximum(best, 0.05)))


def limited_share(limits_min: Floats, stays: Floats) -> float:
    """Return the share of a commune's cars in reserved hours under a maximum stay of less than two hours.

    Parameters
    ----------
    limits_min
        Shape ``(n,)``.
    stays
        Shape ``(n, 6)``, stays that began under each.
    """
    cars = stays[:, [SHORT, LONG]].sum(1)
    reserved = limits_min >= 0
    is_short = (limits_min > 0) & (limits_min < LONG_S / 60)
    return float(cars[is_short].sum() / max(cars[reserved].sum(), 1.0))
