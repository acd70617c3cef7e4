"""One camera's bays together: detections at an instant in, stays, coverage and reports out; all of its memory is one value."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from vision.coverage import (
    SETTLE_S,
    WINDOW_S,
    Ledger,
    WindowReport,
    last_window_end_s,
    look,
    note,
    reports,
)
from vision.double_parking import Standing, double_parked_s, stood_beside
from vision.observation import BayObservation, BayState, Reason
from vision.occluders import Occluder, is_part, remembered, watched
from vision.presence import is_hidden
from vision.scene import Scene
from vision.stay_rules import RULES, StayRules
from vision.stays import BayMachine, StayEvent, finish, look_of, step


@dataclass(frozen=True)
class BayMemory:
    """What is remembered of one bay."""

    machine: BayMachine
    ledger: Ledger
    hidden_s: float | None = None
    """Instant at which the bay, or a vehicle known to stand in it, was last hidden, epoch seconds."""
    occluders: tuple[Occluder, ...] = ()
    """What stands, or lately stood, before the bay."""
    beside: tuple[Standing, ...] = ()
    """What stands, or lately stood, in the lane beside the bay."""


@dataclass(frozen=True)
class Memory:
    """What is remembered of one camera; its JSON is the journal."""

    bays: tuple[BayMemory, ...]
    last_s: float | None = None
    """Instant of the last observation, epoch seconds."""
    frames: int = 0
    """Observations taken."""
    vehicles: int = 0
    """Vehicles found in them, in a bay or not."""


@dataclass(frozen=True)
class Outcome:
    """What one observation, or the end of them, made certain."""

    stays: tuple[StayEvent, ...]
    reports: tuple[WindowReport, ...]


CLEAR_S = 1.0
"""Time that a bay must be in sight again before it counts as seen: one missed box of what hides it must not make it free."""

_MEMORY = TypeAdapter(Memory)


def new_memory(scene: Scene) -> Memory:
    """Return the memory of a camera that has seen nothing."""
    return Memory(
        tuple(
            BayMemory(BayMachine(bay.bay_id, bay.capacity), Ledger(bay.bay_id))
            for bay in scene.bays
        )
    )


def refitted(memory: Memory, scene: Scene, first_number: int) -> Memory:
    """Return a memory for a scene that may have changed: bays that stayed the same keep theirs, others begin anew.

    `first_number` numbers the vehicles of bays that begin anew, above any number used before, so that no stay's identifier
    is ever used twice.
    """
    known = {(bay.machine.bay_id, bay.machine.capacity): bay for bay in memory.bays}
    fresh = {
        bay.bay_id: BayMemory(
            BayMachine(bay.bay_id, bay.capacity, next_number=first_number), Ledger(bay.bay_id)
        )
        for bay in scene.bays
    }
    bays = tuple(known.get((bay.bay_id, bay.capacity), fresh[bay.bay_id]) for bay in scene.bays)
    return replace(memory, bays=bays)


def take(
    memory: Memory,
    at_s: float,
    seen: tuple[BayObservation, ...],
    vehicles: int,
    rules: StayRules = RULES,
) -> tuple[Memory, Outcome]:
    """Take one frame's observations, in the order of the scene's bays, at an instant in epoch seconds."""
    bays: list[BayMemory] = []
    stays: list[StayEvent] = []
    made: list[WindowReport] = []
    for bay, raw in zip(memory.bays, seen, strict=True):
        occluders = watched(bay.occluders, look_of(bay.machine, at_s, raw, rules))
        recalled = remembered(occluders, at_s, raw)
        observation = sobered(bay, at_s, recalled, rules)
        hidden_s = at_s if _hides(bay, recalled, rules) else bay.hidden_s
        machine, events = step(_without_parts(bay.machine, occluders), at_s, observation, rules)
        ledger = note(look(bay.ledger, bay.machine, at_s, observation, rules), events)
        beside = stood_beside(bay.beside, at_s, raw.beside, ledger.reported_s or 0, rules)
        ledger, bay_reports = reports(ledger, machine, at_s - SETTLE_S)
        bays.append(BayMemory(machine, ledger, hidden_s, occluders, beside))
        stays += events
        made += _with_double_parking(bay_reports, beside)
    after = replace(
        memory,
        bays=tuple(bays),
        last_s=at_s,
        frames=memory.frames + 1,
        vehicles=memory.vehicles + vehicles,
    )
    return after, Outcome(tuple(stays), tuple(made))


def _without_parts(machine: BayMachine, occluders: tuple[Occluder, ...]) -> BayMachine:
    """Return the memory without what was about to be taken for an arrival and has turned out a part of an occluder."""
    kept = tuple(p for p in machine.presences if p.is_confirmed or not is_part(p.box, occluders))
    return machine if len(kept) == len(machine.presences) else replace(machine, presences=kept)


def sobered(
    bay: BayMemory, at_s: float, seen: BayObservation, rules: StayRules = RULES
) -> BayObservation:
    """Return an observation that is not called free while, or just after, something stood before the bay."""
    if seen.state is not BayState.FREE:
        return seen
    is_recent = bay.hidden_s is not None and at_s - bay.hidden_s < CLEAR_S
    if is_recent or _hides(bay, seen, rules):
        return replace(seen, state=BayState.UNKNOWN, reason=str(Reason.HIDDEN))
    return seen


def _hides(bay: BayMemory, seen: BayObservation, rules: StayRules) -> bool:
    """Tell whether the bay is hidden, or no vehicle is seen where one that is known to be there is covered."""
    if seen.state is not BayState.FREE:
        return seen.reason == Reason.HIDDEN
    return any(is_hidden(presence, seen, rules) for presence in bay.machine.confirmed)


def end(memory: Memory) -> tuple[Memory, Outcome]:
    """End the observation: close what is more likely gone than there and report the windows begun."""
    bays: list[BayMemory] = []
    stays: list[StayEvent] = []
    made: list[WindowReport] = []
    for bay in memory.bays:
        machine, events = finish(bay.machine)
        ledger = note(bay.ledger, events)
        ledger, bay_reports = reports(ledger, machine, last_window_end_s(ledger))
        bays.append(replace(bay, machine=machine, ledger=ledger))
        stays += events
        made += _with_double_parking(bay_reports, bay.beside)
    return replace(memory, bays=tuple(bays)), Outcome(tuple(stays), tuple(made))


def _with_double_parking(
    made: tuple[WindowReport, ...], beside: tuple[Standing, ...]
) -> tuple[WindowReport, ...]:
    return tuple(
        replace(one, double_parked_s=double_parked_s(beside, one.end_s - WINDOW_S, one.end_s))
        for one in made
    )


def dump_memory(memory: Memory) -> bytes:
    """Return the memory as JSON; reading it back gives an equal value."""
    return _MEMORY.dump_json(memory)


def load_memory(document: bytes) -> Memory:
    """Read a memory that `dump_memory` wrote."""
    return _MEMORY.validate_json(document)
