"""Slot figures a second: what the store asks for when facts arrive, and when a sample or a backlog is loaded."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from bench_row import Row, compared
from geo.occupancy import SeenArrays, StayArrays, slot_figures
from geo.words import SLOT_S

DAY_S = 86_400
START_S = 1_772_406_000
"""Local midnight of 2026-03-02 in Paris."""


def bench_geo() -> list[Row]:
    """Measure figures of one bay and day, and of 300 bays and eight weeks with 200,000 stays at once."""
    one = _facts(bays=1, days=1, stays=12, seen=2)
    many = _facts(bays=300, days=56, stays=200_000, seen=60_000)
    return compared(
        {
            "slot figures: one bay and day at a time": _per_s(one, bays=1, days=1, times=200),
            "slot figures: 300 bays, 8 weeks, 200,000 stays": _per_s(
                many, bays=300, days=56, times=1
            ),
        }
    )


def _facts(*, bays: int, days: int, stays: int, seen: int) -> tuple[StayArrays, SeenArrays]:
    rng = np.random.default_rng(1)
    length_s = days * DAY_S
    arrived_s = START_S + rng.integers(0, length_s // 60, stays) * 60
    from_s = START_S + rng.integers(0, length_s, seen)
    return (
        StayArrays.of(
            rng.integers(0, bays, stays),
            rng.integers(0, 5, stays),
            arrived_s,
            arrived_s + rng.integers(0, 60, stays) * 60,
        ),
        SeenArrays.of(rng.integers(0, bays, seen), from_s, from_s + 20_000),
    )


def _per_s(facts: tuple[StayArrays, SeenArrays], *, bays: int, days: int, times: int) -> float:
    stays, seen = facts
    capacity = np.full(bays, 2)
    began = perf_counter()
    for _ in range(times):
        slot_figures(stays, seen, capacity, START_S, START_S + days * DAY_S)
    return bays * days * (DAY_S // SLOT_S) * times / (perf_counter() - began)
