"""How good it is: predictions against frame truth, found stays against true ones."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from geo.errors import UnknownBay
from geo.matching import match_stays
from geo.words import Stay
from vision.files import Row
from vision.observation import BayState

Figures = dict[str, float | int | str | None]


@dataclass(frozen=True)
class Counts:
    """Truth against answers; the first word is the answer."""

    right_occupied: int
    wrong_free: int
    unknown_occupied: int
    right_free: int
    wrong_occupied: int
    unknown_free: int


def frame_figures(truth: Sequence[Row], found: Sequence[Row]) -> Figures:
    """Return the figures of single frames.

    Parameters
    ----------
    truth
        Rows of truth.csv.
    found
        Rows of predictions.csv. Rows without a truth are counted apart; a truth without a row counts as unknown.

    Returns
    -------
    Figures
        Shares in 0..1; None where the truth holds no such case. `recall` and `specificity` count an unknown as wrong, and
        `balanced_accuracy` is their mean; `answered_accuracy` leaves the unknown out.

    Raises
    ------
    UnknownBay
        When no answer concerns a bay of the truth at all.
    """
    answers = {(row["frame"], row["bay_id"]): row["state"] for row in found}
    wanted = {(row["frame"], row["bay_id"]): row["occupied"] == "1" for row in truth}
    if not answers.keys() & wanted.keys():
        raise UnknownBay(_strangers(answers, wanted))
    pairs = Counter(
        (occupied, answers.get(key, BayState.UNKNOWN.value)) for key, occupied in wanted.items()
    )
    counts = Counts(*(pairs[occupied, state] for occupied, state in _CASES))
    return {**_frame_shares(counts), "rows_without_truth": len(answers.keys() - wanted.keys())}


_CASES = (
    (True, BayState.OCCUPIED.value),
    (True, BayState.FREE.value),
    (True, BayState.UNKNOWN.value),
    (False, BayState.FREE.value),
    (False, BayState.OCCUPIED.value),
    (False, BayState.UNKNOWN.value),
)
"""Truth and answer of each field of `Counts`, in its order."""


def _strangers(answers: dict[tuple[str, str], str], wanted: dict[tuple[str, str], bool]) -> str:
    found = sorted({bay for _, bay in answers})[:5]
    known = sorted({bay for _, bay in wanted})[:5]
    return (
        f"no answer concerns a frame and bay of the truth: found the bays {', '.join(found) or 'none'}, "
        f"wanted {', '.join(known) or 'none'}, in the same frames"
    )


def _frame_shares(counts: Counts) -> Figures:
    occupied = counts.right_occupied + counts.wrong_free + counts.unknown_occupied
    free = counts.right_free + counts.wrong_occupied + counts.unknown_free
    right = counts.right_occupied + counts.right_free
    unknown = counts.unknown_occupied + counts.unknown_free
    recall, specificity = _share(counts.right_occupied, occupied), _share(counts.right_free, free)
    known = [share for share in (recall, specificity) if share is not None]
    return {
        "kind": "frames",
        "answers_wanted": occupied + free,
        "occupied_true": occupied,
        "unknown": unknown,
        "accuracy": _share(right, occupied + free),
        "balanced_accuracy": sum(known) / len(known) if known else None,
        "recall": recall,
        "specificity": specificity,
        "answered_share": _share(occupied + free - unknown, occupied + free),
        "answered_accuracy": _share(right, occupied + free - unknown),
    }


def stay_figures(truth: Sequence[Stay], found: Sequence[Stay]) -> Figures:
    """Return the figures of stays, matched one to one within a bay at a temporal IoU of 0.5.

    For a stay without departure see `geo.matching.match_stays`. Times are in seconds; their errors are medians of absolute
    differences over the matched stays whose end is known in both.
    """
    matches = match_stays([_interval(stay) for stay in truth], [_interval(stay) for stay in found])
    pairs = [(truth[match.true_index], found[match.found_index]) for match in matches]
    return {
        "kind": "stays",
        "stays_true": len(truth),
        "stays_found": len(found),
        "stays_matched": len(pairs),
        "precision": _share(len(pairs), len(found)),
        "recall": _share(len(pairs), len(truth)),
        "class_accuracy": _share(
            sum(a.vehicle_class is b.vehicle_class for a, b in pairs), len(pairs)
        ),
        "arrival_error_s": _median_s([(a.arrived_at, b.arrived_at) for a, b in pairs]),
        "departure_error_s": _median_s(
            [(a.departed_at, b.departed_at) for a, b in pairs if a.departed_at and b.departed_at]
        ),
        "mean_iou": _share(sum(match.iou for match in matches), len(matches)),
    }


def table(figures: Figures) -> str:
    """Return the figures as a Markdown table."""
    lines = ["| figure | value |", "|---|--:|"]
    for name, value in figures.items():
        shown = "-" if value is None else f"{value:.4f}" if isinstance(value, float) else str(value)
        lines.append(f"| {name} | {shown} |")
    return "\n".join(lines)


def _interval(stay: Stay) -> tuple[str, float, float]:
    departed_s = stay.departed_at.timestamp() if stay.departed_at else math.inf
    return stay.bay_id, stay.arrived_at.timestamp(), departed_s


def _median_s(pairs: list[tuple[datetime, datetime]]) -> float | None:
    errors = [abs((a - b).total_seconds()) for a, b in pairs]
    return statistics.median(errors) if errors else None


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None
