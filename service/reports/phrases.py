"""Sentences of the report in French and English, and how numbers are written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from geo.errors import InvalidInput
from geo.vocabulary import Language

FOLDER = Path(__file__).parents[1] / "phrases"

UNKNOWN, RANGE = "\N{EN DASH}", "\N{EN DASH}"
"""How a figure that is not known is written, and what stands between the ends of a range."""

THIN_SPACE = "\u202f"
"""French groups thousands and detaches the percent sign with it."""


@lru_cache(maxsize=2)
def read_phrases(language: Language) -> Mapping[str, Any]:
    """Return the phrases of the report in a language."""
    return tomllib.loads((FOLDER / f"report.{language}.toml").read_text(encoding="utf-8"))


def read_language(text: str) -> Language:
    """Return a language the report is written in."""
    if text == "fr":
        return "fr"
    if text == "en":
        return "en"
    raise InvalidInput(f"language is {text!r}: wanted fr or en")


def percent(share: float | None, language: Language) -> str:
    """Write a share as a whole percentage; a dash where unknown."""
    if share is None:
        return UNKNOWN
    return f"{share * 100:.0f}{THIN_SPACE}%" if language == "fr" else f"{share * 100:.0f}%"


def number(value: float | None, language: Language, decimals: int = 0) -> str:
    """Write a number with the language's marks; a dash where unknown."""
    if value is None:
        return UNKNOWN
    text = f"{value:,.{decimals}f}"
    if language == "en":
        return text
    return text.replace(",", THIN_SPACE).replace(".", ",")


def day_name(on: date, language: Language) -> str:
    """Write a date in words; the first of a month has its own form in French."""
    day = "1er" if language == "fr" and on.day == 1 else str(on.day)
    return f"{day} {month_name(on, language)}"


def month_name(on: date, language: Language) -> str:
    """Write a month with its year."""
    return f"{read_phrases(language)['months'][on.month - 1]} {on.year}"
