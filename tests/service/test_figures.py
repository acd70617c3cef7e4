"""Tests of the stored slot figures: packing, local days, late facts, retention, bulk loads."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from geo.bays import read_bays
from geo.local_time import midnight_s
from geo.occupancy import OPEN_S, SeenArrays, StayArrays, slot_figures
from geo.sums import typical_week as week_of_slots
from service.figure_cache import FigureCache, hour_span_s
from service.ingest.bulk import BulkFacts, load_facts
from service.ingest.exclude import exclude
from service.ingest.inventory import Inventory, save_inventory
from service.ingest.retention import forget
from service.months import month_of_commune
from service.store.axis import bay_axis
from service.store.coverage import purge_coverage, seen_near, unseen_near
from service.store.database import reading, writing
from service.store.exclusions import NewExclusion
from service.store.figures import day_versions, figure_days, read_figures, read_period
from service.store.packing import ROWS, pack, unpack
from service.weeks import typical_week
from tests.service.world import BAYS, World, bays_document, device_uuid

PARIS = "Europe/Paris"
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@given(st.sampled_from([92, 96, 100]), st.integers(0, 2**32 - 1))
def test_packed_figures_come_back(slots: int, seed: int) -> None:
    """What is packed is what is unpacked, for days of every length."""
    day = np.random.default_rng(seed).integers(0, 65536, (ROWS, slots)).astype(np.int32)
    packed = pack(day)
    assert packed.slots == slots
    np.testing.assert_array_equal(unpack(packed.figures, slots), day)


@pytest.mark.parametrize("value", [-1, 65536])
def test_a_figure_that_does_not_fit_is_never_cut(value: int) -> None:
    """More vehicle-seconds than 16 bits hold is an error, not another number."""
    day = np.zeros((ROWS, 96), np.int32)
    day[3, 5] = value
    with pytest.raises(ValueError, match="65535"):
        pack(day)


def facts(first_on: date, days: int, seed: int = 3) -> BulkFacts:
    """Build facts of all bays: seen but for an hour a day, stays at random, one of them open."""
    rng = np.random.default_rng(seed)
    start_s, end_s = midnight_s(first_on, PARIS), midnight_s(first_on + timedelta(days=days), PARIS)
    number = 40 * days
    arrived_s = rng.integers(start_s // 60, end_s // 60, number) * 60
    departed_s = arrived_s + rng.integers(0, 90, number) * 60
    departed_s[-1] = OPEN_S
    stays = StayArrays.of(
        rng.integers(0, len(BAYS), number), rng.integers(0, 5, number), arrived_s, departed_s
    )
    gaps_s = [midnight_s(first_on + timedelta(days=i), PARIS) + 5 * 3600 for i in range(days)]
    edges_s = [start_s, *(at_s for gap_s in gaps_s for at_s in (gap_s, gap_s + 3600)), end_s]
    seen = [
        (bay, from_s, to_s)
        for bay in range(len(BAYS))
        for from_s, to_s in zip(edges_s[::2], edges_s[1::2], strict=True)
    ]
    unseen = [(bay, gap_s, gap_s + 3600, "dark") for bay in BAYS for gap_s in gaps_s]
    return BulkFacts(
        device_uuid("bulk"), BAYS, stays, SeenArrays.of(*zip(*seen, strict=True)), unseen
    )


@pytest.mark.parametrize("changing_on", [SPRING, AUTUMN])
def test_days_on_which_the_clock_changes_are_whole(world: World, changing_on: date) -> None:
    """Stored figures around a change of clock are those of one uncut computation, and so is the typical week."""
    first_on = changing_on - timedelta(days=3)
    loaded = facts(first_on, 7)
    with writing(world.engine) as session:
        load_facts(session, loaded)
    last_on = first_on + timedelta(days=6)
    with reading(world.engine) as session:
        axis = bay_axis(session)
        found = read_figures(session, axis, first_on, last_on)
        week = typical_week(session, FigureCache(), axis, first_on, last_on)
    start_s, end_s = midnight_s(first_on, PARIS), midnight_s(last_on + timedelta(days=1), PARIS)
    expected = slot_figures(loaded.stays, loaded.seen, axis.capacity, start_s, end_s)
    for name in ("seen_s", "occupied_s", "full_s", "vehicle_s", "arrivals"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    by_slots = week_of_slots(expected, axis.capacity, PARIS)
    for name in ("span_s", "seen_s", "place_s", "occupied_s", "full_s", "vehicle_s", "arrivals"):
        np.testing.assert_array_equal(getattr(week, name), getattr(by_slots, name))


def test_the_hours_of_a_changing_day_last_as_long_as_they_do() -> None:
    """In spring the hour from 2 to 3 does not exist, in autumn it comes twice."""
    assert hour_span_s(SPRING, PARIS)[2] == 0
    assert hour_span_s(AUTUMN, PARIS)[2] == 7200
    assert hour_span_s(SPRING, PARIS).sum() == 23 * 3600


def test_any_cut_of_time_sums_to_the_same(world: World) -> None:
    """Two periods that meet have together what the whole has."""
    with writing(world.engine) as session:
        load_facts(session, facts(date(2026, 3, 2), 3))
    start_s = midnight_s(date(2026, 3, 2), PARIS)
    cut_s, end_s = start_s + 37 * 900, start_s + 3 * 86_400
    with reading(world.engine) as session:
        axis = bay_axis(session)
        parts = [
            read_period(session, axis, *period).occupied_s.sum()
            for period in ((start_s, cut_s), (cut_s, end_s), (start_s, end_s))
        ]
    assert parts[0] + parts[1] == parts[2] > 0


def test_loading_the_same_again_changes_nothing(world: World) -> None:
    """A bulk load cut short can be done again."""
    loaded = facts(date(2026, 3, 2), 3)
    with writing(world.engine) as session:
        load_facts(session, loaded)
    before = versions(world)
    with writing(world.engine) as session:
        load_facts(session, loaded)
    assert versions(world) == before
    with world.engine.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM stay")).scalar_one() == 120


def versions(world: World) -> dict[date, tuple[int, int]]:
    """Return the versions of all days."""
    with reading(world.engine) as session:
        return dict(day_versions(session, date(2026, 1, 1), date(2026, 12, 31)))


def test_a_late_fact_changes_its_own_days_only(world: World) -> None:
    """A stay over a local midnight that arrives late changes two days of its bay and no other."""
    world.now = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    world.take(world.reports(-300, 0))
    world.now += timedelta(hours=26)
    world.take(world.reports(-60, 0))
    before = versions(world)
    world.take(world.stay(-26 * 60 - 45, -26 * 60 - 10))
    after = versions(world)
    changed = {on for on in after if after[on] != before.get(on)}
    assert changed == {date(2026, 3, 10), date(2026, 3, 11)}
    assert len(after) == 3


def test_an_open_stay_fills_what_is_seen_and_no_more(world: World) -> None:
    """A vehicle that is still there takes its place in seen time; later seen time follows."""
    world.take([*world.reports(-59, 0, ["van"]), *world.stay(-59, None)])
    start_s = world.now_s - 3600
    with reading(world.engine) as session:
        found = read_period(session, bay_axis(session), start_s, world.now_s + 3600)
    assert found.occupied_s[0, :4].sum() == 3600 - 60
    assert found.occupied_s[0, 4:].sum() == 0
    world.now += timedelta(minutes=15)
    world.take(world.reports(-14, 0, ["van"]))
    with reading(world.engine) as session:
        found = read_period(session, bay_axis(session), start_s, world.now_s)
    assert found.occupied_s[0, 4].sum() == 900


def test_an_excluded_day_has_no_figures_and_gets_them_back(world: World) -> None:
    """Excluding all of a day removes its row; the period then has no figures."""
    world.take(world.reports(-59, 0))
    before = versions(world)
    start_s = world.now_s - 86_400
    with writing(world.engine) as session:
        exclude(
            session,
            world.device,
            NewExclusion(BAYS[0], None, start_s, world.now_s, "works"),
            world.now,
        )
    assert before
    assert versions(world) == {}
    with reading(world.engine) as session:
        assert figure_days(session) is None


def test_a_bay_that_joins_an_excluded_device_is_excluded_too(world: World) -> None:
    """What others saw of a bay in a device's excluded time goes when the device first reports on it."""
    other = world.add_key("other")
    seen_before = world.reports(-59, -30, bay=BAYS[1], device="other")
    world.take(seen_before, other)
    world.take(world.reports(-59, -30))
    period = (world.now_s - 3600, world.now_s - 1800)
    with writing(world.engine) as session:
        wanted = NewExclusion(None, world.device.device_id, *period, "moved")
        exclude(session, world.device, wanted, world.now)
    assert [number for number, _ in versions(world).values()] == [1]
    world.take([world.report(0, bay=BAYS[1])])
    with reading(world.engine) as session:
        found = read_period(session, bay_axis(session), period[0], world.now_s)
    assert found.seen_s[1].tolist() == [0, 0, 0, 60]


