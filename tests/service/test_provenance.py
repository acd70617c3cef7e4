"""Tests of what figures rest on: which calibrations measured a bay, and why the rest was not seen."""

from __future__ import annotations

import shutil
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from geo.vocabulary import UNSEEN_REASON_LABELS
from service.ingest.calibrations import add_uses
from service.ingest.retention import DAYS_IN_MONTH, forget
from service.intervals import merge, merge_reasons, subtract
from service.provenance import unseen_by_reason
from service.store.calibrations import UseKey, uses_in
from service.store.database import WRITES, open_engine, reading, writing
from service.store.notes import get_note
from service.store.schema import MIGRATIONS, SchemaOutdated, check_current, check_tables, upgrade
from tests.service.world import BAYS, World, device_uuid, make_world

OLD, NEW = "2026-03-01T08:00Z-00aa", "2026-03-10T11:30:00+00:00-3f2a9b"
FAR_S = 10**10
Told = tuple[int, int, str]


def uses(world: World, bay: str = BAYS[0], since: int = -(10**6)) -> list[Told]:
    """Return the calibrations of a bay in minutes from now."""
    with reading(world.engine) as session:
        found = uses_in(session, [bay], world.now_s + since * 60, FAR_S).get(bay, [])
    return [
        ((use.from_s - world.now_s) // 60, (use.to_s - world.now_s) // 60, use.calibration)
        for use in found
    ]


def stored(world: World) -> list[tuple[Any, ...]]:
    """Return every kept time of a calibration."""
    with reading(world.engine) as session:
        return sorted(
            tuple(row) for row in session.execute(text("SELECT * FROM calibration_interval"))
        )


def test_a_new_calibration_begins_with_its_first_report(world: World) -> None:
    """Minutes become one row for each calibration, with the slots in which it measured; both share the slot between."""
    world.take(world.reports(-60, -31, calibration=OLD) + world.reports(-30, 0, calibration=NEW))
    assert uses(world) == [(-75, -30, OLD), (-45, 0, NEW)]
    assert len(stored(world)) == 2


def test_a_calibration_goes_on_after_silence_and_comes_back_after_another(world: World) -> None:
    """A silent hour ends nothing; the same calibration put back is a use of its own."""
    world.take(
        world.reports(-200, -181, calibration=OLD) + world.reports(-110, -91, calibration=OLD)
    )
    assert uses(world) == [(-210, -90, OLD)]
    world.take(world.reports(-80, -61, calibration=NEW) + world.reports(-40, -31, calibration=OLD))
    assert uses(world) == [(-210, -90, OLD), (-90, -60, NEW), (-45, -30, OLD)]


def test_a_period_is_told_only_what_it_used(world: World) -> None:
    """A calibration that ended before a period is none of its, and one that goes on is cut to it."""
    world.take(world.reports(-60, -31, calibration=OLD) + world.reports(-30, 0, calibration=NEW))
    assert uses(world, since=-20) == [(-20, 0, NEW)]


def test_unseen_minutes_count_as_use(world: World) -> None:
    """A dark night does not cut the time of a calibration into pieces."""
    world.take(world.reports(-30, 0, observed_s=0, reason="dark", calibration=OLD))
    assert uses(world) == [(-45, 0, OLD)]


def test_two_devices_keep_their_own_calibrations(world: World) -> None:
    """What one device measured by never lengthens another's."""
    other = world.add_key("other")
    world.take(world.reports(-30, -21, calibration=OLD))
    world.take(world.reports(-10, 0, device="other", calibration=OLD), other)
    assert {(row[1], row[3] - world.now_s) for row in stored(world)} == {
        (device_uuid("camera"), -45 * 60),
        (device_uuid("other"), -15 * 60),
    }
    assert uses(world) == [(-45, -15, OLD), (-15, 0, OLD)]


@pytest.mark.parametrize("calibration", [None, ""])
def test_a_report_need_not_name_its_calibration(world: World, calibration: str | None) -> None:
    """Nothing is kept where nothing is said."""
    assert world.take(world.reports(-5, 0, calibration=calibration)).failures == ()
    assert stored(world) == []


@pytest.mark.parametrize(
    "calibration",
    [
        "AB-123-CD",
        "2026-11-25",
        "2026-11-25T10:00Z",
        "2026-11-25T10:00-3f2a",
        "2026-11-25T10:00Z-3F2A",
        "2026-11-25T10:00Z-3f2",
        "2026-11-25T10:00Z-3f2a\n",
        "2026-13-25T10:00Z-3f2a",
        "2026-11-25T10:00+99:99-3f2a",
        "0001-01-01T00:00+14:00-3f2a",
        "٢٠٢٦-11-25T10:00Z-3f2a",
        "2026-11-25T10:00Z-3f2a" + "0" * 60,
    ],
)
def test_a_text_that_is_no_calibration_fails_its_item(world: World, calibration: str) -> None:
    """The form is said, the value is not repeated, and the other items are taken."""
    refused = world.report(-2, calibration=calibration)
    answer = world.take([refused, world.report(-1)])
    (failure,) = answer.failures
    assert (str(failure.item.event_id), failure.error) == (refused["event_id"], "invalid_event")
    assert answer.success == 1
    assert "as in 2026-11-25T10:00Z-3f2a" in failure.error_description
    assert calibration not in failure.error_description.replace("as in 2026-11-25T10:00Z-3f2a", "")


windows = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60), st.sampled_from([OLD, NEW])))


