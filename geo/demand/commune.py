"""What the bays of a commune share: curves, behaviour, stays and the detector; learned once, used for each bay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.demand.cells import (
    CARS_SMOOTH,
    DELIVERIES_SMOOTH,
    Cells,
    cells,
    days_seen,
)
from geo.demand.counts import (
    CutShort,
    Expectation,
    Stacked,
    TrueArrivals,
    expectation,
    limited_share,
    true_arrivals,
)
from geo.demand.days import DayEffects, day_effects, day_groups
from geo.demand.edges import car_course, edges, natural_of
from geo.demand.leaving import KnownStays, long_leave_per_h, mean_ratio
from geo.demand.lengths import (
    CLASSES,
    Lengths,
    car_survival,
    has_shared_cars,
    keepers,
    lengths,
    limits_of,
    reading_by_length,
    sample_of,
)
from geo.demand.mixed import Common, common_posterior
from geo.demand.parameters import CHAIN_KINDS, DELIVERIES
from geo.demand.reading import CLASS_OF_KIND, reading
from geo.demand.shares import SharesOfCommune, commune_shares
from geo.demand.stays import (
    EARLY_MIN,
    LATE_MIN,
    StaysOfKind,
    stays_of_bays,
    stays_of_commune,
    survival,
)
from geo.facts.bay_facts import DAY_KINDS, SHARED, BayFacts
from geo.study.words import Audit, Study
from geo.words import VEHICLE_CLASSES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_BAYS = 250
"""Bays from which a commune is learned; more change little and take longer. Parameter of ours."""

KAPPA_PRIOR = (0.7, 6.0)
KEEPS_PRIOR = ((0.6, 5.0), (0.6, 5.0), (0.4, 5.0))
"""National means and how many drivers they are worth. Science brief, section 9: invented, none was ever measured."""


@dataclass(frozen=True, eq=False)
class DemandOfKind:
    """Demand of one of ``CHAIN_KINDS`` over the commune."""

    cells: Cells
    common: Common
    effects: DayEffects


@dataclass(frozen=True, eq=False)
class Commune:
    """What the bays of a commune share.

    Attributes
    ----------
    audit, class_shares, expected
        The detector: as audited, the share ``(5,)`` of each class among stays read, and what is expected of a bay.
    demand
        Of each of ``CHAIN_KINDS``.
    stays, mean_ratio
        Of each of ``CHAIN_KINDS``; the ratio is that of the mean stay by vehicle-time to the lognormal's.
    owed, limits_min
        Shares ``(2, X, 5, 5)`` of stays of each length owed to true classes, and the limits known.
    long_leave_per_h
        Shape ``(G, 48)``, departures of long cars per hour by half hour of the day.
    kappa, natural, car_course
        Who makes room when a window starts, the share of cars that leave naturally in 55 minutes, and departures of
        cars by half hour of the day.
    keeps, car_survival
        Who keeps the maximum stay, of each of ``geo.demand.lengths.CLASSES``; survival of cars ``(L,)``.
    """

    audit: Audit
    class_shares: Floats
    expected: Expectation
    demand: tuple[DemandOfKind, ...]
    stays: tuple[StaysOfKind, ...]
    mean_ratio: Floats
    owed: Floats
    limits_min: Ints
    long_leave_per_h: Floats
    kappa: SharesOfCommune
    natural: float
    car_course: Floats
    keeps: tuple[SharesOfCommune, ...]
    car_survival: Floats
    cars_shared: bool


def learn(facts: Sequence[BayFacts], study: Study, seed: int) -> Commune:
    """Learn what the bays of a commune share.

    Parameters
    ----------
    facts
        Of the bays, in any number; of more than 250 a seeded choice is used.
    study
        For its audit.
    seed
        Of that choice.
    """
    some = _chosen(facts, seed)
    stacked = Stacked.of(some)
    read_well = reading(study.audit)
    owed, limits = reading_by_length(some, read_well), limits_of(some)
    found = lengths(some, limits, owed)
    cars_shared = has_shared_cars(found)
    stays = tuple(
        stays_of_commune(sample_of(found, k, cars_shared=cars_shared), k)
        for k in range(len(CHAIN_KINDS))
    )
    of_cars = car_survival(found)
    keeps = tuple(
        commune_shares(*keepers(found, c, near_survival(found, c, stays, of_cars)), KEEPS_PRIOR[c])
        for c in range(len(CLASSES))
    )
    natural, course = natural_of(some), car_course(some)
    kappa = commune_shares(*edges(some, natural, course), KAPPA_PRIOR)
    limited = limited_share(*_stays_under_limits(some))
    expected = expectation(stacked, read_well, CutShort(limited * keeps[-1].mean, kappa.mean))
    true = true_arrivals(stacked, expected)
    return Commune(
        audit=study.audit,
        class_shares=_class_shares(stacked),
        expected=expected,
        demand=_demand(some, true),
        stays=stays,
        mean_ratio=mean_ratio(KnownStays(found, stays, keeps), study.audit.split_rate),
        owed=owed,
        limits_min=limits,
        long_leave_per_h=long_leave_per_h(some),
        kappa=kappa,
        natural=natural,
        car_course=course,
        keeps=keeps,
        car_survival=of_cars,
        cars_shared=cars_shared,
    )


def chance_variance(facts: Sequence[BayFacts], of: Cells, effects: DayEffects) -> Floats:
    """Return the variance that the days of the period leave in a bay's own level, shape ``(B, Q)``."""
    told = of.design.told
    days = np.stack([days_seen(one.day_seen_s, one.day_kind) for one in facts])
    variance = np.zeros((len(facts), len(told)))
    variance[:, told == 0] = effects.own_variance / days
    return variance


