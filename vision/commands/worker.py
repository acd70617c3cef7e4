"""`airelib worker`: watch cameras, and say what the device knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import InvalidFile
from vision.files import STAY_COLUMNS, stay_row, write_rows

if TYPE_CHECKING:
    from vision.config import WorkerConfig


FILE = click.Path(path_type=Path)


@click.group()
def worker() -> None:
    """Watch cameras and send what is certain."""


@worker.command("run")
@click.argument("config", type=FILE)
@click.option(
    "--until-end", is_flag=True, help="Exit when every file has ended and nothing waits to be sent."
)
def worker_run(config: Path, *, until_end: bool) -> None:
    """Run the worker that CONFIG describes.

    A changed CONFIG or scene is taken up by itself, or at once on SIGHUP: cameras that stay the same do not notice, and a
    broken one is refused with its reason in the log.
    """
    import signal
    import threading

    from vision.logs import configure_logs
    from vision.reload import ConfigFile
    from vision.worker import Watch, run_worker

    configure_logs()
    stop, asked = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, lambda *_: asked.set())
    file = ConfigFile(config)
    counts = run_worker(
        file.read(), until_end=until_end, stop=stop, watch=Watch(file=file, asked=asked)
    )
    click.echo(json.dumps(counts))


@worker.command("stays")
@click.argument("config", type=FILE)
@click.option("--out", type=FILE, required=True, help="stays.csv to write.")
def worker_stays(config: Path, out: Path) -> None:
    """Write the stays that the device of CONFIG found in the last 30 days, with full precision; they leave it only so."""
    from vision.config import read_config
    from vision.outbox import Outbox

    outbox = Outbox(*_outbox_of(read_config(config)))
    stays = outbox.stays()
    outbox.close()
    write_rows(out, STAY_COLUMNS, map(stay_row, stays))
    click.echo(f"{len(stays)} stays: {out}")


@worker.command("status")
@click.argument("config", type=FILE)
@click.option("--text", "as_text", is_flag=True, help="Print a table for people instead of JSON.")
def worker_status(config: Path, *, as_text: bool) -> None:
    """Print what the worker of CONFIG does and what its outbox holds, as JSON; while it runs or after."""
    import time

    from vision.config import read_config
    from vision.outbox import Outbox
    from vision.status import as_table, status_of

    settings = read_config(config)
    outbox = Outbox(*_outbox_of(settings))
    status = status_of(outbox, [camera.id for camera in settings.camera])
    outbox.close()
    click.echo(as_table(status, time.time()) if as_text else json.dumps(status))


@worker.command("systemd")
@click.argument("config", type=FILE)
@click.option(
    "--user", "is_user", is_flag=True, help="For a person's own systemd instead of root's."
)
def worker_systemd(config: Path, *, is_user: bool) -> None:
    """Print a hardened systemd unit that runs the worker of CONFIG."""
    from vision.config import read_config
    from vision.systemd import unit

    click.echo(unit(config, read_config(config), is_user=is_user), nl=False)


def _outbox_of(settings: WorkerConfig) -> tuple[Path, float]:
    path = settings.outbox.path
    if not path.exists():
        raise InvalidFile(f"there is no outbox {path}: wanted one that a worker has written")
    return path, settings.outbox.max_mb
