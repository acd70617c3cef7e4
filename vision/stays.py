"""A bay's state machine in seconds: observations in, arrivals and departures out, the same however the stream is cut."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from geo.words import VEHICLE_CLASSES, VehicleClass
from vision.assignment import best_pairs
from vision.detector import SURE_SCORE
from vision.observation import BayObservation, BayState, Box, Sighting
from vision.vehicle_class import CLASS_PRIOR

VOTE_LOOKS = 2.0
"""Independent looks that all looks at one vehicle's class are worth at most: most of a box's error stays with the vehicle.

Embedded detector on the rendered clips: sides err by 2 to 3 % of the box from look to look, by 5 % from vehicle to vehicle.
"""


@dataclass(frozen=True)
class StayRules:
    """The time constants and rates of the machine; parameters with their defaults."""

    independent_s: float = 0.6
    """Two looks closer than this count as a share of one: neighbouring frames fail together (assumption)."""
    hit_rate: float = 0.95
    """Share of looks in which a standing vehicle is found; measured .96 on car_park_ufpr05. Adapted to each vehicle."""
    false_rate: float = 0.02
    """Share of looks in which an empty bay shows a vehicle; measured .01 on car_park_ufpr05."""
    faint_weight: float = 0.25
    """Weight of a box below the sure score, which must also lie where the vehicle stood (28 % of such boxes are stray)."""
    prior_looks: float = 20.0
    """Looks after which a vehicle's own hit rate weighs as much as `hit_rate`."""
    memory_looks: float = 200.0
    """Looks that a vehicle's own hit rate remembers: two minutes at five frames a second (assumption)."""
    log_odds_limit: float = 10.0
    """A vehicle is there above the limit and gone below its negative; the filter does not run beyond.

    From limit to limit seven misses in a row are needed at a hit rate of .95: probability 8e-10.
    """
    log_odds_start: float = -4.0
    """Log-odds of a vehicle before its first sighting: one minute in fifty sees an arrival (assumption)."""
    log_odds_there: float = 9.0
    """Log-odds from which an arrival is confirmed: four independent sightings in a row, or five of six."""
    standing_s: float = 3.0
    """Time a vehicle must stand before it is a stay: shorter is manoeuvring or waiting in traffic (assumption)."""
    rest_iou: float = 0.6
    """Overlap of a box with the vehicle's mean box above which it stands still; jitter of a standing one leaves .85."""
    other_iou: float = 0.5
    """Overlap below which a vehicle seen after a likely departure is another one."""
    same_place_share: float = 0.6
    """Share of the smaller of two boxes that lies in the other, below which a vehicle has moved on (assumption).

    A part of a vehicle, a lorry's cab or what an obstacle leaves open, lies in its whole box and so has not moved.
    """
    hidden_share: float = 0.6
    """Share of a vehicle's mean box that vehicles before it must cover for it to be hidden."""
    place_s: float = 2.0
    """Time constant of the mean box."""
    gap_s: float = 10.0
    """Longest time between two observations that still counts as seen."""
    memory_s: float = 600.0
    """Longest time out of sight after which the same stay may go on; then it ends at its last evidence."""


@dataclass(frozen=True)
class Presence:
    """One vehicle that is, or may be, in the bay."""

    number: int
    """Counts the bay's vehicles from 1."""
    along: float
    """Mean centre along the bay, 0..1."""
    box: Box
    """Mean box in 0..1 of the frame."""
    first_s: float
    """First evidence of standing here, epoch seconds."""
    last_s: float
    """Last evidence of standing here, epoch seconds."""
    looked_s: float
    """Last look that told anything, epoch seconds."""
    log_odds: float
    is_confirmed: bool
    hits: float
    looks: float
    votes: tuple[float, ...]
    """Sum of class log-likelihoods, weighted by looks, in the order of `geo.words.VEHICLE_CLASSES`."""

    @property
    def vehicle_class(self) -> VehicleClass:
        """Return the likeliest class."""
        return VEHICLE_CLASSES[int(np.argmax(self.class_shares))]

    @property
    def class_confidence(self) -> float:
        """Return the probability of the class, 0..1."""
        return max(self.class_shares)

    @property
    def class_shares(self) -> tuple[float, ...]:
        """Return the probability of each class: the looks' evidence, as much as independent looks could give, and the prior."""
        telling = min(1.0, VOTE_LOOKS / max(self.hits, 1e-9))
        logs = np.asarray(self.votes) * telling + np.log(CLASS_PRIOR)
        shares = np.exp(logs - logs.max())
        return tuple(float(share) for share in shares / shares.sum())


