"""The worker posting to the service as two processes over real HTTP, on both databases, and killed on the way."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from service.cli import root
from service.store.database import open_engine
from tests.service.world import communes_document, feature, service_process, square
from tests.vision import painted

DEVICE = "6f9b1c6e-1111-4222-8333-444455556666"
"""The device of the painted clip's configuration."""

WITHIN_S = 180
"""Seconds the worker has for a clip of two minutes on a busy machine."""


@pytest.fixture
def prepared(database_url: str, tmp_path: Path) -> Path:
    """Give a folder with the painted clip's worker, whose bays and key the database knows."""
    properties = {"commune": "99001", "length_m": 6, "capacity": 1, "bay_type": "permanent"}
    bays = [
        feature({"bay_id": name, **properties}, square(2.61 + 0.001 * i, 48.91, 0.0001))
        for i, (name, _) in enumerate(painted.BAYS)
    ]
    (tmp_path / "bays.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": bays})
    )
    (tmp_path / "communes.geojson").write_text(json.dumps(communes_document()))
    files = [str(tmp_path / "bays.geojson"), "--communes", str(tmp_path / "communes.geojson")]
    added = ["devices", "add", "painted", "--commune", "99001", "--device-id", DEVICE]
    for command in (["bays", "import", *files], [*added, "--key-file", str(tmp_path / "new.key")]):
        done = CliRunner().invoke(root, [*command, "--database", database_url])
        assert done.exit_code == 0, done.exception
    return tmp_path


@contextmanager
def serving(database_url: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run the service and give its process once it listens; it is ended at last, however."""
    process = service_process(database_url, port)
    try:
        read_until(process, "Uvicorn running")
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def read_until(process: subprocess.Popen[str], words: str) -> None:
    """Read a process's log until some words come."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if words in line:
            return
    raise AssertionError(f"{words!r} never came: {''.join(said)}")


def free_port() -> int:
    """Return a TCP port that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def start_worker(folder: Path, port: int) -> subprocess.Popen[str]:
    """Run the worker on the painted clip until its end and its outbox is empty."""
    config = painted.write_setup(folder, f"http://127.0.0.1:{port}")
    shutil.copy(folder / "new.key", folder / "key")
    return subprocess.Popen(
        [sys.executable, str(Path(painted.__file__)), str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def facts(database_url: str) -> tuple[list[tuple[str, int, int | None]], int]:
    """Return the stays, by bay and minutes since the first arrival, and the seconds seen."""
    engine = open_engine(database_url)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT bay_id, arrived_s, departed_s FROM stay ORDER BY arrived_s, bay_id")
        ).all()
        seen = connection.execute(text("SELECT SUM(to_s - from_s) FROM seen_interval")).scalar_one()
    engine.dispose()
    zero_s = rows[0][1]
    lengths = [
        (bay, (start - zero_s) // 60, None if end is None else (end - start) // 60)
        for bay, start, end in rows
    ]
    return lengths, int(seen)


@pytest.mark.parametrize("is_killed", [False, True], ids=["quiet", "service killed"])
def test_what_the_camera_saw_is_in_the_database_once(
    prepared: Path,
    database_url: str,
    is_killed: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """Four stays of two bays and every second seen arrive, once, also when the service is killed on the way."""
    port = free_port()
    with serving(database_url, port) as service:
        worker = start_worker(prepared, port)
        read_until(service, "batch_taken")
        if not is_killed:
            counts, _ = worker.communicate(timeout=WITHIN_S)
    if is_killed:
        with serving(database_url, port):
            counts, _ = worker.communicate(timeout=WITHIN_S)
    assert worker.returncode == 0
    assert json.loads(counts)["waiting"] == 0
    stays, seen_s = facts(database_url)
    assert sorted(bay for bay, _, _ in stays) == ["A", "A", "B", "B"]
    assert [end for _, _, end in stays].count(None) == 1
    assert seen_s == pytest.approx(2 * painted.CLIP_S, abs=4)
