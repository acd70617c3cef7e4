"""Tests by a machine that reads our own definition: whatever is asked, no failure and no answer of another form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from service.ogc.catalogue import COLLECTIONS
from service.ogc.definition import definition
from service.ogc.links import Addresses
from tests.service.world import World

PATHS = sorted(definition(Addresses("http://testserver/ogc"))["paths"])

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]

QUIET = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def our_definition(filled: World) -> Any:
    """Return the definition that the service serves, with the application behind it."""
    return schemathesis.openapi.from_asgi("/ogc/api", filled.client().app)


@pytest.mark.parametrize(
    ("path", "mode"),
    [
        *((path, GenerationMode.POSITIVE) for path in PATHS),
        *((path, GenerationMode.NEGATIVE) for path in PATHS if path.endswith("/items")),
    ],
)
def test_every_answer_is_of_the_form_that_is_declared(
    our_definition: Any, filled: World, path: str, mode: GenerationMode
) -> None:
    """Any request, good or bad, gets an answer of a status, type and form that the definition declares.

    Which requests are refused is not asked here: the standard takes a limit above the maximum, which its schema
    does not, and its schema of datetime takes any text.
    """
    operation = our_definition[path]["GET"]

    @QUIET
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)
        case.call_and_validate(checks=CHECKS, headers=filled.bearer("officer"))

    answers()


@pytest.mark.parametrize("name", list(COLLECTIONS))
def test_the_reference_names_every_property_and_filter(repo: Path, name: str) -> None:
    """Who reads the page knows each column that QGIS will show, and each filter."""
    page = (repo / "docs" / "reference" / "ogc.md").read_text()
    one = COLLECTIONS[name]
    assert [said for said in (name, *one.properties, *one.filters) if f"`{said}`" not in page] == []
