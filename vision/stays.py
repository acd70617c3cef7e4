"""A bay's state machine in seconds: observations in, arrivals and departures out, the same however the stream is cut."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from vision.assignment import best_pairs
from vision.belief import Spells
from vision.detector import SURE_SCORE
from vision.observation import BayObservation, BayState, Sighting
from vision.presence import Look, Presence, begun, has_left, has_moved, looked_at, moved
from vision.stay_rules import RULES, StayRules

MOVED_FIT = 0.3
"""How well a sighting fits a vehicle that stood elsewhere, against 1 where it stood: one just begun there fits better."""


@dataclass(frozen=True)
class BayMachine:
    """What is remembered of a bay between two observations."""

    bay_id: str
    capacity: int
    presences: tuple[Presence, ...] = ()
    next_number: int = 1
    last_s: float | None = None
    """Instant of the last observation, epoch seconds; None before the first."""
    spells: Spells = field(default_factory=Spells)
    """The spells of misses that the bay's vehicles have come back from."""
    seen_s: float | None = None
    """Instant of the last observation in which the bay was in sight, epoch seconds; None before the first."""

    @property
    def confirmed(self) -> tuple[Presence, ...]:
        """Return the vehicles that stand in the bay for sure."""
        return tuple(presence for presence in self.presences if presence.is_confirmed)

    @property
    def state(self) -> str:
        """Return free, arriving, occupied or leaving: what the memory says, whether or not the bay is in sight."""
        if any(presence.log_odds > 0 for presence in self.confirmed):
            return "occupied"
        if self.confirmed:
            return "leaving"
        return "arriving" if self.presences else "free"


@dataclass(frozen=True)
class Arrived:
    """A vehicle's arrival has been confirmed."""

    bay_id: str
    presence: Presence


@dataclass(frozen=True)
class Departed:
    """A vehicle's departure has been confirmed; it left at `presence.last_s`."""

    bay_id: str
    presence: Presence


StayEvent = Arrived | Departed


def step(
    machine: BayMachine, at_s: float, seen: BayObservation, rules: StayRules = RULES
) -> tuple[BayMachine, tuple[StayEvent, ...]]:
    """Take one observation.

    Parameters
    ----------
    machine
        The bay's memory; unchanged.
    at_s
        Instant of the observation, epoch seconds, not before the last one.
    seen
        What the frame says about the bay. Sightings below the sure score keep a vehicle but never begin one.

    Returns
    -------
    tuple
        The new memory and what was confirmed now, departures first. Arrivals and departures are dated to the first and
        last evidence of standing, not to their confirmation.
    """
    look = look_of(machine, at_s, seen, rules)
    pairs = _matched(machine, seen.sightings, rules)
    kept: list[Presence] = []
    events: list[StayEvent] = []
    spells = machine.spells
    for index, before in enumerate(machine.presences):
        sighting = seen.sightings[pairs[index]] if index in pairs else None
        is_beside = sighting is not None and has_moved(before, sighting, rules)
        if is_beside:
            del pairs[index]
        is_replaced = is_beside and before.log_odds < 0
        if is_replaced:
            after = before
        else:
            after = moved(before, look) if is_beside else looked_at(before, look, sighting)
        spells = _with_spells(spells, before, after, rules)
        if is_replaced or has_left(after, at_s, rules):
            events += [Departed(machine.bay_id, after)] if after.is_confirmed else []
            continue
        has_come = after.is_confirmed > before.is_confirmed
        events += [Arrived(machine.bay_id, after)] if has_come else []
        kept.append(after)
    used = set(pairs.values())
    new = [s for i, s in enumerate(seen.sightings) if i not in used and s.score >= SURE_SCORE]
    kept += [begun(machine.next_number + i, look, s) for i, s in enumerate(new)]
    after_machine = replace(
        machine,
        presences=tuple(kept),
        next_number=machine.next_number + len(new),
        last_s=at_s,
        spells=spells,
        seen_s=machine.seen_s if seen.state is BayState.UNKNOWN else at_s,
    )
    return after_machine, tuple(sorted(events, key=lambda event: isinstance(event, Arrived)))


def finish(machine: BayMachine) -> tuple[BayMachine, tuple[StayEvent, ...]]:
    """End the observation: what is more likely gone than there has left; what was not confirmed never was."""
    gone = tuple(p for p in machine.confirmed if p.log_odds < 0)
    there = tuple(p for p in machine.confirmed if p.log_odds >= 0)
    return replace(machine, presences=there), tuple(Departed(machine.bay_id, p) for p in gone)


def look_of(machine: BayMachine, at_s: float, seen: BayObservation, rules: StayRules) -> Look:
    """Return an observation with what it counts after the last one: less the sooner it follows."""
    last_s = -math.inf if machine.last_s is None else machine.last_s
    passed_s = max(0.0, at_s - last_s)
    weight = min(1.0, passed_s / rules.independent_s)
    return Look(at_s, machine.seen_s, passed_s, weight, seen, rules, machine.spells)


def _with_spells(spells: Spells, before: Presence, after: Presence, rules: StayRules) -> Spells:
    """Return the spells with the one that a vehicle has just come back from, if any."""
    has_come_back = before.is_confirmed and before.missed > after.missed == 0 <= after.log_odds
    return spells.with_run(before.missed, rules) if has_come_back else spells


def _matched(
    machine: BayMachine, sightings: tuple[Sighting, ...], rules: StayRules
) -> dict[int, int]:
    """Return which sighting, by position, belongs to which presence: nearest along the bay, each once."""
    if not machine.presences or not sightings:
        return {}
    places = np.array([presence.along for presence in machine.presences])
    seen = np.array([sighting.along for sighting in sightings])
    reach = 1.0 / machine.capacity
    gains = 1 - np.abs(places[:, None] - seen[None]) / (reach if machine.capacity > 1 else np.inf)
    sure = np.array([1.0 if presence.is_confirmed else 0.5 for presence in machine.presences])
    fits = [
        [MOVED_FIT if has_moved(p, s, rules) else 1.0 for s in sightings] for p in machine.presences
    ]
    return dict(best_pairs(np.clip(gains, 0, None) * sure[:, None] * np.array(fits)))
