"""Random timetables of the street for bulk tests: who stands, passes and double-parks when, without two vehicles on the same ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from sample_data.scene.cuboids import ground_polygon
from sample_data.scene.motion import Drives, Stops
from sample_data.scene.place import BAYS, SceneBay
from sample_data.scene.scenarios import ACROSS
from sample_data.scene.timetable import MODELS, PAINTS, Scenario, Vehicle, beside, parked, passing

MODEL_SHARES = {
    "hatchback": 3,
    "saloon": 3,
    "panel_van": 5,
    "small_van": 4,
    "box_truck": 3,
    "lorry": 2,
}
"""How often each model comes, one against the other (assumption)."""

STAY_S = (20.0, 90.0)
"""Least stay, and mean of what is added to it (assumption: a clip's minutes stand for a morning's hours)."""

LEAST_STAY_SHARE = 0.2
"""Least stay over the mean one where a mean is asked for (assumption: five minutes of twenty-five)."""

FREE_S = (8.0, 30.0)
"""Least time between two vehicles at one place, and mean of what is added to it (assumption)."""

PASSING_GAP_S = 20.0
"""Mean time between two vehicles that pass in the far lane, and half of it in the near lane's (assumption)."""

BIKE_SHARE = 0.1
"""Share of cargo bikes among those that pass (assumption)."""

OCCLUDER_GAP_S = 60.0
"""Time without a double-parked lorry after each one (assumption)."""

FIRST_SHARE = 0.5
"""Share of places with a vehicle in the first frame (assumption)."""

LAST_ARRIVAL_S = 30.0
"""Nobody comes to stand in the last seconds, where no watcher could be sure of it."""

TRIES = 12
"""Times that an arrival is drawn anew before a place stays empty for a while."""

TICK_S = 0.4
"""Step at which the ground of moving vehicles is compared."""

STREET_S = 45.0
"""Longest time from a place at the kerb to either end of the street."""


@dataclass(frozen=True)
class Traffic:
    """What the dice are thrown for."""

    duration_s: int = 600
    fps: int = 5
    occluder_s: float = 0.0
    """How long each lorry double-parks before the bays; 0 for none."""
    stay_s: tuple[float, float] = STAY_S
    """Least stay, and mean of what is added to it."""


def random_scenario(seed: int, traffic: Traffic) -> Scenario:
    """Return a timetable drawn with a seed; the same one each time.

    Vehicles come to each place one after the other, pass in both lanes and, where asked for, double-park before a bay.
    One that would drive through another is drawn anew, or does not come.
    """
    street = _Street(seed, traffic)
    if traffic.occluder_s > 0:
        street.double_park()
    for number, bay in enumerate(BAYS, start=1):
        for place in range(bay.capacity):
            street.fill(number, bay, place)
    street.pass_by()
    return Scenario(
        name=f"chance-{seed}",
        camera=ACROSS,
        weather="day",
        start_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
        duration_s=traffic.duration_s,
        vehicles=tuple(street.vehicles),
        fps=traffic.fps,
        seed=seed,
    )


