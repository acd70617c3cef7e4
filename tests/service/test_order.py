"""Tests that neither order nor batching of events matters."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import text

from service.security import AccessKey, Profile
from service.store.database import reading
from tests.service.conftest import empty
from tests.service.world import BAYS, World, make_world

TABLES = {
    "stay": "stay_id, bay_id, session_id, vehicle_class, confidence, arrived_s, departed_s, cut_found_s, source",
    "seen_interval": "bay_id, from_s, to_s",
    "unseen_interval": "bay_id, from_s, to_s, reason",
    "day_figure": "bay_id, on_date, slots, checksum",
    "event": "device_id, event_id, bay_id, event_type, event_s, session_id, detail",
}
SPAN_MIN = 90
"""Crosses a local midnight: now is set to half an hour after it."""


def sessions_scene(world: World, rng: random.Random) -> list[dict[str, Any]]:
    """Build what a device sends of two bays: stays, some without their end or start, and gappy reports."""
    events: list[dict[str, Any]] = []
    for bay in BAYS[:2]:
        present = []
        for _ in range(rng.randint(2, 6)):
            arrived = rng.randint(-SPAN_MIN, -5)
            departed = arrived + rng.randint(0, 40)
            stay = world.stay(arrived, min(departed, 0), rng.choice(["van", "car", "truck"]), bay)
            kept = rng.choice([stay, stay, stay[:1], stay[1:]])
            events += kept
            present.append((arrived, departed))
        events += reports(world, rng, bay, "camera", present)
    return events


def reports(
    world: World, rng: random.Random, bay: str, device: str, present: list[tuple[int, int]]
) -> list[dict[str, Any]]:
    """Build a bay's reports, some missing, some blind, some miscounting, some said twice."""
    made = []
    for minute in range(-SPAN_MIN, 1):
        count = sum(arrived < minute <= departed for arrived, departed in present)
        count = max(0, count + rng.choice([0] * 8 + [-1, 1]))
        observed_s = rng.choice([60] * 8 + [0, 30])
        reason = rng.choice(["", "dark", "blocked"])
        if rng.random() < 0.9:
            names = rng.choices(["van", "car"], k=count)
            made.append(world.report(minute, names, observed_s, bay, device, reason))
        if rng.random() < 0.05:
            made.append(world.report(minute, ["van"], 60, bay, device))
    return made


def counts_scene(world: World, rng: random.Random) -> list[dict[str, Any]]:
    """Build what a counting device sends of two bays."""
    spans = [(a, a + rng.randint(1, 40)) for a in rng.sample(range(-SPAN_MIN, 0), 8)]
    return [
        *reports(world, rng, BAYS[0], "counter", spans[:4]),
        *reports(world, rng, BAYS[1], "counter", spans[4:]),
    ]


def snapshot(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """Return every column that facts and figures have."""
    with reading(world.engine) as session:
        return {
            table: sorted(
                (tuple(row) for row in session.execute(text(f"SELECT {columns} FROM {table}"))),  # noqa: S608
                key=repr,
            )
            for table, columns in TABLES.items()
        }


def fresh(world: World, profile: Profile) -> tuple[World, AccessKey]:
    """Empty the world and make it anew half an hour after a local midnight."""
    empty(world.engine)
    made = make_world(world.url, world.engine)
    made.now = made.now.replace(hour=23, minute=30)
    key = made.add_key("counter" if profile is Profile.COUNTS else "camera", profile=profile)
    return made, key


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_batching_gives_the_same_tables(
    world: World, profile: Profile, seed: int
) -> None:
    """Events in order in one batch, or shuffled with repeats in many, give identical facts and figures."""
    rng = random.Random(seed)
    made, key = fresh(world, profile)
    scene = (sessions_scene if profile is Profile.STAYS else counts_scene)(made, rng)
    assert made.take(sorted(scene, key=lambda event: event["event_time"]), key).failures == ()
    expected = snapshot(made)
    assert expected["stay"]
    assert expected["day_figure"]
    for _ in range(2):
        made, key = fresh(world, profile)
        shuffled = [*scene, *rng.sample(scene, len(scene) // 4)]
        rng.shuffle(shuffled)
        while shuffled:
            size = rng.choice([1, 2, 7, 60])
            made.take(shuffled[:size], key)
            shuffled = shuffled[size:]
        assert snapshot(made) == expected
