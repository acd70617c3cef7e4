"""Figures of stays: found against true ones, intervals by drawing stays, and bay-hours for the occupied time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from geo.words import VEHICLE_CLASSES, Stay
from vision.evaluation.chance import (
    Chance,
    Figure,
    Floats,
    Interval,
    finite,
    interval,
    point,
    quantile_interval,
    ratio,
)
from vision.evaluation.pairing import Pairing, bay_hours, pair, span
from vision.evaluation.reading import TrueStay

TRUE, FOUND, MATCHED, SAME_CLASS = range(4)
"""Columns of the counts of a unit: a true stay with its match, or a found stay without one."""

P90 = 0.9


def _f1(sums: Floats) -> Floats:
    return ratio(2 * sums[..., MATCHED], sums[..., TRUE] + sums[..., FOUND])


FIGURES = MappingProxyType(
    {
        "precision": Figure(lambda sums: ratio(sums[..., MATCHED], sums[..., FOUND]), ((FOUND,),)),
        "recall": Figure(lambda sums: ratio(sums[..., MATCHED], sums[..., TRUE]), ((TRUE,),)),
        "f1": Figure(_f1, ((TRUE, FOUND),)),
        "class_accuracy": Figure(
            lambda sums: ratio(sums[..., SAME_CLASS], sums[..., MATCHED]), ((MATCHED,),)
        ),
    }
)
"""Every figure that counts stays."""

HOUR_FIGURES = MappingProxyType(
    {
        "occupied_time_error": Figure(lambda sums: ratio(sums[..., 3], sums[..., 0])),
        "occupied_time_bias": Figure(lambda sums: ratio(sums[..., 2] - sums[..., 1], sums[..., 0])),
    }
)
"""Shares of bay time in which truth and finding differ, and found minus true; from the columns of `bay_hours`."""


@dataclass(frozen=True)
class _Errors:
    """Errors in seconds, found minus true, each with its unit."""

    values: tuple[float, ...]
    units: tuple[int, ...]


def stay_figures(
    truth: Sequence[TrueStay], found: Sequence[Stay], chance: Chance
) -> dict[str, Any]:
    """Return the figures of stays, of all, per condition and per bay, as metrics.json holds them.

    Stays are matched one to one within a bay at a temporal IoU of 0.5; for one without departure see
    `geo.matching.match_stays`. Times are in seconds; their errors are of the matched stays whose end is known in both.
    A found stay without a match counts in the condition of the true stay that is nearest in time.
    """
    pairing = pair([one.stay for one in truth], found)
    conditions = _conditions(truth, found, pairing)
    return {
        "kind": "stays",
        **_figures(truth, found, chance),
        "by_condition": _by(truth, found, chance, [one.condition for one in truth], conditions),
        "by_bay": _by(
            truth,
            found,
            chance,
            [one.stay.bay_id for one in truth],
            [stay.bay_id for stay in found],
        ),
    }


def _by(
    truth: Sequence[TrueStay],
    found: Sequence[Stay],
    chance: Chance,
    true_groups: Sequence[str],
    found_groups: Sequence[str],
) -> dict[str, Any]:
    return {
        name: _figures(
            [one for one, group in zip(truth, true_groups, strict=True) if group == name],
            [one for one, group in zip(found, found_groups, strict=True) if group == name],
            chance,
        )
        for name in sorted({*true_groups, *found_groups})
        if name
    }


def _conditions(truth: Sequence[TrueStay], found: Sequence[Stay], pairing: Pairing) -> list[str]:
    """Return the condition of each found stay."""
    true_of = {found_index: index for index, found_index in pairing.found_of.items()}
    starts = np.array([span(one.stay)[0] for one in truth])
    nearest = (int(np.abs(starts - span(stay)[0]).argmin()) for stay in found)
    return [truth[true_of.get(i, near)].condition for i, near in enumerate(nearest)]


def _figures(truth: Sequence[TrueStay], found: Sequence[Stay], chance: Chance) -> dict[str, Any]:
    true = [one.stay for one in truth]
    pairing = pair(true, found)
    pairs = [(true[i], found[j], i) for i, j in sorted(pairing.found_of.items())]
    counts = _counts(true, found, pairing)
    figures = {name: point(figure, counts) for name, figure in FIGURES.items()}
    intervals = {name: interval(figure, counts, chance) for name, figure in FIGURES.items()}
    for name, error_of in _ERRORS.items():
        errors = _errors(pairs, error_of)
        figures |= _error_figures(name, errors)
        intervals |= _error_intervals(name, errors, len(counts), chance)
    hours = bay_hours(true, found) if true or found else np.zeros((1, 4))
    figures |= {name: point(figure, hours) for name, figure in HOUR_FIGURES.items()}
    intervals |= {name: interval(figure, hours, chance) for name, figure in HOUR_FIGURES.items()}
    return {
        "stays_true": len(true),
        "stays_found": len(found),
        "stays_matched": len(pairs),
        **figures,
        "mean_iou": finite(float(np.mean(pairing.ious))) if pairing.ious else None,
        "splits": sum(surplus > 0 for surplus in pairing.splits),
        "merges": sum(surplus > 0 for surplus in pairing.merges),
        "phantom_departures": sum(pairing.splits),
        "bay_hours": finite(float(hours[:, 0].sum() / 3600)),
        "class_confusion": _confusion(pairs),
        "intervals": intervals,
    }


def _counts(true: Sequence[Stay], found: Sequence[Stay], pairing: Pairing) -> Floats:
    """Return the counts of each unit, shape ``(units, 4)``: the true stays in order, then the found ones without a match."""
    rows = []
    for index, stay in enumerate(true):
        match = pairing.found_of.get(index)
        is_same = match is not None and found[match].vehicle_class is stay.vehicle_class
        rows.append((1, match is not None, match is not None, is_same))
    strangers = len(found) - len(pairing.found_of)
    return np.array(rows + [(0, 1, 0, 0)] * strangers, np.float64).reshape(-1, 4)


def _arrival(true: Stay, found: Stay) -> float | None:
    return (found.arrived_at - true.arrived_at).total_seconds()


def _departure(true: Stay, found: Stay) -> float | None:
    if true.departed_at is None or found.departed_at is None:
        return None
    return (found.departed_at - true.departed_at).total_seconds()


def _dwell(true: Stay, found: Stay) -> float | None:
    late = _departure(true, found)
    return None if late is None else late - (found.arrived_at - true.arrived_at).total_seconds()


_ERRORS: MappingProxyType[str, Callable[[Stay, Stay], float | None]] = MappingProxyType(
    {"arrival": _arrival, "departure": _departure, "dwell": _dwell}
)


def _errors(
    pairs: Sequence[tuple[Stay, Stay, int]], error_of: Callable[[Stay, Stay], float | None]
) -> _Errors:
    known = [(error, unit) for a, b, unit in pairs if (error := error_of(a, b)) is not None]
    return _Errors(tuple(e for e, _ in known), tuple(unit for _, unit in known))


def _error_figures(name: str, errors: _Errors) -> dict[str, float | None]:
    sizes = np.abs(errors.values)
    is_known = len(sizes) > 0
    return {
        f"{name}_error_s": float(np.median(sizes)) if is_known else None,
        f"{name}_error_p90_s": float(np.quantile(sizes, P90)) if is_known else None,
        f"{name}_bias_s": float(np.mean(errors.values)) if is_known else None,
    }


def _error_intervals(name: str, errors: _Errors, units: int, chance: Chance) -> dict[str, Interval]:
    sizes = [abs(value) for value in errors.values]
    sums = np.zeros((units, 2))
    sums[list(errors.units)] = [(value, 1) for value in errors.values] or np.zeros((0, 2))
    mean = Figure(lambda drawn: ratio(drawn[..., 0], drawn[..., 1]))
    return {
        f"{name}_error_s": quantile_interval(sizes, errors.units, units, 0.5, chance),
        f"{name}_error_p90_s": quantile_interval(sizes, errors.units, units, P90, chance),
        f"{name}_bias_s": interval(mean, sums, chance),
    }


def _confusion(pairs: Sequence[tuple[Stay, Stay, int]]) -> dict[str, dict[str, int]]:
    """Return how many matched stays of each true class got each class, true class first."""
    table = {true.value: {said.value: 0 for said in VEHICLE_CLASSES} for true in VEHICLE_CLASSES}
    for true, said, _ in pairs:
        table[true.vehicle_class.value][said.vehicle_class.value] += 1
    return table
