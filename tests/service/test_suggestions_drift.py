"""Tests of suggestions that expire because their bay is no longer as it was when they were made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from click.testing import CliRunner

from geo.local_time import midnight_s
from geo.occupancy import SeenArrays, StayArrays
from geo.words import VEHICLE_CLASSES, VehicleClass
from service.cli import root
from service.ingest.bulk import BulkFacts, load_facts
from service.jobs.drift import expire_drifted
from service.jobs.suggest import RunWanted, run_suggestions
from service.lifecycle import Decision, Status
from service.security import Role
from service.store.database import reading, writing
from service.store.suggestions import (
    Step,
    Suggestion,
    Wanted,
    decide,
    get_suggestion,
    list_suggestions,
    trail,
)
from tests.service.suggested import FakeAdvisor, record
from tests.service.world import BAYS, World, device_uuid

HALVES, STABLE = BAYS[:2]
FIRST_ON = date(2026, 1, 5)
"""A Monday."""
WEEKS_SINCE = 4
PER_DAY = 12
VAN = VEHICLE_CLASSES.index(VehicleClass.VAN)
ZONE = "Europe/Paris"


def live(world: World, weeks_before: int) -> None:
    """Load weeks in which both bays are seen all day; the deliveries of the first halve after some weeks."""
    stays, seen = [], []
    for day in range(7 * (weeks_before + WEEKS_SINCE)):
        start_s = midnight_s(FIRST_ON + timedelta(days=day), ZONE)
        end_s = midnight_s(FIRST_ON + timedelta(days=day + 1), ZONE)
        halved = PER_DAY // 2 if day >= 7 * weeks_before else PER_DAY
        for bay, per_day in enumerate((halved, PER_DAY)):
            seen.append((bay, start_s, end_s))
            arrivals = (start_s + (8 * 60 + 40 * n) * 60 for n in range(per_day))
            stays.extend((bay, VAN, at_s, at_s + 600) for at_s in arrivals)
    facts = BulkFacts(
        device_uuid("camera"),
        (HALVES, STABLE),
        StayArrays.of(*zip(*stays, strict=True)),
        SeenArrays.of(*zip(*seen, strict=True)),
    )
    with writing(world.engine) as session:
        load_facts(session, facts)


def noon(weeks: int) -> datetime:
    """Return noon of the day after so many weeks."""
    return datetime.combine(FIRST_ON + timedelta(weeks=weeks), time(12), UTC)


def suggested(world: World, weeks_before: int) -> list[Suggestion]:
    """Live, and propose a change for both bays from the weeks before; return both by bay."""
    live(world, weeks_before)
    advisor = FakeAdvisor((record(HALVES), record(STABLE)))
    run_suggestions(world.engine, advisor, RunWanted("99001"), noon(weeks_before))
    with reading(world.engine) as session:
        return sorted(list_suggestions(session, Wanted()), key=lambda item: item.bay_id)


def after(world: World, items: Sequence[Suggestion]) -> list[tuple[Status | None, Step]]:
    """Return the status of suggestions now, and the last step of their trails."""
    with reading(world.engine) as session:
        return [
            (get_suggestion(session, item.id).status, trail(session, item.id)[-1]) for item in items
        ]


@pytest.mark.parametrize("to", [None, Status.MORE_DATA, Status.ACCEPTED])
def test_a_bay_that_changed_lets_its_suggestion_expire(world: World, to: Status | None) -> None:
    """Proposed, accepted or waiting, it expires once, and the trail says what went where and when; a stable bay stays."""
    items = suggested(world, 6)
    if to is not None:
        key = world.add_key("another officer", Role.OFFICER)
        with writing(world.engine) as session:
            decide(session, items[0].id, key, Decision(to, Status.PROPOSED), noon(6))
    assert expire_drifted(world.engine, noon(10)) == 1
    assert expire_drifted(world.engine, noon(10)) == 0
    (status, last), (stays, _) = after(world, items)
    assert (status, stays) == (Status.EXPIRED, Status.PROPOSED)
    assert (last.from_status, last.by_key) == (to or Status.PROPOSED, None)
    assert last.reason == (
        "no longer holds: deliveries went down by 50 % from the week of 2026-02-16 on, "
        "found in the week of 2026-02-23"
    )


def test_nothing_is_said_before_it_shows(world: World) -> None:
    """Facts that lie after the day of the watch are not looked at: the same bay holds a week after its run."""
    items = suggested(world, 6)
    assert expire_drifted(world.engine, noon(6)) == 0
    assert expire_drifted(world.engine, noon(7)) == 0
    assert {status for status, _ in after(world, items)} == {Status.PROPOSED}


def test_a_decision_that_ended_stays(world: World) -> None:
    """A refused suggestion stays refused, whatever its bay does."""
    items = suggested(world, 6)
    key = world.add_key("another officer", Role.OFFICER)
    with writing(world.engine) as session:
        refusal = Decision(Status.REFUSED, Status.PROPOSED, "Non")
        decide(session, items[0].id, key, refusal, noon(6))
    assert expire_drifted(world.engine, noon(10)) == 0
    assert after(world, items)[0][0] is Status.REFUSED


def test_too_few_weeks_say_nothing(world: World) -> None:
    """A suggestion made from two weeks is left alone, though the deliveries of its bay halve."""
    items = suggested(world, 2)
    assert expire_drifted(world.engine, noon(6)) == 0
    assert {status for status, _ in after(world, items)} == {Status.PROPOSED}


def test_without_suggestions_nothing_expires(world: World) -> None:
    """An empty database has nothing to look at."""
    assert expire_drifted(world.engine, noon(6)) == 0


def test_the_command_prints_both_counts(world: World) -> None:
    """Those too old and those that no longer hold are told apart."""
    suggested(world, 6)
    options = ["--older-than", "36500", "--database", world.url]
    done = CliRunner().invoke(root, ["suggestions", "expire", *options])
    assert done.exit_code == 0, done.exception
    assert done.output.splitlines() == [
        "0 suggestions expired: their data is too old",
        "1 suggestions expired: they no longer hold",
    ]