@dataclass(frozen=True)
class BayMachine:
    """What is remembered of a bay between two observations."""

    bay_id: str
    capacity: int
    presences: tuple[Presence, ...] = ()
    next_number: int = 1
    last_s: float | None = None
    """Instant of the last observation, epoch seconds; None before the first."""

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

RULES = StayRules()
"""The defaults."""


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
    look = _Look(at_s, seen, _weight(machine, at_s, rules), rules)
    pairs = _matched(machine, seen.sightings)
    taken = {
        index
        for index, place in pairs.items()
        if not _is_another(machine.presences[index], seen.sightings[place], rules)
    }
    kept: list[Presence] = []
    events: list[StayEvent] = []
    for index, before in enumerate(machine.presences):
        sighting = seen.sightings[pairs[index]] if index in taken else None
        is_replaced = index in pairs and index not in taken
        after = before if is_replaced else _after(before, look, sighting)
        if is_replaced or _has_left(after, at_s, rules):
            events += [Departed(machine.bay_id, after)] if after.is_confirmed else []
            continue
        events += (
            [Arrived(machine.bay_id, after)] if after.is_confirmed > before.is_confirmed else []
        )
        kept.append(after)
    used = {pairs[index] for index in taken}
    new = [s for i, s in enumerate(seen.sightings) if i not in used and s.score >= SURE_SCORE]
    kept += [_begun(machine.next_number + i, at_s, s, rules) for i, s in enumerate(new)]
    after_machine = replace(
        machine, presences=tuple(kept), next_number=machine.next_number + len(new), last_s=at_s
    )
    return after_machine, tuple(sorted(events, key=lambda event: isinstance(event, Arrived)))


@dataclass(frozen=True)
class _Look:
    at_s: float
    seen: BayObservation
    weight: float
    rules: StayRules


def _after(before: Presence, look: _Look, sighting: Sighting | None) -> Presence:
    is_telling = sighting is not None and _is_telling(before, sighting, look.rules)
    if sighting is not None and is_telling and not _has_moved(before, sighting, look.rules):
        return _seen_again(before, look.at_s, sighting, look.weight, look.rules)
    if not is_hidden(before, look.seen, look.rules):
        return _missed(before, look.at_s, look.weight, look.rules)
    return before


def finish(machine: BayMachine) -> tuple[BayMachine, tuple[StayEvent, ...]]:
    """End the observation: what is more likely gone than there has left; what was not confirmed never was."""
    gone = tuple(p for p in machine.confirmed if p.log_odds < 0)
    there = tuple(p for p in machine.confirmed if p.log_odds >= 0)
    return replace(machine, presences=there), tuple(Departed(machine.bay_id, p) for p in gone)


def _weight(machine: BayMachine, at_s: float, rules: StayRules) -> float:
    if machine.last_s is None:
        return 1.0
    return min(1.0, max(0.0, at_s - machine.last_s) / rules.independent_s)


def _matched(machine: BayMachine, sightings: tuple[Sighting, ...]) -> dict[int, int]:
    """Return which sighting, by position, belongs to which presence: nearest along the bay, each once."""
    if not machine.presences or not sightings:
        return {}
    places = np.array([presence.along for presence in machine.presences])
    seen = np.array([sighting.along for sighting in sightings])
    reach = 1.0 / machine.capacity
    gains = 1 - np.abs(places[:, None] - seen[None]) / (reach if machine.capacity > 1 else np.inf)
    sure = np.array([1.0 if presence.is_confirmed else 0.5 for presence in machine.presences])
    return dict(best_pairs(np.clip(gains, 0, None) * sure[:, None]))


def _is_another(presence: Presence, sighting: Sighting, rules: StayRules) -> bool:
    return (
        presence.log_odds < 0
        and presence.is_confirmed
        and _iou(presence.box, sighting.box_xyxy) < rules.other_iou
    )


def _has_left(presence: Presence, at_s: float, rules: StayRules) -> bool:
    limit = -rules.log_odds_limit if presence.is_confirmed else rules.log_odds_start
    return presence.log_odds <= limit or at_s - presence.looked_s > rules.memory_s


def _begun(number: int, at_s: float, sighting: Sighting, rules: StayRules) -> Presence:
    return Presence(
        number=number,
        along=sighting.along,
        box=sighting.box_xyxy,
        first_s=at_s,
        last_s=at_s,
        looked_s=at_s,
        log_odds=rules.log_odds_start + _hit_gain(rules.hit_rate, rules),
        is_confirmed=False,
        hits=1.0,
        looks=1.0,
        votes=_evidence(sighting),
    )


