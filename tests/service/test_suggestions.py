"""Tests of suggestions in the store: runs, the life of a suggestion, its trail, and what the engine is given."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geo.study.folder import read_study
from geo.study.words import Weights
from geo.suggest.record import BaySuggestion
from service.cli import root
from service.errors import InvalidPeriod
from service.jobs.suggest import RunWanted, expire_old, recompute, run_suggestions
from service.lifecycle import (
    DECISIONS,
    NEXT,
    DecidedMeanwhile,
    Decision,
    IllegalTransition,
    IncompleteDecision,
    Status,
    check_step,
)
from service.security import AccessKey, Role
from service.store.database import reading, writing
from service.store.runs import Run, get_run
from service.store.suggestions import (
    Step,
    Suggestion,
    UnknownSuggestion,
    Wanted,
    count_decisions,
    count_statuses,
    decide,
    get_suggestion,
    list_suggestions,
    record_of_run,
    trail,
)
from tests.service.suggested import SHORTER, FakeAdvisor, around, record
from tests.service.world import BAYS, World

ONE, TWO, THREE = BAYS[:3]
ENDS = sorted(status for status, following in NEXT.items() if not following)


@pytest.fixture
def lived(world: World) -> World:
    """Give a world in which bay 1 was seen yesterday morning, with a van whose end was not seen."""
    yesterday = -24 * 60
    world.take(
        [
            *world.reports(yesterday - 179, yesterday),
            *world.stay(yesterday - 100, yesterday - 70),
            *world.stay(yesterday - 20, yesterday + 200, "truck"),
        ]
    )
    return world


def run(world: World, records: Sequence[BaySuggestion], advisor: FakeAdvisor | None = None) -> Run:
    """Run an engine that says these records over commune 99001."""
    engine = advisor or FakeAdvisor()
    engine.records = tuple(records)
    return run_suggestions(world.engine, engine, RunWanted("99001", weeks=2), world.now)


def listed(world: World, **wanted: Any) -> list[Suggestion]:
    """Return suggestions of the world."""
    with reading(world.engine) as session:
        return list_suggestions(session, Wanted(**wanted))


def steps(world: World, suggestion_id: int) -> list[Step]:
    """Return the trail of a suggestion."""
    with reading(world.engine) as session:
        return trail(session, suggestion_id)


def officer(world: World) -> AccessKey:
    """Return the officer's key."""
    return world.add_key("another officer", Role.OFFICER)


def settle(world: World, item: Suggestion, to: Status, **more: Any) -> Suggestion:
    """Decide on a suggestion as an officer who sees it as it is."""
    key = officer(world)
    with writing(world.engine) as session:
        now = get_suggestion(session, item.id)
        assert now.status is not None
        return decide(session, item.id, key, Decision(to, now.status, **more), world.now)


def test_a_run_is_kept_whole(lived: World) -> None:
    """Data hash, seed, engine, weights with their author, period and every record come back as they were given."""
    records = [record(ONE), record(TWO, decision="keep"), record(THREE, decision="need_data")]
    advisor = FakeAdvisor(tuple(records))
    wanted = RunWanted("99001", 2, 7, Weights(cut_short_per_day=0.6), "Conseil municipal")
    made = run_suggestions(lived.engine, advisor, wanted, lived.now)
    with reading(lived.engine) as session:
        again = get_run(session, made.id)
        found = {item.bay_id: item.record for item in list_suggestions(session, Wanted())}
    assert made == again
    assert (again.seed, again.engine_version, again.weights_by) == (7, "fake-1", wanted.weights_by)
    assert Weights(**again.weights) == wanted.weights
    assert advisor.asked == [(wanted.weights, 7)]
    assert (again.first_on, again.last_on) == (date(2026, 3, 9), date(2026, 3, 9))
    assert found == {item.bay_id: item for item in records}


