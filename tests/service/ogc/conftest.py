"""The small world with three days of figures, and the published schemas."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
import yaml
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from sqlalchemy import Engine

from geo.local_time import slots_in_day
from geo.words import SLOT_S
from service.security import Role
from service.store.database import open_engine, upsert, writing
from service.store.packing import ROWS, pack
from service.store.tables import DAY
from tests.service.conftest import empty
from tests.service.world import BAYS, World, make_world

DAYS = (date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 10))
"""Local days with figures; now is 13:00 of the last one."""

Get = Callable[..., httpx.Response]
Check = Callable[[str, Any], None]


def put_day(  # noqa: PLR0917 - a builder with defaults
    engine: Engine,
    bay_id: str,
    on: date,
    stays_per_hour: int = 6,
    occupied: float = 0.5,
    seen: float = 1.0,
    capacity: int = 2,
    vans_per_hour: int = 0,
) -> None:
    """Put the figures of a bay and day into the store: the same in all slots, stays of cars and vans at the hour."""
    slots = slots_in_day(on, "Europe/Paris")
    figures = np.zeros((ROWS, slots), np.int32)
    figures[0] = round(SLOT_S * seen)
    figures[1] = round(SLOT_S * seen * occupied * capacity)
    figures[ROWS - 3, ::4] = stays_per_hour
    figures[ROWS - 5, ::4] = vans_per_hour
    with writing(engine) as session:
        upsert(session, DAY, [{"bay_id": bay_id, "on_date": on, **vars(pack(figures))}])


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Give a small world of each kind to a module that only reads it.

    Two bays of each day are busy, one is quiet, one was hardly seen; the last has no figures.
    """
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("ogc") / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    else:
        url = request.getfixturevalue("postgres_url")
    engine = open_engine(url)
    empty(engine)
    world = make_world(url, engine)
    for on in DAYS:
        put_day(engine, BAYS[0], on)
        put_day(engine, BAYS[1], on, stays_per_hour=7)
        put_day(engine, BAYS[2], on, stays_per_hour=2)
        put_day(engine, BAYS[4], on, seen=0.5)
    world.add_key("neighbour", Role.OFFICER, insee="99002")
    world.add_key("planner", Role.OFFICER, insee=None)
    yield world
    engine.dispose()


@pytest.fixture(scope="module")
def client(filled: World) -> TestClient:
    """Return a client of the service."""
    return filled.client()


@pytest.fixture
def get(client: TestClient) -> Get:
    """Return a function that asks for a path under the landing page, or for the address of a link."""

    def asked(path: str, status: int = 200, **given: Any) -> httpx.Response:
        parts = urlsplit(path)
        address = f"{parts.path}?{parts.query}" if parts.scheme else f"/ogc{path}"
        answer: httpx.Response = client.get(address, **given)
        assert answer.status_code == status, answer.text[:1000]
        return answer

    return asked


@pytest.fixture(scope="session")
def published(shared: Path) -> Check:
    """Return a check by a schema of OGC API - Features 1.0.1; tests that ask for it skip where there are none."""
    folder = shared / "standards" / "ogcapi-features-1.0.1" / "schemas"
    if not folder.is_dir():
        pytest.skip(f"no OGC schemas at {folder}")
    resources = [
        (
            path.name,
            Resource.from_contents(_as_json_schema(yaml.safe_load(path.read_text())), DRAFT202012),
        )
        for path in folder.glob("*.yaml")
    ]
    registry: Registry[Any] = Registry().with_resources(resources)

    def check(name: str, body: Any) -> None:
        validator = Draft202012Validator(
            {"$ref": f"{name}.yaml"}, registry=registry, format_checker=FormatChecker()
        )
        assert [
            f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(body)
        ] == []

    return check


def _as_json_schema(said: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema: what is nullable has the type null too."""
    if isinstance(said, list):
        return [_as_json_schema(part) for part in said]
    if not isinstance(said, dict):
        return said
    plain = {name: _as_json_schema(part) for name, part in said.items() if name != "nullable"}
    if said.get("nullable"):
        plain["type"] = [said["type"], "null"]
    return plain


def link(document: dict[str, Any], rel: str) -> dict[str, Any]:
    """Return the only link of a document with a relation."""
    (found,) = [one for one in document["links"] if one["rel"] == rel]
    return dict(found)


def relations(document: dict[str, Any]) -> set[str]:
    """Return the relations of a document's links."""
    return {one["rel"] for one in document["links"]}