def test_what_is_too_old_is_forgotten_and_its_figures_stay(world: World) -> None:
    """Raw events go after a month, stays after thirteen; the figures made of them remain."""
    world.take([*world.reports(-59, 0), *world.stay(-50, -20)])
    before = versions(world)
    with writing(world.engine) as session:
        assert forget(session, 30, 13, world.now + timedelta(days=30)).events == 0
        kept = forget(session, 30, 13, world.now + timedelta(days=32))
        assert (kept.events, kept.stays) == (62, 0)
        assert forget(session, 30, 13, world.now + timedelta(days=400)).stays == 1
    assert versions(world) == before


def test_forgotten_stays_leave_no_empty_bay(world: World) -> None:
    """A forgotten month reads as not seen rather than free, and neither officer nor inventory empties its slots."""
    world.take([*world.reports(-59, 0), *world.stay(-50, -20)])
    before = versions(world)
    with writing(world.engine) as session:
        forget(session, 30, 13, world.now + timedelta(days=400))
    with reading(world.engine) as session:
        month = month_of_commune(session, "99001", world.now.date().replace(day=1))
    assert (month.occupancy.value, month.coverage, month.stays) == (None, 0.0, 0)
    with writing(world.engine) as session:
        wanted = NewExclusion(BAYS[0], None, world.now_s - 900, world.now_s, "works")
        exclude(session, world.device, wanted, world.now)
        save_inventory(session, Inventory(read_bays(bays_document(3)).bays))
    assert versions(world) == before


