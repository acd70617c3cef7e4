"""Camera-days of simulated observations through the machine: `python tests/vision/camera_days.py --days 50 --seed 1` prints JSON.

One bay, looked at every two seconds. Vehicles stay for minutes to hours; each look may miss them, in spells; boxes jitter, labels
flip, stray boxes appear; vehicles pass before the bay; lorries double-park before it for a minute, are missed as well, and show
second boxes on their cabs. Vehicles come and go only in plain sight: what happens behind a lorry nobody can count.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from vision.observation import BayObservation, BayState, Box, Sighting
from vision.scene import Scene, SceneBay
from vision.stays import Arrived, Departed
from vision.watch import Memory, dump_memory, load_memory, new_memory, take

PERIOD_S = 2.0

DAY_S = 86_400.0

SCENE = Scene("cam", (100, 100), (SceneBay("A", 1, np.array([[0, 0], [9, 0], [9, 9.0]])),), None)

LORRY: Box = (0.22, 0.35, 0.58, 0.70)

CAB: Box = (0.23, 0.36, 0.34, 0.71)

PASSING: Box = (0.05, 0.45, 0.45, 0.75)


@dataclass(frozen=True)
class Rates:
    """How the simulated detector errs: those of the rendered clips (docs/how-to/measure-vision.md) but for `drop`."""

    miss: float = 0.05
    spell_looks: float = 1.5
    """Mean length of a spell of misses, looks (assumption: longer than the 0.6 s measured, which is less than one look)."""
    jitter: float = 0.05
    """Standard deviation of a side over the box's longer one."""
    stray: float = 0.01
    """Share of looks at a free bay that show a vehicle."""
    cab: float = 0.29
    drop: float = 0.05
    """Share of frames that never come."""


@dataclass(frozen=True)
class Parked:
    """One true stay."""

    arrived_s: float
    departed_s: float
    box: Box
    label: int


def true_day(rng: np.random.Generator, from_s: float) -> list[Parked]:
    """Draw a day's stays: median 12 minutes, a tenth above an hour and a half; gaps of half a minute and more."""
    stays: list[Parked] = []
    at_s = from_s + 60
    while True:
        at_s += 30 + rng.exponential(600)
        length_s = float(np.clip(rng.lognormal(np.log(720), 1.6), 120, 3 * 3600))
        if at_s + length_s > from_s + DAY_S - 60:
            return stays
        x0, width = 0.28 + rng.uniform(-0.03, 0.03), rng.uniform(0.16, 0.26)
        box = (x0, 0.40, x0 + width, 0.60)
        stays.append(Parked(at_s, at_s + length_s, box, int(rng.integers(0, 3))))
        at_s += length_s


def lorries(
    rng: np.random.Generator, stays: list[Parked], from_s: float
) -> list[tuple[float, float]]:
    """Draw minutes in which a lorry double-parks before the bay; none while a vehicle comes or goes."""
    edges = np.array([edge for stay in stays for edge in (stay.arrived_s, stay.departed_s)])
    drawn = from_s + np.sort(rng.uniform(0, DAY_S - 120, 40))
    return [(s, s + 60) for s in drawn if not np.any((edges > s - 20) & (edges < s + 80))]


