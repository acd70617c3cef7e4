"""Cells of a row: words, numbers, dates and yes or no, in the ways French and English files write them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from geo.errors import RowRefused
from geo.inventory.codes import Reason

MISSING = frozenset({"", "na", "nan", "n/a", "null", "none"})
"""Words for an unknown value (Cerema schema-aire-livraison 1.0.0, missingValues, and what programs write)."""

YES = frozenset({"oui", "true", "vrai", "1", "yes", "o", "t"})
NO = frozenset({"non", "false", "faux", "0", "no", "n", "f"})

MINUTES_PER_WEEK = 7 * 24 * 60

SHOWN = 80
"""Characters of a wrong value that a message shows."""


@dataclass(frozen=True)
class Row:
    """One row of a table, or one feature of a collection."""

    row: int
    """1 is the first row after the header, or the first feature."""
    cells: Mapping[str, str]
    """Filled cells by the plain form of their column."""
    titles: Mapping[str, str]
    """Column as the file writes it, by its plain form."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """Values as JSON or GeoPackage gives them, by the column as the file writes it."""
    geometry: Any = None
    """Geometry of a feature: a GeoJSON object, WKB as bytes, or None."""

    def text(self, *columns: str) -> str | None:
        """Return the first filled cell of some columns, None where each is missing."""
        for column in columns:
            cell = self.cells.get(column, "").strip()
            if cell.lower() not in MISSING:
                return cell
        return None

    def title(self, *columns: str) -> str:
        """Return the first filled of some columns as the file writes it, the first where each is missing."""
        filled = (column for column in columns if self.text(column) is not None)
        column = next(filled, columns[0])
        return self.titles.get(column, column)

    def word(self, *columns: str) -> str | None:
        """Return the plain form of a cell, None where it is missing."""
        text = self.text(*columns)
        return None if text is None else plain(text)

    def number(self, *columns: str) -> float | None:
        """Return a finite number, None where it is missing or a dash; decimal commas and spaces are read."""
        text = self.text(*columns)
        return None if text in {None, "-"} else read_number(text, self.title(*columns))

    def positive(self, *columns: str) -> float | None:
        """Return a number above zero; zero is unknown, as files write it so."""
        value = self.number(*columns)
        if value is not None and value < 0:
            raise wrong(self.title(*columns), value, "a number above zero")
        return value or None

    def minutes(self, *columns: str) -> int | None:
        """Return a duration in whole minutes, None where it is missing or zero; at most a week."""
        value = self.positive(*columns)
        if value is not None and value > MINUTES_PER_WEEK:
            raise wrong(self.title(*columns), value, f"at most {MINUTES_PER_WEEK} minutes")
        return None if value is None else max(1, round(value))

    def boolean(self, *columns: str) -> bool | None:
        """Return yes or no, None where it is missing or another word."""
        word = self.word(*columns)
        return None if word is None or word not in YES | NO else word in YES

    def day(self, *columns: str) -> date | None:
        """Return a date, ISO or day/month/year."""
        text = self.text(*columns)
        return None if text is None else read_day(text, self.title(*columns))

    def rest(self, used: Collection[str]) -> dict[str, str]:
        """Return the filled cells of columns that a reader did not use, by the column as the file writes it."""
        return {
            self.titles[column]: cell for column, cell in self.cells.items() if column not in used
        }


def plain(text: str) -> str:
    """Return a word in lower case, without accents, its other signs as single spaces."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9/.:]+", " ", bare.lower()).strip()


def column_key(title: str) -> str:
    """Return the plain form of a column's title: ``Plage horaire 1-Début`` is ``plage_horaire_1_debut``."""
    return re.sub(r"[^a-z0-9]+", "_", plain(title)).strip("_") or title.strip()


def wrong(what: str, found: Any, wanted: str) -> RowRefused:
    """Return the refusal of a value."""
    return RowRefused(Reason.INVALID_VALUE, f"{what} is {shown(found)}: wanted {wanted}")


def shown(value: Any) -> str:
    """Return a value as a message shows it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def read_number(text: str, what: str) -> float:
    """Return a finite number; a decimal comma and spaces between digits are read.

    Raises
    ------
    RowRefused
        No number, or none that is finite.
    """
    try:
        value = float(re.sub(r"\s", "", text).replace(",", "."))
    except ValueError as error:
        raise wrong(what, text, "a number") from error
    if not math.isfinite(value):
        raise wrong(what, text, "a finite number")
    return value


def read_day(text: str, what: str) -> date:
    """Return a date written ``2026-03-29``, with or without a time, or ``29/03/2026``."""
    french = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text)
    try:
        if french:
            return date(int(french[3]), int(french[2]), int(french[1]))
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise wrong(what, text, "a date such as 2026-03-29 or 29/03/2026") from error


def read_instant(text: str, what: str) -> datetime:
    """Return an aware instant; a date, or a time without an offset, is taken as UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        on = read_day(text, what)
        at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
