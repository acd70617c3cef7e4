"""Which found stay belongs to which true one: matches, splits and merges, and the bay time in which both agree."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.matching import match_stays
from geo.words import Stay

MOST = 0.5
"""Share of a stay's own time that must lie within another for it to be a part of it (the share of the matching rule)."""

HOUR_S = 3600.0

Span = tuple[float, float]
"""Half-open time, epoch seconds; the end of a stay that is still there is infinite."""


@dataclass(frozen=True)
class Pairing:
    """Found stays beside true ones."""

    found_of: dict[int, int]
    """Position of the matched found stay by position of the true one."""
    ious: tuple[float, ...]
    splits: tuple[int, ...]
    """For each true stay, how many found stays beyond the first are parts of it: as many phantom departures."""
    merges: tuple[int, ...]
    """For each found stay, how many true stays beyond the first are parts of it."""


def pair(true: Sequence[Stay], found: Sequence[Stay]) -> Pairing:
    """Match stays one to one within a bay, and look for stays that were cut or joined."""
    ours, theirs = [span(stay) for stay in true], [span(stay) for stay in found]
    matches = match_stays(
        [(stay.bay_id, *time) for stay, time in zip(true, ours, strict=True)],
        [(stay.bay_id, *time) for stay, time in zip(found, theirs, strict=True)],
    )
    found_of = {match.true_index: match.found_index for match in matches}
    true_of = {match.found_index: match.true_index for match in matches}
    return Pairing(
        found_of,
        tuple(match.iou for match in matches),
        _surplus(_by_bay(true, ours), _by_bay(found, theirs), true_of, len(true)),
        _surplus(_by_bay(found, theirs), _by_bay(true, ours), found_of, len(found)),
    )


def span(stay: Stay) -> Span:
    """Return the time of a stay."""
    departed_s = stay.departed_at.timestamp() if stay.departed_at else math.inf
    return stay.arrived_at.timestamp(), departed_s


_Indexed = dict[str, list[tuple[int, Span]]]


def _by_bay(stays: Sequence[Stay], spans: Sequence[Span]) -> _Indexed:
    found: _Indexed = defaultdict(list)
    for index, (stay, time) in enumerate(zip(stays, spans, strict=True)):
        found[stay.bay_id].append((index, time))
    return found


def _surplus(
    wholes: _Indexed, parts: _Indexed, owner_of: dict[int, int], count: int
) -> tuple[int, ...]:
    """Return for each whole how many parts beyond one lie in it; a part that is matched elsewhere is none of it."""
    surplus = [0] * count
    for bay_id, here in wholes.items():
        for index, whole in here:
            inside = [
                part
                for part, time in parts.get(bay_id, ())
                if owner_of.get(part, index) == index and _lies_in(time, whole)
            ]
            surplus[index] = max(0, len(inside) - 1)
    return tuple(surplus)


def _lies_in(part: Span, whole: Span) -> bool:
    common = min(part[1], whole[1]) - max(part[0], whole[0])
    length = part[1] - part[0]
    if math.isinf(length):
        return math.isinf(common)
    return length > 0 and common / length >= MOST


def bay_hours(true: Sequence[Stay], found: Sequence[Stay]) -> NDArray[np.float64]:
    """Return, for each bay and hour of the time that the files span, seconds: of both, occupied in truth, found so, different.

    Shape ``(bays x hours, 4)``, the bays in order of name. The time spans from the first arrival to the latest instant of
    either file; a stay that is still there lasts to its end.
    """
    spans = [span(stay) for stay in (*true, *found)]
    first_s = min(start for start, _ in spans)
    last_s = max(t for time in spans for t in time if math.isfinite(t))
    edges = np.append(np.arange(first_s, last_s, HOUR_S), last_s)
    rows = [
        _hours(edges, _times(true, bay_id, last_s), _times(found, bay_id, last_s))
        for bay_id in sorted({stay.bay_id for stay in (*true, *found)})
    ]
    return np.concatenate(rows)


def _times(stays: Sequence[Stay], bay_id: str, last_s: float) -> list[Span]:
    here = (span(stay) for stay in stays if stay.bay_id == bay_id)
    return [(start, min(end, last_s)) for start, end in here]


def _hours(edges: NDArray[np.float64], true: list[Span], found: list[Span]) -> NDArray[np.float64]:
    """Cut the time of a bay at every edge of an hour or a stay and add up what holds between two cuts."""
    cuts = np.unique(np.concatenate([edges, np.ravel(true), np.ravel(found)]))
    cuts = cuts[(cuts >= edges[0]) & (cuts <= edges[-1])]
    length, middle = np.diff(cuts), (cuts[1:] + cuts[:-1]) / 2
    ours, theirs = _covered(middle, true), _covered(middle, found)
    hour = np.clip(np.searchsorted(edges, middle, side="right") - 1, 0, max(len(edges) - 2, 0))
    columns = [np.ones_like(length), ours, theirs, ours != theirs]
    sums = [np.bincount(hour, length * column, max(len(edges) - 1, 1)) for column in columns]
    return np.stack(sums, axis=1)


def _covered(at_s: NDArray[np.float64], spans: list[Span]) -> NDArray[np.bool_]:
    """Tell for sorted instants whether any of the half-open spans holds them."""
    steps = np.zeros(len(at_s) + 1)
    for start, end in spans:
        steps[np.searchsorted(at_s, start)] += 1
        steps[np.searchsorted(at_s, end)] -= 1
    return np.asarray(np.cumsum(steps[:-1]) > 0)
