"""One simulated period: demand, answers to the rules, room at the kerb, and what was seen of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from geo.occupancy import SeenArrays, StayArrays
from geo.simulation.answers import answered
from geo.simulation.demand import Attempts, Calendar, Places, draw_attempts, draw_places
from geo.simulation.kerb import served
from geo.simulation.observed import observed
from geo.simulation.outages import UnseenArrays, draw_unseen, seen_between
from geo.simulation.profiles import Behaviour, Outages
from geo.words import Bay


@dataclass(frozen=True)
class Regime:
    """What kind of world is simulated."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    outages: Outages = field(default_factory=Outages)


@dataclass(frozen=True)
class World:
    """A simulated period with its truth."""

    places: Places
    attempts: Attempts
    """Who would have stopped had there been room, after answering to the rules."""
    true_stays: StayArrays
    """Exact seconds, seen or not."""
    stays: StayArrays
    """As devices tell them: seen parts only, whole minutes."""
    unseen: UnseenArrays
    seen: SeenArrays


def simulate(
    bays: Sequence[Bay], calendar: Calendar, seed: int, regime: Regime | None = None
) -> World:
    """Simulate bays over whole local days; the same arguments give the same world.

    Parameters
    ----------
    bays
        The bays axis.
    calendar
        Consecutive days.
    seed
        Of all draws: places, demand, answers and outages each have their own stream.
    regime
        The usual one by default.
    """
    regime = regime or Regime()
    streams = [np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(4)]
    places = draw_places(bays, regime.behaviour, streams[0])
    wishes = draw_attempts(places, calendar, regime.behaviour, streams[1])
    attempts = answered(wishes, places, calendar, regime.behaviour, streams[2])
    true_stays = served(attempts, bays)
    unseen = draw_unseen(len(bays), calendar, regime.outages, streams[3])
    starts_s = calendar.hour_starts_s()
    seen = seen_between(unseen, len(bays), int(starts_s[0, 0]), int(starts_s[-1, -1]) + 3600)
    return World(places, attempts, true_stays, observed(true_stays, seen), unseen, seen)
