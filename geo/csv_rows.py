"""Rows of a CSV file, whatever its encoding and separator, under names that compare."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence

from geo.errors import InvalidFile

SEPARATORS = ";,\t|"
"""What parts columns; the one that the header holds most often is taken."""

MAX_BYTES = 512 * 1024 * 1024
"""Largest file that is read whole; the list of all French establishments of a department is smaller."""

Row = Mapping[str, str]


def read_rows(data: bytes) -> list[Row]:
    """Return the rows of a CSV file by column name in lower case without accents; cells are stripped.

    Columns that the header does not name are left out, and cells that a short row lacks are empty.

    Raises
    ------
    InvalidFile
        The file is too large, is no text, or has no header.
    """
    if len(data) > MAX_BYTES:
        raise InvalidFile(f"the file has {len(data):,} bytes: wanted at most {MAX_BYTES:,}")
    text = _decoded(data)
    header = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=header.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise InvalidFile(f"the file cannot be read as CSV: {error}") from error
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines:
        raise InvalidFile("the file is empty: wanted a header and rows")
    names = [plain_name(cell) for cell in lines[0]]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InvalidFile(f"the header names {', '.join(twice)} twice: wanted each column once")
    return [_row(names, line) for line in lines[1:]]


def plain_name(text: str) -> str:
    """Return a name in lower case, without accents, other signs as one underscore: ``N° SIREN`` is ``n_siren``."""
    letters = unicodedata.normalize("NFKD", text.lstrip("\ufeff"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", bare.lower()).strip("_")


def first_cell(row: Row, names: Sequence[str]) -> str | None:
    """Return the first cell of some columns that holds anything; None where none does."""
    return next((row[name] for name in names if row.get(name)), None)


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise InvalidFile("the file holds zero bytes: wanted text (CSV)")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _row(names: Sequence[str], line: Sequence[str]) -> Row:
    cells = [cell.strip() for cell in line] + [""] * (len(names) - len(line))
    return {name: cell for name, cell in zip(names, cells, strict=False) if name}
