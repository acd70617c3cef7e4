"""One function over many items by several processes, in order: what all items share is inherited, not sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

CHUNK = 8
"""Items handed to a process at a time; a parameter of ours."""

_inherited: list[Callable[[Any], Any]] = []
"""The function of this process, set once when a pool starts it."""


def each(
    function: Callable[[Given], Made], items: Sequence[Given], workers: int, chunk: int = CHUNK
) -> Iterator[Made]:
    """Yield a function of each item, in order.

    Parameters
    ----------
    function
        May hold large data: processes are forked and inherit it. Its results are sent back.
    items
        Sent to the processes.
    workers
        Processes; 1, or no more items than a chunk: none are started.
    chunk
        Items handed to a process at a time: 1 where each takes long.
    """
    if workers == 1 or len(items) <= chunk:
        yield from map(function, items)
        return
    with ProcessPoolExecutor(
        workers, mp_context=get_context("fork"), initializer=_inherited.append, initargs=(function,)
    ) as pool:
        yield from pool.map(_call, items, chunksize=chunk)


def _call(item: Any) -> Any:
    return _inherited[-1](item)
