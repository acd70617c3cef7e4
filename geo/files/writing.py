"""The door to files that are written: what bears a name is complete."""

from __future__ import annotations

from pathlib import Path

from geo.errors import InvalidFile


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name first, so that what bears its name is complete.

    A link stays a link to what is written. What is no file, such as a pipe or ``/dev/stdout``, is written to as it is.

    Raises
    ------
    InvalidFile
        It cannot be written; what stood there before still does.
    """
    goal = path.resolve()
    partial = goal.with_name(f"{goal.name}.partial")
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        partial.write_bytes(content)
        partial.replace(goal)
    except OSError as error:
        _forget(partial)
        raise InvalidFile(
            f"{path} cannot be written: {error.strerror}; wanted a folder with room for "
            f"{len(content)} bytes"
        ) from error


def _forget(partial: Path) -> None:
    """Remove a half-written file; where its folder is none there is nothing to remove."""
    if partial.parent.is_dir():
        partial.unlink(missing_ok=True)
