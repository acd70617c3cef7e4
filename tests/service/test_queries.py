"""Tests that the documented SQL gives the figures of the API, on both databases."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.ingest.exclude import exclude
from service.moments import utc_text
from service.store.database import reading, writing
from service.store.exclusions import NewExclusion
from tests.service.world import BAYS, World

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "queries.md"
CALIBRATIONS = ("2026-03-01T08:00Z-00aa", "2026-03-10T00:15Z-3f2a")


def query(name: str) -> str:
    """Return a query of the page by its name."""
    found = re.search(rf"<!-- query: {name}.*? -->\n```sql\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None, f"no query {name} on {PAGE}"
    return found[1]


def dwell_query() -> str:
    """Return the query of dwell times: the parts of the stays query, then its own."""
    return query("stays").split("SELECT s.vehicle_class")[0] + query("dwell")


def run(world: World, sql: str, place: str, from_s: int, to_s: int) -> list[Any]:
    """Run a query of the page."""
    with reading(world.engine) as session:
        values = {"place": place, "from_s": from_s, "to_s": to_s}
        return list(session.execute(text(sql), values))


@pytest.fixture
def lived(world: World) -> World:
    """Give a world with two days of stays, gaps and an excluded hour."""
    rng = random.Random(5)
    world.now = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    for bay in BAYS[:3]:
        events = []
        for minute in range(-1500, 0):
            if rng.random() < 0.8:
                observed_s = rng.choice([60, 60, 60, 45, 0])
                made = CALIBRATIONS[minute > -700]
                reason = rng.choice(["dark", "shifted"])
                event = world.report(minute, [], observed_s, bay, reason=reason, calibration=made)
                event.pop("curb_occupants", None)
                events.append(event)
        for _ in range(60):
            arrived = rng.randint(-1500, -30)
            kind = rng.choice(["van", "car", "bicycle"])
            events += world.stay(arrived, arrived + rng.randint(0, 29), kind, bay)
        events += world.stay(-10, None, "truck", bay)
        for start in range(0, len(events), 500):
            assert world.take(events[start : start + 500]).failures == ()
    officer = world.device
    start_s = world.now_s - 600 * 60 + 30
    with writing(world.engine) as session:
        exclude(
            session,
            officer,
            NewExclusion(BAYS[0], None, start_s, start_s + 3600, "works"),
            world.now,
        )
    return world


def test_occupancy_by_sql_is_that_of_the_api(lived: World) -> None:
    """Occupancy, coverage, full share, seen time and stays of bays and communes are those the API answers."""
    client = lived.client()
    for first_slot, slots in ((-4, 1), (-40, 8), (-96, 96)):
        from_s = lived.now_s + first_slot * 900
        to_s = from_s + slots * 900
        told = [datetime.fromtimestamp(at_s, UTC).isoformat() for at_s in (from_s, to_s)]
        for place, level in (
            (BAYS[0], "bay"),
            (BAYS[1], "bay"),
            (BAYS[3], "bay"),
            ("99001", "commune"),
        ):
            wanted = {"from": told[0], "to": told[1], "level": level}
            answer = client.get("/api/v1/occupancy", params=wanted).json()
            item = next(item for item in answer["items"] if item["id"] == place)
            ((seen_s, *shares),) = run(lived, query("occupancy"), place, from_s, to_s)
            stays = dict(tuple(row) for row in run(lived, query("stays"), place, from_s, to_s))
            found = [item["occupancy"], item["coverage"] or None, item["full_share"]]
            assert found == [share and pytest.approx(float(share), abs=5e-4) for share in shares]
            assert (item["seen_s"], item["arrivals"]) == (seen_s or 0, sum(stays.values()))


def test_month_by_sql_is_that_of_the_api(lived: World) -> None:
    """Occupancy, stays, class mix and dwell times of a commune's month are those the API answers."""
    month = lived.client().get("/api/v1/communes/99001/figures?month=2026-03").json()
    from_s = int(datetime(2026, 2, 28, 23, tzinfo=UTC).timestamp())
    to_s = int(datetime(2026, 3, 31, 22, tzinfo=UTC).timestamp())
    ((_, occupancy, coverage, full_share),) = run(lived, query("occupancy"), "99001", from_s, to_s)
    assert month["occupancy"]["value"] == pytest.approx(float(occupancy), abs=5e-4)
    assert month["coverage"] == pytest.approx(float(coverage), abs=5e-4)
    assert month["full_share"] == pytest.approx(float(full_share), abs=5e-4)
    stays = dict(tuple(row) for row in run(lived, query("stays"), "99001", from_s, to_s))
    assert month["stays"] == sum(stays.values())
    assert month["stays"] > 100
    for name, number in stays.items():
        assert month["class_mix"][name] == pytest.approx(number / sum(stays.values()), abs=5e-4)
    ((median_min, p90_min),) = run(lived, dwell_query(), "99001", from_s, to_s)
    assert month["dwell_min"]["median"] == pytest.approx(float(median_min), abs=5e-4)
    assert month["dwell_min"]["p90"] == pytest.approx(float(p90_min), abs=5e-4)


def test_what_figures_rest_on_by_sql_is_that_of_the_api(lived: World) -> None:
    """Calibrations and reasons of a bay's week and of a commune's month are those the API answers."""
    client = lived.client()
    month = client.get("/api/v1/communes/99001/figures?month=2026-03").json()
    week = client.get(f"/api/v1/bays/{BAYS[0]}/week?weeks=1&until=2026-03-10").json()
    for place, answer, bays, first_on, last_on in (
        ("99001", month, 4, (2026, 2, 28), (2026, 3, 31)),
        (BAYS[0], week, 1, (2026, 3, 3), (2026, 3, 10)),
    ):
        hour = 22 if last_on == (2026, 3, 31) else 23
        from_s = int(datetime(*first_on, 23, tzinfo=UTC).timestamp())
        to_s = int(datetime(*last_on, hour, tzinfo=UTC).timestamp())
        named = run(lived, query("calibrations"), place, from_s, to_s)
        assert [row[0] for row in named] == list(CALIBRATIONS)
        found = [(row[0], row[1], utc_text(row[2]), utc_text(row[3])) for row in named]
        assert found == [
            (use["calibration"], use["device_id"], use["from"], use["to"])
            for use in answer["calibrations"]
        ]
        assert [row[4] for row in named] == [use.get("bays", 1) for use in answer["calibrations"]]
        told = {item["reason"]: item["share"] for item in answer["unseen"]}
        for reason, seconds in run(lived, query("unseen"), place, from_s, to_s):
            assert told[reason] == pytest.approx(int(seconds) / (to_s - from_s) / bays, abs=5e-4)
