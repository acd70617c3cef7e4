"""Keeps the desks of the last few communes, so that a slider is answered from estimates that are at hand."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable
from threading import Lock

from service.engine_port import Desk

MAX_DESKS = 4
"""Communes kept; the estimates of 300 bays take some tens of megabytes."""


class DeskCache:
    """Desks by run, least recently used first; one that several ask for is made once."""

    def __init__(self) -> None:
        self._desks: OrderedDict[int, Desk] = OrderedDict()
        self._making: defaultdict[int, Lock] = defaultdict(Lock)
        self._lock = Lock()

    def get(self, run_id: int, make: Callable[[], Desk]) -> Desk:
        """Return the desk of a run, made now if it is not known."""
        with self._lock:
            making = self._making[run_id]
        with making:
            desk = self._known(run_id) or make()
        with self._lock:
            self._desks[run_id] = desk
            self._desks.move_to_end(run_id)
            while len(self._desks) > MAX_DESKS:
                gone, _ = self._desks.popitem(last=False)
                self._making.pop(gone, None)
        return desk

    def _known(self, run_id: int) -> Desk | None:
        with self._lock:
            return self._desks.get(run_id)
