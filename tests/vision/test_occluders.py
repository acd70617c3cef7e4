"""What stands before a bay: remembered over misses, forgotten when it has left, and no part of it a vehicle in the bay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vision.observation import BayObservation, BayState, Box, Reason, Sighting
from vision.scene import Scene, SceneBay
from vision.stays import Arrived, Departed
from vision.watch import Memory, Outcome, dump_memory, load_memory, new_memory, take

SCENE = Scene("cam", (100, 100), (SceneBay("A", 1, np.array([[0, 0], [9, 0], [9, 9.0]])),), None)

VAN: Box = (0.30, 0.40, 0.50, 0.60)

LORRY: Box = (0.22, 0.35, 0.58, 0.70)

CAB: Box = (0.23, 0.36, 0.34, 0.71)

FREE = BayObservation("A", BayState.FREE, (), (False,))

HIDDEN = BayObservation("A", BayState.UNKNOWN, (), (True,), 0.0, "hidden", before=(LORRY,))


def in_bay(box: Box = VAN) -> BayObservation:
    """Return an observation of one vehicle in the bay."""
    sighting = Sighting(0.5, 0.6, 0.7, (0.7, 0.1, 0.1, 0.05, 0.05), box)
    return BayObservation("A", BayState.OCCUPIED, (sighting,), (False,))


def watched(
    looks: Iterable[BayObservation], period_s: float = 0.5, memory: Memory | None = None
) -> tuple[Memory, list[Outcome]]:
    """Take observations one after the other and return the memory and what each made certain."""
    memory = memory or new_memory(SCENE)
    start_s = memory.last_s or 1000.0
    outcomes = []
    for number, seen in enumerate(looks, start=1):
        memory, outcome = take(memory, start_s + number * period_s, (seen,), 1)
        outcomes.append(outcome)
    return memory, outcomes


def kinds(outcomes: Iterable[Outcome]) -> list[str]:
    """Return the names of the stay events, in order."""
    return [type(event).__name__ for outcome in outcomes for event in outcome.stays]


def flickering(rng: np.random.Generator, count: int, miss: float, spell: int) -> list[bool]:
    """Return which of some looks find a vehicle that is missed in spells of some looks."""
    fortunes = rng.random(count // spell + 1) >= miss
    return [bool(fortunes[i // spell]) for i in range(count)]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), miss=st.floats(0, 0.15))
def test_a_stay_outlasts_a_flickering_occluder(seed: int, miss: float) -> None:
    """A van behind a lorry that stands for a minute and is missed now and then has stayed once, and never left."""
    rng = np.random.default_rng(seed)
    found = flickering(rng, 120, miss, 1)
    looks = [in_bay()] * 40 + [HIDDEN if one else FREE for one in found] + [in_bay()] * 40
    memory, outcomes = watched(looks)
    assert kinds(outcomes) == ["Arrived"]
    assert memory.bays[0].machine.confirmed[0].number == 1


def test_a_bay_behind_a_missed_occluder_is_hidden_not_free() -> None:
    """Looks that miss a lorry known to stand before the bay are unseen time with the reason hidden."""
    memory, _ = watched([FREE] * 10 + [HIDDEN] * 20 + [FREE, FREE])
    assert memory.bays[0].ledger.segments[-1].reason == Reason.HIDDEN


def test_a_bay_is_seen_again_when_the_occluder_has_left() -> None:
    """Within ten seconds after a lorry has driven off, the bay behind counts as seen."""
    memory, _ = watched([HIDDEN] * 60 + [FREE] * 20)
    assert memory.bays[0].ledger.segments[-1].reason == ""
    assert memory.bays[0].occluders == ()


def test_what_only_passes_hides_for_a_moment() -> None:
    """A bus that is seen before the bay in one look hides it for no longer than the time to see clearly again."""
    memory, _ = watched([FREE] * 10 + [HIDDEN] + [FREE] * 3)
    assert memory.bays[0].ledger.segments[-1].reason == ""


def test_a_cab_before_the_bay_is_no_vehicle_in_it() -> None:
    """A second box on the cab of a double-parked lorry, found or missed itself, begins no stay in the bay."""
    both = replace(in_bay(CAB), before=(LORRY,), hidden=(True,))
    alone = in_bay(CAB)
    _, outcomes = watched([HIDDEN] * 10 + [both, alone, both] * 30 + [HIDDEN] * 10)
    assert kinds(outcomes) == []


def test_a_van_that_leaves_behind_a_lorry_left_at_its_last_evidence() -> None:
    """Where the van is gone when the lorry is, it left between its last sighting and the first look at the free bay."""
    _, outcomes = watched([in_bay()] * 40 + [HIDDEN] * 100 + [FREE] * 40)
    assert kinds(outcomes) == ["Arrived", "Departed"]
    left = next(event for outcome in outcomes for event in outcome.stays if type(event) is Departed)
    assert left.presence.last_s == pytest.approx(1020.0)
    assert left.presence.departure_uncertainty_s == pytest.approx(50.5, abs=10)


def test_uncertainty_is_the_time_between_two_looks() -> None:
    """In plain sight arrival and departure are known to the period of the looks; from the first frame on nothing is."""
    looks = [FREE] * 10 + [in_bay()] * 40 + [FREE] * 40
    _, outcomes = watched(looks)
    came, left = (event for outcome in outcomes for event in outcome.stays)
    assert type(came) is Arrived
    assert came.presence.arrival_uncertainty_s == pytest.approx(0.5)
    assert left.presence.departure_uncertainty_s == pytest.approx(0.5)
    _, outcomes = watched([in_bay()] * 40)
    assert outcomes[-1].stays == ()
    first = next(event for outcome in outcomes for event in outcome.stays)
    assert first.presence.arrival_uncertainty_s is None


def test_a_vehicle_often_missed_needs_a_longer_absence() -> None:
    """A vehicle that came back after twelve seconds of misses has not left after twelve more."""
    looks = [in_bay()] * 20 + ([FREE] * 6 + [in_bay()] * 10) * 6
    memory, outcomes = watched(looks, period_s=2.0)
    assert kinds(outcomes) == ["Arrived"]
    assert memory.bays[0].machine.confirmed[0].longest_missed_s == pytest.approx(12.0)


@settings(max_examples=30, deadline=None)
@given(cut=st.integers(1, 159), seed=st.integers(0, 2**32 - 1))
def test_a_restart_behind_an_occluder_changes_nothing(cut: int, seed: int) -> None:
    """Saved and loaded anywhere, the memory of bay and occluder gives the same events and the same memory."""
    rng = np.random.default_rng(seed)
    found = flickering(rng, 80, 0.2, 2)
    looks = [in_bay()] * 40 + [HIDDEN if one else FREE for one in found] + [FREE] * 40
    whole, outcomes = watched(looks)
    before, first = watched(looks[:cut])
    after, second = watched(looks[cut:], memory=load_memory(dump_memory(before)))
    assert kinds(first + second) == kinds(outcomes)
    assert after == whole
