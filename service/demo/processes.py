"""Child processes of the demonstration: started, watched and started again when they die."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

from geo.errors import AirelibError, Unavailable

MAX_RESTARTS = 5
"""Deaths of one child after which the demonstration gives up."""

STOP_WITHIN_S = 20
"""Seconds a child has to end by itself when asked."""


class ChildKeepsDying(Unavailable):
    """A process of the demonstration ended too often."""

    code = "child_keeps_dying"


@dataclass
class Child:
    """One process with its log; starting it again appends to the same log."""

    name: str
    argv: tuple[str, ...]
    log: Path
    pass_fds: tuple[int, ...] = ()
    deaths: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process; where the system can, it ends when its parent is killed."""
        guard = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*guard, *self.argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.pass_fds,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        return self.process

    def last_words(self, lines: int = 12) -> str:
        """Return the end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@dataclass
class Ended:
    """A child has ended with this exit status; negative is a signal."""

    child: Child
    status: int


@dataclass
class Watch:
    """Starts children and reports how each ended, one report per end."""

    ended: Queue[Ended] = field(default_factory=Queue)
    children: list[Child] = field(default_factory=list)

    def start(self, child: Child) -> None:
        """Start a child and wait for its end in the background."""
        process = child.start()
        if child not in self.children:
            self.children.append(child)
        threading.Thread(
            target=lambda: self.ended.put(Ended(child, process.wait())), daemon=True
        ).start()

    def start_again(self, end: Ended) -> None:
        """Start a child that died once more, or give up with its last words."""
        end.child.deaths += 1
        if end.child.deaths > MAX_RESTARTS:
            raise ChildKeepsDying(
                f"the {end.child.name} ended {end.child.deaths} times (status {end.status}), wanted at most "
                f"{MAX_RESTARTS}; its log {end.child.log} ends:\n{end.child.last_words()}"
            )
        self.start(end.child)

    def stop(self) -> None:
        """Ask every child to end, and end those that do not."""
        for child in self.children:
            if child.process is not None and child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


class ChildFailed(AirelibError):
    """A process of the demonstration refused its input."""

    code = "child_failed"
