"""Own demand of a bay whose neighbour, when full, sends its refused drivers on: expectation-maximisation over two bays."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.demand.estimate import BayEstimate
from geo.demand.parameters import DELIVERIES
from geo.facts.bay_facts import BINS, DAY_KINDS
from geo.facts.clock import clock
from geo.facts.kernel import ARRIVES, CLASS, END, START, packed
from geo.study.stays import StaysPart
from geo.study.words import Study
from geo.whatif.fit import GapTable, gap_table
from geo.words import VEHICLE_CLASSES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FULL_LEVELS: Floats = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
"""Chances that the neighbour refuses a vehicle, between which time is told apart; parameter of ours."""

LEAST_FULL = 0.02
"""A neighbour that is full for less of the time is left out (science brief, 2.4)."""

ROUNDS = 400
"""Rounds of expectation-maximisation; parameter of ours."""

PRIOR_MEAN, PRIOR_WORTH = 0.3, 4.0
"""Share of refused drivers that try the neighbour beforehand, and how many such drivers that is worth; ours."""

SHAPE_WORTH = 8.0
"""Vehicles that the estimated course of the day is worth in each half hour; parameter of ours."""


@dataclass(frozen=True)
class PairFacts:
    """Arrivals and exposures of vans and trucks at a bay, by how likely its neighbour refuses them then.

    Attributes
    ----------
    arrivals, exposure_h
        Shape ``(D, 48, 2, levels)``, in time that was seen at both bays; hours.
    """

    arrivals: Floats
    exposure_h: Floats

    @property
    def full_share(self) -> float:
        """Share of the time in which the neighbour refuses a van."""
        van = self.exposure_h[:, :, 0].sum((0, 1))
        return float(van @ FULL_LEVELS / max(van.sum(), 1e-9))


@dataclass(frozen=True)
class Overflow:
    """What a neighbour sends on.

    Attributes
    ----------
    own_per_h
        Shape ``(D, 48, 2)``, attempts of the bay's own vans and trucks.
    sent, sent_sd
        Share of the neighbour's refused drivers that try this bay, and its doubt.
    """

    own_per_h: Floats
    sent: float
    sent_sd: float


def pair_facts(study: Study, part: StaysPart, bay: int, neighbour: int) -> PairFacts:
    """Sweep two bays of a part together.

    Parameters
    ----------
    study
        For the period and the lengths.
    part
        Holds the stays of both bays.
    bay, neighbour
        Indices on the study's bays axis: of the bay whose demand is asked, and of the one that may be full.
    """
    hours = clock(study.period)
    timelines = [_timeline(study, part, one) for one in (bay, neighbour)]
    at_s = np.unique(
        np.concatenate(
            [hours.from_s, *(t.at_s for t in timelines), *(t.seen.ravel() for t in timelines)]
        )
    )
    at_s = at_s[(at_s >= hours.from_s[0]) & (at_s < hours.from_s[-1])]
    lasts_h = np.diff(np.append(at_s, hours.from_s[-1])) / 3600.0
    both = np.logical_and(*(_is_seen(t.seen, at_s) for t in timelines))
    free, other = (t.chance_at(at_s, side="right") for t in timelines)
    slot = np.searchsorted(hours.from_s, at_s, side="right") - 1
    shape = (len(DAY_KINDS), BINS, DELIVERIES, len(FULL_LEVELS))
    arrivals, exposure = np.zeros(shape), np.zeros(shape)
    kind, half = hours.day_kind[hours.day[slot]], hours.bin[slot]
    for k in range(DELIVERIES):
        cell = (kind, half, np.full(len(at_s), k), _level(1.0 - other[:, k]))
        np.add.at(exposure, cell, lasts_h * both * free[:, k])
    came = timelines[0].arrivals
    for k in range(DELIVERIES):
        when = came[0][came[1] == k]
        when = when[(when >= hours.from_s[0]) & (when < hours.from_s[-1])]
        when = when[_is_seen(timelines[1].seen, when)]
        slot = np.searchsorted(hours.from_s, when, side="right") - 1
        level = _level(1.0 - timelines[1].chance_at(when, side="left")[:, k])
        cell = (hours.day_kind[hours.day[slot]], hours.bin[slot], np.full(len(when), k), level)
        np.add.at(arrivals, cell, 1.0)
    return PairFacts(arrivals, exposure)


def split(facts: PairFacts, course_per_h: Floats, neighbour_per_h: Floats) -> Overflow:
    """Tell a bay's own demand from what its neighbour sends on.

    While the neighbour refuses with probability f, arrivals come at ``own + sent * neighbour * f``. The expectation
    step owes each arrival to one of the two, the maximisation step divides by exposures (science brief, 2.4, after
    Vulcano, van Ryzin and Ratliff 2012).

    Parameters
    ----------
    facts
        Of the two bays.
    course_per_h
        Shape ``(D, 48, 2)``, attempts per hour as estimated without overflow: the course of the day at first.
    neighbour_per_h
        Shape ``(D, 48, 2)``, attempts per hour at the neighbour.
    """
    n, e = facts.arrivals, facts.exposure_h
    pressure = neighbour_per_h[..., None] * FULL_LEVELS
    own, sent, scale = course_per_h.copy(), PRIOR_MEAN, 1.0
    weight = (e * pressure).sum()
    for _ in range(ROUNDS):
        total = np.maximum(own[..., None] + sent * pressure, 1e-12)
        share = own[..., None] / total
        mine = (n * share).sum(-1)
        scale = mine.sum() / max(float((course_per_h * e.sum(-1)).sum()), 1e-9)
        prior = SHAPE_WORTH / np.maximum(course_per_h * scale, 1e-9)
        own = (mine + SHAPE_WORTH) / (e.sum(-1) + prior)
        received = (n * (1.0 - share)).sum()
        usual = PRIOR_WORTH / PRIOR_MEAN
        sent = float(np.clip((received + PRIOR_WORTH) / (weight + usual), 0.0, 1.0))
    total = np.maximum(own[..., None] + sent * pressure, 1e-12)
    information = (e * pressure**2 / total).sum() + PRIOR_WORTH / PRIOR_MEAN**2
    return Overflow(own, sent, float(1.0 / np.sqrt(information)))


def without_overflow(estimate: BayEstimate, overflow: Overflow, naive_per_h: Floats) -> BayEstimate:
    """Return an estimate whose vans and trucks are the bay's own.

    Parameters
    ----------
    estimate
        As estimated without neighbours.
    overflow
        From ``split``.
    naive_per_h
        The ``course_per_h`` given there.
    """
    per_day = naive_per_h.sum(1)
    own = np.minimum(overflow.own_per_h.sum(1) / np.maximum(per_day, 1e-9), 1.0)
    doubt = overflow.sent_sd / max(overflow.sent, 1e-3)
    return replace(estimate, own_share=own, own_share_sd=doubt)


@dataclass(frozen=True)
class _Timeline:
    """State of one bay after each event."""

    at_s: Ints
    chance: Floats
    seen: Ints
    arrivals: tuple[Ints, Ints]

    def chance_at(self, at_s: Ints, *, side: str) -> Floats:
        """Return the chance of a gap for each class just after (`right`) or before (`left`) some instants."""
        last = np.searchsorted(self.at_s, at_s, side="right" if side == "right" else "left")
        return np.asarray(self.chance[last])


def _timeline(study: Study, part: StaysPart, bay: int) -> _Timeline:
    stays = slice(*np.searchsorted(part.bay, [bay, bay + 1]))
    dark = slice(*np.searchsorted(part.unseen_bay, [bay, bay + 1]))
    hours = clock(study.period)
    edges = np.stack(
        [
            np.append(hours.from_s[0], part.unseen_to_s[dark]),
            np.append(part.unseen_from_s[dark], hours.from_s[-1]),
        ]
    )
    seen = np.ascontiguousarray(edges[:, edges[0] < edges[1]])
    rows = packed(part.vehicle_class[stays], part.arrived_s[stays], part.departed_s[stays], seen)
    table = gap_table(
        study.bays[bay].length_m, tuple(study.length_m[kind] for kind in VEHICLE_CLASSES)
    )
    came = rows[rows[:, ARRIVES] == 1]
    at_s, chance = _chances(rows, table)
    return _Timeline(at_s, chance, seen, (came[:, START], came[:, CLASS]))


def _chances(rows: Ints, table: GapTable) -> tuple[Ints, Floats]:
    """Return the instants of events, and the chance of a gap before the first and after each, ``(n + 1, 5)``."""
    one = np.eye(len(VEHICLE_CLASSES), dtype=np.int64)[rows[:, CLASS]]
    moves = np.concatenate([one, -one])
    times = np.concatenate([rows[:, START], rows[:, END]])
    at_s, position = np.unique(times, return_inverse=True)
    change = np.zeros((len(at_s) + 1, len(VEHICLE_CLASSES)), np.int64)
    np.add.at(change, position + 1, moves)
    return at_s, table.chance[table.code(np.maximum(np.cumsum(change, axis=0), 0))]


def _is_seen(seen: Ints, at_s: Ints) -> NDArray[np.bool_]:
    last = np.searchsorted(seen[0], at_s, side="right") - 1
    return np.asarray((last >= 0) & (at_s < seen[1][np.maximum(last, 0)]))


def _level(refuses: Floats) -> Ints:
    return np.rint(refuses * (len(FULL_LEVELS) - 1)).astype(np.int64)
