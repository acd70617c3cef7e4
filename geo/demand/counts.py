"""True counts and exposures of bays, behind what an imperfect detector read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.demand.reading import CLASS_OF_KIND, LONG, SHORT, Reading, owed_shares, true_counts
from geo.facts.bay_facts import BIN_S, LONG_S, RESERVED, SHARED, BayFacts
from geo.words import VEHICLE_CLASSES

Floats = NDArray[np.float64]

PSEUDO_STAYS = 10.0
"""Stays with the commune's mix that are added to a bay's, for each kind of day and regime, before its mix is judged;
parameter of ours."""

USUAL_H = 3.0
"""Hours of a usual rate that are added to a cell of the commune, so that none is thought impossible; ours."""

SMOOTH = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9.0
"""Weights of neighbouring half hours when the commune's mix is judged; parameter of ours."""

LONG_BINS = int(LONG_S / BIN_S)


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
class CutShort:
    """How rules make long cars look short.

    Attributes
    ----------
    by_limit
        Share of the long cars that come in reserved hours.
    by_start
        Share of those that come within two hours before a window starts.
    """

    by_limit: float
    by_start: float

    def shares(self, seen_s: Floats) -> Floats:
        """Return the share in each cell from the seconds seen, shape ``(B, D, G, 48)`` as given."""
        reserved = seen_s[..., RESERVED, :] > 0
        starts = reserved & ~np.roll(reserved, 1, -1)
        soon = np.zeros(starts.shape, np.bool_)
        for ahead in range(1, LONG_BINS + 1):
            soon |= np.roll(starts, -ahead, -1)
        shares = np.zeros(seen_s.shape)
        shares[..., SHARED, :] = self.by_start * soon
        shares[..., RESERVED, :] = self.by_limit
        return shares


@dataclass(frozen=True)
class Expectation:
    """What a commune expects of a bay before it is looked at, and how its detector reads.

    Attributes
    ----------
    reading
        Best reading.
    cut_short
        Long cars that look short.
    per_s
        Shape ``(D, G, 48, 6)``, true arrivals per second of exposure.
    """

    reading: Reading
    cut_short: CutShort
    per_s: Floats

    def matrices(self, reading: Reading | None = None) -> Floats:
        """Return the reading of ``FACT_KINDS`` in each regime, shape ``([R,] G, 6, 6)``."""
        one = reading or self.reading
        return np.stack([one.matrix(), one.matrix(self.cut_short.by_limit)], axis=-3)


def expectation(stacked: Stacked, reading: Reading, cut_short: CutShort) -> Expectation:
    """Return what a commune's bays together say of any one."""
    total = stacked.arrivals.sum(0)
    exposure = true_exposure_s(stacked, reading).sum(0)
    shift = range(-(len(SMOOTH) // 2), len(SMOOTH) // 2 + 1)
    smooth, open_s = (
        sum(w * np.roll(part, s, -2) for w, s in zip(SMOOTH, shift, strict=True))
        for part in (total, exposure)
    )
    matrices = reading.matrix(cut_short.shares(stacked.seen_s).mean(0))
    true = true_counts(np.asarray(smooth), matrices)
    usual = true.sum((1, 2)) / np.maximum(exposure.sum((1, 2)), 1.0)
    worth = USUAL_H * 3600.0
    per_s = (true + worth * usual[:, None, None]) / (open_s + worth)
    return Expectation(reading, cut_short, per_s)


def true_exposure_s(stacked: Stacked, reading: Reading) -> Floats:
    """Return exposures as they would be had every vehicle been seen, shape ``(B, D, G, 48, 6)``.

    A bay looks open while a vehicle that was missed takes its room: time without room is longer than it looks by as
    much as vehicles are missed, which holds where one vehicle takes the room and nearly where several do.
    """
    weight = np.bincount(CLASS_OF_KIND, stacked.vehicle_s.sum((0, 1, 2, 3)), len(VEHICLE_CLASSES))
    recall = float((weight @ reading.recall + 1e-9) / (weight.sum() + 1e-9))
    closed = (stacked.seen_s[..., None] - stacked.exposure_s) / recall
    return np.asarray(np.maximum(stacked.seen_s[..., None] - closed, 0.02 * stacked.exposure_s))


@dataclass(frozen=True)
class TrueArrivals:
    """Stays of B bays owed to each true kind, shape ``(B, D, G, 48, 6)`` each.

    Attributes
    ----------
    counts
        Stays read that are owed to the kind.
    exposure_s
        What to divide them by to have true arrivals per second.
    left
        Share of the information that is left where part of the stays read as the kind are not its own (Fisher's, of
        a Poisson count on a known background): counts and exposures are lowered by it before they are learned from.
    """

    counts: Floats
    exposure_s: Floats
    left: Floats

    def of_kind(self, kind: int) -> tuple[Floats, Floats]:
        """Return lowered counts and exposures in hours of one kind, shape ``(B, D, G, 48)``."""
        left = self.left[..., kind]
        return self.counts[..., kind] * left, self.exposure_s[..., kind] * left / 3600.0


def true_arrivals(stacked: Stacked, expected: Expectation) -> TrueArrivals:
    """Return what is owed to each true kind; with a perfect detector and no rule that is what was read."""
    matrices = expected.reading.matrix(expected.cut_short.shares(stacked.seen_s))
    exposure = true_exposure_s(stacked, expected.reading)
    cell = expected.per_s * exposure
    ours = cell.sum(3)
    mix = ours / np.maximum(ours.sum(-1, keepdims=True), 1e-12)
    usual = (cell[..., None] * matrices).sum(3) / np.maximum(ours, 1e-12)[..., None]
    usual = np.where(ours[..., None] > 0, usual, matrices[:, :, :, 0])
    read = stacked.arrivals.sum(3) + PSEUDO_STAYS * (mix[..., None, :] @ usual)[..., 0, :]
    scale = true_counts(read, usual) / np.maximum(ours, 1e-12)
    owed = owed_shares(matrices, cell * scale[:, :, :, None])
    counts = (owed * stacked.arrivals[..., None, :]).sum(-1)
    left = (owed * matrices).sum(-1) / np.maximum(matrices.sum(-1), 1e-9)
    return TrueArrivals(counts, exposure * matrices.sum(-1), left)


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
    best = true_counts(some, matrices)
    other = true_counts(np.broadcast_to(some, (len(drawn), *some.shape)), drawn)
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
