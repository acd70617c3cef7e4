"""A running worker: new configurations without losing state, status, metrics, and a unit that systemd accepts."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner

from geo.errors import InvalidSettings
from tests.vision import painted
from vision.commands.worker import worker
from vision.config import read_config
from vision.logs import configure_logs
from vision.metrics import METRICS
from vision.outbox import Outbox
from vision.reload import ConfigFile
from vision.systemd import notify
from vision.watch import load_memory
from vision.worker import Watch, run_worker

REPO = Path(__file__).resolve().parents[2]


def wait_for(is_so: Callable[[], bool]) -> None:
    """Return when something is so; fail after half a minute."""
    deadline = time.monotonic() + 30
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < deadline
        pause.wait(0.05)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(config: Path) -> Iterator[threading.Event]:
    """Run the worker of a configuration, which it watches, and give the event that asks it to read it again."""
    stop, asked = threading.Event(), threading.Event()
    file = ConfigFile(config)
    thread = threading.Thread(
        target=run_worker,
        args=(file.read(),),
        kwargs={
            "until_end": False,
            "stop": stop,
            "detector_of": lambda _: painted.BrightnessDetector(),
            "watch": Watch(file=file, asked=asked),
        },
    )
    thread.start()
    try:
        yield asked
    finally:
        stop.set()
        thread.join()


def status(config: Path, *options: str) -> str:
    """Return what `airelib worker status` prints."""
    return (
        CliRunner().invoke(worker, ["status", str(config), *options], catch_exceptions=False).output
    )


def frames(folder: Path, camera_id: str) -> int:
    """Return how many frames a camera's saved memory has taken."""
    if not (folder / "outbox.sqlite").exists():
        return 0
    outbox = Outbox(folder / "outbox.sqlite", 16)
    saved = outbox.saved(camera_id)
    outbox.close()
    return load_memory(saved).frames if saved else 0


def looping(folder: Path, url: str) -> Path:
    """Write a configuration of one camera that loops its clip in real time."""
    config = painted.write_setup(folder, url)
    text = config.read_text()
    start = text.index("start_at")
    config.write_text(text[:start] + "loop = true\n" + text[text.index("\n", start) :])
    return config


def second_camera(text: str, **changes: str) -> str:
    """Return the table of the configuration's camera under another name."""
    table = text[text.index("[[camera]]") : text.index("[outbox]")]
    for old, new in {"painted": "second", **changes}.items():
        table = table.replace(old, new)
    return table


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the log so far."""
    return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line[:1] == "{"]


def test_a_new_configuration_is_taken_up(
    tmp_path: Path, receiver: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """A camera added to the file starts and one taken out stops, without the third noticing; a broken file is refused and all goes on; a changed scene keeps the memory of the bays it leaves alone."""
    configure_logs()
    config = looping(tmp_path, receiver.url)
    first = config.read_text()
    try:
        with running(config) as asked:
            wait_for(lambda: frames(tmp_path, "painted") > 2)
            config.write_text(first.replace("[outbox]", second_camera(first) + "[outbox]"))
            wait_for(lambda: frames(tmp_path, "second") > 2)
            config.write_text("[service")
            asked.set()
            wait_for(lambda: not asked.is_set())
            before = frames(tmp_path, "second")
            wait_for(lambda: frames(tmp_path, "second") > before)
            config.write_text(first)
            asked.set()
            wait_for(lambda: not asked.is_set())
            gone, kept = frames(tmp_path, "second"), frames(tmp_path, "painted")
            wait_for(lambda: frames(tmp_path, "painted") > kept + 2)
            assert frames(tmp_path, "second") == gone
            scene = json.loads((tmp_path / "scene.json").read_text())
            scene["bays"][1]["capacity"] = 2
            (tmp_path / "scene.json").write_text(json.dumps(scene))
            kept = frames(tmp_path, "painted")
            wait_for(lambda: capacities(tmp_path) == [1, 2])
            assert frames(tmp_path, "painted") >= kept
    finally:
        structlog.reset_defaults()
    log = logged(capsys)
    assert [(e["event"], e.get("camera")) for e in log if e["event"].startswith("camera_s")] == [
        ("camera_started", "painted"),
        ("camera_started", "second"),
        ("camera_stopped", "second"),
        ("camera_stopped", "painted"),
        ("camera_started", "painted"),
    ]
    (refused,) = [e for e in log if e["event"] == "config_refused"]
    assert "is not TOML" in refused["reason"]


def capacities(folder: Path) -> list[int]:
    """Return the capacities of the bays in the saved memory."""
    outbox = Outbox(folder / "outbox.sqlite", 16)
    saved = outbox.saved("painted")
    outbox.close()
    return [bay.machine.capacity for bay in load_memory(saved).bays] if saved else []


def test_what_cannot_change_in_a_run_is_refused(
    tmp_path: Path, receiver: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another outbox wants a restart: the sentence says so, and the run goes on with the old one."""
    configure_logs()
    config = looping(tmp_path, receiver.url)
    try:
        with running(config) as asked:
            wait_for(lambda: frames(tmp_path, "painted") > 0)
            config.write_text(config.read_text().replace("outbox.sqlite", "other.sqlite"))
            asked.set()
            wait_for(lambda: not asked.is_set())
            before = frames(tmp_path, "painted")
            wait_for(lambda: frames(tmp_path, "painted") > before)
    finally:
        structlog.reset_defaults()
    assert not (tmp_path / "other.sqlite").exists()
    assert [e["reason"] for e in logged(capsys) if e["event"] == "config_refused"] == [
        "outbox: wanted a restart to change this"
    ]


