"""Tests of inventories over HTTP: preview, import, undo, findings, rule of a bay, calendars, and who may do what."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.security import Role
from tests.service.test_inventory_import import changed, moved, take, zone_of
from tests.service.test_inventory_undo import newcomer, snapshot
from tests.service.world import BAYS, World, bays_document, square

ONE, TWO = BAYS[:2]
ELSEWHERE = BAYS[4]
BASE = "/api/v1/inventory"


@pytest.fixture
def client(world: World) -> TestClient:
    """Return a client of the application, with a second officer who is good for all communes."""
    world.add_key("prefect", Role.OFFICER, None)
    return world.client()


def post(
    world: World, client: TestClient, path: str, document: Any, key: str = "prefect", **query: Any
) -> Any:
    """Post an inventory as an officer."""
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return client.post(
        f"{BASE}/{path}",
        content=body,
        headers=world.bearer(key),
        params={"name": "bays.geojson", **query},
    )


def test_a_preview_changes_nothing_and_shows_each_bay(world: World, client: TestClient) -> None:
    """The report of every row, counts, and features with what would become of each."""
    before = snapshot(world)
    document = moved(ONE)
    document["features"][1]["properties"]["name"] = "Quai"
    document["features"].append({**newcomer()["features"][5]})
    document["features"].append({**newcomer("bad")["features"][5], "geometry": None})
    answer = post(world, client, "preview", document)
    assert answer.status_code == 200, answer.text
    said = answer.json()
    report = said["report"]
    assert (report["rows"], report["imported"], report["merged"], report["refused"]) == (7, 6, 0, 1)
    assert report["changes"]["not_in_file"] == 0
    features = {one["id"]: one["properties"] for one in said["features"]["features"]}
    assert features[ONE]["change"] == "moved"
    assert features[ONE]["moved_m"] > 1000
    assert (features[TWO]["change"], features[TWO]["fields"]) == ("changed", ["name"])
    assert features["new"]["change"] == "new"
    assert features[BAYS[2]]["change"] == "unchanged"
    assert snapshot(world) == before


def test_an_import_is_made_listed_shown_and_taken_back(world: World, client: TestClient) -> None:
    """The whole way an officer goes."""
    before = snapshot(world)
    answer = post(world, client, "imports", newcomer())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["report"]["changes"]["new"] == 1
    items = client.get(f"{BASE}/imports", headers=world.bearer("prefect")).json()["items"]
    assert items[0]["id"] == made["id"]
    assert (items[0]["by"], items[0]["file_name"]) == ("prefect", "bays.geojson")
    assert items[0]["communes"] == ["99001"]
    assert len(items[0]["file_hash"]) == 64
    one = client.get(f"{BASE}/imports/{made['id']}", headers=world.bearer("prefect")).json()
    assert one["bays"] == [{"bay_id": "new", "change": "new"}]
    assert one["report"]["rows"] == 6
    undone = client.post(f"{BASE}/imports/{made['id']}/undo", headers=world.bearer("prefect"))
    assert undone.status_code == 200, undone.text
    assert undone.json()["undone_by"] == "prefect"
    after = snapshot(world)
    assert {name for name in before if before[name] != after[name]} <= {"access_key"}
    again = client.post(f"{BASE}/imports/{made['id']}/undo", headers=world.bearer("prefect"))
    assert (again.status_code, again.json()["code"]) == (409, "import_undone")


def test_an_officer_imports_bays_of_her_commune_only(world: World, client: TestClient) -> None:
    """Others are refused rows, and so is a bay that she would take from another commune."""
    document = bays_document(capacity=3)
    document["features"][4]["properties"]["commune"] = "99001"
    other = deepcopy(document["features"][0])
    other["properties"].update(bay_id="other", commune="99002")
    other["geometry"]["coordinates"] = square(2.66, 48.93, 0.0001)
    document["features"].append(other)
    answer = post(world, client, "imports", document, "officer")
    assert answer.status_code == 201, answer.text
    report = answer.json()["report"]
    assert (report["imported"], report["refused"]) == (4, 2)
    assert {one["code"] for one in report["reasons"]} == {"out_of_scope"}
    assert zone_of(world, ELSEWHERE).bay.commune == "99002"
    assert zone_of(world, ELSEWHERE).bay.capacity == 2


def test_what_is_not_hers_an_officer_neither_sees_nor_takes_back(
    world: World, client: TestClient
) -> None:
    """Imports of another commune are not listed, not shown and not undone."""
    theirs = take(world, changed(ELSEWHERE, name="Quai"))
    officer = world.bearer("officer")
    listed = client.get(f"{BASE}/imports", headers=officer).json()["items"]
    assert theirs.import_id not in [item["id"] for item in listed]
    for method, path in (
        ("GET", f"imports/{theirs.import_id}"),
        ("POST", f"imports/{theirs.import_id}/undo"),
        ("GET", "imports?commune=99002"),
        ("GET", "findings?commune=99002"),
    ):
        answer = client.request(method, f"{BASE}/{path}", headers=officer)
        assert (answer.status_code, answer.json()["code"]) == (403, "out_of_scope"), path
    answer = client.get("/api/v1/calendars?commune=99002", headers=officer)
    assert answer.status_code == 403


def test_every_route_wants_an_officer(world: World, client: TestClient) -> None:
    """No key is 401, a device's is 403; nothing of the body is read before."""
    for method, path in (
        ("POST", f"{BASE}/preview"),
        ("POST", f"{BASE}/imports"),
        ("GET", f"{BASE}/imports"),
        ("GET", f"{BASE}/imports/1"),
        ("POST", f"{BASE}/imports/1/undo"),
        ("GET", f"{BASE}/findings?commune=99001"),
        ("GET", "/api/v1/calendars?commune=99001"),
        ("PUT", "/api/v1/calendars?commune=99001"),
    ):
        body: dict[str, Any] = {} if method == "GET" else {"json": {"name": "x", "days": []}}
        assert client.request(method, path, **body).status_code == 401, path
        answer = client.request(method, path, headers=world.bearer("camera"), **body)
        assert answer.status_code == 403, path