def test_what_crosses_the_end_of_memory_keeps_its_later_part(world: World) -> None:
    """Only what lies before the retention is forgotten of a seen or unseen time."""
    world.take([*world.reports(-59, -30), *world.reports(-29, 0, observed_s=0)])
    cut_s = world.now_s - 40 * 60
    with writing(world.engine) as session:
        purge_coverage(session, cut_s)
        assert seen_near(session, [BAYS[0]], 0, world.now_s) == {
            BAYS[0]: [(cut_s, world.now_s - 30 * 60)]
        }
        purge_coverage(session, world.now_s - 10 * 60)
        assert seen_near(session, [BAYS[0]], 0, world.now_s) == {BAYS[0]: []}
        ((from_s, to_s, _),) = unseen_near(session, [BAYS[0]], 0, world.now_s)[BAYS[0]]
    assert (from_s, to_s) == (world.now_s - 10 * 60, world.now_s)


def test_a_departure_after_its_start_was_forgotten_still_counts(world: World) -> None:
    """The stay keeps its arrival when the raw event is gone."""
    start, end = world.stay(-50, -20)
    world.take([start])
    with writing(world.engine) as session:
        forget(session, 30, 13, world.now + timedelta(days=32))
    world.take([end])
    with world.engine.connect() as connection:
        (stay,) = connection.execute(text("SELECT arrived_s, departed_s FROM stay")).all()
    assert tuple(stay) == (world.now_s - 3000, world.now_s - 1200)
