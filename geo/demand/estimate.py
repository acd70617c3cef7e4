"""Parameters of bays with their uncertainty, from facts and what the commune shares."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo.demand.commune import Commune, learn, near_survival
from geo.demand.counts import Stacked, log_corrections, read_totals, true_arrivals
from geo.demand.edges import edges
from geo.demand.lengths import CLASSES, keepers, lengths, sample_of
from geo.demand.mixed import Own
from geo.demand.parameters import CHAIN_KINDS, DELIVERIES, Parameters
from geo.demand.posterior import (
    RETRY,
    CommuneDraws,
    bay_posterior,
    commune_draws,
    drawn_rates,
    log_rates,
)
from geo.demand.shares import bay_shares, drawn_shares
from geo.demand.stays import mean_min, stays_of_bays
from geo.facts.bay_facts import BINS, RESERVED, SHARED, BayFacts
from geo.study.words import StudyBay

__all__ = ["BayEstimate", "DeliveriesPerDay", "Source", "estimate", "estimate_all", "learn"]

Floats = NDArray[np.float64]
Source = Literal["local", "commune", "national"]

RHO_LIMITS = (0.01, 1.0)
"""Shares of car demand that are believed; parameter of ours."""

TOLD = 0.5
"""Share of the variance beforehand that data must remove before a value counts as learned; parameter of ours."""

INTERVAL_DRAWS, INTERVAL_SEED = 400, 0
"""Draws behind the interval of deliveries a day; parameters of ours."""

CLASS_OF = np.array(
    [CLASSES.index(k.removeprefix("short_").removeprefix("long_")) for k in CHAIN_KINDS]
)


@dataclass(frozen=True)
class DeliveriesPerDay:
    """Deliveries a day that want to stop for the first time, by kind of day and class, with a 90 % interval.

    Attributes
    ----------
    mean, p05, p95
        Shape ``(D, 3)``: vans, trucks and both together.
    """

    mean: Floats
    p05: Floats
    p95: Floats


@dataclass(frozen=True, eq=False)
class BayEstimate:
    """What is known of one bay.

    Attributes
    ----------
    bay_id, commune
        Whose.
    own
        Posterior of the own coefficients of each of ``CHAIN_KINDS``, one bay each.
    refused
        Shape ``(D, 48, 2)``, share of the time in which a van and a truck find no gap.
    read
        Shape ``(G, 6)``, stays read.
    stay_mu, stay_sd
        Shape ``(4,)``.
    kappa, keeps
        Mean and distributions for each state of the commune (``geo.demand.shares.bay_shares``).
    sources
        Where rho, kappa and keeps_max_stay come from.
    seen_days, coverage
        Whole days seen, and the share of the period.
    own_share, own_share_sd
        Shape ``(D, 2)``, share of the vans and trucks that a full neighbour did not send on, None where no neighbour
        was looked at (``geo.demand.overflow``), and the doubt of what was sent, as a share of it.
    """

    bay_id: str
    commune: Commune
    own: tuple[Own, ...]
    refused: Floats
    read: Floats
    stay_mu: Floats
    stay_sd: Floats
    kappa: tuple[float, Floats]
    keeps: tuple[tuple[float, Floats], ...]
    sources: dict[str, Source]
    seen_days: float
    coverage: float
    own_share: Floats | None = None
    own_share_sd: float = 0.0

    def attempts_per_h(self) -> Floats:
        """Return the mean of all attempts per hour, were the hour shared, those of returning drivers included.

        Returns
        -------
        Shape ``(D, 48, 4)`` over ``CHAIN_KINDS``.
        """
        moments = [log_rates(d, o) for d, o in zip(self.commune.demand, self.own, strict=True)]
        return np.stack([np.exp(mean + variance / 2) for mean, variance, _ in moments], axis=-1)

    @property
    def day_cv(self) -> tuple[float, float]:
        """Variation of the demand of deliveries and of cars from day to day, as a share of the mean."""
        return self.commune.demand[0].effects.cv, self.commune.demand[DELIVERIES].effects.cv

    def mean(self) -> Parameters:
        """Return the posterior mean of each parameter."""
        retry = sum(RETRY) / 2
        moments = [log_rates(d, o) for d, o in zip(self.commune.demand, self.own, strict=True)]
        rate = self.attempts_per_h()
        rate[..., :DELIVERIES] *= (1.0 - retry * self.refused) * self._own_share()
        rho = np.exp(np.array([m[2][0] + m[2][1] / 2 for m in moments[DELIVERIES:]]))
        keeps = np.array([mean for mean, _ in self.keeps])[CLASS_OF]
        mu = self.stay_mu
        return Parameters(
            rate_per_h=rate,
            rho=np.clip(rho, *RHO_LIMITS),
            kappa=np.asarray(self.kappa[0]),
            leave_per_h=self._leave_per_h(mu[None])[0],
            stay_mu=mu,
            stay_sigma=self._sigma,
            keeps_max_stay=keeps,
            retry=np.asarray(retry),
        )

    def draws(self, count: int, seed: int) -> Parameters:
        """Return draws from the posterior.

        Parameters
        ----------
        count
            Draws R.
        seed
            The same seed gives the same draws; draw r holds the same values of all that the commune shares, whatever
            the bay.
        """
        shared = commune_draws(self.commune, count, seed)
        rng = np.random.default_rng([seed, zlib.crc32(self.bay_id.encode())])
        correction = log_corrections(self.read, self.commune.expected.matrices(), shared.matrices)
        rates, rhos = [], []
        for k, (demand, own) in enumerate(zip(self.commune.demand, self.own, strict=True)):
            rate, log_rho = drawn_rates(demand, own, shared.common[k], rng)
            audit = correction[:, :, k]
            if demand.cells.by_regime:
                rate = rate * np.exp(audit[:, SHARED])[:, None, None]
                rhos.append(np.exp(log_rho + audit[:, RESERVED] - audit[:, SHARED]))
            else:
                share = self.read[:, k] / max(self.read[:, k].sum(), 1e-9)
                rate = rate * np.exp(audit @ share)[:, None, None]
            rates.append(rate)
        rate = np.stack(rates, axis=-1)
        rate[..., :DELIVERIES] *= 1.0 - shared.retry[:, None, None, None] * self.refused
        rate[..., :DELIVERIES] *= self._own_share(rng.standard_normal((count, 1, 1, 1)))
        mu = self.stay_mu + self.stay_sd * rng.standard_normal((count, len(CHAIN_KINDS)))
        keeps = [
            drawn_shares(commune, cumulative, (chosen, rng.random(count)))
            for commune, (_, cumulative), chosen in zip(
                self.commune.keeps, self.keeps, shared.keeps, strict=True
            )
        ]
        return Parameters(
            rate_per_h=rate,
            rho=np.clip(np.stack(rhos, axis=-1), *RHO_LIMITS),
            kappa=self._drawn_kappa(shared, rng),
            leave_per_h=self._leave_per_h(mu),
            stay_mu=mu,
            stay_sigma=np.broadcast_to(self._sigma, mu.shape).copy(),
            keeps_max_stay=np.clip(
                1.0 - (1.0 - np.stack(keeps, axis=-1)) * np.exp(shared.outlasting)[:, None], 0, 1
            )[:, CLASS_OF],
            retry=shared.retry,
        )

    def deliveries_per_day(self) -> DeliveriesPerDay:
        """Return deliveries a day with their 90 % interval."""
        rate = self.draws(INTERVAL_DRAWS, INTERVAL_SEED).rate_per_h[..., :DELIVERIES]
        per_day = rate.sum(-2) / 2.0
        per_day = np.concatenate([per_day, per_day.sum(-1, keepdims=True)], axis=-1)
        p05, p95 = np.quantile(per_day, [0.05, 0.95], axis=0)
        return DeliveriesPerDay(per_day.mean(0), p05, p95)

    def _own_share(self, normal: Floats | float = 0.0) -> Floats:
        """Return the share of vans and trucks that are the bay's own, shape ``([R,] D, 1, 2)`` or 1."""
        if self.own_share is None:
            return np.ones(1)
        sent = (1.0 - self.own_share)[:, None] * (1.0 + self.own_share_sd * normal)
        return np.clip(1.0 - sent, 0.05, 1.0)

    def _drawn_kappa(self, shared: CommuneDraws, rng: np.random.Generator) -> Floats:
        """Return draws of kappa, with the doubt of how many would have gone anyway, which all bays share."""
        chosen = shared.kappa, rng.random(len(shared.kappa))
        drawn = drawn_shares(self.commune.kappa, self.kappa[1], chosen)
        stay = 1.0 - self.commune.natural
        return np.clip(1.0 - (1.0 - drawn) * stay**shared.natural, 0.0, 1.0)

    @property
    def _sigma(self) -> Floats:
        return np.array([one.sigma for one in self.commune.stays])

    def _leave_per_h(self, mu: Floats) -> Floats:
        """Return departures per hour for means of the logarithm ``(R, 4)``, shape ``(R, G, 48, 4)``."""
        per_h = 60.0 / mean_min(mu, self._sigma)
        leave = np.broadcast_to(per_h[:, None, None], (len(mu), 2, BINS, len(CHAIN_KINDS))).copy()
        usual = self.commune.stays[-1].mu
        leave[..., -1] = self.commune.long_leave_per_h * np.exp(usual - mu[:, -1])[:, None, None]
        return leave


