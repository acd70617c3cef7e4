"""Rows of a CSV file: separator told by the header, cells checked before anything reads them."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from geo.errors import InvalidFile, RowRefused
from geo.exports.cells import restored_cell
from geo.inventory.cells import Row, column_key, shown
from geo.inventory.codes import Reason

SEPARATORS = (";", ",", "\t", "|")

MAX_ROWS = 200_000
"""Rows that an inventory may have: twenty times the bays of Paris, and memory stays bounded."""

MAX_COLUMNS = 500

MAX_CELL_CHARS = 131_072
"""Length of a cell: the limit of Python's reader, which other code of the process may have raised."""

FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.,;\seE+-]*$)")
"""Beginning of a cell that a spreadsheet would run; signed numbers and a lone dash are none (OWASP, CSV injection)."""

EXCEL_SEPARATOR = "sep="
"""First line by which Excel is told the separator."""


class Cells:
    """The rows of a CSV text, each good or refused with its reason."""

    def __init__(self, text: str) -> None:
        if text.startswith(EXCEL_SEPARATOR):
            text = text.split("\n", 1)[-1]
        self.separator = _separator(text)
        lines = io.StringIO(text, newline="")
        self._reader = csv.reader(lines, delimiter=self.separator, strict=True)
        self.header = _header(next((line for line in self._lines() if any(line)), []))
        self.titles = {column_key(title): title.strip() for title in self.header}

    def __iter__(self) -> Iterator[Row | tuple[int, RowRefused]]:
        """Yield rows in order; one that cannot be read as a row comes with its position and refusal."""
        number = 0
        for cells in self._lines():
            if not cells:
                continue
            number += 1
            if number > MAX_ROWS:
                raise InvalidFile(f"the file has more than {MAX_ROWS} rows: wanted at most as many")
            try:
                yield Row(number, self._filled(cells), self.titles)
            except RowRefused as refusal:
                yield number, refusal

    def _filled(self, cells: list[str]) -> dict[str, str]:
        wanted = len(self.header)
        if not any(cells):
            raise RowRefused(Reason.WRONG_CELLS, "the row is empty: wanted a bay")
        if len(cells) < wanted or any(cells[wanted:]):
            raise RowRefused(
                Reason.WRONG_CELLS,
                f"the row has {len(cells)} cells: wanted {wanted}, as in the header",
            )
        filled = zip(self.titles, cells, strict=False)
        return {key: _safe(self.titles[key], cell) for key, cell in filled if cell}

    def _lines(self) -> Iterator[list[str]]:
        try:
            for cells in self._reader:
                if any(len(cell) > MAX_CELL_CHARS for cell in cells):
                    raise InvalidFile(_no_csv(self._reader.line_num, "a cell is too long"))
                yield cells
        except csv.Error as error:
            raise InvalidFile(_no_csv(self._reader.line_num, error)) from error


def _no_csv(line: int, fault: object) -> str:
    return (
        f"line {line} is no CSV: {fault}; wanted cells of at most {MAX_CELL_CHARS} characters, "
        "quoted from their first to their last"
    )


def _safe(title: str, cell: str) -> str:
    text = restored_cell(cell)
    if text != cell:
        return text
    if FORMULA.match(cell):
        raise RowRefused(
            Reason.SPREADSHEET_FORMULA,
            f"{title} is {shown(cell)}, which a spreadsheet would run: wanted text that begins with no =, +, -, @, "
            "tab or line end, or an apostrophe before it",
        )
    return cell


def _separator(text: str) -> str:
    first = text.lstrip().split("\n", 1)[0][:100_000]
    counts = {sign: first.count(sign) for sign in SEPARATORS}
    best = max(counts, key=lambda sign: counts[sign])
    if not counts[best]:
        raise InvalidFile(
            f"the first line is {shown(first.strip())}: wanted a header with columns parted by ; or , or tab or |"
        )
    return best


def _header(titles: list[str]) -> list[str]:
    while titles and not titles[-1].strip():
        titles = titles[:-1]
    if len(titles) > MAX_COLUMNS:
        raise InvalidFile(f"the header has {len(titles)} columns: wanted at most {MAX_COLUMNS}")
    counted = Counter(column_key(title) for title in titles)
    twice = sorted({title for title in titles if counted[column_key(title)] > 1})
    if twice:
        raise InvalidFile(
            f"the header names {', '.join(shown(title) for title in twice[:5])} twice: wanted each column once"
        )
    return titles
