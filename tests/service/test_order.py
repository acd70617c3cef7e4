"""Tests that neither order nor batching of events matters."""

from __future__ import annotations

import random
from itertools import permutations
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
    "double_parking": "bay_id, on_date, slots, seconds",
    "calibration_interval": "bay_id, device_id, calibration, from_s, to_s",
    "day_figure": "bay_id, on_date, slots, checksum",
    "event": "device_id, event_id, bay_id, event_type, event_s, session_id, detail",
}
CALIBRATIONS = ("2026-03-01T08:00Z-00aa", "2026-03-10T22:50Z-3f2a", None)
Scene = list[dict[str, Any]]

SPAN_MIN = 50
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
    slips = rng.choice([[0], [0] * 8 + [-1, 1], [-2, -1, -1, 0]])
    for minute in range(-SPAN_MIN, 1):
        count = sum(arrived < minute <= departed for arrived, departed in present)
        count = max(0, count + rng.choice(slips))
        observed_s = rng.choice([60] * 8 + [0, 30])
        reason = rng.choice(["", "dark", "blocked"])
        calibration = rng.choice([CALIBRATIONS[minute > -20]] * 8 + [*CALIBRATIONS])
        if rng.random() < 0.9:
            names = rng.choices(["van", "car"], k=count)
            made.append(world.report(minute, names, observed_s, bay, device, reason, calibration))
            made[-1]["custom_attributes"]["double_parked_s"] = str(rng.choice([0] * 9 + [25]))
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


def small_steps(scene: Scene, rng: random.Random) -> list[Scene]:
    """Return what a device sends as it goes, a minute or two at a time, some of it twice."""
    ordered = sorted(scene, key=lambda event: event["event_time"])
    batches = cut(ordered, rng, (2, 5, 12))
    return [*batches, *rng.sample(batches, len(batches) // 8)]


def latest_first(scene: Scene, rng: random.Random) -> list[Scene]:
    """Return what an outbox emptied from its end would send."""
    return small_steps(scene, rng)[::-1]


def late_parts(scene: Scene, rng: random.Random) -> list[Scene]:
    """Return steps of which one in six comes after all others, as after a lost connection."""
    batches = small_steps(scene, rng)
    late = set(rng.sample(range(len(batches)), len(batches) // 6))
    return [
        *(batch for i, batch in enumerate(batches) if i not in late),
        *(batches[i] for i in sorted(late)),
    ]


def ends_last(scene: Scene, rng: random.Random) -> list[Scene]:
    """Return all reports, then all starts, then all ends, in small steps each."""
    kinds = ("scheduled_report", "park_start", "park_end")
    parts = [[event for event in scene if event["event_type"] == kind] for kind in kinds]
    return [batch for part in parts for batch in small_steps(part, rng)]


def shuffled(scene: Scene, rng: random.Random) -> list[Scene]:
    """Return no order at all, in batches of very different sizes."""
    mixed = [*scene, *rng.sample(scene, len(scene) // 4)]
    rng.shuffle(mixed)
    return cut(mixed, rng, (1, 7, 60))


def cut(events: Scene, rng: random.Random, sizes: tuple[int, ...]) -> list[Scene]:
    """Cut events into batches of some sizes."""
    batches = []
    while events:
        size = rng.choice(sizes)
        batches.append(events[:size])
        events = events[size:]
    return batches


ORDERS = (small_steps, latest_first, late_parts, ends_last, shuffled)


def fresh(world: World, profile: Profile) -> tuple[World, AccessKey]:
    """Empty the world and make it anew half an hour after a local midnight."""
    empty(world.engine)
    made = make_world(world.url, world.engine)
    made.now = made.now.replace(hour=23, minute=30)
    key = made.add_key("counter" if profile is Profile.COUNTS else "camera", profile=profile)
    return made, key


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("seed", range(3))
def test_any_order_and_batching_gives_the_same_tables(
    world: World, profile: Profile, seed: int
) -> None:
    """Events in one batch or in many, in order, late, reversed or shuffled, give identical facts and figures."""
    rng = random.Random(seed)
    made, key = fresh(world, profile)
    scene = (sessions_scene if profile is Profile.STAYS else counts_scene)(made, rng)
    assert made.take(sorted(scene, key=lambda event: event["event_time"]), key).failures == ()
    expected = snapshot(made)
    assert expected["stay"]
    assert expected["day_figure"]
    assert expected["calibration_interval"]
    assert expected["double_parking"]
    for order in ORDERS if "sqlite" in world.url else (late_parts,):
        made, key = fresh(world, profile)
        for batch in order(scene, rng):
            made.take(batch, key)
        assert snapshot(made) == expected, order.__name__


@pytest.mark.parametrize("pieces", [1, 2])
def test_every_order_of_a_lost_departure_ends_alike(world: World, pieces: int) -> None:
    """Two stays, one without its end, and counts that fall from two to one to none: each order of parts ends alike."""
    made, key = fresh(world, Profile.STAYS)
    start, end = made.stay(-30, -6)
    (lost,) = made.stay(-28, None, "car")
    early = [*made.reports(-29, -21, ["van", "car"]), *made.reports(-20, -16, ["van"])]
    late = [*made.reports(-15, -6, ["van"]), *made.reports(-5, 0)]
    parts = [[lost], early, late, *([[start, end]] if pieces == 1 else [[start], [end]])]
    made.take([event for part in parts for event in part], key)
    expected = snapshot(made)
    assert [stay[6] for stay in expected["stay"] if stay[7]] == [made.now_s - 21 * 60]
    orders = list(permutations(parts))
    for order in orders[:: 2 if "sqlite" in world.url else 20]:
        made, key = fresh(world, Profile.STAYS)
        for part in order:
            made.take(part, key)
        assert snapshot(made) == expected
