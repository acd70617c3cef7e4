"""Tests of suggestions over HTTP: list, one, decisions, what-if, recomputing, and who may do what."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.jobs.suggest import RunWanted, run_suggestions
from service.security import Role
from tests.service.suggested import FakeAdvisor, around, record
from tests.service.world import BAYS, World

ONE, TWO, THREE = BAYS[:3]
BASE = "/api/v1/suggestions"
RULE = {"days": ["mo"], "start": "07:00", "end": "09:00", "max_stay_min": 20}


@pytest.fixture
def advisor() -> FakeAdvisor:
    """Give an engine that proposes two changes and keeps a rule."""
    return FakeAdvisor(
        (
            record(ONE),
            record(TWO, gain=around(1.1), grade="B", p_gain=0.91, neighbours_affected=()),
            record(THREE, decision="keep", neighbours_affected=()),
        )
    )


@pytest.fixture
def suggested(world: World, advisor: FakeAdvisor) -> World:
    """Give a world whose commune 99001 has had one run, on data of yesterday."""
    world.take(world.reports(-24 * 60 - 59, -24 * 60))
    run_suggestions(world.engine, advisor, RunWanted("99001", weeks=1), world.now)
    return world


@pytest.fixture
def client(suggested: World, advisor: FakeAdvisor) -> TestClient:
    """Return a client of the application with the engine."""
    return suggested.client(advisor)


def items(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    """Return the listed suggestions."""
    found: list[dict[str, Any]] = client.get(BASE, params=query).json()["items"]
    return found


def test_the_list_says_what_an_inbox_needs(client: TestClient) -> None:
    """Ranked, with rules, effect, grade and counts; and the runs that made it, with data hash, seed and engine."""
    told = client.get(BASE, params={"commune": "99001"}).json()
    assert [item["bay_id"] for item in told["items"]] == [ONE, TWO, THREE]
    first = told["items"][0]
    assert (first["status"], first["grade"], first["p_gain"]) == ("proposed", "A", 0.97)
    assert first["effect"]["unserved_per_day"] == {"mean": -3.0, "p05": -3.5, "p95": -2.5}
    assert first["name"] == "Rue 0"
    assert told["counts"]["proposed"] == 2
    assert told["decisions"] == {"change": 2, "keep": 1, "need_data": 0}
    run = told["runs"][0]
    assert (run["commune_name"], run["seed"], run["engine_version"]) == ("Un", 1, "fake-1")
    assert len(run["data_hash"]) == 64
    assert [item["bay_id"] for item in items(client, grade="B")] == [TWO]
    assert items(client, commune="99002") == []
    assert client.get(BASE, params={"status": "maybe"}).status_code == 422


def test_one_suggestion_explains_itself(client: TestClient) -> None:
    """The whole record, its bay and neighbours, the run and the trail; unseen hours are null, not zero."""
    one = client.get(f"{BASE}/{items(client)[0]['id']}").json()
    assert one["record"]["considerants"]["fr"] == "Considérant…"
    assert one["bay"] == {"length_m": 12.0, "capacity": 2, "bay_type": "periodic"}
    assert one["neighbours"] == [{"bay_id": TWO, "name": "Rue 1"}]
    assert one["record"]["evidence"][0]["deliveries_per_h"][4] is None
    assert [step["to_status"] for step in one["trail"]] == ["proposed"]
    assert one["standing"] is None
    assert client.get(f"{BASE}/99999").json()["code"] == "unknown_suggestion"


def test_an_unchanged_answer_is_not_sent_again(client: TestClient) -> None:
    """List and detail carry a tag that changes with a decision."""
    path = f"{BASE}/{items(client)[0]['id']}"
    for url in (BASE, path):
        tag = client.get(url).headers["etag"]
        assert client.get(url, headers={"If-None-Match": tag}).status_code == 304


def test_an_officer_decides_and_the_trail_shows_it(suggested: World, client: TestClient) -> None:
    """Accepting changes status, counts, trail and tag, and the key's name stands there."""
    path = f"{BASE}/{items(client)[0]['id']}"
    tag = client.get(path).headers["etag"]
    body = {"to": "accepted", "seen": "proposed", "reason": "Vu sur place"}
    done = client.post(f"{path}/decision", json=body, headers=suggested.bearer("officer"))
    assert done.status_code == 200
    last = done.json()["trail"][-1]
    assert (last["by_name"], last["from_status"], last["to_status"], last["reason"]) == (
        "officer",
        "proposed",
        "accepted",
        "Vu sur place",
    )
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200
    assert client.get(BASE).json()["counts"]["accepted"] == 1
    body = {"to": "adopted", "seen": "accepted", "adopted_on": "2026-04-01"}
    done = client.post(f"{path}/decision", json=body, headers=suggested.bearer("officer"))
    assert (done.json()["status"], done.json()["adopted_on"]) == ("adopted", "2026-04-01")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"to": "refused", "seen": "proposed"}, 400, "incomplete_decision"),
        (
            {"to": "adopted", "seen": "proposed", "adopted_on": "2026-04-01"},
            409,
            "illegal_transition",
        ),
        ({"to": "accepted", "seen": "more_data"}, 409, "decided_meanwhile"),
        ({"to": "expired", "seen": "proposed"}, 422, "invalid_request"),
        ({"to": "refused", "seen": "proposed", "reason": "a\nb"}, 422, "invalid_request"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(
    suggested: World, client: TestClient, body: dict[str, Any], status: int, code: str
) -> None:
    """The problem has a code of its own, and nothing is written."""
    path = f"{BASE}/{items(client)[0]['id']}"
    told = client.post(f"{path}/decision", json=body, headers=suggested.bearer("officer"))
    assert (told.status_code, told.json()["code"]) == (status, code)
    assert len(client.get(path).json()["trail"]) == 1


def test_only_an_officer_of_the_commune_decides(suggested: World, client: TestClient) -> None:
    """No key, a device's key and another commune's officer are refused, for decisions and recomputing."""
    suggested.add_key("elsewhere", Role.OFFICER, "99002")
    path = f"{BASE}/{items(client)[0]['id']}"
    body = {"to": "accepted", "seen": "proposed"}
    for action in ("decision", "recompute"):
        assert client.post(f"{path}/{action}", json=body).status_code == 401
        for name in ("camera", "elsewhere"):
            told = client.post(f"{path}/{action}", json=body, headers=suggested.bearer(name))
            assert (told.status_code, told.json()["code"]) == (403, "out_of_scope")


def test_a_suggestion_is_recomputed_on_request(suggested: World, client: TestClient) -> None:
    """Equal with hash and engine of then and now while nothing changed; different after a late stay."""
    path = f"{BASE}/{items(client)[0]['id']}/recompute"
    told = client.post(path, headers=suggested.bearer("officer")).json()
    assert told["equal"] is True
    assert told["data_hash"] == told["data_hash_now"]
    suggested.take(suggested.stay(-24 * 60 - 30, -24 * 60 - 20))
    assert client.post(path, headers=suggested.bearer("officer")).json()["equal"] is False


def test_what_if_is_answered_from_estimates_at_hand(
    client: TestClient, advisor: FakeAdvisor
) -> None:
    """The facts of a commune are read for its first question only; no key is wanted, as nothing is kept."""
    for windows in (0, 1, 2):
        body = {"bay_id": ONE, "rules": [RULE, {**RULE, "days": ["tu"]}][:windows]}
        told = client.post("/api/v1/what-if", json=body).json()
        assert told["after"]["unserved_per_day"] == 5.0 - windows
        assert told["gain"]["mean"] == windows
        assert told["rules_set_aside"] == []
    assert advisor.desks == 1


def test_what_if_names_the_rules_that_it_leaves_out(client: TestClient) -> None:
    """A rule of odd weeks is of no typical week, and the answer says so."""
    odd = {**RULE, "week_parity": "odd"}
    told = client.post("/api/v1/what-if", json={"bay_id": ONE, "rules": [RULE, odd]}).json()
    assert [one["week_parity"] for one in told["rules_set_aside"]] == ["odd"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"bay_id": "nowhere", "rules": []}, 404, "unknown_bay"),
        ({"bay_id": BAYS[4], "rules": []}, 404, "unknown_run"),
        (
            {"bay_id": ONE, "rules": [{**RULE, "end": "06:00", "start": "06:00"}]},
            400,
            "invalid_time_rule",
        ),
        ({"bay_id": ONE, "rules": [RULE] * 22}, 422, "invalid_request"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    client: TestClient, body: dict[str, Any], status: int, code: str
) -> None:
    """An unknown bay, a commune without run, a rule that cannot be, and far too many windows."""
    told = client.post("/api/v1/what-if", json=body)
    assert (told.status_code, told.json()["code"]) == (status, code)
