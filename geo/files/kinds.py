"""Which kinds of file there are, their schemas, and of which kind a file is."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from typing import Any

from geo.errors import InvalidFile, InvalidInput

TABLES = (
    "truth",
    "predictions",
    "boxes",
    "stays",
    "unseen",
    "rule_history",
    "neighbours",
    "forecast",
    "adopted",
)
"""Kinds of CSV file, each with a Table Schema (Data Package 2.0).

Three properties of our own: `optionalFields` are columns that may be absent, `orderedFields` pairs of columns of which the
first is not above the second, `filledFields` groups of columns of which one at least is filled.
"""

TOLD_BY = {
    "scene": "camera_id",
    "bays": "features",
    "metrics": "by_bay",
    "suggestions": "commune_plans",
    "effect": "not_measured",
    "what_if": "p_gain",
    "world_truth": "city_factors",
    "params": "search",
    "audit": "recall",
    "weights": "unserved_per_day",
}
"""A key that a document of each kind has and no other."""

STUDY_BAYS = "study_bays"
"""Kind of a bays.geojson whose features have a length, or no geometry."""

DOCUMENTS = (*TOLD_BY, STUDY_BAYS)
"""Kinds of JSON file, each with a JSON Schema (draft 2020-12)."""

MODELS = {"suggestions": "geo.suggest.record:Suggestions"}
"""Kinds whose schema is that of the model that writes them."""

SETTINGS = ("worker",)
"""Kinds of TOML file, each with a JSON Schema of its values."""

KINDS = TABLES + DOCUMENTS + SETTINGS


@dataclass(frozen=True)
class Content:
    """A file that could be read."""

    kind: str
    rows: tuple[dict[str, str], ...] = ()
    """Of a table: its rows, by column."""
    columns: tuple[str, ...] = ()
    """Of a table: its header."""
    document: Any = None
    """Of a document: its values."""


@cache
def schema(kind: str) -> Any:
    """Return the schema of a kind.

    Raises
    ------
    InvalidInput
        When there is no such kind.
    """
    if kind not in KINDS:
        raise InvalidInput(f"no file is of the kind {kind!r}: wanted one of {', '.join(KINDS)}")
    if kind in MODELS:
        module, _, name = MODELS[kind].partition(":")
        return getattr(import_module(module), name).model_json_schema()
    text = resources.files("geo.files").joinpath("schemas", f"{kind}.json").read_text("utf-8")
    return json.loads(text)


def required_columns(kind: str) -> tuple[str, ...]:
    """Return the columns that a table must have, in order."""
    optional = schema(kind)["optionalFields"]
    return tuple(field["name"] for field in schema(kind)["fields"] if field["name"] not in optional)


def read(path: Path, kind: str | None = None) -> Content:
    """Read a file as one of a kind; left out, the kind is told by its columns, its keys or its name.

    Raises
    ------
    InvalidFile
        When it cannot be read, or nothing tells its kind.
    InvalidInput
        When there is no such kind.
    """
    if kind is not None:
        schema(kind)
    suffix = path.suffix.lower()
    if kind in TABLES or (kind is None and suffix == ".csv"):
        return _table(path, kind)
    if kind in SETTINGS or (kind is None and suffix == ".toml"):
        return Content(kind or "worker", document=_toml(path))
    document = _json(path)
    return Content(kind or _document_kind(path, document), document=document)


def _table(path: Path, kind: str | None) -> Content:
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            columns = tuple(reader.fieldnames or ())
            rows = tuple(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidFile(f"{path} cannot be read as CSV: {error}") from error
    return Content(kind or _table_kind(path, columns), rows, columns)


def _table_kind(path: Path, columns: Iterable[str]) -> str:
    """Return the kind whose columns are there; else the one that the file is named after."""
    there = set(columns)
    fitting = [kind for kind in TABLES if there.issuperset(required_columns(kind))]
    named = [kind for kind in TABLES if path.stem == kind]
    for kind in (*named, *fitting):
        return kind
    wanted = "; ".join(f"{kind}: {', '.join(required_columns(kind))}" for kind in TABLES)
    raise InvalidFile(
        f"{path} has the columns {', '.join(columns) or 'none'}: wanted those of a kind of file ({wanted}), or --kind"
    )


def _document_kind(path: Path, document: Any) -> str:
    keys = document.keys() if isinstance(document, dict) else set()
    for kind, key in TOLD_BY.items():
        if key in keys:
            is_study = kind == "bays" and any(map(_is_of_study, document[key] or ()))
            return STUDY_BAYS if is_study else kind
    for kind in DOCUMENTS:
        if path.stem == kind:
            return kind
    raise InvalidFile(
        f"nothing tells what {path} is: wanted --kind with one of {', '.join(DOCUMENTS)}"
    )


def _is_of_study(feature: Any) -> bool:
    if not isinstance(feature, dict):
        return False
    return feature.get("geometry") is None or "length_m" in (feature.get("properties") or {})


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidFile(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise InvalidFile(f"{path} is not JSON: {error}") from error


def _toml(path: Path) -> Any:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidFile(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidFile(f"{path} is not TOML: {error}") from error
