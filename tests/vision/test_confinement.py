"""What the worker does to the world, as the kernel sees it: no connection but to its service and cameras, no file but its outbox."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.vision import painted
from tests.vision.cameras import http_camera
from vision.outbox import Outbox

pytestmark = pytest.mark.slow

DEVICES = {"/dev/null", "/dev/tty"}
"""Written to without leaving anything."""

OUTBOX = tuple(f"outbox.sqlite{end}" for end in ("", "-wal", "-shm", "-journal"))
"""The file and what SQLite keeps beside it."""

PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"\x3c" * 64, b"\xdc" * 64)
"""Beginnings of picture files, and rows of the painted street's and vehicles' own brightness."""


def with_live_cameras(config: Path, address: str) -> None:
    """Add a snapshot and an MJPEG camera to a configuration."""
    text = config.read_text()
    table = text[text.index("[[camera]]") : text.index("start_at")]
    more = "".join(
        table.replace('"painted"', f'"{name}"').replace('"clip.mp4"', f'"{address}/{name}"') + "\n"
        for name in ("live", "shot.jpg")
    )
    config.write_text(text.replace("[outbox]", more + "[outbox]"))


@contextmanager
def traced(config: Path, calls: str, log: Path) -> Iterator[None]:
    """Run the worker under strace, in a home of its own where nothing has been agreed to."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("no strace: install it to see what the worker does")
    home = config.parent / "home"
    home.mkdir()
    command = [strace, "-f", "-qq", "-s", "200", "-e", f"trace={calls}", "-o", str(log)]
    worker = [sys.executable, "-m", "service.cli", "worker", "run", str(config)]
    kept = {key: value for key, value in os.environ.items() if key not in {"CI", "DO_NOT_TRACK"}}
    with subprocess.Popen(
        [*command, *worker],
        env={**kept, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    ) as run:
        try:
            yield
        finally:
            own = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
            for pid in own:
                os.kill(int(pid), 15)
            run.wait(30)


def wait_until_all_work(folder: Path, receiver: Any) -> None:
    """Return when the service has got events and both live cameras have been looked at."""
    deadline, pause = time.monotonic() + 240, threading.Event()
    while not (receiver.events and all(map(is_saved, [folder] * 2, ("live", "shot.jpg")))):
        assert time.monotonic() < deadline
        pause.wait(0.2)


def is_saved(folder: Path, camera_id: str) -> bool:
    """Tell whether a camera's memory has taken a frame."""
    if not (folder / "outbox.sqlite").exists():
        return False
    outbox = Outbox(folder / "outbox.sqlite", 16)
    saved = outbox.saved(camera_id)
    outbox.close()
    return saved is not None and b'"frames":0' not in saved


def test_no_connection_but_to_service_and_cameras(tmp_path: Path, receiver: Any) -> None:
    """The whole worker, OpenVINO included, connects to the service and the two cameras of its configuration, and asks nobody else anything."""
    config, log = painted.write_setup(tmp_path, receiver.url), tmp_path / "strace.log"
    with http_camera() as address:
        with_live_cameras(config, address)
        with traced(config, "connect,sendto,sendmsg,sendmmsg", log):
            wait_until_all_work(tmp_path, receiver)
    calls = log.read_text()
    targets = set(
        re.findall(
            r'sin6?_port=htons\((\d+)\), (?:sin_addr=inet_addr|.*?inet_pton\(AF_INET6,)\(?"([^"]+)"',
            calls,
        )
    )
    allowed = {(url.rsplit(":", 1)[1], "127.0.0.1") for url in (receiver.url, address)}
    assert targets == allowed
    families = set(re.findall(r"sa_family=(AF_\w+)", calls))
    assert families <= {"AF_INET", "AF_UNIX", "AF_NETLINK"}
    unix = set(re.findall(r'sun_path=@?"([^"]+)"', calls))
    assert unix <= {"/var/run/nscd/socket"}


def test_no_file_but_the_outbox(tmp_path: Path, receiver: Any) -> None:
    """The whole worker opens nothing for writing but its outbox, makes, renames or maps no other file, and no picture is in what it writes."""
    config, log = painted.write_setup(tmp_path, receiver.url), tmp_path / "strace.log"
    made = "open,openat,creat,rename,renameat,renameat2,mkdir,mkdirat,link,linkat,symlink,symlinkat,memfd_create,mknod,mknodat"
    with http_camera() as address:
        with_live_cameras(config, address)
        with traced(config, made, log):
            wait_until_all_work(tmp_path, receiver)
    own = {str(tmp_path / name) for name in OUTBOX}
    written = {path for path in map(written_path, log.read_text().splitlines()) if path}
    assert str(tmp_path / "outbox.sqlite") in written
    assert {path for path in written if not is_passing(path)} <= own | DEVICES
    for name in OUTBOX:
        path = tmp_path / name
        content = path.read_bytes() if path.exists() else b""
        assert [mark for mark in PICTURES if mark in content] == []
    assert sorted(p.name for p in tmp_path.iterdir() if p.name not in OUTBOX) == [
        "clip.mp4", "home", "key", "scene.json", "strace.log", "worker.toml",
    ]  # fmt: skip
    assert list((tmp_path / "home").rglob("*")) == []


def written_path(line: str) -> str | None:
    """Return the path that a system call opens for writing or makes; None for a reading or failed one."""
    if " = -1 " in line or "O_DIRECTORY" in line:
        return None
    if re.search(r"\b(open|openat)\(", line) and not re.search(
        r"O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE", line
    ):
        return None
    found = re.search(r'"([^"]*)"', line)
    return found.group(1) if found else None


def is_passing(path: str) -> bool:
    """Tell whether a path lies in the kernel's own windows, where nothing stays."""
    return path.startswith(("/proc/", "/sys/"))