def test_a_file_over_the_limit_or_in_a_form_is_refused(world: World) -> None:
    """413 while it comes in, 415 for a form; the sentence names what is wanted."""
    client = world.client(max_inventory_mib=1)
    answer = post(world, client, "preview", b" " * (2**20 + 1), "officer")
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    form = client.post(f"{BASE}/preview", files={"file": b"{}"}, headers=world.bearer("officer"))
    assert (form.status_code, form.json()["code"]) == (415, "unsupported_media_type")


def test_a_file_that_cannot_be_taken_changes_nothing(world: World, client: TestClient) -> None:
    """No file of bays at all, and one of which every row is refused."""
    before = snapshot(world)
    broken = post(world, client, "imports", b"{")
    assert (broken.status_code, broken.json()["code"]) == (400, "invalid_file")
    lost = bays_document()
    for feature in lost["features"]:
        feature["properties"]["commune"] = "99009"
    answer = post(world, client, "imports", lost)
    assert (answer.status_code, answer.json()["code"]) == (400, "nothing_to_import")
    assert post(world, client, "preview", lost).json()["report"]["refused"] == 5
    after = snapshot(world)
    assert {name for name in before if before[name] != after[name]} <= {"access_key"}


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b", "a\x1b[2Jb"])
@pytest.mark.parametrize("where", ["name", "bay_id", "address", "extra", "period"])
def test_text_that_cannot_be_stored_is_a_refused_row(
    world: World, client: TestClient, bad: str, where: str
) -> None:
    """Neither database nor page meets a control character or half a character; the other bays are taken."""
    document = bays_document()
    said = document["features"][0]["properties"]
    said |= {
        "name": {"name": bad},
        "bay_id": {"bay_id": bad},
        "address": {"details": {"address": bad}},
        "extra": {"details": {"extra": {bad: "x"}}},
        "period": {"rules": [{**said["rules"][0], "except_periods": [bad]}]},
    }[where]
    for path, status in (("preview", 200), ("imports", 201)):
        answer = post(world, client, path, document)
        assert answer.status_code == status, answer.text
        report = answer.json()["report"]
        assert (report["imported"], report["refused"]) == (4, 1)
        assert report["reasons"][0]["row"] == 1


def test_findings_speak_both_languages(world: World, client: TestClient) -> None:
    """What is wrong with the bays of a commune, each with its code and sentence."""
    take(world, changed(ONE, bay_type="permanent"))
    answer = client.get(f"{BASE}/findings?commune=99001", headers=world.bearer("officer"))
    said = answer.json()
    assert said["bays"] == 4
    mine = [one for one in said["items"] if one["bay_id"] == ONE]
    assert mine
    assert all(one["message"]["fr"] and one["message"]["en"] for one in said["items"])
    unknown = client.get(f"{BASE}/findings?commune=99009", headers=world.bearer("prefect"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_commune")


def test_the_rule_of_an_instant_and_the_next_change(client: TestClient) -> None:
    """Tuesday at noon the window holds until 20 h; then parking is free; on a holiday nothing applies."""
    now = client.get(f"/api/v1/bays/{ONE}/rule").json()
    assert (now["at"], now["time_zone"]) == ("2026-03-10T12:00:00Z", "Europe/Paris")
    assert now["rule"]["max_stay_min"] == 30
    assert now["next"]["at_local"] == "2026-03-10T20:00:00+01:00"
    assert now["next"]["rule"] is None
    assert now["sentence"]["fr"] == (
        "Maintenant : le lundi et mardi de 7 h à 20 h (30 min au plus). "
        "À partir du 10/03/2026 à 20 h : aucune heure réservée."
    )
    assert now["sentence"]["en"].startswith("Now: on Monday and Tuesday from 07:00 to 20:00")
    holiday = client.get(f"/api/v1/bays/{ONE}/rule", params={"at": "2026-04-06T12:00:00Z"}).json()
    assert holiday["rule"] is None
    assert holiday["next"]["at_local"] == "2026-04-07T07:00:00+02:00"
    assert client.get(f"/api/v1/bays/{ONE}/rule?at=noon").status_code == 400
    assert client.get("/api/v1/bays/nowhere/rule").json()["code"] == "unknown_bay"


def test_rules_of_named_days_want_their_calendar(world: World, client: TestClient) -> None:
    """Unknown until the market's days are told, then free on a market day and reserved on another."""
    rule = {
        "activity": "loading",
        "days": ["mo", "tu"],
        "start": "07:00",
        "end": "20:00",
        "max_stay_min": 30,
        "except_periods": ["market"],
    }
    take(world, changed(ONE, rules=[rule]))
    url = f"/api/v1/bays/{ONE}/rule"
    unknown = client.get(url).json()
    assert unknown["rule"] is None
    assert unknown["text"] is None
    assert "market" in unknown["unknown"]
    assert (
        unknown["sentence"]["en"] == "It cannot be said: a calendar that a rule names is missing."
    )
    days = [{"on": "2026-03-10", "label": "Marché"}]
    put = client.put(
        "/api/v1/calendars?commune=99001",
        json={"name": "market", "days": days},
        headers=world.bearer("officer"),
    )
    assert put.status_code == 200, put.text
    assert put.json() == {"commune": "99001", "items": [{"name": "market", "days": days}]}
    assert client.get(url).json()["rule"] is None
    assert client.get(url).json()["unknown"] is None
    assert client.get(url, params={"at": "2026-03-09T12:00:00Z"}).json()["rule"]["start"] == "07:00"


def test_what_follows_may_be_unknown_while_what_applies_is_known(
    world: World, client: TestClient
) -> None:
    """Today's rule is said though tomorrow's hangs on a calendar that nobody told."""
    rule = {"activity": "loading", "days": ["tu"], "start": "07:00", "end": "20:00"}
    market = {**rule, "days": ["we"], "only_periods": ["market"]}
    take(world, changed(ONE, rules=[rule, market]))
    url = f"/api/v1/bays/{ONE}/rule"
    noon = client.get(url).json()
    assert noon["next"]["at_local"] == "2026-03-10T20:00:00+01:00"
    evening = client.get(url, params={"at": "2026-03-10T20:00:00Z"}).json()
    assert (evening["rule"], evening["next"]) == (None, None)
    assert evening["text"]["en"] == "no reserved hours"
    assert evening["sentence"]["en"].endswith("What follows hangs on a calendar that is missing.")


def test_a_calendar_is_replaced_by_name(world: World, client: TestClient) -> None:
    """New days stand in the place of the old, other calendars stay, no days remove it."""
    url, officer = "/api/v1/calendars?commune=99001", world.bearer("officer")

    def put(name: str, *days: str) -> Any:
        body = {"name": name, "days": [{"on": day} for day in days]}
        return client.put(url, json=body, headers=officer)

    put("market", "2026-03-10", "2026-03-17", "2026-03-10")
    put("works", "2026-04-01")
    put("market", "2026-03-24")
    items = client.get(url, headers=officer).json()["items"]
    assert [(item["name"], [day["on"] for day in item["days"]]) for item in items] == [
        ("market", ["2026-03-24"]),
        ("works", ["2026-04-01"]),
    ]
    put("market")
    assert [item["name"] for item in client.get(url, headers=officer).json()["items"]] == ["works"]
    assert put("", "2026-03-10").status_code == 422
    assert put("market", "1066-10-14").status_code == 422
    day = {"on": "2026-03-10", "label": "a\0b"}
    answer = client.put(url, json={"name": "market", "days": [day]}, headers=officer)
    assert answer.status_code == 422
