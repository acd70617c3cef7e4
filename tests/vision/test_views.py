"""Placement from anywhere: random cameras of 4 to 19 m, random traffic, boxes with a detector's errors."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from tests.vision.traffic import PLAIN_SHARE, crowd, posed, seen
from vision.observation import SceneView, observe, prepare

DIRECTIONS = ("across", "oblique", "along", "behind")


def answers(street: Any, direction: str, seed: int, *, calibrated: bool) -> Counter[str]:
    """Count what 20 random views of 3 moments say: of bays with a vehicle in plain sight, and of empty ones."""
    rng = np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    for _ in range(20):
        view_street = posed(street, rng, direction)
        view = prepare(view_street.scene(calibrated=calibrated), view_street.size_wh)
        for _ in range(3):
            counts += moment(view_street, view, rng)
    return counts


def moment(street: Any, view: SceneView, rng: np.random.Generator) -> Counter[str]:
    """Count what one frame says."""
    vehicles = list(crowd(street, rng))
    found, shares = seen(street, vehicles, rng)
    counts: Counter[str] = Counter()
    for bay in observe(view, found):
        here = [s for one, s in zip(vehicles, shares, strict=True) if one.bay == bay.bay_id]
        if not here:
            counts[f"empty {bay.state.value}"] += 1
        elif min(here) >= PLAIN_SHARE:
            counts[f"taken {bay.state.value}"] += 1
            counts["counted"] += len(bay.sightings) == len(here)
    return counts


@pytest.mark.slow
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_with_metres_a_vehicle_is_placed_from_anywhere(street: Any, direction: str) -> None:
    """Calibrated: at most one answer in a hundred is wrong, nine bays of ten with a vehicle in plain sight are told, and counted."""
    told = answers(street, direction, 11, calibrated=True)
    taken = told["taken occupied"] + told["taken free"] + told["taken unknown"]
    empty = told["empty occupied"] + told["empty free"] + told["empty unknown"]
    assert taken > 25
    assert told["taken free"] + told["empty occupied"] <= 0.01 * (taken + empty)
    assert told["taken occupied"] >= 0.9 * taken
    assert told["counted"] >= 0.95 * told["taken occupied"]
    assert told["empty free"] > told["empty occupied"]


@pytest.mark.slow
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_by_the_picture_alone_few_answers_are_wrong(street: Any, direction: str) -> None:
    """Without metres: at most three answers in a hundred are wrong, and eight of ten such bays are told."""
    told = answers(street, direction, 12, calibrated=False)
    taken = told["taken occupied"] + told["taken free"] + told["taken unknown"]
    empty = told["empty occupied"] + told["empty free"] + told["empty unknown"]
    assert taken > 25
    assert told["taken free"] + told["empty occupied"] <= 0.03 * (taken + empty)
    assert told["taken occupied"] >= 0.8 * taken
