"""Checks answers by the published schemas of CDS 1.1, as they lie in the shared folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

APIS = ("curbs", "events", "metrics")


class CdsSchemas:
    """The three OpenAPI documents with their corrections (see PATCHES.md beside them)."""

    def __init__(self, folder: Path) -> None:
        self.documents = {
            name: json.loads((folder / f"{name}.patched.json").read_text()) for name in APIS
        }
        self._registry: Registry[Any] = Registry().with_resources(
            (f"urn:cds:{name}", Resource(document, DRAFT202012))
            for name, document in self.documents.items()
        )

    def object_faults(self, api: str, name: str, found: Any) -> list[str]:
        """Return what is wrong with one object of a named schema."""
        return self._faults(api, f"/components/schemas/{name}", found)

    def answer_faults(
        self, api: str, path: str, status: int, found: Any, method: str = "get"
    ) -> list[str]:
        """Return what is wrong with the JSON of an answer."""
        name = path.replace("~", "~0").replace("/", "~1")
        media = "application~1vnd.cds+json;version=1.1"
        pointer = f"/paths/{name}/{method}/responses/{status}/content/{media}/schema"
        return self._faults(api, pointer, found)

    def _faults(self, api: str, pointer: str, found: Any) -> list[str]:
        validator = Draft202012Validator(
            {"$ref": f"urn:cds:{api}#{pointer}"},
            registry=self._registry,
            format_checker=FormatChecker(),
        )
        return list(_told(validator, found))


def _told(validator: Any, found: Any) -> Iterator[str]:
    for error in validator.iter_errors(found):
        yield f"/{'/'.join(map(str, error.path))}: {error.message}"
