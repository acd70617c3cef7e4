"""What the threads of one run of the worker share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from vision.config import WorkerConfig
from vision.uplink import Address


@dataclass
class Run:
    """One run of the worker."""

    config: WorkerConfig
    """In use; replaced when a new one is taken up."""
    until_end: bool
    stop: threading.Event
    """Set when everything is to end."""
    to: Address
    """Where events go; replaced when a new configuration says otherwise."""
    ended: threading.Event = field(default_factory=threading.Event)
    """Set when no camera produces events any more."""
    failures: list[Exception] = field(default_factory=list)
    """What ended the run for good."""
    crashes: int = 0
    """Unexpected errors that were logged and survived."""

    def fail(self, error: Exception) -> None:
        """End the run because of an error."""
        self.failures.append(error)
        self.stop.set()
