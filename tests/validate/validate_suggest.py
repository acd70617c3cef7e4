"""T5 to T10: what suggestions gain, how often they harm, and whether their intervals and promises hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from judged import City, Row, fresh, kept

from checks import Check, Figure, Scale
from geo.study.words import Weights

COST = Weights().change_per_day

SIZES = {Scale.FULL: (200, (401, 402, 403, 404, 405)), Scale.SMALL: (8, (21,))}
"""Bays and seeds. Cities 201 to 204 were looked at while tuning; those of 401 to 405 were not."""

WORTH_JUDGING = 0.2
"""Predicted gain from which intervals are judged (science brief, section 6)."""

TOLERANCE = 0.04
"""Points per day that the simulated truth may be off (science brief, section 6: 0.04 to 0.05)."""

HARM = 0.02
"""Points per day of loss from which a change harms; below it is the error of the simulated truth."""


def cities(regime: str, weeks: int, scale: Scale) -> list[Row]:
    """Return the rows of all seeds of one kind of city."""
    bays, seeds = SIZES[scale]
    some = seeds if regime == "base" and weeks == 8 else seeds[:2]
    made = kept if scale is Scale.FULL else fresh
    return [row for seed in some for row in made(City(regime, weeks, bays, seed))]


def changed(rows: Sequence[Row]) -> list[Row]:
    """Return the rows where a change is proposed."""
    return [row for row in rows if row.decision == "change"]


def net_share(rows: Sequence[Row]) -> float:
    """Return the net gain of what is proposed over the oracle's: gain less the cost of each change."""
    ours = sum(row.true["gain"] - COST for row in changed(rows))
    return ours / max(sum(max(row.oracle - COST, 0.0) for row in rows), 1e-9)


def toy_share(rows: Sequence[Row]) -> float:
    """Return the same of the rule of thumb, with the tuning that is best after the fact."""
    oracle = sum(max(row.oracle - COST, 0.0) for row in rows)
    tunings = range(len(rows[0].toy))
    nets = [sum(g - COST for row in rows if (g := row.toy[t]) is not None) for t in tunings]
    return max(nets) / max(oracle, 1e-9)


def coverage(rows: Sequence[Row]) -> float:
    """Return the share of 90 % intervals of the gain that hold the truth."""
    judgeable = [row for row in rows if row.said and row.said["gain"][0] > WORTH_JUDGING]
    held = [
        row.said["gain"][1] - TOLERANCE <= row.true["gain"] <= row.said["gain"][2] + TOLERANCE
        for row in judgeable
    ]
    return float(np.mean(held)) if held else float("nan")


def _bar(name: str, value: float, limits: tuple[float, float]) -> Figure:
    least, most = limits
    wanted = f"{least:g} to {most:g}" if np.isfinite(limits).all() else ""
    wanted = wanted or (f">= {least:g}" if most == np.inf else f"<= {most:g}")
    return Figure(name, value, wanted, bool(least <= value <= most))


def _gain(scale: Scale) -> list[Figure]:
    if scale is Scale.SMALL:
        return [_bar("net gain, base, 8 weeks", net_share(cities("base", 8, scale)), (0.4, np.inf))]
    found = []
    for regime, weeks, bar in (("base", 8, 0.80), ("base", 3, 0.72), ("uniform", 8, 0.60)):
        rows = cities(regime, weeks, scale)
        found += [
            _bar(f"net gain, {regime}, {weeks} weeks", net_share(rows), (bar, np.inf)),
            Figure(
                f"rule of thumb, best of six tunings, {regime}, {weeks} weeks", toy_share(rows), ""
            ),
        ]
    return found


def _null(scale: Scale) -> list[Figure]:
    rows = cities("null", 8, scale)
    share = len(changed(rows)) / len(rows)
    return [_bar("bays changed where nothing should be", share, (-np.inf, 0.02))]


def _harm(scale: Scale) -> list[Figure]:
    rows = changed(cities("base", 8, scale))
    is_full = scale is Scale.FULL
    harm = float(np.mean([row.true["gain"] < -HARM for row in rows])) if rows else 0.0
    below = float(np.mean([row.true["gain"] < COST for row in rows])) if rows else 0.0
    return [
        _bar("harmful among proposed", harm, (-np.inf, 0.03)),
        _bar(
            "proposed with a true gain under its cost", below, (-np.inf, 0.15 if is_full else 0.34)
        ),
        Figure("proposed", len(rows), ""),
    ]


def _covered(scale: Scale) -> list[Figure]:
    name = "90 % interval of the gain holds the truth, base"
    if scale is Scale.SMALL:
        return [_bar(name, coverage(cities("base", 8, scale)), (0.5, 1.0))]
    return [
        _bar(name, coverage(cities("base", 8, scale)), (0.85, 0.95)),
        _bar("the same, uniform rule", coverage(cities("uniform", 8, scale)), (0.80, 1.0)),
        Figure("the same, base, 3 weeks", coverage(cities("base", 3, scale)), ""),
    ]


def _promised(scale: Scale) -> list[Figure]:
    rows = changed(cities("base", 8, scale))
    said = sum(row.said["gain"][0] for row in rows)
    true = sum(row.true["gain"] for row in rows)
    ratio = said / true if true else float("nan")
    return [
        _bar("gain predicted over true", ratio, (0.9, 1.15) if scale is Scale.FULL else (0.6, 1.6))
    ]


def _beats_toy(scale: Scale) -> list[Figure]:
    rows = cities("base", 8, scale)
    ahead = net_share(rows) - toy_share(rows)
    return [
        _bar(
            "net gain ahead of the rule of thumb",
            ahead,
            (0.55 if scale is Scale.FULL else 0.3, np.inf),
        )
    ]


# At the small scale the bars are wide: eight bays show that the whole chain runs and is not absurd.
CHECKS = [
    Check("T5", "net gain of suggestions", _gain),
    Check("T6", "a city where every rule is right", _null),
    Check("T7", "harm", _harm),
    Check("T8", "coverage of effect intervals", _covered),
    Check("T9", "promises kept", _promised),
    Check("T10", "against the rule of thumb", _beats_toy),
]