def estimate(facts: BayFacts, bay: StudyBay, commune: Commune) -> BayEstimate:
    """Return what is known of one bay.

    Parameters
    ----------
    facts
        Of the bay.
    bay
        Its identity.
    commune
        As learned, from this bay among others or from others alone.
    """
    return estimate_all([facts], [bay], commune)[0]


def estimate_all(
    facts: Sequence[BayFacts], bays: Sequence[StudyBay], commune: Commune
) -> list[BayEstimate]:
    """Return what is known of several bays, faster than one by one; facts and bays in the same order."""
    stacked = Stacked.of(facts)
    true = true_arrivals(stacked, commune.expected)
    own = [bay_posterior(facts, demand, true.of_kind(k)) for k, demand in enumerate(commune.demand)]
    mu, sd, keeps = _stays_and_keepers(facts, commune)
    present = np.stack(edges(facts, commune.natural, commune.car_course), axis=1)
    seen = stacked.seen_s.sum(2)[..., None]
    open_s = stacked.exposure_s[..., :DELIVERIES].sum(2)
    refused = np.where(seen > 0, 1.0 - open_s / np.maximum(seen, 1.0), 0.0)
    found = []
    for b, (one, bay) in enumerate(zip(facts, bays, strict=True)):
        mine = tuple(
            Own(o.mean[b : b + 1], o.covariance[b : b + 1], o.pull[b : b + 1]) for o in own
        )
        near = [(float(k[0][b]), float(k[1][b]), float(k[2][b])) for k in keeps]
        found.append(
            BayEstimate(
                bay_id=bay.bay_id,
                commune=commune,
                own=mine,
                refused=np.clip(refused[b], 0.0, 1.0),
                read=read_totals(stacked)[b],
                stay_mu=mu[b],
                stay_sd=sd[b],
                kappa=bay_shares(commune.kappa, (present[b, 0], present[b, 1], present[b, 2])),
                keeps=tuple(bay_shares(of, n) for of, n in zip(commune.keeps, near, strict=True)),
                sources=_sources(commune, mine, (present[b, 1], near[0][1])),
                seen_days=float(one.day_seen_s.sum() / 86_400.0),
                coverage=float(one.day_seen_s.sum() / (86_400.0 * len(one.day_seen_s))),
            )
        )
    return found