class Witness:
    """What the simulated detector says of the bay, look by look."""

    def __init__(self, rng: np.random.Generator, rates: Rates) -> None:
        self._rng, self._rates = rng, rates
        self._is_missing: dict[str, bool] = {}

    def look(self, parked: Parked | None, *, has_lorry: bool, has_passing: bool) -> BayObservation:
        """Return one observation."""
        before: tuple[Box, ...] = (self._jittered(PASSING),) if has_passing else ()
        seen: list[Sighting] = []
        is_hidden = has_lorry and self._finds("lorry")
        if has_lorry and self._rng.random() < self._rates.cab:
            seen.append(self._sighting(CAB, 1))
        if is_hidden:
            before = (*before, self._jittered(LORRY))
        if parked is not None and not has_lorry and self._finds("parked"):
            label = parked.label if self._rng.random() < 0.7 else int(self._rng.integers(0, 3))
            seen.append(self._sighting(parked.box, label))
        if parked is None and self._rng.random() < self._rates.stray:
            seen.append(self._sighting((0.3, 0.42, 0.45, 0.6), 2))
        state = BayState.OCCUPIED if seen else BayState.FREE
        if is_hidden and not seen:
            state = BayState.UNKNOWN
        reason = "hidden" if state is BayState.UNKNOWN else ""
        return BayObservation("A", state, tuple(seen), (is_hidden,), 1.0, reason, before)

    def _finds(self, what: str) -> bool:
        """Throw the two-state chain of finding and missing: spells of misses of `spell_looks` on average."""
        ends = 1 / self._rates.spell_looks
        begins = self._rates.miss / (1 - self._rates.miss) * ends
        was_missing = self._is_missing.get(what, False)
        is_missing = self._rng.random() < (1 - ends if was_missing else begins)
        self._is_missing[what] = is_missing
        return not is_missing

    def _sighting(self, box: Box, label: int) -> Sighting:
        scores = [0.1] * 5
        scores[label] = 0.6
        score = float(np.clip(self._rng.normal(0.5, 0.09), 0.3, 1.0))
        return Sighting(0.5, 0.6, score, tuple(scores), self._jittered(box))

    def _jittered(self, box: Box) -> Box:
        longer = max(box[2] - box[0], box[3] - box[1])
        x0, y0, x1, y1 = self._rng.normal(box, self._rates.jitter * longer * np.array([1, 0.5] * 2))
        return float(x0), float(y0), float(x1), float(y1)


def looks_of(
    rng: np.random.Generator, stays: list[Parked], from_s: float, rates: Rates
) -> Iterator[tuple[float, BayObservation]]:
    """Yield a day's observations with their instants."""
    witness, doubles, ahead = Witness(rng, rates), lorries(rng, stays, from_s), list(stays)
    for number in range(int(DAY_S / PERIOD_S)):
        at_s = from_s + number * PERIOD_S
        while ahead and ahead[0].departed_s <= at_s:
            ahead.pop(0)
        while doubles and doubles[0][1] <= at_s:
            doubles.pop(0)
        if rng.random() < rates.drop:
            continue
        parked = ahead[0] if ahead and ahead[0].arrived_s <= at_s else None
        has_lorry = bool(doubles) and doubles[0][0] <= at_s
        has_passing = not has_lorry and rng.random() < 0.05
        yield at_s, witness.look(parked, has_lorry=has_lorry, has_passing=has_passing)


def run(days: int, seed: int, rates: Rates, restarts: int = 10) -> dict[str, float | int]:
    """Watch camera-days and count what is wrong; the memory is saved and loaded again some times a day."""
    totals = dict.fromkeys(("looks", "stays_true", "arrivals", "departures"), 0)
    phantom, errors_s = 0, []
    for day in range(days):
        rng = np.random.default_rng([seed, day])
        from_s = 1_772_406_000.0 + day * DAY_S
        stays, memory = true_day(rng, from_s), new_memory(SCENE)
        left_s: list[float] = []
        saves = set(rng.integers(0, int(DAY_S / PERIOD_S), restarts).tolist())
        for number, (at_s, seen) in enumerate(looks_of(rng, stays, from_s, rates)):
            memory, outcome = take(
                _restarted(memory) if number in saves else memory, at_s, (seen,), 1
            )
            totals["looks"] += 1
            totals["arrivals"] += sum(isinstance(event, Arrived) for event in outcome.stays)
            left_s += [e.presence.last_s for e in outcome.stays if isinstance(e, Departed)]
        totals["stays_true"] += len(stays)
        totals["departures"] += len(left_s)
        ends_s = np.array([stay.departed_s for stay in stays])
        nearest_s = [float(np.abs(ends_s - one).min()) for one in left_s]
        phantom += sum(error > 30 for error in nearest_s)
        errors_s += nearest_s
    return {
        **totals,
        "phantom_departures": phantom,
        "missed_departures": totals["stays_true"] - (totals["departures"] - phantom),
        "median_departure_error_s": round(float(np.median(errors_s)), 2),
    }


def _restarted(memory: Memory) -> Memory:
    return load_memory(dump_memory(memory))


def main() -> None:
    """Print the figures of a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--miss", type=float, default=Rates.miss)
    parser.add_argument("--spell-looks", type=float, default=Rates.spell_looks)
    given = parser.parse_args()
    rates = replace(Rates(), miss=given.miss, spell_looks=given.spell_looks)
    sys.stdout.write(json.dumps(run(given.days, given.seed, rates)) + "\n")


if __name__ == "__main__":
    main()
