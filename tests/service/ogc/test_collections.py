"""Tests of what the collections hold: who sees which figures, which time is meant, which bays meet a box."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Engine, update

from geo.bay_details import BayDetails
from geo.bays import read_bays
from geo.communes import read_communes
from geo.epci import Group
from service.ingest.inventory import Inventory, save_inventory
from service.jobs.suggest import RunWanted, run_suggestions
from service.lifecycle import Decision, Status
from service.ogc.aires import LEFT_OUT
from service.ogc.aires import PROPERTIES as BAY_PROPERTIES
from service.security import Role
from service.store.commune_pages import FEW_BAYS, MOST_DAYS
from service.store.database import writing
from service.store.groups import save_groups
from service.store.suggestions import Wanted, decide, list_suggestions
from service.store.tables import BAY, COMMUNE
from tests.service.ogc.conftest import DAYS, Get, link, put_day, relations
from tests.service.suggested import FakeAdvisor, record
from tests.service.world import BAYS, World, communes_document, feature, square

HOURS = "/collections/occupation-horaire/items"
COMMUNES = "/collections/occupation-commune/items"
PROPOSITIONS = "/collections/propositions/items"

BAY_OF_MANY = {"commune": "99001", "length_m": 12, "capacity": 2, "bay_type": "permanent"}


def of(page: dict[str, Any], **wanted: Any) -> list[dict[str, Any]]:
    """Return the properties of the features whose properties are as wanted."""
    return [
        one["properties"]
        for one in page["features"]
        if all(one["properties"][name] == value for name, value in wanted.items())
    ]


def told(rows: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    """Return the different figures of some features."""
    names = ("coverage", "occupancy", "stays", "stays_car", "withheld")
    return {tuple(row[name] for name in names) for row in rows}


# Who sees which figures


def test_everyone_sees_figures_of_enough_stays_that_were_seen(get: Get) -> None:
    """Busy bays are told, a quiet one and one hardly seen are null with the reason; no class is told of an hour."""
    page = get(HOURS).json()
    assert told(of(page, bay_id=BAYS[0])) == {(1.0, 0.5, 6, None, None)}
    assert told(of(page, bay_id=BAYS[1])) == {(1.0, 0.5, 7, None, None)}
    assert told(of(page, bay_id=BAYS[2])) == {(1.0, None, None, None, "small_count")}
    assert told(of(page, bay_id=BAYS[4])) == {(0.5, None, None, None, "coverage")}
    assert of(page, bay_id=BAYS[3]) == []


def test_everyone_sees_no_total_that_gives_one_bay_away(get: Get) -> None:
    """The commune's fifteen stays an hour less the told thirteen would be the quiet bay's two; 48 on a day are enough."""
    page = get(f"{COMMUNES}?commune=99001").json()
    assert told(of(page, period="hour")) == {(0.75, None, None, None, "small_count")}
    assert told(of(page, period="day")) == {(0.75, 0.5, 360, None, None)}
    assert {(row["bays"], row["bays_seen"]) for row in of(page)} == {(4, 3)}


def test_an_officer_sees_all_that_was_seen_enough_in_her_commune(get: Get, filled: World) -> None:
    """Small counts and classes are told to her, little coverage is not; the neighbour's officer sees what everyone does."""
    mine = get(HOURS, headers=filled.bearer("officer")).json()
    assert told(of(mine, bay_id=BAYS[2])) == {(1.0, 0.5, 2, 2, None)}
    assert told(of(mine, bay_id=BAYS[4])) == {(0.5, None, None, None, "coverage")}
    communes = get(COMMUNES, headers=filled.bearer("officer")).json()
    assert told(of(communes, commune="99001", period="hour")) == {(0.75, 0.5, 15, 15, None)}
    assert told(of(communes, commune="99001", period="day")) == {(0.75, 0.5, 360, 360, None)}
    theirs = get(HOURS, headers=filled.bearer("neighbour")).json()
    assert theirs["features"] == get(HOURS).json()["features"]
    assert get(HOURS, headers=filled.bearer("camera")).json()["features"] == theirs["features"]