def _stays_and_keepers(
    facts: Sequence[BayFacts], commune: Commune
) -> tuple[Floats, Floats, list[tuple[Floats, Floats, Floats]]]:
    found = lengths(facts, commune.limits_min, commune.owed)
    own = [
        stays_of_bays(sample_of(found, k, cars_shared=commune.cars_shared), commune.stays[k])
        for k in range(len(CHAIN_KINDS))
    ]
    mu, sd = (np.stack(part, axis=1) for part in zip(*own, strict=True))
    keeps = [
        keepers(found, c, near_survival(found, c, commune.stays, commune.car_survival))
        for c in range(len(CLASSES))
    ]
    return mu + np.log(commune.mean_ratio), sd, keeps


def _sources(
    commune: Commune, own: Sequence[Own], present: tuple[float, float]
) -> dict[str, Source]:
    """Return where rho, kappa and keeps_max_stay come from: this bay, its commune, or nobody's measurement."""
    demand = commune.demand[DELIVERIES]
    of_commune, at = demand.cells.rho_columns
    beforehand = demand.common.spread[at, at]
    doubt = demand.common.covariance[of_commune, of_commune]
    told = 1.0 - doubt / demand.cells.design.common_variance[of_commune]
    is_local = own[DELIVERIES].covariance[0, at, at] < (1 - TOLD) * beforehand
    return {
        "rho": _source(told, is_local=bool(is_local)),
        "kappa": _source(commune.kappa.told, is_local=present[0] >= ENOUGH_DRIVERS),
        "keeps_max_stay": _source(commune.keeps[0].told, is_local=present[1] >= ENOUGH_DRIVERS),
    }


ENOUGH_DRIVERS = 20
"""Drivers of the bay itself from which on a share counts as measured there; parameter of ours."""


def _source(told: float, *, is_local: bool) -> Source:
    if told < TOLD:
        return "national"
    return "local" if is_local else "commune"
