"""The worker's configuration: what its key file may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import InvalidFile
from vision.config import read_key


def test_a_key_file_holds_the_key_alone(tmp_path: Path) -> None:
    """The key is read without the line end after it."""
    (tmp_path / "key").write_text("alv_12_ab-c_d\n")
    assert read_key(tmp_path / "key") == "alv_12_ab-c_d"


@pytest.mark.parametrize(
    "content", [b"device_id 1\nkey alv_12_hush\n", b"alv_12_hush\xe9", b"alv_12_hush\0"]
)
def test_a_key_file_that_holds_more_is_refused_unseen(tmp_path: Path, content: bytes) -> None:
    """All that 'airelib devices add' prints makes no header: it would be logged by the client that refuses it."""
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(InvalidFile, match="holds more than a key") as refused:
        read_key(tmp_path / "key")
    assert "hush" not in str(refused.value)
