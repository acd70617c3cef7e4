"""Tests of the service's commands."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from geo.errors import AirelibError, InvalidFile, InvalidInput, UnknownCommune, UnknownDevice
from service.cli import root
from service.security import Role
from service.store.database import open_engine, reading
from service.store.keys import list_keys
from tests.service.world import (
    World,
    bays_document,
    communes_document,
    feature,
    service_process,
    square,
)

START_WITHIN_S = 60
"""Seconds a service process has to start on a busy machine."""


def run(*args: str, url: str) -> Result:
    """Run a command on a database."""
    return CliRunner().invoke(root, [*args, "--database", url])


def told(result: Result) -> str:
    """Return what a command said, having succeeded."""
    assert result.exception is None, result.exception
    return result.stdout


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Write the bays and communes of the world and return their paths."""
    bays, communes = tmp_path / "bays.geojson", tmp_path / "communes.geojson"
    bays.write_text(json.dumps(bays_document()))
    communes.write_text(json.dumps(communes_document()))
    return str(bays), str(communes)


def test_an_empty_database_becomes_an_inventory(database_url: str, files: tuple[str, str]) -> None:
    """Upgrade, check and import, twice, with counts printed."""
    told(run("db", "upgrade", url=database_url))
    assert "as this version needs" in told(run("db", "check", url=database_url))
    for _ in range(2):
        result = run("bays", "import", files[0], "--communes", files[1], url=database_url)
        assert "imported 5 bays, 2 communes, 0 streets" in told(result)


def test_a_row_that_cannot_be_taken_is_refused_alone(
    database_url: str, files: tuple[str, str], tmp_path: Path
) -> None:
    """It is listed with its reason and the others are taken: an inventory of thousands is never without a fault."""
    document = bays_document()
    crossing = [[[2.6, 48.9], [2.6002, 48.9001], [2.6002, 48.9], [2.6, 48.9001], [2.6, 48.9]]]
    document["features"][3]["geometry"]["coordinates"] = crossing
    Path(files[0]).write_text(json.dumps(document))
    report = tmp_path / "report.json"
    result = run(
        "bays",
        "import",
        files[0],
        "--communes",
        files[1],
        "--report",
        str(report),
        url=database_url,
    )
    assert "imported 4 bays, 2 communes" in told(result)
    assert "refused row 4: " in result.stderr
    said = json.loads(report.read_text())
    assert (said["rows"], said["imported"], said["merged"], said["refused"]) == (5, 4, 0, 1)
    assert [(one["row"], one["code"]) for one in said["reasons"]] == [(4, "invalid_geometry")]


def test_an_import_of_which_no_row_can_be_taken_writes_its_report_only(
    database_url: str, files: tuple[str, str], tmp_path: Path
) -> None:
    """Without their communes bays are refused; nothing was imported then, not even an outline."""
    report = tmp_path / "report.json"
    result = run("bays", "import", files[0], "--report", str(report), url=database_url)
    assert isinstance(result.exception, InvalidFile)
    assert "all 5 rows" in str(result.exception)
    reasons = json.loads(report.read_text())["reasons"]
    assert {one["code"] for one in reasons} == {"unknown_commune"}
    added = run("devices", "add", "x", "--commune", "99001", url=database_url)
    assert isinstance(added.exception, UnknownCommune)


def test_a_file_that_is_none_is_refused_as_a_whole(
    database_url: str, files: tuple[str, str], tmp_path: Path
) -> None:
    """Exit status 2, and neither report nor result is written."""
    Path(files[0]).write_text("{")
    report, out = tmp_path / "report.json", tmp_path / "out.geojson"
    wanted = ("--communes", files[1], "--report", str(report), "--out", str(out))
    result = run("bays", "import", files[0], *wanted, url=database_url)
    assert isinstance(result.exception, InvalidFile)
    assert not report.exists()
    assert not out.exists()


def test_a_bay_outside_its_commune_is_noted(database_url: str, files: tuple[str, str]) -> None:
    """A bay that lies elsewhere than it says is taken, with a note."""
    document = bays_document()
    strayed = feature(document["features"][0]["properties"], square(2.66, 48.92, 0.0001))
    document["features"][0] = strayed
    Path(files[0]).write_text(json.dumps(document))
    result = run("bays", "import", files[0], "--communes", files[1], url=database_url)
    told(result)
    assert "99001-0001 says commune 99001 and lies in 99002" in result.stderr


def test_an_import_dates_the_rules_it_changes(world: World, files: tuple[str, str]) -> None:
    """The day named is the first of the new rules; a word that is no day is refused with exit status 2."""
    document = bays_document()
    document["features"][0]["properties"]["rules"] = []
    Path(files[0]).write_text(json.dumps(document))
    told(run("bays", "import", files[0], "--rules-since", "2026-03-02", url=world.url))
    history = world.client().get("/api/v1/bays/99001-0001/figures").json()["rule_history"]
    assert [(one["from_on"], len(one["rules"])) for one in history] == [
        (None, 1),
        ("2026-03-02", 0),
    ]
    refused = run("bays", "import", files[0], "--rules-since", "March", url=world.url)
    assert refused.exit_code == 2


def test_a_capacity_that_changes_changes_the_figures(world: World, files: tuple[str, str]) -> None:
    """Importing a bay with another capacity recomputes its days."""
    world.take([*world.reports(-14, 0, ["van"]), *world.stay(-15, None)])
    client = world.client()
    assert client.get("/api/v1/occupancy").json()["items"][0]["occupancy"] == 0.5
    Path(files[0]).write_text(json.dumps(bays_document(capacity=1)))
    told(run("bays", "import", files[0], url=world.url))
    assert client.get("/api/v1/occupancy").json()["items"][0]["occupancy"] == 1


