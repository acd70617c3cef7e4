"""Contract tests: the answer of every CDS route is what the published schemas say, on both databases."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from httpx import Response

from tests.contract.cds_schemas import CdsSchemas
from tests.service.kerb_history import MOVED, NEW_ZONE, OLD_ZONE, give_history, ms
from tests.service.world import BAYS, World, zone

BASE = "/cds/99001"

Ask = Callable[..., Response]

LISTS = (
    ("curbs", "/curbs/zones", {}),
    ("curbs", "/curbs/zones", {"min_lat": 48, "min_lng": 2, "max_lat": 49, "max_lng": 3}),
    ("curbs", "/curbs/zones", {"lat": 48.91, "lng": 2.61, "radius": 10_000}),
    ("curbs", "/curbs/zones", {"time": ms(MOVED) - 1}),
    ("curbs", "/curbs/zones", {"page": 2}),
    ("curbs", "/curbs/policies", {}),
    ("curbs", "/curbs/policies", {"ids": str(uuid4())}),
    ("curbs", "/curbs/spaces", {}),
    ("curbs", "/curbs/spaces", {"zone": NEW_ZONE}),
    ("events", "/events/events", {}),
    ("events", "/events/events", {"event_time": "2026-03-10T10"}),
    ("events", "/events/events", {"curb_zone_id": NEW_ZONE}),
    ("events", "/events/status", {}),
    ("events", "/events/status", {"curb_zone_id": zone(BAYS[1])}),
)
"""Every list that is served, as it is asked for."""

FILLED = {"/curbs/zones": "zones", "/curbs/policies": "policies", "/events/status": "status"}
"""Lists that must hold something where nothing narrows them."""


@pytest.fixture
def filled(world: World) -> World:
    """Give the small world with a history, stays, and events of all kinds."""
    world.take([*world.reports(-119, -10, ["van", "two_wheeler"]), world.report(-5, observed_s=0)])
    world.take([event for i in range(6) for event in world.stay(-119 + 9 * i, -114 + 9 * i)])
    world.take([world.report(-20, bay=BAYS[1]), world.event("comms_lost", -20)])
    give_history(world)
    return world


@pytest.fixture
def ask(filled: World) -> Ask:
    """Return what asks a path under the base as an officer."""
    client, key = filled.client(), filled.bearer("officer")
    return lambda path, **params: client.get(f"{BASE}{path}", params=params, headers=key)


def test_every_list_is_what_cds_says(schemas: CdsSchemas, ask: Ask) -> None:
    """Zones, policies, spaces, events and status validate, however they are asked for."""
    for api, path, params in LISTS:
        answer = ask(path, **params)
        assert answer.status_code == 200, (path, params)
        assert schemas.answer_faults(api, path, 200, answer.json()) == [], (path, params)
        if path in FILLED and not params:
            assert answer.json()["data"][FILLED[path]]


def test_every_object_is_what_cds_says(schemas: CdsSchemas, ask: Ask) -> None:
    """Each zone, policy and space by its identifier validates, and so does a zone that is history."""
    for path, name in (
        ("zones", "curb_zone_id"),
        ("policies", "curb_policy_id"),
        ("spaces", "curb_space_id"),
    ):
        for item in ask(f"/curbs/{path}").json()["data"][path]:
            answer = ask(f"/curbs/{path}/{item[name]}")
            assert answer.json()["data"] == item
            assert schemas.answer_faults("curbs", f"/curbs/{path}/{{id}}", 200, answer.json()) == []
    past = ask(f"/curbs/zones/{OLD_ZONE}", show_historic=True)
    assert schemas.answer_faults("curbs", "/curbs/zones/{id}", 200, past.json()) == []


def test_zones_without_their_polygon_validate(schemas: CdsSchemas, ask: Ask) -> None:
    """Left-out geometry is the only difference."""
    whole = ask("/curbs/zones").json()["data"]["zones"]
    bare = ask("/curbs/zones", include_geometry=False).json()["data"]["zones"]
    for one, other in zip(bare, whole, strict=True):
        assert schemas.object_faults("curbs", "curb_zone_no_geometry", one) == []
        assert one | {"geometry": other["geometry"]} == other


def test_every_identifier_leads_somewhere(ask: Ask) -> None:
    """Policies and spaces that zones name, now and before, are served; zones that spaces name are too."""
    zones = ask("/curbs/zones").json()["data"]["zones"]
    policies = {
        item["curb_policy_id"] for item in ask("/curbs/policies").json()["data"]["policies"]
    }
    spaces = ask("/curbs/spaces").json()["data"]["spaces"]
    for item in zones:
        past = [name for one in item.get("prev_policies", []) for name in one["curb_policy_ids"]]
        assert {*item["curb_policy_ids"], *past} <= policies
    named = [name for item in zones for name in item.get("curb_space_ids", [])]
    assert named == [item["curb_space_id"] for item in spaces]
    assert {item["curb_zone_id"] for item in spaces} <= {item["curb_zone_id"] for item in zones}


def test_every_refusal_is_what_cds_says(schemas: CdsSchemas, filled: World) -> None:
    """400, 401, 404 and 406 validate where CDS describes them; 403, 405 and 501 have the same object."""
    client = filled.client()
    key = filled.bearer("officer")
    wrong = {"Accept": "application/vnd.cds+json;version=9"}
    for api, path, status, params, headers in (
        ("curbs", "/curbs/zones", 400, {"lat": 1}, {}),
        ("curbs", "/curbs/zones", 406, {}, wrong),
        ("curbs", "/curbs/policies", 400, {"ids": "x"}, {}),
        ("curbs", "/curbs/spaces", 406, {}, wrong),
        ("events", "/events/events", 400, {"event_time": "x"}, key),
        ("events", "/events/events", 401, {}, {}),
        ("events", "/events/events", 406, {}, {**key, **wrong}),
        ("events", "/events/status", 401, {}, {}),
        ("metrics", "/metrics/aggregates", 400, {"lat": 1}, key),
        ("metrics", "/metrics/aggregates", 401, {}, {}),
        ("metrics", "/metrics/aggregates", 406, {}, {**key, **wrong}),
    ):
        answer = client.get(f"{BASE}{path}", params=params, headers=headers)
        assert answer.status_code == status, path
        assert schemas.answer_faults(api, path, status, answer.json()) == []
    for path, name in (
        ("zones", "curb_zone"),
        ("policies", "curb_policy"),
        ("spaces", "curb_space"),
    ):
        missing = client.get(f"{BASE}/curbs/{path}/{name}")
        assert missing.status_code == 404
        assert schemas.answer_faults("curbs", f"/curbs/{path}/{{id}}", 404, missing.json()) == []
    others = [
        client.get(f"{BASE}/events/events", headers=filled.bearer("camera") | wrong),
        client.get(f"{BASE}/metrics/aggregates", headers=filled.bearer("camera")),
        client.put(f"{BASE}/curbs/zones"),
        client.get(f"{BASE}/curbs/areas"),
        client.get(f"{BASE}/nothing"),
    ]
    assert [answer.status_code for answer in others] == [406, 403, 405, 501, 404]
    for answer in others:
        assert schemas.object_faults("curbs", "cds_error", answer.json()) == []


def test_every_answer_to_a_push_is_what_cds_says(schemas: CdsSchemas, filled: World) -> None:
    """What was taken, what was refused of it, and a batch refused as a whole validate."""
    client = filled.client()
    strange = {**filled.report(-2), "curb_zone_id": str(uuid4())}
    late = {**filled.report(-2), "event_publication_time": 1_000_000_000_000}
    for body, status in (([filled.report(-3), strange], 200), ("x", 400), ([late], 409)):
        answer = filled.post(client, body)
        assert answer.status_code == status
        faults = schemas.answer_faults("events", "/events/event", status, answer.json(), "post")
        assert faults == []
    key = filled.bearer("camera")
    for headers, status in (
        ({}, 401),
        (key | {"Accept": "application/vnd.cds+json;version=3"}, 406),
    ):
        answer = client.post(f"{BASE}/events/event", json=[], headers=headers)
        assert answer.status_code == status
        faults = schemas.answer_faults("events", "/events/event", status, answer.json(), "post")
        assert faults == []


def test_every_row_of_the_table_is_what_cds_says(
    schemas: CdsSchemas, filled: World, ask: Ask
) -> None:
    """Each aggregate validates once its numbers are read as numbers."""
    filled.now += timedelta(hours=1)
    text = ask("/metrics/aggregates").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["metric_type"] for row in rows} == {
        "total_sessions",
        "turnover",
        "average_dwell_time",
        "occupancy_percent",
    }
    for row in rows:
        cast = {**row, "hour": int(row["hour"]), "value": float(row["value"])}
        assert schemas.object_faults("metrics", "aggregate", cast) == []


def test_the_base_has_the_envelope(schemas: CdsSchemas, ask: Ask) -> None:
    """The list of endpoints is ours, its envelope that of CDS."""
    answer = ask("").json()
    assert (
        schemas.answer_faults("curbs", "/curbs/zones", 200, answer | {"data": {"zones": []}}) == []
    )
