"""Starts the process that runs Ultralytics and speaks with it; no checkpoint is ever opened in ours."""

import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from models.errors import ToolMissing, UltralyticsFailed
from models.ultralytics_program import read, write

PROGRAM = Path(__file__).with_name("ultralytics_program.py")
"""The program that the process runs."""

ENVIRONMENT = {
    "YOLO_AUTOINSTALL": "false",
    "YOLO_OFFLINE": "true",
    "YOLO_VERBOSE": "false",
    "ULTRALYTICS_SAFE_LOAD": "true",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
}
"""Switches of ultralytics 8.4 (`utils/__init__.py`): install nothing, call nobody, and build only known layers from a
checkpoint instead of running the code in it."""

LAST_LINES = 5
"""Lines of the process's own messages that a failure repeats."""


class UltralyticsProcess:
    """A running process; use it as a context or `close` it.

    Parameters
    ----------
    job
        First message: `do` and what belongs to it, see `models.ultralytics_program`.

    Raises
    ------
    ToolMissing
        If Ultralytics is not installed.
    """

    def __init__(self, job: dict[str, Any]) -> None:
        require_ultralytics()
        self._folder = tempfile.TemporaryDirectory(prefix="airelib-ultralytics-")
        self._log = (Path(self._folder.name) / "log").open("w+b")
        self._process = subprocess.Popen(
            [sys.executable, "-I", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=self._folder.name,
            env={**os.environ, **ENVIRONMENT, "YOLO_CONFIG_DIR": self._folder.name},
        )
        self._send(job, [])

    def ask(self, *arrays: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Send arrays and return those of the answer."""
        self._send({}, list(arrays))
        return self.answer()[1]

    def answer(self) -> tuple[dict[str, Any], list[NDArray[np.float32]]]:
        """Return the next answer.

        Raises
        ------
        UltralyticsFailed
            If it is an error, or the process ended; the message repeats the last lines it printed.
        """
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        message = read(self._process.stdout)  # type: ignore[arg-type]
        if message is None:
            raise UltralyticsFailed(f"Ultralytics ended without an answer: {self._printed()}")
        if "error" in message[0]:
            raise UltralyticsFailed(f"Ultralytics refused: {message[0]['error']}")
        return message

    def close(self) -> None:
        """End the process and remove its folder."""
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()
        self._log.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, message: dict[str, Any], arrays: list[NDArray[np.float32]]) -> None:
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        try:
            write(self._process.stdin, message, arrays)  # type: ignore[arg-type]
        except BrokenPipeError as error:
            raise UltralyticsFailed(f"Ultralytics ended: {self._printed()}") from error

    def _printed(self) -> str:
        self._process.wait()
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return " / ".join(lines[-LAST_LINES:]) or "it printed nothing"


def run_job(job: dict[str, Any]) -> dict[str, Any]:
    """Do one job in a process of its own and return its answer.

    Raises
    ------
    ToolMissing
        If Ultralytics is not installed.
    UltralyticsFailed
        If it refuses or ends.
    """
    with UltralyticsProcess(job) as process:
        return process.answer()[0]


def require_ultralytics() -> None:
    """Refuse what needs Ultralytics where it is not installed.

    Raises
    ------
    ToolMissing
        The sentence names the extra.
    """
    if find_spec("ultralytics") is None:
        raise ToolMissing("This needs Ultralytics and PyTorch: install airelib[ultralytics].")