def test_the_engine_reads_the_facts_of_the_commune(lived: World) -> None:
    """The study holds the commune's bays, stays with an empty end where none was seen, and all unseen time."""
    advisor = FakeAdvisor()
    run(lived, [], advisor)
    bays = json.loads(advisor.files["bays.geojson"])["features"]
    assert [bay["properties"]["bay_id"] for bay in bays] == list(BAYS[:4])
    params = json.loads(advisor.files["params.json"])
    assert params["observed"] == {"from": "2026-03-09", "to": "2026-03-09"}
    stays = list(csv.DictReader(StringIO(advisor.files["stays.csv"])))
    assert [(one["vehicle_class"], one["departed_at"]) for one in stays] == [
        ("van", "2026-03-09T10:50:00+00:00"),
        ("truck", ""),
    ]
    unseen = list(csv.DictReader(StringIO(advisor.files["unseen.csv"])))
    assert {one["reason"] for one in unseen} == {"unreported"}
    whole = [one for one in unseen if one["bay_id"] == TWO]
    assert [(one["from"], one["to"]) for one in whole] == [
        ("2026-03-08T23:00:00Z", "2026-03-09T23:00:00Z")
    ]
    mine = [(one["from"], one["to"]) for one in unseen if one["bay_id"] == ONE]
    assert mine == [
        ("2026-03-08T23:00:00Z", "2026-03-09T09:00:00Z"),
        ("2026-03-09T12:00:00Z", "2026-03-09T23:00:00Z"),
    ]


def test_excluded_time_is_unseen_to_the_engine(lived: World) -> None:
    """What an officer took out is not seen, and says why; putting it in changes the hash of the data."""
    advisor = FakeAdvisor()
    before = run(lived, [], advisor)
    body = {
        "bay_id": ONE,
        "from": "2026-03-09T10:00:00Z",
        "to": "2026-03-09T11:00:00Z",
        "reason": "Marché",
    }
    posted = lived.client().post("/api/v1/exclusions", json=body, headers=lived.bearer("officer"))
    assert posted.status_code == 201
    after = run(lived, [], advisor)
    rows = csv.DictReader(StringIO(advisor.files["unseen.csv"]))
    out = [(one["from"], one["to"]) for one in rows if one["reason"] == "excluded"]
    assert out == [("2026-03-09T10:00:00Z", "2026-03-09T11:00:00Z")]
    assert before.data_hash != after.data_hash


def test_bays_near_one_another_are_named(lived: World) -> None:
    """Neighbours within a hundred metres stand in the study with their distance."""
    advisor = FakeAdvisor()
    run(lived, [], advisor)
    near = list(csv.DictReader(StringIO(advisor.files["neighbours.csv"])))
    pairs = {(one["bay_id"], one["neighbour_id"]) for one in near}
    assert (ONE, TWO) in pairs
    assert (TWO, ONE) in pairs
    assert all(60 < float(one["distance_m"]) <= 100 for one in near)


def test_a_day_that_goes_on_is_not_read(world: World) -> None:
    """Without a whole day there is nothing to run on."""
    world.take(world.reports(-59, 0))
    with pytest.raises(InvalidPeriod):
        run(world, [])


def test_the_list_is_ranked_and_filtered(lived: World) -> None:
    """The surest and largest gain first; bay, decision, grade and status choose."""
    run(
        lived,
        [
            record(ONE, gain=around(1.0)),
            record(TWO, gain=around(3.0), grade="B", p_gain=0.91),
            record(THREE, decision="keep"),
        ],
    )
    assert [item.bay_id for item in listed(lived)] == [TWO, ONE, THREE]
    assert [item.bay_id for item in listed(lived, decision="keep")] == [THREE]
    assert [item.bay_id for item in listed(lived, grade="B")] == [TWO]
    assert [item.bay_id for item in listed(lived, bay_id=ONE)] == [ONE]
    assert [item.bay_id for item in listed(lived, status=Status.PROPOSED)] == [TWO, ONE]
    assert listed(lived, insee="99002") == []
    with reading(lived.engine) as session:
        assert count_statuses(session, "99001")["proposed"] == 2
        assert count_decisions(session, None) == {"change": 2, "keep": 1, "need_data": 0}


