"""Every sentence of the screen stands in one file per language."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from geo.errors import AirelibError
from geo.vocabulary import (
    BAY_TYPE_LABELS,
    DAY_LABELS,
    UNSEEN_REASON_LABELS,
    VEHICLE_CLASS_LABELS,
)
from service.app import create_app

SRC = Path(__file__).resolve().parents[2] / "service" / "web" / "src"
PLURALS = (".one", ".other")
assert create_app, "imported so that every error of the service joins the family"


def phrases(lang: str) -> dict[str, str]:
    """Return the phrases of a language."""
    read: dict[str, str] = json.loads((SRC / "phrases" / f"{lang}.json").read_text())
    return read


def source() -> str:
    """Return all code of the application as one text."""
    files = [*SRC.rglob("*.ts"), *SRC.rglob("*.tsx")]
    return "\n".join(path.read_text() for path in sorted(files))


def test_both_languages_have_the_same_keys_in_order() -> None:
    """French and English say the same things, each key once and in alphabetical order."""
    assert list(phrases("fr")) == list(phrases("en")) == sorted(phrases("fr"))


def test_both_languages_fill_the_same_places() -> None:
    """A phrase takes the same values in both languages."""
    french, english = phrases("fr"), phrases("en")
    places = re.compile(r"\{(\w+)\}")
    different = [
        key
        for key in french
        if not key.endswith(PLURALS)
        and sorted(places.findall(french[key])) != sorted(places.findall(english[key]))
    ]
    assert not different


def test_every_key_is_used() -> None:
    """No phrase is kept that no page says."""
    code = source()
    made = [prefix for prefix in re.findall(r"`([a-z_.]+)\$\{", code) if "." in prefix]
    unused = [key for key in phrases("fr") if not _is_used(key, code, made)]
    assert not unused


def _is_used(key: str, code: str, made: list[str]) -> bool:
    names = [key, *(key.removesuffix(end) for end in PLURALS if key.endswith(end))]
    said = any(f'"{name}"' in code for name in names)
    return said or any(key.startswith(prefix) for prefix in made)


def test_no_sentence_hides_in_the_code() -> None:
    """Text between tags is a phrase or a sign, never words in one language."""
    words = re.findall(r">\s*([A-Za-zÀ-ÿ][a-zà-ÿ]+ [a-zà-ÿ][^<>{}=;]*)<", source())
    commands = [text for text in words if not text.startswith("airelib ")]
    assert not commands


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_names_of_values_are_those_of_the_house(lang: str) -> None:
    """Classes, bay types, days and reasons are called on screen as the vocabulary calls them."""
    said = phrases(lang)
    for prefix, labels in (("class", VEHICLE_CLASS_LABELS), ("type", BAY_TYPE_LABELS)):
        for value, label in labels.items():
            assert said[f"{prefix}.{value.value}"] == getattr(label, lang)
    for day, label in DAY_LABELS.items():
        assert said[f"day.{day.value}.short"] == getattr(label, lang)
    reasons = {key: text for key, text in said.items() if key.startswith("unseen.")}
    assert reasons == {f"unseen.{r}": getattr(x, lang) for r, x in UNSEEN_REASON_LABELS.items()}
    assert listed("UnseenReason") == list(UNSEEN_REASON_LABELS)


def listed(name: str) -> list[str]:
    """Return the members of a union of the API's types."""
    found = re.search(rf"export type {name} =([^;]*);", (SRC / "api" / "types.ts").read_text())
    assert found is not None
    return re.findall(r'"(\w+)"', found[1])


SHOWN_ERRORS = {
    "bad_key",
    "bay_in_use",
    "conflict",
    "database_busy",
    "database_unreachable",
    "decided_meanwhile",
    "file_too_large",
    "illegal_transition",
    "import_undone",
    "imported_since",
    "incomplete_decision",
    "invalid_file",
    "invalid_input",
    "invalid_period",
    "invalid_request",
    "invalid_time_rule",
    "not_found",
    "nothing_to_import",
    "out_of_scope",
    "unavailable",
    "unknown_bay",
    "unknown_commune",
    "unknown_crs",
    "unknown_device",
    "unknown_exclusion",
    "unknown_import",
    "unknown_run",
    "unknown_suggestion",
    "unsupported_media_type",
}
"""Codes that the pages' own requests can meet."""


def test_errors_of_the_pages_have_their_sentence() -> None:
    """Each code that a page can meet is said in words, and is a code that exists."""
    said = {key.removeprefix("error.") for key in phrases("fr") if key.startswith("error.")}
    assert said == SHOWN_ERRORS | {"network", "server", "other"}
    assert not SHOWN_ERRORS - codes(AirelibError)


def codes(error: type[AirelibError]) -> set[str]:
    """Return the codes of an error class and of all below it."""
    return {error.code}.union(*(codes(one) for one in error.__subclasses__()))
