"""Tests of pages over rows that give several items each."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from service.store.blocks import Block, cut

BLOCKS = st.lists(
    st.builds(
        Block, st.just(date(2026, 3, 10)), st.just("UTC"), st.integers(0, 5), st.integers(0, 4)
    ),
    max_size=6,
)


def items(blocks: list[Block], limit: int, offset: int) -> list[tuple[int, int, int]]:
    """Return which block, row and item are on a page."""
    place = {id(block): number for number, block in enumerate(blocks)}
    return [
        (place[id(part.block)], row, item)
        for part in cut(blocks, limit, offset)
        for row in part.rows
        for item in part.items_of(row)
    ]


@given(BLOCKS, st.integers(1, 7), st.integers(0, 60))
def test_a_page_is_a_slice_of_all_items(blocks: list[Block], limit: int, offset: int) -> None:
    """A page is what counting through all items gives; rows without an item on it are not read."""
    everything = [
        (number, row, item)
        for number, block in enumerate(blocks)
        for row in range(block.rows)
        for item in range(block.items)
    ]
    assert items(blocks, limit, offset) == everything[offset : offset + limit]
    assert all(part.items_of(row) for part in cut(blocks, limit, offset) for row in part.rows)
