"""Contract tests: no request that the published OpenAPI allows, or forbids, meets an error nobody foresaw.

Schemathesis makes requests from the document, right ones and wrong ones, and holds each answer against it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
import structlog
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from service.app import create_app
from service.settings import Settings
from tests.service.kerb_history import NEW_ZONE, OLD_ZONE, give_history
from tests.service.world import World

CDS, NATIVE = "^/cds/", "^/api/v1/"

EXAMPLES = {CDS: 5, NATIVE: 2}
"""Requests of each route, right ones and wrong ones alike."""

CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
]

OF_PUSH = [check for check in CHECKS if check is not checks.negative_data_rejection]
"""A wrong event fails by itself, in an answer of 200."""

UNFORESEEN = 500


@pytest.fixture
def app(world: World) -> FastAPI:
    """Give the real application over a filled store."""
    world.take([*world.reports(-119, -10, ["van"]), world.event("comms_lost", -20)])
    world.take([event for i in range(6) for event in world.stay(-119 + 9 * i, -114 + 9 * i)])
    give_history(world)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    return create_app(Settings(database_url=world.url, busy_timeout_s=1), clock=lambda: world.now)


@pytest.mark.parametrize("paths", [CDS, NATIVE])
def test_every_answer_is_as_published(world: World, app: FastAPI, paths: str) -> None:
    """Of every route each answer has a status, a type and a form that the document names, and none is 500."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    statuses: Counter[int] = Counter()
    for found in schema.include(path_regex=paths).get_all_operations():
        operation = found.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.POSITIVE or _can_be_wrong(operation):
                _try(world, operation, mode, EXAMPLES[paths], statuses)
    assert statuses[200] > statuses.total() / 10, "the requests reach what the store holds"


def _can_be_wrong(operation: Any) -> bool:
    """Tell whether the document forbids anything of a request: a path of any text can be no wrong one."""
    said = [parameter.definition for parameter in operation.iter_parameters()]
    return bool(operation.body) or any(
        one["in"] == "query" or one["schema"].keys() & {"pattern", "exclusiveMinimum"}
        for one in said
    )


def _try(
    world: World, operation: Any, mode: GenerationMode, number: int, statuses: Counter[int]
) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers_as_published(case: Any) -> None:
        is_push = case.method == "POST" and operation.path.startswith("/cds/")
        if mode is GenerationMode.POSITIVE:
            _aim(world, case)
        answer = case.call(headers=world.bearer("camera" if is_push else "officer"))
        statuses[answer.status_code] += 1
        assert answer.status_code != UNFORESEEN, case.as_curl_command()
        case.validate_response(answer, checks=OF_PUSH if is_push else CHECKS)

    answers_as_published()


def _aim(world: World, case: Any) -> None:
    """Let most requests name what the store holds, and most events a time that can be taken."""
    known = {
        "insee": ["99001"],
        "zone_id": [NEW_ZONE, OLD_ZONE, str(uuid4())],
        "bay_id": ["99001-0001"],
        "month": ["2026-03"],
    }
    for part in (case.path_parameters, case.query):
        for name in set(known) & set(part or {}):
            part[name] = known[name][len(str(case.query)) % len(known[name])]
    for event in case.body if isinstance(case.body, list) else [case.body]:
        if isinstance(event, dict) and "event_publication_time" in event:
            event["event_publication_time"] = world.now_s * 1000