def _is_telling(presence: Presence, sighting: Sighting, rules: StayRules) -> bool:
    """Tell whether a sighting says anything: a faint one only where the vehicle stood."""
    is_sure = sighting.score >= SURE_SCORE
    return is_sure or _iou(presence.box, sighting.box_xyxy) >= rules.rest_iou


def _has_moved(presence: Presence, sighting: Sighting, rules: StayRules) -> bool:
    """Tell whether a sighting is beside where the vehicle stood: it moves, or is the next one coming."""
    smaller = min(_common(box, box) for box in (presence.box, sighting.box_xyxy))
    common = _common(presence.box, sighting.box_xyxy)
    return presence.is_confirmed and common < rules.same_place_share * smaller


def is_hidden(presence: Presence, seen: BayObservation, rules: StayRules = RULES) -> bool:
    """Tell whether the observation could not show the vehicle even if it were there."""
    if seen.state is BayState.UNKNOWN:
        return True
    place = min(max(int(presence.along * len(seen.hidden)), 0), len(seen.hidden) - 1)
    if seen.hidden and seen.hidden[place]:
        return True
    covered = sum(_common(presence.box, box) for box in seen.before)
    return covered >= rules.hidden_share * _common(presence.box, presence.box)


def _seen_again(
    presence: Presence, at_s: float, sighting: Sighting, weight: float, rules: StayRules
) -> Presence:
    stands = _iou(presence.box, sighting.box_xyxy) >= rules.rest_iou
    if not stands and not presence.is_confirmed:
        return _begun(presence.number, at_s, sighting, rules)
    trust = 1.0 if sighting.score >= SURE_SCORE else rules.faint_weight
    gain = weight * trust * _hit_gain(_hit_rate(presence, rules), rules)
    log_odds = min(presence.log_odds + gain, rules.log_odds_limit)
    share = 1 - math.exp(-max(0.0, at_s - presence.looked_s) / rules.place_s)
    is_confirmed = presence.is_confirmed or (
        log_odds >= rules.log_odds_there and at_s - presence.first_s >= rules.standing_s
    )
    return replace(
        presence,
        along=presence.along + share * (sighting.along - presence.along),
        box=_mixed(presence.box, sighting.box_xyxy, share),
        last_s=at_s if stands else presence.last_s,
        looked_s=at_s,
        log_odds=log_odds,
        is_confirmed=is_confirmed,
        hits=presence.hits * _kept_share(presence, rules) + weight,
        looks=presence.looks * _kept_share(presence, rules) + weight,
        votes=tuple(
            v + weight * c for v, c in zip(presence.votes, _evidence(sighting), strict=True)
        ),
    )


def _evidence(sighting: Sighting) -> tuple[float, ...]:
    """Return the log-likelihood of a look under each class; from its probabilities where nobody measured it."""
    if sighting.class_log:
        return sighting.class_log
    scores = np.maximum(sighting.class_scores, 1e-6)
    return tuple(float(log) for log in np.log(scores))


def _missed(presence: Presence, at_s: float, weight: float, rules: StayRules) -> Presence:
    rate = _hit_rate(presence, rules)
    loss = math.log((1 - rate) / (1 - rules.false_rate))
    return replace(
        presence,
        log_odds=presence.log_odds + weight * loss,
        looked_s=at_s,
        looks=presence.looks + weight,
    )


def _kept_share(presence: Presence, rules: StayRules) -> float:
    return min(1.0, rules.memory_looks / presence.looks)


def _hit_gain(rate: float, rules: StayRules) -> float:
    return math.log(rate / rules.false_rate)


def _hit_rate(presence: Presence, rules: StayRules) -> float:
    """Return this vehicle's own hit rate, drawn to the general one by `prior_looks`."""
    hits = presence.hits + rules.hit_rate * rules.prior_looks
    return min(rules.hit_rate, hits / (presence.looks + rules.prior_looks))


def _iou(a: Box, b: Box) -> float:
    common = _common(a, b)
    either = _common(a, a) + _common(b, b) - common
    return common / either if either > 0 else 0.0


def _common(a: Box, b: Box) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return max(width, 0.0) * max(height, 0.0)


def _mixed(a: Box, b: Box, share: float) -> Box:
    x0, y0, x1, y1 = (u + share * (v - u) for u, v in zip(a, b, strict=True))
    return x0, y0, x1, y1