def test_a_decision_survives_a_new_run(lived: World) -> None:
    """The same proposal keeps identifier, status and trail, and shows the newest figures; the older record stays."""
    first = run(lived, [record(ONE), record(TWO)])
    kept, refused = (listed(lived, bay_id=bay)[0] for bay in (ONE, TWO))
    settle(lived, kept, Status.ACCEPTED)
    settle(lived, refused, Status.REFUSED, reason="École en face")
    second = run(lived, [record(ONE, gain=around(9.0)), record(TWO)])
    assert [(item.id, item.status) for item in listed(lived)] == [
        (kept.id, Status.ACCEPTED),
        (refused.id, Status.REFUSED),
    ]
    assert listed(lived, bay_id=ONE)[0].run_id == second.id
    with reading(lived.engine) as session:
        assert record_of_run(session, kept.id, first.id).gain == around(2.2)
        assert record_of_run(session, kept.id, second.id).gain == around(9.0)
    assert [step.run_id for step in steps(lived, kept.id)] == [first.id, first.id]


def test_another_proposal_replaces_the_one_that_is_open(lived: World) -> None:
    """The old one expires with the run that says so; refused ones stay refused, and a proposal may come back."""
    run(lived, [record(ONE), record(TWO)])
    old, refused = (listed(lived, bay_id=bay)[0] for bay in (ONE, TWO))
    settle(lived, refused, Status.REFUSED, reason="Non")
    second = run(lived, [record(ONE, rules_new=SHORTER), record(TWO, decision="keep")])
    assert [item.status for item in listed(lived, bay_id=ONE)] == [Status.PROPOSED]
    assert listed(lived, bay_id=ONE)[0].id != old.id
    last = steps(lived, old.id)[-1]
    assert (last.from_status, last.to_status) == (Status.PROPOSED, Status.EXPIRED)
    assert (last.run_id, last.by_key) == (second.id, None)
    assert [item.id for item in listed(lived, status=Status.REFUSED)] == [refused.id]
    run(lived, [record(ONE)])
    back = listed(lived, bay_id=ONE)
    assert [item.status for item in back] == [Status.PROPOSED]
    assert back[0].id not in {old.id, refused.id}


def test_the_trail_says_who_and_why(lived: World) -> None:
    """Each step has its officer, instant, reason and date."""
    run(lived, [record(ONE)])
    item = listed(lived)[0]
    settle(lived, item, Status.MORE_DATA, reason="Attendre la rentrée")
    settle(lived, item, Status.ACCEPTED)
    settle(lived, item, Status.ADOPTED, adopted_on=date(2026, 4, 1))
    told = [(s.from_status, s.to_status, s.by_name, s.reason) for s in steps(lived, item.id)]
    assert told == [
        (None, Status.PROPOSED, "airelib", None),
        (Status.PROPOSED, Status.MORE_DATA, "another officer", "Attendre la rentrée"),
        (Status.MORE_DATA, Status.ACCEPTED, "another officer", None),
        (Status.ACCEPTED, Status.ADOPTED, "another officer", None),
    ]
    assert steps(lived, item.id)[-1].adopted_on == date(2026, 4, 1)
    assert listed(lived)[0].adopted_on == date(2026, 4, 1)


@pytest.mark.parametrize(
    "statement", ["UPDATE suggestion_event SET reason = 'x'", "DELETE FROM suggestion_event"]
)
def test_the_trail_cannot_be_changed(lived: World, statement: str) -> None:
    """The database itself refuses to change or remove a step."""
    run(lived, [record(ONE)])
    before = steps(lived, listed(lived)[0].id)
    with (
        pytest.raises(DBAPIError, match="audit trail"),
        writing(lived.engine) as session,
    ):
        session.execute(text(statement))
    assert steps(lived, listed(lived)[0].id) == before


def test_two_officers_at_once_give_one_decision(lived: World) -> None:
    """Of an acceptance and a refusal sent together one stands, and the other officer is told."""
    run(lived, [record(ONE)])
    item, key = listed(lived)[0], officer(lived)
    outcomes: list[str] = []

    def send(decision: Decision) -> None:
        try:
            with writing(lived.engine) as session:
                decide(session, item.id, key, decision, lived.now)
            outcomes.append("done")
        except DecidedMeanwhile:
            outcomes.append("told")

    sent = [
        Decision(Status.ACCEPTED, Status.PROPOSED),
        Decision(Status.REFUSED, Status.PROPOSED, "Non"),
    ]
    threads = [Thread(target=send, args=(decision,)) for decision in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "told"]
    assert len(steps(lived, item.id)) == 2


