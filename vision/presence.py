"""One vehicle in a bay: what is known of it, and what a look that shows it, or does not, changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from geo.words import VEHICLE_CLASSES, VehicleClass
from vision.belief import (
    Spells,
    after_hit,
    after_miss,
    before_first,
    common_area,
    drawn_share,
    iou,
    mixed,
)
from vision.detector import SURE_SCORE
from vision.observation import BayObservation, BayState, Box, Sighting
from vision.stay_rules import RULES, StayRules
from vision.vehicle_class import CLASS_PRIOR

VOTE_LOOKS = 2.0
"""Independent looks that all looks at one vehicle's class are worth at most: most of a box's error stays with the vehicle.

Embedded detector on the rendered clips: sides err by 2 to 3 % of the box from look to look, by 5 % from vehicle to vehicle.
"""


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
    """Sum of class log-likelihoods, weighted by looks and fading like `hits`, in the order of `geo.words.VEHICLE_CLASSES`."""
    absent_s: float | None = None
    """Last look in sight before `first_s`, epoch seconds; None where the bay was never in sight before."""
    gone_s: float | None = None
    """First look in sight since `last_s` that did not show it standing, epoch seconds; None while there is none."""
    missed: float = 0.0
    """Looks in a row, up to the last, that could have shown it and did not, weighted."""
    missed_s: float = 0.0
    """Time in sight, seconds, since it was seen last."""
    longest_missed_s: float = 0.0
    """Longest such time after which it was seen again."""

    @property
    def vehicle_class(self) -> VehicleClass:
        """Return the likeliest class."""
        return VEHICLE_CLASSES[int(np.argmax(self.class_shares))]

    @property
    def arrival_uncertainty_s(self) -> float | None:
        """Return the time before `first_s` in which it may have come, seconds; None where nothing was seen before."""
        return None if self.absent_s is None else self.first_s - self.absent_s

    @property
    def departure_uncertainty_s(self) -> float | None:
        """Return the time after `last_s` in which it may have gone, seconds; None where it has not been missed since."""
        return None if self.gone_s is None else self.gone_s - self.last_s

    @property
    def arrived_s(self) -> float:
        """Return when it came, epoch seconds: its first evidence, or the middle of a longer time in which it may have come."""
        return self.first_s - _middle_s(self.arrival_uncertainty_s)

    @property
    def departed_s(self) -> float:
        """Return when it left, epoch seconds: its last evidence, or the middle of a longer time in which it may have left."""
        return self.last_s + _middle_s(self.departure_uncertainty_s)

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


def _middle_s(uncertainty_s: float | None) -> float:
    """Return the step from the evidence to the middle of an uncertain time; none where looks followed each other closely."""
    if uncertainty_s is None or uncertainty_s <= RULES.gap_s:
        return 0.0
    return min(uncertainty_s / 2, RULES.guess_s)


@dataclass(frozen=True)
class Look:
    """One observation of a bay, as its vehicles take it."""

    at_s: float
    """Instant, epoch seconds."""
    before_s: float | None
    """Last instant before at which the bay was in sight, epoch seconds; None where there is none."""
    passed_s: float
    """Time since the last observation, seconds; infinite for the first."""
    weight: float
    """What the look counts, 0..1: looks close together fail together."""
    seen: BayObservation
    rules: StayRules
    spells: Spells = field(default_factory=Spells)
    """The spells of misses that vehicles of the bay have come back from."""


def begun(number: int, look: Look, sighting: Sighting) -> Presence:
    """Return a vehicle seen for the first time, or for the first time at rest."""
    return Presence(
        number=number,
        along=sighting.along,
        box=sighting.box_xyxy,
        first_s=look.at_s,
        last_s=look.at_s,
        looked_s=look.at_s,
        log_odds=before_first(look.rules),
        is_confirmed=False,
        hits=1.0,
        looks=1.0,
        votes=_evidence(sighting),
        absent_s=look.before_s,
    )


def looked_at(before: Presence, look: Look, sighting: Sighting | None) -> Presence:
    """Return a vehicle after a look: seen again, missed, or unchanged where the look could not show it."""
    if sighting is not None and _is_telling(before, sighting, look.rules):
        return _seen_again(before, look, sighting)
    return before if is_hidden(before, look.seen, look.rules) else _missed(before, look)


def moved(before: Presence, look: Look) -> Presence:
    """Return a vehicle after a look that showed one beside its place: a miss that is no lapse of the detector, which works."""
    return _missed(before, replace(look, spells=Spells()))


def has_moved(presence: Presence, sighting: Sighting, rules: StayRules) -> bool:
    """Tell whether a sighting is beside where a vehicle stood: it moves, or is the next one coming.

    Where the vehicle has likely left, a sighting must fit its box rather than only share its place to be it again.
    """
    if not presence.is_confirmed:
        return False
    common = common_area(presence.box, sighting.box_xyxy)
    smaller = min(common_area(box, box) for box in (presence.box, sighting.box_xyxy))
    is_elsewhere = common < rules.same_place_share * smaller
    has_likely_left = presence.log_odds < 0
    return is_elsewhere or (
        has_likely_left and iou(presence.box, sighting.box_xyxy) < rules.other_iou
    )


def has_left(presence: Presence, at_s: float, rules: StayRules) -> bool:
    """Tell whether a vehicle is gone for sure, was out of sight for too long, or never was a stay.

    One that was missed before and came back must be missed for longer than then.
    """
    if at_s - presence.looked_s > rules.memory_s:
        return True
    if not presence.is_confirmed:
        return presence.log_odds <= rules.log_odds_start
    patience_s = rules.patience * presence.longest_missed_s
    return presence.log_odds <= -rules.log_odds_limit and presence.missed_s >= patience_s


def is_hidden(presence: Presence, seen: BayObservation, rules: StayRules = RULES) -> bool:
    """Tell whether the observation could not show the vehicle even if it were there."""
    if seen.state is BayState.UNKNOWN:
        return True
    place = min(max(int(presence.along * len(seen.hidden)), 0), len(seen.hidden) - 1)
    if seen.hidden and seen.hidden[place]:
        return True
    covered = sum(common_area(presence.box, box) for box in seen.before)
    return covered >= rules.hidden_share * common_area(presence.box, presence.box)


def _is_telling(presence: Presence, sighting: Sighting, rules: StayRules) -> bool:
    """Tell whether a sighting says anything: a faint one only where the vehicle stood."""
    is_sure = sighting.score >= SURE_SCORE
    return is_sure or iou(presence.box, sighting.box_xyxy) >= rules.rest_iou


def _seen_again(presence: Presence, look: Look, sighting: Sighting) -> Presence:
    """Return a vehicle after a sighting; one of a vehicle that has likely left dates nothing until it is likely there again."""
    rules = look.rules
    stands = iou(presence.box, sighting.box_xyxy) >= rules.rest_iou
    if not stands and not presence.is_confirmed:
        return begun(presence.number, look, sighting)
    drawn_s = look.at_s - presence.looked_s if stands else min(look.passed_s, rules.wary_s)
    if presence.is_confirmed and presence.log_odds < 0:
        drawn_s = 0.0
    trust = 1.0 if sighting.score >= SURE_SCORE else rules.faint_weight
    belief = after_hit(presence, look.weight, rules, trust)
    is_there = (
        belief["log_odds"] >= rules.log_odds_there
        and look.at_s - presence.first_s >= rules.standing_s
    )
    is_back = belief["log_odds"] >= 0
    is_evidence = stands and is_back
    return replace(
        presence,
        **belief,
        along=presence.along + drawn_share(drawn_s, rules) * (sighting.along - presence.along),
        box=mixed(presence.box, sighting.box_xyxy, drawn_s, rules),
        last_s=look.at_s if is_evidence else presence.last_s,
        gone_s=None if is_evidence else presence.gone_s or look.at_s,
        looked_s=look.at_s,
        is_confirmed=presence.is_confirmed or is_there,
        votes=_voted(presence, look, sighting),
        missed_s=0.0 if is_back else presence.missed_s,
        longest_missed_s=max(presence.longest_missed_s, presence.missed_s if is_back else 0.0),
    )


def _missed(presence: Presence, look: Look) -> Presence:
    return replace(
        presence,
        **after_miss(presence, look.weight, look.rules, look.spells),
        looked_s=look.at_s,
        gone_s=presence.gone_s or look.at_s,
        missed_s=presence.missed_s + min(look.passed_s, look.rules.gap_s),
    )


def _voted(presence: Presence, look: Look, sighting: Sighting) -> tuple[float, ...]:
    kept = min(1.0, look.rules.memory_looks / presence.looks)
    pairs = zip(presence.votes, _evidence(sighting), strict=True)
    return tuple(kept * vote + look.weight * log for vote, log in pairs)


def _evidence(sighting: Sighting) -> tuple[float, ...]:
    """Return the log-likelihood of a look under each class; from its probabilities where nobody measured it."""
    if sighting.class_log:
        return sighting.class_log
    scores = np.maximum(sighting.class_scores, 1e-6)
    return tuple(float(log) for log in np.log(scores))