class _Street:
    """Grows by one vehicle at a time, each checked against those before it."""

    def __init__(self, seed: int, traffic: Traffic) -> None:
        self.vehicles: list[Vehicle] = []
        self._covered: list[_Covered] = []
        self._rng = np.random.default_rng(seed)
        self._traffic = traffic

    def double_park(self) -> None:
        """Let lorries stand before one bay after another."""
        at_s = self._rng.uniform(20.0, 60.0)
        while at_s + self._traffic.occluder_s < self._traffic.duration_s:
            bay = BAYS[self._rng.integers(len(BAYS))]
            leaves_s = at_s + self._traffic.occluder_s
            self._admit(beside(self._key(), self._look("lorry"), bay.middle_m, at_s, leaves_s))
            at_s = leaves_s + OCCLUDER_GAP_S

    def fill(self, number: int, bay: SceneBay, place: int) -> None:
        """Let vehicles come to one place of a bay until the end."""
        free_from_s = 0.0
        last_s = self._traffic.duration_s - LAST_ARRIVAL_S
        while free_from_s < last_s:
            drawn = (self._stay(number, bay, place, free_from_s) for _ in range(TRIES))
            stay = next(
                (one for one in drawn if _arrival_s(one) < last_s and self._admit(one)), None
            )
            free_from_s = free_from_s + FREE_S[1] if stay is None else _departure_s(stay)

    def pass_by(self) -> None:
        """Let vehicles drive through both lanes."""
        lanes: tuple[tuple[Literal["near", "far"], float], ...]
        lanes = (("far", PASSING_GAP_S), ("near", 2 * PASSING_GAP_S))
        for lane, gap_s in lanes:
            at_s = 0.0
            while (at_s := at_s + self._rng.exponential(gap_s)) < self._traffic.duration_s:
                model = self._model() if self._rng.random() > BIKE_SHARE else "cargo_bike"
                self._admit(passing(self._key(), self._look(model), lane, at_s))

    def _stay(self, number: int, bay: SceneBay, place: int, from_s: float) -> Vehicle:
        model = self._model()
        room_m = (bay.end_m - bay.start_m) / bay.capacity
        slack_m = max(0.0, (room_m - MODELS[model].length_m) / 2 - 0.3)
        middle_m = (place - (bay.capacity - 1) / 2) * room_m
        arrives_s = from_s + FREE_S[0] + self._rng.exponential(FREE_S[1])
        leaves_s = (
            arrives_s + self._traffic.stay_s[0] + self._rng.exponential(self._traffic.stay_s[1])
        )
        stands_at_once = from_s == 0 and self._rng.random() < FIRST_SHARE
        return parked(
            self._key(),
            self._look(model),
            number,
            None if stands_at_once else round(arrives_s, 1),
            round(leaves_s, 1) if leaves_s < self._traffic.duration_s else None,
            along_m=round(middle_m + self._rng.uniform(-slack_m, slack_m), 2),
        )

    def _admit(self, vehicle: Vehicle) -> bool:
        """Take a vehicle into the street unless it comes too late or would touch another."""
        covered = _covered(vehicle, self._traffic.duration_s)
        if covered.ticks.size == 0 or any(_touch(covered, other) for other in self._covered):
            return False
        self.vehicles.append(vehicle)
        self._covered.append(covered)
        return True

    def _key(self) -> str:
        return f"v{len(self.vehicles) + 1}"

    def _model(self) -> str:
        shares = np.array(list(MODEL_SHARES.values())) / sum(MODEL_SHARES.values())
        return str(self._rng.choice(list(MODEL_SHARES), p=shares))

    def _look(self, model: str) -> str:
        return f"{self._rng.choice(list(PAINTS))} {model}"


@dataclass(frozen=True)
class _Covered:
    """The ground that one vehicle covers over time."""

    ticks: NDArray[np.intp]
    """Shape ``(n,)``, ascending, in units of `TICK_S`."""
    grounds: NDArray[np.object_]
    """Shape ``(n,)``: a polygon in street metres at each tick."""


def _covered(vehicle: Vehicle, duration_s: float) -> _Covered:
    first_s, last_s = _presence_s(vehicle.action, duration_s)
    ticks, grounds = [], []
    for tick in range(max(0, int(first_s / TICK_S)), int(min(duration_s, last_s) / TICK_S) + 1):
        pose = vehicle.action.pose(tick * TICK_S)
        if pose is not None:
            ticks.append(tick)
            grounds.append(ground_polygon(vehicle.model, pose))
    return _Covered(np.array(ticks, np.intp), np.array(grounds, np.object_))


def _presence_s(action: Stops | Drives, duration_s: float) -> tuple[float, float]:
    if isinstance(action, Drives):
        return action.enters_s, action.enters_s + STREET_S
    first_s = 0.0 if action.arrives_s is None else action.arrives_s - STREET_S
    return first_s, duration_s if action.leaves_s is None else action.leaves_s + STREET_S


def _arrival_s(vehicle: Vehicle) -> float:
    return getattr(vehicle.action, "arrives_s", None) or 0.0


def _departure_s(vehicle: Vehicle) -> float:
    leaves_s = getattr(vehicle.action, "leaves_s", None)
    return inf if leaves_s is None else leaves_s


def _touch(one: _Covered, other: _Covered) -> bool:
    _, mine, theirs = np.intersect1d(one.ticks, other.ticks, True, return_indices=True)
    return bool(shapely.intersects(one.grounds[mine], other.grounds[theirs]).any())