def test_a_device_is_added_listed_and_revoked(world: World) -> None:
    """The key is shown once and works until it is revoked by the device's identifier."""
    printed = told(run("devices", "add", "rue-1", "--commune", "99001", url=world.url))
    device_id, key = (line.split()[1] for line in printed.splitlines())
    world.keys["new"] = key
    client = world.client()
    assert world.post(client, [], "new").status_code == 200
    listed = told(run("devices", "list", url=world.url))
    assert device_id in listed
    assert key.split("_", 2)[2] not in listed
    assert "revoked" in told(run("devices", "revoke", device_id, url=world.url))
    assert world.post(client, [], "new").status_code == 401
    again = run("devices", "revoke", device_id, url=world.url)
    assert isinstance(again.exception, UnknownDevice)


def test_an_officer_is_added_listed_and_revoked(world: World) -> None:
    """The same for officers."""
    world.keys["new"] = told(run("officers", "add", "Ada", url=world.url)).split()[1]
    client = world.client()
    assert client.get("/api/v1/exclusions", headers=world.bearer("new")).status_code == 200
    assert "Ada\tall communes" in told(run("officers", "list", url=world.url))
    key_id = world.keys["new"].split("_")[1]
    told(run("officers", "revoke", key_id, url=world.url))
    assert client.get("/api/v1/exclusions", headers=world.bearer("new")).status_code == 401


def test_a_key_file_is_private_and_never_overwritten(world: World, tmp_path: Path) -> None:
    """The file is readable by its owner only; where it cannot be made no key is kept."""
    path = tmp_path / "device.key"
    wanted = ("devices", "add", "x", "--commune", "99001", "--key-file", str(path))
    printed = told(run(*wanted, url=world.url))
    assert path.read_text().strip() == printed.splitlines()[1].split()[1]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    refused = run(*wanted, url=world.url)
    assert isinstance(refused.exception, InvalidFile)
    with reading(world.engine) as session:
        assert len(list_keys(session, Role.DEVICE)) == 2


def test_an_end_in_the_past_is_refused(world: World) -> None:
    """A key that is born expired helps nobody."""
    result = run(
        "devices", "add", "x", "--commune", "99001", "--expires", "2020-01-01", url=world.url
    )
    assert isinstance(result.exception, InvalidInput)


def test_purge_counts_what_it_forgets(world: World) -> None:
    """Old events go; the count is printed."""
    world.take(world.reports(-9, 0))
    assert told(run("db", "purge", url=world.url)).startswith("forgot 10 events")


@pytest.mark.parametrize("out", ["/dev/null/report", "full"])
def test_a_report_that_cannot_be_written_says_so(world: World, tmp_path: Path, out: str) -> None:
    """The sentence names the place, and no half-written file bears a report's name."""
    folder = tmp_path / out
    if out == "full":
        (folder / "airelib-99001-2026-03.csv").mkdir(parents=True)
    result = run(
        "report", "--commune", "99001", "--month", "2026-03", "--out", str(folder), url=world.url
    )
    assert isinstance(result.exception, InvalidFile)
    assert str(folder) in str(result.exception)
    assert [file for file in tmp_path.rglob("airelib-*") if file.is_file()] == []


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (("db", "check", "--database", "mysql://x"), 2),
        (("db", "check", "--database", "sqlite:////nowhere/x.db"), 3),
        (("db", "check", "--database", "sqlite://"), 2),
        (("serve", "--database", "postgresql+psycopg://u@127.0.0.1:1/x"), 3),
        (("serve", "--port", "99999"), 2),
        (("serve", "--data-dir", "/dev/null/data"), 2),
        (("db", "upgrade", "--data-dir", "/dev/null/data"), 2),
    ],
)
def test_failures_are_one_line_and_a_status(args: tuple[str, ...], status: int) -> None:
    """A failure of the family is one sentence on stderr: 2 for bad input, 3 where a retry may help."""
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", *args],
        capture_output=True,
        text=True,
        timeout=START_WITHIN_S,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


def test_the_service_runs_as_a_process(world: World, database_url: str) -> None:
    """`airelib serve` answers over real HTTP on either database, logs JSON, and ends when asked."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = service_process(database_url, port)
    assert process.stderr is not None
    lines = []
    for line in process.stderr:
        lines.append(line)
        if "Uvicorn running" in line:
            break
    url = f"http://127.0.0.1:{port}"
    try:
        assert httpx.get(f"{url}/api/v1/status").json()["bays"] == 5
        answer = httpx.post(f"{url}/cds/99001/events/event", json=[{}], headers=world.bearer())
        assert answer.json()["failures"][0]["error"] == "invalid_event"
    finally:
        process.terminate()
        rest = process.stderr.read()
        process.wait(START_WITHIN_S)
    said = [json.loads(line) for line in [*lines, *rest.splitlines()]]
    events = [line for line in said if "logger" not in line]
    assert [event["event"] for event in events] == ["service_started", "batch_taken"]
    assert events[1]["refused"] == {"invalid_event": 1}


def test_an_embedded_database_is_made_when_the_service_starts(tmp_path: Path) -> None:
    """A new data folder gets its tables; the family's root is what every failure is."""
    result = CliRunner().invoke(root, ["db", "upgrade", "--data-dir", str(tmp_path / "new")])
    assert "revision" in told(result)
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'airelib.db'}")
    with reading(engine) as session:
        assert list_keys(session, Role.DEVICE) == []
    assert issubclass(InvalidFile, AirelibError)
