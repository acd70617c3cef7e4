"""The journal: one thread writes what all cameras save, as much as waits in one transaction."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from geo.errors import OutboxFull
from vision.outbox import Outbox, Saving
from vision.stays import StayEvent


@dataclass(eq=False)
class _Request:
    saving: Saving
    error: Exception | None = None
    is_done: threading.Event = field(default_factory=threading.Event)


class Journal:
    """An outbox that many threads may save to; a saving returns when it is on disk.

    Parameters
    ----------
    path, max_mb
        As of `vision.outbox.Outbox`.
    """

    def __init__(self, path: Path, max_mb: float) -> None:
        self._path, self._max_mb = path, max_mb
        self._waiting: deque[_Request] = deque()
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="journal")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join()

    def save(
        self,
        camera_id: str,
        memory: bytes,
        events: Sequence[str] = (),
        stays: Sequence[StayEvent] = (),
        health: bytes = b"",
    ) -> None:
        """Save as `vision.outbox.Outbox.save` does, together with what others save now.

        Raises
        ------
        OutboxFull
            When the limit or the disk is reached; nothing of this camera has been written.
        """
        request = _Request(Saving(camera_id, memory, tuple(events), tuple(stays), health))
        with self._changed:
            self._waiting.append(request)
            self._changed.notify_all()
        request.is_done.wait()
        if request.error is not None:
            raise request.error

    def saved(self, camera_id: str) -> bytes | None:
        """Return a camera's saved memory; None where there is none."""
        outbox = Outbox(self._path, self._max_mb)
        try:
            return outbox.saved(camera_id)
        finally:
            outbox.close()

    def saved_health(self, camera_id: str) -> bytes | None:
        """Return a camera's saved health; None where there is none."""
        outbox = Outbox(self._path, self._max_mb)
        try:
            return outbox.saved_health(camera_id)
        finally:
            outbox.close()

    def _run(self) -> None:
        outbox = Outbox(self._path, self._max_mb)
        while batch := self._next():
            _write(outbox, batch)
            for request in batch:
                request.is_done.set()
        outbox.close()

    def _next(self) -> list[_Request]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            batch = list(self._waiting)
            self._waiting.clear()
            return batch


def _write(outbox: Outbox, batch: Sequence[_Request]) -> None:
    """Write a batch in one transaction; when it has no room as a whole, each saving is tried alone."""
    try:
        outbox.save_all([request.saving for request in batch])
    except OutboxFull as error:
        if len(batch) == 1:
            batch[0].error = error
            return
        for request in batch:
            _write(outbox, [request])
    except Exception as error:  # noqa: BLE001 - handed to the cameras that asked, whose loops log and count it
        for request in batch:
            request.error = error