def test_the_status_of_a_running_worker(tmp_path: Path, receiver: Any) -> None:
    """While the worker runs its status says what each camera does, as JSON and as a table; after a look the counts agree."""
    config = looping(tmp_path, receiver.url)
    with running(config):
        wait_for(
            lambda: (
                frames(tmp_path, "painted") > 0
                and "looks" in json.loads(status(config))["cameras"]["painted"]
            )
        )
        said = json.loads(status(config))
        table = status(config, "--text")
    camera = said["cameras"]["painted"]
    assert camera["state"] == "watching"
    assert camera["looks"] == camera["inferred"] + camera["skipped"] > 0
    assert camera["fps"] > 0
    assert said["waiting"] >= 0
    assert said["rss_bytes"] > 1e7
    assert "worker: running" in table
    assert "painted  watching" in table


def test_metrics_are_served_on_loopback(tmp_path: Path, receiver: Any) -> None:
    """Prometheus reads every documented name, with figures of the running camera."""
    config, port = looping(tmp_path, receiver.url), free_port()
    config.write_text(config.read_text() + f"\n[metrics]\nport = {port}\n")
    with running(config):
        wait_for(lambda: frames(tmp_path, "painted") > 0)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[:1] != "#")
    assert float(values['airelib_looks_total{camera="painted"}']) > 0
    assert float(values['airelib_brightness{camera="painted"}']) > 10
    assert values['airelib_camera_reason{camera="painted",reason="",state="watching"}'] == "1.0"
    served = {line.split(" ")[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert served == set(METRICS)
    page = (REPO / "docs" / "operations" / "run-a-worker.md").read_text()
    assert [name for name in METRICS if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    ("host", "is_allowed"), [("192.0.2.1", False), ("::1", True), ("localhost", True)]
)
def test_metrics_stay_on_loopback(tmp_path: Path, host: str, *, is_allowed: bool) -> None:
    """An address that others can reach is refused unless it is said explicitly."""
    config = painted.write_setup(tmp_path, "http://127.0.0.1:9")
    text = config.read_text() + f'\n[metrics]\nport = 9108\nhost = "{host}"\n'
    config.write_text(text)
    if is_allowed:
        assert read_config(config).metrics is not None
        return
    with pytest.raises(InvalidSettings, match="which others can reach"):
        read_config(config)
    config.write_text(text + "open_to_network = true\n")
    assert read_config(config).metrics is not None


@pytest.mark.parametrize("options", [(), ("--user",)])
def test_systemd_accepts_the_unit(tmp_path: Path, options: tuple[str, ...]) -> None:
    """The printed unit passes systemd's own check, lets the worker write beside its outbox alone, and keeps its memory bounded."""
    config = painted.write_setup(tmp_path, "http://127.0.0.1:9")
    done = CliRunner().invoke(worker, ["systemd", str(config), *options], catch_exceptions=False)
    for line in (
        "ProtectSystem=strict",
        "PrivateTmp=yes",
        "NoNewPrivileges=yes",
        "Restart=on-failure",
        "MemoryMax=4G",
    ):
        assert line in done.output.splitlines()
    assert f'ReadWritePaths="{tmp_path}"' in done.output
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze: install systemd to check the unit")
    unit = tmp_path / "airelib-worker.service"
    unit.write_text(done.output)
    mode = ["--user"] if options else []
    checked = subprocess.run(
        [analyze, "verify", *mode, "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert [line for line in checked.stderr.splitlines() if "airelib-worker" in line] == []


@pytest.mark.parametrize("name", ["path", "abstract"])
def test_signs_of_life_reach_the_manager(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What is said arrives at the socket that the environment names; without one nothing happens."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    address = (
        str(tmp_path / "notify")
        if name == "path"
        else f"@airelib-test-{tmp_path.name}-{time.time_ns()}"
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + address[1:] if address[0] == "@" else address)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        notify("READY=1")
        assert manager.recv(100) == b"READY=1"


def fail(password: str) -> None:
    """Fail while a variable holds a password."""
    raise ValueError(f"wrong in {len(password)} letters")


def test_a_logged_error_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    """A traceback in the log names lines, never what variables held: keys, passwords, pixels."""
    configure_logs()
    try:
        fail("hush")
    except ValueError:
        structlog.get_logger().exception("camera_crashed")
    finally:
        structlog.reset_defaults()
    (line,) = logged(capsys)
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert "hush" not in json.dumps(line)


@pytest.mark.slow
def test_signals_reload_and_end_the_real_worker(tmp_path: Path, receiver: Any) -> None:
    """The process takes up its configuration on SIGHUP, and on SIGTERM saves, prints its counts and exits with 0."""
    config = looping(tmp_path, receiver.url)
    with subprocess.Popen(
        [sys.executable, "-m", "service.cli", "worker", "run", str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as run:
        assert run.stderr is not None
        events = (json.loads(line)["event"] for line in run.stderr if line[:1] == "{")
        assert "camera_started" in events
        run.send_signal(signal.SIGHUP)
        assert "config_applied" in events
        wait_for(lambda: frames(tmp_path, "painted") > 0)
        run.send_signal(signal.SIGTERM)
        assert "worker_stopped" in events
        assert run.stdout is not None
        assert json.loads(run.stdout.read())["crashes"] == 0
    assert run.returncode == 0
