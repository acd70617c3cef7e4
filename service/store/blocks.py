"""Pages over rows that each give several items: which rows a page needs is known before any is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlmodel import Session

from service.store.pages import Page

T = TypeVar("T")


@dataclass(frozen=True)
class Days:
    """Which local days are asked for, and how many items each gives."""

    from_on: date
    to_on: date
    """Included."""
    items: Callable[[date, str], int]
    """Number of items of a row on a day in a time zone."""


@dataclass(frozen=True)
class Block:
    """Rows that all give the same number of items: those of a local day in one time zone."""

    on: date
    time_zone: str
    rows: int
    items: int
    """Of each row."""


@dataclass(frozen=True)
class Cut:
    """Part of a block that lies on a page."""

    block: Block
    first: int
    """First of its items, counted over all its rows."""
    last: int
    """Past the last one."""

    @property
    def rows(self) -> range:
        """Rows of the block that it touches."""
        return range(self.first // self.block.items, -(-self.last // self.block.items))

    def items_of(self, row: int) -> range:
        """Return which items of a row are on the page."""
        start = row * self.block.items
        return range(max(self.first - start, 0), min(self.last - start, self.block.items))


@dataclass(frozen=True)
class Piece(Generic[T]):
    """A row with the positions of those of its items that are on the page."""

    row: T
    items: range


def cut(blocks: Iterable[Block], limit: int, offset: int) -> list[Cut]:
    """Return the parts of blocks, laid end to end, that lie in ``[offset, offset + limit)``."""
    found = []
    start = 0
    for block in blocks:
        first, last = max(offset - start, 0), offset + limit - start
        length = block.rows * block.items
        if first < min(last, length):
            found.append(Cut(block, first, min(last, length)))
        start += length
    return found


def read_blocks(session: Session, statement: Select[Any], days: Days) -> list[Block]:
    """Return the blocks of a statement that gives local day, time zone and number of rows, in order."""
    return [
        Block(on, zone, rows, days.items(on, zone)) for on, zone, rows in session.execute(statement)
    ]


def cut_rows(statement: Select[Any], rows: range) -> Select[Any]:
    """Return a statement for some of the rows of another."""
    return statement.limit(len(rows)).offset(rows.start)


def pieces(
    blocks: Sequence[Block],
    rows: Callable[[Cut], list[T]],
    limit: int,
    offset: int,
    most_rows: int | None = None,
) -> Page[Piece[T]]:
    """Return the rows of a page; those of each part of a block are read by ``rows``.

    Parameters
    ----------
    most_rows
        The page ends after so many rows, even if it could hold more items.
    """
    matched = sum(block.rows * block.items for block in blocks)
    found = _of_cuts(cut(blocks, limit, offset), rows)
    return Page(matched, list(islice(found, most_rows)))


def _of_cuts(cuts: Sequence[Cut], rows: Callable[[Cut], list[T]]) -> Iterator[Piece[T]]:
    for part in cuts:
        for number, row in zip(part.rows, rows(part), strict=True):
            yield Piece(row, part.items_of(number))
