"""Keeps the last few large answers, so that many clients asking the same cost one computation."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

MAX_BODIES = 16
"""Answers kept; a typical week of 300 bays is about 1 MB."""


class BodyCache:
    """Bodies by entity tag, least recently used first."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """Return the body of a tag, made now if it is not known."""
        with self._lock:
            body = self._bodies.get(tag)
            if body is not None:
                self._bodies.move_to_end(tag)
                return body
        body = make()
        with self._lock:
            self._bodies[tag] = body
            while len(self._bodies) > MAX_BODIES:
                self._bodies.popitem(last=False)
        return body
