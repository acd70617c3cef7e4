"""T14: how often an effect is claimed where nothing was done, and found where something was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from checks import Check, Figure, Scale
from geo.drift import Watched, drift, weekly
from geo.effect.placebo import Chance, chance, log_change

Floats = NDArray[np.float64]

WEEKS = 8
"""Before, and after."""

Z_TEN = 1.6449
"""Beyond it lies a tenth of a normal law."""


@dataclass(frozen=True)
class World:
    """Weekly deliveries of some bays (science brief, section 4: 60 a week, shocks of bay and city that last)."""

    changed: int
    controls: int
    per_week: float = 60.0
    bay_shock: float = 0.10
    bay_memory: float = 0.5
    city_shock: float = 0.08
    city_memory: float = 0.8
    """Memories are ours: the share of a shock that is left a week later. The brief gives the sizes only."""
    lift: float = 0.0
    """Relative effect on the changed bays."""


WORLDS = tuple(
    World(changed, controls, bay_memory=memory)
    for changed, controls in ((1, 20), (5, 20), (20, 60))
    for memory in (0.5, 0.8)
)

REPEATS = {Scale.SMALL: 300, Scale.FULL: 2000}
POWER_REPEATS = {Scale.SMALL: 0, Scale.FULL: 400}
BAYS = {Scale.SMALL: 200, Scale.FULL: 1500}
DRAWS = {Scale.SMALL: 199, Scale.FULL: 499}
SEEDS = {Scale.SMALL: (41,), Scale.FULL: (51, 52)}


def false_positives(scale: Scale) -> list[Figure]:
    """Return the shares of worlds without effect in which one is claimed, with power beside."""
    worlds = WORLDS[::2] if scale is Scale.SMALL else WORLDS
    figures = []
    for world in worlds:
        name = f"{world.changed}/{world.controls}, memory {world.bay_memory}"
        claims = np.mean([claimed(world, scale, seed) for seed in SEEDS[scale]], axis=0)
        slack = 0.03 if scale is Scale.SMALL else 0.0
        figures += [
            Figure(
                f"placebo, false positives at 10 %, {name}",
                float(claims[0]),
                f"{0.07 - slack:.2f} to {0.14 + slack:.2f}",
                bool(0.07 - slack <= claims[0] <= 0.14 + slack),
            ),
            Figure(f"before and after, Poisson errors, {name}", float(claims[1]), ""),
            Figure(f"difference in differences, Poisson errors, {name}", float(claims[2]), ""),
        ]
        figures += list(power(world, scale, name))
    return figures + stable_bays(scale)


def claimed(world: World, scale: Scale, seed: int) -> Floats:
    """Return how often ours, naive before-and-after and difference in differences with Poisson errors claim an effect."""
    rng = np.random.default_rng(seed)
    claims = np.zeros(3)
    for repeat in range(REPEATS[scale]):
        before, after = drawn(world, rng)
        claims += [
            judged(world, before, after, repeat, DRAWS[scale]).is_told,
            abs(poisson_z(before[: world.changed], after[: world.changed])) > Z_TEN,
            abs(poisson_did_z(before, after, world.changed)) > Z_TEN,
        ]
    return claims / REPEATS[scale]


def power(world: World, scale: Scale, name: str) -> Iterator[Figure]:
    """Yield how often effects of 10 and 20 % are told."""
    for lift in (0.1, 0.2) if POWER_REPEATS[scale] else ():
        rng = np.random.default_rng(61)
        lifted = replace(world, lift=lift)
        told = [
            judged(world, *drawn(lifted, rng), repeat, DRAWS[scale]).is_told
            for repeat in range(POWER_REPEATS[scale])
        ]
        yield Figure(f"power for an effect of {lift:.0%}, {name}", float(np.mean(told)), "")


def stable_bays(scale: Scale) -> list[Figure]:
    """Return how often a stable bay is said to have drifted, and how soon a changed one is."""
    rng = np.random.default_rng(71)
    counts = [(days(rng, 8, 20.0), days(rng, 52, 20.0)) for _ in range(BAYS[scale])]
    alarms = [not drift({"deliveries": Watched(*pair)}).holds for pair in counts]
    figures = [
        Figure(
            "drift: stable bays stopped within a year",
            float(np.mean(alarms)),
            "<= 0.05",
            bool(np.mean(alarms) <= 0.05),
        )
    ]
    for change in (0.7, 1.3):
        found = [
            drift({"deliveries": Watched(days(rng, 8, 20.0), days(rng, 12, 20.0 * change))})
            for _ in range(BAYS[scale])
        ]
        weeks = np.array([99 if one.week is None else one.week + 1 for one in found])
        name = f"drift: change by {change - 1:+.0%} at 20 a day"
        figures += [
            Figure(f"{name}, found within 4 weeks", float((weeks <= 4).mean()), ""),
            Figure(
                f"{name}, median week", float(np.median(weeks)), "<= 4", bool(np.median(weeks) <= 4)
            ),
        ]
    return figures


def days(rng: np.random.Generator, weeks: int, per_day: float) -> Floats:
    """Draw weekly deliveries with the day effects of the reference world (0.15 of the bay, 0.12 of the city)."""
    sway = rng.normal(0, 0.15, weeks * 7) + rng.normal(0, 0.12, weeks * 7)
    return weekly(rng.poisson(per_day * np.exp(sway - (0.15**2 + 0.12**2) / 2)).tolist())


def drawn(world: World, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw the weeks before and after, changed bays first."""
    bays = world.changed + world.controls
    sway = lasting(rng, bays, world.bay_memory, world.bay_shock)
    sway = sway + lasting(rng, 1, world.city_memory, world.city_shock)
    mean = world.per_week * np.exp(sway)
    mean[: world.changed, WEEKS:] *= 1 + world.lift
    counts = rng.poisson(mean).astype(np.float64)
    return counts[:, :WEEKS], counts[:, WEEKS:]


def lasting(rng: np.random.Generator, bays: int, memory: float, shock: float) -> Floats:
    """Draw shocks that last, ``(bays, 16)``: autoregressive of order 1, stationary."""
    out = np.zeros((bays, 2 * WEEKS))
    out[:, 0] = rng.normal(0, shock / np.sqrt(1 - memory**2), bays)
    for week in range(1, 2 * WEEKS):
        out[:, week] = memory * out[:, week - 1] + rng.normal(0, shock, bays)
    return out


def judged(world: World, before: Floats, after: Floats, seed: int, draws: int) -> Chance:
    """Return what we say of a world."""
    change = log_change(before, after)
    controls = np.tile(change[world.changed :], (world.changed, 1))
    return chance(change[: world.changed], controls, seed=seed, draws=draws)


def poisson_z(before: Floats, after: Floats) -> float:
    """Return the change in standard errors of Poisson counts."""
    return float(np.log(after.sum() / before.sum()) / np.sqrt(1 / after.sum() + 1 / before.sum()))


def poisson_did_z(before: Floats, after: Floats, changed: int) -> float:
    """Return the difference of changes in standard errors of Poisson counts."""
    sums = [
        side.sum()
        for side in (before[:changed], after[:changed], before[changed:], after[changed:])
    ]
    difference = np.log(sums[1] / sums[0]) - np.log(sums[3] / sums[2])
    return float(difference / np.sqrt(sum(1 / one for one in sums)))


CHECKS = [Check("T14", "effects claimed where nothing was done", false_positives)]