def test_old_data_lets_a_proposal_expire(lived: World) -> None:
    """Half a year after its last day an undecided proposal expires, once; a refused one stays."""
    run(lived, [record(ONE), record(TWO)])
    refused = listed(lived, bay_id=TWO)[0]
    settle(lived, refused, Status.REFUSED, reason="Non")
    assert expire_old(lived.engine, lived.now + timedelta(days=170)) == 0
    assert expire_old(lived.engine, lived.now + timedelta(days=190)) == 1
    assert expire_old(lived.engine, lived.now + timedelta(days=190)) == 0
    assert {item.status for item in listed(lived)} == {Status.EXPIRED, Status.REFUSED}


def test_only_a_change_can_be_decided_on(lived: World) -> None:
    """A bay whose rule may stay has nothing to accept."""
    run(lived, [record(ONE, decision="keep")])
    item, key = listed(lived)[0], officer(lived)
    decision = Decision(Status.ACCEPTED, Status.PROPOSED)
    with pytest.raises(UnknownSuggestion), writing(lived.engine) as session:
        decide(session, item.id, key, decision, lived.now)


def test_a_suggestion_is_computed_again(lived: World) -> None:
    """Equal while the facts are the same; not equal, and why, once they or the engine's answer changed."""
    advisor = FakeAdvisor()
    run(lived, [record(ONE)], advisor)
    item = listed(lived)[0]
    assert recompute(lived.engine, advisor, item.id).equal
    advisor.records = (record(ONE, p_gain=0.5),)
    other = recompute(lived.engine, advisor, item.id)
    assert (other.equal, other.differences) == (False, ("p_gain",))
    advisor.records = (record(ONE),)
    lived.take(lived.stay(-24 * 60 - 60, -24 * 60 - 50))
    late = recompute(lived.engine, advisor, item.id)
    assert (late.equal, late.differences) == (False, ())
    assert late.data_hash != late.data_hash_now


@given(st.lists(st.sampled_from(DECISIONS), max_size=8))
def test_a_life_ends_once(wanted: list[Status]) -> None:
    """Whatever officers ask, no status is left after an end, and every step taken is one of the table."""
    status = Status.PROPOSED
    for to in wanted:
        decision = Decision(to, status, "Non", date(2026, 4, 1) if to is Status.ADOPTED else None)
        try:
            check_step(status, decision)
        except IllegalTransition:
            assert to not in NEXT[status]
            continue
        assert status not in ENDS
        assert to in NEXT[status]
        status = to


@pytest.mark.parametrize(
    ("decision", "error"),
    [
        (Decision(Status.REFUSED, Status.PROPOSED), IncompleteDecision),
        (Decision(Status.ACCEPTED, Status.PROPOSED, None, date(2026, 4, 1)), IncompleteDecision),
        (Decision(Status.EXPIRED, Status.PROPOSED), IllegalTransition),
        (Decision(Status.ADOPTED, Status.PROPOSED, None, date(2026, 4, 1)), IllegalTransition),
        (Decision(Status.ACCEPTED, Status.MORE_DATA), DecidedMeanwhile),
    ],
)
def test_what_a_decision_must_say(decision: Decision, error: type[Exception]) -> None:
    """A refusal has a reason, an adoption a date, only runs let expire, and what was seen is what is."""
    with pytest.raises(error):
        check_step(Status.PROPOSED, decision)


def test_a_study_is_written_for_a_consultant(lived: World, tmp_path: Path) -> None:
    """The command writes what a run reads, and the engine's own reader takes it."""
    out = tmp_path / "study"
    options = ["--commune", "99001", "--out", str(out), "--database", lived.url]
    done = CliRunner().invoke(root, ["suggestions", "study", *options])
    assert done.exit_code == 0, done.exception
    study = read_study(out)
    assert [bay.bay_id for bay in study.bays] == list(BAYS[:4])
    assert study.period.time_zone == "Europe/Paris"


def test_a_run_without_facts_is_refused(world: World) -> None:
    """The command ends with the family's error, and nothing is kept."""
    options = ["--commune", "99001", "--database", world.url]
    done = CliRunner().invoke(root, ["suggestions", "run", *options])
    assert isinstance(done.exception, InvalidPeriod)
    assert listed(world) == []
