"""Named days from a file: a calendar (.ics), a table (.csv) or a saved web page (.html)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from geo.errors import InvalidFile
from geo.ical_days import ical_days
from geo.page_days import page_days

MOST_BYTES = 2_000_000
"""Largest file taken: a year of a town's events is some hundred kilobytes (convention)."""

MOST_DAYS = 20_000
"""Days that one file may name; the whole time that is read has fewer (convention)."""

FROM_ON, UNTIL_ON = date(2015, 1, 1), date(2041, 1, 1)
"""Half-open time that is read: what repeats for ever ends here, and other days are left aside (convention)."""

DATE_COLUMNS = ("date", "jour", "day")
FIRST_COLUMNS = ("from", "du", "debut", "début", "start")
LAST_COLUMNS = ("to", "au", "fin", "end")
"""Names of columns, in any case; the last day is included."""


def read_days(data: bytes, name: str, time_zone: str = "Europe/Paris") -> frozenset[date]:
    """Return the local days that a file names.

    Parameters
    ----------
    data
        The file's content, UTF-8.
    name
        File name; its ending tells the form: ``.ics``, ``.csv``, ``.html`` or ``.htm``.
    time_zone
        In which instants are brought to days.

    Raises
    ------
    InvalidFile
        Too large, not of its form, or without any day.
    """
    if len(data) > MOST_BYTES:
        raise InvalidFile(f"{name} has {len(data)} bytes: wanted at most {MOST_BYTES}")
    text = _text(data, name)
    try:
        found = _gathered(_spans(text, name.rpartition(".")[2].lower(), time_zone))
    except InvalidFile as error:
        raise InvalidFile(f"{name}: {error}") from error
    if not found:
        raise InvalidFile(f"{name} names no day from {FROM_ON} to {UNTIL_ON}: wanted at least one")
    return found


def read_day(text: str) -> date:
    """Read a day as ``2026-03-01`` or ``01/03/2026``.

    Raises
    ------
    InvalidFile
        It is neither.
    """
    cleaned = text.strip()
    try:
        if "/" in cleaned:
            return datetime.strptime(cleaned, "%d/%m/%Y").date()  # noqa: DTZ007 (a day has no zone)
        return date.fromisoformat(cleaned)
    except ValueError as error:
        raise InvalidFile(
            f"found the day {text[:40]!r}: wanted one as 2026-03-01 or 01/03/2026"
        ) from error


def _spans(text: str, ending: str, time_zone: str) -> Iterator[tuple[date, date]]:
    if ending == "ics":
        return ical_days(text, time_zone, FROM_ON, UNTIL_ON)
    if ending == "csv":
        return _table_days(text)
    if ending in ("html", "htm"):
        return page_days(text, time_zone)
    raise InvalidFile(f"its name ends in {ending!r}: wanted .ics, .csv or .html")


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFile(f"{name} is not UTF-8 at byte {error.start}: wanted UTF-8") from error


def _gathered(spans: Iterable[tuple[date, date]]) -> frozenset[date]:
    """Return all days of half-open spans that lie in the time read; too many are refused before they are made."""
    found: set[date] = set()
    total = 0
    for first_on, until_on in spans:
        begin, end = max(first_on, FROM_ON), min(until_on, UNTIL_ON)
        total += max(0, (end - begin).days)
        if total > MOST_DAYS:
            raise InvalidFile(f"names more than {MOST_DAYS} days: wanted fewer")
        found.update(begin + timedelta(days=i) for i in range((end - begin).days))
    return frozenset(found)


def _table_days(text: str) -> Iterator[tuple[date, date]]:
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        columns = [column.strip().lower() for column in next(rows, [])]
        first, last = _places(columns)
        for line, row in enumerate(rows, start=2):
            if any(cell.strip() for cell in row):
                yield _span(row, first, last, line)
    except csv.Error as error:
        raise InvalidFile(f"line {rows.line_num} is not CSV: {error}") from error


def _places(columns: Sequence[str]) -> tuple[int, int]:
    """Return where the first and the last day of a row stand: the same place in a table of single days."""
    place = {column: position for position, column in reversed(list(enumerate(columns)))}
    single = next((place[one] for one in DATE_COLUMNS if one in place), None)
    if single is not None:
        return single, single
    first = next((place[one] for one in FIRST_COLUMNS if one in place), None)
    last = next((place[one] for one in LAST_COLUMNS if one in place), None)
    if first is None or last is None:
        raise InvalidFile(
            f"has the columns {', '.join(columns)[:200] or 'none'}: wanted date, or from and to"
        )
    return first, last


def _span(row: Sequence[str], first: int, last: int, line: int) -> tuple[date, date]:
    if len(row) <= max(first, last):
        raise InvalidFile(f"line {line} has {len(row)} cells: wanted {max(first, last) + 1}")
    try:
        from_on, to_on = read_day(row[first]), read_day(row[last])
    except InvalidFile as error:
        raise InvalidFile(f"line {line}: {error}") from error
    if to_on < from_on:
        raise InvalidFile(f"line {line} ends on {to_on}, before {from_on}: wanted it later")
    return from_on, min(to_on, UNTIL_ON) + timedelta(days=1)
