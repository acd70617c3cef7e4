"""Double parking: how long vehicles stood in the lane beside a bay, as seconds of each minute; those that drive past count for nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vision.belief import iou
from vision.observation import Beside, Box
from vision.stay_rules import StayRules

DOUBLE_PARKED_S = 15.0
"""Time that a vehicle must stand beside a bay to be double-parked: less is a red light or a manoeuvre (assumption).

It is less than `vision.coverage.SETTLE_S`, so that a minute is reported when all of its vehicles are known.
"""


@dataclass(frozen=True)
class Standing:
    """One vehicle that stands, or lately stood, beside a bay."""

    box: Box
    """Its first box at rest, in 0..1 of the frame: one that creeps along in a queue soon leaves it."""
    first_s: float
    """First evidence of standing here, epoch seconds."""
    last_s: float
    """Last evidence of standing here, epoch seconds."""


def stood_beside(
    known: tuple[Standing, ...],
    at_s: float,
    beside: tuple[Beside, ...],
    reported_s: float,
    rules: StayRules,
) -> tuple[Standing, ...]:
    """Take one look at the lane beside a bay.

    Parameters
    ----------
    known
        What stood there before.
    at_s
        Instant of the look, epoch seconds.
    beside
        The vehicles it shows there.
    reported_s
        End of the last reported window, epoch seconds: what was double-parked is kept until no report needs it.
    rules
        A vehicle missed for less than `gap_s` and found in its place again has not left.
    """
    open_boxes = [vehicle.box_xyxy for vehicle in beside]
    after: list[Standing] = []
    for one in known:
        has_left = at_s - one.last_s > rules.gap_s
        box = None if has_left else _in_place(one, open_boxes, rules)
        if box is not None:
            open_boxes.remove(box)
            after.append(replace(one, last_s=at_s))
        elif not has_left or (_is_double_parked(one) and one.last_s > reported_s):
            after.append(one)
    return (*after, *(Standing(box, at_s, at_s) for box in open_boxes))


def double_parked_s(known: tuple[Standing, ...], from_s: float, to_s: float) -> float:
    """Return the seconds of [from, to) in which at least one vehicle stood double-parked, from first to last evidence."""
    total, reached = 0.0, from_s
    for one in sorted(known, key=lambda one: one.first_s):
        if _is_double_parked(one):
            end_s = min(one.last_s, to_s)
            total += max(0.0, end_s - max(one.first_s, reached))
            reached = max(reached, end_s)
    return total


def _in_place(one: Standing, open_boxes: list[Box], rules: StayRules) -> Box | None:
    best = max(open_boxes, key=lambda box: iou(one.box, box), default=None)
    return best if best is not None and iou(one.box, best) >= rules.rest_iou else None


def _is_double_parked(one: Standing) -> bool:
    return one.last_s - one.first_s >= DOUBLE_PARKED_S
