"""Laws of the estimates: what more data, no data, exposures and a perfect detector do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.demand.counts import Stacked, true_arrivals
from geo.demand.estimate import BayEstimate, estimate, estimate_all, learn
from geo.demand.parameters import CHAIN_KINDS
from geo.demand.reading import reading, true_counts
from geo.facts.bay_facts import BINS, BayFacts
from geo.study.words import Audit
from geo.words import VehicleClass
from tests.geo.invented_facts import Invented, invent, study_of

SMALL = Invented(bays=12, weeks=4)


@pytest.fixture(scope="module")
def learned() -> tuple[list[BayFacts], list[BayEstimate], object]:
    """Return facts, estimates and truth of a small commune."""
    facts, study, truth = invent(SMALL, 3)
    return facts, estimate_all(facts, study.bays, learn(facts, study, 0)), truth


def unseen(facts: BayFacts) -> BayFacts:
    """Return the facts of a bay that was never seen."""
    names = [name for name in vars(facts) if name not in {"day_kind", "limits_min"}]
    return replace(facts, **{name: getattr(facts, name) * 0 for name in names})


def width(one: BayEstimate) -> float:
    """Return the relative width of the interval of weekday deliveries."""
    day = one.deliveries_per_day()
    return float((day.p95[0, 2] - day.p05[0, 2]) / day.mean[0, 2])


def test_estimates_have_the_shapes_of_parameters(learned: tuple) -> None:
    """Means and draws have the axes that the chain asks for, all finite and positive."""
    one = learned[1][0]
    mean, draws = one.mean(), one.draws(7, 1)
    assert mean.rate_per_h.shape == (3, BINS, len(CHAIN_KINDS))
    assert draws.rate_per_h.shape == (7, 3, BINS, len(CHAIN_KINDS))
    assert draws.rho.shape == (7, 2)
    assert draws.leave_per_h.shape == (7, 2, BINS, len(CHAIN_KINDS))
    for part in vars(draws).values():
        assert np.isfinite(part).all()
        assert (part >= 0).all()


def test_draws_are_reproducible_and_share_what_the_commune_shares(learned: tuple) -> None:
    """The same seed gives the same draws, another seed others, and draw r has one retry for all bays."""
    first, second = learned[1][:2]
    again = first.draws(9, 4)
    assert np.array_equal(first.draws(9, 4).rate_per_h, again.rate_per_h)
    assert not np.array_equal(first.draws(9, 5).rate_per_h, again.rate_per_h)
    assert np.array_equal(second.draws(9, 4).retry, again.retry)


def test_demand_of_the_commune_is_found(learned: tuple) -> None:
    """The sum over bays of all weekday attempts is within a tenth of the truth."""
    _, found, truth = learned
    attempts = sum(one.attempts_per_h()[0, :, :2].sum() for one in found)
    assert attempts == pytest.approx(truth.rate_per_h[:, 0, :, :2].sum(), rel=0.1)


def test_more_days_narrow_the_interval() -> None:
    """Eight weeks give a narrower interval of deliveries than two."""
    widths = []
    for weeks in (2, 8):
        facts, study, _ = invent(replace(SMALL, weeks=weeks), 5)
        found = estimate_all(facts, study.bays, learn(facts, study, 0))
        widths.append(np.mean([width(one) for one in found]))
    assert widths[1] < 0.8 * widths[0]


def test_a_bay_never_seen_has_the_wide_prior_of_its_commune(learned: tuple) -> None:
    """Without data the rate is the commune's rather than zero, and its interval is wide."""
    facts, found, _ = learned
    bay = study_of(()).bays or invent(SMALL, 3)[1].bays
    blind = estimate(unseen(facts[0]), bay[0], found[0].commune)
    assert blind.seen_days == 0.0
    assert blind.mean().rate_per_h.min() > 0
    assert width(blind) > 3 * width(found[0])
    assert blind.sources["kappa"] != "local"