def near_survival(
    found: Lengths, of_class: int, stays: Sequence[StaysOfKind], of_cars: Floats
) -> Floats:
    """Return the share of stays near each limit that outlast it where nothing limits them, shape ``(B, L)``."""
    if CLASSES[of_class] == "car":
        return np.broadcast_to(of_cars, (len(found.ended), len(of_cars)))
    one = stays[of_class]
    own = stays_of_bays(sample_of(found, of_class, cars_shared=False), one)[0][:, None]
    limit = np.maximum(found.limits_min, EARLY_MIN + 1.0)
    return survival(limit + LATE_MIN, own, one.sigma) / np.maximum(
        survival(limit - EARLY_MIN, own, one.sigma), 1e-9
    )


def _chosen(facts: Sequence[BayFacts], seed: int) -> list[BayFacts]:
    if len(facts) <= MOST_BAYS:
        return list(facts)
    rows = np.random.default_rng(seed).choice(len(facts), MOST_BAYS, replace=False)
    return [facts[row] for row in sorted(rows)]


def _stays_under_limits(facts: Sequence[BayFacts]) -> tuple[Floats, Floats]:
    limits = np.concatenate([one.limits_min for one in facts]).astype(np.float64)
    stays = np.concatenate([(one.ended + one.cut).sum(2) for one in facts]).astype(np.float64)
    return limits, stays


def _class_shares(stacked: Stacked) -> Floats:
    read = np.bincount(
        CLASS_OF_KIND, stacked.arrivals.sum((0, 1, 2, 3)) + 1.0, len(VEHICLE_CLASSES)
    )
    return np.asarray(read / read.sum())


def _demand(facts: Sequence[BayFacts], true: TrueArrivals) -> tuple[DemandOfKind, ...]:
    """Learn the demand of each kind; kinds of day are told apart for all deliveries and for all cars."""
    columns = tuple(range(DELIVERIES)), tuple(range(DELIVERIES, len(CHAIN_KINDS)))
    days = np.bincount(facts[0].day_kind, minlength=len(DAY_KINDS)).astype(np.int64)
    found = []
    for by_regime, (some, smooth) in enumerate(
        zip(columns, (DELIVERIES_SMOOTH, CARS_SMOOTH), strict=True)
    ):
        effects = day_effects(facts, some)
        shared = slice(SHARED, SHARED + 1) if by_regime else slice(None)
        counts, exposure_s = (
            part[:, :, shared][..., some].sum(2) for part in (true.counts, true.exposure_s)
        )
        groups = day_groups(counts.sum(-1), exposure_s.mean(-1), days, effects)
        city = effects.cv_city**2 / np.maximum(days, 0.5)
        found += [
            _fitted(
                facts,
                true.of_kind(k),
                cells(groups, smooth, city, by_regime=bool(by_regime)),
                effects,
            )
            for k in some
        ]
    return tuple(found)


def _fitted(
    facts: Sequence[BayFacts], seen: tuple[Floats, Floats], of: Cells, effects: DayEffects
) -> DemandOfKind:
    common = common_posterior(
        of.design,
        of.gathered(seen[0]),
        of.gathered(seen[1]),
        chance_variance(facts, of, effects),
        of.beforehand,
    )
    return DemandOfKind(of, common, effects)
