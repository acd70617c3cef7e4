"""What stands before a bay is remembered like what stands in it: one missed box does not make a hidden bay free."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vision.belief import after_hit, after_miss, before_first, common_area, iou, mixed
from vision.observation import BayObservation, BayState, Box, Reason
from vision.presence import Look
from vision.stay_rules import StayRules

LIKELY = 0.0
"""Log-odds above which an occluder is more likely there than not, so that the bay behind it cannot be called free."""


PART_SHARE = 0.6
"""Share of a box within an occluder's from which it shows that one, not a vehicle behind, of which so little could be seen.

A part lies inside but for the jitter of the sides, about 5 % of the longer one (docs/how-to/measure-vision.md).
"""

WHOLE_SHARE = 0.7
"""Size of a box over the mean one from which it is the whole vehicle, moved, rather than a part of it (assumption)."""


@dataclass(frozen=True)
class Occluder:
    """One vehicle that stands, or lately stood, between the camera and a bay."""

    box: Box
    """Mean box in 0..1 of the frame."""
    seen_s: float
    """Last sighting, epoch seconds."""
    log_odds: float
    hits: float
    looks: float
    missed: float
    """Looks in a row, up to the last, that did not show it, weighted."""
    hidden: tuple[bool, ...]
    """For each place of the bay: whether it was hidden when the occluder was seen last."""


def watched(known: tuple[Occluder, ...], look: Look) -> tuple[Occluder, ...]:
    """Take one raw observation of what stands before a bay.

    Returns
    -------
    tuple
        What is there now, likely or not; what has most likely left is forgotten. A look at nothing, such as of a dark
        frame, changes nothing.
    """
    if not look.seen.hidden:
        return known
    open_boxes = list(look.seen.before)
    after: list[Occluder] = []
    for one in known:
        box = _taken(one, open_boxes, look.rules)
        missed = replace(one, **after_miss(one, look.weight, look.rules))
        after.append(missed if box is None else _seen_again(one, look, box))
    after += [_begun(box, look) for box in open_boxes]
    return tuple(one for one in after if one.log_odds > look.rules.log_odds_start)


def remembered(
    occluders: tuple[Occluder, ...], at_s: float, seen: BayObservation
) -> BayObservation:
    """Return an observation as if the occluders that this look missed, but which are most likely still there, had been seen.

    Their boxes stand before the bay, the places they hid are hidden, a box that is a part of any occluder is no vehicle in
    the bay, and a bay that then shows no vehicle is hidden rather than free.
    """
    there = [one for one in occluders if one.log_odds > LIKELY]
    if not there or not seen.hidden:
        return seen
    whole = tuple(s for s in seen.sightings if not is_part(s.box_xyxy, occluders))
    missed = [one for one in there if one.seen_s < at_s]
    hides = [seen.hidden, *(_fitting(one.hidden, len(seen.hidden)) for one in missed)]
    hidden = tuple(any(place) for place in zip(*hides, strict=True))
    before = seen.before + tuple(one.box for one in missed)
    seen = replace(seen, sightings=whole, hidden=hidden, before=before)
    if whole or not (any(hidden) or seen.state is BayState.OCCUPIED):
        return seen
    return replace(seen, state=BayState.UNKNOWN, reason=str(seen.reason or Reason.HIDDEN))


def is_part(box: Box, occluders: tuple[Occluder, ...]) -> bool:
    """Tell whether a box in the bay lies within what most likely stands before it: a part of that, such as a lorry's cab."""
    own = common_area(box, box)
    there = (one for one in occluders if one.log_odds > LIKELY)
    return any(common_area(box, one.box) >= PART_SHARE * own for one in there)


def _taken(one: Occluder, open_boxes: list[Box], rules: StayRules) -> Box | None:
    """Return the box that shows the occluder in its place, and take it from the list; a part of it does as well."""
    best = max(open_boxes, key=lambda box: iou(one.box, box), default=None)
    if best is None:
        return None
    smaller = min(common_area(best, best), common_area(one.box, one.box))
    if common_area(one.box, best) < rules.same_place_share * smaller:
        return None
    open_boxes.remove(best)
    return best


def _seen_again(one: Occluder, look: Look, box: Box) -> Occluder:
    """Return an occluder after a sighting: one that has moved on must stand anew before it is remembered."""
    fits = iou(one.box, box) >= look.rules.rest_iou
    is_whole = common_area(box, box) >= WHOLE_SHARE * common_area(one.box, one.box)
    if is_whole and not fits:
        return _begun(box, look)
    passed_s = look.at_s - one.seen_s
    return replace(
        one,
        **after_hit(one, look.weight, look.rules),
        box=mixed(one.box, box, passed_s, look.rules) if fits else one.box,
        seen_s=look.at_s,
        hidden=look.seen.hidden,
    )


def _begun(box: Box, look: Look) -> Occluder:
    return Occluder(box, look.at_s, before_first(look.rules), 1.0, 1.0, 0.0, look.seen.hidden)


def _fitting(hidden: tuple[bool, ...], places: int) -> tuple[bool, ...]:
    """Return what an occluder hid for as many places as the bay has now; all of them where the number has changed."""
    return hidden if len(hidden) == places else (any(hidden),) * places
