"""Files that are written whole: links, pipes and devices stay what they are."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geo.errors import InvalidFile
from geo.files.writing import write_whole


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    """As ``/dev/stdout`` is, which nothing may take the place of."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_bytes)
        write_whole(pipe, b"report")
        assert read.result(timeout=10) == b"report"
    assert pipe.is_fifo()


def test_a_link_leads_to_what_is_written(tmp_path: Path) -> None:
    """The file that it names is replaced, not the link."""
    link, file = tmp_path / "link", tmp_path / "file"
    file.write_bytes(b"before")
    link.symlink_to(file)
    write_whole(link, b"after")
    assert link.is_symlink()
    assert file.read_bytes() == b"after"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    """A folder that is none is named, and no part of the file is left."""
    with pytest.raises(InvalidFile, match="cannot be written"):
        write_whole(tmp_path / "none" / "file", b"after")
    assert list(tmp_path.iterdir()) == []
