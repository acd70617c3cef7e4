"""Detections of a scenario without pictures: what the embedded detector would give, with its misses, jitter, strays and confusion.

Boxes come from `sample_data.scene.cuboids`. The rates were measured with the embedded detector against the true boxes of the
clips day and rain, 1500 frames, 5609 boxes at least 80 % visible (`docs/how-to/measure-vision.md`). They are of one rendered
street and say nothing of others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from geo.words import VEHICLE_CLASSES, VehicleClass
from sample_data.scene.chance import Traffic, random_scenario
from sample_data.scene.cuboids import Sight, sights
from sample_data.scene.motion import Pose
from sample_data.scene.timetable import Scenario
from sample_data.scene.truth import csv_bytes, truth_files
from sample_data.scene.witness import BOX_COLUMNS

DETECTION_COLUMNS = BOX_COLUMNS[:7]

CONFUSION = MappingProxyType(
    {
        VehicleClass.VAN: (0.0, 0.30, 0.70, 0.0, 0.0),
        VehicleClass.TRUCK: (0.0, 0.79, 0.21, 0.0, 0.0),
        VehicleClass.CAR: (0.0, 0.03, 0.97, 0.0, 0.0),
        VehicleClass.TWO_WHEELER: (0.0, 0.0, 0.1, 0.9, 0.0),
        VehicleClass.OTHER: (0.2, 0.2, 0.2, 0.2, 0.2),
    }
)
"""Share of labels, in the order of `geo.words.VEHICLE_CLASSES`, by true class; two-wheelers and others: assumption."""

FULL_SHARE, LEAST_SHARE = 0.6, 0.2
"""Visible share above which only `Rates.miss` counts, and below which a vehicle is never found (15 of 15 missed)."""

CAB_SHARES = (0.36, 0.43)
"""Least and most of a truck's width that the second box covers: tenth and ninetieth percentile."""


@dataclass(frozen=True)
class Rates:
    """How the simulated detector errs; defaults measured unless said."""

    miss: float = 0.06
    """Share of looks in which a vehicle in plain sight is not found."""
    miss_covered: float = 0.31
    """The same for one of which 20 to 60 % is seen (75 of 243)."""
    jitter: float = 0.05
    """Standard deviation of a box's left and right sides over its longer side; upper and lower sides have half of it."""
    stray: float = 0.29
    """Share of looks in which a truck gets a second box, on its cab (420 of 1438; 5 on other vehicles)."""
    spell_s: float = 0.6
    """Time for which misses, strays and labels stay as they are: 2.95 frames on average at five a second."""
    drop: float = 0.0
    """Share of frames that never come, and so have no row; a fault of the network, not of the detector (assumption)."""
    score: tuple[float, float] = (0.5, 0.09)
    """Mean and standard deviation of scores; none is below 0.3, what is fainter counts as missed."""
    confusion: MappingProxyType[VehicleClass, tuple[float, ...]] = field(
        default_factory=lambda: CONFUSION
    )


@dataclass(frozen=True)
class _Spell:
    """What the dice say of one vehicle for a while."""

    number: int
    fortune: float
    """Found where this exceeds the rate of misses, 0..1."""
    label: VehicleClass
    cab: float
    """Share of the width that a box on the cab covers, at its left where vehicles head in the near lane; 0 for no such box."""


def chance_files(seed: int, traffic: Traffic, rates: Rates) -> tuple[Scenario, dict[str, bytes]]:
    """Return a random scenario and its files by name: the truth, and boxes.csv with the detector's errors."""
    scenario = random_scenario(seed, traffic)
    boxes = csv_bytes(DETECTION_COLUMNS, detection_rows(scenario, rates))
    return scenario, truth_files(scenario) | {"boxes.csv": boxes}


def detection_rows(scenario: Scenario, rates: Rates) -> Iterator[tuple[object, ...]]:
    """Yield the rows of boxes.csv; a frame in which nothing is found has one row without a box, a dropped one none."""
    rng, network = (np.random.default_rng([scenario.seed, number]) for number in (1, 2))
    classes = {vehicle.key: vehicle.vehicle_class for vehicle in scenario.vehicles}
    spells: dict[str, _Spell] = {}
    for frame, seen in enumerate(_seen(scenario)):
        number = int(frame / scenario.fps / rates.spell_s)
        rows: list[tuple[object, ...]] = []
        for sight in seen:
            spell = spells.get(sight.key)
            if spell is None or spell.number != number:
                spell = _spell(rng, number, classes[sight.key], rates)
                spells[sight.key] = spell
            rows += (
                (frame, spell.label.value, f"{_score(rng, rates):.3f}", *box)
                for box in _boxes(rng, sight, spell, rates)
            )
        if network.random() >= rates.drop:
            yield from rows or [(frame, *[""] * (len(DETECTION_COLUMNS) - 1))]


def _seen(scenario: Scenario) -> Iterator[list[Sight]]:
    """Yield what is seen in each frame; what did not move since the last one is not computed again."""
    models = {vehicle.key: vehicle.model for vehicle in scenario.vehicles}
    before: dict[str, Pose] | None = None
    seen: list[Sight] = []
    for frame in range(scenario.frames):
        poses = scenario.poses(frame)
        if poses != before:
            there = {key: (models[key], pose) for key, pose in poses.items() if key in models}
            before, seen = poses, sights(scenario.camera, there)
        yield seen


def _spell(
    rng: np.random.Generator, number: int, vehicle_class: VehicleClass, rates: Rates
) -> _Spell:
    label = VEHICLE_CLASSES[rng.choice(len(VEHICLE_CLASSES), p=rates.confusion[vehicle_class])]
    has_cab = vehicle_class is VehicleClass.TRUCK and rng.random() < rates.stray
    return _Spell(number, rng.random(), label, rng.uniform(*CAB_SHARES) if has_cab else 0.0)


def _score(rng: np.random.Generator, rates: Rates) -> float:
    return float(np.clip(rng.normal(*rates.score), 0.3, 1.0))


def _boxes(
    rng: np.random.Generator, sight: Sight, spell: _Spell, rates: Rates
) -> Iterator[tuple[str, ...]]:
    covered = max(rates.miss, rates.miss_covered)
    miss = rates.miss if sight.visible_share >= FULL_SHARE else covered
    if sight.visible_share < LEAST_SHARE or spell.fortune < miss:
        return
    x0, y0, x1, y1 = sight.box_xyxy
    longer = max(x1 - x0, y1 - y0)
    spread_px = rates.jitter * longer * np.array([1.0, 0.5, 1.0, 0.5])
    yield _cells(rng.normal((x0, y0, x1, y1), spread_px))
    if spell.cab:
        yield _cells(rng.normal((x0, y0, x0 + spell.cab * (x1 - x0), y1), spread_px))


def _cells(box_xyxy: NDArray[np.float64]) -> tuple[str, ...]:
    return tuple(f"{value:.1f}" for value in box_xyxy)