@pytest.fixture(scope="module")
def apart(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Give a world whose calibrations each example rolls back."""
    path = tmp_path_factory.mktemp("uses") / "uses.db"
    shutil.copy(sqlite_template, path)
    url = f"sqlite:///{path}"
    return make_world(url, open_engine(url))


@given(windows, st.data())
def test_neither_order_nor_parts_nor_repeats_of_uses_matter(
    apart: World, said: list[tuple[int, int, str]], data: st.DataObject
) -> None:
    """Whatever the order and the batches, and with a part said twice, the same rows are kept: the slots touched."""
    mixed = data.draw(st.permutations([*said, *said[: len(said) // 2]]))
    size = data.draw(st.integers(1, 5))
    touched = {
        (name, slot)
        for at, length, name in said
        for slot in range(at // 15, (at + length + 14) // 15)
    }
    device = device_uuid("camera")
    with Session(apart.engine) as session:
        for first in range(0, len(mixed), size):
            batch: dict[UseKey, list[tuple[int, int]]] = {}
            for at, length, name in mixed[first : first + size]:
                batch.setdefault((BAYS[0], device, name), []).append((at * 60, (at + length) * 60))
            add_uses(session, device, batch)
        rows = session.execute(text("SELECT calibration, from_s, to_s FROM calibration_interval"))
        found = sorted((name, start // 900, end // 900) for name, start, end in rows)
        session.rollback()
    assert {(name, slot) for name, start, end in found for slot in range(start, end)} == touched
    assert all(one[0] < other[0] or one[2] < other[1] for one, other in pairwise(found))


def test_calibrations_are_forgotten_with_the_times_seen(world: World) -> None:
    """What ended before the stays' retention goes, and what crosses it keeps its later part."""
    world.take(world.reports(-60, -31, calibration=OLD) + world.reports(-30, 0, calibration=NEW))
    cut_at = world.now - timedelta(minutes=15)
    with writing(world.engine) as session:
        forget(session, 30, 13, cut_at + timedelta(days=13 * DAYS_IN_MONTH))
    assert uses(world) == [(-15, 0, NEW)]


def test_a_database_of_the_first_version_is_brought_up_to_date(tmp_path: Path) -> None:
    """The later migrations add their tables and leave what was there."""
    engine = open_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO setting VALUES ('kept', 'yes')"))
    with pytest.raises(SchemaOutdated, match=r"revision 0001, wanted \d{4}: run"):
        check_current(engine)
    upgrade(engine)
    check_tables(engine)
    with reading(engine) as session:
        assert get_note(session, "kept") == "yes"
    engine.dispose()


def reasons(world: World, path: str) -> dict[str, float]:
    """Return the reasons that an answer tells."""
    answer = world.client().get(path).json()
    return {item["reason"]: item["share"] for item in answer["unseen"]}


WEEK = f"/api/v1/bays/{BAYS[0]}/week?weeks=1&until=2026-03-10"
MONTH = "/api/v1/communes/99001/figures?month=2026-03"


def test_reasons_for_what_was_not_seen_add_up_with_coverage(world: World) -> None:
    """Seen, told unseen and unreported time of a bay's week are the whole week."""
    hidden = world.reports(-119, 0, observed_s=30, reason="hidden")
    shifted = world.reports(-359, -120, observed_s=0, reason="shifted")
    for start in range(0, 360, 120):
        world.take([*hidden, *shifted][start : start + 120])
    week_s = 7 * 86_400
    assert reasons(world, WEEK) == {
        "unreported": round(1 - 6 * 3600 / week_s, 3),
        "shifted": round(4 * 3600 / week_s, 3),
        "hidden": round(3600 / week_s, 3),
    }


def test_a_reason_that_is_not_ours_is_counted_as_other(world: World) -> None:
    """A foreign word is taken as today, and told as another reason together with no reason at all."""
    goblins = world.reports(-179, -60, observed_s=0, reason="goblins")
    nameless = world.reports(-59, 60, observed_s=0)
    assert world.take([*goblins, *nameless[:60]]).failures == ()
    assert reasons(world, WEEK)["other"] == round(3 * 3600 / (7 * 86_400), 3)


def test_a_commune_tells_the_reasons_of_all_its_bays_and_of_each(world: World) -> None:
    """Shares of the commune are those of its bays' whole time."""
    world.take(world.reports(-359, -120, observed_s=0, reason="dark"))
    month = world.client().get(MONTH).json()
    of_one = {item["reason"]: item["share"] for item in month["bays"][0]["unseen"]}
    assert of_one["dark"] == pytest.approx(4 / (31 * 24 - 1), abs=1e-3)
    of_all = {item["reason"]: item["share"] for item in month["unseen"]}
    assert of_all["dark"] == pytest.approx(of_one["dark"] / 4, abs=1e-3)
    assert month["bays"][1]["unseen"] == [{"reason": "unreported", "share": 1.0}]


def test_time_an_officer_took_out_is_told_as_excluded(world: World) -> None:
    """An excluded period is so whether it was seen or not, and the answer is new at once."""
    world.take([*world.reports(-119, -60), *world.reports(-59, 0, observed_s=0, reason="dark")])
    client = world.client()
    before = client.get(MONTH)
    body = {
        "bay_id": BAYS[0],
        "from": "2026-03-10T10:30:00Z",
        "to": "2026-03-10T11:30:00Z",
        "reason": "works",
    }
    client.post("/api/v1/exclusions", json=body, headers=world.bearer("officer"))
    after = client.get(MONTH, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    week_s = 7 * 86_400
    told = reasons(world, WEEK)
    assert (told["excluded"], told["dark"]) == (round(3600 / week_s, 3), round(1800 / week_s, 3))


def test_a_changed_reason_changes_the_answer(world: World) -> None:
    """A reason that comes late, with nothing newly seen, is not hidden by the client's copy."""
    world.take(world.reports(-60, 0))
    client = world.client()
    before = client.get(MONTH)
    world.take(world.reports(-600, -400, observed_s=0, reason="dark"))
    again = client.get(MONTH, headers={"If-None-Match": before.headers["etag"]})
    assert again.status_code == 200
    assert {"reason": "dark", "share": 0.001} in again.json()["unseen"]


def test_figures_name_their_calibrations(world: World) -> None:
    """A bay tells each use with its time, the commune each calibration with how many bays it measured."""
    world.take(world.reports(-60, -31, calibration=OLD) + world.reports(-30, 0, calibration=NEW))
    world.take(world.reports(-60, -31, bay=BAYS[1], calibration=OLD))
    client = world.client()
    first = {
        "calibration": OLD,
        "made_at": "2026-03-01T08:00:00Z",
        "device_id": device_uuid("camera"),
        "from": "2026-03-10T10:45:00Z",
        "to": "2026-03-10T11:30:00Z",
    }
    second = {
        "calibration": NEW,
        "made_at": "2026-03-10T11:30:00Z",
        "device_id": device_uuid("camera"),
        "from": "2026-03-10T11:15:00Z",
        "to": "2026-03-10T12:00:00Z",
    }
    assert client.get(WEEK).json()["calibrations"] == [first, second]
    month = client.get(MONTH).json()
    assert month["calibrations"] == [{**first, "bays": 2}, {**second, "bays": 1}]
    assert [bay["calibrations"] for bay in month["bays"]] == [[OLD, NEW], [OLD], [], []]


def test_without_calibrations_none_is_named(world: World) -> None:
    """Figures of reports that name no calibration say that there is none."""
    world.take(world.reports(-60, 0))
    client = world.client()
    assert client.get(WEEK).json()["calibrations"] == []
    assert client.get(MONTH).json()["calibrations"] == []


pieces = st.lists(st.tuples(st.integers(-5, 30), st.integers(-5, 30)), max_size=6)
told = st.lists(
    st.tuples(st.integers(-5, 30), st.integers(-5, 30), st.sampled_from(["dark", "odd"])),
    max_size=6,
)


@given(pieces, told, pieces)
def test_every_second_of_a_period_is_seen_or_has_its_reason(
    seen: list[tuple[int, int]], unseen: list[Told], excluded: list[tuple[int, int]]
) -> None:
    """Seen time that counts and the reasons together are the period, and each reason has its word."""
    known = merge(seen)
    found = unseen_by_reason(known, merge_reasons(unseen, known), excluded, (0, 25))
    counted = subtract(subtract(known, excluded), [(-5, 0), (25, 30)])
    assert sum(found.values()) + sum(end - start for start, end in counted) == 25
    assert all(seconds > 0 for seconds in found.values())
    assert set(found) <= set(UNSEEN_REASON_LABELS)
