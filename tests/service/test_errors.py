"""Tests of the table from errors to HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import service.app
from geo.errors import AirelibError, BadKey, BatchTooLarge, ClockOff, OutOfScope
from service.errors import STATUS, status_of
from service.settings import Settings
from service.store.database import DatabaseUnreachable


def family(root: type[AirelibError] = AirelibError) -> Iterator[type[AirelibError]]:
    """Yield every class below the root that is known once the application is."""
    for error in root.__subclasses__():
        yield error
        yield from family(error)


def test_every_error_has_a_status_of_its_kind() -> None:
    """No leaf falls through to the line of the root, which is a server's failure."""
    assert service.app is not None
    fallen = [
        error
        for error in family()
        if not any(base in STATUS for base in error.__mro__ if base is not AirelibError)
        and error.__module__.startswith(("geo.", "service."))
        and not error.__module__.startswith("service.demo")
    ]
    assert fallen == []


def test_codes_are_words_and_differ() -> None:
    """Each class has a code of its own."""
    found = [error for error in family() if error.__module__.startswith(("geo.", "service."))]
    codes = [error.code for error in found]
    assert len(set(codes)) == len(codes)
    assert all(code.replace("_", "").isalpha() and code.islower() for code in codes)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (BadKey, 401),
        (OutOfScope, 403),
        (ClockOff, 409),
        (BatchTooLarge, 413),
        (DatabaseUnreachable, 503),
    ],
)
def test_status_is_the_contract(error: type[AirelibError], status: int) -> None:
    """The statuses devices act on are fixed."""
    assert status_of(error) == status


@pytest.fixture
def bare(tmp_path: Path) -> TestClient:
    """Return a client of an application whose database has no tables."""
    app = service.app.create_app(Settings(data_dir=tmp_path))
    return TestClient(app, raise_server_exceptions=False)


def test_native_errors_are_problem_documents(bare: TestClient) -> None:
    """A failure on the native API is RFC 9457 with our code."""
    answer = bare.get("/api/v1/status")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    problem = answer.json()
    assert problem["code"] == "database_unreachable"
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()


def test_malformed_requests_name_each_fault(bare: TestClient) -> None:
    """The framework's own 422 body is replaced, with a pointer to each fault."""
    answer = bare.get("/api/v1/occupancy/week?weeks=many")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"] == "/query/weeks"


@pytest.mark.parametrize("path", ["/cds/99001/events/event", "/cds/nowhere"])
def test_cds_errors_are_cds_objects(bare: TestClient, path: str) -> None:
    """A failure on a CDS route has the shape CDS prescribes."""
    answer = bare.post(path, json=[])
    assert answer.status_code in {401, 404, 405}
    assert answer.json().keys() == {"error", "error_description", "error_details"}


def test_wrong_method_and_path_are_problems(bare: TestClient) -> None:
    """Routing failures on the native API are problem documents too."""
    assert bare.get("/api/v1/nothing").json()["code"] == "not_found"
    wrong = bare.put("/api/v1/status")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
