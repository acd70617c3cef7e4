"""Figures of single frames: answers against true states, intervals by drawing whole frames."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import Any

import numpy as np

from vision.evaluation.chance import Chance, Figure, Floats, interval, point, ratio
from vision.evaluation.reading import NO_ANSWER, Answer, Key, TrueState
from vision.observation import BayState

RIGHT_OCCUPIED, WRONG_FREE, UNKNOWN_OCCUPIED, RIGHT_FREE, WRONG_OCCUPIED, UNKNOWN_FREE = range(6)
"""Columns of the counts; the first word judges the answer, the second is the answer, or the truth where unknown."""

COMPARED, EXACT, OFF, MORE = range(6, 10)
"""Columns of the vehicle counts: answers compared, right ones, sum of absolute and of signed differences."""

COLUMNS = 10

_OCCUPIED = (RIGHT_OCCUPIED, WRONG_FREE, UNKNOWN_OCCUPIED)
_FREE = (RIGHT_FREE, WRONG_OCCUPIED, UNKNOWN_FREE)
_RIGHT = (RIGHT_OCCUPIED, RIGHT_FREE)
_ANSWERED = (RIGHT_OCCUPIED, WRONG_FREE, RIGHT_FREE, WRONG_OCCUPIED)
_SAID_OCCUPIED = (RIGHT_OCCUPIED, WRONG_OCCUPIED)


def _share(part: tuple[int, ...], whole: tuple[int, ...]) -> Figure:
    return Figure(lambda sums: ratio(_sum(sums, part), _sum(sums, whole)), (whole,))


def _sum(sums: Floats, columns: tuple[int, ...]) -> Floats:
    return np.asarray(sums[..., list(columns)].sum(axis=-1))


def _balanced(sums: Floats) -> Floats:
    recall = ratio(sums[..., RIGHT_OCCUPIED], _sum(sums, _OCCUPIED))
    specificity = ratio(sums[..., RIGHT_FREE], _sum(sums, _FREE))
    known = np.stack([recall, specificity], axis=-1)
    return ratio(np.nansum(known, axis=-1), np.isfinite(known).sum(axis=-1))


def _f1(sums: Floats) -> Floats:
    right = 2 * sums[..., RIGHT_OCCUPIED]
    return ratio(right, right + sums[..., WRONG_OCCUPIED] + _sum(sums, _OCCUPIED[1:]))


def _mcc(sums: Floats) -> Floats:
    tp, tn = sums[..., RIGHT_OCCUPIED], sums[..., RIGHT_FREE]
    fn, fp = _sum(sums, _OCCUPIED[1:]), _sum(sums, _FREE[1:])
    spread = np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))
    return ratio(tp * tn - fp * fn, spread)


FIGURES = MappingProxyType(
    {
        "accuracy": _share(_RIGHT, _OCCUPIED + _FREE),
        "balanced_accuracy": Figure(_balanced, (_OCCUPIED, _FREE)),
        "precision": _share((RIGHT_OCCUPIED,), _SAID_OCCUPIED),
        "recall": _share((RIGHT_OCCUPIED,), _OCCUPIED),
        "specificity": _share((RIGHT_FREE,), _FREE),
        "f1": Figure(_f1, (_OCCUPIED,)),
        "mcc": Figure(_mcc),
        "answered_share": _share(_ANSWERED, _OCCUPIED + _FREE),
        "answered_accuracy": _share(_RIGHT, _ANSWERED),
        "vehicles_right": _share((EXACT,), (COMPARED,)),
        "vehicle_error": Figure(lambda sums: ratio(sums[..., OFF], sums[..., COMPARED])),
        "vehicle_bias": Figure(lambda sums: ratio(sums[..., MORE], sums[..., COMPARED])),
    }
)
"""Every figure of frames; an unknown answer counts as wrong in accuracy, recall, specificity and MCC, and not in the precision."""


def frame_figures(
    truth: dict[Key, TrueState], found: dict[Key, Answer], chance: Chance
) -> dict[str, Any]:
    """Return the figures of single frames, of all, per condition and per bay, as metrics.json holds them.

    Parameters
    ----------
    truth, found
        By frame and bay. Answers without a truth are counted apart; a truth without an answer counts as unknown.
    chance
        Of the intervals. Whole frames are drawn, since the bays of one frame are right or wrong together.
    """
    return {
        "kind": "frames",
        **_figures(truth, found, chance),
        "rows_without_truth": len(found.keys() - truth.keys()),
        "by_condition": _by(truth, found, chance, lambda key: truth[key].condition),
        "by_bay": _by(truth, found, chance, lambda key: key[1]),
    }


def _by(
    truth: dict[Key, TrueState],
    found: dict[Key, Answer],
    chance: Chance,
    group_of: Callable[[Key], str],
) -> dict[str, Any]:
    groups: dict[str, dict[Key, TrueState]] = defaultdict(dict)
    for key, state in truth.items():
        groups[group_of(key)][key] = state
    return {name: _figures(groups[name], found, chance) for name in sorted(groups) if name}


def _figures(
    truth: dict[Key, TrueState], found: dict[Key, Answer], chance: Chance
) -> dict[str, Any]:
    counts = _counts(truth, found)
    sums = counts.sum(axis=0)
    return {
        "frames": len(counts),
        "answers_wanted": int(_sum(sums, _OCCUPIED + _FREE)),
        "occupied_true": int(_sum(sums, _OCCUPIED)),
        "unknown": int(sums[UNKNOWN_OCCUPIED] + sums[UNKNOWN_FREE]),
        "unknown_reasons": _reasons(found.get(key, NO_ANSWER) for key in truth),
        "vehicles_compared": int(sums[COMPARED]),
        **{name: point(figure, counts) for name, figure in FIGURES.items()},
        "intervals": {name: interval(figure, counts, chance) for name, figure in FIGURES.items()},
    }


def _counts(truth: dict[Key, TrueState], found: dict[Key, Answer]) -> Floats:
    """Return the counts of each frame, shape ``(frames, columns)``."""
    rows = {frame: index for index, frame in enumerate(dict.fromkeys(frame for frame, _ in truth))}
    counts = np.zeros((len(rows), COLUMNS))
    for key, state in truth.items():
        answer, row = found.get(key, NO_ANSWER), rows[key[0]]
        counts[row, _case(state, answer)] += 1
        if state.vehicles is not None and answer.vehicles is not None:
            more = answer.vehicles - state.vehicles
            counts[row, [COMPARED, EXACT, OFF, MORE]] += (1, more == 0, abs(more), more)
    return counts


def _case(state: TrueState, answer: Answer) -> int:
    said = (BayState.OCCUPIED, BayState.FREE, BayState.UNKNOWN).index(answer.state)
    if state.is_occupied:
        return _OCCUPIED[said]
    return (WRONG_OCCUPIED, RIGHT_FREE, UNKNOWN_FREE)[said]


def _reasons(answers: Iterable[Answer]) -> dict[str, int]:
    unknown = Counter(a.reason or "none" for a in answers if a.state is BayState.UNKNOWN)
    return dict(sorted(unknown.items()))