def test_half_hours_never_seen_are_not_empty(learned: tuple) -> None:
    """A bay that was seen only in the morning has the commune's course in the afternoon."""
    facts, found, _ = learned
    cut = {}
    for name in ("arrivals", "exposure_s", "seen_s", "vehicle_s", "departures", "full_s"):
        part = getattr(facts[0], name).copy()
        part[:, :, 24:] = 0
        cut[name] = part
    one = estimate(replace(facts[0], **cut), invent(SMALL, 3)[1].bays[0], found[0].commune)
    whole = found[0].attempts_per_h()[0, 24:, 0].sum()
    assert 0.4 * whole < one.attempts_per_h()[0, 24:, 0].sum() < 2.5 * whole


def test_counts_and_exposures_scale_together() -> None:
    """Twice the arrivals in the same time are about twice the demand."""
    facts, study, _ = invent(SMALL, 6)
    double = [
        replace(one, arrivals=2 * one.arrivals, day_arrivals=2 * one.day_arrivals) for one in facts
    ]
    plain, doubled = (
        sum(
            one.attempts_per_h()[0, :, :2].sum()
            for one in estimate_all(some, study.bays, learn(some, study, 0))
        )
        for some in (facts, double)
    )
    assert doubled == pytest.approx(2 * plain, rel=0.06)


def test_a_perfect_detector_changes_nothing() -> None:
    """With no errors audited, what was read is what is true, in all hours that no rule cuts short."""
    facts, _, _ = invent(SMALL, 3)
    perfect = reading(Audit())
    assert np.array_equal(perfect.matrix(), np.eye(6))
    stacked = Stacked.of(facts)
    commune = learn(facts, study_of(invent(SMALL, 3)[1].bays), 0)
    true = true_arrivals(stacked, commune.expected)
    assert np.allclose(true.counts[..., :2], stacked.arrivals[..., :2])
    assert np.allclose(true.left[..., :2], 1.0)


def test_true_counts_undo_the_reading() -> None:
    """Counts read through a known detector are traced back to the true ones, never below zero."""
    audit = Audit(
        recall={VehicleClass.VAN: 0.9, VehicleClass.CAR: 0.95},
        split_rate=0.03,
        confusion={
            VehicleClass.VAN: {VehicleClass.CAR: 0.06},
            VehicleClass.CAR: {VehicleClass.VAN: 0.06},
        },
    )
    matrix = reading(audit).matrix()
    true = np.array([100.0, 20.0, 300.0, 80.0, 0.0, 5.0])
    assert np.allclose(true_counts(true @ matrix, matrix), true, rtol=1e-3, atol=1e-2)
    assert true_counts(np.array([0.0, 0, 50, 50, 0, 0]), matrix).min() >= 0


def test_audit_errors_widen_the_interval() -> None:
    """A smaller audit of the same detector leaves a wider interval."""
    facts, study, _ = invent(replace(SMALL, weeks=8), 8)
    widths = []
    for sample in (30, 3000):
        audit = Audit(recall={VehicleClass.VAN: 0.85}, sample=sample)
        commune = learn(facts, study_of(study.bays, audit), 0)
        widths.append(width(estimate(facts[0], study.bays[0], commune)))
    assert widths[0] > widths[1]


@pytest.mark.parametrize("is_uniform", [False, True])
def test_rho_and_kappa_are_recovered(is_uniform: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The commune's mean of rho and of kappa lies in the interval of its draws, also where all bays share one rule."""
    facts, study, truth = invent(Invented(bays=20, weeks=8, is_uniform=is_uniform), 4)
    found = estimate_all(facts, study.bays, learn(facts, study, 0))
    draws = [one.draws(100, 2) for one in found]
    for name, true in (("rho", truth.rho.mean()), ("kappa", truth.kappa.mean())):
        parts = np.stack([getattr(one, name).reshape(100, -1)[:, 0] for one in draws])
        assert abs(parts.mean() - true) < 0.08