def test_everyone_sees_a_day_whose_bays_hide_one_another(world: World) -> None:
    """Two quiet bays and a busy one: the commune is told; of the classes on days those that give none away."""
    for bay_id, stays in zip(BAYS, (6, 3, 3, 1), strict=False):
        put_day(world.engine, bay_id, DAYS[0], stays_per_hour=stays, vans_per_hour=stays // 3)
    page = world.client().get(f"/ogc{COMMUNES}").json()
    assert told(of(page, period="hour")) == {(1.0, 0.5, 17, None, None)}
    assert told(of(page, period="day")) == {(1.0, 0.5, 24 * 17, 24 * 13, None)}
    assert {row["stays_van"] for row in of(page, period="day")} == {None}


@pytest.mark.parametrize(
    ("name", "status"), [(None, 401), ("camera", 403), ("officer", 200), ("planner", 200)]
)
@pytest.mark.parametrize("path", ["", "/schema", "/items"])
def test_suggestions_are_for_officers(
    get: Get, filled: World, name: str | None, status: int, path: str
) -> None:
    """Without a key 401, with a device's 403, each an exception of the standard; to officers they are listed too."""
    headers = {} if name is None else filled.bearer(name)
    body = get(f"/collections/propositions{path}", status, headers=headers).json()
    assert status == 200 or {"code", "description", "title", "detail"} <= set(body)
    listed = [one["id"] for one in get("/collections", headers=headers).json()["collections"]]
    assert ("propositions" in listed) == (status == 200)


@pytest.mark.parametrize("path", ["/collections", HOURS, "/collections/aires/items"])
def test_a_key_that_is_not_good_is_never_overlooked(get: Get, path: str) -> None:
    """Public data too answers 401 to an unknown key: better than figures that are not those expected."""
    for said in ("Bearer alv_000000000000_x", "Basic !", "Basic eDp5", "Digest x", ""):
        answer = get(path, 401, headers={"Authorization": said})
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_key_may_be_a_password(get: Get, filled: World) -> None:
    """Clients that know no Bearer show the key as the password of any name."""
    plain = base64.b64encode(f"agent:{filled.keys['officer']}".encode()).decode()
    answer = get(HOURS, headers={"Authorization": f"Basic {plain}"})
    assert told(of(answer.json(), bay_id=BAYS[2])) == {(1.0, 0.5, 2, 2, None)}
    assert "Authorization" in answer.headers["vary"]


@pytest.fixture
def suggested(world: World) -> World:
    """Give a world in which both communes had a run, one of two proposals of 99001 is adopted, and none repeated."""
    world.add_key("neighbour", Role.OFFICER, insee="99002")
    world.add_key("planner", Role.OFFICER, insee=None)
    world.take(world.reports(-24 * 60 - 59, -24 * 60))
    world.take(
        world.reports(-24 * 60 - 59, -24 * 60, bay=BAYS[4]),
        world.add_key("all", insee=None, device_id=world.device.device_id),
    )
    first = FakeAdvisor((record(BAYS[0]), record(BAYS[1]), record(BAYS[2], decision="keep")))
    run_suggestions(world.engine, first, RunWanted("99001", weeks=1), world.now)
    with writing(world.engine) as session:
        (one,) = list_suggestions(session, Wanted(bay_id=BAYS[0]))
        decide(session, one.id, world.device, Decision(Status.ACCEPTED, Status.PROPOSED), world.now)
        adopted = Decision(Status.ADOPTED, Status.ACCEPTED, adopted_on=date(2026, 4, 1))
        decide(session, one.id, world.device, adopted, world.now)
    again = FakeAdvisor((record(BAYS[2], decision="keep"),))
    run_suggestions(world.engine, again, RunWanted("99001", weeks=1), world.now)
    theirs = FakeAdvisor((record(BAYS[4], commune="99002"),))
    run_suggestions(world.engine, theirs, RunWanted("99002", weeks=1), world.now)
    return world


def test_suggestions_are_those_that_stand_in_the_communes_of_the_key(suggested: World) -> None:
    """Each officer sees her commune's: what the newest run says and what was adopted, not what expired."""
    client = suggested.client()

    def seen(name: str, query: str = "") -> list[tuple[str, str, str | None]]:
        page = client.get(f"/ogc{PROPOSITIONS}{query}", headers=suggested.bearer(name)).json()
        assert page["numberMatched"] == len(page["features"])
        return [(row["bay_id"], row["decision"], row["status"]) for row in of(page)]

    mine = [(BAYS[0], "change", "adopted"), (BAYS[2], "keep", None)]
    theirs = [(BAYS[4], "change", "proposed")]
    assert sorted(seen("officer")) == mine
    assert seen("neighbour") == theirs
    assert sorted(seen("planner")) == [*mine, *theirs]
    assert seen("planner", "?commune=99002") == theirs
    assert seen("planner", "?bbox=2.6,48.9,2.6105,48.95") == mine[:1]
    assert seen("planner", "?datetime=2026-03-10T12:00:00Z/..&commune=99002") == theirs
    assert seen("planner", "?datetime=2026-03-10T12:00:00.5Z/9999-12-31T23:59:59.5Z") == []
    refused = client.get(f"/ogc{PROPOSITIONS}?commune=99002", headers=suggested.bearer("officer"))
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_scope")


def test_a_suggestion_says_what_it_would_bring(suggested: World) -> None:
    """Rules now and proposed in words, gain with its interval, effects; another commune's is refused."""
    client = suggested.client()
    (one,) = client.get(f"/ogc{PROPOSITIONS}", headers=suggested.bearer("neighbour")).json()[
        "features"
    ]
    said = one["properties"]
    assert said["rule_now_fr"] == "le lundi et mardi de 7 h à 20 h (30 min au plus)"
    assert said["rules_new_fr"] == "le lundi et mardi de 6 h à 11 h (20 min au plus)"
    assert (said["gain_low"], said["gain_high"], said["unserved_per_day"]) == (1.7, 2.7, -3.0)
    assert (said["made_at"], said["adopted_on"]) == ("2026-03-10T12:00:00Z", None)
    assert said["gain"] == pytest.approx(2.2)
    path = f"/ogc{PROPOSITIONS}/{one['id']}"
    assert client.get(path, headers=suggested.bearer("planner")).json()["properties"] == said
    assert client.get(path, headers=suggested.bearer("officer")).status_code == 403
    for wrong in ("0", "01", "2", "9999999999", "-1", "x", "1.0"):
        answer = client.get(f"/ogc{PROPOSITIONS}/{wrong}", headers=suggested.bearer("planner"))
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_feature")


# Which time is meant


def test_without_a_time_the_newest_seven_days_are_meant(world: World) -> None:
    """Older hours are there for who asks; the pages after the first ask for the time that the first meant."""
    for back in (0, 5, 20):
        put_day(world.engine, BAYS[0], DAYS[2] - timedelta(days=back))
    get = world.client().get
    page = get(f"/ogc{HOURS}?limit=5").json()
    assert page["numberMatched"] == 13 + 24
    assert "datetime=2026-03-03T12:00:00Z/2026-03-10T11:59:59Z" in link(page, "next")["href"]
    assert get(f"/ogc{HOURS}?datetime=2000-01-01T00:00:00Z/..").json()["numberMatched"] == 13 + 48
    world.now += timedelta(hours=3)
    after = get(link(page, "next")["href"]).json()
    assert after["numberMatched"] == 13 + 24
    extent = get("/ogc/collections/occupation-horaire").json()["extent"]["temporal"]["interval"]
    assert extent == [["2026-02-17T23:00:00Z", "2026-03-10T14:59:59Z"]]


def test_figures_that_ended_long_ago_are_shown(world: World) -> None:
    """The seven days end with the last figures, not with today."""
    put_day(world.engine, BAYS[0], date(2025, 12, 24))
    page = world.client().get(f"/ogc{HOURS}").json()
    assert page["numberMatched"] == 24
    assert page["features"][0]["id"] == f"{BAYS[0]}@2025-12-23T23Z"


def test_an_hour_that_goes_on_is_not_shown(world: World) -> None:
    """At half past one the hour from one is not over, nor is the day."""
    world.now += timedelta(minutes=30)
    put_day(world.engine, BAYS[0], DAYS[2])
    get = world.client().get
    last = get(f"/ogc{HOURS}").json()["features"][-1]["properties"]
    assert (last["from_local"], last["to_at"]) == (
        "2026-03-10T12:00:00+01:00",
        "2026-03-10T12:00:00Z",
    )
    assert of(get(f"/ogc{COMMUNES}?period=day").json()) == []
    for path in (f"{HOURS}/{BAYS[0]}@2026-03-10T12Z", f"{COMMUNES}/99001@2026-03-10"):
        assert get(f"/ogc{path}").status_code == 404


@pytest.mark.parametrize(("on", "hours"), [(date(2025, 10, 26), 25), (date(2025, 3, 30), 23)])
def test_days_on_which_the_clock_changes_have_all_their_hours(
    world: World, on: date, hours: int
) -> None:
    """The hour that comes twice is two features with their own times, and the one that is left out is none."""
    put_day(world.engine, BAYS[0], on)
    page = world.client().get(f"/ogc{HOURS}").json()
    rows = of(page)
    assert len({one["id"] for one in page["features"]}) == len(rows) == hours
    assert len({row["from_local"] for row in rows}) == hours
    assert all(row["to_at"] == after["from_at"] for row, after in pairwise(rows))


def test_hours_are_local_to_the_commune(world: World) -> None:
    """Communes of two time zones page through together, each day in its own time."""
    with writing(world.engine) as session:
        session.execute(
            update(COMMUNE).where(COMMUNE.c.insee == "99002").values(time_zone="Indian/Reunion")
        )
    for bay_id in (BAYS[0], BAYS[4]):
        put_day(world.engine, bay_id, DAYS[0])
    get = world.client().get
    page = get(f"/ogc{HOURS}").json()
    assert page["numberMatched"] == len(page["features"]) == 48
    begins = {bay_id: of(page, bay_id=bay_id)[0]["from_local"] for bay_id in (BAYS[0], BAYS[4])}
    assert begins == {BAYS[0]: "2026-03-08T00:00:00+01:00", BAYS[4]: "2026-03-08T00:00:00+04:00"}
    asked = get(f"/ogc{HOURS}?datetime=../2026-03-07T22:59:59Z").json()
    assert [row["bay_id"] for row in of(asked)] == [BAYS[4]] * 3
    days = of(get(f"/ogc{COMMUNES}?period=day&limit=2").json())
    assert [row["from_at"] for row in days] == ["2026-03-07T23:00:00Z", "2026-03-07T20:00:00Z"]


@pytest.mark.parametrize(
    "wrong",
    [
        f"{HOURS}/{BAYS[0]}",
        f"{HOURS}/{BAYS[0]}@",
        f"{HOURS}/@2026-03-09T08Z",
        f"{HOURS}/{BAYS[0]}@2026-03-09T08",
        f"{HOURS}/{BAYS[0]}@2026-13-09T08Z",
        f"{HOURS}/{BAYS[0]}@0001-01-01T00Z",
        f"{HOURS}/{BAYS[0]}@9999-12-31T23Z",
        f"{HOURS}/{BAYS[0]}@2026-03-01T08Z",
        f"{HOURS}/{BAYS[3]}@2026-03-09T08Z",
        f"{HOURS}/nothing@2026-03-09T08Z",
        f"{COMMUNES}/99001",
        f"{COMMUNES}/99001@2026-W11-1",
        f"{COMMUNES}/99001@20260309",
        f"{COMMUNES}/99001@0001-01-01",
        f"{COMMUNES}/99001@2026-03-09T08",
        f"{COMMUNES}/Paris@2026-03-09",
        "/collections/communes/99001/items",
        "/collections/communes/items/Paris",
        "/collections/aires/items/none",
        "/collections/aires/items/",
        "/collections/aires/items/a%00b",
        "/collections/aires/items/%F0%9F%9A%9A%0A",
    ],
)
def test_a_feature_that_is_not_there_is_not_found(get: Get, wrong: str) -> None:
    """Whatever is asked for, what does not exist is 404 with the exception of the standard."""
    body = get(wrong, 404).json()
    assert body["code"] in {"unknown_feature", "not_found"}
    assert body["description"]


def test_an_unknown_commune_is_not_found(get: Get) -> None:
    """A code that no commune has is told as such."""
    assert get(f"{COMMUNES}/99003@2026-03-09T08Z", 404).json()["code"] == "unknown_commune"


def test_a_page_of_communes_may_end_before_its_limit(world: World) -> None:
    """Days of communes are dear to read: a page holds some of them, and its link leads to the others."""
    for back in range(MOST_DAYS + 10):
        put_day(world.engine, BAYS[0], DAYS[1] - timedelta(days=back))
    get = world.client().get
    first = get(f"/ogc{COMMUNES}?period=day&datetime=2000-01-01T00:00:00Z/..").json()
    assert (first["numberMatched"], first["numberReturned"]) == (MOST_DAYS + 10, MOST_DAYS)
    second = get(link(first, "next")["href"]).json()
    assert second["numberReturned"] == 10
    days = [row["from_at"] for row in of(first) + of(second)]
    assert days == sorted(set(days))


def test_a_commune_of_many_bays_counts_those_without_figures_as_unseen(world: World) -> None:
    """One busy bay of five hundred and some: its coverage is what the commune's is made of."""
    bays = [
        feature(
            {**BAY_OF_MANY, "bay_id": f"many-{i:03d}"}, square(2.60 + 0.0001 * i, 48.94, 0.00009)
        )
        for i in range(FEW_BAYS)
    ]
    _add_bays(world.engine, bays)
    put_day(world.engine, BAYS[0], DAYS[0])
    put_day(world.engine, BAYS[4], DAYS[0])
    page = world.client().get(f"/ogc{COMMUNES}?period=day").json()
    ours, theirs = of(page)
    assert (ours["bays"], ours["bays_seen"], ours["withheld"]) == (FEW_BAYS + 4, 1, "coverage")
    assert ours["coverage"] == pytest.approx(1 / (FEW_BAYS + 4), abs=5e-4)
    assert (theirs["bays"], theirs["bays_seen"], theirs["stays"]) == (1, 1, 144)


# What the features say


def test_a_bay_says_its_rules_and_what_inventories_know(world: World) -> None:
    """Rules in French and as opening hours, the type in French, details as plain values, the rest null."""
    details = BayDetails.model_validate(
        {
            "address": "3 rue Haute",
            "width_m": 2.2,
            "equipment": ["borne", "potelet"],
            "extra": {"x": "y"},
        }
    )
    with writing(world.engine) as session:
        chosen = update(BAY).where(BAY.c.bay_id == BAYS[0])
        session.execute(chosen.values(details=details.model_dump_json()))
    client = world.client()
    said = client.get(f"/ogc/collections/aires/items/{BAYS[0]}").json()["properties"]
    assert said["rules_fr"] == "le lundi et mardi de 7 h à 20 h (30 min au plus)"
    assert said["opening_hours"].startswith("Mo-Tu 07:00-20:00")
    assert (said["type"], said["type_fr"], said["commune_name"]) == (
        "periodic",
        "aire périodique",
        "Un",
    )
    assert (said["address"], said["width_m"]) == ("3 rue Haute", 2.2)
    assert said["equipment"] == "borne, potelet"
    assert (said["comment"], said["is_active"]) == (None, None)


def test_every_detail_has_its_property() -> None:
    """What the model of details gains, bays show, but for what is left out on purpose."""
    assert set(BayDetails.model_fields) <= {*BAY_PROPERTIES, *LEFT_OUT}
    assert BAY_PROPERTIES["width_m"].kind == "number"
    assert BAY_PROPERTIES["order_on"].form == "date"
    assert BAY_PROPERTIES["sign_present"].kind == "boolean"
    assert "recess" in BAY_PROPERTIES["placement"].values


def test_a_commune_says_its_groups(world: World) -> None:
    """A commune that is in two groups names both."""
    groups = [
        Group("200000001", "Métropole", "METRO", ("99001",)),
        Group("200000002", "Territoire", None, ("99001", "99003")),
    ]
    with writing(world.engine) as session:
        save_groups(session, groups)
    first, second = of(world.client().get("/ogc/collections/communes/items").json())
    assert (first["groups"], first["group_sirens"]) == (
        "Métropole, Territoire",
        "200000001, 200000002",
    )
    assert (first["bays"], second["groups"]) == (4, None)


@pytest.mark.parametrize("bay_id", ["a/b c", "new:12#?&=", "é@ü", "a//b", "50%"])
def test_any_identifier_leads_back_to_its_bay(world: World, bay_id: str) -> None:
    """Identifiers of real inventories hold colons and slashes; links carry them."""
    bay = {**BAY_OF_MANY, "bay_id": bay_id}
    _add_bays(world.engine, [feature(bay, square(2.62, 48.92, 0.0001))])
    put_day(world.engine, bay_id, DAYS[0])
    get = world.client().get
    for path in ("/ogc/collections/aires/items", f"/ogc{HOURS}"):
        (found,) = [
            one for one in get(path).json()["features"] if one["properties"]["bay_id"] == bay_id
        ][:1]
        address = f"{path}/{_quoted(found['id'])}"
        alone = get(address).json()
        assert alone["properties"] == found["properties"]
        assert get(link(alone, "self")["href"]).json() == alone
    hours = get(f"/ogc{HOURS}", params={"bay_id": bay_id, "limit": 5}).json()
    assert hours["numberMatched"] == 24
    assert len(get(link(hours, "next")["href"]).json()["features"]) == 5


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _add_bays(engine: Engine, bays: list[dict[str, Any]]) -> None:
    read = read_bays({"type": "FeatureCollection", "features": bays})
    assert read.refusals == ()
    with writing(engine) as session:
        communes = read_communes(communes_document()).communes
        save_inventory(session, Inventory(read.bays, communes))


def test_a_box_in_the_corner_of_a_slanted_bay_does_not_meet_it(world: World) -> None:
    """The polygon decides, not the box around it; and hours are selected with their bay."""
    ring = [
        [2.62, 48.92],
        [2.6202, 48.9201],
        [2.62018, 48.92012],
        [2.61998, 48.92002],
        [2.62, 48.92],
    ]
    bay = {**BAY_OF_MANY, "bay_id": "slanted"}
    _add_bays(world.engine, [feature(bay, [ring])])
    put_day(world.engine, "slanted", DAYS[0])
    get = world.client().get
    for box, count in (
        ("2.6201,48.91999,2.62021,48.92003", 0),
        ("2.61997,48.92001,2.62,48.92003", 1),
    ):
        assert get(f"/ogc/collections/aires/items?bbox={box}").json()["numberMatched"] == count
        assert get(f"/ogc{HOURS}?bbox={box}").json()["numberMatched"] == 24 * count


def test_before_there_is_anything_the_collections_are_empty(
    engine: Engine, database_url: str
) -> None:
    """Without bays there is no extent and no feature, and nothing fails."""
    client = World(database_url, engine).client()
    for one in client.get("/ogc/collections").json()["collections"]:
        assert "extent" not in one
        page = client.get(link(one, "items")["href"]).json()
        assert (page["numberMatched"], page["features"]) == (0, [])
        assert relations(page) == {"self", "collection"}


# What web clients need


@pytest.mark.parametrize("path", ["", "/api", "/collections/aires/items", "/nowhere"])
def test_pages_of_other_origins_may_read(get: Get, client: Any, path: str) -> None:
    """Answers, errors too, are readable from anywhere; a page that would send a key may ask first."""
    status = 404 if path == "/nowhere" else 200
    headers = get(path, status, headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    asked = client.options(f"/ogc{path}", headers={"Origin": "https://elsewhere.example"})
    assert (asked.status_code, asked.headers["allow"]) == (204, "GET, HEAD, OPTIONS")
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    other = client.get("/api/v1/status", headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("path", ["", "/api", "/collections", "/collections/aires/items"])
def test_a_head_is_answered_like_a_get(client: Any, path: str) -> None:
    """HEAD has the headers of GET and no body; nothing is written here."""
    head, get = client.head(f"/ogc{path}"), client.get(f"/ogc{path}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers
    assert client.post(f"/ogc{path}").status_code == 405


def test_a_page_that_did_not_change_is_not_sent_again(world: World) -> None:
    """The time at which a page is made does not make it another; a changed figure does, and so does another key."""
    put_day(world.engine, BAYS[0], DAYS[0], stays_per_hour=2)
    client = world.client()
    tag = client.get(f"/ogc{HOURS}").headers["etag"]
    world.now += timedelta(minutes=5)
    same = {"If-None-Match": tag}
    assert client.get(f"/ogc{HOURS}", headers=same).status_code == 304
    officer = client.get(f"/ogc{HOURS}", headers={**same, **world.bearer("officer")})
    assert officer.status_code == 200
    put_day(world.engine, BAYS[0], DAYS[0], stays_per_hour=9)
    changed = client.get(f"/ogc{HOURS}", headers=same)
    assert changed.status_code == 200
    assert datetime.fromisoformat(changed.json()["timeStamp"]) == datetime(
        2026, 3, 10, 12, 5, tzinfo=UTC
    )


def test_links_lead_where_the_client_came_in(client: Any) -> None:
    """Behind a proxy the links carry the host that was asked for."""
    page = client.get("/ogc/", headers={"Host": "aires.example.org"}).json()
    assert link(page, "data")["href"] == "http://aires.example.org/ogc/collections"


def test_many_features_come_compressed(get: Get) -> None:
    """A page is a tenth of its size on the wire."""
    answer = get(HOURS, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(answer.text)["numberReturned"] == 244
