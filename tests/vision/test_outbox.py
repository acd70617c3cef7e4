"""The outbox: nothing lost, nothing half-written, never larger than allowed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import InvalidFile, OutboxFull
from vision.outbox import Outbox
from vision.presence import Presence
from vision.stays import Arrived, Departed

PRESENCE = Presence(
    1, 0.5, (0.1, 0.1, 0.2, 0.2), 1000.25, 1060.5, 1060.5, 5.0, True, 9.0, 9.0, (9.0, 0, 0, 0, 0)
)


def test_events_leave_in_order_and_are_counted(tmp_path: Path) -> None:
    """Events come back oldest first, and removing them counts what was posted and what was dropped."""
    outbox = Outbox(tmp_path / "o.sqlite", 8)
    outbox.save("cam", b"{}", [f'{{"n":{i}}}' for i in range(5)])
    first = outbox.oldest(3)
    assert [event.body for event in first] == ['{"n":0}', '{"n":1}', '{"n":2}']
    outbox.remove(first, dropped=1)
    assert outbox.waiting() == 2
    assert outbox.counters() == {"posted": 2, "dropped": 1}


def test_memory_and_identity_survive_reopening(tmp_path: Path) -> None:
    """The saved memory, the salt and the waiting events are there after the file is opened again."""
    first = Outbox(tmp_path / "o.sqlite", 8)
    first.save("cam", b"memory", ["{}"])
    salt = first.salt
    first.close()
    again = Outbox(tmp_path / "o.sqlite", 8)
    assert (again.saved("cam"), again.saved("other"), again.salt, again.waiting()) == (
        b"memory",
        None,
        salt,
        1,
    )


def test_stays_keep_full_precision(tmp_path: Path) -> None:
    """A stay is kept on the device to the fraction of a second; its departure is entered later."""
    outbox = Outbox(tmp_path / "o.sqlite", 8)
    outbox.save("cam", b"{}", [], [Arrived("A", PRESENCE)])
    assert outbox.stays()[0].departed_at is None
    outbox.save("cam", b"{}", [], [Departed("A", PRESENCE)])
    (stay,) = outbox.stays()
    assert stay.arrived_at.timestamp() == 1000.25
    assert stay.departed_at is not None
    assert stay.departed_at.timestamp() == 1060.5


def test_a_full_outbox_refuses_and_keeps_what_it_has(tmp_path: Path) -> None:
    """At its limit the outbox says so; the batch that did not fit is not there in part, the memory is the one before, and room made by sending is used again."""
    outbox = Outbox(tmp_path / "o.sqlite", 0.2)
    outbox.save("cam", b"before", ["{}"])
    with pytest.raises(OutboxFull, match=r"limit of 0\.2 MB"):
        outbox.save("cam", b"after", ["x" * 10_000] * 100)
    assert (outbox.waiting(), outbox.saved("cam")) == (1, b"before")
    outbox.save("cam", b"small", ["x" * 50_000])
    outbox.remove(outbox.oldest(10), dropped=0)
    outbox.save("cam", b"again", ["x" * 50_000])
    assert outbox.saved("cam") == b"again"


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    """When the system refuses to write more, the saving fails as a whole and the file reads back as before."""
    script = """
import resource, sys
from pathlib import Path
from geo.errors import OutboxFull
from vision.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]), 100)
outbox.save("cam", b"before", ["{}"])
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
try:
    outbox.save("cam", b"after", ["x" * 10_000] * 200)
except OutboxFull as error:
    print(error)
"""
    path = tmp_path / "o.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    assert "nothing was half-written" in done.stdout
    outbox = Outbox(path, 100)
    assert (outbox.waiting(), outbox.saved("cam")) == (1, b"before")


def test_a_killed_writer_leaves_whole_batches(tmp_path: Path) -> None:
    """After kill -9 in the middle of saving, memory and events agree: as many events as the memory says."""
    script = """
import sys
from pathlib import Path
from vision.outbox import Outbox
outbox = Outbox(Path(sys.argv[1]), 100)
n = 0
while True:
    n += 7
    outbox.save("cam", str(n).encode(), ["{}"] * 7)
    print(n, flush=True)
"""
    path = tmp_path / "o.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(20):
            writer.stdout.readline()
        writer.kill()
    outbox = Outbox(path, 100)
    assert int(outbox.saved("cam") or 0) == outbox.waiting() >= 140


def test_what_is_no_outbox_is_refused(tmp_path: Path) -> None:
    """A file of something else is refused and left alone."""
    path = tmp_path / "o.sqlite"
    path.write_bytes(b"not a database " * 1000)
    with pytest.raises(InvalidFile, match="is not an outbox"):
        Outbox(path, 8)
    assert path.read_bytes().startswith(b"not a database")
